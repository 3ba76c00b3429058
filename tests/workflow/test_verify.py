"""Proving who it is: with the least that is enough, with no more than may be asked, sealed, and then destroyed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dsar.case.case import proven
from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.errors import InputWrong, Refused
from dsar.workflow import ending, openings, outbox, verify
from dsar.workflow.verify import Shown, method_named
from dsar.workspace import Workspace
from tests.workflow.office import RIVERA, by, facts_count, opening


def shown(word: str, **more: object) -> Shown:
    return Shown(method=method_named(word), **more)  # type: ignore[arg-type]


def case_of(ws: Workspace, **changes: object) -> str:
    return openings.typed(ws, opening(**changes), by())


class TestNeeds:
    def test_the_least_is_told_with_its_source_and_what_is_never_asked(self, rivera: Workspace) -> None:
        _, (need,) = verify.needs(rivera, RIVERA)
        assert need.claim == "access/us-ca-ccpa"
        assert "account-login" in need.enough
        assert any(word.startswith("matching-points (") for word in need.enough)
        assert "7060" in need.cite
        assert (need.held, need.proven) == (0, False)

    def test_an_opt_out_needs_nothing(self, desk: Workspace) -> None:
        number = case_of(desk, rights=(Right.OPT_OUT_SALE,))
        _, (need,) = verify.needs(desk, number)
        assert (need.level, need.enough, need.proven) == (0, (), True)
        assert "id_document" in need.never


class TestOverAsking:
    def test_an_opt_out_takes_no_proof(self, desk: Workspace, tmp_path: Path) -> None:
        number = case_of(desk, rights=(Right.OPT_OUT_SALE,))
        facts = facts_count(desk)
        paper = tmp_path / "passport.png"
        paper.write_bytes(b"scan")
        with pytest.raises(Refused, match="needs no proof of identity, so none may be asked or kept"):
            verify.confirm(desk, number, shown("account-login", evidence=paper), by())
        assert facts_count(desk) == facts
        assert desk.ledger.kept(number, "evidence") == []

    def test_more_than_the_law_allows_is_refused_before_anything_is_kept(
        self, rivera: Workspace, tmp_path: Path
    ) -> None:
        paper = tmp_path / "paper.pdf"
        paper.write_bytes(b"%PDF")
        facts = facts_count(rivera)
        with pytest.raises(Refused, match="id-document is more than may be asked here"):
            verify.confirm(rivera, RIVERA, shown("id-document", evidence=paper), by())
        assert facts_count(rivera) == facts
        assert rivera.ledger.kept(RIVERA, "evidence") == []

    def test_a_word_that_is_no_method_lists_the_methods(self) -> None:
        with pytest.raises(InputWrong, match="not a way of proof") as refused:
            method_named("crystal-ball")
        assert "account-login" in refused.value.hint


class TestEnough:
    def test_a_login_is(self, rivera: Workspace) -> None:
        case = verify.confirm(rivera, RIVERA, shown("account-login"), by())
        (claim,) = case.claims.values()
        assert proven(case, claim)
        assert case.proof_methods == ("account_login",)

    def test_three_points_and_a_declaration_are(self, rivera: Workspace) -> None:
        case = verify.confirm(rivera, RIVERA, shown("matching-points", points=3, declaration=True), by())
        assert proven(case, next(iter(case.claims.values())))

    def test_three_points_without_the_declaration_reach_only_level_one(self, rivera: Workspace) -> None:
        case = verify.confirm(rivera, RIVERA, shown("matching-points", points=3), by())
        assert case.proof_level == 1
        assert not proven(case, next(iter(case.claims.values())))

    def test_one_point_is_nothing(self, rivera: Workspace) -> None:
        facts = facts_count(rivera)
        with pytest.raises(Refused, match="not enough for any right"):
            verify.confirm(rivera, RIVERA, shown("matching-points", points=1), by())
        assert facts_count(rivera) == facts

    def test_a_declaration_alone_is_nothing(self, rivera: Workspace, tmp_path: Path) -> None:
        paper = tmp_path / "declaration.txt"
        paper.write_text("I am she.", encoding="utf-8")
        facts = facts_count(rivera)
        with pytest.raises(Refused, match="not enough for any right"):
            verify.confirm(rivera, RIVERA, shown("signed-declaration", evidence=paper), by())
        assert facts_count(rivera) == facts
        assert rivera.ledger.kept(RIVERA, "evidence") == []

    def test_what_did_not_hold_is_on_file(self, rivera: Workspace) -> None:
        case = verify.fail(rivera, RIVERA, method_named("account-login"), by())
        assert case.proof_failed
        assert case.proof_level == 0

    def test_the_answer_to_our_question_is_a_clock_fact(self, rivera: Workspace) -> None:
        outbox.send(rivera, RIVERA, "identity", by())
        case = verify.confirm(rivera, RIVERA, shown("account-login"), by())
        assert [move.kind for move in case.moves] == ["id_requested", "id_received"]


class TestAuthority:
    def test_an_agent_without_authority_proves_nothing(self, desk: Workspace) -> None:
        number = case_of(desk, role=Role.AGENT)
        case = verify.confirm(desk, number, shown("account-login"), by())
        assert case.authority is None
        assert not proven(case, next(iter(case.claims.values())))

    def test_an_agents_signed_permission(self, desk: Workspace, tmp_path: Path) -> None:
        paper = tmp_path / "permission.txt"
        paper.write_text("I let them ask.", encoding="utf-8")
        number = case_of(desk, role=Role.AGENT)
        case = verify.confirm(desk, number, shown("agent-authority", evidence=paper), by())
        assert case.authority is Role.AGENT
        assert len(case.evidence) == 1
        # who may act is shown by it, not who the data subject is
        assert case.proof_level == 0

    def test_a_parent_is_not_proven_as_the_child_by_an_agents_paper(self, desk: Workspace) -> None:
        number = case_of(desk, role=Role.PARENT, rights=(Right.CHILD_ACCESS,), laws=("us-coppa",))
        facts = facts_count(desk)
        try:
            case = verify.confirm(desk, number, shown("agent-authority"), by())
        except Refused:
            assert facts_count(desk) == facts
        else:
            assert not proven(case, next(iter(case.claims.values())))

    def test_a_parent_proven_as_the_law_says(self, desk: Workspace) -> None:
        number = case_of(desk, role=Role.PARENT, rights=(Right.CHILD_ACCESS,), laws=("us-coppa",))
        rule = desk.rules.find("us-coppa", Right.CHILD_ACCESS, on=by().on)
        way = next(method for method in rule.proof.accepted if method.startswith("parent_"))
        case = verify.confirm(desk, number, shown(str(way)), by())
        assert case.authority is Role.PARENT
        assert proven(case, next(iter(case.claims.values())))

    def test_a_parent_way_proves_no_ordinary_requester(self, rivera: Workspace) -> None:
        with pytest.raises(Refused):
            verify.confirm(rivera, RIVERA, shown("parent-signed-form"), by())
        assert rivera.ledger.case(RIVERA).authority is None


class TestEvidence:
    def test_it_is_sealed_and_the_fact_has_only_its_hash(self, rivera: Workspace, tmp_path: Path) -> None:
        paper = tmp_path / "declaration.txt"
        paper.write_bytes(b"I, Maria Rivera, declare")
        case = verify.confirm(rivera, RIVERA, shown("account-login", evidence=paper), by())
        (kept,) = rivera.ledger.kept(RIVERA, "evidence")
        assert kept.value == b"I, Maria Rivera, declare"
        assert case.evidence == (rivera.ledger.digest(RIVERA, kept.value),)

    def test_it_is_destroyed_when_the_case_closes(self, at: Callable[[str], Workspace], tmp_path: Path) -> None:
        ws = at("packaged")
        paper = tmp_path / "declaration.txt"
        paper.write_bytes(b"I, Maria Rivera, declare under penalty")
        verify.confirm(ws, RIVERA, shown("account-login", evidence=paper), by())
        outbox.send(ws, RIVERA, "answer", by())
        done = ending.close(ws, RIVERA, by())
        assert done.destroyed == 1
        assert ws.ledger.kept(RIVERA, "evidence") == []
        ws.ledger.close()
        assert b"declare under penalty" not in (ws.home / "dsar.db").read_bytes()

    def test_a_file_too_large_is_refused_and_nothing_kept(
        self, rivera: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(verify, "LARGEST_EVIDENCE", 100)
        paper = tmp_path / "film.bin"
        paper.write_bytes(b"x" * 101)
        facts = facts_count(rivera)
        with pytest.raises(InputWrong):
            verify.confirm(rivera, RIVERA, shown("account-login", evidence=paper), by())
        assert facts_count(rivera) == facts
        assert rivera.ledger.kept(RIVERA, "evidence") == []


def test_a_reader_may_not(rivera: Workspace) -> None:
    with pytest.raises(Refused, match="needs the role"):
        verify.confirm(rivera, RIVERA, shown("account-login"), by("luis"))
    with pytest.raises(Refused, match="needs the role"):
        verify.fail(rivera, RIVERA, method_named("account-login"), by("luis"))
