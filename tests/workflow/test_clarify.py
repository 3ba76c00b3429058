"""A question to the person by letter: sent once, and the clock stops only where the law lets it."""

from __future__ import annotations

from datetime import date

import pytest

from dsar.case.stamp import Stamp
from dsar.case.waiting import Why
from dsar.errors import InputWrong, Refused
from dsar.letters.address import mail_address
from dsar.letters.mail import message_id
from dsar.workflow import outbox
from dsar.workflow.clarify import clarify
from dsar.workflow.waiting import resume
from dsar.workspace import Workspace
from tests.workflow.office import by, facts_count
from tests.workflow.test_waiting import JUNE, due, opened

ASK = ("From which year are the calls you mean?",)


def bounce(ws: Workspace, key: str, stamp: Stamp) -> None:
    """The letter with this key comes back."""
    assert outbox.bounced(ws, message_id(key, mail_address(ws.sender)), stamp)


class TestClarify:
    def test_the_letter_asks_and_the_clock_stops_where_the_law_lets_it(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr", "us-ca-ccpa")
        asked = clarify(desk, number, ASK, by(on=JUNE[10]))
        assert asked.sent
        assert {effect.claim: effect.recorded for effect in asked.effects} == {
            "access/uk-gdpr": True,
            "access/us-ca-ccpa": False,
        }
        done = resume(desk, number, by(on=JUNE[12]), why=Why.CLARIFICATION)
        assert due(desk, number, "access/uk-gdpr") == date(2026, 7, 6)  # 4 July is a Saturday
        assert due(desk, number, "access/us-ca-ccpa") == date(2026, 7, 16)
        assert {move.kind for move in done.case.moves} == {"clarification_asked", "clarification_answered"}

    def test_the_letter_says_what_the_law_lets_happen(self, desk: Workspace) -> None:
        texts = {
            law: clarify(desk, opened(desk, law, name=name), ASK, by(on=JUNE[10]), dry_run=True).text
            for law, name in (("uk-gdpr", "Ann Lee"), ("eu-gdpr", "Bo Lee"), ("us-ca-ccpa", "Cy Lee"))
        }
        assert "do not count" in " ".join(texts["uk-gdpr"].split())
        assert "may stand still" in " ".join(texts["eu-gdpr"].split())
        assert "does not move our date" in " ".join(texts["us-ca-ccpa"].split())

    def test_a_dry_run_sends_nothing(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        facts = facts_count(desk)
        asked = clarify(desk, number, ASK, by(on=JUNE[10]), dry_run=True)
        assert ASK[0] in asked.text
        assert asked.problems == ()
        assert not asked.sent
        assert facts_count(desk) == facts

    def test_once_until_it_is_answered_then_a_further_question(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        clarify(desk, number, ASK, by(on=JUNE[10]))
        facts = facts_count(desk)
        assert clarify(desk, number, ASK, by(on=JUNE[11])).already
        assert facts_count(desk) == facts
        resume(desk, number, by(on=JUNE[12]))
        assert clarify(desk, number, ("And which number?",), by(on=JUNE[15])).sent
        resume(desk, number, by(on=JUNE[16]))
        # 10 to 12 and 15 to 16 June are left out: 1 July and five days
        assert due(desk, number, "access/uk-gdpr") == date(2026, 7, 6)

    def test_no_question_no_letter(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        with pytest.raises(InputWrong, match="no question"):
            clarify(desk, number, (" ",), by(on=JUNE[10]))

    def test_a_question_that_came_back_was_never_asked(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        clarify(desk, number, ASK, by(on=JUNE[10]))
        sent = next(iter(desk.ledger.case(number).letters))
        bounce(desk, sent, by(on=JUNE[11]))
        with pytest.raises(Refused, match="waits for nothing"):
            resume(desk, number, by(on=JUNE[12]))
        assert desk.ledger.case(number).moves == ()
