"""The weeks ahead as sums: whatever there is stands in exactly one place."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dsar.law.office_days import office_days
from dsar.reports.ahead import WEEK, Dated, loads, shut_days, weeks

TODAY = date(2026, 11, 21)
OFFICE = office_days("US-CA", ("24 December..1 January",))
DATED = st.builds(
    lambda nth, back, receipt: Dated(case=f"DSAR-2026-{nth:04}", on=TODAY + timedelta(days=back), acknowledges=receipt),
    st.integers(1, 9),
    st.integers(-30, 120),
    st.booleans(),
)


class TestWeeks:
    def test_the_first_is_this_one_from_monday_to_sunday(self) -> None:
        first, second = weeks([], TODAY, 2, OFFICE)
        assert (first.first, first.last) == (date(2026, 11, 16), date(2026, 11, 22))
        assert (second.first, second.last) == (date(2026, 11, 23), date(2026, 11, 29))

    def test_what_falls_due_and_what_of_it_on_shut_days(self) -> None:
        days = [date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 29), date(2026, 11, 20)]
        dated = [Dated(case="DSAR-2026-0001", on=day, acknowledges=day.day == 27) for day in days]
        this, next_ = weeks(dated, TODAY, 2, OFFICE)
        assert (this.due, this.acknowledge, this.shut) == (0, 0, 0), "what was due before today is late"
        assert (next_.due, next_.acknowledge, next_.shut) == (3, 1, 2), "Thanksgiving and Sunday"

    @given(dated=st.lists(DATED, max_size=30), count=st.integers(1, 12))
    def test_everything_from_today_on_is_in_one_week_or_after_them(self, dated: list[Dated], count: int) -> None:
        found = weeks(dated, TODAY, count, OFFICE)
        end = found[-1].last
        assert sum(week.due for week in found) == sum(TODAY <= one.on <= end for one in dated)
        assert sum(week.acknowledge for week in found) == sum(
            one.acknowledges for one in dated if TODAY <= one.on <= end
        )
        assert [week.first for week in found] == [found[0].first + nth * WEEK for nth in range(count)]


class TestShutDays:
    @given(dated=st.lists(DATED, max_size=30))
    def test_the_date_stays_and_the_plan_is_a_working_day_before_it(self, dated: list[Dated]) -> None:
        until = TODAY + timedelta(days=90)
        found = shut_days(dated, TODAY, until, OFFICE)
        inside = {one.on for one in dated if TODAY <= one.on <= until and OFFICE.shut(one.on)}
        assert [day.on for day in found] == sorted(inside)
        for day in found:
            assert set(day.cases) == {one.case for one in dated if one.on == day.on}
            assert day.plan_on < day.on
            assert not OFFICE.shut(day.plan_on)
            assert day.why

    def test_a_case_with_two_rights_due_that_day_is_one_case(self) -> None:
        twice = [Dated(case="DSAR-2026-0001", on=date(2026, 12, 25), acknowledges=False)] * 2
        (day,) = shut_days(twice, TODAY, date(2027, 1, 31), OFFICE)
        assert (day.cases, day.why, day.plan_on) == (("DSAR-2026-0001",), "Christmas Day", date(2026, 12, 23))


class TestLoads:
    def test_nobodys_cases_first_then_whoever_has_most_that_is_late(self) -> None:
        cases = [
            ("priya", TODAY + timedelta(days=7)),
            ("priya", TODAY + timedelta(days=8)),
            ("sam", TODAY - timedelta(days=1)),
            ("sam", TODAY + timedelta(days=31)),
            ("", None),
        ]
        found = loads(cases, ["priya", "sam", "kim"], TODAY)
        assert [(one.owner, one.open, one.late, one.soon, one.later) for one in found] == [
            ("", 1, 0, 0, 0),
            ("sam", 2, 1, 0, 0),
            ("priya", 2, 0, 1, 2),
            ("kim", 0, 0, 0, 0),
        ]

    @given(st.lists(st.tuples(st.sampled_from(["", "a", "b"]), st.none() | st.dates(TODAY, TODAY + 9 * WEEK))))
    def test_every_case_is_somebodys(self, cases: list[tuple[str, date | None]]) -> None:
        found = loads(cases, ["a"], TODAY)
        assert sum(one.open for one in found) == len(cases)
        assert all(one.soon <= one.later <= one.open for one in found)
