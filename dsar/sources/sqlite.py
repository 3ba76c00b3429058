"""Searches the tables and views of a SQLite file, which it opens for reading only.

What counts as a match is ``matching``; which tables hold people is said in the settings.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from dsar.case.identifiers import Identifier
from dsar.case.records import Record, RecordSet
from dsar.errors import did_you_mean
from dsar.formats.plain import printable, shorten
from dsar.sources.batches import Rows, batched
from dsar.sources.columns import key_of, named_columns
from dsar.sources.dialects import SqliteDialect
from dsar.sources.interface import Problem, SourceFailed, SourceSettings, Tested, Why, located
from dsar.sources.matching import Matcher
from dsar.sources.sql import Conditions, broken_promises, conditions, counting, irregular, quoted

BUSY_SECONDS = 5
TIME_LIMIT = 300
_STEPS = 20_000
_LONGEST_TEXT = 50_000_000
# Beyond this share of the rows, reading them all is quicker than asking an index for each.
_FEW = 0.05
_INDEXED = """
SELECT 1 FROM pragma_index_list(?) AS list, pragma_index_info(list.name) AS part, pragma_table_info(?) AS own
WHERE list.partial = 0 AND part.seqno = 0 AND part.name = ? AND own.name = ? AND own.type <> ''
  AND (SELECT wr FROM pragma_table_list WHERE name = ?1 AND schema = 'main') = 0
LIMIT 1
"""


class SqliteSource:
    """A SQLite database; a record set is one table or view in it."""

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self.settings = settings
        self.problems: list[Problem] = []
        self._path = located(home, settings.path)
        self._seconds = int(settings.options.get("timeout_seconds", TIME_LIMIT))
        self._columns: dict[str, tuple[str, ...]] = {}

    def test(self) -> Tested:
        """Count the rows of each table, and the values in it that are not as the settings promise."""
        rows = {}
        problems: list[Problem] = []
        for record_set in self.settings.record_sets:
            with self._reading() as connection:
                self._check(connection, record_set)
                promised = irregular(record_set, SqliteDialect())
                counted = ["SELECT", counting(promised.values()), "FROM", quoted(record_set.place)]
                rows[record_set.name], *broken = connection.execute(" ".join(counted)).fetchone()
                problems += broken_promises(record_set.place, promised, broken)
        return Tested(source=self.settings.name, rows=rows, problems=tuple(problems))

    def find(self, record_set: RecordSet, identifiers: Sequence[Identifier]) -> Iterator[Record]:
        """One statement for all identifiers; its rows are then compared exactly."""
        matcher = Matcher(record_set, identifiers)
        if not matcher.usable:
            return
        with self._reading() as connection:
            names, rows = self._asked(connection, record_set, matcher)
            for row in rows:
                values = dict(zip(names, map(as_text, row), strict=True))
                if matched := matcher.match(values):
                    key = key_of(record_set, values)
                    place = f"{record_set.place} {shorten(printable(key), 60)}"
                    yield Record(key=key, values=values, matched=matched, place=place)

    def batches(self, record_set: RecordSet, matcher: Matcher) -> Iterator[Rows]:
        """The same rows uncompared and many at once."""
        if not matcher.usable:
            return
        with self._reading() as connection:
            names, rows = self._asked(connection, record_set, matcher)
            yield from batched((tuple(map(as_text, row)) for row in rows), names, record_set.place)

    def _asked(
        self, connection: sqlite3.Connection, record_set: RecordSet, matcher: Matcher
    ) -> tuple[tuple[str, ...], sqlite3.Cursor]:
        """The columns of a table and the rows of it that could match."""
        self._check(connection, record_set)
        found = conditions(matcher, SqliteDialect())
        probed = bool(found.plain) and _worth_probing(connection, record_set.place, found)
        rows = connection.execute(*select(record_set.place, found, probed=probed))
        return tuple(column[0] for column in rows.description), rows

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


def select(table: str, found: Conditions, *, probed: bool = False) -> tuple[str, list[str]]:
    """The one SELECT over a table that is known to exist, with the lists it is bound to.

    It reads every row, or where ``probed`` only those that the indexes of the columns lead to.
    """
    name = quoted(table)
    where = found.where
    if probed:
        listed = "SELECT value FROM json_each(?{0})"
        arms = [(quoted(field.name), listed.format(number + 1)) for field, _, number in found.plain]
        rows = [" ".join(["SELECT rowid FROM", name, "WHERE", column, "IN", f"({ids})"]) for column, ids in arms]
        where = f"rowid IN ({' UNION '.join(rows)})"
    return " ".join(["SELECT * FROM", name, "WHERE", where]), [json.dumps(values) for values in found.lists]


def _worth_probing(connection: sqlite3.Connection, table: str, found: Conditions) -> bool:
    """Whether every column has an index, and what is looked for is little beside what is there."""
    for described, _, _ in found.plain:
        # a column without a type keeps 5 and '5' apart
        if not connection.execute(_INDEXED, (table, table, described.name, described.name)).fetchone():
            return False
    (last,) = connection.execute(" ".join(["SELECT max(rowid) FROM", quoted(table)])).fetchone()
    return sum(map(len, found.lists)) <= _FEW * (last or 0)


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
    sqlite3.SQLITE_FULL: (Why.BROKEN, "the disk of this machine is full, and the search needs room beside it"),
    sqlite3.SQLITE_IOERR: (Why.BROKEN, "the disk it lies on could not be read"),
    sqlite3.SQLITE_TOOBIG: (Why.UNREADABLE, "a value in it is too large"),
}


def _failed(name: str, limit: int, error: sqlite3.Error) -> SourceFailed:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    why, says = _FAILURES.get(code, (Why.BROKEN, "the database refused the search"))
    return SourceFailed(why, f"{name}: {says.format(busy=BUSY_SECONDS, limit=limit)}.")
