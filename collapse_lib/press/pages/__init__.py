"""What is on the pages beyond what Sphinx puts there: one feature is one file, and `extension` sets them up.

A feature owns its directives, its handlers and the assets that its pages load, and registers them in `setup(app)`.
"""
