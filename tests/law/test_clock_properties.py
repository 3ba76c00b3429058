"""What holds for every rule and every day: found by trying, and checked by a second way of counting."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import cache

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.law.calendars import Calendar, calendar
from dsar.law.clocks import Clock, ClockFact, clocks
from dsar.law.model import Rule
from dsar.law.rules import load
from dsar.law.words import ClockStart, Roll

DAY = timedelta(days=1)
RULES = [rule for law in load().laws() for rule in load().rules(law.id)]
REGIONS = {
    "eu-member-state": [None, "DE", "FR", "IE", "DE-BY"],
    "uk-nation": [None, "GB-SCT", "GB-NIR"],
    "ch-canton": [None, "CH-ZH", "CH-GE"],
}


@cache
def wide(calendar_id: str, region: str | None) -> Calendar:
    return calendar(calendar_id, region, first_year=2018, last_year=2040)


@st.composite
def requests(draw: st.DrawFn) -> tuple[Rule, date, list[ClockFact], Calendar | None]:
    """A rule, a day in its time, facts in order, and a calendar that fits."""
    rule = draw(st.sampled_from(RULES))
    last = rule.in_force.until or date(2034, 12, 31)
    received = draw(st.dates(max(rule.in_force.since, date(2020, 1, 1)), last))
    facts = []
    for ask, answer in (
        ("id_requested", "id_received"),
        ("clarification_asked", "clarification_answered"),
        ("fee_charged", "fee_paid"),
        ("fee_charged", "fee_confirmed"),
    ):
        if not draw(st.booleans()):
            continue
        asked = received + DAY * draw(st.integers(0, 120))
        facts.append(ClockFact(kind=ask, on=asked))
        if draw(st.booleans()):
            facts.append(ClockFact(kind=answer, on=asked + DAY * draw(st.integers(0, 60))))
    place = None
    if rule.needs_calendar and rule.calendar:
        place = wide(rule.calendar, draw(st.sampled_from(REGIONS.get(rule.calendar, [None]))))
    return rule, received, draw(st.permutations(facts)), place


def by_duty(found: tuple[Clock, ...]) -> dict[str, Clock]:
    duties = {clock.obligation.value: clock for clock in found}
    assert len(duties) == len(found), "one clock per obligation"
    return duties


@settings(max_examples=150)
@given(requests())
def test_what_holds_for_every_date(asked: tuple[Rule, date, list[ClockFact], Calendar | None]) -> None:
    rule, received, facts, place = asked
    found = by_duty(clocks(rule, received, facts, calendar=place))
    for clock in found.values():
        dated = [step for step in clock.steps if step.on is not None]
        assert dated, "every clock says where it begins"
        reached = dated[0].on
        assert reached is not None
        for step in dated[1:]:
            reached += DAY * step.days
            assert step.on == reached, "each step stands where its days lead"
        assert all(step.days == 0 for step in clock.steps if step.on is None)
        if clock.due_on is None:
            continue
        assert clock.due_on == reached, "re-adding the steps yields the date"
        assert clock.due_on >= received
        if clock.suspended_on:
            assert clock.suspended_on > clock.due_on, "guidance never shortens"
        if place and rule.rollover.rule is not Roll.NONE:
            assert place.is_working(clock.due_on)
    answer, more = found["respond"].due_on, found.get("extended")
    if answer and more and more.due_on:
        assert more.due_on >= answer
    bare = by_duty(clocks(rule, received, calendar=place))["respond"].due_on
    if bare and answer:
        assert answer >= bare, "a new start or a stop never makes a date earlier"
    if not any(pause.binds(received) for pause in rule.pauses):
        assert answer == bare


@settings(max_examples=60)
@given(requests())
def test_facts_in_any_order_and_repeated_are_one_story(
    asked: tuple[Rule, date, list[ClockFact], Calendar | None],
) -> None:
    rule, received, facts, place = asked
    once = clocks(rule, received, facts, calendar=place)
    assert clocks(rule, received, [*reversed(facts), *facts], calendar=place) == once


# The second way of counting: day by day, from the library's own tables, sharing no code with the first.


def month_later(day: date, months: int) -> date:
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    number = day.day
    while number > monthrange(year, month)[1]:
        number -= 1
    return date(year, month, number)


def month_ends_and_leap_days() -> list[date]:
    ends = [date(year, month, monthrange(year, month)[1]) for year in range(2024, 2033) for month in range(1, 13)]
    near = [day + DAY * shift for day in ends for shift in (-2, -1, 1)]
    return sorted({*ends, *near, *(date(year, 2, 29) for year in (2024, 2028, 2032))})


@pytest.mark.parametrize(
    ("law", "region", "country", "part"),
    [
        ("uk-gdpr", "GB-ENG", "GB", "ENG"),
        ("uk-gdpr", "GB-SCT", "GB", "SCT"),
        ("eu-gdpr", "DE", "DE", None),
        ("eu-gdpr", "FR", "FR", None),
        ("eu-gdpr", "IE", "IE", None),
    ],
)
def test_months_agree_with_a_second_reckoner(law: str, region: str, country: str, part: str | None) -> None:
    kept = holidays.country_holidays(country, subdiv=part, years=range(2024, 2034))

    def rolled(day: date) -> date:
        while day.weekday() > 4 or day in kept:
            day += DAY
        return day

    rule = load().find(law, "access", on=date(2026, 6, 1))
    place = wide(rule.calendar or "", region)
    for received in month_ends_and_leap_days():
        found = by_duty(clocks(rule, received, calendar=place))
        assert found["respond"].due_on == rolled(month_later(received, 1)), received
        assert found["extended"].due_on == rolled(month_later(received, 3)), received


def test_californias_days_agree_with_a_second_reckoner() -> None:
    def nth(year: int, month: int, weekday: int, which: int) -> date:
        days = [date(year, month, n) for n in range(1, monthrange(year, month)[1] + 1)]
        return [day for day in days if day.weekday() == weekday][which]

    closed: set[date] = set()
    for year in range(2024, 2035):
        closed |= {nth(year, 1, 0, 2), nth(year, 2, 0, 2), nth(year, 5, 0, -1), nth(year, 9, 0, 0), nth(year, 11, 3, 3)}
        for month, number in ((1, 1), (7, 4), (11, 11), (12, 25)):
            day = date(year, month, number)
            closed.add(day)
            if day.weekday() == 6:
                closed.add(day + DAY)
            elif day.weekday() == 5 and month == 11:
                closed.add(day - DAY)

    def business_days_later(day: date, count: int) -> date:
        while count:
            day += DAY
            count -= day.weekday() < 5 and day not in closed
        return day

    know = load().find("ccpa", "know_specific", on=date(2026, 6, 1))
    opt_out = load().find("ccpa", "opt_out_sale", on=date(2026, 6, 1))
    place = wide("us-ca-business", None)
    day = date(2024, 1, 1)
    while day < date(2033, 1, 1):
        found = by_duty(clocks(know, day, calendar=place))
        assert found["acknowledge"].due_on == business_days_later(day, 10), day
        assert found["respond"].due_on == day + 45 * DAY
        assert found["extended"].due_on == day + 90 * DAY
        assert by_duty(clocks(opt_out, day, calendar=place))["respond"].due_on == business_days_later(day, 15), day
        day += 3 * DAY


def test_every_rule_of_every_law_gives_a_date_or_says_why_not() -> None:
    for rule in RULES:
        received = rule.in_force.until or max(rule.in_force.since, date(2026, 11, 21))
        for clock in clocks(rule, received):
            assert clock.in_force
            assert clock.due_on or clock.standard
            assert clock.cite
            assert any(rule.id in step.says for step in clock.steps)


def test_only_the_uk_starts_anew() -> None:
    assert {r.law for r in RULES if r.clock_start is ClockStart.LATEST_OF_RECEIPT_ID_FEE} == {"uk-gdpr"}
