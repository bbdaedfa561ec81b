"""What is simulated for the book, by chapter: its setting, `Scene`, and its experiments.

Chapters and claims both read it.  Nothing here judges, and nothing here knows a page.
"""
