"""What a source can answer in place of figures, by name: functions from a request to a response.

``server.expect_request(...).respond_with_handler(faults.FAULTS["html"])``; `times` answers so a few times only.
"""

import gzip
import io
import json
import time
import zipfile
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from werkzeug import Request, Response

QUOTA = "Out of call volume quota. Quota will be replenished in 05:12:44."
PAGE = "<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Back soon</body></html>"
HUGE = 101_000_000
SLOW = 1.0
"""Seconds that a slow answer takes."""


def _said(status: int, text: str, **headers: str):
    body = json.dumps({"statusCode": status, "message": text})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: Response(body, status, named, content_type="application/json")


def _date(seconds: float):
    def answer(request: Request) -> Response:
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        return Response("", 429, {"Retry-After": format_datetime(until, usegmt=True)})

    return answer


def _slow(request: Request) -> Response:
    time.sleep(SLOW)
    return Response("{}")


def _cut(request: Request) -> Response:
    return Response(iter([b'{"months": {']), headers={"Content-Length": "5000"}, content_type="application/json")


def _huge(request: Request) -> Response:
    piece = b" " * 1_000_000
    return Response((piece for _ in range(HUGE // len(piece))), content_type="application/json")


def _zip_bomb(request: Request) -> Response:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("figures.csv", b"0" * 20_000_000)
    return Response(packed.getvalue(), content_type="application/zip")


def _gzip_bomb(request: Request) -> Response:
    return Response(_swollen(), headers={"Content-Encoding": "gzip"}, content_type="application/json")


def _swollen(kept: list = []) -> bytes:  # noqa: B006
    if not kept:
        kept.append(gzip.compress(b" " * HUGE, 9))
    return kept[0]


FAULTS = {
    "no key": _said(401, "Access denied due to missing subscription key."),
    "quota": _said(403, QUOTA),
    "quota for ages": _said(403, f"Out of call volume quota. Quota will be replenished in {'9' * 40}:12:44."),
    "forbidden": _said(403, "Forbidden"),
    "not found": _said(404, "Resource not found"),
    "token": _said(419, "Page Expired"),
    "busy": _said(429, "Rate limit is exceeded."),
    "busy, soon": _said(429, "Rate limit is exceeded. Try again in 0 seconds.", Retry_After="0"),
    "busy, for hours": _said(429, "Rate limit is exceeded.", Retry_After="7200"),
    "busy, until": _date(7200),
    "broken": _said(500, "Something went wrong."),
    "gateway": lambda request: Response("<html><h1>502 Bad Gateway</h1></html>", 502, content_type="text/html"),
    "slow": _slow,
    "cut": _cut,
    "html": lambda request: Response(PAGE, content_type="text/html"),
    "html as json": lambda request: Response(PAGE, content_type="application/json"),
    "error in 200": lambda request: Response('{"error": "Invalid parameter"}', content_type="application/json"),
    "empty": lambda request: Response(b"", content_type="application/json"),
    "no json": lambda request: Response("OK", content_type="application/json"),
    "columns": lambda request: Response('{"Months": {}}', content_type="application/json"),
    "elsewhere": lambda request: Response("", 302, {"Location": "http://localhost.invalid/login"}),
    "round and round": lambda request: Response("", 302, {"Location": request.path}),
    "huge": _huge,
    "gzip bomb": _gzip_bomb,
    "no gzip": lambda request: Response(b"{}", headers={"Content-Encoding": "gzip"}, content_type="application/json"),
    "other packing": lambda request: Response(b"{}", headers={"Content-Encoding": "br"}),
    "zip bomb": _zip_bomb,
    "repeats the key": lambda request: Response(json.dumps({"you": dict(request.headers)})),
    "refuses the key": lambda request: Response(f"no such key: {request.headers.get('X-Key')}", 401),
}


def times(count: int, fault: str, then):
    """A fault so many times, then what another handler answers."""
    left = [count]

    def answer(request: Request) -> Response:
        left[0] -= 1
        return FAULTS[fault](request) if left[0] >= 0 else then(request)

    return answer
