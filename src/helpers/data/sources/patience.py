"""Hang up on a host that never ends: headers or a body, a drop at a time, stay below every limit of waiting."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR
from socket import socket as Socket


@contextmanager
def at_most(seconds: float, sockets: list[Socket]) -> Iterator[None]:
    """Shut the connections down if the body takes longer, whatever still comes; it then ends with an error of httpx."""
    timer = threading.Timer(seconds, _hang_up, [sockets])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def noted(sockets: list[Socket], event: str, info: Mapping) -> None:
    """Note every connection that httpx opens: its extension ``trace``."""
    if event.endswith(("connect_tcp.complete", "start_tls.complete")):
        sockets.append(info["return_value"].get_extra_info("socket"))


def _hang_up(sockets: list[Socket]) -> None:
    for one in sockets:
        with suppress(OSError):  # closed already
            one.shutdown(SHUT_RDWR)
