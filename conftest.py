"""Notebooks are compared by number wherever pytest is started from."""

import gc
import os

gc.disable()  # looking for garbage takes up to a tenth of the time and finds little: most that is made is remembered
os.environ.setdefault("OMP_NUM_THREADS", "1")  # as in the kernel: threads of one worker wait for those of another
pytest_plugins = ["by_number"]
