"""Opens a session with a Spark Connect server, gives every call of it an end, and tells its faults in sentences.

What is asked in it is ``spark``. The client library is heavy, so it is imported only where a session is opened.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dsar.sources.connecting import not_installed, seconds_of
from dsar.sources.interface import SourceFailed, SourceSettings, Why
from dsar.sources.secrets import secret

# So long a call may take that only tidies up, also when the time of the search is over.
_TIDYING_SECONDS = 5
_PORT = "15002"
# Sessions that were left. The library's own stop() waits for its threads, also where Python happens to collect a
# forgotten session while one of them is being started: then both wait for ever.
_LEFT: list[Any] = []
# Text as the server stores it, whatever zone it stands in; nothing of a record left out because it is empty.
_SESSION = {"spark.sql.session.timeZone": "UTC"}


class SparkSession:
    """One session with the server, opened when it is first needed and left when a call in it fails."""

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self.settings = settings
        self.seconds = seconds_of(settings)
        self._home = home
        self._opened: Any = None
        self._answered = False
        self._end = 0.0

    def open(self) -> Any:
        """The library's session, with the whole time for what is asked next."""
        self._end = time.monotonic() + self.seconds
        if self._opened is None:
            self._answered = False
            self._opened = self._new()
            for name, value in _SESSION.items():
                self._opened.conf.set(name, value)
            self._answered = True
        return self._opened

    @property
    def late(self) -> bool:
        """Whether the time for what was asked last is over."""
        return time.monotonic() > self._end

    def leave(self) -> None:
        """End the session; a server that is gone is left all the same."""
        opened, self._opened = self._opened, None
        if opened is None:
            return
        _LEFT.append(opened)
        if opened.release_session_on_close:
            self._end = time.monotonic() + _TIDYING_SECONDS
            with suppress(*faults()):
                opened.client.release_session()

    def failed(self, error: BaseException) -> SourceFailed:
        """Why a call failed; the session is not used again."""
        late, answered = self.late, self._answered
        self.leave()
        name = self.settings.name
        if late:
            return SourceFailed(Why.TIMEOUT, f"{name}: the server did not answer within {self.seconds} s.")
        reason = told(error)
        if reason is _AWAY:
            reason = _BROKE if answered else _NOBODY
        return SourceFailed(reason.why, f"{name}: {reason.says}.")

    def _new(self) -> Any:
        try:
            with warnings.catch_warnings():
                # what the library says of versions is for who installs it
                warnings.simplefilter("ignore")
                from pyspark.logger import PySparkLogger
                from pyspark.sql.connect.client import DefaultChannelBuilder
                from pyspark.sql.connect.client.retries import DefaultPolicy
                from pyspark.sql.connect.session import SparkSession as Session
        except ImportError as error:
            raise not_installed(self.settings, "sc") from error
        # it would write the server's own words to the terminal, and they may name people
        PySparkLogger.getLogger("SQLQueryContextLogger").disabled = True
        builder = DefaultChannelBuilder(self._address())
        if user := self.settings.options.get("user"):
            builder.set(builder.PARAM_USER_ID, user)
        if reference := self.settings.options.get("password"):
            token = secret(reference, home=self._home, source=self.settings.name)
            builder.set(builder.PARAM_TOKEN, token)
        # a new session tries by itself, and does not wait because an earlier one could not get through
        builder.setChannelOption("grpc.use_local_subchannel_pool", 1)
        builder.add_interceptor(_ending(self))
        session = Session.builder.channelBuilder(builder).create()
        session.release_session_on_close = builder.session_id is None
        # by itself it would try for ten minutes to reach a server that is not there
        session.client.set_retry_policies([DefaultPolicy(max_retries=2)])
        return session

    def _address(self) -> str:
        options = self.settings.options
        return self.settings.path or f"sc://{options['host']}:{options.get('port', _PORT)}"

    def remaining(self) -> float:
        """The seconds the next call may take."""
        left = self._end - time.monotonic()
        return left if left > 0 else _TIDYING_SECONDS


def _ending(session: SparkSession) -> Any:
    """Gives each call what is left of the time: the protocol itself knows no end."""
    import grpc

    class Ending(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):  # type: ignore[misc,unused-ignore]
        def intercept_unary_unary(self, continuation: Any, details: Any, request: Any) -> Any:
            return continuation(details._replace(timeout=session.remaining()), request)

        def intercept_unary_stream(self, continuation: Any, details: Any, request: Any) -> Any:
            return continuation(details._replace(timeout=session.remaining()), request)

    return Ending()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a call failed, in one word and in words for people."""

    why: Why
    says: str


GONE = Reason(Why.BROKEN, "the table is gone")
_COLUMN = Reason(Why.BROKEN, "a column is gone")
_BARRED = Reason(Why.REFUSED, "the user of the settings may not read this table")
_STRANGER = Reason(Why.REFUSED, "the server did not accept the user or the token")
_NO_MACHINE = Reason(Why.MISSING, "there is no machine of this name")
_AWAY = Reason(Why.BROKEN, "the server is not to be reached")
_NOBODY = Reason(Why.BROKEN, "nothing answers there: the connection was refused")
_BROKE = Reason(Why.BROKEN, "the connection broke before everything was read. Nothing of it was kept")
_STATES: Mapping[str, Reason] = {
    "42P01": GONE,
    "42K03": GONE,
    "42703": _COLUMN,
    "42501": _BARRED,
    "HY008": Reason(Why.BROKEN, "the search was called off at the server"),
}
# Servers and nets that give no code are known by their words, which are read and never repeated.
_WORDS: Mapping[str, Reason] = {
    "TABLE_OR_VIEW_NOT_FOUND": GONE,
    "SCHEMA_NOT_FOUND": GONE,
    "cannot resolve attribute": _COLUMN,
    "UNRESOLVED_COLUMN": _COLUMN,
    "UNAUTHENTICATED": _STRANGER,
    "PERMISSION_DENIED": _BARRED,
    "INSUFFICIENT_PERMISSIONS": _BARRED,
    "Permission denied": _BARRED,
    "AccessDenied": _BARRED,
    "AccessControlException": _BARRED,
    "DNS resolution failed": _NO_MACHINE,
    "Name or service not known": _NO_MACHINE,
    "SSL": Reason(Why.REFUSED, "no secure connection to the server could be made"),
    "FAILED_READ_FILE": Reason(Why.UNREADABLE, "a file of the table is gone or damaged"),
    "INVALID_CONNECT_URL": Reason(Why.BROKEN, "the address of the server cannot be read"),
    "DEADLINE_EXCEEDED": Reason(Why.TIMEOUT, "the server did not answer"),
    "UNAVAILABLE": _AWAY,
    "RETRIES_EXCEEDED": _AWAY,
    "INVALID_HANDLE": _AWAY,
    "closed channel": _AWAY,
}


def faults() -> tuple[type[Exception], ...]:
    """What the library and the net beneath it raise."""
    import grpc
    from pyspark.errors import PySparkException

    return PySparkException, grpc.RpcError, OSError, ValueError


def told(error: BaseException) -> Reason:
    """The reason a fault speaks of."""
    state = error.getSqlState() if hasattr(error, "getSqlState") else ""
    if state in _STATES:
        return _STATES[state]
    words = f"{error} {error.__cause__ or ''} {error.__context__ or ''}"
    refused = Reason(Why.BROKEN, f"the server refused the search ({type(error).__name__})")
    return next((reason for part, reason in _WORDS.items() if part in words), refused)
