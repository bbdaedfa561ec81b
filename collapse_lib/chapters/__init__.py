"""The book's chapters as programs: read one, run one with other parameters.

`source`   what a chapter is: its text, its declared parameters, its presets
`execute`  one run by papermill, and what it leaves: numbers, figures, verdicts
`check`    one claim, judged afresh
"""
