"""What lists show of a case, computed from its facts: one case row, its clocks and its letters.

How these rows are stored and asked for is the business of the views.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from dsar.case import facts as f
from dsar.case.case import Case, stage
from dsar.ledger.chain import Entry
from dsar.ledger.rows import CaseRow, DueRow, OutboxRow
from dsar.ledger.rows import Projection as Projection

if TYPE_CHECKING:
    from dsar.case.clocks import ClockRow

    Clocks = Callable[[Case, Callable[[str, str], str]], Sequence[ClockRow]]


def real_clocks() -> Clocks:
    """The clocks of the law; imported late, because only writing and checking compute them."""
    from dsar.case.clocks import clock_rows

    return clock_rows


def project(case: Case, entries: Sequence[Entry], clocks: Sequence[ClockRow]) -> Projection:
    """The projection of a case: the fold of its entries, with the open obligations computed for it."""
    due = tuple(_due(case, row) for row in clocks)
    closings = [entry.on for entry in entries if isinstance(entry.fact, f.CaseClosed)]
    return Projection(
        case=CaseRow(
            case=case.number,
            received_on=case.received_on,
            owner=case.owner,
            role=case.role,
            stage=stage(case),
            claims=tuple(case.claims),
            next_on=min((row.by_on for row in due if row.by_on), default=None),
            opened_on=entries[0].on,
            closed_on=closings[-1] if case.closed else None,
            purge_on=case.purge_on,
            about_a_child=case.about_a_child,
            facts=case.facts,
            changed_at=entries[-1].recorded_at,
            changed_by=entries[-1].actor,
        ),
        clocks=due,
        letters=_letters(case, entries),
    )


def _due(case: Case, row: ClockRow) -> DueRow:
    return DueRow(
        case=case.number,
        claim=row.claim,
        right=str(row.right),
        law=row.law,
        obligation=str(row.obligation),
        due_on=row.due_on,
        suspended_on=row.suspended_on,
        target_on=row.target_on,
        standard=row.standard,
        stage=str(row.stage),
        confirmed=str(row.confirmed),
        next_says=row.next_says,
        next_command=row.next_command,
        owner=case.owner,
        open=not case.closed,
    )


def _letters(case: Case, entries: Sequence[Entry]) -> tuple[OutboxRow, ...]:
    times: dict[str, list[datetime]] = {}
    for entry in entries:
        match entry.fact:
            case f.LetterQueued(key=key):
                times[key] = [entry.recorded_at, entry.recorded_at]
            case (
                f.LetterHandedOver(key=key) | f.LetterSent(key=key) | f.LetterFailed(key=key) | f.LetterBounced(key=key)
            ):
                times.setdefault(key, [entry.recorded_at, entry.recorded_at])[1] = entry.recorded_at
    return tuple(
        OutboxRow(
            key=key,
            case=case.number,
            kind=line.kind,
            state=line.state,
            item="",
            queued_at=times[key][0],
            changed_at=times[key][1],
        )
        for key, line in case.letters.items()
    )
