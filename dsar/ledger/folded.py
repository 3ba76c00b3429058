"""Keeps cases as their facts made them, so that a case asked for again is not made again.

What was kept is thrown away as soon as somebody else wrote to the store, or something of ours was undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dsar.case.case import Case
from dsar.case.evolve import fold
from dsar.ledger.chain import Chain, Entry
from dsar.ledger.store import Moment, Store

# Entries of all the cases kept: some ten megabytes.
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Folded:
    """The entries of a case, oldest first, and the case they make."""

    entries: Sequence[Entry]
    case: Case


class Cases:
    """The cases of one store, those made or changed last at hand."""

    def __init__(self, store: Store, chain: Chain) -> None:
        self._store = store
        self._chain = chain
        self._held: dict[str, Folded] = {}
        self._entries = 0
        self._moment: Moment | None = None

    def of(self, number: str) -> Folded:
        """The case with this number, which need not exist."""
        moment = self._store.moment()
        if moment != self._moment:
            self._held.clear()
            self._entries, self._moment = 0, moment
        if number not in self._held:
            self.put(number, self.read(number))
        return self._held[number]

    def read(self, number: str) -> Folded:
        """The same, from the facts as they are in the file."""
        entries = tuple(self._chain.entries(number))
        return Folded(entries, fold(number, ((entry.fact, entry.actor) for entry in entries)))

    def put(self, number: str, folded: Folded) -> None:
        """What the case is from now on, after ``of`` was asked for it."""
        before = self._held.pop(number, None)
        self._entries += len(folded.entries) - (len(before.entries) if before else 0)
        self._held[number] = folded
        while self._entries > MOST and len(self._held) > 1:
            oldest = next(iter(self._held))
            self._entries -= len(self._held.pop(oldest).entries)
