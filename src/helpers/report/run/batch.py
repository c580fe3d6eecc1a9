"""Chapters side by side in threads, each with a kernel of its own; ended together when the run is stopped."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress

from helpers.report.job import Chapter
from helpers.report.run import interrupt

Ended = Callable[[Iterable[str]], Iterator[Chapter]]
"""The chapters of some keys as each ends, whichever is first."""


@contextmanager
def side_by_side(work: Mapping[str, Callable[[], Chapter]], threads: int) -> Iterator[Ended]:
    """Begin the work in its order, so many at a time; gives a function that waits for the chapters of some keys."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(5e-4)  # who makes pages lets go on whose kernel waits for its next cell
    with ThreadPoolExecutor(threads) as pool:
        running: dict[str, Future] = {}

        def ended(keys: Iterable[str]) -> Iterator[Chapter]:
            left = {running[key] for key in keys}
            while left:
                done, left = wait(left, timeout=0.2, return_when=FIRST_COMPLETED)
                interrupt.check()
                yield from (chapter.result() for chapter in done)

        try:
            interrupt.check()
            running |= {key: pool.submit(do) for key, do in work.items()}
            yield ended
        except BaseException:
            interrupt.end()
            _stop(pool, running)
            raise
        finally:
            sys.setswitchinterval(usual)


@contextmanager
def progress(total: int, quiet: bool) -> Iterator[Callable[[Chapter], None]]:
    """A bar on a terminal, a plain line a chapter elsewhere; nothing if quiet."""
    if quiet:
        yield lambda chapter: None
    elif not sys.stderr.isatty():
        yield _line
    else:
        from rich.progress import Progress

        with Progress(transient=True) as bar:
            task = bar.add_task("chapters", total=total)
            yield lambda chapter: bar.update(task, advance=1, description=chapter.name)


def _line(chapter: Chapter) -> None:
    with suppress(OSError):  # nobody reads on
        print(f"{chapter.name}: {chapter.end.name.lower()}, {chapter.seconds:.1f} s", file=sys.stderr, flush=True)


def _stop(pool: ThreadPoolExecutor, running: Mapping[str, Future]) -> None:
    """Begin no more chapters and end those that run, also one whose kernel is only starting."""
    pool.shutdown(wait=False, cancel_futures=True)
    if all(chapter.done() for chapter in running.values()):
        return
    from helpers.report.run import papermill_engine

    while not all(chapter.done() for chapter in running.values()):
        papermill_engine.kill_all()
        wait(running.values(), timeout=0.1)
