"""What the steps of every clock promise: each day passed over is named, and nothing moves without a reason."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from dsar.law.calendars import Calendar, calendar
from dsar.law.clocks import Clock, ClockFact, clocks
from dsar.law.days import said
from dsar.law.model import Rule
from dsar.law.rules import load
from dsar.law.words import Effect, Right, Roll, Trigger, Unit

DAY = timedelta(days=1)
RULES = [rule for law in load().laws() for rule in load().rules(law.id) if rule.periods]
REGIONS = {"eu-member-state": ["DE", "FR", "IE", "DE-BY"], "uk-nation": ["GB-ENG", "GB-SCT", "GB-NIR"]}
ASKED = {
    Trigger.IDENTITY: ("id_requested", "id_received"),
    Trigger.CLARIFICATION: ("clarification_asked", "clarification_answered"),
    Trigger.FEE: ("fee_charged", "fee_paid"),
    Trigger.COST_SHARE: ("fee_charged", "fee_confirmed"),
}


@cache
def wide(calendar_id: str, region: str | None) -> Calendar:
    return calendar(calendar_id, region, first_year=2019, last_year=2038)


@st.composite
def requests(draw: st.DrawFn, rules: list[Rule] = RULES) -> tuple[Rule, date, Calendar | None]:
    rule = draw(st.sampled_from(rules))
    last = rule.in_force.until or date(2033, 12, 31)
    received = draw(st.dates(max(rule.in_force.since, date(2020, 1, 1)), last))
    place = None
    if rule.needs_calendar and rule.calendar:
        place = wide(rule.calendar, draw(st.sampled_from(REGIONS.get(rule.calendar, [None]))))
    return rule, received, place


def told(clock: Clock) -> str:
    return "\n".join(step.says for step in clock.steps)


def by_duty(found: tuple[Clock, ...]) -> dict[str, Clock]:
    return {clock.obligation.value: clock for clock in found}


@given(requests([rule for rule in RULES if rule.rollover.rule is not Roll.NONE]))
def test_every_day_rolled_over_is_named_with_its_reason(asked: tuple[Rule, date, Calendar | None]) -> None:
    rule, received, place = asked
    assert place is not None
    for clock in clocks(rule, received, calendar=place):
        rolled = [step for step in clock.steps if "cannot be the last day" in step.says]
        assert all(step.days == 1 for step in rolled)
        if clock.due_on is None:
            continue
        passed = [clock.due_on - n * DAY for n in range(len(rolled), 0, -1)]
        for step, day in zip(rolled, passed, strict=True):
            assert said(day) in step.says
            assert place.name_of(day) in step.says
            assert not place.is_working(day)


@given(requests([rule for rule in RULES if any(period.unit is Unit.BUSINESS_DAY for period in rule.periods)]))
def test_every_day_that_is_no_business_day_is_named(asked: tuple[Rule, date, Calendar | None]) -> None:
    rule, received, place = asked
    assert place is not None
    periods = {"respond": rule.respond.within, "acknowledge": rule.acknowledge.within if rule.acknowledge else None}
    for duty, clock in by_duty(clocks(rule, received, calendar=place)).items():
        period = periods.get(duty)
        if period is None or period.unit is not Unit.BUSINESS_DAY or clock.due_on is None:
            continue
        between = [received + n * DAY for n in range(1, (clock.due_on - received).days + 1)]
        working = [day for day in between if place.is_working(day)]
        assert len(working) == period.n
        assert working[-1] == clock.due_on
        for day in set(between) - set(working):
            assert f"{said(day)} is not a business day: {place.name_of(day)}." in told(clock)


@given(requests(), st.integers(0, 40), st.integers(0, 40))
def test_a_wait_never_makes_a_date_earlier_and_is_told(
    asked: tuple[Rule, date, Calendar | None], after: int, long: int
) -> None:
    rule, received, place = asked
    bare = by_duty(clocks(rule, received, calendar=place))
    for pause in rule.pauses:
        ask, come = ASKED[pause.trigger]
        begun, ended = received + after * DAY, received + (after + long) * DAY
        found = by_duty(
            clocks(rule, received, [ClockFact(kind=ask, on=begun), ClockFact(kind=come, on=ended)], calendar=place)
        )
        for duty, clock in found.items():
            due, plain = clock.due_on, bare[duty].due_on
            if due is None or plain is None:
                assert due == plain
                continue
            assert due >= plain
            if not pause.binds(received) or pause.effect in (Effect.NONE, Effect.MAY_DECLINE, Effect.NEED_NOT_RESPOND):
                assert due == plain
            if due > plain:
                assert said(begun) in told(clock) or said(begun + DAY) in told(clock) or said(ended) in told(clock)


@given(requests(), st.integers(1, 60))
def test_a_request_received_later_is_never_due_earlier(asked: tuple[Rule, date, Calendar | None], later: int) -> None:
    rule, received, place = asked
    other = received + later * DAY
    if not rule.in_force.on(other):
        return
    first, second = by_duty(clocks(rule, received, calendar=place)), by_duty(clocks(rule, other, calendar=place))
    for duty, clock in first.items():
        due, after = clock.due_on, second[duty].due_on
        if due and after:
            assert due <= after


@given(requests([rule for rule in RULES if rule.extension]))
def test_an_extension_starts_from_day_0_and_its_notice_is_within_the_first_period(
    asked: tuple[Rule, date, Calendar | None],
) -> None:
    rule, received, place = asked
    found = by_duty(clocks(rule, received, calendar=place))
    answer, notice, more = (found[duty].due_on for duty in ("respond", "extension_notice", "extended"))
    if answer and more:
        assert answer <= more
    if notice and answer and rule.law != "ca-pipeda":
        assert notice <= answer
    if more:
        dated = [step for step in found["extended"].steps if step.on]
        assert dated[0].on == received, "never from a date that was clamped or rolled"
        # One move of the whole period, and after it only single days rolled over.
        assert [step.days for step in dated[2:]] == [1] * len(dated[2:])


def test_only_an_appeal_starts_on_the_day_of_the_appeal() -> None:
    for rule in (rule for rule in RULES if rule.in_force.until is None):
        received = max(rule.in_force.since, date(2026, 6, 1))
        appealed = ClockFact(kind="appeal_received", on=received + 20 * DAY)
        starts = {clock.steps[0].on for clock in clocks(rule, received, [appealed])}
        assert starts == {received + 20 * DAY if rule.right is Right.APPEAL else received}, rule.id
