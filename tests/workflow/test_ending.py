"""Endings: refusing, taking more time only where and while the law allows it, closing, coming back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from dsar.case.rights import Right
from dsar.case.stages import Outcome, Stage
from dsar.errors import InputWrong, Refused
from dsar.workflow import ending, gather, openings, outbox, overview, review, verify
from dsar.workflow.drafts import draft
from dsar.workflow.letters import Details
from dsar.workflow.queue import queue
from dsar.workspace import Workspace
from tests.workflow.office import RIVERA, by, facts_count, opening, somebody


class TestRefuse:
    def test_a_right_ends_with_its_ground(self, rivera: Workspace) -> None:
        case = ending.refuse(rivera, RIVERA, "excessive", by(), outcome=Outcome.REFUSED)
        (claim,) = case.claims.values()
        assert (claim.outcome, claim.ground) == (Outcome.REFUSED, "excessive")

    def test_the_person_must_still_be_told(self, rivera: Workspace) -> None:
        ending.refuse(rivera, RIVERA, "excessive", by(), outcome=Outcome.REFUSED)
        with pytest.raises(Refused, match="has not been told"):
            ending.close(rivera, RIVERA, by())
        outbox.send(rivera, RIVERA, "refusal", by())
        assert ending.close(rivera, RIVERA, by()).case.closed

    def test_no_ground_of_ones_own(self, rivera: Workspace) -> None:
        facts = facts_count(rivera)
        with pytest.raises(InputWrong, match="not a ground for a refusal") as refused:
            ending.refuse(rivera, RIVERA, "too much work", by(), outcome=Outcome.REFUSED)
        assert "manifestly_unfounded" in refused.value.hint
        assert facts_count(rivera) == facts

    @pytest.mark.parametrize("outcome", [Outcome.GRANTED, Outcome.GRANTED_IN_PART, Outcome.NOTHING_HELD])
    def test_what_an_answer_decides_is_not_decided_by_hand(self, rivera: Workspace, outcome: Outcome) -> None:
        with pytest.raises(InputWrong, match="follows from the answer"):
            ending.refuse(rivera, RIVERA, "", by(), outcome=outcome)

    def test_one_right_of_two(self, desk: Workspace) -> None:
        number = openings.typed(desk, opening(rights=(Right.ACCESS, Right.DELETE)), by())
        case = ending.refuse(desk, number, "excessive", by(), outcome=Outcome.REFUSED, claim="delete")
        assert {claim.right: claim.outcome for claim in case.claims.values()} == {
            Right.ACCESS: None,
            Right.DELETE: Outcome.REFUSED,
        }

    def test_again_it_is_no_new_fact(self, rivera: Workspace) -> None:
        ending.refuse(rivera, RIVERA, "excessive", by(), outcome=Outcome.REFUSED)
        facts = facts_count(rivera)
        ending.refuse(rivera, RIVERA, "excessive", by(), outcome=Outcome.REFUSED)
        assert facts_count(rivera) == facts

    def test_a_right_the_case_has_not(self, rivera: Workspace) -> None:
        with pytest.raises(InputWrong, match="no open right like that"):
            ending.refuse(rivera, RIVERA, "excessive", by(), outcome=Outcome.REFUSED, claim="edit")

    @pytest.mark.parametrize("outcome", [Outcome.WITHDRAWN, Outcome.OPENED_IN_ERROR])
    def test_what_needs_no_letter_is_closed_at_once(self, rivera: Workspace, outcome: Outcome) -> None:
        ending.refuse(rivera, RIVERA, "", by(), outcome=outcome)
        assert ending.close(rivera, RIVERA, by()).case.closed


class TestClose:
    def test_an_answered_case(self, at: Callable[[str], Workspace]) -> None:
        ws = at("answered")
        done = ending.close(ws, RIVERA, by())
        assert done.case.closed
        assert done.case.purge_on == date(2028, 11, 21)
        assert not done.already
        assert queue(ws, by().on).lines == ()

    def test_again_it_says_already(self, at: Callable[[str], Workspace]) -> None:
        ws = at("answered")
        ending.close(ws, RIVERA, by())
        facts = facts_count(ws)
        assert ending.close(ws, RIVERA, by()).already
        assert facts_count(ws) == facts

    def test_everything_that_is_missing_is_listed(self, desk: Workspace) -> None:
        number = openings.typed(desk, opening(rights=(Right.ACCESS, Right.DELETE)), by())
        ending.refuse(desk, number, "excessive", by(), outcome=Outcome.REFUSED, claim="delete")
        outbox.queue(
            desk, number, f"{number}:acknowledgement", draft(desk, number, "acknowledgement", by()), by(), by_post=False
        )
        facts = facts_count(desk)
        with pytest.raises(Refused) as refused:
            ending.close(desk, number, by())
        for words in ("access/us-ca-ccpa has no outcome", "not been told about delete/us-ca-ccpa", "still on its way"):
            assert words in refused.value.message
        assert facts_count(desk) == facts

    def test_working_copies_are_swept(self, at: Callable[[str], Workspace]) -> None:
        ws = at("answered")
        work = ws.case_folder(RIVERA, "work")
        (work / "36.csv").write_text("copy", encoding="utf-8")
        ending.close(ws, RIVERA, by())
        assert not work.exists()
        assert (ws.home / "cases" / RIVERA / f"{RIVERA}.zip").exists()

    def test_a_closed_case_takes_no_more_work(self, at: Callable[[str], Workspace]) -> None:
        ws = at("answered")
        ending.close(ws, RIVERA, by())
        facts = facts_count(ws)
        for act in (
            lambda: ending.refuse(ws, RIVERA, "excessive", by(), outcome=Outcome.REFUSED),
            lambda: verify.confirm(ws, RIVERA, verify.Shown(method=verify.method_named("account-login")), by()),
            lambda: gather.gather(ws, RIVERA, by()),
            lambda: gather.waive(ws, RIVERA, "crm", "", "because", by()),
            lambda: review.reject(ws, RIVERA, "because", by("sam")),
            lambda: outbox.send(ws, RIVERA, "extension", by(), Details(reason="more time")),
        ):
            with pytest.raises((Refused, InputWrong)):
                act()
        assert facts_count(ws) == facts

    def test_the_closed_persons_new_request_is_a_new_case(self, at: Callable[[str], Workspace]) -> None:
        ws = at("answered")
        ending.close(ws, RIVERA, by())
        assert openings.typed(ws, opening(sha256=""), by()) == "DSAR-2026-0002"


class TestReopen:
    def test_with_a_reason(self, at: Callable[[str], Workspace]) -> None:
        ws = at("answered")
        ending.close(ws, RIVERA, by())
        case = ending.reopen(ws, RIVERA, "the answer came back by post", by())
        assert not case.closed
        assert case.purge_on is None
        assert ws.ledger.kept(RIVERA, "reason")[-1].value == b"the answer came back by post"
        assert overview.page(ws, RIVERA).stage != Stage.CLOSED

    def test_not_without_one(self, at: Callable[[str], Workspace]) -> None:
        ws = at("answered")
        ending.close(ws, RIVERA, by())
        with pytest.raises(InputWrong, match="needs a reason"):
            ending.reopen(ws, RIVERA, "", by())
        assert ws.ledger.case(RIVERA).closed

    def test_not_an_open_one(self, rivera: Workspace) -> None:
        items = len(rivera.ledger.kept(RIVERA))
        with pytest.raises(Refused, match="is open already"):
            ending.reopen(rivera, RIVERA, "because", by())
        assert len(rivera.ledger.kept(RIVERA)) == items


def test_a_reader_ends_nothing(at: Callable[[str], Workspace]) -> None:
    ws = at("answered")
    openings.typed(ws, somebody("A B", "a@b.example"), by())
    facts = facts_count(ws)
    for act in (
        lambda: ending.close(ws, RIVERA, by("luis")),
        lambda: ending.reopen(ws, RIVERA, "x", by("luis")),
        lambda: ending.refuse(ws, "DSAR-2026-0002", "excessive", by("luis"), outcome=Outcome.REFUSED),
    ):
        with pytest.raises(Refused, match="needs the role"):
            act()
    assert facts_count(ws) == facts
