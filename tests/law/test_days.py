"""Days in words, yearly days, and the local day of a timestamp."""

from __future__ import annotations

import sys
from datetime import date
from subprocess import run

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.errors import InputWrong
from dsar.law.days import add_months, said, yearly, zoned


@pytest.mark.parametrize(
    ("received", "zone", "day"),
    [
        ("2026-11-21", "Europe/Berlin", date(2026, 11, 21)),
        (" 2026-11-21 ", "UTC", date(2026, 11, 21)),
        ("2026-03-31T23:30:00Z", "Europe/London", date(2026, 4, 1)),
        ("2026-03-31T23:30:00Z", "UTC", date(2026, 3, 31)),
        ("2026-11-22T04:00:00Z", "America/Los_Angeles", date(2026, 11, 21)),
        ("2026-11-21T23:30:00-08:00", "America/Los_Angeles", date(2026, 11, 21)),
        ("2026-11-21T23:30:00-08:00", "Europe/Berlin", date(2026, 11, 22)),
        ("2026-03-29T00:30:00+00:00", "Europe/London", date(2026, 3, 29)),
        ("2026-11-21T10:00:00+13:00", "Pacific/Auckland", date(2026, 11, 21)),
    ],
)
def test_the_local_day_of_receipt(received: str, zone: str, day: date) -> None:
    assert zoned(received, zone) == day


@pytest.mark.parametrize(
    ("received", "zone", "says"),
    [
        ("2026-11-21T10:00:00", "UTC", "has no offset"),
        ("yesterday", "UTC", "not a date or a timestamp"),
        ("2026-02-30", "UTC", "not a date or a timestamp"),
        ("20261121", "UTC", "has no offset"),
        ("", "UTC", "not a date or a timestamp"),
        ("2026-11-21T10:00:00Z" + "0" * 99, "UTC", "not a date or a timestamp"),
        ("0001-01-01", "UTC", "outside 1990 to 2099"),
        ("9999-12-31T23:59:59-12:00", "Pacific/Auckland", "outside the calendar"),
        ("2026-11-21T10:00:00Z", "Europe/Berln", 'Did you mean "Europe/Berlin"'),
        ("2026-11-21T10:00:00Z", "../../etc/passwd", "time zone is not known"),
        ("2026-11-21T10:00:00Z", "Europe", "time zone is not known"),
        ("2026-11-21T10:00:00Z", "", "time zone is not known"),
        ("2026-11-21", "Mars/Olympus", "time zone is not known"),
    ],
)
def test_what_is_not_a_moment_is_refused(received: str, zone: str, says: str) -> None:
    with pytest.raises(InputWrong) as refused:
        zoned(received, zone)
    assert says in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize(
    ("rule", "year", "day"),
    [
        ("25 December", 2026, date(2026, 12, 25)),
        ("third Monday of January", 2026, date(2026, 1, 19)),
        ("first Monday of June", 2026, date(2026, 6, 1)),
        ("last Monday of May", 2026, date(2026, 5, 25)),
        ("last Sunday of May", 2026, date(2026, 5, 31)),
        ("fourth Thursday of November", 2026, date(2026, 11, 26)),
        ("Monday before 25 May", 2026, date(2026, 5, 18)),
        ("Monday before 25 May", 2027, date(2027, 5, 24)),
        ("2 days before Easter", 2026, date(2026, 4, 3)),
        ("1 day after Easter", 2026, date(2026, 4, 6)),
        ("29 February", 2028, date(2028, 2, 29)),
        ("29 February", 2027, None),
        ("Monday before 31 April", 2027, None),
        ("fifth Monday of May", 2026, None),
        ("25 december", 2026, None),
    ],
)
def test_yearly_days(rule: str, year: int, day: date | None) -> None:
    assert yearly(rule, year) == day


def test_a_day_is_said_without_the_locale() -> None:
    assert said(date(2026, 10, 5)) == "Mon 5 Oct 2026"


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.integers(0, 36))
def test_months_clamp_and_never_skip(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and add_months(later.replace(day=1), 1).month != later.month)


def test_the_room_loads_no_heavy_library() -> None:
    code = "import sys, dsar.law.clocks, dsar.law.rules; print(*sys.modules)"
    seen = run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"holidays", "dateutil", "pydantic", "zoneinfo", "difflib"} & set(seen)
