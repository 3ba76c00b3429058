"""Reads the tables and views of a database for a scan: names, types, keys, links, and a few rows; it can write nothing.

SQLite files need no further part; other databases come through SQLAlchemy. What it means is ``scan_looks``.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dsar.errors import did_you_mean
from dsar.formats.plain import printable, shorten
from dsar.sources.any_database import as_text
from dsar.sources.connecting import engine_of, seconds_of
from dsar.sources.interface import SourceFailed, SourceSettings, Why, located
from dsar.sources.scan_tables import (
    LONGEST_SAMPLE,
    MAX_TABLES,
    SAMPLE,
    Column,
    Link,
    Scanned,
    ScannedTable,
    guessed_key,
)
from dsar.sources.sql import quoted

if TYPE_CHECKING:
    from sqlalchemy import Connection, Inspector, Select

_SYSTEM = ("information_schema", "performance_schema", "mysql", "sys")
_SECONDS = 30


def scan_sqlite(settings: SourceSettings, home: Path) -> Scanned:
    """The tables and views of a SQLite file; SourceFailed where it is none or cannot be read."""
    path = located(home, settings.path)
    if not path.is_file():
        raise SourceFailed(Why.MISSING, f"There is no file {shorten(printable(settings.path), 80)}.")
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=5)) as connection:
            connection.execute("PRAGMA query_only = 1")
            connection.text_factory = lambda raw: raw.decode("utf-8", "backslashreplace")
            found = _Found()
            for kind in ("table", "view"):
                for (name,) in connection.execute(_SQLITE_NAMES, (kind,)).fetchall():
                    found.take(name, partial(_sqlite_table, connection, name, view=kind == "view"), sqlite3.Error)
    except sqlite3.Error as error:
        says = f"{shorten(printable(path.name), 80)} cannot be read as a SQLite database."
        raise SourceFailed(Why.UNREADABLE, says) from error
    return found.scanned()


_SQLITE_NAMES = "SELECT name FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite#_%' ESCAPE '#' ORDER BY rowid"


class _Found:
    """What is looked at, table by table, and what is not: beyond the limit, or not to be read."""

    def __init__(self) -> None:
        self.tables: list[ScannedTable] = []
        self.beyond: list[str] = []
        self.unread: list[str] = []

    def take(self, place: str, look: Callable[[], ScannedTable], fault: type[Exception]) -> None:
        """Look at one table or view; one that cannot be read (``fault``) leaves the others."""
        if len(self.tables) >= MAX_TABLES:
            self.beyond.append(place)
            return
        try:
            self.tables.append(look())
        except fault:
            self.unread.append(place)

    def scanned(self, schemas: Sequence[str] = ()) -> Scanned:
        """All of it; SourceFailed where there are tables and none may be read."""
        if self.unread and not self.tables:
            says = "Our user may read none of the tables there."
            raise SourceFailed(Why.REFUSED, says, hint="Ask its owner for permission.")
        left = {
            f"tables beyond the first {MAX_TABLES}": self.beyond,
            "tables and views that cannot be read": self.unread,
            "schemas (to look at one: --schema NAME)": schemas,
        }
        return Scanned(tables=tuple(self.tables), not_looked_at=tuple(_left(left)))


def _sqlite_table(connection: sqlite3.Connection, name: str, *, view: bool) -> ScannedTable:
    described = connection.execute(
        "SELECT name, type, pk FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid", (name,)
    ).fetchall()
    names = [column for column, _, _ in described]
    select = " ".join(["SELECT", ", ".join(map(quoted, names)), "FROM", quoted(name), f"LIMIT {SAMPLE}"])
    samples = _samples(names, connection.execute(select))
    columns = tuple(Column(name=column, declared=kind, samples=samples[column]) for column, kind, _ in described)
    key = tuple(column for column, _, place in sorted(described, key=lambda row: row[2]) if place)
    return _table(name, columns, key, _sqlite_links(connection, name), view=view)


def _sqlite_links(connection: sqlite3.Connection, name: str) -> Iterator[Link]:
    rows = connection.execute('SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?)', (name,)).fetchall()
    for number, table, column, to in rows:
        # a link of several columns names nobody by one of them
        if sum(other[0] == number for other in rows) == 1:
            yield Link(column=column, table=table, to=to or _sqlite_key(connection, table))


def _sqlite_key(connection: sqlite3.Connection, table: str) -> str:
    found = connection.execute("SELECT name FROM pragma_table_info(?) WHERE pk = 1", (table,)).fetchone()
    return str(found[0]) if found else "rowid"


def scan_database(settings: SourceSettings, home: Path, schemas: Sequence[str] = ()) -> Scanned:
    """The tables and views of a database server, in a transaction that can only read.

    ``schemas`` are those to look at, "*" for all; without them the usual one. MariaDB's are its databases. Raises
    SourceFailed for one that is not there.
    """
    from sqlalchemy import inspect
    from sqlalchemy.exc import DBAPIError

    with _session(settings, home) as connection:
        looking = inspect(connection)
        usual = looking.default_schema_name or ""
        there = [one for one in looking.get_schema_names() if one not in _SYSTEM and not one.startswith("pg_")]
        chosen = _chosen(schemas, usual, there)
        found = _Found()
        for view in (False, True):
            for schema in chosen:
                within = None if schema == usual else schema
                for name in sorted(_views(looking, within) if view else looking.get_table_names(within)):
                    one = _Place(name=name, schema=within, usual=usual, view=view)
                    found.take(one.text, partial(_server_table, connection, looking, one), DBAPIError)
        return found.scanned([one for one in there if one not in chosen])


def _chosen(schemas: Sequence[str], usual: str, there: Sequence[str]) -> list[str]:
    if "*" in schemas:
        return sorted({usual, *there}, key=lambda one: (one != usual, one))
    for wanted in schemas:
        if wanted not in there:
            says = f'There is no schema "{shorten(printable(wanted), 60)}" that our user may see.'
            raise SourceFailed(Why.MISSING, f"{says}{did_you_mean(wanted, there)}")
    return list(dict.fromkeys(schemas)) or [usual]


def _views(looking: Inspector, schema: str | None) -> list[str]:
    kept = looking.get_materialized_view_names(schema) if looking.dialect.name == "postgresql" else []
    return [*looking.get_view_names(schema), *kept]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A table or view of a server; ``schema`` is None for the usual one."""

    name: str
    schema: str | None
    usual: str
    view: bool

    @property
    def text(self) -> str:
        """As a source file says it."""
        return f"{self.schema}.{self.name}" if self.schema else self.name

    def linked(self, schema: str | None, table: str) -> str:
        """A table that a foreign key leads to, as a source file says it; no schema is the usual one."""
        return f"{schema}.{table}" if schema and schema != self.usual else table


