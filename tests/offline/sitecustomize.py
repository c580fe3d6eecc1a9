"""Put on PYTHONPATH by tests: every Python process refuses to connect to another machine, and notes the attempt."""

import os
import socket
from pathlib import Path

_connect, _connect_ex, _getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo
LOCAL = ("127.", "::1", "localhost", "0.0.0.0")


def _allowed(host) -> bool:
    return host in (None, "") or str(host).startswith(LOCAL)


def _refuse(target):
    with Path(os.environ["OFFLINE_LOG"]).open("a", encoding="utf-8") as log:
        log.write(f"{target}\n")
    raise OSError(f"no network in tests: {target}")


def _guard(call):
    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _allowed(address[0]):
            _refuse(address)
        return call(self, address)

    return guarded


def _lookup(host, *args, **options):
    if not _allowed(host):
        _refuse(host)
    return _getaddrinfo(host, *args, **options)


socket.socket.connect, socket.socket.connect_ex = _guard(_connect), _guard(_connect_ex)
socket.getaddrinfo = _lookup
