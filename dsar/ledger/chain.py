"""The facts of all cases as one chain: each entry's hash covers its content and the entry before it.

Whether a fact may be added is asked before; what the facts add up to is the projection's business.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dsar.case.codec import from_text, to_text
from dsar.case.facts import Fact
from dsar.case.stamp import Stamp
from dsar.errors import Busy, InputWrong, StoreDamaged
from dsar.ledger import failures
from dsar.ledger.instants import instant_text as instant_text
from dsar.ledger.store import Store

NO_HASH = "0" * 64
PAGE = 500
BODY_LIMIT = 32_000_000
ENTRIES = "chain.entries"
HEAD = "chain.head"

_COLUMNS = "seq, case_number, kind, body, on_day, recorded_at, actor, place, hash"
_BY_SEQ = f"SELECT {_COLUMNS} FROM fact WHERE seq > ? ORDER BY seq LIMIT {PAGE}"  # noqa: S608  # constants only
_BY_CASE = f"SELECT {_COLUMNS} FROM fact WHERE case_number = ? AND seq > ? ORDER BY seq LIMIT {PAGE}"  # noqa: S608
_INSERT = f"INSERT INTO fact ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_SET_META = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One fact as the ledger keeps it; ``on`` is the legal date, ``recorded_at`` the UTC instant of the wall clock."""

    seq: int
    case: str
    kind: str
    fact: Fact
    on: date
    recorded_at: datetime
    actor: str
    place: str
    hash: str


def link(previous: str, seq: int, case: str, kind: str, body: str, on: str, at: str, actor: str, place: str) -> str:
    """The hash of an entry: SHA-256 over a JSON list of its columns and the hash before it."""
    text = json.dumps([seq, case, kind, body, on, at, actor, place, previous], separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def short(hash_: str) -> str:
    """A hash as people compare it: eight digits, "9f3c-c41b"."""
    return f"{hash_[:4]}-{hash_[4:8]}"


def read_entry(row: Any) -> Entry:
    """The entry a row holds; StoreDamaged if it cannot be read."""
    seq, case, kind, body, on, at, actor, place, hash_ = row
    fact = from_text(kind, body)
    with failures.understood():
        return Entry(
            seq=seq,
            case=case,
            kind=kind,
            fact=fact,
            on=date.fromisoformat(on),
            recorded_at=datetime.fromisoformat(at),
            actor=actor,
            place=place,
            hash=hash_,
        )


def _as_written(row: Any, fact: Fact) -> Entry:
    """The entry as it will be read; ValueError if that would be another fact (a mistake in our own code)."""
    try:
        entry = read_entry(row)
    except StoreDamaged as fault:
        raise ValueError("a fact holds a value of another type than it says") from fault
    if entry.fact != fact:
        raise ValueError("a fact does not survive being written down")
    return entry


class Chain:
    """The chain in one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def append(self, case: str, fact: Fact, by: Stamp) -> Entry:
        """Add one fact at the end; only inside a writing block."""
        seq, previous = self.last()
        seq += 1
        kind, body = type(fact).__name__, to_text(fact)
        _must_be_text(body, by.actor, by.place)
        if len(body) > BODY_LIMIT:
            raise failures.too_large("That entry")
        on, at = by.on.isoformat(), instant_text(by.recorded_at)
        hash_ = link(previous, seq, case, kind, body, on, at, by.actor, by.place)
        row = (seq, case, kind, body, on, at, by.actor, by.place, hash_)
        entry = _as_written(row, fact)
        self._store.execute(_INSERT, row)
        self._store.execute_many(_SET_META, [(ENTRIES, str(seq)), (HEAD, hash_)])
        return entry

    def last(self) -> tuple[int, str]:
        """The number and hash of the newest entry; (0, zeros) in an empty store."""
        found = self._store.one("SELECT seq, hash FROM fact ORDER BY seq DESC LIMIT 1")
        return (found[0], found[1]) if found else (0, NO_HASH)

    def raw_rows(self) -> Iterator[Any]:
        """Every row in order, unread; fetched in pages, so that writers are not kept out."""
        seq = 0
        while page := self._store.rows(_BY_SEQ, (seq,)):
            yield from page
            seq = page[-1][0]

    def entries(self, case: str | None = None) -> Iterator[Entry]:
        """The entries of one case, or of all, oldest first."""
        if case is None:
            yield from map(read_entry, self.raw_rows())
            return
        seq = 0
        while page := self._store.rows(_BY_CASE, (case, seq)):
            yield from map(read_entry, page)
            seq = page[-1][0]

    def count(self) -> int:
        """How many entries there are."""
        found = self._store.one("SELECT count(*) FROM fact")
        return int(found[0]) if found else 0

    def hash_after(self, entries: int) -> str:
        """The head as it was after so many entries, to compare with one written down then; "" if there are fewer."""
        found = self._store.one("SELECT hash FROM fact WHERE seq = ?", (entries,))
        return found[0] if found else ""

    def cases_with(self, kind: str) -> list[str]:
        """The cases, open or closed, that have a fact of this kind."""
        found = self._store.rows("SELECT DISTINCT case_number FROM fact WHERE kind = ? ORDER BY 1", (kind,))
        return [str(row[0]) for row in found]

    def cases(self) -> list[str]:
        """The numbers of all cases with facts."""
        return [number for (number,) in self._store.rows("SELECT DISTINCT case_number FROM fact ORDER BY 1")]


def _must_be_text(*texts: str) -> None:
    try:
        for text in texts:
            text.encode("utf-8")
    except UnicodeEncodeError:
        raise InputWrong("Not done: that holds half a character, which cannot be kept. Nothing was changed.") from None


def moved_on(number: str, newer: list[Entry], by: Stamp) -> Busy:
    """The sentence for a case that somebody changed while ``by`` was deciding: who, how long ago, and what."""
    look = f"Look: dsar show {number}. If you still want yours, run your command again."
    if not newer:
        return Busy(f"Not saved: {number} is not as you saw it.", hint=look)
    last = newer[-1]
    what = ", ".join(dict.fromkeys(_words(entry.kind) for entry in newer[-3:]))
    who = "you yourself" if last.actor == by.actor else last.actor
    ago = failures.age_words(last.recorded_at, by.recorded_at)
    return Busy(f"Not saved: {who} changed {number} {ago} ago ({what}).", hint=look)


def _words(kind: str) -> str:
    """A fact's name as words: "CaseAssigned" as "case assigned"."""
    return "".join(f" {char.lower()}" if char.isupper() else char for char in kind).strip()
