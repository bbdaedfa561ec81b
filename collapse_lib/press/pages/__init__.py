"""What is on the pages beyond what Sphinx puts there: one feature is one file, and `extension` sets them up."""
