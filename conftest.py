"""Notebooks are compared by number wherever pytest is started from."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as in the kernel: threads of one worker wait for those of another
pytest_plugins = ["by_number"]
