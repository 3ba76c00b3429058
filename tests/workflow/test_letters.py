"""Filling letters from a case: the right values, the right law, and nobody else's name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from dsar.case.rights import Right
from dsar.case.stages import Outcome, Role
from dsar.errors import InputWrong, Refused
from dsar.workflow import ending, openings, outbox
from dsar.workflow.drafts import draft
from dsar.workflow.letters import Details
from dsar.workspace import Workspace
from tests.workflow import leaks
from tests.workflow.office import RIVERA, by, expected, facts_count, opening

MUST_NOT = [text for group in expected()["must_not"] for text in group["strings"]]


def text_of(ws: Workspace, kind: str, number: str = RIVERA, **more: object) -> str:
    made = draft(ws, number, kind, by(), Details(**more))  # type: ignore[arg-type]
    assert made.problems == (), made.problems
    return " ".join(made.composed.text.split())


class TestAcknowledgement:
    def test_it_says_what_when_and_by_when(self, rivera: Workspace) -> None:
        text = text_of(rivera, "acknowledgement")
        for word in (RIVERA, "Maria Rivera", "10 November 2026", "25 December 2026", "Larkspur Connect, Inc."):
            assert word in text

    def test_in_the_requesters_language(self, desk: Workspace) -> None:
        number = openings.typed(desk, opening(language="de", laws=("gdpr",)), by())
        made = draft(desk, number, "acknowledgement", by())
        assert made.composed.language == "de"
        assert "Antrag" in made.composed.text or "Anfrage" in made.composed.text

    def test_two_rights_are_both_in_it(self, desk: Workspace) -> None:
        number = openings.typed(desk, opening(rights=(Right.ACCESS, Right.DELETE)), by())
        made = draft(desk, number, "acknowledgement", by())
        assert set(made.claims) == {"access/us-ca-ccpa", "delete/us-ca-ccpa"}
        assert {one.right for one in made.letter.rights} == {Right.ACCESS, Right.DELETE}


class TestIdentity:
    def test_it_asks_for_the_least_and_for_no_document(self, rivera: Workspace) -> None:
        text = text_of(rivera, "identity").casefold()
        for word in ("passport", "driving licence", "driver's license", "social security"):
            assert word not in text or "do not" in text or "never" in text

    def test_it_says_that_the_clock_runs_on(self, rivera: Workspace) -> None:
        made = draft(rivera, RIVERA, "identity", by())
        assert made.letter.clock_effect == "none"


class TestAnswer:
    def test_nothing_of_anybody_else_is_in_it(self, at: Callable[[str], Workspace]) -> None:
        made = draft(at("packaged"), RIVERA, "answer", by())
        for body in (made.composed.subject, made.composed.text, made.composed.html):
            assert leaks.found_in("letter.txt", body.encode(), MUST_NOT) == []

    def test_it_names_every_record_set_looked_at_and_what_was_held_back(self, at: Callable[[str], Workspace]) -> None:
        ws = at("packaged")
        letter = draft(ws, RIVERA, "answer", by()).letter
        told = {line.title for line in letter.coverage}
        described = [one for source in ws.sources for one in source.settings.record_sets]
        assert {one.title for one in described if not one.secret} == told
        assert letter.withheld
        assert letter.never_disclosed

    def test_the_checksum_is_the_packages(self, at: Callable[[str], Workspace]) -> None:
        ws = at("packaged")
        letter = draft(ws, RIVERA, "answer", by()).letter
        assert letter.package is not None
        assert letter.package.sha256 == ws.ledger.case(RIVERA).package

    def test_late_it_must_say_why(self, at: Callable[[str], Workspace]) -> None:
        ws = at("packaged")
        late = by(on=date(2026, 12, 28))
        facts = facts_count(ws)
        with pytest.raises(Refused):
            outbox.send(ws, RIVERA, "answer", late)
        assert facts_count(ws) == facts
        done = outbox.send(ws, RIVERA, "answer", late, Details(reason="a system was down for a week"))
        assert done.case.closed is False
        assert done.state == "sent"


class TestEndings:
    def test_a_refusal_gives_its_ground_and_where_to_complain(self, rivera: Workspace) -> None:
        ending.refuse(rivera, RIVERA, "excessive", by(), outcome=Outcome.REFUSED)
        text = text_of(rivera, "refusal")
        assert "excessive" in text
        assert any(
            one.authority and one.authority.name in text for one in draft(rivera, RIVERA, "refusal", by()).letter.laws
        )

    def test_a_refusal_only_where_something_was_refused(self, rivera: Workspace) -> None:
        with pytest.raises(InputWrong, match="no open right"):
            draft(rivera, RIVERA, "refusal", by())

    def test_a_redirect_names_no_customer_unless_told_to(self, rivera: Workspace) -> None:
        made = draft(rivera, RIVERA, "redirect", by())
        assert "QuickMeds" not in made.composed.text
        assert made.verdict.allowed
        named = draft(rivera, RIVERA, "redirect", by(), Details(customer="QuickMeds"))
        assert not named.verdict.allowed

    def test_once_told_there_is_nothing_more_to_answer(self, at: Callable[[str], Workspace]) -> None:
        with pytest.raises(InputWrong, match="no open right"):
            draft(at("answered"), RIVERA, "answer", by())


class TestChild:
    def test_a_reporter_learns_nothing_about_the_child(self, desk: Workspace) -> None:
        number = openings.typed(
            desk, opening(role=Role.REPORTER, rights=(Right.CHILD_DELETE,), laws=("coppa",), name="Caio Duarte"), by()
        )
        made = draft(desk, number, "acknowledgement", by())
        assert "Caio" not in made.composed.text + made.composed.html + made.composed.subject
        assert "Duarte" not in made.composed.text


class TestDetails:
    def test_a_question_is_asked_in_its_own_words(self, rivera: Workspace) -> None:
        text = text_of(
            rivera, "clarification", reasons=("you named no period",), questions=("Which years do you mean?",)
        )
        assert "Which years do you mean?" in text

    def test_markup_in_a_persons_words_stays_text(self, rivera: Workspace) -> None:
        made = draft(
            rivera, RIVERA, "clarification", by(),
            Details(reasons=("x",), questions=("<script>alert(1)</script> {{ 7*7 }} **bold**?",)),
        )  # fmt: skip
        assert "<script" not in made.composed.html
        assert "{{ 7*7 }}" in made.composed.text

    def test_a_hostile_name_is_only_a_name(self, desk: Workspace) -> None:
        name = "<b>Eve</b> {{ config }} [click](http://evil.example)"
        number = openings.typed(desk, opening(name=name), by())
        made = draft(desk, number, "acknowledgement", by())
        assert "<b>Eve" not in made.composed.html
        assert 'href="http://evil.example' not in made.composed.html
        assert "{{ config }}" in made.composed.text
