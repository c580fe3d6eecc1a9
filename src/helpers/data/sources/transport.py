"""Ask a source over the network: at its pace, with bounded patience, and with its key nowhere but in one header."""

import math
import re
import ssl
import time
import zlib
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache, partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from helpers import __version__
from helpers.data.sources import address, keys, schedule
from helpers.data.sources.bodies import begin, unfit
from helpers.data.sources.protocol import Answer, Feed, OfflineError, QuotaError, Request, SourceError
from helpers.patience import at_most

if TYPE_CHECKING:
    import httpx

ATTEMPTS, WAIT, LONGEST = 4, 1.0, 120.0
"""How often a question is asked in all, the first wait in seconds, the longest that a source may ask for."""

CONNECT, READ, TOTAL = 10.0, 60.0, 300.0
"""Seconds to reach a host, between two pieces of its answer, and for all of it."""

BODY = 100_000_000
"""Most bytes of an answer."""

FAR = 366 * 86400.0

REDIRECTS = 5
BUSY = (429, 500, 502, 503, 504)


class DeniedError(SourceError):
    """The source answers none of our questions as we ask them."""


class _BusyError(SourceError):
    """The source may answer in a moment: after so many seconds, if it said so; what to say if it does not."""

    def __init__(self, final: SourceError, after: float | None):
        super().__init__(str(final))
        self.final, self.after = final, after


