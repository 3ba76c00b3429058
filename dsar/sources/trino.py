"""Searches Trino: one SELECT per table, with the identifiers bound as lists that nobody reads by looking.

What is asked is ``sql``, what counts as a match ``matching``. It was never tried against a Trino server: the
statement is compiled and run on another engine by its tests, and sent to a stand-in for a coordinator.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from dsar.case.records import RecordSet
from dsar.sources.any_database import as_text
from dsar.sources.connecting import engine_of, seconds_of
from dsar.sources.dialects import TrinoDialect
from dsar.sources.interface import Problem, SourceFailed, SourceSettings, Why
from dsar.sources.matching import Matcher
from dsar.sources.sql import broken_promises, conditions, counting, irregular, quoted
from dsar.sources.table import Table, Values

# A statement with more signs is refused by a server as it comes (query.max-length); then each row is looked at.
_LONGEST = 900_000
_SUMS = "sums{0} AS (SELECT DISTINCT CAST(v AS bigint) AS v FROM UNNEST(split(?, ',')) AS u (v))"
_PARTS = "parts{0} AS (SELECT CAST(json_parse(from_utf8(?)) AS array(varchar)) AS v)"
_CATALOGUE = "SELECT table_schema, table_name, column_name, data_type FROM {0}information_schema.columns WHERE {1}"
# A cast would write them as powers of ten; the driver gives them as they are.
_AS_THEY_ARE = ("double", "real")


class TrinoReader:
    """One Trino, read and never written.

    Settings: ``kind = "sql"`` and ``path = "trino://reader@trino.office.example:443/hive/crm"`` (catalogue and
    schema); ``place`` is ``table``, ``schema.table`` or ``catalog.schema.table``. Under ``[source.options]``,
    ``password = "env:NAME"`` names the secret, which is sent over HTTPS only. Trino reads whatever it has a
    connector for: its user should be allowed SELECT and nothing else.
    """

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self._settings = settings
        self._seconds = seconds_of(settings)
        # says what to install where that is missing
        self._engine = engine_of(settings, home)
        self._schema = (self._engine.url.database or "").partition("/")[2]
        self._answered = False

    def close(self) -> None:
        """Leave the server."""
        self._engine.dispose()

    def tables(self, places: Iterable[str]) -> dict[str, Table]:
        """The columns of these tables and views, by place; one statement per catalogue."""
        wanted = {place: self._parts(place) for place in places}
        found: dict[str, Table] = {}
        for catalogue in dict.fromkeys(catalogue for catalogue, _, _ in wanted.values()):
            mine = {place: part[1:] for place, part in wanted.items() if part[0] == catalogue}
            schemas, names = (sorted({part[one] for part in mine.values()}) for one in (0, 1))
            where = f"table_schema IN ({_marks(schemas)}) AND table_name IN ({_marks(names)}) ORDER BY ordinal_position"
            rows = self._all(_CATALOGUE.format(f"{quoted(catalogue)}." if catalogue else "", where), [*schemas, *names])
            for place, part in mine.items():
                columns = {column: kind for schema, table, column, kind in rows if (schema, table) == part}
                if columns:
                    found[place] = Table(place=place, columns=columns)
        return found

    def names(self) -> list[str]:
        """The tables and views of the usual schema, to guess what was meant."""
        text = "SELECT table_name FROM information_schema.tables WHERE table_schema = ?"
        return [name for (name,) in self._all(text, [self._schema])]

    def count(self, table: Table, record_set: RecordSet) -> tuple[int, list[Problem]]:
        """How many rows there are, and where values are not in the normal form that the settings promise."""
        promised = irregular(record_set, TrinoDialect(table.columns))
        ((count, *broken),) = self._all(f"SELECT {counting(promised.values())} FROM {name_of(table.place)} AS t", [])
        return int(count), broken_promises(table.place, promised, broken)

    def rows(self, table: Table, matcher: Matcher) -> Iterator[Values]:
        """The candidates of one table, in one statement, page by page."""
        text, bound = select(table, matcher)
        names = tuple(table.columns)
        with self._cursor() as cursor:
            cursor.execute(text, bound)
            for row in iter(cursor.fetchone, None):
                yield Values(dict(zip(names, map(as_text, row), strict=True)))

    def _parts(self, place: str) -> tuple[str, str, str]:
        """Catalogue, schema and name; Trino folds them all."""
        *before, name = place.lower().split(".")
        schema = before[-1] if before else self._schema.lower()
        return ".".join(before[:-1]), schema, name

    def _all(self, text: str, bound: Sequence[object]) -> list[Any]:
        with self._cursor() as cursor:
            cursor.execute(text, bound)
            return list(cursor.fetchall())

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        """One statement; what fails is told in sentences, and its connection is not used again."""
        from sqlalchemy.exc import DBAPIError
        from trino.exceptions import Error, HttpError

        pooled = cursor = None
        try:
            pooled = self._engine.raw_connection()
            cursor = pooled.cursor()
            yield cursor
            self._answered = True
        except (DBAPIError, Error, HttpError, OSError) as error:
            if pooled is not None:
                pooled.invalidate()
            raise self._failed(getattr(error, "orig", None) or error) from None
        finally:
            if cursor is not None:
                # ends a statement of which nobody wants the rest; a server that is gone has ended it
                with suppress(Error, HttpError, OSError):
                    cursor.close()
            if pooled is not None:
                pooled.close()

    def _failed(self, error: BaseException) -> SourceFailed:
        why, says = told(error, answered=self._answered)
        return SourceFailed(why, f"{self._settings.name}: {says.format(limit=self._seconds)}.")


def select(table: Table, matcher: Matcher) -> tuple[str, list[str | bytes]]:
    """The one SELECT over a table, and what is bound in it."""
    dialect = TrinoDialect(table.columns)
    found = conditions(matcher, dialect)
    chosen = ", ".join(_shown(name, kind, dialect) for name, kind in table.columns.items())
    head = f"SELECT {chosen} FROM {name_of(table.place)} AS t"
    sums = {number: _summed(found.lists[number]) for number in sorted(dialect.summed)}
    parts = {number: json.dumps(found.lists[number]).encode() for number in sorted(dialect.parted)}
    if sum(map(len, sums.values())) + 2 * sum(map(len, parts.values())) > _LONGEST:
        return head, []
    lists = [*(_SUMS.format(number) for number in sums), *(_PARTS.format(number) for number in parts)]
    with_lists = f"WITH {', '.join(lists)} " if lists else ""
    return f"{with_lists}{head} WHERE {found.where}", [*sums.values(), *parts.values()]


def name_of(place: str) -> str:
    """A table's name with its schema and catalogue."""
    return ".".join(quoted(part) for part in place.split("."))


