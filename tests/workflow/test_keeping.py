"""The file: notes, papers, owners, links; personal text in the vault only, and everything safe to repeat."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsar.errors import InputWrong, Refused
from dsar.workflow import keeping, openings
from dsar.workspace import Workspace
from tests.workflow.office import RIVERA, by, facts_count, somebody

SECOND = "DSAR-2026-0002"


@pytest.fixture
def two(rivera: Workspace) -> Workspace:
    """Two open cases of different people."""
    assert openings.typed(rivera, somebody("Ana Lindqvist", "ana@elsewhere.example"), by()) == SECOND
    return rivera


class TestNote:
    def test_its_text_is_in_the_vault_and_not_in_the_facts(self, rivera: Workspace) -> None:
        keeping.note(rivera, RIVERA, "called back, her sister answered", by())
        assert rivera.ledger.kept(RIVERA, "note")[-1].value == b"called back, her sister answered"
        assert "sister" not in str([entry.fact for entry in rivera.ledger.history(RIVERA)])

    @pytest.mark.parametrize("text", ["", "  \n", "x" * (keeping.LONGEST_NOTE + 1)])
    def test_empty_or_endless_is_refused(self, rivera: Workspace, text: str) -> None:
        facts = facts_count(rivera)
        with pytest.raises(InputWrong):
            keeping.note(rivera, RIVERA, text, by())
        assert facts_count(rivera) == facts


class TestAttach:
    def test_a_paper_is_filed_once(self, rivera: Workspace, tmp_path: Path) -> None:
        paper = tmp_path / "reply.txt"
        paper.write_bytes(b"yes, all of it")
        assert keeping.attach(rivera, RIVERA, paper, by())[1] is False
        facts = facts_count(rivera)
        assert keeping.attach(rivera, RIVERA, paper, by())[1] is True
        assert facts_count(rivera) == facts
        assert [one.value for one in rivera.ledger.kept(RIVERA, "paper")] == [b"yes, all of it"]

    def test_the_same_paper_may_be_in_two_cases(self, two: Workspace, tmp_path: Path) -> None:
        paper = tmp_path / "reply.txt"
        paper.write_bytes(b"for both of us")
        assert keeping.attach(two, RIVERA, paper, by())[1] is False
        assert keeping.attach(two, SECOND, paper, by())[1] is False
        assert keeping.attach(two, SECOND, paper, by())[1] is True
        assert keeping.attach(two, RIVERA, paper, by())[1] is True
        assert [one.value for one in two.ledger.kept(SECOND, "paper")] == [b"for both of us"]

    def test_a_file_that_is_not_there(self, rivera: Workspace, tmp_path: Path) -> None:
        with pytest.raises(InputWrong):
            keeping.attach(rivera, RIVERA, tmp_path / "missing.txt", by())


class TestIdentifier:
    def test_one_more_to_search_by(self, rivera: Workspace) -> None:
        keeping.add_identifier(rivera, RIVERA, "phone=(415) 555-0100", by())
        keys = {one.key for one in openings.identifiers_of(rivera, RIVERA)}
        assert ("phone", "+14155550100") in keys

    def test_known_already_is_no_new_fact(self, rivera: Workspace) -> None:
        facts = facts_count(rivera)
        keeping.add_identifier(rivera, RIVERA, "phone=+1 415-555-0142", by())
        assert facts_count(rivera) == facts

    @pytest.mark.parametrize("text", ["phone", "phone=", "phone=abc", ""])
    def test_what_holds_nothing_is_refused(self, rivera: Workspace, text: str) -> None:
        facts = facts_count(rivera)
        with pytest.raises(InputWrong, match="nothing to search by"):
            keeping.add_identifier(rivera, RIVERA, text, by())
        assert facts_count(rivera) == facts


class TestAssign:
    def test_a_colleague_takes_it(self, rivera: Workspace) -> None:
        assert keeping.assign(rivera, RIVERA, "sam", by()).owner == "sam"
        facts = facts_count(rivera)
        keeping.assign(rivera, RIVERA, "sam", by())
        assert facts_count(rivera) == facts
        assert [row.owner for row in rivera.ledger.rows()] == ["sam"]

    def test_a_stranger_does_not(self, rivera: Workspace) -> None:
        with pytest.raises(InputWrong, match="not in the staff list"):
            keeping.assign(rivera, RIVERA, "nobody", by())


class TestLink:
    def test_both_know_of_each_other(self, two: Workspace) -> None:
        keeping.link(two, RIVERA, SECOND, by(), duplicate=True)
        assert two.ledger.case(RIVERA).linked == (SECOND,)
        assert two.ledger.case(SECOND).linked == (RIVERA,)

    def test_a_duplicate_keeps_its_own_clocks_and_gates(self, two: Workspace) -> None:
        before = two.ledger.case(SECOND)
        keeping.link(two, RIVERA, SECOND, by(), duplicate=True)
        after = two.ledger.case(SECOND)
        assert after.claims == before.claims
        assert {row.case for row in two.ledger.clock_rows()} == {RIVERA, SECOND}

    def test_again_it_is_no_new_fact(self, two: Workspace) -> None:
        keeping.link(two, RIVERA, SECOND, by(), duplicate=False)
        facts = facts_count(two)
        keeping.link(two, RIVERA, SECOND, by(), duplicate=False)
        assert facts_count(two) == facts

    def test_not_with_itself(self, rivera: Workspace) -> None:
        with pytest.raises(InputWrong, match="not linked to itself"):
            keeping.link(rivera, RIVERA, RIVERA, by(), duplicate=False)


def test_a_reader_writes_nothing(two: Workspace, tmp_path: Path) -> None:
    paper = tmp_path / "x.txt"
    paper.write_text("x", encoding="utf-8")
    facts = facts_count(two)
    for act in (
        lambda: keeping.note(two, RIVERA, "x", by("luis")),
        lambda: keeping.assign(two, RIVERA, "sam", by("luis")),
        lambda: keeping.attach(two, RIVERA, paper, by("luis")),
        lambda: keeping.add_identifier(two, RIVERA, "email=a@b.example", by("luis")),
        lambda: keeping.link(two, RIVERA, SECOND, by("luis"), duplicate=False),
    ):
        with pytest.raises(Refused, match="needs the role"):
            act()
    assert facts_count(two) == facts
