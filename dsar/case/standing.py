"""Where each clock of a right stands: open, kept, missed, replaced, or out of reach; and when it was met.

The dates are reckoned in ``clocks``; what is said about them is the screens' business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dsar.case.case import ANSWERS, Case, Claim, told_once
from dsar.case.clocks import clock_facts
from dsar.case.moves import story_of
from dsar.case.stages import LetterState
from dsar.law.clocks import Clock, Obligation, binding


class Standing(StrEnum):
    """What became of one clock."""

    OPEN = "open"
    LATE = "late"
    MET = "met"
    MISSED = "missed"
    ENDED = "ended"
    REPLACED = "replaced"
    POSSIBLE = "possible"
    PASSED = "passed"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """One clock with what became of it; ``on`` is the day it was met, or met too late."""

    clock: Clock
    standing: Standing
    binds: bool
    on: date | None = None


def stands(case: Case, claim: Claim, found: Sequence[Clock], today: date) -> tuple[Stand, ...]:
    """Every clock of a right: those that run first, the earliest leading, then the one that binds, then the others."""
    bound = binding(found, clock_facts(case, claim))
    rows = [_stand(case, claim, clock, bound, found, today) for clock in found]
    return tuple(sorted(rows, key=_order))


def _order(row: Stand) -> tuple[bool, date, bool]:
    runs = row.standing in (Standing.OPEN, Standing.LATE)
    return not runs, (row.clock.due_on or date.max) if runs else date.max, not row.binds


def _stand(case: Case, claim: Claim, clock: Clock, bound: Clock, found: Sequence[Clock], today: date) -> Stand:
    if clock is bound:
        return _kept(clock, answered_on(case, claim), _over(case, claim), today, binds=True)
    if clock.obligation is Obligation.ACKNOWLEDGE:
        return _kept(clock, acknowledged_on(case), _over(case, claim), today)
    if clock.obligation is Obligation.RESPOND:
        return Stand(clock=clock, standing=Standing.REPLACED, binds=False)
    return _extending(case, claim, clock, found, today)


def _kept(clock: Clock, done: date | None, over: bool, today: date, *, binds: bool = False) -> Stand:
    if done is not None:
        late = clock.due_on is not None and done > clock.due_on
        return Stand(clock=clock, standing=Standing.MISSED if late else Standing.MET, binds=binds, on=done)
    if over:
        return Stand(clock=clock, standing=Standing.ENDED, binds=binds)
    late = clock.due_on is not None and today > clock.due_on
    return Stand(clock=clock, standing=Standing.LATE if late else Standing.OPEN, binds=binds)


def _extending(case: Case, claim: Claim, clock: Clock, found: Sequence[Clock], today: date) -> Stand:
    """The notice of an extension, and the date it would give."""
    sent = story_of(case, claim).extended
    notice = next((one for one in found if one.obligation is Obligation.EXTENSION_NOTICE), clock)
    in_time = sent is not None and (notice.due_on is None or sent <= notice.due_on)
    if clock.obligation is Obligation.EXTENSION_NOTICE and sent is not None:
        return Stand(clock=clock, standing=Standing.MET if in_time else Standing.MISSED, binds=False, on=sent)
    if sent is not None:
        return Stand(clock=clock, standing=Standing.VOID, binds=False, on=sent)
    gone = _over(case, claim) or answered_on(case, claim) is not None or (notice.due_on and notice.due_on < today)
    return Stand(clock=clock, standing=Standing.PASSED if gone else Standing.POSSIBLE, binds=False)


def _over(case: Case, claim: Claim) -> bool:
    return case.closed or claim.outcome is not None


def answered_on(case: Case, claim: Claim) -> date | None:
    """The day a letter that answers this right left and did not come back."""
    days = [
        line.sent_on
        for line in case.letters.values()
        if line.state is LetterState.SENT
        and line.sent_on
        and ((line.kind in ANSWERS and claim.name in line.claims) or (told_once(case) and line.claims))
    ]
    return min(days, default=None)


def acknowledged_on(case: Case) -> date | None:
    """The day the person first heard from us about their rights."""
    sent = (line for line in case.letters.values() if line.state is LetterState.SENT and line.claims)
    return min((line.sent_on for line in sent if line.sent_on), default=None)
