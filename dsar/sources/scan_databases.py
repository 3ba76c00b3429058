"""Reads the tables of a database for a scan: names, types, keys, links, and a few rows; it can write nothing.

SQLite files need no further part; other databases come through SQLAlchemy. What it means is ``scan_looks``.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

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
    from sqlalchemy import Connection, Inspector

_SYSTEM = ("information_schema", "performance_schema", "mysql", "sys")
_SECONDS = 30


def scan_sqlite(settings: SourceSettings, home: Path) -> Scanned:
    """The tables of a SQLite file; SourceFailed where it is none or cannot be read."""
    path = located(home, settings.path)
    if not path.is_file():
        raise SourceFailed(Why.MISSING, f"There is no file {shorten(printable(settings.path), 80)}.")
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=5)) as connection:
            connection.execute("PRAGMA query_only = 1")
            connection.text_factory = lambda raw: raw.decode("utf-8", "backslashreplace")
            listed = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite#_%' ESCAPE '#'"
            names = [name for (name,) in connection.execute(f"{listed} ORDER BY rowid")]
            tables = tuple(_sqlite_table(connection, name) for name in names[:MAX_TABLES])
            views = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")]
    except sqlite3.Error as error:
        says = f"{shorten(printable(path.name), 80)} cannot be read as a SQLite database."
        raise SourceFailed(Why.UNREADABLE, says) from error
    return Scanned(tables=tables, not_looked_at=tuple(_left(names[MAX_TABLES:], views)))


def _sqlite_table(connection: sqlite3.Connection, name: str) -> ScannedTable:
    described = connection.execute(
        "SELECT name, type, pk FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid", (name,)
    ).fetchall()
    names = [column for column, _, _ in described]
    select = " ".join(["SELECT", ", ".join(map(quoted, names)), "FROM", quoted(name), f"LIMIT {SAMPLE}"])
    samples = _samples(names, connection.execute(select))
    columns = tuple(Column(name=column, declared=kind, samples=samples[column]) for column, kind, _ in described)
    key = tuple(column for column, _, place in sorted(described, key=lambda row: row[2]) if place)
    return _table(name, columns, key, _sqlite_links(connection, name))


def _sqlite_links(connection: sqlite3.Connection, name: str) -> Iterator[Link]:
    rows = connection.execute('SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?)', (name,)).fetchall()
    for number, table, column, to in rows:
        # a link of several columns names nobody by one of them
        if sum(other[0] == number for other in rows) == 1:
            yield Link(column=column, table=table, to=to or _sqlite_key(connection, table))


def _sqlite_key(connection: sqlite3.Connection, table: str) -> str:
    found = connection.execute("SELECT name FROM pragma_table_info(?) WHERE pk = 1", (table,)).fetchone()
    return str(found[0]) if found else "rowid"


def scan_database(settings: SourceSettings, home: Path) -> Scanned:
    """The tables of the usual schema of a database server, in a transaction that can only read."""
    from sqlalchemy import inspect

    with _session(settings, home) as connection:
        looking = inspect(connection)
        names = sorted(looking.get_table_names())
        tables = tuple(_server_table(connection, looking, name) for name in names[:MAX_TABLES])
        usual = looking.default_schema_name
        others = [
            name for name in looking.get_schema_names() if name not in (usual, *_SYSTEM) and not name.startswith("pg_")
        ] if connection.dialect.name == "postgresql" else []  # fmt: skip
        return Scanned(tables=tables, not_looked_at=tuple(_left(names[MAX_TABLES:], looking.get_view_names(), others)))


def _server_table(connection: Connection, looking: Inspector, name: str) -> ScannedTable:
    from sqlalchemy import column, quoted_name, select
    from sqlalchemy import table as clause

    described = looking.get_columns(name)
    names = [str(one["name"]) for one in described]
    # untyped: reflected types damage what is read by them
    untyped: list[Any] = [column(quoted_name(one, True)) for one in names]
    rows = connection.execute(select(*untyped).select_from(clause(quoted_name(name, True), *untyped)).limit(SAMPLE))
    samples = _samples(names, rows)
    columns = tuple(
        Column(name=str(one["name"]), declared=str(one["type"]), samples=samples[str(one["name"])]) for one in described
    )
    key = tuple(looking.get_pk_constraint(name)["constrained_columns"])
    links = (
        Link(column=one["constrained_columns"][0], table=one["referred_table"], to=one["referred_columns"][0])
        for one in looking.get_foreign_keys(name)
        if len(one["constrained_columns"]) == 1
    )
    return _table(name, columns, key, links)


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


def _table(name: str, columns: tuple[Column, ...], key: tuple[str, ...], links: Iterator[Link]) -> ScannedTable:
    return ScannedTable(
        place=name, columns=columns, key=key or guessed_key(columns), links=tuple(links), key_guessed=not key
    )


def _left(tables: Sequence[str], views: Sequence[str], schemas: Sequence[str] = ()) -> Iterator[str]:
    for what, names in (("tables beyond the first 500", tables), ("views", views), ("schemas", schemas)):
        if names:
            shown = ", ".join(shorten(printable(name), 60) for name in names[:20])
            yield f"{what}: {shown}{' ...' if len(names) > 20 else ''}"
