"""Searches the tables and views of a SQLite file, which it opens for reading only.

What counts as a match is ``matching``; which tables hold people is said in the settings.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from dsar.case.identifiers import Identifier
from dsar.case.records import Record, RecordSet
from dsar.formats.plain import printable, shorten
from dsar.law.fields import did_you_mean
from dsar.sources.columns import key_of, named_columns
from dsar.sources.interface import Problem, SourceFailed, SourceSettings, Tested, Why, located
from dsar.sources.matching import Matcher
from dsar.sources.sql import candidates, quoted

BUSY_SECONDS = 5
TIME_LIMIT = 300
_STEPS = 20_000
_LONGEST_TEXT = 50_000_000


class SqliteSource:
    """A SQLite database; a record set is one table or view in it."""

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self.settings = settings
        self.problems: list[Problem] = []
        self._path = located(home, settings.path)
        self._seconds = int(settings.options.get("timeout_seconds", TIME_LIMIT))
        self._columns: dict[str, tuple[str, ...]] = {}

    def test(self) -> Tested:
        """Count the rows of each table."""
        rows = {}
        for record_set in self.settings.record_sets:
            with self._reading() as connection:
                self._check(connection, record_set)
                statement = " ".join(["SELECT count(*) FROM", quoted(record_set.place)])
                rows[record_set.name] = int(connection.execute(statement).fetchone()[0])
        return Tested(source=self.settings.name, rows=rows)

    def find(self, record_set: RecordSet, identifiers: Sequence[Identifier]) -> Iterator[Record]:
        """One statement for all identifiers; its rows are then compared exactly."""
        matcher = Matcher(record_set, identifiers)
        if not matcher.usable:
            return
        statement = candidates(matcher)
        with self._reading() as connection:
            self._check(connection, record_set)
            rows = connection.execute(statement.text(record_set.place), statement.values)
            names = [column[0] for column in rows.description]
            for row in rows:
                values = dict(zip(names, map(as_text, row), strict=True))
                if matched := matcher.match(values):
                    key = key_of(record_set, values)
                    place = f"{record_set.place} {shorten(printable(key), 60)}"
                    yield Record(key=key, values=values, matched=matched, place=place)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that cannot write and gives up in time; its failures become SourceFailed."""
        if not self._path.is_file():
            raise SourceFailed(
                Why.MISSING, f"{self.settings.name}: there is no file {shorten(printable(self.settings.path), 80)}."
            )
        try:
            address = f"file:{quote(str(self._path))}?mode=ro"
            with closing(sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)) as connection:
                connection.text_factory = _readable
                connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_TEXT)
                end = time.monotonic() + self._seconds
                connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
                yield connection
        except sqlite3.Error as error:
            raise _failed(self.settings.name, self._seconds, error) from error

    def _check(self, connection: sqlite3.Connection, record_set: RecordSet) -> None:
        """Refuse settings that name a table or column the database does not have."""
        place = record_set.place
        if place not in self._columns:
            found = connection.execute("SELECT name FROM pragma_table_xinfo(?)", (place,)).fetchall()
            self._columns[place] = tuple(name for (name,) in found)
        columns = self._columns[place]
        name = f"{self.settings.name}: "
        if not columns:
            raise SourceFailed(Why.BROKEN, f'{name}there is no table "{shorten(printable(place), 60)}".')
        for wanted in named_columns(record_set):
            if wanted not in columns:
                meant = did_you_mean(wanted, columns)
                says = f'{name}the table "{printable(place)}" has no column "{shorten(printable(wanted), 60)}".{meant}'
                raise SourceFailed(Why.BROKEN, says)


def as_text(value: object) -> str:
    """A stored value as text, nothing about it changed; what is no text is told by its size."""
    if value is None:
        return ""
    return f"(binary, {len(value)} bytes)" if isinstance(value, bytes) else str(value)


def _readable(raw: bytes) -> str:
    """Text that is not UTF-8 stays readable: each odd byte shows as its number."""
    return raw.decode("utf-8", "backslashreplace")


_FAILURES = {
    sqlite3.SQLITE_BUSY: (Why.TIMEOUT, "it was locked by another program for {busy} s"),
    sqlite3.SQLITE_LOCKED: (Why.TIMEOUT, "it was locked by another program for {busy} s"),
    sqlite3.SQLITE_INTERRUPT: (Why.TIMEOUT, "it did not answer within {limit} s"),
    sqlite3.SQLITE_NOTADB: (Why.UNREADABLE, "the file is not a SQLite database (or it is encrypted)"),
    sqlite3.SQLITE_CORRUPT: (Why.BROKEN, "the database is damaged"),
    sqlite3.SQLITE_CANTOPEN: (Why.REFUSED, "the file, or a file beside it, may not be opened"),
    sqlite3.SQLITE_PERM: (Why.REFUSED, "the file may not be read"),
    sqlite3.SQLITE_AUTH: (Why.REFUSED, "the file may not be read"),
    sqlite3.SQLITE_READONLY: (Why.REFUSED, "reading it would need to write a file beside it"),
    sqlite3.SQLITE_TOOBIG: (Why.UNREADABLE, "a value in it is too large"),
}


def _failed(name: str, limit: int, error: sqlite3.Error) -> SourceFailed:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    why, says = _FAILURES.get(code, (Why.BROKEN, "the database refused the search"))
    return SourceFailed(why, f"{name}: {says.format(busy=BUSY_SECONDS, limit=limit)}.")
