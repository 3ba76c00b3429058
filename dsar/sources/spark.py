"""Searches the tables of a Spark cluster: the identifiers go in as a small table, one joined SELECT comes out.

They travel as data and never stand in the statement, so no plan or log shows them. What is asked is ``sql``, what
counts as a match ``matching``; how the server is reached is ``spark_session``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dsar.case.records import RecordSet
from dsar.sources.dialects import SparkDialect, ticked
from dsar.sources.interface import Problem, SourceFailed, SourceSettings, Why
from dsar.sources.matching import Matcher
from dsar.sources.spark_session import GONE, SparkSession, faults, told
from dsar.sources.sql import broken_promises, conditions, counting, irregular
from dsar.sources.table import Table, Values

_WANTED = "dsar_wanted"


class SparkReader:
    """The tables and views of one Spark Connect server, read and never written.

    Settings: ``kind = "sql"`` and ``path = "sc://spark.office.example:15002"``; ``place`` is ``table``,
    ``schema.table`` or ``catalog.schema.table``, or a folder of files as Spark names it (``parquet./lake/people``,
    ``orc.s3a://lake/calls``). An address with ``session_id`` joins that session, which is left open. Under
    ``[source.options]``, ``password = "env:NAME"`` names the secret that holds a token, which is sent over TLS only;
    ``user`` is who the session is for. Spark has no transaction that can only read: nothing but SELECT is asked,
    and the token should be allowed no more.
    """

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self._session = SparkSession(settings, home)
        self._schemas: dict[tuple[str, ...], None] = {}

    def close(self) -> None:
        """Leave the server."""
        self._session.leave()

    def tables(self, places: Iterable[str]) -> dict[str, Table]:
        """The columns of these tables and views, by place; one that may not be read is told when it is searched."""
        found = {}
        for place in places:
            try:
                fields = self._session.open().table(name_of(place)).schema.fields
            except SourceFailed:
                raise
            except faults() as error:
                reason = told(error)
                if reason is GONE:
                    self._schemas[_parts(place)[:-1]] = None
                elif reason.why is Why.REFUSED:
                    found[place] = Table(place=place, barred=self._session.failed(error))
                else:
                    raise self._session.failed(error) from None
                continue
            if fields:
                found[place] = Table(place=place, columns={one.name: one.dataType.simpleString() for one in fields})
        return found

    def names(self) -> list[str]:
        """The tables and views beside those that were not there, to guess what was meant."""
        found = []
        for schema in self._schemas or {(): None}:
            where = f" IN {'.'.join(map(ticked, schema))}" if schema else ""
            try:
                rows = self._session.open().sql(f"SHOW TABLES{where}").collect()
            except SourceFailed:
                raise
            except faults():
                # the schema itself is not there
                continue
            found += [".".join((*schema, row["tableName"])) for row in rows if not row["isTemporary"]]
        return found

    def count(self, table: Table, record_set: RecordSet) -> tuple[int, list[Problem]]:
        """How many rows there are, and where values are not in the normal form that the settings promise."""
        promised = irregular(record_set, SparkDialect(table.columns, _WANTED))
        text = f"SELECT {counting(promised.values())} FROM {name_of(table.place)} AS t"
        with self._asking() as session:
            (row,) = session.sql(text).collect()
        return int(row[0]), broken_promises(table.place, promised, row[1:])

    def rows(self, table: Table, matcher: Matcher) -> Iterator[Values]:
        """The candidates of one table: the lists in as data, one statement out, batch by batch."""
        text, lists = select(table, matcher)
        names = tuple(table.columns)
        with self._asking() as session:
            _send(session, lists)
            for row in session.sql(text).toLocalIterator():
                if self._session.late:
                    raise TimeoutError
                yield _read(names, row)
            session.catalog.dropTempView(_WANTED)

    @contextmanager
    def _asking(self) -> Iterator[Any]:
        """One session for what is asked; what fails is told in sentences."""
        try:
            yield self._session.open()
        except SourceFailed:
            raise
        except faults() as error:
            raise self._session.failed(error) from None


def select(table: Table, matcher: Matcher) -> tuple[str, list[list[str]]]:
    """The one SELECT over a table, and the lists it speaks of."""
    dialect = SparkDialect(table.columns, _WANTED)
    found = conditions(matcher, dialect)
    # as bytes: the client would give up a whole batch for one value that is no text
    chosen = ", ".join(f"CAST({dialect.text(name)} AS BINARY)" for name in table.columns)
    return f"SELECT {chosen} FROM {name_of(table.place)} AS t WHERE {found.where}", found.lists


def name_of(place: str) -> str:
    """A table's name with its schema and catalogue, as a statement writes it."""
    return ".".join(map(ticked, _parts(place)))


def _parts(place: str) -> tuple[str, ...]:
    kind, _, path = place.partition(".")
    # a folder's own dots part nothing
    return (kind, path) if "/" in path else tuple(place.split("."))


def _send(session: Any, lists: Sequence[Sequence[str]]) -> None:
    from pyspark.sql.types import IntegerType, StringType, StructField, StructType

    fields = [StructField("list", IntegerType(), False), StructField("value", StringType(), False)]
    # what is no text cannot stand in a table
    rows = [
        (number, value.encode("utf-8", "replace").decode()) for number, values in enumerate(lists) for value in values
    ]
    session.createDataFrame(rows, StructType(fields)).createOrReplaceTempView(_WANTED)


def _read(names: Sequence[str], row: Sequence[bytes | None]) -> Values:
    try:
        return Values(dict(zip(names, ("" if cell is None else cell.decode() for cell in row), strict=True)))
    except UnicodeDecodeError:
        cells = ("" if cell is None else cell.decode("utf-8", "backslashreplace") for cell in row)
        return Values(dict(zip(names, cells, strict=True)), odd=True)
