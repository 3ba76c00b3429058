"""Two cases that name one person are found by any identifier they share, and a purge forgets it."""

from __future__ import annotations

from pathlib import Path

from dsar.ledger import Ledger
from tests.case import story as s
from tests.ledger import desk


def test_open_cases_that_share_an_identifier_are_found(ledger: Ledger) -> None:
    first, second = desk.a_case(ledger), desk.a_case(ledger)
    ledger.know_person(first, ["email:ada@example.com", "phone:+14155550142"])
    ledger.know_person(second, ["phone:+14155550142"])
    ledger.know_person(second, ["phone:+14155550142"])
    assert ledger.cases_of_person(["phone:+14155550142"]) == [first, second]
    assert ledger.cases_of_person(["email:ada@example.com"]) == [first]
    assert ledger.cases_of_person(["email:eve@example.com"]) == []
    assert ledger.cases_of_person([]) == []


def test_the_file_holds_no_identifier(path: Path, ledger: Ledger) -> None:
    number = desk.a_case(ledger)
    ledger.know_person(number, ["email:ada@example.com"])
    ledger.close()
    assert b"ada@example.com" not in path.read_bytes()


def test_the_suppression_list_outlives_everything_and_names_nobody(path: Path, ledger: Ledger) -> None:
    ledger.suppress(["email:ada@example.com"])
    ledger.suppress(["email:ada@example.com", "phone:+14155550142"])
    assert ledger.is_suppressed("phone:+14155550142")
    assert not ledger.is_suppressed("email:eve@example.com")
    ledger.close()
    assert b"ada@example.com" not in path.read_bytes()


def test_closed_cases_are_found_only_where_they_are_asked_for(ledger: Ledger) -> None:
    closed, open_ = desk.a_case(ledger, *s.WHOLE), desk.a_case(ledger)
    for number in (closed, open_):
        ledger.know_person(number, ["email:ada@example.com"])
    assert ledger.case(closed).closed
    assert ledger.cases_of_person(["email:ada@example.com"]) == [open_]
    assert ledger.cases_of_person(["email:ada@example.com"], closed=True) == [closed, open_]


def test_a_purged_case_names_nobody_any_more(ledger: Ledger) -> None:
    number = desk.a_case(ledger, *s.WHOLE)
    ledger.know_person(number, ["email:ada@example.com"])
    ledger.purge_case(number)
    assert ledger.cases_of_person(["email:ada@example.com"], closed=True) == []
