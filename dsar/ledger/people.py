"""Remembers which cases name the same person, by keyed hashes of their identifiers.

The identifiers themselves are vault rows; what it means that two cases share one is the workflow's decision.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dsar.ledger import numbers
from dsar.ledger.store import Store
from dsar.ledger.vault import STORE_KEY, Vault

_KNOW = "INSERT OR IGNORE INTO person (digest, case_number) VALUES (?, ?)"
_NAMED = "SELECT case_number FROM person WHERE digest = ?"
_OPEN = "SELECT 1 FROM case_row WHERE number = ? AND closed_on IS NULL"


class People:
    """Who is named where in one store."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    def know(self, case: str, marks: Iterable[str]) -> None:
        """Say that a case names a person by these identifiers ("kind:value" in normal form)."""
        with self._store.writing():
            for digest in map(self._digest, marks):
                self._store.add(_KNOW, (digest, case), about=("person", digest))

    def cases(self, marks: Iterable[str], *, closed: bool = False) -> list[str]:
        """The open cases that name a person by one of these, the oldest first; with ``closed``, those closed too.

        A case that was purged names nobody any more.
        """
        digests = {self._digest(mark) for mark in marks}
        found = {str(number) for digest in digests for (number,) in self._named(digest)}
        return sorted((number for number in found if closed or self._is_open(number)), key=numbers.parts)

    def _named(self, digest: str) -> list[Any]:
        return self._store.rows(_NAMED, (digest,), about=("person", digest))

    def _is_open(self, number: str) -> bool:
        return bool(self._store.one(_OPEN, (number,), about=("case_row", number)))

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
