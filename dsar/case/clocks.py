"""The due dates of a case: its facts handed to the law's clocks, under the rule and calendar it was opened with.

How a date is reckoned is the law room's business; which obligations are still open is decided here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from dsar.case.case import Case, Claim, acknowledged, stage_of, told
from dsar.case.next import next_step
from dsar.law.calendars import Calendar
from dsar.law.calendars import pinned as pinned_calendar
from dsar.law.clocks import Clock, ClockFact, Obligation, Step, binding, clocks
from dsar.law.model import Rule
from dsar.law.rules import pinned_rule

# (kind, version) -> what the case pinned: kinds are "rule" and "calendar".
Pinned = Callable[[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRow:
    """One open obligation as lists show it; ``due_on`` is None where the law gives no number."""

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


def rule_of(claim: Claim, pinned: Pinned) -> Rule:
    """The rule as it stood when the case was opened."""
    return _rule(pinned("rule", claim.rule_version))


def calendar_of(claim: Claim, pinned: Pinned) -> Calendar | None:
    """The calendar the claim's dates were first reckoned with; None where the rule needs none."""
    if not claim.calendar_version:
        return None
    return _calendar(pinned("calendar", claim.calendar_version))


@lru_cache(maxsize=256)
def _rule(content: str) -> Rule:
    return pinned_rule(content)


@lru_cache(maxsize=64)
def _calendar(content: str) -> Calendar:
    return pinned_calendar(json.loads(content))


def claim_clocks(case: Case, claim: Claim, pinned: Pinned) -> tuple[Clock, ...]:
    """Every clock of one right under one law, each with the steps that led to its date.

    A right that an appeal won back has one clock, the appeal's: its first period is over.
    """
    if claim.revived_by in case.claims:
        return (_won_back(case, case.claims[claim.revived_by], pinned),)
    calendar = pinned("calendar", claim.calendar_version) if claim.calendar_version else ""
    return _reckoned(
        pinned("rule", claim.rule_version),
        calendar,
        case.received_on,
        tuple(clock_facts(case, claim)),
        claim.target_days,
    )


@lru_cache(maxsize=2048)
def _reckoned(
    rule: str, calendar: str, received_on: date, facts: tuple[ClockFact, ...], target_days: int | None
) -> tuple[Clock, ...]:
    # Most requests of a day share their rule, their calendar and that nothing has happened yet.
    held = _calendar(calendar) if calendar else None
    return clocks(_rule(rule), received_on, facts, calendar=held, target_days=target_days)


def _won_back(case: Case, appeal: Claim, pinned: Pinned) -> Clock:
    due = answer_clock(case, appeal, pinned)
    says = "The appeal was upheld, so the right is open again: it is carried out by the day the appeal is due."
    return replace(due, obligation=Obligation.RESPOND, steps=(*due.steps, Step(says=says)))


def clock_facts(case: Case, claim: Claim) -> list[ClockFact]:
    """What the law's clocks may count for this right."""
    moves = (move for move in case.moves if move.claim in ("", claim.name))
    return [ClockFact(kind=move.kind, on=move.on) for move in moves]


def answer_clock(case: Case, claim: Claim, pinned: Pinned) -> Clock:
    """The clock of the answer itself, extended or not, whether it still runs or was met."""
    return binding(claim_clocks(case, claim, pinned), clock_facts(case, claim))


def open_obligations(case: Case, claim: Claim, pinned: Pinned) -> tuple[Clock, ...]:
    """The clocks that still bind: the acknowledgement until it is sent, the answer until it has left.

    Once the extension notice was sent in time, the extended date takes the place of the first.
    """
    if case.closed or told(case, claim):
        return ()
    found = claim_clocks(case, claim, pinned)
    answer = binding(found, clock_facts(case, claim))
    if claim.must_acknowledge and not acknowledged(case):
        return (*(clock for clock in found if clock.obligation is Obligation.ACKNOWLEDGE), answer)
    return (answer,)


def clock_rows(case: Case, pinned: Pinned) -> tuple[ClockRow, ...]:
    """The open obligations of all rights of a case, the earliest first."""
    rows: list[ClockRow] = []
    for claim in case.claims.values():
        step = next_step(case, claim)
        for clock in open_obligations(case, claim, pinned):
            rows.append(
                ClockRow(
                    claim=claim.name,
                    right=claim.right,
                    law=claim.law,
                    obligation=clock.obligation,
                    due_on=clock.due_on,
                    suspended_on=clock.suspended_on,
                    target_on=clock.target_on,
                    standard=clock.standard,
                    stage=stage_of(case, claim),
                    confirmed=clock.confirmed,
                    next_says=step.says,
                    next_command=step.command,
                )
            )
    return tuple(sorted(rows, key=lambda row: row.due_on or date.max))


def earliest(rows: tuple[ClockRow, ...]) -> ClockRow | None:
    """The row that leads the case: the earliest date, or the first without one."""
    return rows[0] if rows else None
