"""More requests of one person than a law obliges to answer: told, counted by the day of receipt, never acted upon."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.case.rights import Right
from dsar.case.stages import Outcome, Role
from dsar.law.days import add_months
from dsar.workflow import ending, openings, outbox, overview
from dsar.workflow.frequency import YEAR, _within, flags
from dsar.workspace import Workspace
from tests.workflow.office import by, opening, somebody
from tests.workflow.test_waiting import with_law

LATER = date(2026, 12, 31)


def asked(
    ws: Workspace, on: date, *, right: Right = Right.ACCESS, law: str = "us-ca-ccpa", name: str = "Ann Lee"
) -> str:
    """One more request of the same person."""
    email = f"{name.split()[0].casefold()}@lee.example"
    request = somebody(name, email, laws=(law,), rights=(right,), received_on=on)
    return openings.open_case(ws, request, openings.hold(ws, request), by(on=LATER)).number


def nth(ws: Workspace, number: str) -> list[tuple[str, int]]:
    return [(flag.claim, flag.nth) for flag in flags(ws, ws.ledger.case(number))]


class TestCalifornia:
    def test_the_third_request_to_know_in_twelve_months(self, desk: Workspace) -> None:
        first, second, third = (asked(desk, day) for day in (date(2025, 9, 1), date(2026, 3, 1), date(2026, 8, 31)))
        assert nth(desk, first) == nth(desk, second) == []
        assert nth(desk, third) == [("access/us-ca-ccpa", 3)]
        (flag,) = flags(desk, desk.ledger.case(third))
        assert flag.earlier == (first, second)
        for words in (
            "the third of this person in the last 12 months",
            first,
            "Twice in 12 months",
            "a person's decision",
        ):
            assert words in flag.says

    def test_after_twelve_months_the_count_begins_again(self, desk: Workspace) -> None:
        asked(desk, date(2025, 9, 1))
        asked(desk, date(2026, 3, 1))
        assert nth(desk, asked(desk, date(2026, 9, 1))) == []

    def test_what_was_opened_in_error_does_not_count(self, desk: Workspace) -> None:
        asked(desk, date(2026, 1, 1))
        wrong = asked(desk, date(2026, 2, 1))
        ending.refuse(desk, wrong, "", by(on=LATER), outcome=Outcome.OPENED_IN_ERROR)
        assert nth(desk, asked(desk, date(2026, 3, 1))) == []

    def test_another_right_or_person_does_not_count(self, desk: Workspace) -> None:
        asked(desk, date(2026, 1, 1))
        asked(desk, date(2026, 1, 2), right=Right.DELETE)
        asked(desk, date(2026, 1, 3), name="Bo Lee")
        assert nth(desk, asked(desk, date(2026, 2, 1))) == []

    def test_counted_by_the_day_of_receipt_not_of_typing(self, desk: Workspace) -> None:
        late, early = asked(desk, date(2026, 5, 1)), asked(desk, date(2026, 1, 1))
        middle = asked(desk, date(2026, 3, 1))
        assert nth(desk, late) == [("access/us-ca-ccpa", 3)]
        assert nth(desk, early) == nth(desk, middle) == []

    def test_those_that_are_closed_count_as_well(self, desk: Workspace) -> None:
        first = asked(desk, date(2026, 1, 1))
        ending.refuse(desk, first, "excessive", by(), outcome=Outcome.REFUSED)
        outbox.send(desk, first, "refusal", by(on=date(2026, 1, 9)))
        assert ending.close(desk, first, by()).case.closed
        asked(desk, date(2026, 2, 1))
        assert nth(desk, asked(desk, date(2026, 3, 1))) == [("access/us-ca-ccpa", 3)]


class TestShineTheLight:
    def test_the_second_of_a_calendar_year(self, desk: Workspace) -> None:
        notice = {"right": Right.NOTICE_1798_83, "law": "us-ca-stl"}
        first = asked(desk, date(2026, 1, 1), **notice)  # type: ignore[arg-type]
        second = asked(desk, date(2026, 12, 31), **notice)  # type: ignore[arg-type]
        (flag,) = flags(desk, desk.ledger.case(second))
        assert (flag.nth, flag.per, flag.earlier) == (2, YEAR, (first,))
        assert "--ground already_answered" in flag.says

    def test_a_new_year_is_a_new_request(self, desk: Workspace) -> None:
        notice = {"right": Right.NOTICE_1798_83, "law": "us-ca-stl"}
        asked(desk, date(2025, 12, 31), **notice)  # type: ignore[arg-type]
        assert nth(desk, asked(desk, date(2026, 1, 1), **notice)) == []  # type: ignore[arg-type]


def test_where_the_free_count_is_passed_a_fee_may_be_charged(desk: Workspace) -> None:
    colorado = with_law(desk, "us-co")
    asked(colorado, date(2026, 1, 10), law="us-co")
    (flag,) = flags(colorado, colorado.ledger.case(asked(colorado, date(2026, 6, 10), law="us-co")))
    assert "a reasonable fee may be charged (dsar fee 2 --charge" in flag.says


def test_a_law_without_a_number_flags_nothing(desk: Workspace) -> None:
    numbers = [asked(desk, date(2026, 1, day), law="eu-gdpr") for day in (1, 2, 3)]
    assert nth(desk, numbers[-1]) == []


def test_the_pages_of_the_case_show_it(desk: Workspace) -> None:
    for day in (1, 2):
        asked(desk, date(2026, 1, day))
    number = asked(desk, date(2026, 1, 3))
    assert [flag.nth for flag in overview.page(desk, number).flags] == [3]
    (why,) = overview.why(desk, number, LATER)[1]
    assert [flag.nth for flag in why.flags] == [3]


def test_an_agents_address_is_not_the_persons(desk: Workspace) -> None:
    """A firm that writes for many people is no person who asks too often."""
    for day, name in ((1, "Ann Lee"), (2, "Bo Lee"), (3, "Cy Lee")):
        firm = somebody(name, "requests@agents.example", received_on=date(2026, 1, day), role=Role.AGENT)
        number = openings.open_case(desk, firm, openings.hold(desk, firm), by(on=LATER)).number
    assert nth(desk, number) == []


def test_a_name_alone_is_nobody_in_particular(desk: Workspace) -> None:
    for day in (1, 2, 3):
        request = opening(identifiers=(), received_on=date(2026, 1, day), sha256="")
        number = openings.open_case(desk, request, openings.hold(desk, request), by(on=LATER)).number
    assert nth(desk, number) == []


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(0, 800), st.sampled_from([6, 12]))
def test_a_window_of_months_ends_where_as_many_months_have_passed(day: date, ago: int, months: int) -> None:
    earlier = date.fromordinal(day.toordinal() - ago)
    inside = _within(earlier, day, f"{months} months")
    assert inside == (earlier > add_months(day, -months))
    if ago > 31 * months:
        assert not inside
    if ago < 28 * months:
        assert inside


@pytest.mark.parametrize("per", ["", "often", "30 days"])
def test_a_period_that_is_none_counts_nothing(per: str) -> None:
    assert not _within(date(2026, 1, 1), date(2026, 1, 2), per)