@dataclass
class Line:
    """A way to one source for the length of a run: call it with a question, and it gives the answer.

    ``header`` takes the key; ``hosts`` are others from which the source serves files, and never get the key; ``spent``
    are the calls that the last day has had already; ``paces`` says when each host was called last, for all lines.
    """

    feed: Feed
    header: str = ""
    hosts: tuple[str, ...] = ()
    spent: int = 0
    paces: dict[str, float] = field(default_factory=dict)
    calls: int = 0

    def __post_init__(self) -> None:
        import httpx

        self.address = address(self.feed)
        self._key = keys.key(self.feed)
        self._home, self._real = httpx.URL(self.address), self.address == self.feed.address.rstrip("/")
        here = self._home.host in ("127.0.0.1", "localhost", "::1")
        if self._key and self._home.scheme != "https" and not here:
            raise DeniedError(f"{self.address} is not https; no key is sent there")
        try:
            self._client = httpx.Client(
                timeout=httpx.Timeout(READ, connect=CONNECT),
                verify=_trusted(),
                headers={"User-Agent": f"magnets/{__version__}", "Accept-Encoding": "gzip"},
                trust_env=not here,  # a proxy is no way to this machine, and would see the key
            )
        except (ValueError, ImportError, OSError, httpx.InvalidURL) as error:
            see = "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY (of SOCKS: install socksio), NO_PROXY and SSL_CERT_FILE"
            why = f"this machine's settings lead to no network ({type(error).__name__})"
            raise SourceError(f"{why}; see {see}") from None

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def __call__(self, request: Request) -> Answer:
        """The answer to a question; OfflineError, QuotaError, DeniedError or another SourceError if there is none."""
        import httpx
        import stamina

        stamina.instrumentation.set_on_retry_hooks([])  # it would write what happens to the log
        try:
            for attempt in stamina.retry_context(
                on=_again, attempts=ATTEMPTS, timeout=None, wait_initial=WAIT, wait_max=30 * WAIT, wait_jitter=WAIT
            ):
                with attempt:
                    answer = at_most(TOTAL, partial(self._once, request))
        except _BusyError as error:
            raise error.final from None
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            host = urlsplit(self.address).netloc
            raise OfflineError(f"{host} cannot be reached ({self._clean(error)}); is there a network?") from None
        except (httpx.TimeoutException, TimeoutError):
            raise SourceError(f"no answer in time, asked {ATTEMPTS} times ({READ:g} s each); try again later") from None
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise SourceError(f"the connection broke ({self._clean(error)}); try again later") from None
        return answer

    def _once(self, request: Request) -> Answer:
        url = request.path if "://" in request.path else f"{self.address}/{request.path.lstrip('/')}"
        sent = {"params": dict(request.params) or None, "data": dict(request.form) or None}
        question = self._client.build_request("POST" if request.form else "GET", url, **sent)
        for _ in range(REDIRECTS):
            self._allow(question, request)
            self._wait(question.url.host)
            with closing(self._client.send(question, stream=True)) as response:
                if response.next_request is None:
                    return self._judged(self._read(response, request))
                question = response.next_request
        raise SourceError(f"sent on {REDIRECTS} times without an answer; has the source moved?")

    def _allow(self, question: "httpx.Request", request: Request) -> None:
        """Give the key to a question to the source itself; refuse any host that is not the source's."""
        url, home = question.url, self._home
        same = (url.host, url.port) == (home.host, home.port) and url.scheme in (home.scheme, "https")
        if self.header:
            question.headers.pop(self.header, None)
        if same and self.header and self._key:
            question.headers[self.header] = self._key
        if not same and not (self._real and url.scheme == "https" and url.host in self.hosts):
            there = self._clean(f"{url.scheme}://{url.netloc.decode()}")
            text = f"it sends on to another host, {there}, which was not asked; if the source moved, see data/feeds.csv"
            raise unfit(Answer(request, b"", fetched=schedule.now()), text)

    def _wait(self, host: str) -> None:
        """Wait for the source's pace, and stop at its calls a day."""
        if self.spent + self.calls >= self.feed.calls:
            raise QuotaError(f"its {self.feed.calls:g} calls a day are used; go on tomorrow")
        time.sleep(max(0.0, self.paces.get(host, -math.inf) + self.feed.pause - time.monotonic()))
        self.paces[host] = time.monotonic()
        self.calls += 1

    def _read(self, response: "httpx.Response", request: Request) -> Answer:
        """The body, unpacked and counted while it comes."""
        answer = Answer(request, b"", response.status_code, dict(response.headers), schedule.now())
        if (coding := response.headers.get("content-encoding", "identity").lower()) not in ("identity", "gzip"):
            raise unfit(answer, f"it is packed as {coding}, which was not asked for")
        if int(re.sub(r"\D", "", response.headers.get("content-length", "")) or 0) > BODY:
            raise unfit(answer, f"it is longer than {BODY:,} bytes; ask for less at once")
        body, packed = bytearray(), zlib.decompressobj(wbits=31) if coding == "gzip" else None
        try:
            for piece in response.iter_raw():  # as it comes: a drop at a time must not count as none
                body += packed.decompress(piece, BODY + 1 - len(body)) if packed else piece
                if len(body) > BODY:
                    raise unfit(answer, f"it is longer than {BODY:,} bytes; ask for less at once")
        except zlib.error:
            raise unfit(answer, "it is packed, and cannot be unpacked") from None
        if body and packed and (packed.unused_data or not packed.eof):
            raise unfit(answer, "it is packed, and its end is missing")
        return replace(answer, body=bytes(body))

    def _judged(self, answer: Answer) -> Answer:
        """The answer if its status is that of one; otherwise the error that it is."""
        status = answer.status
        if status == 200:
            if self._key and self._key.lower().encode() in answer.body.lower() + str(answer.headers).lower().encode():
                raise SourceError("the answer repeats the key, and was not kept; tell the publisher")
            if self._real and (there := _date(answer)) and there > schedule.now() + timedelta(days=1):
                said = f"this machine's clock is behind: the source says that it is {there:%Y-%m-%d %H:%M}"
                raise DeniedError(f"{said}; set it right, or figures would count as known before they were")
            return answer
        said = begin(self._clean(answer.body.decode("utf-8", "replace")).encode())
        after, quota = _after(answer), re.search(r"quota.*? in (\d{1,5}):(\d\d):(\d\d)", said, re.I)
        if status == 401:
            remedy = f"set {self.feed.key}, or write it into {keys.file()}" if self.feed.key else "see its terms"
            raise DeniedError(f"refused (401: {said}): the key is missing or wrong; {remedy}")
        if status == 403 and (quota or "quota" in said.lower()):
            wait = sum(int(n) * s for n, s in zip(quota.groups(), (3600, 60, 1), strict=True)) if quota else after
            raise _quota(f"the quota is used up (403: {said})", wait)
        if status == 403:
            raise DeniedError(f"refused (403: {said}); see what the source allows, and its terms")
        if status == 404:
            path = answer.request.path
            raise SourceError(f"nothing is at {path} (404: {said}); has the source moved? see data/feeds.csv")
        if status == 419:
            raise SourceError("the form's token is no longer good (419); fetch again")
        if status in BUSY:
            final = SourceError(f"the source fails ({status}: {said}); asked {ATTEMPTS} times, try later")
            if status == 429:
                final = _quota(f"the source wants fewer calls (429: {said})", after)
            raise final if (after or 0) > LONGEST else _BusyError(final, after)
        raise SourceError(f"answered {status}: {said}; see the source's documentation")

    def _clean(self, text: object) -> str:
        return re.sub(re.escape(self._key), "[key]", str(text), flags=re.I) if self._key else str(text)


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that vouch for hosts, read once."""
    import httpx

    return httpx.create_ssl_context()


def _quota(text: str, wait: float | None) -> QuotaError:
    if wait is None:
        return QuotaError(f"{text}; go on later")
    until = schedule.now() + timedelta(seconds=wait)
    return QuotaError(f"{text}; go on after {schedule.shown(until)}", until)


def _after(answer: Answer) -> float | None:
    """Seconds that a source asks to wait, from ``Retry-After``; none if it does not say so, or not readably."""
    said = answer.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return min(float(said), FAR)
    try:
        return min(max(0.0, (parsedate_to_datetime(said) - (_date(answer) or schedule.now())).total_seconds()), FAR)
    except (ValueError, TypeError):
        return None


def _date(answer: Answer) -> datetime | None:
    """What time the source says that it is, if it says so readably."""
    try:
        return parsedate_to_datetime(answer.headers.get("date", "")).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _again(error: Exception) -> bool | float:
    """Whether to ask again, or after how many seconds."""
    import httpx

    if isinstance(error, _BusyError):
        return True if error.after is None else error.after
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return False
    return isinstance(error, httpx.TimeoutException | httpx.NetworkError | httpx.RemoteProtocolError | TimeoutError)
