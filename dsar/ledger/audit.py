"""Checks that nothing in the store was altered, and says which entry was.

What it cannot show: somebody who can write the file can make a whole new chain with all its hashes. Only a head
written down elsewhere (a backup, a letter, a dossier) shows that; ``Ledger.head_after`` gives the one to compare with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from dsar.errors import DsarError, StoreDamaged
from dsar.ledger import chain as ch
from dsar.ledger.projection import Projection
from dsar.ledger.schema import TRIGGERS
from dsar.ledger.store import Store
from dsar.ledger.views import Views

MOST_FAULTS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong: a code for scripts, a sentence, and the entry or case if there is one."""

    code: str
    says: str
    case: str = ""
    seq: int | None = None


def audit(store: Store, chain: ch.Chain, views: Views, fresh: Callable[[str], Projection]) -> list[Fault]:
    """All faults of the chain, the guards, the pinned texts and the projection, at most a thousand.

    ``fresh`` computes the projection of a case from its facts.
    """
    return list(islice(_faults(store, chain, views, fresh), MOST_FAULTS))


def _faults(store: Store, chain: ch.Chain, views: Views, fresh: Callable[[str], Projection]) -> Iterator[Fault]:
    yield from _guards(store)
    yield from _links(store, chain)
    yield from _pins(store)
    yield from _projections(store, chain, views, fresh)


def _guards(store: Store) -> Iterator[Fault]:
    there = store.triggers()
    for name in TRIGGERS.keys() - there.keys():
        yield Fault(code="guard_missing", says=f"The guard {name} is missing: facts could be changed unseen.")
    for name in sorted(there):
        if there[name] != TRIGGERS.get(name):
            yield Fault(code="guard_altered", says="A guard was altered or put in by somebody else.")


def _links(store: Store, chain: ch.Chain) -> Iterator[Fault]:
    with store.reading():
        last, head = chain.last()
        noted = dict(store.rows("SELECT key, value FROM meta WHERE key IN (?, ?)", (ch.ENTRIES, ch.HEAD)))
    expected, previous = 1, ch.NO_HASH
    for row in chain.raw_rows():
        seq, case, *columns, hash_ = row
        if seq > last:
            # Written since we began: not ours to judge.
            break
        if seq != expected:
            yield Fault(code="missing", says=f"Entries {expected} to {seq - 1} are missing.", seq=expected)
        elif hash_ != ch.link(previous, seq, case, *columns):
            yield Fault(code="altered", says=f"Entry {seq} ({case}) was altered, moved or put in.", case=case, seq=seq)
        try:
            ch.read_entry(row)
        except StoreDamaged:
            yield Fault(code="unreadable", says=f"Entry {seq} ({case}) cannot be read.", case=case, seq=seq)
        expected, previous = seq + 1, hash_
    if noted.get(ch.ENTRIES, "0") != str(last):
        says = f"The newest entry is {last}, which is not the number that was noted: the end was cut or added to."
        yield Fault(code="cut", says=says, seq=last)
    elif noted.get(ch.HEAD, ch.NO_HASH) != head:
        yield Fault(code="head", says=f"The newest entry, {last}, is not the one that was noted.", seq=last)


def _pins(store: Store) -> Iterator[Fault]:
    for kind, version, body in store.rows("SELECT kind, version, body FROM pin ORDER BY kind, version"):
        if not names(version, body):
            yield Fault(code="pin", says=f"The pinned {kind} {version} is not the text it was when cases were opened.")


def names(version: str, body: str) -> bool:
    """Whether a version names this text: it is the beginning, 12 digits or more, of its SHA-256."""
    return len(version) >= 12 and hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest().startswith(version)


def _projections(store: Store, chain: ch.Chain, views: Views, fresh: Callable[[str], Projection]) -> Iterator[Fault]:
    with store.reading():
        cases, shown = chain.cases(), views.cases()
    for case in cases:
        with store.reading():
            shown_now = _read(views, case)
            try:
                agrees = shown_now == fresh(case)
            except DsarError:
                yield Fault(code="unreadable", says=f"{case} cannot be computed from its entries.", case=case)
                continue
        if not agrees:
            yield Fault(code="projection", says=f"The lists do not show {case} as its entries say.", case=case)
    for case in sorted(shown - set(cases)):
        yield Fault(code="projection", says=f"The lists show {case}, which has no entries.", case=case)


def _read(views: Views, case: str) -> Projection | None:
    try:
        return views.read(case)
    except StoreDamaged:
        return None
