"""Searches MariaDB and MySQL: one SELECT per table, with the identifiers bound as packed lists.

The driver writes bound values into the statement, and slow statements are logged there: packed, none can be read
in a log. What is asked is ``sql``, what counts as a match ``matching``.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from dsar.case.records import RecordSet
from dsar.sources.batches import Rows, batched
from dsar.sources.connecting import engine_of, seconds_of
from dsar.sources.dialects import MysqlDialect, backticked
from dsar.sources.interface import Problem, SourceFailed, SourceSettings, Why
from dsar.sources.matching import Matcher
from dsar.sources.sql import broken_promises, conditions, counting, irregular
from dsar.sources.table import Table, Values, parted

_LONGEST = 250
BINARY = re.compile(r"(tiny|medium|long)?blob|(var)?binary|bit|geometry|point|polygon|linestring|vector")
_CATALOGUE = """
SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
WHERE (table_schema, table_name) IN ({0}) ORDER BY table_schema, table_name, ordinal_position
"""
_NAMES = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
# DISTINCT keeps the list from being unpacked again for every row. It is looked up by a hash only where its values are
# compared as the columns are (``MysqlDialect.text``), and stays in memory only where they are no longer than need be.
_LIST = (
    "w{0} AS (SELECT DISTINCT v FROM JSON_TABLE(CONVERT(UNCOMPRESS(%s) USING utf8mb4), '$[*]' "
    "COLUMNS (v VARCHAR({1}) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH '$')) AS packed)"
)


class MysqlReader:
    """One MariaDB or MySQL database, read and never written."""

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self._settings = settings
        self._seconds = seconds_of(settings)
        # says what to install where that is missing
        self._engine = engine_of(settings, home)
        from sqlalchemy import event

        event.listen(self._engine, "connect", self._prepare)

    def close(self) -> None:
        """Leave the server."""
        self._engine.dispose()

    def tables(self, places: Iterable[str]) -> dict[str, Table]:
        """The columns of these tables and views, by place; one statement for all."""
        wanted = {place: parted(place) for place in places}
        pairs = ", ".join("(COALESCE(NULLIF(%s, ''), DATABASE()), %s)" for _ in wanted)
        found: dict[str, Table] = {}
        with self._session() as connection, connection.cursor() as cursor:
            cursor.execute(_CATALOGUE.format(pairs), [part for pair in wanted.values() for part in pair])
            rows = [[cell.decode() for cell in row] for row in cursor.fetchall()]
        for place, (schema, name) in wanted.items():
            columns = {one: kind for its, table, one, kind in rows if table == name and schema in ("", its)}
            if columns:
                found[place] = Table(place=place, columns=columns)
        return found

    def names(self) -> list[str]:
        """The tables and views of the database, to guess what was meant."""
        with self._session() as connection, connection.cursor() as cursor:
            cursor.execute(_NAMES)
            return [name.decode() for (name,) in cursor.fetchall()]

    def count(self, table: Table, record_set: RecordSet) -> tuple[int, list[Problem]]:
        """How many rows there are, and where values are not in the normal form that the settings promise."""
        promised = irregular(record_set, MysqlDialect())
        text = f"SELECT {counting(promised.values())} FROM {name_of(table.place)}".replace("%%", "%")
        with self._session() as connection, connection.cursor() as cursor:
            cursor.execute(text)
            row = [int(one or 0) for one in cursor.fetchone()]
        return row[0], broken_promises(table.place, promised, row[1:])

    def rows(self, table: Table, matcher: Matcher) -> Iterator[Values]:
        """The candidates of one table, in one statement."""
        names = tuple(table.columns)
        for cells, odd in self._candidates(table, matcher):
            yield Values(dict(zip(names, cells, strict=True)), odd=odd)

    def batches(self, table: Table, matcher: Matcher) -> Iterator[Rows]:
        """The same candidates many at once, those with bytes that are no text apart."""
        names = tuple(table.columns)
        for odd, some in groupby(self._candidates(table, matcher), itemgetter(1)):
            yield from batched((cells for cells, _ in some), names, table.place, odd=odd)

    def _candidates(self, table: Table, matcher: Matcher) -> Iterator[tuple[Sequence[str], bool]]:
        from pymysql.cursors import SSCursor

        text, lists = select(table, matcher)
        with self._session() as connection, connection.cursor(SSCursor) as cursor:
            try:
                cursor.execute(text, lists)
                yield from map(_read, cursor)
            except BaseException:
                # the driver would read the rest first, from a line that may be cut or for rows nobody wants
                if (result := cursor._result) is not None:
                    result.unbuffered_active = False
                raise

    def _prepare(self, connection: Any, _record: object) -> None:
        """What a new connection is told once: when to give up, how values are written, and that all is as stored."""
        limit = limit_of(connection, self._seconds)
        with connection.cursor() as cursor:
            cursor.execute(f"SET SESSION time_zone = '+00:00', {limit}")
        # no value is turned into a number or a date, and no row is lost to one that cannot be
        connection.decoders = {}
        connection.use_unicode = False

    @contextmanager
    def _session(self) -> Iterator[Any]:
        """One read-only transaction; what fails is told in sentences, and its connection is not used again."""
        import pymysql
        from sqlalchemy.exc import DBAPIError

        try:
            pooled = self._engine.raw_connection()
        except DBAPIError as error:
            raise failed(self._settings, self._seconds, error.orig or error) from None
        except pymysql.Error as error:
            raise failed(self._settings, self._seconds, error) from None
        try:
            connection: Any = pooled.driver_connection
            with connection.cursor() as cursor:
                cursor.execute("START TRANSACTION READ ONLY")
            yield connection
        except (pymysql.Error, OSError) as error:
            pooled.invalidate()
            raise failed(self._settings, self._seconds, error) from None
        except BaseException:
            pooled.invalidate()
            raise
        finally:
            pooled.close()


def select(table: Table, matcher: Matcher) -> tuple[str, list[bytes]]:
    """The one SELECT over a table, and its lists as they are bound."""
    found = conditions(matcher, MysqlDialect())
    chosen = ", ".join(shown(name, kind) for name, kind in table.columns.items())
    arms = [found.where]
    # a list the server could not unpack would find nothing: then every row is looked at
    arms += [f"NOT EXISTS (SELECT 1 FROM w{number})" for number, _ in enumerate(found.lists)]
    if any(len(value) > _LONGEST for values in found.lists for value in values):
        arms.append("TRUE")
    told = [[value for value in values if len(value) <= _LONGEST] or [""] for values in found.lists]
    lists = ", ".join(_LIST.format(number, max(1, *map(len, values))) for number, values in enumerate(told))
    with_lists = f"WITH {lists} " if lists else ""
    text = f"{with_lists}SELECT {chosen} FROM {name_of(table.place)} WHERE {' OR '.join(arms)}"
    return text, list(map(_packed, told))


def limit_of(connection: Any, seconds: int) -> str:
    """The setting that ends a statement in time; MariaDB and MySQL have each their own."""
    maria = "MariaDB" in connection.get_server_info()
    return f"max_statement_time = {seconds}" if maria else f"max_execution_time = {seconds * 1000}"


def name_of(place: str) -> str:
    """A table's name with its schema, as a statement with bound values writes it."""
    return ".".join(backticked(part) for part in parted(place) if part)


