"""The reading door to the store: what the daily lists show, without loading or folding a single fact."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Self

from dsar.case.stages import LetterState
from dsar.ledger.rows import CaseRow, DueRow, OutboxRow
from dsar.ledger.store import Store
from dsar.ledger.vault import Kept, Vault
from dsar.ledger.views import Views


class Lists:
    """Cases, obligations and letters of one store, read-only."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._views = Views(store)
        self._vault = Vault(store)

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

    def outbox(self, state: LetterState) -> list[OutboxRow]:
        """Letters in one state."""
        return self._views.outbox(state)

    def first_kept(self, kind: str) -> dict[str, Kept]:
        """Each case's first vault row of a kind (its name, say), in one query."""
        return self._vault.first_of(kind)

    def drafts(self) -> int:
        """How many messages wait for a person."""
        found = self._store.one("SELECT count(*) FROM draft")
        return int(found[0]) if found else 0

    def meta(self, key: str) -> str | None:
        """A note about the store itself, such as its last heartbeat."""
        found = self._store.one("SELECT value FROM meta WHERE key = ?", (key,))
        return str(found[0]) if found else None
