"""Work in which a process is killed, in a module of its own: whoever does it imports nothing else."""

import os
import signal
from pathlib import Path


def once(task):
    """Is killed the first time that it is asked to do each third of the tasks."""
    number, folder = task
    marker = Path(folder) / str(number)
    if number % 3 == 0 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def always(*task):
    os.kill(os.getpid(), signal.SIGKILL)
