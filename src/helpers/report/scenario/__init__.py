"""Scenarios asked for on the command line and in reports.

- `files`: a scenario as people ask for it, checked whole
- `command`, `shown`: the verb ``magnets scenario``, what it says and writes
"""
