"""Stores the projection of each case and answers lists from it, without reading a single fact.

What a projection holds is computed elsewhere; these tables can be thrown away and made again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from dsar.case.stages import LetterState, Role, Stage
from dsar.ledger import failures, numbers
from dsar.ledger.instants import instant_text
from dsar.ledger.rows import CaseRow, DueRow, OutboxRow, Projection
from dsar.ledger.store import Store

_CASE = (
    "SELECT number, received_on, owner, role, stage, claims, next_on, opened_on, closed_on, purge_on, about_a_child, "
    "facts, changed_at, changed_by FROM case_row"
)
_CASE_FILTER = "(:owner IS NULL OR owner = :owner) ORDER BY next_on NULLS LAST, number LIMIT :limit"
_CASES = {
    # The words of the partial index, so that it is used.
    True: f"{_CASE} WHERE closed_on IS NULL AND {_CASE_FILTER}",
    False: f"{_CASE} WHERE {_CASE_FILTER}",
}
_TO_PURGE = f"{_CASE} WHERE purge_on IS NOT NULL AND purge_on <= ? ORDER BY purge_on, number"
_DUE = (
    "SELECT case_number, claim, right_word, law, obligation, due_on, suspended_on, target_on, standard, stage, "
    "confirmed, next_says, next_command, owner, is_open FROM clock_row"
)
_DUE_ORDER = "ORDER BY by_on NULLS LAST, case_number, line LIMIT :limit"
_DUES = {
    (True, True): f"{_DUE} WHERE is_open = 1 AND by_on <= :until {_DUE_ORDER}",
    (True, False): f"{_DUE} WHERE is_open = 1 {_DUE_ORDER}",
    (False, True): f"{_DUE} WHERE by_on <= :until {_DUE_ORDER}",
    (False, False): f"{_DUE} WHERE :until IS NULL {_DUE_ORDER}",
}
_OUTBOX = (
    "SELECT o.key, o.case_number, o.kind, o.state, coalesce(i.item, ''), o.queued_at, o.changed_at "
    "FROM outbox_row o LEFT JOIN letter_item i ON i.case_number = o.case_number AND i.key = o.key"
)
_OUTBOX_ORDER = "ORDER BY o.queued_at, o.case_number, o.line"
_ALL = -1
_DUE_TEXT = (
    "SELECT case_number, right_word, law, obligation, due_on, target_on, standard, stage, next_says, next_command, "
    "owner FROM clock_row WHERE is_open = 1"
)
_DUE_TEXTS = {True: f"{_DUE_TEXT} AND by_on <= :until {_DUE_ORDER}", False: f"{_DUE_TEXT} {_DUE_ORDER}"}
_PLAIN = (
    "SELECT due_on, case_number, right_word, law, obligation, stage, owner, next_command FROM clock_row "
    "WHERE is_open = 1"
)
_PLAINS = {True: f"{_PLAIN} AND by_on <= :until {_DUE_ORDER}", False: f"{_PLAIN} {_DUE_ORDER}"}
_NAMES = "SELECT case_number, value FROM vault WHERE kind = 'name' ORDER BY case_number, rowid"
# From the open cases to their names, so that it does not grow with those that are closed.
_OPEN_NAMES = (
    "SELECT c.number, v.value FROM case_row c CROSS JOIN vault v ON v.case_number = c.number AND v.kind = 'name' "
    "WHERE c.closed_on IS NULL ORDER BY c.next_on, c.number, v.rowid"
)
_WAITING = {LetterState.QUEUED, LetterState.SENDING}


def _in(states: Sequence[LetterState], table: str = "") -> str:
    # The words of the partial index where it holds these states, so that it is used.
    only = f"{table}state IN ('queued', 'sending') AND " if set(states) <= _WAITING else ""
    return f"{only}{table}state IN ({', '.join('?' * len(states))})"


def _put(table: str, columns: str, *, replacing: bool = False) -> str:
    # Table and column names come from this file alone; every value is bound.
    marks = ", ".join("?" * len(columns.split(", ")))
    return f"INSERT {'OR REPLACE ' if replacing else ''}INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608


_PUT_CASE = _put(
    "case_row",
    "number, year, serial, received_on, owner, role, stage, claims, next_on, opened_on, closed_on, purge_on, "
    "about_a_child, facts, changed_at, changed_by",
    replacing=True,
)
_PUT_DUE = _put(
    "clock_row",
    "line, case_number, claim, right_word, law, obligation, due_on, suspended_on, target_on, standard, stage, "
    "confirmed, next_says, next_command, owner, is_open",
)
_PUT_LETTER = _put("outbox_row", "line, case_number, key, kind, state, queued_at, changed_at")


class Views:
    """The projection tables of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def write(self, projection: Projection) -> None:
        """Put a case's projection in place of the one before."""
        add, number = self._store.add, projection.case.case
        about = ("case_row", number)
        with self._store.writing():
            # The row it replaces takes its clocks and letters with it, once they are there.
            self._store.settle(about)
            add(_PUT_CASE, _case_values(projection.case), about=about)
            for line, due in enumerate(projection.clocks):
                add(_PUT_DUE, (line, *_due_values(due)))
            for line, letter in enumerate(projection.letters):
                add(_PUT_LETTER, (line, *_letter_values(letter)))

    def read(self, case: str) -> Projection | None:
        """The stored projection of a case, without the items of its letters; None if there is none."""
        found = self._store.one(f"{_CASE} WHERE number = ?", (case,))
        if found is None:
            return None
        dues = self._store.rows(f"{_DUE} WHERE case_number = ? ORDER BY line", (case,))
        letters = self._store.rows(f"{_OUTBOX} WHERE o.case_number = ? ORDER BY o.line", (case,))
        return Projection(
            case=_case_row(found),
            clocks=tuple(map(_due_row, dues)),
            letters=tuple(replace(_outbox_row(row), item="") for row in letters),
        )

    def cases(self) -> set[str]:
        """The numbers of all cases that have a projection."""
        return {number for (number,) in self._store.rows("SELECT number FROM case_row")}

    def drop(self, case: str) -> None:
        """Delete the projection of a case."""
        self._store.execute("DELETE FROM case_row WHERE number = ?", (case,))

    def rows(self, *, open_only: bool = True, owner: str | None = None, limit: int | None = None) -> list[CaseRow]:
        """Cases, the most urgent first."""
        values = {"owner": owner, "limit": _ALL if limit is None else limit}
        return [_case_row(row) for row in self._store.rows(_CASES[open_only], values)]

    def to_purge(self, today: date) -> list[CaseRow]:
        """Cases whose purge date has come."""
        return [_case_row(row) for row in self._store.rows(_TO_PURGE, (today.isoformat(),))]

    def clock_rows(
        self, *, open_only: bool = True, until: date | None = None, limit: int | None = None
    ) -> list[DueRow]:
        """Obligations by date, those without one last; ``until`` leaves out what has a later date or none."""
        values = {**_until(until), "limit": _ALL if limit is None else limit}
        return [_due_row(row) for row in self._store.rows(_DUES[open_only, until is not None], values)]

    def due_texts(self, until: date | None) -> list[tuple[Any, ...]]:
        """Open obligations by date, as the store holds them."""
        return self._store.rows(_DUE_TEXTS[until is not None], _until(until))

    def plain_dues(self, until: date | None) -> list[tuple[Any, ...]]:
        """The same with no more than a pipe is told."""
        return self._store.rows(_PLAINS[until is not None], _until(until))

    def first_names(self, *, open_only: bool) -> dict[str, str]:
        """The name that each open case began with, or each case."""
        found: dict[str, str] = {}
        for case, value in self._store.rows(_OPEN_NAMES if open_only else _NAMES):
            if case not in found:
                found[case] = bytes(value).decode("utf-8", "replace")
        return found

    def outbox(self, *states: LetterState) -> list[OutboxRow]:
        """Letters in the order they were queued, in one of these states or in any."""
        where = f"WHERE {_in(states, 'o.')} " if states else ""
        found = self._store.rows(f"{_OUTBOX} {where}{_OUTBOX_ORDER}", [state.value for state in states])
        return [_outbox_row(row) for row in found]

    def letters(self, state: LetterState) -> int:
        """How many letters are in one state."""
        found = self._store.rows(f"SELECT count(*) FROM outbox_row WHERE {_in((state,))}", (state.value,))  # noqa: S608
        return int(found[0][0])


