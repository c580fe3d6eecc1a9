"""Whether the system lets a run have what it needs, said before it begins and not in the middle of it."""

import sys

BASE, EACH = 24, 32
"""Open files that a run needs at most, and those of each notebook that runs at once: measured, with room."""


def too_few_files(threads: int) -> str:
    """Why so many notebooks at once cannot run here, in words; raises the soft limit as far as it may first."""
    if sys.platform == "win32":
        return ""
    import resource

    needed = BASE + EACH * threads
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    if soft == unlimited or soft >= needed:
        return ""
    allowed = needed if hard == unlimited else min(needed, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
    if allowed >= needed:
        return ""
    return (
        f"a run with {threads} notebooks at once needs up to {needed} open files, and only {allowed} are allowed here: "
        f"ask for more (ulimit -n {needed}) or give --jobs; nothing was written"
    )
