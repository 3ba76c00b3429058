"""One SQLite file: opened with care, written in transactions, its complaints told as sentences.

What its tables mean is the business of the modules that are handed a Store.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from dsar import __version__
from dsar.case.stamp import Stamp
from dsar.errors import Busy, Refused, StoreDamaged
from dsar.formats.plain import shorten
from dsar.ledger import drive, failures, schema
from dsar.ledger.pending import MOST, Block, Pending, Row, Writing
from dsar.ledger.writer_note import WriterNote

T = TypeVar("T")
Values = Sequence[Any] | Mapping[str, Any]
Moment = tuple[int, int]

WAIT_SECONDS = 10.0
PROGRAM = "program"

_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA synchronous = FULL",
    # REPLACE then asks the DELETE triggers too
    "PRAGMA recursive_triggers = ON",
    "PRAGMA trusted_schema = OFF",
    # sorting must not leave personal data in a temporary file
    "PRAGMA temp_store = MEMORY",
    # 32 MB: a list of thousands of cases reads no page twice
    "PRAGMA cache_size = -32000",
)


class Store:
    """A connection to the case store. One process may hold several; each has one writer at a time."""

    def __init__(self, connection: sqlite3.Connection, path: Path, *, readonly: bool) -> None:
        self.path = path
        self.readonly = readonly
        self._connection = connection
        self._depth = 0
        self._blocks: list[Block] = []
        self._pending = Pending()
        self._known: dict[Hashable, Any] = {}
        self._undone = 0
        self._note = WriterNote(path)

    # -- opening --------------------------------------------------------------------------------------

    @classmethod
    def create(
        cls,
        path: Path,
        *,
        mode: int = 0o600,
        wait: float = WAIT_SECONDS,
        steps: tuple[schema.Step, ...] = schema.STEPS,
    ) -> Store:
        """Make a new, empty store with this file mode; InputWrong if the file is there already."""
        drive.refuse_network(path)
        drive.reserve(path, mode)
        store = cls._connected(path, readonly=False, wait=wait)
        try:
            with failures.told():
                schema.apply_steps(store._connection, steps)
            with store.writing():
                store._remember_program()
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        readonly: bool = False,
        wait: float = WAIT_SECONDS,
        steps: tuple[schema.Step, ...] = schema.STEPS,
    ) -> Store:
        """Open a store that is there, and bring an older one up to date after copying it."""
        drive.must_be_readable(path)
        drive.refuse_network(path)
        store = cls._connected(path, readonly=readonly, wait=wait)
        try:
            store._bring_up_to_date(steps)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def _connected(cls, path: Path, *, readonly: bool, wait: float) -> Store:
        # Also for reading: where a computer stopped in the middle, the next one to look undoes the rest.
        # Without the right to write, SQLite opens the file for reading by itself.
        address = f"{path.resolve().as_uri()}?mode=rw"
        with failures.told():
            connection = sqlite3.connect(address, uri=True, timeout=wait, isolation_level=None)
            try:
                for pragma in _PRAGMAS:
                    connection.execute(pragma)
                if readonly:
                    connection.execute("PRAGMA query_only = ON")
                else:
                    # under a write-ahead log, deleted rows stay readable beside the file
                    connection.execute("PRAGMA journal_mode = DELETE")
            except BaseException:
                connection.close()
                raise
        return cls(connection, path, readonly=readonly)

    def _bring_up_to_date(self, steps: tuple[schema.Step, ...]) -> None:
        applied = self._applied()
        known = [step.name for step in steps]
        if set(applied) - set(known):
            raise StoreDamaged(
                f"This store was last used by dsar {self._program()}; this is {__version__}. "
                "Opening it could lose data, so I did not.",
                hint="Ask IT to update dsar on this computer.",
            )
        if list(applied) == known:
            return
        if self.readonly:
            raise Refused(
                f"This store was last used by an older dsar ({self._program()}) and must be brought up to date first. "
                "Nothing was changed.",
                hint="Whoever may write here: dsar doctor",
            )
        self._copy_aside(len(applied))
        with failures.told():
            schema.apply_steps(self._connection, steps)
        with self.writing():
            self._remember_program()

    def _applied(self) -> tuple[str, ...]:
        try:
            with failures.told():
                return schema.applied_steps(self._connection)
        except StoreDamaged as fault:
            if isinstance(fault.__cause__, sqlite3.OperationalError):
                raise StoreDamaged(
                    f"{shorten(self.path.name, 80)} is not a case store of dsar, so I left it untouched.",
                    hint="Is this the right folder? Look: dsar doctor",
                ) from fault
            raise

    def _program(self) -> str:
        found = self.one("SELECT value FROM meta WHERE key = ?", (PROGRAM,))
        return shorten(found[0], 20) if found else "of another version"

    def _remember_program(self) -> None:
        self.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (PROGRAM, __version__))

    def _copy_aside(self, steps_done: int) -> None:
        aside = self.path.with_name(f"{self.path.name}.before-step-{steps_done + 1}")
        if not aside.exists() or not aside.stat().st_size:
            self.copy_to(aside, mode=self.path.stat().st_mode & 0o777)

    def close(self) -> None:
        """Let go of the file; a transaction still open is undone."""
        self._connection.close()

    # -- reading and writing --------------------------------------------------------------------------

    def execute(self, sql: str, values: Values = ()) -> int:
        """Run one statement and return the number of rows it changed."""
        self._settle()
        return self._run(sql, values).rowcount

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for many rows."""
        self._settle()
        with failures.told():
            self._connection.executemany(sql, rows)

    def add(self, sql: str, row: Row, *, about: Hashable = None, only_last: Hashable = None) -> None:
        """Insert a row by the end of the writing block, together with others of its table; only inside one.

        One statement per table. A question sees it as if it were there: every one, or, where it says what it is
        ``about``, those about the same. Of several rows with the same ``only_last`` the last is written.
        """
        if not self._depth:
            raise ValueError("a row waits only inside a writing block")
        self._pending.add(sql, row, about, only_last)

    def put(self, sql: str, row: Row, *, about: Hashable = None, only_last: Hashable = None) -> None:
        """The same, in a writing block of its own where none is open."""
        if self._depth:
            self._pending.add(sql, row, about, only_last)
            return
        with self.writing():
            self._pending.add(sql, row, about, only_last)

    def settle(self, about: Hashable) -> None:
        """Write now what waits, where some of it is about this."""
        if self._pending.concerns(about):
            self._settle()

    def _settle(self) -> None:
        """Write what waits, each part inside the block it was added in."""
        self._must_still_be_writing()
        if not self._blocks and not self._pending:
            return
        try:
            start = 0
            for depth, block in enumerate(self._blocks):
                if not block.begun:
                    self._write_out(start, block.after)
                    self._run(f"SAVEPOINT block_{depth}")
                    start, block.begun = block.after, True
            self._write_out(start, len(self._pending))
        except BaseException:
            # Half of it is written, and nobody could tell which half.
            self._undo("ROLLBACK")
            raise
        finally:
            self._pending.forget()

    def _write_out(self, start: int, end: int) -> None:
        if start == end:
            return
        for sql, rows in self._pending.grouped(start, end).items():
            with failures.told():
                self._connection.executemany(sql, rows)

    def _run(self, sql: str, values: Values = ()) -> sqlite3.Cursor:
        try:
            return self._connection.execute(sql, values)
        except sqlite3.Error as error:
            if (ours := failures.as_ours(error)) is None:
                raise
            raise ours from error

    def _must_still_be_writing(self) -> None:
        # After a full disk there is no transaction left; what came next would be saved on its own.
        if self._depth and not self._connection.in_transaction:
            raise failures.undone()

    def rows(self, sql: str, values: Values = (), *, about: Hashable = None) -> list[Any]:
        """All rows at once: a cursor left half-read would keep every writer out."""
        self.settle(about)
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            if (ours := failures.as_ours(error)) is None:
                raise
            raise ours from error

    def one(self, sql: str, values: Values = (), *, about: Hashable = None) -> Any | None:
        """The first row, or None."""
        found = self.rows(sql, values, about=about)
        return found[0] if found else None

    def known(self, key: Hashable, find: Callable[[], T]) -> T:
        """What ``find`` answers, asked once per writing block: nobody else can change it meanwhile."""
        if not self._depth:
            return find()
        if key not in self._known:
            self._known[key] = find()
        found: T = self._known[key]
        return found

    def note(self, key: Hashable, value: Any) -> None:
        """Say what ``known`` would find from now on, until the writing block ends or one inside it fails."""
        if self._depth:
            self._known[key] = value

    def moment(self) -> Moment:
        """Another value whenever somebody else wrote to the file, or something of ours was undone."""
        return int(self.rows("PRAGMA data_version", about="nothing")[0][0]), self._undone

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Several reads of one moment; writers wait meanwhile, so keep it short."""
        if self._connection.in_transaction:
            yield
            return
        with failures.told():
            self._connection.execute("BEGIN")
        try:
            yield
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def writing(self, by: Stamp | None = None, what: str = "") -> AbstractContextManager[None]:
        """One transaction: all of it is kept, or nothing. A block inside another is undone alone if it fails.

        ``by`` and ``what`` are shown to a colleague who waits. Raises Busy after the waiting time and
        Refused where the store may only be read.
        """
        return Writing(self, by, what)

    def begin_block(self, by: Stamp | None, what: str) -> None:
        """What ``writing`` does first."""
        if self.readonly:
            raise failures.forbidden()
        if self._depth:
            if len(self._pending) >= MOST:
                self._settle()
            self._blocks.append(Block(len(self._pending)))
        else:
            self._patiently(by, "BEGIN IMMEDIATE")
            self._known.clear()
        self._depth += 1
        if self._depth == 1:
            self._note.put(by, what)

    def end_block(self, by: Stamp | None) -> None:
        """What ``writing`` does when all went well."""
        if self._depth > 1:
            if self._blocks[-1].begun:
                self._must_still_be_writing()
                self._run(f"RELEASE block_{len(self._blocks) - 1}")
            self._blocks.pop()
        else:
            self._settle()
            # while the lock is still ours: afterwards it would be the next writer's note
            self._note.remove()
            # a reader may keep the commit waiting, too
            self._patiently(by, "COMMIT")
        self._depth -= 1

    def undo_block(self) -> None:
        """What ``writing`` does when something failed."""
        self._known.clear()
        self._undone += 1
        try:
            if self._depth == 1:
                self._pending.forget()
                self._note.remove()
                self._undo("ROLLBACK")
            else:
                block = self._blocks.pop()
                self._pending.forget(0 if block.begun else block.after)
                name = f"block_{len(self._blocks)}"
                if block.begun:
                    self._undo(f"ROLLBACK TO {name}", f"RELEASE {name}")
        finally:
            self._depth -= 1

    def _patiently(self, by: Stamp | None, sql: str) -> None:
        try:
            self._must_still_be_writing()
            self._run(sql)
        except Busy as waited:
            raise failures.busy(self._note.clause(by.recorded_at if by else None)) from waited

    def _undo(self, *statements: str) -> None:
        # A full disk ends the transaction by itself; undoing again would hide what happened.
        for sql in statements:
            if self._connection.in_transaction:
                self._connection.execute(sql)

    # -- the file as a whole --------------------------------------------------------------------------

    def vacuum(self) -> None:
        """Write the file anew without the room that deleted rows left; not inside a transaction."""
        self.execute("VACUUM")

    @property
    def in_writing(self) -> bool:
        """Whether a writing block is open."""
        return self._depth > 0

    def complaints(self) -> list[str]:
        """What SQLite's own check of the file finds; empty if all is well."""
        found = [says for (says,) in self.rows("PRAGMA integrity_check(20)") if says != "ok"]
        broken = {table for table, *_ in self.rows("PRAGMA foreign_key_check")}
        return found + [f"a row of {table} points at nothing" for table in sorted(broken)]

    def triggers(self) -> dict[str, str]:
        """The triggers in the file: name to SQL text."""
        return dict(self.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))

    def copy_to(self, path: Path, *, mode: int) -> None:
        """Copy the whole store, as of one moment, to a new file that is there whole or empty; others go on."""
        drive.copy(self._connection, path, mode)
