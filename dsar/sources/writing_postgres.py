"""Changes rows of a PostgreSQL database: locked, told by where they lie, changed by one statement a batch.

What a step may touch was decided in the plan; keys and new values travel by COPY, which no log holds by value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsar.sources.connecting import engine_of, seconds_of
from dsar.sources.interface import SourceSettings
from dsar.sources.postgres import SESSION
from dsar.sources.postgres_faults import refused
from dsar.sources.postgres_select import escaped, name_of, shown
from dsar.sources.sql import quoted
from dsar.sources.writing_checks import Unwritable
from dsar.sources.writing_target import LOCK_SECONDS, VIEW, Edit, Locked, Server, Target, refused_in_words, unchanged

if TYPE_CHECKING:
    import psycopg

_ROWS = "pg_temp.dsar_rows"
_TEMPORARY = "CREATE TEMPORARY TABLE dsar_rows (turn integer, partition oid, place tid, cells text[])"
_CATALOGUE = """
SELECT a.attname, format_type(a.atttypid, -1), a.attnotnull, c.relkind
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.oid = to_regclass(%s) ORDER BY a.attnum
"""
_CHANGED = "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint FROM pg_stat_xact_user_tables"
_TEXT = re.compile(r"(text|citext|name|character varying|bpchar)$")
_WHOLE = re.compile(r"(smallint|integer|bigint)$")
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_REFUSED = {
    "23503": "Other records still point to it (a foreign key)",
    "23001": "Other records still point to it (a foreign key)",
    "23505": "Another record already has this value, and it must be unique",
    "23502": "The column may not be empty",
    "23514": "The column does not allow this value (a check of the database)",
    "428C9": "The database refuses it (a column it computes itself)",
    "P0001": "The database refuses it (a trigger)",
    "42501": "The user of the settings may not change this table",
}
_LOCKED = ("55P03", "57014", "40P01", "40001")
_VALUE = "The column does not allow this value (it is of another type, or too long)"
_CONSTRAINT = "The database refuses it (a constraint or a trigger)"


class PostgresServer(Server):
    """One connection to a PostgreSQL database that may write."""

    # each statement says at once what it breaks, not only the last
    begins = "SET CONSTRAINTS ALL IMMEDIATE"

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self._settings = settings
        self._turn = 0
        self._engine = engine_of(settings, home)
        from psycopg import Error
        from sqlalchemy.exc import DBAPIError

        try:
            self._pooled = self._engine.raw_connection()
        except DBAPIError as error:
            raise unchanged(refused(settings, error.orig or error)) from None
        except Error as error:
            raise unchanged(refused(settings, error)) from None
        self._connection: psycopg.Connection[Any] = self._pooled.driver_connection  # type: ignore[assignment]
        with self._told():
            self._prepare()

    def target(self, place: str) -> Target:
        """The table of this name; Unwritable where it is none."""
        with self._told():
            rows = self._connection.execute(_CATALOGUE, [name_of(place)]).fetchall()
            self._connection.rollback()
        if not rows or rows[0][3] not in ("r", "p"):
            raise Unwritable(VIEW)
        never_empty = frozenset(name for name, kind, always, _ in rows if always and _TEXT.match(kind))
        return Target(place=place, columns={name: kind for name, kind, _, _ in rows}, never_empty=never_empty)

    def lock(self, target: Target, keys: Sequence[Mapping[str, str]]) -> Iterable[Locked]:
        """The rows with these keys, locked until the transaction ends."""
        names = tuple(keys[0])
        if binary := [name for name in names if target.columns[name] == "bytea"]:
            raise Unwritable(f'Its key "{binary[0]}" is no text, so the record cannot be told from others')
        plain = [key for key in keys if all(key.values())]
        # a key with an empty part, which no index finds
        for some, by_text in ((plain, False), ([key for key in keys if not all(key.values())], True)):
            cells = [list(key.values()) for key in some if _possible(target, key)]
            if cells:
                yield from self._locked(target, names, self._sent([(None, None, one) for one in cells]), by_text)

    def _locked(self, target: Target, names: Sequence[str], turn: int, by_text: bool) -> list[Locked]:
        chosen = ", ".join(shown(name, kind) for name, kind in target.columns.items())
        on = " AND ".join(_same(name, target.columns[name], at, by_text) for at, name in enumerate(names, start=1))
        text = f"""SELECT t.tableoid::bigint, t.ctid::text, {chosen}
            FROM {name_of(target.place)} AS t JOIN {_ROWS} AS w ON {on}
            WHERE w.turn = {turn} FOR UPDATE OF t"""
        rows = self._run(text)
        return [
            Locked(row[:2], {**dict(zip(target.columns, (one or "" for one in row[2:]), strict=True))}) for row in rows
        ]

    def delete(self, target: Target, rows: Sequence[Locked]) -> int:
        """Delete these rows in one statement; returns how many other rows that changed."""
        turn = self._sent([(*row.identity, []) for row in rows])
        where = f"t.tableoid = w.partition AND t.ctid = w.place AND w.turn = {turn}"
        text = f"DELETE FROM {name_of(target.place)} AS t USING {_ROWS} AS w WHERE {where}"
        return self._changed(text, len(rows))

    def change(self, target: Target, names: Sequence[str], edits: Sequence[Edit]) -> int:
        """Change these columns of each edit's rows in one statement; returns how many other rows that changed."""
        sent = [
            (*row.identity, [target.stored(name, edit.step.after[name]) for name in names])
            for edit in edits
            for row in edit.rows
        ]
        if any("\0" in cell for _, _, cells in sent for cell in cells if cell):
            raise Unwritable(_VALUE)
        turn = self._sent(sent)
        sets = ", ".join(
            f"{quoted(name)} = (w.cells)[{at}]::{target.columns[name]}" for at, name in enumerate(names, start=1)
        )
        where = f"t.tableoid = w.partition AND t.ctid = w.place AND w.turn = {turn}"
        text = f"UPDATE {name_of(target.place)} AS t SET {sets} FROM {_ROWS} AS w WHERE {where}"
        return self._changed(text, len(sent))

    def _sent(self, rows: Sequence[tuple[Any, ...]]) -> int:
        """Rows into the temporary table, under a number of their own."""
        self._turn += 1
        lines = (
            f"{self._turn}\t{_cell(partition)}\t{_cell(place)}\t{escaped(_listed(cells))}\n"
            for partition, place, cells in rows
        )
        with self._told(), self._connection.cursor().copy(f"COPY {_ROWS} FROM STDIN") as copy:  # type: ignore[arg-type,unused-ignore]
            copy.write("".join(lines))
        return self._turn

    def _changed(self, text: str, rows: int) -> int:
        before = self._run(_CHANGED)[0][0]
        with self._told():
            count = self._connection.execute(text).rowcount  # type: ignore[call-overload,unused-ignore]
        others = self._run(_CHANGED)[0][0] - before - rows
        if count != rows:
            raise Unwritable("The database kept it from being changed (a rule, a trigger or a policy)")
        if others < 0:
            raise Unwritable(
                "The server does not count what it changes (track_counts is off), so a cascade would be unseen"
            )
        return int(others)

    def _run(self, text: str) -> list[tuple[Any, ...]]:
        with self._told():
            cursor = self._connection.execute(text)  # type: ignore[call-overload,unused-ignore]
            return cursor.fetchall() if cursor.description else []

    def _prepare(self) -> None:
        session = {
            **SESSION, "lock_timeout": f"{LOCK_SECONDS}s", "statement_timeout": f"{seconds_of(self._settings)}s",
            "synchronous_commit": "on",
        }  # fmt: skip
        told = ", ".join("set_config(%s, %s, false)" for _ in session)
        self._connection.execute(f"SELECT {told}", [word for pair in session.items() for word in pair])  # type: ignore[arg-type,unused-ignore]
        self._connection.execute(_TEMPORARY)
        self._connection.commit()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turns what the server says into sentences: Unwritable for one step, SourceFailed for all that follow."""
        import psycopg

        name = self._settings.name
        try:
            yield
        except psycopg.Error as error:
            code = error.sqlstate or ""
            if says := _REFUSED.get(code):
                raise Unwritable(says) from None
            if code.startswith(("22", "23")):
                raise Unwritable(_VALUE if code.startswith("22") else _CONSTRAINT) from None
            broke = not code or code.startswith(("57P", "08"))
            says = "it refused, or the connection broke" if broke else f"it refused ({code})"
            raise refused_in_words(name, LOCK_SECONDS if code in _LOCKED else 0, says) from None


def _listed(cells: Sequence[str | None]) -> str:
    """A list as PostgreSQL writes an array of text."""
    quotes = str.maketrans({"\\": "\\\\", '"': '\\"'})
    return "{" + ",".join("NULL" if cell is None else f'"{cell.translate(quotes)}"' for cell in cells) + "}"


def _cell(value: object) -> str:
    return "\\N" if value is None else str(value)


def _possible(target: Target, key: Mapping[str, str]) -> bool:
    """Whether a key can be one of this table's at all: a number where numbers are, and text that can be stored."""
    if any("\0" in value for value in key.values()):
        return False
    return all(
        not value or _NUMBER.fullmatch(value) or not _WHOLE.match(target.columns[name]) for name, value in key.items()
    )


def _same(name: str, kind: str, at: int, by_text: bool) -> str:
    column, value = f"t.{quoted(name)}", f"(w.cells)[{at}]"
    if not by_text and _WHOLE.match(kind):
        return f"{column} = {value}::bigint"
    return f"{column}::text = {value}" if not by_text and _TEXT.match(kind) else f"concat({column}) = {value}"
