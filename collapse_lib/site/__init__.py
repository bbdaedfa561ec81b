"""What readers see: the book as pages, a run as one page.

`book`        the whole book: run the chapters that changed, then jupyter-book
`extension`   the Sphinx extension that puts executed outputs on the pages, and what it adds to them:
`figures`     a figure with its caption and its files
`parameters`  what a reader may change, and the command that does
`verdicts`    the tables of claims
`paper_map`   the paper's parts and where they are in the book
`stand_alone` one run as one HTML file

No chapter's code imports this package, so a change here makes the pages again and runs nothing.
"""
