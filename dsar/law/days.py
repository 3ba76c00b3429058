"""Days as people write them: ``Mon 5 Oct 2026``, ``third Monday of January``, and the local day of a timestamp.

Which days are holidays is left to ``calendars``, and what a date means to ``clocks``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from dsar.errors import InputWrong, did_you_mean

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

# Own names: the standard library's follow the locale, and a reason must read the same everywhere.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_ORDINALS = ("first", "second", "third", "fourth")

# A statute's day lies in living memory; outside, something was mistyped.
FIRST_YEAR, LAST_YEAR = 1990, 2099

_FIXED = re.compile(rf"(\d{{1,2}}) ({'|'.join(MONTHS)})")
_NTH = re.compile(rf"({'|'.join((*_ORDINALS, 'last'))}) ({'|'.join(WEEKDAYS)}) of ({'|'.join(MONTHS)})")
_BEFORE = re.compile(rf"({'|'.join(WEEKDAYS)}) before (\d{{1,2}}) ({'|'.join(MONTHS)})")
_EASTER = re.compile(r"(\d{1,2}) days? (before|after) Easter")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def said(day: date) -> str:
    """A day in words that do not depend on the locale: ``Mon 5 Oct 2026``."""
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def add_months(day: date, months: int) -> date:
    """The same date that many months later or, where that month is too short, its last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def yearly(rule: str, year: int) -> date | None:
    """The day a yearly rule names in this year; None when the words are not such a rule."""
    if found := _FIXED.fullmatch(rule):
        return _real(year, MONTHS.index(found[2]) + 1, int(found[1]))
    if found := _NTH.fullmatch(rule):
        return _nth(found[1], WEEKDAYS.index(found[2]), year, MONTHS.index(found[3]) + 1)
    if found := _BEFORE.fullmatch(rule):
        end = _real(year, MONTHS.index(found[3]) + 1, int(found[2]))
        return end and end - timedelta(days=(end.weekday() - WEEKDAYS.index(found[1]) - 1) % 7 + 1)
    if found := _EASTER.fullmatch(rule):
        from dateutil.easter import easter

        return easter(year) + timedelta(days=int(found[1]) * (-1 if found[2] == "before" else 1))
    return None


def _real(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 1 <= day <= monthrange(year, month)[1] else None


def _nth(which: str, weekday: int, year: int, month: int) -> date:
    if which == "last":
        last = date(year, month, monthrange(year, month)[1])
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * _ORDINALS.index(which))


def zoned(received: str, zone: str = "UTC") -> date:
    """The civil date in ``zone`` on which something arrived.

    ``received`` is a date, which is taken as it is, or a timestamp with Z or an offset. A UTC date would be a day
    late for evening mail in America, and a day early for a night in Europe.
    """
    typed, place = received.strip(), _zone(zone)
    try:
        if _DATE.fullmatch(typed):
            return within_reach(date.fromisoformat(typed))
        instant = datetime.fromisoformat(typed[:40])
    except ValueError as bad:
        raise InputWrong(
            "The day of receipt is not a date or a timestamp.",
            hint="Write it like 2026-11-21 or 2026-11-21T17:30:00Z.",
        ) from bad
    if instant.tzinfo is None:
        raise InputWrong(
            "The time of receipt has no offset, so its local day cannot be told.",
            hint="Add Z or an offset, like 2026-11-21T17:30:00-08:00, or give the date alone.",
        )
    try:
        return within_reach(instant.astimezone(place).date())
    except OverflowError as bad:
        raise InputWrong("The time of receipt lies outside the calendar.", hint="Check the year.") from bad


def within_reach(day: date) -> date:
    """The day itself, refused when its year cannot be meant."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InputWrong(
            f"The year {day.year} is outside {FIRST_YEAR} to {LAST_YEAR}, so no date is computed.",
            hint="Check the year.",
        )
    return day


def _zone(name: str) -> ZoneInfo:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as bad:
        raise InputWrong(
            "The time zone is not known." + did_you_mean(name[:60], sorted(available_timezones())),
            hint="Name one like Europe/Berlin or America/Los_Angeles.",
        ) from bad
