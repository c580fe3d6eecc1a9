"""Notebooks, run.

- `chapter`: one notebook, and how it truly ended
- `batch`: many side by side, ended together
- `papermill_engine`: how papermill runs one here
- `interrupt`, `limits`, `leftovers`: Ctrl-C, open files, what killed runs left
"""
