"""Keeps the records found for a case under ids that never move: "F-0001".

How they are found, and what is decided about them, is for others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from dsar.case.records import Finding, Record
from dsar.case.written import Written, written
from dsar.errors import InputWrong
from dsar.ledger import failures
from dsar.ledger.store import Store

RECORD_LIMIT = 10_000_000
PAGE = 500
# Rows with so many signs are written together.
_TOGETHER = 1_000_000

_BY_KEY = "SELECT number, body FROM finding WHERE case_number = ? AND source = ? AND record_set = ? AND record_key = ?"
_INSERT = "INSERT INTO finding (case_number, number, source, record_set, record_key, body) VALUES (?, ?, ?, ?, ?, ?)"
_UPDATE = "UPDATE finding SET body = ? WHERE case_number = ? AND number = ?"
_SELECT = "SELECT number, source, record_set, record_key, body FROM finding WHERE case_number = ?"
_NEXT = "AND number > ? ORDER BY number LIMIT ?"
_BY_CASE = f"{_SELECT} {_NEXT}"
_BY_RECORD_SET = f"{_SELECT} AND source = ? AND record_set = ? {_NEXT}"


class Findings:
    """The findings of all cases in one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, case: str, source: str, record_set: str, records: Iterable[Written]) -> int:
        """Add new records and update changed ones; nothing is dropped. Returns how many the record set now holds.

        A record told twice in one call is kept once, with both reasons; two different records under one key
        raise InputWrong, because one of them would be lost.
        """
        where = (case, source, record_set)
        told: set[int] = set()
        with self._store.writing():
            number = first = self._last_number(case)
            held, size = self.count(*where), 0
            new: list[tuple[str | int, ...]] = []
            for record in records:
                if len(record.body) > RECORD_LIMIT:
                    raise failures.too_large("A record")
                mark = hash(record.key)
                again, known = mark in told, None
                # what was never met needs no look
                if again or held:
                    self._add(new)
                    known = self._store.one(_BY_KEY, (*where, record.key))
                if known is None:
                    number += 1
                    size = len(record.body) + (size if new else 0)
                    new.append((case, number, source, record_set, record.key, record.body))
                    if size > _TOGETHER:
                        self._add(new)
                else:
                    body = _both(_read_record(record.key, known[1]), record, where) if again else record.body
                    if body != known[1]:
                        self._store.execute(_UPDATE, (body, case, known[0]))
                told.add(mark)
            self._add(new)
            if number > first:
                self._store.execute(
                    "INSERT OR REPLACE INTO counter (name, last) VALUES (?, ?)", (f"finding {case}", number)
                )
            return held + number - first

    def _add(self, rows: list[tuple[str | int, ...]]) -> None:
        """Write these rows in one go, and none of them again."""
        if rows:
            self._store.execute_many(_INSERT, rows)
            rows.clear()

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
        return self._paged(_BY_CASE, (case,))

    def of_record_set(self, case: str, source: str, record_set: str) -> Iterator[Finding]:
        """Those of one record set alone."""
        return self._paged(_BY_RECORD_SET, (case, source, record_set))

    def _paged(self, sql: str, about: tuple[str, ...]) -> Iterator[Finding]:
        number = 0
        while page := self._store.rows(sql, (*about, number, PAGE)):
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


def _read_record(key: str, body: str) -> Record:
    with failures.understood():
        return Written(key, body).record


def _both(first: Record, told: Written, where: tuple[str, str, str]) -> str:
    second = told.record
    if dict(first.values) != dict(second.values):
        _, source, record_set = where
        raise InputWrong(
            f"Not done: {source} / {record_set} holds two different records under one key, and one would be lost. "
            "Nothing was changed.",
            hint=f"Name more columns as its key: sources/{source}.toml",
        )
    matched = tuple(dict.fromkeys((*first.matched, *second.matched)))
    return written(replace(first, matched=matched, place=first.place or second.place)).body
