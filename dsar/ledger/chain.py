"""The facts of all cases as one chain: each entry's hash covers its content and the entry before it.

Whether a fact may be added is asked before; what the facts add up to is the projection's business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any

from dsar.case.codec import from_text, written
from dsar.case.facts import Fact
from dsar.case.stamp import Stamp
from dsar.errors import Busy, InputWrong
from dsar.ledger import failures
from dsar.ledger.instants import instant_text as instant_text
from dsar.ledger.schema import RARE, RARE_ONLY
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
    told = ",".join(map(_quoted, (case, kind, body, on, at, actor, place, previous)))
    text = f"[{seq},{told}]"
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


class Chain:
    """The chain in one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def append(self, case: str, fact: Fact, by: Stamp) -> Entry:
        """Add one fact at the end; only inside a writing block. ValueError if it would not be read as it is."""
        seq, previous = self._store.known(HEAD, self.last)
        seq += 1
        kind, body = type(fact).__name__, written(fact)
        _must_be_text(body, by.actor, by.place)
        if len(body) > BODY_LIMIT:
            raise failures.too_large("That entry")
        on, at, recorded_at = _times(by)
        hash_ = link(previous, seq, case, kind, body, on, at, by.actor, by.place)
        self._store.add(_INSERT, (seq, case, kind, body, on, at, by.actor, by.place, hash_), about=("fact", case))
        self._store.add(_SET_META, (ENTRIES, str(seq)), only_last=ENTRIES)
        self._store.add(_SET_META, (HEAD, hash_), only_last=HEAD)
        self._store.note(HEAD, (seq, hash_))
        return Entry(
            seq=seq,
            case=case,
            kind=kind,
            fact=fact,
            on=by.on,
            recorded_at=recorded_at,
            actor=by.actor,
            place=by.place,
            hash=hash_,
        )

    def last(self) -> tuple[int, str]:
        """The number and hash of the newest entry; (0, zeros) in an empty store."""
        found = self._store.one("SELECT seq, hash FROM fact WHERE seq = (SELECT max(seq) FROM fact)")
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
        seq, whole = 0, True
        while whole:
            page = self._store.rows(_BY_CASE, (case, seq), about=("fact", case))
            yield from map(read_entry, page)
            whole = len(page) == PAGE
            seq = page[-1][0] if whole else 0

    def count(self) -> int:
        """How many entries there are."""
        # they are numbered without a gap: a trigger sees to it, and the audit
        return self.last()[0]

    def hash_after(self, entries: int) -> str:
        """The head as it was after so many entries, to compare with one written down then; "" if there are fewer."""
        found = self._store.one("SELECT hash FROM fact WHERE seq = ?", (entries,))
        return found[0] if found else ""

    def cases_with(self, kind: str) -> list[str]:
        """The cases, open or closed, that have a fact of this kind."""
        # the words of the partial index, so that it is used
        only = f"{RARE_ONLY} AND " if kind in RARE else ""
        sql = f"SELECT DISTINCT case_number FROM fact WHERE {only}kind = ? ORDER BY 1"  # noqa: S608  # constants only
        return [str(row[0]) for row in self._store.rows(sql, (kind,))]

    def cases(self) -> list[str]:
        """The numbers of all cases with facts."""
        return [number for (number,) in self._store.rows("SELECT DISTINCT case_number FROM fact ORDER BY 1")]


@lru_cache(maxsize=64)
def _times(by: Stamp) -> tuple[str, str, datetime]:
    """The legal date and the instant of a stamp as they are written, and the instant as it will be read."""
    on, at = by.on.isoformat(), instant_text(by.recorded_at)
    if date.fromisoformat(on) != by.on:
        raise ValueError("a legal date is a date without a time")
    return on, at, datetime.fromisoformat(at)


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
