"""What a calendar entry says of one obligation: its day, its words and its version; no names, no addresses.

Which obligations are shown is the workflow's decision; writing the file is left to ``calendar_file``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dsar.case.case import Case, Claim
from dsar.case.next import next_step, short
from dsar.case.rights import TITLES
from dsar.law.clocks import Clock, Obligation
from dsar.law.days import said
from dsar.law.office_days import OfficeDays

# One entry that moves when the answer is extended, rather than two that contradict each other.
_DUTY = {Obligation.ACKNOWLEDGE: "acknowledgement", Obligation.RESPOND: "answer", Obligation.EXTENDED: "answer"}
_UNSURE = {"partly": "This rule is confirmed in part only.", "no": "This rule is not confirmed yet."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One all-day entry; ``plan_on`` is the last working day up to ``on``.

    ``sequence`` and ``changed_at`` are the case's own count of facts and the instant of its newest, so that the same
    state always gives the same entry, on whatever machine it is made, and a changed one a higher version.
    """

    uid: str
    case: str
    right: str
    law: str
    obligation: str
    on: date
    plan_on: date
    summary: str
    description: str
    category: str
    owner: str
    sequence: int
    changed_at: datetime
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What entries need to know of the office: its days, its aim, and the mark of its store in every uid."""

    office: OfficeDays
    internal_days: int
    mark: str


def name_of(claim: Claim, clock: Clock) -> str:
    """What an entry is about, the same for ever: "access/us-ca-ccpa/answer", before and after an extension."""
    return f"{claim.name}/{_DUTY[clock.obligation]}"


def day_of(clock: Clock) -> date | None:
    """The day of the entry: the law's, else our own target; None where neither is set."""
    return clock.due_on or clock.target_on


def deadline(
    case: Case, claim: Claim, clock: Clock, *, law: str, desk: Desk, changed_at: datetime, cancelled: bool = False
) -> Deadline:
    """The entry of an obligation that has a day; ``law`` is the law's short name, ``case`` as it stands now."""
    on = day_of(clock)
    assert on is not None
    duty = _DUTY[clock.obligation]
    what = f"{duty} due" if clock.due_on else f"{duty}: our own target, not the law's"
    plan_on = desk.office.plan_on(on)
    ended = ("Nothing is left to do here: it was done, or it is no longer yours.",)
    lines = ended if cancelled else tuple(_lines(case, claim, clock, on, plan_on, desk))
    return Deadline(
        uid=f"{case.number}.{claim.right}.{claim.law}.{duty}@{desk.mark}",
        case=case.number,
        right=claim.right,
        law=claim.law,
        obligation=clock.obligation,
        on=on,
        plan_on=plan_on,
        summary=f"{case.number} {TITLES[claim.right]} ({law}): {what}",
        description="\n".join((*lines, f"Why this date: dsar why {short(case.number)}")),
        category=law,
        owner=case.owner,
        sequence=case.facts,
        changed_at=changed_at,
        cancelled=cancelled,
    )


def _lines(case: Case, claim: Claim, clock: Clock, on: date, plan_on: date, desk: Desk) -> Iterator[str]:
    step = next_step(case, claim)
    yield f"Next: {step.says}. Type: {step.command}"
    yield f"Owner: {case.owner or 'nobody yet'}"
    if plan_on != on:
        yield f"We are shut that day ({desk.office.shut(on)}): plan for {said(plan_on)}. The date itself does not move."
    if clock.due_on is None:
        yield f'The law sets no number of days. Its words: "{clock.standard}".'
    else:
        ours = aim(clock.due_on, clock.target_on, desk.internal_days)
        if ours and ours < on:
            yield f"We aim at {said(ours)}: our own target, not the law's."
    if clock.obligation is Obligation.EXTENDED:
        yield "Extended once: the notice was sent."
    if clock.suspended_on:
        yield f"With the pause that only guidance gives: {said(clock.suspended_on)}. Keep to the date of this entry."
    if clock.provisional:
        yield "We still wait for something that may move this date."
    unsure = _UNSURE.get(clock.confirmed, "")
    yield f"Rule: {clock.cite}{'.' if unsure else ''} {unsure}".rstrip()


def aim(due_on: date | None, target_on: date | None, internal_days: int) -> date | None:
    """The day we aim at: a target the case was given, or so many days before the law's date, whichever is earlier."""
    by_us = due_on - timedelta(days=internal_days) if due_on and internal_days else None
    return min((day for day in (by_us, target_on) if day), default=None)
