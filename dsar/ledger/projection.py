"""What lists show of a case, computed from its facts: one case row, its clocks and its letters.

How these rows are stored and asked for is the business of the views.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from dsar.case import facts as f
from dsar.case.case import Case, LetterState, stage
from dsar.case.stages import Role, Stage
from dsar.ledger.chain import Entry

if TYPE_CHECKING:
    from dsar.case.clocks import ClockRow

    Clocks = Callable[[Case, Callable[[str, str], str]], Sequence[ClockRow]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case in a list. ``next_on`` is the earliest of its due and target dates; ``changed_by`` a staff id."""

    case: str
    received_on: date
    owner: str
    role: Role
    stage: Stage
    claims: tuple[str, ...]
    next_on: date | None
    opened_on: date
    closed_on: date | None
    purge_on: date | None
    about_a_child: bool
    facts: int
    changed_at: datetime
    changed_by: str

    @property
    def rights(self) -> tuple[str, ...]:
        """The rights exercised, each once."""
        return tuple(dict.fromkeys(claim.split("/")[0] for claim in self.claims))

    @property
    def laws(self) -> tuple[str, ...]:
        """The laws they are exercised under, each once."""
        return tuple(dict.fromkeys(claim.partition("/")[2] for claim in self.claims))


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRow:
    """One obligation in the queue, with what to do next; without a date, ``standard`` holds the statute's words."""

    case: str
    claim: str
    right: str
    law: str
    obligation: str
    due_on: date | None
    suspended_on: date | None
    target_on: date | None
    standard: str
    stage: str
    confirmed: str
    next_says: str
    next_command: str
    owner: str
    open: bool

    @property
    def by_on(self) -> date | None:
        """What the queue sorts by: the due date, else our own target."""
        return self.due_on or self.target_on


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One letter in the outbox; ``item`` is the vault row of the message, "" once it is purged."""

    key: str
    case: str
    kind: str
    state: LetterState
    item: str
    queued_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """Everything lists show of one case."""

    case: CaseRow
    clocks: tuple[DueRow, ...]
    letters: tuple[OutboxRow, ...]


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
