"""Remembers which cases name the same person, by keyed hashes of their identifiers.

The identifiers themselves are vault rows; what it means that two cases share one is the workflow's decision.
"""

from __future__ import annotations

from collections.abc import Iterable

from dsar.ledger.store import Store
from dsar.ledger.vault import STORE_KEY, Vault


class People:
    """Who is named where in one store."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    def know(self, case: str, marks: Iterable[str]) -> None:
        """Say that a case names a person by these identifiers ("kind:value" in normal form)."""
        with self._store.writing():
            self._store.execute_many(
                "INSERT OR IGNORE INTO person (digest, case_number) VALUES (?, ?)",
                [(self._digest(mark), case) for mark in marks],
            )

    def open_cases(self, marks: Iterable[str]) -> list[str]:
        """The open cases that name a person by one of these, the oldest first."""
        found: set[str] = set()
        for mark in marks:
            rows = self._store.rows(
                "SELECT p.case_number FROM person p JOIN case_row c ON c.number = p.case_number "
                "WHERE p.digest = ? AND c.closed_on IS NULL",
                (self._digest(mark),),
            )
            found.update(str(row[0]) for row in rows)
        return sorted(found)

    def suppress(self, marks: Iterable[str]) -> None:
        """Enter identifiers into the suppression list, as keyed hashes."""
        with self._store.writing():
            self._store.execute_many(
                "INSERT OR IGNORE INTO suppression (digest) VALUES (?)", [(self._digest(mark),) for mark in marks]
            )

    def is_suppressed(self, mark: str) -> bool:
        """Whether an identifier is on the suppression list."""
        return bool(self._store.one("SELECT 1 FROM suppression WHERE digest = ?", (self._digest(mark),)))

    def _digest(self, mark: str) -> str:
        return self._vault.digest(STORE_KEY, f"person:{mark}")
