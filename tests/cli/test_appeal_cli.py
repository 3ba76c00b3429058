"""appeal and decide as they are typed: what they answer, refuse and hint, and the link from a complaint to its case."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.cli.typing import Terminal, refused
from tests.workflow.office import EMAIL

PERSON = ("--name", "Maria Rivera", "--email", EMAIL)
WHY = ("--why", "It was your first request.")


@pytest.fixture
def told(typed: Callable[..., Terminal]) -> Terminal:
    """A desk under every law, where a Virginian was refused access, told, and the case closed."""
    terminal = typed("empty")
    settings = terminal.home / "dsar.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r"(?m)^laws = .*$", "laws = []", text), encoding="utf-8")
    for line in (
        ("new", "--type", "access", "--law", "virginia", *PERSON, "--received", "2026-05-01"),
        ("refuse", "1", "--ground", "excessive"),
        ("letter", "send", "1", "refusal"),
        ("close", "1"),
    ):
        assert terminal(*line, today="2026-05-04").code == 0
    return terminal


def test_an_appeal_from_letter_to_decision(told: Terminal) -> None:
    ran = told("appeal", "1", "--received", "2026-06-20", today="2026-06-25", width=80)
    assert ran.code == 0
    assert "appeal/us-va: decide and answer by Wed 19 Aug 2026" in ran.says
    assert max(map(len, ran.out.splitlines())) <= 80
    why = told("why", "1", today="2026-06-25").says
    assert "Appeal received on Sat 20 Jun 2026: day 0." in why
    assert "60 days from Sat 20 Jun 2026: Wed 19 Aug 2026." in why
    look = told("decide", "1", today="2026-06-25", width=80)
    assert "against access/us-va: refused, decided by priya, who may not decide this" in look.says
    refused(told, "decide", "1", "--deny", *WHY, code=3, says="somebody else must decide", today="2026-06-25")
    done = told("decide", "1", "--uphold", *WHY, "--json", who="sam", today="2026-06-25").json
    assert [(one["claim"], one["due_on"]) for one in done["again"]] == [("access/us-va", "2026-08-19")]
    assert done["next"] == "dsar letter send 1 decision"
    assert told("letter", "send", "1", "decision", today="2026-06-25").code == 0
    assert "access" in told("due", today="2026-06-25").out


def test_what_cannot_be_typed(told: Terminal) -> None:
    refused(told, "decide", "1", code=2, says="Nothing waits for a decision")
    refused(told, "appeal", "1", "--received", "2026-04-01", code=2, says="before the request")
    refused(told, "appeal", "1", "--right", "delete", code=3, says="nothing on delete")
    assert told("appeal", "1").code == 0
    refused(told, "decide", "1", "--uphold", "--deny", *WHY, code=2, says="one of --uphold, --partly, --deny")
    refused(told, "decide", "1", "--uphold", code=2, says="told with its reasons", who="sam")


def test_without_an_appeal_in_the_law_the_hint_can_be_typed(told: Terminal) -> None:
    for line in (
        ("new", "--type", "access", "--law", "uk-gdpr", "--name", "B", "--email", "b@b.example"),
        ("refuse", "2", "--ground", "excessive"),
        ("letter", "send", "2", "refusal"),
    ):
        assert told(*line).code == 0
    ran = refused(told, "appeal", "2", code=3, says="gives no appeal to us")
    command = ran.err.strip().splitlines()[-1].partition("dsar ")[2]
    assert command == "new --type complaint --law s164a --about 2"
    # who complains is all that is left to fill in
    opened = told(*command.split(), "--name", "B", "--email", "b@b.example")
    assert opened.code == 0, opened.says
    assert "DSAR-2026-0002" in told("show", "3").out
    assert "DSAR-2026-0003" in told("show", "2").out


def test_a_complaint_about_a_case_there_is_not_opens_nothing(told: Terminal) -> None:
    refused(told, "new", "--type", "complaint", *PERSON, "--about", "99", code=2, says="no case 99")


def test_a_complaint_refused_with_a_ground_gets_a_refusal(told: Terminal) -> None:
    assert told("new", "--type", "complaint", "--law", "s164a", "--name", "B", "--email", "b@b.example").code == 0
    ran = told("refuse", "2", "--ground", "not_covered", width=80)
    assert "Next: dsar letter send 2 refusal" in ran.says
    text = told("letter", "preview", "2", "refusal").says
    assert "ico.org.uk" in text
    assert "go to court" in text
    assert told("letter", "send", "2", "refusal").code == 0
