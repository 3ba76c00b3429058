"""Searches any database that SQLAlchemy has a dialect for: every row is read once and compared here.

It asks only for the columns by name, untyped, so that values come as the driver gives them and no dialect's
functions are relied on. Databases with a search of their own are in ``postgres`` and ``mysql``.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsar.case.records import RecordSet
from dsar.sources.connecting import engine_of, seconds_of
from dsar.sources.interface import Problem, SourceFailed, SourceSettings, Why
from dsar.sources.matching import Matcher
from dsar.sources.table import Table, Values, parted

if TYPE_CHECKING:
    from sqlalchemy import Connection, TableClause

_CHUNK = 2_000


class AnyReader:
    """One database, read row by row."""

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self._settings = settings
        self._seconds = seconds_of(settings)
        # says what to install where that is missing
        self._engine = engine_of(settings, home)
        from sqlalchemy import event

        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _query_only)

    def close(self) -> None:
        """Leave the database."""
        self._engine.dispose()

    def tables(self, places: Iterable[str]) -> dict[str, Table]:
        """Names of columns only: reflected types damage what is read by them."""
        from sqlalchemy import inspect
        from sqlalchemy.exc import NoSuchTableError

        found = {}
        with self._session() as connection:
            looking = inspect(connection)
            for place in places:
                schema, name = parted(place)
                try:
                    columns = looking.get_columns(name, schema=schema or None)
                except NoSuchTableError:
                    continue
                if columns:
                    found[place] = Table(place=place, columns={column["name"]: "" for column in columns})
        return found

    def names(self) -> list[str]:
        """The tables and views of the usual schema."""
        from sqlalchemy import inspect

        with self._session() as connection:
            looking = inspect(connection)
            return [*looking.get_table_names(), *looking.get_view_names()]

    def count(self, table: Table, record_set: RecordSet) -> tuple[int, list[Problem]]:
        """How many rows there are; as each is compared here, no form is promised."""
        from sqlalchemy import func, select

        with self._session() as connection:
            return int(connection.execute(select(func.count()).select_from(_clause(table))).scalar_one()), []

    def rows(self, table: Table, matcher: Matcher) -> Iterator[Values]:
        """Every row: the comparison is the matcher's alone."""
        from sqlalchemy import select

        end = time.monotonic() + self._seconds
        clause = _clause(table)
        with self._session() as connection:
            streamed = connection.execution_options(yield_per=_CHUNK, stream_results=True)
            for row in streamed.execute(select(*clause.columns)):
                if time.monotonic() > end:
                    raise _late(self._settings, self._seconds)
                yield Values(dict(zip(table.columns, map(as_text, row), strict=True)))

    @contextmanager
    def _session(self) -> Iterator[Connection]:
        from sqlalchemy.exc import SQLAlchemyError

        name = self._settings.name
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            # the database's own words may name people; only their kind is told
            kind = type(getattr(error, "orig", None) or error).__name__
            says = f"{name}: the database refused the search, or could not be reached ({kind})."
            raise SourceFailed(Why.BROKEN, says) from None


def as_text(value: object) -> str:
    """A value as text, nothing about it changed; what is no text is told by its size."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"(binary, {len(value)} bytes)" if isinstance(value, bytes | memoryview) else str(value)


def _clause(table: Table) -> TableClause:
    from sqlalchemy import column, quoted_name
    from sqlalchemy import table as clause

    schema, name = parted(table.place)
    columns: list[Any] = [column(quoted_name(one, True)) for one in table.columns]
    return clause(quoted_name(name, True), *columns, schema=quoted_name(schema, True) if schema else None)


def _query_only(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA query_only = ON")
    connection.text_factory = lambda raw: raw.decode("utf-8", "backslashreplace")


def _late(settings: SourceSettings, seconds: int) -> SourceFailed:
    return SourceFailed(Why.TIMEOUT, f"{settings.name}: the database did not answer within {seconds} s.")
