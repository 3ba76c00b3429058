"""Says in sentences why PostgreSQL was not searched; the server's own words are read, not repeated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dsar.formats.plain import printable, shorten
from dsar.sources.interface import SourceFailed, SourceSettings, Why

if TYPE_CHECKING:
    import psycopg

_REFUSED: Mapping[str, tuple[Why, str]] = {
    "password": (Why.REFUSED, "the database did not accept the user or the password"),
    "no pg_hba.conf entry": (Why.REFUSED, "the database does not let this user in from this machine"),
    "does not exist": (Why.MISSING, "the server has no such database or user"),
    "refused": (Why.BROKEN, "nothing answers there: the connection was refused"),
    "No such file": (Why.BROKEN, "nothing answers there: the connection was refused"),
    "could not translate host": (Why.MISSING, "there is no machine of this name"),
    "failed to resolve host": (Why.MISSING, "there is no machine of this name"),
    "timeout": (Why.TIMEOUT, "the server did not answer"),
    "starting up": (Why.BROKEN, "the server is just starting: try again in a minute"),
    "too many": (Why.REFUSED, "the server has no connection left"),
}


def refused(settings: SourceSettings, error: BaseException) -> SourceFailed:
    """Why no connection was made. The server's own words are read, not repeated: they may name people."""
    words = str(error)
    # the driver is the only one to know, and it has no code for it
    for part, (why, says) in _REFUSED.items():
        if part in words:
            return SourceFailed(why, f"{settings.name}: {says}.")
    return SourceFailed(Why.BROKEN, f"{settings.name}: no connection to the database could be made.")


_FAILURES: Mapping[str, tuple[Why, str]] = {
    "42501": (Why.REFUSED, "the user of the settings may not read this table"),
    "42P01": (Why.BROKEN, "the table is gone"),
    "42703": (Why.BROKEN, "a column is gone"),
    "57014": (Why.TIMEOUT, "the database did not answer within {limit} s"),
    "55P03": (Why.TIMEOUT, "the table was locked by another program"),
    "40P01": (Why.TIMEOUT, "the table was locked by another program"),
    "40001": (Why.TIMEOUT, "the server called the search off: try again"),
    "53100": (Why.BROKEN, "the server's disk is full"),
    "53200": (Why.BROKEN, "the server is out of memory"),
    "XX001": (Why.BROKEN, "the database is damaged"),
    "22021": (Why.UNREADABLE, "it holds signs that are no text in its own encoding"),
    "22P05": (Why.UNREADABLE, "it holds signs that are no text in its own encoding"),
}


def failed(settings: SourceSettings, seconds: int, error: psycopg.Error) -> SourceFailed:
    """Why a search was given up, in words without personal data."""
    import psycopg

    code = error.sqlstate or ""
    if code.startswith(("57P", "08")) or (not code and isinstance(error, psycopg.OperationalError)):
        says = "the connection broke before everything was read"
        return SourceFailed(Why.BROKEN, f"{settings.name}: {says}. Nothing of it was kept.")
    why, says = _FAILURES.get(code, (Why.BROKEN, f"the database refused the search ({shorten(printable(code), 10)})"))
    return SourceFailed(why, f"{settings.name}: {says.format(limit=seconds)}.")
