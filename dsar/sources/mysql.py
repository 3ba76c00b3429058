"""Searches MariaDB and MySQL: one SELECT per table, with the identifiers bound as packed lists.

The driver writes bound values into the statement, and slow statements are logged there: packed, none can be read
in a log. The SELECT is ``mysql_select``, what counts as a match ``matching``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from dsar.case.records import RecordSet
from dsar.sources.batches import Rows, batched
from dsar.sources.connecting import engine_of, seconds_of
from dsar.sources.dialects import MysqlDialect
from dsar.sources.interface import Problem, SourceFailed, SourceSettings, Why
from dsar.sources.matching import Matcher
from dsar.sources.mysql_select import as_compared, name_of, select
from dsar.sources.sql import broken_promises, counting, irregular
from dsar.sources.table import Table, Values, parted

# Columns in their order, then which of them an index begins with as a whole, then about how many rows there are.
_CATALOGUE = """
SELECT table_schema, table_name, 'column', column_name, data_type, column_type,
       COALESCE(character_set_name, ''), COALESCE(collation_name, ''), ordinal_position AS nth
FROM information_schema.columns WHERE (table_schema, table_name) IN ({0})
UNION ALL SELECT table_schema, table_name, 'index', column_name, '', '', '', '', 10000
FROM information_schema.statistics WHERE (table_schema, table_name) IN ({0})
  AND seq_in_index = 1 AND sub_part IS NULL AND index_type = 'BTREE' AND column_name IS NOT NULL
UNION ALL SELECT table_schema, table_name, 'rows', CAST(COALESCE(table_rows, 0) AS CHAR), '', '', '', '', 10001
FROM information_schema.tables WHERE (table_schema, table_name) IN ({0})
ORDER BY 1, 2, nth
"""
_NAMES = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"


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
            cursor.execute(_CATALOGUE.format(pairs), [part for pair in wanted.values() for part in pair] * 3)
            rows = [[cell.decode() for cell in row] for row in cursor.fetchall()]
        for place, (schema, name) in wanted.items():
            told = [row for its, table, *row in rows if table == name and schema in ("", its)]
            columns = {one: kind for what, one, kind, *_ in told if what == "column"}
            if not columns:
                continue
            indexes = {one for what, one, *_ in told if what == "index"}
            found[place] = Table(
                place=place,
                columns=columns,
                compared={
                    one: as_compared(kind, charset, collation)
                    for what, one, _, kind, charset, collation, _ in told
                    if what == "column" and one in indexes
                },
                rows=sum(int(one) for what, one, *_ in told if what == "rows"),
            )
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


def limit_of(connection: Any, seconds: int) -> str:
    """The setting that ends a statement in time; MariaDB and MySQL have each their own."""
    maria = "MariaDB" in connection.get_server_info()
    return f"max_statement_time = {seconds}" if maria else f"max_execution_time = {seconds * 1000}"


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
