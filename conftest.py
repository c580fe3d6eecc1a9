"""Notebooks are compared by number wherever pytest is started from."""

pytest_plugins = ["by_number"]
