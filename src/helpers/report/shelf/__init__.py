"""Where reports lie.

- `publish`: into a folder, whole or not at all; `files` does it, also past a power cut
- `record`: what is written down of a run, and how it is read again
- `archive`: the list of all reports, as a page and as what readers subscribe to
- `verify`: is a report what its record says
- `inputs`: what a report is made from, and by which code
- `notebooks`: the notebooks as they are committed
"""
