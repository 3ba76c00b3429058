"""Dates as people write them, and the refusals of those that are none or two."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.errors import InputWrong
from dsar.inbox.dates import dates_in, read_date

WHAT_PEOPLE_WRITE = [
    ("2026-02-28", date(2026, 2, 28)),
    ("2026/2/8", date(2026, 2, 8)),
    ("2026-02-28T23:10:00Z", date(2026, 2, 28)),
    ("28 Feb 2026", date(2026, 2, 28)),
    ("28th of February 2026", date(2026, 2, 28)),
    ("March 3, 2026", date(2026, 3, 3)),
    ("Tuesday, March 3, 2026", date(2026, 3, 3)),
    ("3. März 2026", date(2026, 3, 3)),
    ("1er mars 2026", date(2026, 3, 1)),
    ("5 de mayo de 2026", date(2026, 5, 5)),
    ("12 września 2026", date(2026, 9, 12)),
    ("12 Ιουνίου 2026", date(2026, 6, 12)),
    ("2026年3月5日", date(2026, 3, 5)),
    ("28/02/2026", date(2026, 2, 28)),
    ("02/28/2026", date(2026, 2, 28)),
    ("05.05.2026", date(2026, 5, 5)),
]


@pytest.mark.parametrize(("written", "day"), WHAT_PEOPLE_WRITE)
def test_dates_people_write(written: str, day: date) -> None:
    assert read_date(written) == day


def test_a_date_that_can_be_two_days_is_refused_with_both_named() -> None:
    with pytest.raises(InputWrong) as told:
        read_date("03/04/2026")
    assert told.value.message == (
        "Not done: 03/04/2026 can be 3 April or 4 March, and the deadline depends on it. "
        "Write 2026-04-03 or 2026-03-04, or set date_order once: dsar config edit."
    )


@pytest.mark.parametrize(("order", "day"), [("dmy", date(2026, 4, 3)), ("mdy", date(2026, 3, 4))])
def test_the_office_order_settles_it(order: str, day: date) -> None:
    assert read_date("03/04/2026", order=order) == day


def test_a_day_the_month_does_not_have_is_told_with_the_last_day() -> None:
    with pytest.raises(InputWrong) as told:
        read_date("31/02/2026")
    assert told.value.message == (
        "Not done: 31/02/2026 is not a date; February 2026 has 28 days. Nothing was opened. "
        'Write 2026-02-28 or "28 Feb 2026".'
    )


@pytest.mark.parametrize(
    "written", ["", "yesterday", "28/02/26", "2026-13-01", "0000-01-01", "32 Feb 2026", "Xyz 3, 2026"]
)
def test_what_is_no_date_is_refused(written: str) -> None:
    with pytest.raises(InputWrong):
        read_date(written)


def test_dates_in_running_text() -> None:
    assert dates_in("On 3 May 2026 and again on 2026-06-01 I wrote.") == [date(2026, 5, 3), date(2026, 6, 1)]


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31)))
def test_every_iso_date_comes_back(day: date) -> None:
    assert read_date(day.isoformat()) == day
    assert read_date(f"{day.day} {day:%B} {day.year}") == day


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_a_sentence(text: str) -> None:
    with suppress(InputWrong):
        assert isinstance(read_date(text), date)
