"""Rows that wait inside a writing block, so that many of one table reach the file in one go.

When they must go, and what a block that fails takes with it, is the store's business.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from dsar.case.stamp import Stamp

MOST = 50_000

Row = Sequence[Any]


class Pending:
    """Rows in the order they came, and for each what it is about."""

    def __init__(self) -> None:
        self._log: list[tuple[str, Row, Hashable]] = []
        self._about: set[Hashable] = set()

    def __len__(self) -> int:
        return len(self._log)

    def add(self, sql: str, row: Row, about: Hashable, only_last: Hashable) -> None:
        """Let a row wait; of several with the same ``only_last`` the last one counts."""
        self._log.append((sql, row, only_last))
        if about is not None:
            self._about.add(about)

    def concerns(self, about: Hashable) -> bool:
        """Whether a row that waits may change what a question about this is answered."""
        return bool(self._log) and (about is None or about in self._about)

    def forget(self, since: int = 0) -> None:
        """Throw away the rows that came after so many others."""
        del self._log[since:]
        if not self._log:
            self._about.clear()

    def grouped(self, start: int, end: int) -> dict[str, list[Row]]:
        """The rows of a stretch by statement, in the order in which the statements first came.

        A row never comes before one that it points at, because its statement did not either.
        """
        groups: dict[str, dict[Hashable, Row]] = {}
        for nth, (sql, row, only_last) in enumerate(self._log[start:end]):
            group = groups.get(sql)
            if group is None:
                group = groups[sql] = {}
            group[nth if only_last is None else only_last] = row
        return {sql: list(group.values()) for sql, group in groups.items()}


class Block:
    """A writing block inside another: how many rows waited before it, and whether SQLite knows of it yet."""

    __slots__ = ("after", "begun")

    def __init__(self, after: int) -> None:
        self.after = after
        self.begun = False


class Blocks(Protocol):
    """What opens and ends writing blocks: a store."""

    def begin_block(self, by: Stamp | None, what: str) -> None: ...
    def end_block(self, by: Stamp | None) -> None: ...
    def undo_block(self) -> None: ...


class Writing:
    """What ``Store.writing`` gives: a class, because thousands are opened in one intake."""

    __slots__ = ("_by", "_store", "_what")

    def __init__(self, store: Blocks, by: Stamp | None, what: str) -> None:
        self._store, self._by, self._what = store, by, what

    def __enter__(self) -> None:
        self._store.begin_block(self._by, self._what)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is not None:
            self._store.undo_block()
            return
        try:
            self._store.end_block(self._by)
        except BaseException:
            self._store.undo_block()
            raise
