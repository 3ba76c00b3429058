"""Every rule with a number against the second reckoner: month-ends, leap days, places, and what can happen."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from dsar.law.calendars import Calendar, calendar
from dsar.law.clocks import ClockFact, clocks
from dsar.law.model import Pause, Period, Rule
from dsar.law.rules import load
from dsar.law.words import CountedFrom, Right, Uncounted
from tests.law import reckoner
from tests.law.reckoner import Numbers, Span, Tale, Wait, days_off, reckon

DAY = timedelta(days=1)
RULES = [rule for law in load().laws() for rule in load().rules(law.id) if rule.periods]
REGIONS = {
    "eu-member-state": ("EU", "DE", "DE-BY", "FR", "IE", "ES-MD", "SE", "GR"),
    "uk-nation": ("GB-ENG", "GB-WLS", "GB-SCT", "GB-NIR"),
    "ch-canton": ("CH", "CH-ZH", "CH-GE", "CH-TI"),
    "us-ca-business": ("US-CA",),
    "us-federal": ("US",),
    "ca-federal": ("CA",),
    "kr": ("KR",),
    "za": ("ZA",),
}
# What was asked, and when it came, as days after receipt.
TALES: tuple[dict[str, tuple[tuple[int, int], ...]], ...] = (
    {"identity": ((2, 9),)},
    {"identity": ((0, 0), (1, 20))},
    {"identity": ((40, 50),)},
    {"clarification": ((3, 8),)},
    {"clarification": ((0, 4), (10, 10), (27, 45))},
    {"identity": ((1, 7),), "clarification": ((5, 12),)},
    {"fee": ((2, 16),)},
    {"identity": ((4, 8),), "fee": ((1, 12),), "clarification": ((13, 15),)},
    {"cost_share": ((2, 4),)},
    {"cost_share": ((2, 4), (15, 18))},
)
FACTS = {
    "identity": ("id_requested", "id_received"),
    "clarification": ("clarification_asked", "clarification_answered"),
    "fee": ("fee_charged", "fee_paid"),
    "cost_share": ("fee_charged", "fee_confirmed"),
}


def span(period: Period | None) -> Span | None:
    return (period.n, period.unit.value) if period else None


def wait(pause: Pause) -> Wait:
    return Wait(
        what=pause.trigger.value,
        effect=pause.effect.value,
        binding=pause.statutory,
        since=pause.since,
        day_of_asking_counts=pause.uncounted is Uncounted.DAYS_AFTER_ASKING,
        reflection=pause.reflection.n if pause.reflection else 0,
    )


def numbers(rule: Rule) -> Numbers:
    more = rule.extension
    return Numbers(
        since=rule.in_force.since,
        until=rule.in_force.until,
        is_appeal=rule.right is Right.APPEAL,
        acknowledge=span(rule.acknowledge.within) if rule.acknowledge else None,
        answer=span(rule.respond.within),
        extendable=more is not None,
        extended=span(more.total) if more else None,
        notice=span(more.notice_within) if more else None,
        notice_from_date_of_request=bool(more and more.notice_counted_from is CountedFrom.DATE_OF_REQUEST),
        notice_stops=bool(more and more.notice_stops_with_clock),
        waits=tuple(wait(pause) for pause in rule.pauses),
        rolls=rule.rollover.rule.value,
    )


@cache
def days() -> tuple[date, ...]:
    """Every month-end from 2024 to 2032 with days around it, and every leap day."""
    ends = [date(year, month, monthrange(year, month)[1]) for year in range(2024, 2033) for month in range(1, 13)]
    near = [day + DAY * shift for day in ends for shift in (-1, 1)]
    return tuple(sorted({*ends, *near, *(date(year, 2, 29) for year in (2024, 2028, 2032))}))


@cache
def wide(calendar_id: str, region: str) -> Calendar:
    return calendar(calendar_id, region, first_year=2023, last_year=2036)


def places(rule: Rule) -> Iterator[tuple[Calendar | None, frozenset[date]]]:
    if not rule.needs_calendar or rule.calendar is None:
        yield None, frozenset()
        return
    for region in REGIONS[rule.calendar]:
        yield wide(rule.calendar, region), days_off(rule.calendar, region)


def agree(rule: Rule, plain: Numbers, received: date, tale: Tale, place: Calendar | None, off: frozenset[date]) -> None:
    facts = [
        ClockFact(kind=kind, on=on)
        for what, waits in tale.asked.items()
        if not (what == "cost_share" and "fee" in tale.asked)
        for pair in waits
        for kind, on in zip(FACTS[what], pair, strict=True)
    ]
    if tale.dated:
        facts.append(ClockFact(kind="dated", on=tale.dated))
    if tale.appealed:
        facts.append(ClockFact(kind="appeal_received", on=tale.appealed))
    facts.append(ClockFact(kind="forwarded", on=received + 3 * DAY))
    ours = {
        clock.obligation.value: (clock.due_on, clock.suspended_on)
        for clock in clocks(rule, received, facts, calendar=place)
    }
    theirs = reckon(plain, received, tale, off)
    assert ours == theirs, (rule.id, received, tale, place.region if place else "")


def shapes(law: str) -> Iterator[tuple[int, Rule, Numbers, bool]]:
    """The rules of a law with their plain numbers, and whether one before has the same."""
    seen = set()
    for turn, rule in enumerate(rule for rule in RULES if rule.law == law):
        plain = numbers(rule)
        yield turn, rule, plain, (plain, rule.calendar) in seen
        seen.add((plain, rule.calendar))


@pytest.mark.parametrize("law", sorted({rule.law for rule in RULES}))
def test_every_rule_agrees_on_every_month_end(law: str) -> None:
    # A rule with the very numbers of one before it meets every eleventh day only.
    for turn, rule, plain, again in shapes(law):
        for place, off in places(rule):
            for received in days()[turn % 11 :: 11] if again else days():
                agree(rule, plain, received, Tale(asked={}), place, off)


@pytest.mark.parametrize("law", sorted({rule.law for rule in RULES}))
def test_every_rule_agrees_whatever_happens(law: str) -> None:
    # Each rule, place and tale meets other days, so that together they meet them all.
    meeting = 0
    for _, rule, plain, again in shapes(law):
        for place, off in places(rule):
            for told in TALES:
                meeting += 1
                stride = 37 if again else 17
                for received in days()[meeting % stride :: stride]:
                    asked = {
                        what: [(received + ask * DAY, received + come * DAY) for ask, come in waits]
                        for what, waits in told.items()
                    }
                    # One fact stands for both: a fee charged is, where the law knows it, a share of cost announced.
                    if "fee" in asked:
                        asked["cost_share"] = asked["fee"]
                    agree(rule, plain, received, Tale(asked=asked), place, off)


@pytest.mark.parametrize("shift", [0, 17, 63])
def test_an_appeal_and_a_dated_request_agree(shift: int) -> None:
    for rule in (rule for rule in RULES if rule.right is Right.APPEAL or rule.law == "ca-pipeda"):
        plain = numbers(rule)
        for place, off in places(rule):
            for received in days()[shift % 5 :: 5]:
                is_appeal = rule.right is Right.APPEAL
                tale = Tale(
                    asked={},
                    appealed=received + shift * DAY if is_appeal else None,
                    dated=None if is_appeal else received - shift * DAY,
                )
                agree(rule, plain, received, tale, place, off)


def test_the_reckoner_shares_nothing_with_the_clocks() -> None:
    text = Path(reckoner.__file__).read_text(encoding="utf-8")
    assert re.findall(r"^(?:from|import) dsar", text, re.MULTILINE) == []


def test_the_reckoner_meets_every_kind_of_rule() -> None:
    plain = [numbers(rule) for rule in RULES]
    assert {one.rolls for one in plain} == {"none", "next_working_day", "next_non_holiday"}
    assert {one.effect for rule in plain for one in rule.waits} >= {"restart", "stop_clock", "restart_after_reflection"}
    assert {one.answer[1] for one in plain if one.answer} == {"day", "business_day", "month"}
    assert any(one.notice_from_date_of_request for one in plain)
    assert len(RULES) > 150
