"""What readers see: the book as pages, a run as one page.

`book`        the whole book: run the chapters that changed, then jupyter-book
`extension`   the Sphinx extension that puts executed outputs on the pages, and what it adds to them:
`figures`     a figure with its caption and its files
`parameters`  what a reader may change, and the command that does
`verdicts`    the tables of claims
`paper_map`   the paper's parts and where they are in the book
`exercises`   exercises, and solutions that open
`students`    the students' edition, without solutions
`stand_alone` one run as one HTML file
`lab`         a chapter in JupyterLab
`notebooks`   each chapter with its outputs, to download
`plain`       what these two say where the pages have MyST
`addresses`   what depends on where the site and its repository are, and on its history
`care`        the banner of an old version, robots.txt
`descriptions` what search engines are told
`versions`    a site of several versions
`links`       whether what the book refers to is still there
`last_build`  the last build, and whether it is still what the sources would give; from it are made:
`archive`     everything as one zip
`one_page`    the book as one page to print
`pdf`         the book as one PDF, printed by
`browser`     Chromium
`provenance`  the record of a run, and the lines at the foot of its page
`expense`     what a run may take, and whether one is asked first
`status`      all chapters as they ran
`runs`        the folder that a run leaves
`compare`     two runs of a chapter, and the page that shows them side by side
`words`       values as a reader meets them

No chapter's code imports this package, so a change here makes the pages again and runs nothing.
"""
