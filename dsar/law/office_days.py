"""The days on which an office is shut: weekends, the public holidays of its place, and days it closes by choice.

They move no statutory date; they only tell by which working day something must be done. Days that a law leaves out
of its counting are ``calendars``' business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from dsar.law.calendar_files import DATA, read_calendars
from dsar.law.calendars import calendar, knows_region, regions
from dsar.law.days import FIRST_YEAR, LAST_YEAR, WEEKDAYS, yearly

CLOSED = "our office is closed"
# A longer closing time is a slip of the pen; a shorter one may be a summer's.
LONGEST = timedelta(days=92)
_WEEKEND = frozenset({5, 6})
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_A_LEAP_YEAR = 2024


@dataclass(frozen=True, slots=True)
class Closing:
    """Days an office closes by choice, the first and the last included: two dates, or two yearly rules."""

    first: str
    last: str

    def covers(self, day: date) -> bool:
        """Whether the office is closed on this day."""
        return any(span is not None and span[0] <= day <= span[1] for span in self._spans(day.year))

    def _spans(self, year: int) -> list[tuple[date, date] | None]:
        if _DATE.fullmatch(self.first):
            return [(date.fromisoformat(self.first), date.fromisoformat(self.last))]
        return [_yearly_span(self.first, self.last, begins) for begins in (year - 1, year)]


def _yearly_span(first: str, last: str, year: int) -> tuple[date, date] | None:
    """The days from one yearly rule to the next day of the other, which may lie in the year after."""
    begins, ends = yearly(first, year), yearly(last, year)
    if begins and ends and ends < begins:
        ends = yearly(last, year + 1)
    return (begins, ends) if begins and ends else None


def closing(text: str) -> Closing | None:
    """What a line of the settings means: "2026-12-24..2027-01-01", "2026-05-15", "24 December"; None if nothing.

    The yearly words are those of ``days.yearly`` ("third Friday of June", "1 day after Easter"), alone or as a span.
    """
    ends = [end.strip() for end in text.split("..")]
    if len(ends) > 2:
        return None
    first, last = ends[0], ends[-1]
    if _DATE.fullmatch(first) and _DATE.fullmatch(last):
        try:
            span: tuple[date, date] | None = (date.fromisoformat(first), date.fromisoformat(last))
        except ValueError:
            return None
    else:
        span = _yearly_span(first, last, _A_LEAP_YEAR)
    if span is None or not timedelta() <= span[1] - span[0] <= LONGEST:
        return None
    return Closing(first, last)


@dataclass(frozen=True, slots=True)
class OfficeDays:
    """When the office at one place works. ``region`` is as in the settings; "" or an unknown one has weekends only.

    ``data`` is the folder with the calendars.
    """

    region: str = ""
    closings: tuple[Closing, ...] = ()
    data: Path = DATA

    def shut(self, day: date) -> str:
        """Why nobody works on this day ("Christmas Day", "our office is closed", "Saturday"); "" on a working day."""
        weekend, holidays = _kept(self.region, day.year, self.data)
        if day in holidays:
            return holidays[day]
        if self.closed(day):
            return CLOSED
        return WEEKDAYS[day.weekday()] if day.weekday() in weekend else ""

    def closed(self, day: date) -> bool:
        """Whether the office closes that day by its own choice."""
        return any(one.covers(day) for one in self.closings)

    def plan_on(self, day: date) -> date:
        """The last working day up to and including this one: by then it must be done, whatever the law's date is."""
        for back in range(2 * LONGEST.days):
            if not self.shut(day - timedelta(days=back)):
                return day - timedelta(days=back)
        return day


@lru_cache(maxsize=64)
def office_days(region: str, closed: tuple[str, ...], data: Path = DATA) -> OfficeDays:
    """The office's days from its settings; a line that says nothing was told when the settings were read."""
    return OfficeDays(region, tuple(one for one in map(closing, closed) if one is not None), data)


@lru_cache(maxsize=256)
def _kept(region: str, year: int, data: Path) -> tuple[frozenset[int], dict[date, str]]:
    """The weekend and the public holidays kept at a place in one year."""
    place = region.strip().upper()
    if not (place and FIRST_YEAR < year < LAST_YEAR):
        return _WEEKEND, {}
    known = read_calendars(data)
    named = [one for one in known if place in regions(one, data=data)]
    found = named or [one for one in known if knows_region(one, place, data=data)]
    if not found:
        return _WEEKEND, {}
    # a holiday of the next year may be kept in this one
    kept = calendar(found[0], place, first_year=year - 1, last_year=year + 1, data=data)
    return kept.weekend, {day: name for day, name in kept.days.items() if day.year == year}
