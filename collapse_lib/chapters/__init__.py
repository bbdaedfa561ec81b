"""The book's chapters as programs: read one, run one with other parameters, build the site.

`source`   what a chapter is: its text, its declared parameters, its presets
`execute`  one run by papermill, and what it leaves: numbers, figures, verdicts
`page`     a stand-alone HTML page of one run
`site`     the whole book: run what changed, then jupyter-book
`check`    one claim, judged afresh
`paper_map` the paper's parts and where they are in the book
`sphinx`   the Sphinx extension that puts executed outputs on the pages
"""
