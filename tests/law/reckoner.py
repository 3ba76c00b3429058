"""A second reckoner, written on its own: it takes a rule's plain numbers and walks the calendar day by day.

It shares no code with ``dsar.law``; where both agree, two ways of counting agree. Days off come from the library
itself, or from the lists below where ours writes them out.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays
from dateutil.easter import easter

ONE = timedelta(days=1)
YEARS = range(2023, 2037)

Span = tuple[int, str]  # how many, and of what: day, business_day, month


@dataclass(frozen=True, kw_only=True)
class Wait:
    """What asking the person does, in plain words."""

    what: str
    effect: str
    binding: bool
    since: date | None
    day_of_asking_counts: bool
    reflection: int


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """A rule stripped to what moves a date."""

    since: date
    until: date | None
    is_appeal: bool
    acknowledge: Span | None
    answer: Span | None
    extendable: bool
    extended: Span | None
    notice: Span | None
    notice_from_date_of_request: bool
    notice_stops: bool
    waits: tuple[Wait, ...]
    rolls: str


@dataclass(frozen=True, kw_only=True)
class Tale:
    """One request: asked and answered days by what was asked for, and what else happened."""

    asked: Mapping[str, Sequence[tuple[date, date]]]
    dated: date | None = None
    appealed: date | None = None


def reckon(
    rule: Numbers, received: date, tale: Tale, off: frozenset[date]
) -> dict[str, tuple[date | None, date | None]]:
    """For each duty the binding date and, where guidance alone would move it, the other one."""
    start = tale.appealed if rule.is_appeal and tale.appealed else received
    alive = rule.since <= start and (rule.until is None or start <= rule.until)
    binding = [one for one in rule.waits if one.binding and (one.since is None or one.since <= start)]
    found: dict[str, tuple[date | None, date | None]] = {}

    def put(duty: str, span: Span | None, first: date, *, waits: bool = True, stops: bool = True) -> None:
        if span is None or not alive:
            found[duty] = (None, None)
            return
        law = last_day(rule, span, first, tale, binding if waits else (), off, stops=stops)
        guided = last_day(rule, span, first, tale, rule.waits if waits else (), off, stops=stops)
        found[duty] = (law, guided if guided != law else None)

    if rule.acknowledge:
        put("acknowledge", rule.acknowledge, start, waits=False)
    put("respond", rule.answer, start)
    if rule.extendable:
        told_from = tale.dated if rule.notice_from_date_of_request and tale.dated else start
        put("extension_notice", rule.notice, told_from, stops=rule.notice_stops)
        put("extended", rule.extended, start)
    return found


def last_day(
    rule: Numbers,
    span: Span,
    first: date,
    tale: Tale,
    waits: Iterable[Wait],
    off: frozenset[date],
    *,
    stops: bool,
) -> date:
    """The day a period ends, after new starts, days that do not count, and the roll-over."""
    waits = list(waits)
    begun = first
    asked = sorted(
        (ask, come) for one in waits if one.effect == "restart" for ask, come in tale.asked.get(one.what, ())
    )
    for ask, come in asked:
        if ask <= plain_end(begun, span):
            begun = max(begun, come)
    for one in waits:
        if one.effect == "restart_after_reflection":
            begun = max([begun, *(ask + one.reflection * ONE for ask, _ in tale.asked.get(one.what, ()))])
    if span[1] == "business_day":
        return count_working(begun, span[0], off)
    silent = {
        ask + n * ONE
        for one in waits
        if stops and one.effect == "stop_clock"
        for ask, come in tale.asked.get(one.what, ())
        for n in range(int(one.day_of_asking_counts), (come - ask).days + 1)
    }
    # Day by day: a silent day passes without counting.
    to_count = (plain_end(begun, span) - begun).days
    day = begun
    while to_count:
        day += ONE
        to_count -= day not in silent
    weekend = {"next_working_day": (5, 6), "next_non_holiday": (6,), "none": ()}[rule.rolls]
    while rule.rolls != "none" and (day.weekday() in weekend or day in off):
        day += ONE
    return day


def count_working(day: date, number: int, off: frozenset[date]) -> date:
    """That many days later, counting Mondays to Fridays that nobody has off."""
    while number:
        day += ONE
        number -= day.weekday() < 5 and day not in off
    return day


def plain_end(day: date, span: Span) -> date:
    """The same date months later, or that many days later."""
    number, unit = span
    if unit != "month":
        return day + number * ONE
    year, month = day.year, day.month
    for _ in range(number):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@cache
def days_off(calendar: str, region: str) -> frozenset[date]:
    """The holidays of a place, weekends aside."""
    if calendar == "us-ca-business":
        return frozenset(california())
    if calendar == "us-federal":
        return frozenset(federal())
    if calendar == "ca-federal":
        return frozenset(canada())
    if region == "EU":
        return frozenset(date(year, *day) for year in YEARS for day in ((1, 1), (12, 25)))
    country, _, part = region.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=YEARS))


def nth(year: int, month: int, weekday: int, which: int) -> date:
    """The n-th such weekday of a month, from its end with a negative n."""
    days = [date(year, month, number) for number in range(1, monthrange(year, month)[1] + 1)]
    return [day for day in days if day.weekday() == weekday][which]


def california() -> Iterable[date]:
    """Nine holidays; one on a Sunday is kept on Monday, and 11 November on a Saturday on Friday."""
    for year in YEARS:
        yield from (
            nth(year, 1, 0, 2),
            nth(year, 2, 0, 2),
            nth(year, 5, 0, -1),
            nth(year, 9, 0, 0),
            nth(year, 11, 3, 3),
        )
        for day in (date(year, 1, 1), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25)):
            yield day
            if day.weekday() == 6:
                yield day + ONE
            if day.weekday() == 5 and day.month == 11:
                yield day - ONE


def federal() -> Iterable[date]:
    """The library's own federal holidays, which keep a Saturday one on Friday and a Sunday one on Monday."""
    yield from holidays.country_holidays("US", years=YEARS)
    # It lists those of the years asked for; New Year's Day of the next one may be kept in December.
    yield from (date(year, 12, 31) for year in YEARS if date(year + 1, 1, 1).weekday() == 5)


def canada() -> Iterable[date]:
    """The holidays of the Interpretation Act."""
    for year in YEARS:
        yield from (easter(year) - 2 * ONE, easter(year) + ONE, nth(year, 9, 0, 0), nth(year, 10, 0, 1))
        yield from (date(year, *day) for day in ((1, 1), (7, 1), (9, 30), (11, 11), (12, 25)))
        yield next(day for n in range(18, 25) if (day := date(year, 5, n)).weekday() == 0)
        if date(year, 7, 1).weekday() == 6:
            yield date(year, 7, 2)
