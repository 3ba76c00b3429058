"""Changes rows of a SQLite file, each only where it still is what the plan saw, all of one table together.

Finding rows is ``sqlite``; what a step may touch was decided in the plan.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from dsar.case.changes import Action, Result, Step
from dsar.formats.plain import printable, shorten
from dsar.sources.interface import SourceFailed, SourceSettings, Why, located
from dsar.sources.sql import quoted
from dsar.sources.sqlite import BUSY_SECONDS, as_text
from dsar.sources.writing_checks import MOVED, WIDER, Done, Unwritable, in_turns, judged

_TAKEN = "It was locked by another program for {busy} s, so nothing more was changed. Run it again."
_REFUSED = {
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: "Other records still point to it (a foreign key)",
    sqlite3.SQLITE_CONSTRAINT_TRIGGER: "The database refuses it (a trigger)",
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: "Another record already has this value, and it must be unique",
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: "Another record already has this key",
    sqlite3.SQLITE_CONSTRAINT_NOTNULL: "The column may not be empty",
    sqlite3.SQLITE_CONSTRAINT_CHECK: "The column does not allow this value (a check of the database)",
}
_CONSTRAINT = "The database refuses it (a constraint, a trigger, or a column it computes itself)"
_Row = tuple[dict[str, object], dict[str, str]]


class SqliteWriter:
    """Writes a SQLite database: one transaction per record set, one savepoint per step."""

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self.why: dict[str, str] = {}
        self._settings = settings
        self._path = located(home, settings.path)
        self._wider = settings.options.get("cascades", "").casefold() == "true"

    def apply(self, steps: Sequence[Step], *, done: Done) -> None:
        """Carry out the steps; one refused for what another step removes is tried again after it."""
        for step in steps:
            if step.action is Action.KEEP:
                done(step, Result.KEPT)
        pending = [step for step in steps if step.action is not Action.KEEP]
        if not pending:
            return
        with closing(self._opened()) as connection:
            pending = in_turns(pending, lambda place, group: self._table(connection, place, group, done))
            with self._told():
                # in a database with a write-ahead log, what was deleted would stay readable in the file beside
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        for step in pending:
            done(step, Result.FAILED)

    def _table(self, connection: sqlite3.Connection, place: str, steps: Sequence[Step], done: Done) -> list[Step]:
        """The steps of one table in one transaction; returns those refused, which changed nothing."""
        with self._told():
            results, refused = self._transaction(connection, place, steps)
        for step, result in results:
            self.why.pop(step.id, None)
            if result is Result.MOVED:
                self.why[step.id] = MOVED
            done(step, result)
        return refused

    def _transaction(
        self, connection: sqlite3.Connection, place: str, steps: Sequence[Step]
    ) -> tuple[list[tuple[Step, Result]], list[Step]]:
        results: list[tuple[Step, Result]] = []
        refused: list[Step] = []
        connection.execute("BEGIN IMMEDIATE")
        try:
            table = _Table(connection, place, wider=self._wider)
            for step in steps:
                try:
                    results.append((step, table.carry_out(step)))
                except Unwritable as error:
                    self.why[step.id] = f"{error}."
                    refused.append(step)
            connection.execute("COMMIT")
        except sqlite3.IntegrityError as error:
            # constraints that the database checks last: then nothing of this table was changed
            connection.execute("ROLLBACK")
            says = _REFUSED.get(error.sqlite_errorcode, _CONSTRAINT)
            self.why.update({step.id: f"{says}." for step in steps})
            return [], list(steps)
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise
        return results, refused

    def _opened(self) -> sqlite3.Connection:
        name = self._settings.name
        if not self._path.is_file():
            shown = shorten(printable(self._settings.path), 80)
            raise SourceFailed(Why.MISSING, f"{name}: there is no file {shown}. Nothing was changed.")
        with self._told():
            address = f"file:{quote(str(self._path))}?mode=rw"
            connection = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
            connection.text_factory = lambda raw: raw.decode("utf-8", "backslashreplace")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            # pages given back are overwritten, so that the file itself holds no trace
            connection.execute("PRAGMA secure_delete = ON").fetchall()
        return connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turns what SQLite says into sentences; around our own work only, never around ``done``."""
        name = self._settings.name
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise SourceFailed(Why.TIMEOUT, f"{name}: {_TAKEN.format(busy=BUSY_SECONDS)}") from error
            refused = code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
            says = "it may not be written" if refused else "the database refused, or is damaged"
            why = Why.REFUSED if refused else Why.BROKEN
            raise SourceFailed(why, f"{name}: {says}. What was told as done is done, nothing else.") from error