def _server_table(connection: Connection, looking: Inspector, place: _Place) -> ScannedTable:
    # what fails here must not end the transaction for the tables that follow
    with connection.begin_nested():
        # to be told of a view's columns needs a right of its own on some servers; its rows tell their names
        columns = [] if place.view else looking.get_columns(place.name, place.schema)
        described = {str(one["name"]): str(one["type"]) for one in columns}
        rows = connection.execute(_sample(place, list(described)))
        samples = _samples(list(rows.keys()), rows)
        key, links = ((), ()) if place.view else _declared(looking, place)
    known = tuple(Column(name=name, declared=described.get(name, ""), samples=samples[name]) for name in samples)
    return _table(place.text, known, key, links, view=place.view)


def _sample(place: _Place, names: Sequence[str]) -> Select[Any]:
    """The first rows, untyped: reflected types damage what is read by them."""
    from sqlalchemy import column, literal_column, quoted_name, select
    from sqlalchemy import table as clause

    columns: list[Any] = [column(quoted_name(one, True)) for one in names]
    schema = quoted_name(place.schema, True) if place.schema else None
    whole = clause(quoted_name(place.name, True), *columns, schema=schema)
    return select(*(columns or [literal_column("*")])).select_from(whole).limit(SAMPLE)


def _declared(looking: Inspector, place: _Place) -> tuple[tuple[str, ...], tuple[Link, ...]]:
    """The key of a table, and its links of one column."""
    keys = looking.get_foreign_keys(place.name, place.schema)
    links = (
        Link(
            column=one["constrained_columns"][0],
            table=place.linked(one["referred_schema"], one["referred_table"]),
            to=one["referred_columns"][0],
        )
        for one in keys
        if len(one["constrained_columns"]) == 1
    )
    return tuple(looking.get_pk_constraint(place.name, place.schema)["constrained_columns"]), tuple(links)


@contextmanager
def _session(settings: SourceSettings, home: Path) -> Iterator[Connection]:
    engine = engine_of(settings, home)
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    seconds = min(seconds_of(settings), _SECONDS)
    try:
        with engine.connect() as connection:
            for statement in _READ_ONLY.get(connection.dialect.name, ()):
                connection.execute(text(statement.format(ms=seconds * 1000)))
            yield connection
    except SQLAlchemyError as error:
        # the server's own words may name people; only their kind is told
        kind = type(getattr(error, "orig", None) or error).__name__
        says = f"{settings.name}: the database refused the scan, or could not be reached ({kind})."
        raise SourceFailed(Why.BROKEN, says) from None
    finally:
        engine.dispose()


_READ_ONLY = {
    "sqlite": ("PRAGMA query_only = 1",),
    "postgresql": ("SET TRANSACTION READ ONLY", "SET LOCAL statement_timeout = {ms}"),
    "mysql": ("ROLLBACK", "START TRANSACTION READ ONLY"),
    "mariadb": ("ROLLBACK", "START TRANSACTION READ ONLY"),
}


def _samples(names: Sequence[str], rows: Any) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        for name, value in zip(names, row, strict=True):
            found[name].append(as_text(value)[:LONGEST_SAMPLE])
    return {name: tuple(found[name]) for name in names}


def _table(
    name: str, columns: tuple[Column, ...], key: tuple[str, ...], links: Iterable[Link], *, view: bool
) -> ScannedTable:
    return ScannedTable(
        place=name, columns=columns, key=key or guessed_key(columns), links=tuple(links), key_guessed=not key, view=view
    )


def _left(parts: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for what, names in parts.items():
        if names:
            shown = ", ".join(shorten(printable(name), 60) for name in names[:20])
            yield f"{what}: {shown}{' ...' if len(names) > 20 else ''}"