def _shown(name: str, kind: str, dialect: TrinoDialect) -> str:
    return f"t.{quoted(name)}" if kind in _AS_THEY_ARE else dialect.text(name)


def _summed(values: Iterable[str]) -> str:
    """The checksums of a list; one that nothing has, where it is empty."""
    return ",".join(str(zlib.crc32(value.encode("utf-8", "replace"))) for value in values) or "-1"


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" for _ in values)


_GONE = (Why.BROKEN, "the table is gone")
_FAILURES: Mapping[str, tuple[Why, str]] = {
    "TABLE_NOT_FOUND": _GONE,
    "SCHEMA_NOT_FOUND": _GONE,
    "CATALOG_NOT_FOUND": (Why.MISSING, "the server has no such catalogue"),
    "COLUMN_NOT_FOUND": (Why.BROKEN, "a column is gone"),
    "PERMISSION_DENIED": (Why.REFUSED, "the user of the settings may not read this table"),
    "EXCEEDED_TIME_LIMIT": (Why.TIMEOUT, "the server did not answer within {limit} s"),
    "USER_CANCELED": (Why.BROKEN, "the search was called off at the server"),
    "ADMINISTRATIVELY_KILLED": (Why.BROKEN, "the search was called off at the server"),
    "QUERY_QUEUE_FULL": (Why.REFUSED, "the server has no room for another search just now"),
    "CLUSTER_OUT_OF_MEMORY": (Why.BROKEN, "the server is out of memory"),
}
# What fails before a statement is heard has no name, but a number or words.
_WORDS: Mapping[str, tuple[Why, str]] = {
    "error 401": (Why.REFUSED, "the server did not accept the user or the password"),
    "error 403": (Why.REFUSED, "the server does not let this user in"),
    "NameResolutionError": (Why.MISSING, "there is no machine of this name"),
    "TLS/SSL is required": (Why.REFUSED, "a password is sent over HTTPS only, and the address has no such port"),
    "timed out": (Why.TIMEOUT, "the server did not answer"),
}


def told(error: BaseException, *, answered: bool) -> tuple[Why, str]:
    """Why a search was given up; the server's own words are read, not repeated: they may name people."""
    from trino.exceptions import TrinoConnectionError

    name = str(getattr(error, "error_name", "") or "")
    words = next((found for part, found in _WORDS.items() if part in str(error)), None)
    if found := _FAILURES.get(name) or words:
        return found
    if isinstance(error, TrinoConnectionError | OSError):
        if answered:
            return Why.BROKEN, "the connection broke before everything was read. Nothing of it was kept"
        return Why.BROKEN, "nothing answers there: the connection was refused"
    return Why.BROKEN, f"the server refused the search ({name or type(error).__name__})"