class _Table:
    """One table within a transaction, in which nobody else can write."""

    def __init__(self, connection: sqlite3.Connection, place: str, *, wider: bool) -> None:
        self._connection = connection
        self._name = quoted(place)
        self._wider = wider
        rows = connection.execute('SELECT name, "notnull", pk FROM pragma_table_xinfo(?)', (place,)).fetchall()
        self._columns = [name for name, _, _ in rows]
        self._never_empty = {name for name, notnull, _ in rows if notnull}
        self._primary = [name for name, _, place in sorted(rows, key=lambda row: row[2]) if place]
        kind = connection.execute("SELECT type, wr FROM pragma_table_list WHERE name = ?", (place,)).fetchone()
        self._is_table = bool(kind) and kind[0] == "table"
        self._identity = ["_rowid_"] if kind and not kind[1] else self._primary

    def carry_out(self, step: Step) -> Result:
        """Carry out one step, or say that there is nothing to do; Unwritable where the database refuses."""
        if not self._is_table:
            raise Unwritable("It is a view of other tables, or no longer there, and cannot be written")
        if missing := [name for name in (*step.key, *step.after) if name not in self._columns]:
            raise Unwritable(f'The table has no column "{shorten(printable(missing[0]), 60)}" any more')
        rows = self._rows(step.key)
        results = [judged(step, text) for _, text in rows]
        ready = [row for (row, _), result in zip(rows, results, strict=True) if result is Result.DONE]
        for row in ready:
            self._write(step, row)
        if ready:
            return Result.DONE
        return Result.MOVED if Result.MOVED in results and Result.ALREADY not in results else Result.ALREADY

    def _rows(self, key: Mapping[str, str]) -> list[_Row]:
        """The rows with this key, as stored and as text."""
        found = self._select(key, "{0} = ?") if all(key.values()) else []
        # a column without a type keeps 2 and '2' apart, and a key may have an empty part
        found = found or self._select(key, "ifnull(CAST({0} AS TEXT), '') = ?")
        texts = [(row, {name: as_text(row[name]) for name in self._columns}) for row in found]
        return [(row, text) for row, text in texts if all(text[name] == value for name, value in key.items())]

    def _select(self, key: Mapping[str, str], condition: str) -> list[dict[str, object]]:
        names = [*self._identity, *self._columns]
        where = " AND ".join(condition.format(quoted(name)) for name in key)
        chosen = ", ".join(name if name == "_rowid_" else quoted(name) for name in names)
        statement = " ".join(["SELECT", chosen, "FROM", self._name, "WHERE", where])
        rows = self._connection.execute(statement, [*key.values()])
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _write(self, step: Step, row: Mapping[str, object]) -> None:
        """Change or delete one row, and nothing else; undone where the database would go further."""
        where = " AND ".join(f"{name if name == '_rowid_' else quoted(name)} IS ?" for name in self._identity)
        same_row = [row[name] for name in self._identity]
        if step.action is Action.DELETE:
            statement, values = ["DELETE FROM", self._name, "WHERE", where], same_row
        else:
            sets = ", ".join(f"{quoted(name)} = ?" for name in step.after)
            new = [self._stored(name, value) for name, value in step.after.items()]
            statement, values = ["UPDATE", self._name, "SET", sets, "WHERE", where], [*new, *same_row]
        self._connection.execute("SAVEPOINT step")
        try:
            before = self._connection.total_changes
            self._connection.execute(" ".join(statement), values)
            others = self._connection.total_changes - before - 1
            if others and not self._wider:
                raise Unwritable(WIDER.format(others))
        except (Unwritable, sqlite3.IntegrityError, sqlite3.OperationalError) as error:
            self._connection.execute("ROLLBACK TO step")
            if isinstance(error, Unwritable):
                raise
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_ERROR):
                # the database as a whole, not this step
                raise
            raise Unwritable(_REFUSED.get(error.sqlite_errorcode, _CONSTRAINT)) from error
        finally:
            self._connection.execute("RELEASE step")

    def _stored(self, name: str, value: str | None) -> str | None:
        return "" if value is None and name in self._never_empty else value
