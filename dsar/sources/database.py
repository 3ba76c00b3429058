"""Searches the tables and views of a database server, for reading only, in two statements per table and round.

How each kind of database is asked is in ``postgres``, ``mysql``, ``spark``, ``trino`` and ``any_database``; a match is
``matching``.
"""

from __future__ import annotations

import weakref
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

from dsar.case.identifiers import Identifier
from dsar.case.records import Record, RecordSet
from dsar.errors import did_you_mean
from dsar.formats.plain import printable, shorten
from dsar.sources.batches import Aside, Batch, Rows
from dsar.sources.columns import key_of, named_columns
from dsar.sources.connecting import dialect_of
from dsar.sources.interface import Problem, SourceFailed, SourceSettings, Tested, Why
from dsar.sources.matching import Matcher
from dsar.sources.table import BatchReader, Reader, Table


class SqlSource:
    """A database behind SQLAlchemy; a record set is one table or view, with its schema if need be.

    ``path`` is its address without a password, such as ``postgresql://reader@db.office.example/billing``; or
    ``dialect``, ``host``, ``port``, ``database`` and ``user`` stand under ``[source.options]``. There, too,
    ``password`` names the secret (``env:NAME``). ``place`` is ``table`` or ``schema.table``; ``timeout_seconds``
    ends a statement. ``sc://`` is a Spark cluster (``spark``) and ``trino://`` a Trino (``trino``); PostgreSQL,
    MariaDB, MySQL and SQLite are told apart; any other is read whole and compared here.
    """

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self.settings = settings
        self.problems: list[Problem] = []
        self._home = home
        self._opened: Reader | None = None
        self._tables: dict[str, Table] | None = None

    def test(self) -> Tested:
        """Count the rows of each table, and the values in it that are not as the settings promise."""
        rows = {}
        problems: list[Problem] = []
        for one in self.settings.record_sets:
            rows[one.name], broken = self._reader().count(self._table(one), one)
            problems += broken
        return Tested(source=self.settings.name, rows=rows, problems=tuple(problems))

    def find(self, record_set: RecordSet, identifiers: Sequence[Identifier]) -> Iterator[Record]:
        """One search for all identifiers; its rows are then compared exactly."""
        matcher = Matcher(record_set, identifiers)
        if not matcher.usable:
            return
        table = self._table(record_set)
        for row in self._reader().rows(table, matcher):
            key = key_of(record_set, row.values)
            place = f"{record_set.place} {shorten(printable(key), 60)}"
            if row.odd:
                self._tell_odd(record_set, key)
            if matched := matcher.match(row.values):
                yield Record(key=key, values=row.values, matched=matched, place=place)

    def batches(self, record_set: RecordSet, matcher: Matcher) -> Iterator[Rows | Aside] | None:
        """The same rows uncompared and many at once, from a kind of database that gives them so."""
        table = self._table(record_set)
        reader = self._reader()
        if not isinstance(reader, BatchReader):
            return None
        batches = reader.batches(table, matcher)
        return batches if batches is None else self._told(record_set, batches)

    def _told(self, record_set: RecordSet, batches: Iterator[Rows | Aside]) -> Iterator[Rows | Aside]:
        try:
            for one in batches:
                if isinstance(one, Batch) and one.odd:
                    for row in one.rows:
                        self._tell_odd(record_set, key_of(record_set, dict(zip(one.columns, row, strict=True))))
                yield one
        finally:
            # a server that is still looking is told at once that nobody waits
            if isinstance(batches, Generator):
                batches.close()

    def _tell_odd(self, record_set: RecordSet, key: str) -> None:
        says = f"The record {shorten(printable(key), 60)} holds bytes that are no text; they are shown as \\x.."
        self.problems.append(Problem(file=shorten(printable(record_set.place), 60), line=0, says=says))

    def _reader(self) -> Reader:
        if self._opened is None:
            self._opened = _reader(self.settings, self._home)
            weakref.finalize(self, self._opened.close)
        return self._opened

    def _table(self, record_set: RecordSet) -> Table:
        """The table of a record set; refuses settings that name a table or column the database does not have."""
        if self._tables is None:
            self._tables = self._reader().tables(dict.fromkeys(one.place for one in self.settings.record_sets))
        place, name = record_set.place, f"{self.settings.name}: "
        table = self._tables.get(place)
        if table is None:
            # it may be there the next time
            self._tables = None
            meant = did_you_mean(place, self._reader().names())
            raise SourceFailed(
                Why.BROKEN, f'{name}there is no table "{shorten(printable(place), 60)}" that our user may see.{meant}'
            )
        if table.barred:
            self._tables = None
            raise table.barred
        for wanted in named_columns(record_set):
            if wanted not in table.columns:
                self._tables = None
                meant = did_you_mean(wanted, tuple(table.columns))
                says = f'{name}the table "{printable(place)}" has no column "{shorten(printable(wanted), 60)}".{meant}'
                raise SourceFailed(Why.BROKEN, says)
        return table


def _reader(settings: SourceSettings, home: Path) -> Reader:
    dialect = dialect_of(settings.path, settings.options)
    if dialect == "postgresql":
        from dsar.sources.postgres import PostgresReader

        return PostgresReader(settings, home)
    if dialect in ("mariadb", "mysql"):
        from dsar.sources.mysql import MysqlReader

        return MysqlReader(settings, home)
    if dialect == "sc":
        from dsar.sources.spark import SparkReader

        return SparkReader(settings, home)
    if dialect == "trino":
        from dsar.sources.trino import TrinoReader

        return TrinoReader(settings, home)
    from dsar.sources.any_database import AnyReader

    return AnyReader(settings, home)
