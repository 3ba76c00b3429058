"""Case numbers: given once, and found again from what somebody types."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dsar.case import facts as f
from dsar.case.rights import Right
from dsar.case.stages import Outcome
from dsar.errors import InputWrong
from dsar.ledger import Ledger
from tests.case import story as s
from tests.ledger import desk

DELETE = replace(s.CLAIMED, right=Right.DELETE)


def ended(claim: str) -> tuple[f.Fact, f.Fact]:
    return f.OutcomeReached(claim=claim, outcome=Outcome.WITHDRAWN), s.CLOSED


def test_numbers_count_per_year_and_past_9999(ledger: Ledger) -> None:
    assert [ledger.new_number(year) for year in (2026, 2026, 2027)] == [
        "DSAR-2026-0001",
        "DSAR-2026-0002",
        "DSAR-2027-0001",
    ]
    ledger.record("DSAR-2026-9999", s.OPENED, by=desk.stamp())
    assert ledger.new_number(2026) == "DSAR-2026-10000"
    desk.tell(ledger, "DSAR-2026-10000", s.OPENED)
    assert ledger.resolve("10000") == "DSAR-2026-10000"


@pytest.mark.parametrize(
    "typed",
    ["1", " 1 ", "#1", "0001", "2026-1", "2026-0001", "DSAR-2026-0001", "dsar-2026-0001", "dsar 1", "Dsar-1"],
)
def test_every_way_to_write_it(ledger: Ledger, typed: str) -> None:
    number = desk.a_case(ledger)
    assert ledger.resolve(typed) == number


@pytest.mark.parametrize(
    "typed", ["", "abc", "1; DROP TABLE fact", "-1", "1.0", "²", "DSAR-26-1", "9" * 400, "\x1b[2J"]
)
def test_what_is_no_number_is_told_harmlessly(ledger: Ledger, typed: str) -> None:
    desk.a_case(ledger)
    with pytest.raises(InputWrong, match="is not a case number") as caught:
        ledger.resolve(typed)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_an_unknown_case_comes_with_a_guess(ledger: Ledger) -> None:
    with pytest.raises(InputWrong, match="There is no case 63, nor any other yet"):
        ledger.resolve("63")
    for serial in (36, 44):
        ledger.record(f"DSAR-2026-{serial:04d}", s.OPENED, by=desk.stamp())
    with pytest.raises(InputWrong) as caught:
        ledger.resolve("63")
    assert str(caught.value) == (
        "There is no case 63. The newest is DSAR-2026-0044. Did you mean DSAR-2026-0036? All cases: dsar list"
    )
    with pytest.raises(InputWrong) as caught:
        ledger.resolve("2025-0900")
    assert str(caught.value) == "There is no case DSAR-2025-0900. The newest is DSAR-2026-0044. All cases: dsar list"
    with pytest.raises(InputWrong, match=r"There is no case DSAR-2026-0440\. .* Did you mean DSAR-2026-0044\?"):
        ledger.case("DSAR-2026-0440")


def test_a_number_of_two_open_cases_is_asked_back(ledger: Ledger) -> None:
    old = desk.a_case(ledger, s.OPENED, DELETE, year=2025)
    new = desk.a_case(ledger, s.OPENED, s.CLAIMED, DELETE)
    with pytest.raises(InputWrong) as caught:
        ledger.resolve("1")
    assert str(caught.value) == (
        "1 fits two open cases: DSAR-2025-0001 (delete) and DSAR-2026-0001 (access, delete). Write the whole number."
    )
    third = desk.a_case(ledger, year=2024)
    with pytest.raises(InputWrong, match=r"fits 3 open cases: DSAR-2024-0001 \(no right yet\), DSAR-2025"):
        ledger.resolve("1")
    assert [ledger.resolve(number) for number in (old, new, third)] == [old, new, third]


def test_the_open_case_is_meant_rather_than_the_closed_one(ledger: Ledger) -> None:
    old = desk.a_case(ledger, s.OPENED, DELETE, *ended("delete/eu-gdpr"), year=2025)
    assert ledger.resolve("1") == old
    new = desk.a_case(ledger, s.OPENED, DELETE)
    assert ledger.resolve("1") == new
    desk.tell(ledger, new, *ended("delete/eu-gdpr"))
    with pytest.raises(InputWrong, match="1 fits two closed cases"):
        ledger.resolve("1")
