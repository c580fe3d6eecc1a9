"""Executed notebooks as pages.

- `html`: a chapter, and the pages without a notebook
- `context`: what all pages of a report share
- `checks`: what may become a page
- `notes`, `drawing`: footnotes; figures in the reader's colours
- `spreadsheet`: all tables in one file
- `template`: the form of the pages
"""
