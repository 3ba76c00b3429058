"""The facts of a change in the sources: planned, approved, carried out step by step, looked at again.

What the steps are is in the plan, a vault row; here are only its id, hash and counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dsar.case.changes import PlanKind, Result
from dsar.case.fact import Fact
from dsar.case.stages import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMade(Fact):
    """A plan was saved; ``digest`` is its keyed hash, ``changes`` how many steps touch anything.

    It is good for one use until ``expires_at`` (an ISO instant); ``needs_approval`` = a second person's. ``by_hand``
    are the places ("source/record_set") in which no program can do what it asks for.
    """

    plan: str
    kind: PlanKind
    digest: str
    claims: tuple[str, ...]
    steps: int
    changes: int
    expires_at: str
    needs_approval: bool
    by_hand: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStarted(Fact):
    """The plan is being carried out: the intent. From here on it is used up."""

    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsDone(Fact):
    """Receipts: (step, result) for steps that were carried out, or could not be.

    ``by_hand`` are the places in which somebody did it and said so: there nothing is left.
    """

    plan: str
    results: tuple[tuple[str, Result], ...]
    by_hand: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFinished(Fact):
    """Every step of the plan has a receipt and none failed."""

    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecked(Fact):
    """The same search ran again: records that remain, and how many of them the plan explains."""

    plan: str
    remaining: int
    explained: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksSet(Fact):
    """The days on which the search is run once more, after the answer."""

    days: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed(Fact):
    """So many keyed hashes were entered into the suppression list."""

    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced(Fact):
    """A legal hold forbids erasing; a secret one is explained inside and absent outside. The reason is a vault row."""

    hold: str
    item: str
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLifted(Fact):
    """The hold is over."""

    hold: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequesterIs(Fact):
    """Somebody found out who wrote: a child and not the account's holder, say."""

    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientsTold(Fact):
    """Those who had received the data were told what was done; their names are a vault row."""

    item: str
    count: int
