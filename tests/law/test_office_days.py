"""When an office is shut, and by which working day something must be done; no legal date is moved."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.config import parse_config
from dsar.law.office_days import CLOSED, LONGEST, OfficeDays, closing, office_days

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
SPANS = st.builds(lambda first, days: f"{first}..{first + timedelta(days=days)}", DAYS, st.integers(0, LONGEST.days))
OFFICES = st.builds(
    lambda region, closed: office_days(region, tuple(closed)),
    st.sampled_from(["", "US-CA", "GB-SCT", "DE-BY", "Nowhere"]),
    st.lists(st.one_of(SPANS, st.sampled_from(["24 December..1 January", "third Friday of June"])), max_size=3),
)


class TestShut:
    @pytest.mark.parametrize(
        ("region", "day", "why"),
        [
            ("US-CA", "2026-11-26", "Thanksgiving Day"),
            ("us-ca", "2026-12-25", "Christmas Day"),
            ("US-CA", "2026-11-27", ""),
            ("GB-ENG", "2026-12-28", "Boxing Day (observed)"),
            ("DE-BY", "2026-06-04", "Corpus Christi"),
            ("DE", "2026-06-04", ""),
            ("", "2026-12-25", ""),
            ("", "2026-11-21", "Saturday"),
            ("Nowhere", "2026-11-22", "Sunday"),
        ],
    )
    def test_weekends_and_the_holidays_of_the_place(self, region: str, day: str, why: str) -> None:
        assert office_days(region, ()).shut(date.fromisoformat(day)) == why

    def test_a_holiday_is_named_before_the_offices_own_closing(self) -> None:
        office = office_days("US-CA", ("2026-12-24..2027-01-01",))
        said = [office.shut(date(2026, 12, 23) + timedelta(days=nth)) for nth in range(11)]
        assert said == ["", CLOSED, "Christmas Day", *[CLOSED] * 6, "New Year's Day", "Saturday"]

    def test_a_yearly_closing_runs_over_the_new_year(self) -> None:
        office = office_days("", ("24 December..2 January",))
        open_ = [day for day in ("2025-12-23", "2026-01-05", "2027-12-23") if not office.shut(date.fromisoformat(day))]
        assert len(open_) == 3
        assert all(office.closed(date.fromisoformat(day)) for day in ("2025-12-24", "2026-01-02", "2031-12-31"))

    def test_the_years_no_calendar_covers_have_weekends(self) -> None:
        office = office_days("US-CA", ())
        assert office.shut(date(1987, 12, 25)) == ""
        assert office.shut(date(2150, 1, 4)) == "Sunday"


class TestPlan:
    @pytest.mark.parametrize(
        ("day", "plan"),
        [
            ("2026-12-25", "2026-12-24"),
            ("2026-12-26", "2026-12-24"),
            ("2026-12-24", "2026-12-24"),
            ("2026-11-29", "2026-11-27"),
        ],
    )
    def test_the_last_working_day(self, day: str, plan: str) -> None:
        assert office_days("US-CA", ()).plan_on(date.fromisoformat(day)) == date.fromisoformat(plan)

    def test_a_closing_and_a_holiday_before_it_are_left_out_together(self) -> None:
        office = office_days("US-CA", ("2026-11-25", "2026-11-27"))
        assert office.plan_on(date(2026, 11, 29)) == date(2026, 11, 24)

    @given(office=OFFICES, day=DAYS)
    def test_it_is_a_working_day_and_none_lies_between(self, office: OfficeDays, day: date) -> None:
        plan = office.plan_on(day)
        assert plan <= day
        assert office.shut(plan) == ""
        between = [plan + timedelta(days=nth) for nth in range(1, (day - plan).days + 1)]
        assert all(office.shut(one) for one in between)

    @given(office=OFFICES, first=DAYS, later=st.integers(0, 40))
    def test_a_later_date_is_never_planned_earlier(self, office: OfficeDays, first: date, later: int) -> None:
        assert office.plan_on(first) <= office.plan_on(first + timedelta(days=later))


class TestClosing:
    @pytest.mark.parametrize(
        "text",
        [
            "2026-05-15",
            "2026-12-24..2027-01-01",
            " 2026-12-24 .. 2027-01-01 ",
            "24 December",
            "24 December..1 January",
            "third Friday of June",
            "1 day after Easter",
        ],
    )
    def test_forms(self, text: str) -> None:
        assert closing(text) is not None

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "Christmas",
            "2026-02-30",
            "30 February",
            "2027-01-01..2026-12-24",
            "2026-01-01..2026-12-31",
            "1 January..31 December",
            "2026-12-24..1 January",
            "2026-12-24..2026-12-25..2026-12-26",
            "24.12.2026",
        ],
    )
    def test_what_is_none_is_told_with_its_line(self, text: str) -> None:
        assert closing(text) is None
        config, faults = parse_config(f'[desk]\nshared_login = true\nclosed = ["2026-05-15", "{text}"]\n')
        assert [(fault.line, f'"{text}" is not a closing time' in fault.says) for fault in faults] == [(3, True)]
        assert config.desk.shared_login

    def test_the_setting_is_read(self) -> None:
        config, faults = parse_config('[desk]\nclosed = ["24 December..1 January"]\n')
        assert (config.desk.closed, faults) == (("24 December..1 January",), [])
