"""The package: what must be in it, what must not in any spelling, same bytes twice, and a changed one found."""

from __future__ import annotations

import zipfile
from collections.abc import Callable

import pytest

from dsar.errors import InputWrong, Refused
from dsar.formats.files import sha256_of
from dsar.workflow import package, review
from dsar.workflow.answer import package_path
from dsar.workspace import Workspace
from tests.workflow import leaks
from tests.workflow.office import RIVERA, by, expected, facts_count

MUST_NOT = [text for group in expected()["must_not"] for text in group["strings"]]
MUST = [text for one in expected()["record_set"] for text in one["must_appear"]]


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("+14155550143", "call (415) 555-0143 now"),
        ("+14155550143", "0014155550143".removeprefix("00")),
        ("+14155550143", "415.555.0143"),
        ("Ana Lindqvist", "ANA  LINDQVIST"),
        ("Ana Lindqvist", "ana_lindqvist"),
        ("ana.l@fjordpost.example", "Ana.L&#64;fjordpost.example"),
        ("ctran", "user CTRAN;"),
    ],
)
def test_the_leak_test_sees_other_spellings(secret: str, text: str) -> None:
    assert leaks.pattern(secret).search(leaks.folded(text))


@pytest.mark.parametrize(("secret", "text"), [("ctran", "a direct range"), ("+14155550143", "24155550143000")])
def test_the_leak_test_is_not_fooled_by_neighbours(secret: str, text: str) -> None:
    assert not leaks.pattern(secret).search(leaks.folded(text))


def test_nothing_of_other_people_is_in_package_or_letter(at: Callable[[str], Workspace]) -> None:
    ws = at("answered")
    (eml,) = (ws.home / "outbox").glob("*.eml")
    assert leaks.found_in(eml.name, eml.read_bytes(), MUST_NOT) == []
    path = package_path(ws, RIVERA)
    assert leaks.found_in(path.name, path.read_bytes(), MUST_NOT) == []


def test_everything_of_hers_is_in_the_package(at: Callable[[str], Workspace]) -> None:
    path = package_path(at("packaged"), RIVERA)
    found = {text for text, _ in leaks.found_in(path.name, path.read_bytes(), MUST)}
    masked = {text for text in MUST if "*" in text}
    assert set(MUST) - masked - found == set()
    with zipfile.ZipFile(path) as opened:
        raw = b"".join(opened.read(name) for name in opened.namelist()).decode("utf-8")
    assert {text for text in masked if text not in raw} == set()


def test_the_secret_record_set_is_not_even_named(at: Callable[[str], Workspace]) -> None:
    ws = at("answered")
    (eml,) = (ws.home / "outbox").glob("*.eml")
    assert leaks.found_in(eml.name, eml.read_bytes(), ["fraud_notes", "fraud desk", "Fraud notes"]) == []


def test_every_table_says_as_much_as_was_found(at: Callable[[str], Workspace]) -> None:
    path = package_path(at("packaged"), RIVERA)
    with zipfile.ZipFile(path) as opened:
        names = set(opened.namelist())
    for one in expected()["record_set"]:
        wanted = one["state"] == "searched" and one["found"] > 0 and not one.get("secret")
        assert (f"data/{one['source']}/{one['name']}.csv" in names) is wanted, one["name"]


def test_built_twice_it_is_the_same_bytes_and_one_fact(at: Callable[[str], Workspace]) -> None:
    ws = at("packaged")
    path = package_path(ws, RIVERA)
    before, facts = path.read_bytes(), facts_count(ws)
    path.unlink()
    package.build(ws, RIVERA, by())
    assert path.read_bytes() == before
    assert facts_count(ws) == facts


def test_it_is_the_one_of_the_facts(at: Callable[[str], Workspace]) -> None:
    ws = at("packaged")
    case = ws.ledger.case(RIVERA)
    assert case.package == sha256_of(package_path(ws, RIVERA))
    assert case.package_of == case.reviewed
    assert package_path(ws, RIVERA).stat().st_mode & 0o777 == 0o600


def test_no_package_before_the_approval(at: Callable[[str], Workspace]) -> None:
    ws = at("reviewed")
    facts = facts_count(ws)
    with pytest.raises(Refused, match="No second person has approved"):
        package.build(ws, RIVERA, by())
    assert facts_count(ws) == facts
    assert ws.ledger.case(RIVERA).package == ""


def test_no_package_before_the_review(at: Callable[[str], Workspace]) -> None:
    ws = at("gathered")
    with pytest.raises(Refused, match="review is not finished"):
        package.build(ws, RIVERA, by())


def test_no_package_when_a_decision_changed_after_the_approval(at: Callable[[str], Workspace]) -> None:
    from dsar.case.facts import Decision

    ws = at("approved")
    found = review.load(ws, RIVERA)
    item = next(item for item in found.items if item.decided and item.decided[0] is Decision.DISCLOSE)
    review.decide(ws, found, [(item.finding.id, Decision.WITHHOLD, "third_party")], by())
    with pytest.raises(Refused, match="review is not finished, or the records changed"):
        package.build(ws, RIVERA, by())


def test_a_changed_package_is_found(at: Callable[[str], Workspace]) -> None:
    ws = at("packaged")
    path = package_path(ws, RIVERA)
    with zipfile.ZipFile(path, "a") as opened:
        opened.writestr("more.txt", "Ben Okonkwo, +1 415 555 0144")
    codes = {fault.code for fault in package.check(ws, RIVERA).faults}
    assert "changed" in codes
    assert len(codes) > 1
    assert not package.clean(ws, ws.ledger.case(RIVERA))


def test_a_broken_zip_is_told_and_not_taken_for_clean(at: Callable[[str], Workspace]) -> None:
    ws = at("packaged")
    path = package_path(ws, RIVERA)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputWrong, match="not a zip that can be opened"):
        package.check(ws, RIVERA)


def test_checking_what_was_never_built(at: Callable[[str], Workspace]) -> None:
    with pytest.raises(InputWrong, match="no package yet"):
        package.check(at("opened"), RIVERA)
