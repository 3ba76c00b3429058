"""The reading door to the store: what the daily lists show, without loading or folding a single fact."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Self

from dsar.case.stages import LetterState
from dsar.ledger.rows import CaseRow, DueRow
from dsar.ledger.store import Store
from dsar.ledger.views import Views


class Lists:
    """Cases, obligations and letters of one store, read-only."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._views = Views(store)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a store for reading; StoreDamaged or Refused as ``Ledger.open`` raises them."""
        return cls(Store.open(path, readonly=True))

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    def rows(self, *, open_only: bool = True, owner: str | None = None) -> list[CaseRow]:
        """Cases, the most urgent first."""
        return self._views.rows(open_only=open_only, owner=owner)

    def clock_rows(self, *, until: date | None = None) -> list[DueRow]:
        """Open obligations by date; ``until`` leaves out those due later, or without a date."""
        return self._views.clock_rows(open_only=True, until=until)

    def due_texts(self, until: date | None = None) -> list[tuple[Any, ...]]:
        """The same as the store holds them, for a screen that shows thousands.

        Each is (case, right, law, obligation, due_on, target_on, standard, stage, next step in words, command, owner);
        dates are ISO texts or None.
        """
        return self._views.due_texts(until)

    def plain_dues(self, until: date | None = None) -> list[tuple[Any, ...]]:
        """The same for a pipe: (due_on, case, right, law, obligation, stage, owner, command)."""
        return self._views.plain_dues(until)

    def letters(self, state: LetterState) -> int:
        """How many letters are in one state."""
        return self._views.letters(state)

    def first_names(self, *, open_only: bool = True) -> dict[str, str]:
        """Each case's name in the vault, for the screens that show one; of open cases, or of all."""
        return self._views.first_names(open_only=open_only)

    def drafts(self) -> int:
        """How many messages wait for a person."""
        found = self._store.one("SELECT count(*) FROM draft")
        return int(found[0]) if found else 0

    def meta(self, key: str) -> str | None:
        """A note about the store itself, such as its last heartbeat."""
        found = self._store.one("SELECT value FROM meta WHERE key = ?", (key,))
        return str(found[0]) if found else None