def shown(name: str, kind: str) -> str:
    """A column as it is; what is no text is told by its size."""
    column = backticked(name)
    return f"CONCAT('(binary, ', LENGTH({column}), ' bytes)')" if BINARY.fullmatch(kind) else column


def _packed(values: Sequence[str]) -> bytes:
    """A list as UNCOMPRESS() reads it: its length, then zlib."""
    raw = json.dumps(values, ensure_ascii=False).encode("utf-8", "replace")
    return struct.pack("<I", len(raw)) + zlib.compress(raw)


def _read(row: Sequence[bytes | None]) -> tuple[Sequence[str], bool]:
    """A row as text, and whether bytes in it are none."""
    try:
        return tuple("" if cell is None else cell.decode("utf-8") for cell in row), False
    except UnicodeDecodeError:
        return tuple("" if cell is None else cell.decode("utf-8", "backslashreplace") for cell in row), True


_FAILURES: Mapping[int, tuple[Why, str]] = {
    1045: (Why.REFUSED, "the database did not accept the user or the password"),
    1698: (Why.REFUSED, "the database did not accept the user or the password"),
    1130: (Why.REFUSED, "the database does not let this user in from this machine"),
    1044: (Why.REFUSED, "the user of the settings may not use this database"),
    1142: (Why.REFUSED, "the user of the settings may not read this table"),
    1143: (Why.REFUSED, "the user of the settings may not read a column of this table"),
    1049: (Why.MISSING, "the server has no such database"),
    1146: (Why.BROKEN, "the table is gone"),
    1054: (Why.BROKEN, "a column is gone"),
    1356: (Why.BROKEN, "the view no longer fits its tables"),
    1969: (Why.TIMEOUT, "the database did not answer within {limit} s"),
    3024: (Why.TIMEOUT, "the database did not answer within {limit} s"),
    1205: (Why.TIMEOUT, "the table was locked by another program"),
    1040: (Why.REFUSED, "the server has no connection left"),
    1203: (Why.REFUSED, "the server has no connection left"),
    1021: (Why.BROKEN, "the server's disk is full"),
    2003: (Why.BROKEN, "nothing answers there: the connection was refused"),
    2013: (Why.BROKEN, "the connection broke before everything was read. Nothing of it was kept"),
    2006: (Why.BROKEN, "the connection broke before everything was read. Nothing of it was kept"),
    1927: (Why.BROKEN, "the connection broke before everything was read. Nothing of it was kept"),
    1053: (Why.BROKEN, "the connection broke before everything was read. Nothing of it was kept"),
}


def failed(settings: SourceSettings, seconds: int, error: BaseException) -> SourceFailed:
    """Why a database could not be searched; its own words are not repeated: they may name people."""
    if "timed out" in str(error):
        return SourceFailed(Why.TIMEOUT, f"{settings.name}: the server did not answer.")
    number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    why, says = _FAILURES.get(number, (Why.BROKEN, f"the database refused the search ({number})"))
    return SourceFailed(why, f"{settings.name}: {says.format(limit=seconds)}.")
