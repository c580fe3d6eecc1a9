"""Executed notebooks to pages.

- `html`: a notebook to one self-contained page, the first page of a report, the archive; the policy they obey
- `explorer`: levers that move what they come to in the page itself, without a kernel
- `pdf`: a whole report on paper, by the browser that is there
- `context`: what all pages of a report share
- `notes`: sources as numbered footnotes
- `drawing`: figures in the reader's colours
- `checks`: what may become a page
- `spreadsheet`: all tables in one file
- `template/`: the pages and their style
"""
