"""The entry point of ``magnets``: while the rest is imported nothing has begun, and Ctrl-C ends at once."""

import os
import signal

from helpers import STOPPED


def main() -> None:
    """Run the command; Ctrl-C is exit code 130 and a line, however early or often."""
    signal.signal(signal.SIGINT, _end)
    from helpers.cli import main as run

    run()


def _end(*_: object) -> None:
    os.write(2, STOPPED.encode())
    os._exit(130)


if __name__ == "__main__":
    main()
