"""Makes one HTTP call after another to one service: safely, slowly enough, and again where that may help.

Only https (plain http to this machine alone), only to the service's own address, never on to another by redirect,
and not to addresses of the inner network unless the settings allow it: a token must not travel. Every answer has an
end in size and time. What is asked for is ``http_requests``; who we are is ``http_auth``.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urljoin, urlsplit

from dsar.formats.plain import printable, shorten
from dsar.sources.interface import SourceFailed, Why
from dsar.sources.options import Options

AGENT = "dsar"
MAX_ANSWER = 50_000_000
TRIES = 5
LONGEST_WAIT = 120.0
CONNECT_SECONDS = 15
_REDIRECTS = (301, 302, 303, 307, 308)
_AGAIN = (429, 500, 502, 503, 504)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is asked: ``shown`` names it without personal data."""

    method: str
    url: str
    shown: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    url: str = field(repr=False)

    @property
    def kind(self) -> str:
        """The kind of content, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class _Broken(Exception):
    """A call that came to nothing: ``says`` in the middle of a sentence; the like may go well next time."""

    def __init__(self, why: Why, says: str) -> None:
        super().__init__(says)
        self.why = why
        self.says = says


class Caller:
    """All calls to one service, at its pace. ``close`` it at the end."""

    def __init__(self, name: str, base: str, options: Options) -> None:
        self.name = name
        self._home = _address(base, options)
        self._inner = options.yes("private_network") or _is_here(self._home.hostname or "")
        self._seconds = options.number("timeout_seconds", 60, 1, 3_600)
        self._pause = options.number("pause_seconds", 1, 0, 60)
        self._apart = 60 / options.number("requests_per_minute", 600, 1, 60_000)
        self._last = 0.0
        self._line: http.client.HTTPConnection | None = None
        # kept beside the connection, which lets go of it while an answer is still read
        self._socket: socket.socket | None = None

    def close(self) -> None:
        """Close the connection."""
        if self._line:
            self._line.close()
            self._line = None
        if self._socket:
            self._socket.close()
            self._socket = None

    def ask(self, call: Call) -> Reply:
        """The service's answer, whatever its status, after as many tries as make sense.

        Raises SourceFailed where there is none, and where the service keeps saying that it is busy or broken.
        """
        broken = _Broken(Why.BROKEN, "")
        for attempt in range(TRIES):
            wait = self._pause * 2**attempt
            try:
                reply = self._followed(call)
            except _Broken as error:
                self.close()
                broken = error
            else:
                if reply.status not in _AGAIN:
                    return reply
                busy = reply.status in (429, 503)
                says = "too many requests" if reply.status == 429 else "not available" if busy else "a fault of its own"
                broken = _Broken(Why.TIMEOUT if busy else Why.BROKEN, f"it reports {says} ({reply.status})")
                wait = max(wait, _asked_to_wait(reply))
            if wait > LONGEST_WAIT:
                broken = _Broken(broken.why, f"{broken.says} and asks us to wait for {wait:,.0f} s; try again later")
                break
            if attempt + 1 < TRIES:
                time.sleep(wait)
        raise self.failed(broken.why, call, broken.says)

    def failed(self, why: Why, call: Call, says: str) -> SourceFailed:
        """The failure of a call, told without what was asked for."""
        return SourceFailed(why, f"{self.name}: {call.shown} at {self._home.hostname} was not answered: {says}.")

    def inside(self, call: Call, url: str) -> str:
        """The address of a next page, made whole; SourceFailed if it leads to another service."""
        found = urlsplit(urljoin(call.url, url))
        if (found.scheme, found.hostname, _port(found)) != (self._home.scheme, self._home.hostname, _port(self._home)):
            says = "it sends us on to another address, and what we know stays here"
            raise self.failed(Why.REFUSED, call, says)
        return found.geturl()

    def _followed(self, call: Call) -> Reply:
        url = call.url
        for _ in range(5):
            reply = self._once(call, url)
            if reply.status not in _REDIRECTS:
                return reply
            if call.method != "GET" or not reply.headers.get("location"):
                break
            url = self.inside(call, reply.headers["location"])
        raise self.failed(Why.REFUSED, call, "it sends us from one address to another")

    def _once(self, call: Call, url: str) -> Reply:
        time.sleep(max(0.0, self._last + self._apart - time.monotonic()))
        self._last = time.monotonic()
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": AGENT, **call.headers}
        late = threading.Event()
        watch: threading.Timer | None = None
        answer: http.client.HTTPResponse | None = None
        try:
            line = self._line = self._line or self._opened(call)
            # one that says a byte now and then keeps every timeout of the socket from coming
            watch = threading.Timer(self._seconds, _cut, (self._socket, late))
            watch.daemon = True
            watch.start()
            line.request(call.method, target, body=call.body, headers=headers)
            answer = line.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            body = answer.read(MAX_ANSWER + 1)
            if late.is_set() or (answer.length and len(body) <= MAX_ANSWER):
                raise http.client.IncompleteRead(b"")
        except ssl.SSLCertVerificationError as error:
            raise self.failed(Why.REFUSED, call, "its certificate is not one we may trust") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self._told(error, late) from error
        finally:
            if watch:
                watch.cancel()
            if answer:
                answer.close()
        if len(body) > MAX_ANSWER:
            self.close()
            raise self.failed(Why.BROKEN, call, f"its answer is larger than {MAX_ANSWER:,} bytes")
        if answer.will_close:
            self.close()
        return Reply(status=answer.status, headers=found, body=body, url=url)

    def _told(self, error: Exception, late: threading.Event) -> _Broken:
        if late.is_set() or isinstance(error, TimeoutError):
            return _Broken(Why.TIMEOUT, f"it did not finish within {self._seconds:g} s")
        if isinstance(error, ssl.SSLError):
            return _Broken(Why.REFUSED, "it does not speak TLS as it should")
        if isinstance(error, socket.gaierror):
            return _Broken(Why.MISSING, "there is no such address")
        if isinstance(error, ConnectionRefusedError):
            return _Broken(Why.BROKEN, "nothing answers at that address")
        if isinstance(error, http.client.IncompleteRead):
            return _Broken(Why.BROKEN, "it broke off in the middle")
        return _Broken(Why.BROKEN, f"the connection broke off ({type(error).__name__})")

    def _opened(self, call: Call) -> http.client.HTTPConnection:
        host, port = self._home.hostname or "", _port(self._home)
        seconds = min(self._seconds, CONNECT_SECONDS)
        made = socket.create_connection((host, port), timeout=seconds)
        try:
            # seen on the line itself, so that no name can lead elsewhere between the look and the call
            where = ipaddress.ip_address(made.getpeername()[0].partition("%")[0])
            if not (self._inner or where.is_global):
                says = "the address lies in an inner network; if that is right, set private_network = true"
                raise self.failed(Why.REFUSED, call, says)
            if self._home.scheme == "https":
                made = ssl.create_default_context().wrap_socket(made, server_hostname=host)
        except BaseException:
            made.close()
            raise
        made.settimeout(self._seconds)
        line = http.client.HTTPConnection(host, port)
        line.default_port = 443 if self._home.scheme == "https" else 80
        # no connection of its own: one that is closed is opened here again, with the same look at it
        line.auto_open = 0
        line.sock = self._socket = made
        return line


def _cut(line: socket.socket | None, late: threading.Event) -> None:
    late.set()
    if line is not None:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)


def _address(base: str, options: Options) -> SplitResult:
    try:
        found = urlsplit(base)
        host, _ = found.hostname or "", found.port
    except ValueError:
        raise options.wrong('"path" is no address.') from None
    if found.scheme not in ("https", "http") or not host or found.username or found.query or found.fragment:
        raise options.wrong('"path" must be the address of the service, such as https://api.example.com/v2.')
    if found.scheme == "http" and not _is_here(host):
        shown = shorten(printable(host), 60)
        raise options.wrong(f"what is sent to {shown} could be read on the way: the address must begin with https://.")
    return found


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _port(address: SplitResult) -> int:
    return address.port or (443 if address.scheme == "https" else 80)


def _asked_to_wait(reply: Reply) -> float:
    """How many seconds the service wants us to wait: a number, or a time by its own clock."""
    text = reply.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
        return max(0.0, (until - parsedate_to_datetime(reply.headers.get("date", ""))).total_seconds())
    except (ValueError, TypeError):
        return 0.0
