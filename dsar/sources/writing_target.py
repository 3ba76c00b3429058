"""What a database server is told to change and what it tells back, whichever server it is.

Which rows of a batch may be changed is decided in ``writing_database``; each server is written by its own module.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from dsar.case.changes import Step

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


class Server(Protocol):
    """One connection that may write; its faults are SourceFailed, what a constraint refuses is Unwritable."""

    def close(self) -> None:
        """Leave the server; what was not committed is undone."""
        ...

    def target(self, place: str) -> Target:
        """The table of this name; Unwritable where it is none."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Everything inside is kept at the end, or nothing is."""
        ...

    def attempt(self) -> AbstractContextManager[None]:
        """Inside a transaction: undone by itself where something is Unwritable."""
        ...

    def lock(self, target: Target, keys: Sequence[Mapping[str, str]]) -> Iterable[Locked]:
        """The rows with these keys, locked until the transaction ends."""
        ...

    def delete(self, target: Target, rows: Sequence[Locked]) -> int:
        """Delete these rows in one statement; returns how many other rows that changed."""
        ...

    def change(self, target: Target, names: Sequence[str], edits: Sequence[Edit]) -> int:
        """Change these columns of each edit's rows in one statement; returns how many other rows that changed."""
        ...
