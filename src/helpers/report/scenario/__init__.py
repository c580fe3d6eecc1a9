"""Scenarios asked for on the command line and in reports: `files`, the verb `command`, and what is `shown` of them."""