def _case_values(row: CaseRow) -> tuple[Any, ...]:
    return (
        row.case,
        *numbers.parts(row.case),
        row.received_on.isoformat(),
        row.owner,
        row.role.value,
        row.stage.value,
        json.dumps(row.claims),
        _day_text(row.next_on),
        row.opened_on.isoformat(),
        _day_text(row.closed_on),
        _day_text(row.purge_on),
        int(row.about_a_child),
        row.facts,
        instant_text(row.changed_at),
        row.changed_by,
    )


def _due_values(row: DueRow) -> tuple[Any, ...]:
    return (
        row.case,
        row.claim,
        row.right,
        row.law,
        row.obligation,
        _day_text(row.due_on),
        _day_text(row.suspended_on),
        _day_text(row.target_on),
        row.standard,
        row.stage,
        row.confirmed,
        row.next_says,
        row.next_command,
        row.owner,
        int(row.open),
    )


def _letter_values(row: OutboxRow) -> tuple[Any, ...]:
    return (row.case, row.key, row.kind, row.state.value, instant_text(row.queued_at), instant_text(row.changed_at))


def _until(day: date | None) -> dict[str, Any]:
    return {"until": _day_text(day), "limit": _ALL}


def _day_text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _case_row(row: Any) -> CaseRow:
    with failures.understood():
        return CaseRow(
            case=row[0],
            received_on=date.fromisoformat(row[1]),
            owner=row[2],
            role=Role(row[3]),
            stage=Stage(row[4]),
            claims=tuple(json.loads(row[5])),
            next_on=_day(row[6]),
            opened_on=date.fromisoformat(row[7]),
            closed_on=_day(row[8]),
            purge_on=_day(row[9]),
            about_a_child=bool(row[10]),
            facts=row[11],
            changed_at=datetime.fromisoformat(row[12]),
            changed_by=row[13],
        )


def _due_row(row: Any) -> DueRow:
    with failures.understood():
        return DueRow(
            case=row[0],
            claim=row[1],
            right=row[2],
            law=row[3],
            obligation=row[4],
            due_on=_day(row[5]),
            suspended_on=_day(row[6]),
            target_on=_day(row[7]),
            standard=row[8],
            stage=row[9],
            confirmed=row[10],
            next_says=row[11],
            next_command=row[12],
            owner=row[13],
            open=bool(row[14]),
        )


def _outbox_row(row: Any) -> OutboxRow:
    with failures.understood():
        return OutboxRow(
            key=row[0],
            case=row[1],
            kind=row[2],
            state=LetterState(row[3]),
            item=row[4],
            queued_at=datetime.fromisoformat(row[5]),
            changed_at=datetime.fromisoformat(row[6]),
        )
