"""What live sources answered, kept as it came, and the figures that follow from it, each with the day it was known.

- `store`: keep answers and figures, so that a run that is killed loses nothing
- `versions`: what was known on a day; every version of a figure
- `check`: is the archive what it was when it was written
"""
