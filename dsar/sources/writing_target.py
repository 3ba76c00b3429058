"""What a database server is told to change and what it tells back, whichever server it is.

Which rows of a batch may be changed is decided in ``writing_database``; each server is written by its own module.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dsar.case.changes import Step
from dsar.sources.interface import SourceFailed, Why
from dsar.sources.writing_checks import Unwritable

if TYPE_CHECKING:
    from sqlalchemy import Engine, PoolProxiedConnection

LOCK_SECONDS = 5
VIEW = "It is a view of other tables, or no longer there, and cannot be written"


@dataclass(frozen=True, slots=True)
class Locked:
    """One row that nobody else can change now: what tells it from all others, and its values as the search reads."""

    identity: tuple[Any, ...]
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Edit:
    """A step that may be carried out, and the rows it concerns."""

    step: Step
    rows: Sequence[Locked]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A table to be written: columns with their types, what tells its rows apart, and what may not be empty."""

    place: str
    columns: Mapping[str, str]
    identity: tuple[str, ...] = ()
    never_empty: frozenset[str] = frozenset()

    def stored(self, name: str, value: str | None) -> str | None:
        """What is written for a value; an empty text where the column may not be empty."""
        return "" if value is None and name in self.never_empty else value


class Server(ABC):
    """One connection that may write; its faults are SourceFailed, what a constraint refuses is Unwritable."""

    begins: str
    """What is told the server at the beginning of a transaction."""
    _engine: Engine
    _pooled: PoolProxiedConnection

    def close(self) -> None:
        """Leave the server; what was not committed is undone."""
        self._pooled.invalidate()
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is kept at the end, or nothing is."""
        try:
            self._run(self.begins)
            yield
            self._run("COMMIT")
        except BaseException:
            with suppress(Exception):
                self._run("ROLLBACK")
            raise

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Inside a transaction: undone by itself where something is Unwritable."""
        self._run("SAVEPOINT attempt")
        try:
            yield
        except Unwritable:
            self._run("ROLLBACK TO SAVEPOINT attempt")
            raise
        self._run("RELEASE SAVEPOINT attempt")

    @abstractmethod
    def target(self, place: str) -> Target:
        """The table of this name; Unwritable where it is none."""

    @abstractmethod
    def lock(self, target: Target, keys: Sequence[Mapping[str, str]]) -> Iterable[Locked]:
        """The rows with these keys, locked until the transaction ends."""

    @abstractmethod
    def delete(self, target: Target, rows: Sequence[Locked]) -> int:
        """Delete these rows in one statement; returns how many other rows that changed."""

    @abstractmethod
    def change(self, target: Target, names: Sequence[str], edits: Sequence[Edit]) -> int:
        """Change these columns of each edit's rows in one statement; returns how many other rows that changed."""

    @abstractmethod
    def _run(self, text: str) -> list[tuple[Any, ...]]:
        """The rows of one statement, with its faults told."""


def refused_in_words(name: str, locked: int, fault: str) -> SourceFailed:
    """Why a server wrote no further: a lock that lasted so many seconds, else ``fault`` in words."""
    if locked:
        says = f"it was locked by another program for {locked} s, so nothing more was changed. Run it again"
        return SourceFailed(Why.TIMEOUT, f"{name}: {says}.")
    return SourceFailed(Why.BROKEN, f"{name}: {fault}. What was told as done is done, nothing else.")


def unchanged(failed: SourceFailed) -> SourceFailed:
    """A failure before anything was written."""
    return SourceFailed(failed.why, f"{failed.message} Nothing was changed.", hint=failed.hint)
