"""Asking a colleague: one mail, the least identifier, a date; asked twice, it says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern

import pytest

from dsar.case.case import Look
from dsar.errors import InputWrong, Refused
from dsar.workflow import ask as asking
from dsar.workflow import ending, gather, outbox
from dsar.workspace import Workspace
from tests.workflow.office import EMAIL, RIVERA, by, facts_count


def mails(ws: Workspace) -> list[EmailMessage]:
    read = [message_from_bytes(path.read_bytes(), policy=modern) for path in (ws.home / "outbox").glob("*.eml")]
    return [one for one in read if isinstance(one, EmailMessage)]


def test_one_mail_with_the_least_identifier(at: Callable[[str], Workspace]) -> None:
    ws = at("proven")
    done = asking.ask(ws, RIVERA, "facilities", by())
    (mail,) = mails(ws)
    assert mail["To"].addresses[0].addr_spec == "luis.ortega@larkspurconnect.example"
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert RIVERA in text
    assert EMAIL in text
    for other in ("mrivera", "555-0142", "5550142", "Maria Rivera"):
        assert other not in text.replace(EMAIL, "")
    assert done.due_on == date(2026, 11, 26)


def test_the_coverage_says_who_and_until_when(at: Callable[[str], Workspace]) -> None:
    ws = at("proven")
    line = asking.ask(ws, RIVERA, "facilities", by()).case.coverage[("facilities", "door_log")]
    assert (line.state, line.asked, line.asked_due_on) == (Look.ASKED, "luis", date(2026, 11, 26))


def test_asked_again_nothing_is_sent(at: Callable[[str], Workspace]) -> None:
    ws = at("proven")
    first = asking.ask(ws, RIVERA, "facilities", by())
    facts = facts_count(ws)
    again = asking.ask(ws, RIVERA, "facilities", by(on=date(2026, 11, 24)))
    assert again.sent is None
    assert again.due_on == first.due_on
    assert facts_count(ws) == facts
    assert len(mails(ws)) == 1


def test_a_search_afterwards_does_not_forget_the_question(at: Callable[[str], Workspace]) -> None:
    ws = at("proven")
    asking.ask(ws, RIVERA, "facilities", by())
    case = gather.gather(ws, RIVERA, by()).case
    assert case.coverage[("facilities", "door_log")].state is Look.ASKED


def test_it_answers_no_right_and_acknowledges_none(at: Callable[[str], Workspace]) -> None:
    from dsar.case.case import acknowledged

    ws = at("proven")
    assert not acknowledged(asking.ask(ws, RIVERA, "facilities", by()).case)


def test_nobody_is_asked_before_proof(rivera: Workspace) -> None:
    with pytest.raises(Refused, match="not proven"):
        asking.ask(rivera, RIVERA, "facilities", by())
    assert mails(rivera) == []
    assert rivera.ledger.outbox() == []


def test_a_source_without_a_colleague_to_ask(at: Callable[[str], Workspace]) -> None:
    ws = at("proven")
    path = ws.home / "sources" / "facilities.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"luis"', '"gone"'), encoding="utf-8")
    again = Workspace(ws.home)
    with pytest.raises(InputWrong, match="does not name a colleague"):
        asking.ask(again, RIVERA, "facilities", by())
    assert again.ledger.outbox() == []
    again.ledger.close()


def test_an_unknown_source(at: Callable[[str], Workspace]) -> None:
    with pytest.raises(InputWrong, match='no source "payroll"'):
        asking.ask(at("proven"), RIVERA, "payroll", by())


def test_the_requesters_letters_do_not_mention_the_question(at: Callable[[str], Workspace]) -> None:
    from dsar.workflow.drafts import draft

    ws = at("proven")
    asking.ask(ws, RIVERA, "facilities", by())
    text = draft(ws, RIVERA, "acknowledgement", by()).composed.text
    assert "Luis" not in text
    assert "ask_colleague" not in text


def test_a_closed_case_asks_nobody(at: Callable[[str], Workspace]) -> None:
    ws = at("answered")
    ending.close(ws, RIVERA, by())
    before = len(mails(ws))
    with pytest.raises(Refused, match="is closed"):
        asking.ask(ws, RIVERA, "facilities", by())
    assert len(mails(ws)) == before


def test_the_mail_is_resumed_after_a_crash(at: Callable[[str], Workspace], monkeypatch: pytest.MonkeyPatch) -> None:
    ws = at("proven")

    def power_cut(*args: object, **more: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(type(ws.transport), "send", power_cut)
        with pytest.raises(KeyboardInterrupt):
            asking.ask(ws, RIVERA, "facilities", by())
    assert mails(ws) == []
    assert outbox.retry(ws, by()).sent == 1
    assert len(mails(ws)) == 1
