"""Keeps the records found for a case under ids that never move: "F-0001".

How they are found, and what is decided about them, is for others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from dsar.case.records import Finding, Match, Record
from dsar.errors import InputWrong
from dsar.ledger import failures
from dsar.ledger.store import Store

RECORD_LIMIT = 10_000_000
PAGE = 500

_BY_KEY = "SELECT number, body FROM finding WHERE case_number = ? AND source = ? AND record_set = ? AND record_key = ?"
_INSERT = "INSERT INTO finding (case_number, number, source, record_set, record_key, body) VALUES (?, ?, ?, ?, ?, ?)"
_UPDATE = "UPDATE finding SET body = ? WHERE case_number = ? AND number = ?"
_BY_CASE = (
    "SELECT number, source, record_set, record_key, body FROM finding WHERE case_number = ? AND number > ? "
    "ORDER BY number LIMIT ?"
)


class Findings:
    """The findings of all cases in one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, case: str, source: str, record_set: str, records: Iterable[Record]) -> int:
        """Add new records and update changed ones; nothing is dropped. Returns how many the record set now holds.

        A record told twice in one call is kept once, with both reasons; two different records under one key
        raise InputWrong, because one of them would be lost.
        """
        where = (case, source, record_set)
        told: set[str] = set()
        with self._store.writing():
            number = first = self._last_number(case)
            for record in records:
                key = json.dumps(record.key)
                known = self._store.one(_BY_KEY, (*where, key))
                if known is None:
                    number += 1
                    self._store.execute(_INSERT, (case, number, source, record_set, key, _text(record)))
                else:
                    again = _both(_read_record(key, known[1]), record, where) if key in told else record
                    text = _text(again)
                    if text != known[1]:
                        self._store.execute(_UPDATE, (text, case, known[0]))
                told.add(key)
            if number > first:
                self._store.execute(
                    "INSERT OR REPLACE INTO counter (name, last) VALUES (?, ?)", (f"finding {case}", number)
                )
            return self.count(case, source, record_set)

    def _last_number(self, case: str) -> int:
        # Counted apart from the rows: a decision on F-0003 must never meet another record of that id.
        found = self._store.one("SELECT last FROM counter WHERE name = ?", (f"finding {case}",))
        return int(found[0]) if found else 0

    def count(self, case: str, source: str, record_set: str) -> int:
        """How many records of a record set the case holds."""
        found = self._store.rows(
            "SELECT count(*) FROM finding WHERE case_number = ? AND source = ? AND record_set = ?",
            (case, source, record_set),
        )
        return int(found[0][0])

    def of(self, case: str) -> Iterator[Finding]:
        """The findings of a case in the order they were first found, fetched in pages."""
        number = 0
        while page := self._store.rows(_BY_CASE, (case, number, PAGE)):
            for number, source, record_set, key, body in page:
                yield Finding(
                    id=f"F-{number:04d}", source=source, record_set=record_set, record=_read_record(key, body)
                )

    def drop(self, case: str, source: str, record_set: str) -> None:
        """Delete the findings of one record set, for instance when it turns out to be outside the scope."""
        with self._store.writing():
            self._store.execute(
                "DELETE FROM finding WHERE case_number = ? AND source = ? AND record_set = ?",
                (case, source, record_set),
            )


def _text(record: Record) -> str:
    matched = [[match.field, match.kind, match.value, match.how] for match in record.matched]
    # ASCII with escapes: broken halves of characters from a source come back as they were
    text = json.dumps({"values": dict(record.values), "matched": matched, "place": record.place})
    if len(text) > RECORD_LIMIT:
        raise failures.too_large("A record")
    return text


def _read_record(key_text: str, body: str) -> Record:
    with failures.understood():
        held: dict[str, Any] = json.loads(body)
        matched = tuple(
            Match(field=field, kind=kind, value=value, how=how) for field, kind, value, how in held["matched"]
        )
        return Record(key=json.loads(key_text), values=held["values"], matched=matched, place=held["place"])


def _both(first: Record, second: Record, where: tuple[str, str, str]) -> Record:
    if dict(first.values) != dict(second.values):
        _, source, record_set = where
        raise InputWrong(
            f"Not done: {source} / {record_set} holds two different records under one key, and one would be lost. "
            "Nothing was changed.",
            hint=f"Name more columns as its key: sources/{source}.toml",
        )
    matched = tuple(dict.fromkeys((*first.matched, *second.matched)))
    return Record(key=first.key, values=first.values, matched=matched, place=first.place or second.place)
