"""The rows that lists show; how they are computed is ``projection``'s business, how stored, ``views``'."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from dsar.case.stages import LetterState, Role, Stage


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
