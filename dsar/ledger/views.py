"""Stores the projection of each case and answers lists from it, without reading a single fact.

What a projection holds is computed elsewhere; these tables can be thrown away and made again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
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


class Views:
    """The projection tables of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def write(self, projection: Projection) -> None:
        """Put a case's projection in place of the one before."""
        row = projection.case
        with self._store.writing():
            # Its clocks and letters go with it.
            self._store.execute("DELETE FROM case_row WHERE number = ?", (row.case,))
            self._insert("case_row", _case_columns(row))
            for line, due in enumerate(projection.clocks):
                self._insert("clock_row", {"line": line, **_due_columns(due)})
            for line, letter in enumerate(projection.letters):
                self._insert("outbox_row", {"line": line, **_letter_columns(letter)})

    def _insert(self, table: str, columns: Mapping[str, Any]) -> None:
        # Table and column names come from this file alone; every value is bound.
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        self._store.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(columns.values()))  # noqa: S608

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
        values = {"until": until.isoformat() if until else None, "limit": _ALL if limit is None else limit}
        return [_due_row(row) for row in self._store.rows(_DUES[open_only, until is not None], values)]

    def outbox(self, state: LetterState | None = None) -> list[OutboxRow]:
        """Letters in the order they were queued, in one state or in any."""
        if state is None:
            found = self._store.rows(f"{_OUTBOX} {_OUTBOX_ORDER}")
        else:
            found = self._store.rows(f"{_OUTBOX} WHERE o.state = ? {_OUTBOX_ORDER}", (str(state),))
        return [_outbox_row(row) for row in found]


def _case_columns(row: CaseRow) -> dict[str, Any]:
    year, serial = numbers.parts(row.case)
    return {
        "number": row.case,
        "year": year,
        "serial": serial,
        "received_on": row.received_on.isoformat(),
        "owner": row.owner,
        "role": str(row.role),
        "stage": str(row.stage),
        "claims": json.dumps(row.claims),
        "next_on": _day_text(row.next_on),
        "opened_on": row.opened_on.isoformat(),
        "closed_on": _day_text(row.closed_on),
        "purge_on": _day_text(row.purge_on),
        "about_a_child": int(row.about_a_child),
        "facts": row.facts,
        "changed_at": instant_text(row.changed_at),
        "changed_by": row.changed_by,
    }


def _due_columns(row: DueRow) -> dict[str, Any]:
    return {
        "case_number": row.case,
        "claim": row.claim,
        "right_word": row.right,
        "law": row.law,
        "obligation": row.obligation,
        "due_on": _day_text(row.due_on),
        "suspended_on": _day_text(row.suspended_on),
        "target_on": _day_text(row.target_on),
        "standard": row.standard,
        "stage": row.stage,
        "confirmed": row.confirmed,
        "next_says": row.next_says,
        "next_command": row.next_command,
        "owner": row.owner,
        "is_open": int(row.open),
    }


def _letter_columns(row: OutboxRow) -> dict[str, Any]:
    return {
        "case_number": row.case,
        "key": row.key,
        "kind": row.kind,
        "state": str(row.state),
        "queued_at": instant_text(row.queued_at),
        "changed_at": instant_text(row.changed_at),
    }


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
