"""Every right there is, from opening to closing, by typing nothing but what `dsar next` says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from dsar.case.rights import Right
from tests.cli.typing import Ran, Terminal
from tests.workflow.office import EMAIL, RIVERA

MARIA = ("--name", "Maria Rivera", "--email", EMAIL)
DUARTE = (
    *("--name", "Caio Duarte", "--email", "renata@duarte.example", "--role", "parent"),
    *("--identifier", "account_id=A-1011"),
)
MOST_STEPS = 25


@dataclass(frozen=True, slots=True)
class Walk:
    """Under which law a right is walked, by whom it is asked, and which letter must answer it."""

    law: str
    letter: str
    who: tuple[str, ...] = MARIA


WALKS: dict[Right, Walk] = {
    Right.ACCESS: Walk("ccpa", "answer"),
    Right.PORTABILITY: Walk("gdpr", "answer"),
    Right.EDIT: Walk("ccpa", "done"),
    Right.DELETE: Walk("ccpa", "done"),
    Right.OBJECTION: Walk("gdpr", "done"),
    Right.RESTRICTION: Walk("gdpr", "done"),
    Right.WITHDRAW_CONSENT: Walk("gdpr", "done"),
    Right.OPT_OUT_SALE: Walk("ccpa", "done"),
    Right.OPT_OUT_MARKETING: Walk("us-can-spam", "done"),
    Right.NOTICE_1798_83: Walk("1798.83", "notice"),
    Right.CHILD_DELETE: Walk("coppa", "nothing", DUARTE),
    Right.CHILD_ACCESS: Walk("coppa", "nothing", DUARTE),
    Right.COMPLAINT: Walk("s164a", "decision"),
    Right.APPEAL: Walk("virginia", "decision"),
    Right.LIMIT_SPI: Walk("ccpa", "done"),
    Right.THIRD_PARTIES: Walk("us-or", "recipients"),
    Right.AUTOMATED_DECISION: Walk("gdpr", "decision"),
    Right.PROCESSOR_RECEIVED: Walk("gdpr", "redirect"),
}

# What a person fills in where a step leaves something to them; the first that fits is typed after the command.
FILLED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"^verify \d+ --parent$", ("--method", "parent-signed-form")),
    (r"^verify \d+$", ("--method", "account-login")),
    (r"^review \d+$", ("--accept", "--accept-flagged")),
    (r"^apply \d+$", ("--confirm", RIVERA)),
    (r"^decide \d+$", ("--uphold", "--why", "You are right, and we put it right today.")),
    (r"^letter send \d+ (answer|nothing|done)", ("--confirm", RIVERA)),
)
PLACES = {"FILE": "none", "FIELD=VALUE": "phone=+14155550199", "PURPOSE": "sending the newsletter"}
# Colleagues: a second person approves.
BY_SAM = re.compile(r"^(approve|decide) ")
MAY_BE_PARTLY = re.compile(r"^(gather|erase check|apply) ")


def desk(typed: Callable[..., Terminal]) -> Terminal:
    """The sample desk under every law there is."""
    terminal = typed("empty")
    settings = terminal.home / "dsar.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r"(?m)^laws = .*$", "laws = []", text), encoding="utf-8")
    return terminal


def as_typed(terminal: Terminal, command: str) -> tuple[str, ...]:
    """A next step as a person types it: placeholders filled, and what the step leaves to choose chosen."""
    line = command.removeprefix("dsar ")
    words = [PLACES.get(word, word) for word in line.split()]
    more: tuple[str, ...] = next((more for pattern, more in FILLED if re.search(pattern, line)), ())
    if "--from" in words:
        more = ("--reason", "kept 30 days only")
    if line.startswith("approve "):
        plan = terminal("plan", words[1], "--json")
        looked = plan if plan.code == 0 else terminal("review", words[1], "--json")
        more = ("--fingerprint", looked.json["fingerprint"])
    return (*words, *more)


def walked(terminal: Terminal, number: str = "1") -> list[str]:
    """Type what is next until the case is closed; every command must work, and each must bring the case on."""
    typed: list[str] = []
    for _ in range(MOST_STEPS):
        steps = [row.split("\t") for row in terminal("next", number).out.splitlines()]
        if all(says == "closed" for _, _, says, _ in steps):
            return typed
        # the rights that are ready to be closed wait for the others
        command = next((row[3] for row in steps if row[2] != "close"), steps[0][3])
        line = command.removeprefix("dsar ")
        ran = terminal(*as_typed(terminal, command), who="sam" if BY_SAM.match(line) else "priya")
        assert ran.code == 0 or (ran.code == 4 and MAY_BE_PARTLY.match(line)), f"{line}: {ran.says}"
        typed.append(line)
    raise AssertionError(f"{number} goes round in circles: {typed}")


def opened(terminal: Terminal, right: Right, walk: Walk) -> Ran:
    ran = terminal("new", "--type", right, "--law", walk.law, *walk.who, "--received", "2026-11-20")
    assert ran.code == 0, ran.says
    return ran


def test_every_right_is_walked() -> None:
    assert set(WALKS) == set(Right)


@pytest.mark.parametrize("right", list(Right))
def test_from_opening_to_closing_by_typing_what_is_next(right: Right, typed: Callable[..., Terminal]) -> None:
    terminal, walk = desk(typed), WALKS[right]
    opened(terminal, right, walk)
    steps = walked(terminal)
    assert steps[-1] == "close 1"
    sent = [line.split()[3] for line in steps if line.startswith("letter send")]
    assert walk.letter in sent, steps
    assert terminal("audit", "check").code == 0


@pytest.mark.parametrize("right", [Right.COMPLAINT, Right.APPEAL, Right.LIMIT_SPI, Right.THIRD_PARTIES])
def test_the_letters_of_a_german_request_are_german(right: Right, typed: Callable[..., Terminal]) -> None:
    terminal, walk = desk(typed), WALKS[right]
    assert terminal("new", "--type", right, "--law", walk.law, *walk.who, "--language", "de").code == 0
    walked(terminal)
    letters = [path.read_bytes() for path in (terminal.home / "outbox").glob("*.eml")]
    assert letters
    assert all(b"Unser Zeichen" in letter for letter in letters)


@pytest.mark.parametrize("right", list(Right))
def test_refused_it_is_told_and_closed_the_same_way(right: Right, typed: Callable[..., Terminal]) -> None:
    terminal, walk = desk(typed), WALKS[right]
    opened(terminal, right, walk)
    assert terminal("refuse", "1", "--ground", "not_covered").code == 0
    steps = walked(terminal)
    assert steps == ["letter send 1 refusal", "close 1"]


@pytest.mark.parametrize("kind", ["refusal", "recipients"])
def test_a_late_letter_says_what_to_type(kind: str, typed: Callable[..., Terminal]) -> None:
    terminal = desk(typed)
    new = ("new", "--type", "third_parties", "--law", "us-or", *MARIA, "--received", "2026-09-01")
    assert terminal(*new).code == 0
    steps = ("verify 1 --method email-control", "refuse 1 --ground not_covered" if kind == "refusal" else "next 1")
    for line in steps:
        assert terminal(*line.split()).code == 0
    late = terminal("letter", "send", "1", kind)
    assert late.code == 3
    command = late.err.strip().splitlines()[-1]
    assert command == f'dsar letter send 1 {kind} --because "why it is late"'
    sent = terminal("letter", "send", "1", kind, "--because", "Your letter lay in a wrong mailbox.")
    assert sent.code == 0, sent.says
    (path,) = (terminal.home / "outbox").glob("*.eml")
    assert b"Your letter lay in a wrong mailbox." in path.read_bytes()


@pytest.mark.parametrize("right", [Right.ACCESS, Right.DELETE])
def test_what_an_appeal_wins_back_is_walked_once_more(right: Right, typed: Callable[..., Terminal]) -> None:
    """Granted in part, told, closed; appealed, upheld: the work is done anew and the person hears a second time."""
    terminal = desk(typed)
    opened(terminal, right, Walk("virginia", "answer"))
    first = walked(terminal)
    ran = terminal("appeal", "1")
    assert ran.code == 0, ran.says
    second = walked(terminal)
    assert second[0] == "decide 1"
    assert "letter send 1 decision" in second
    assert second[-1] == "close 1"
    answer = "letter send 1 answer" if right is Right.ACCESS else "letter send 1 done"
    assert answer in first
    assert answer in second
    sent = [one["kind"] for one in terminal("letter", "list", "1", "--json").json["letters"] if one["state"] == "sent"]
    assert sent.count(answer.split()[-1]) == 2, "the second answer is no repetition of the first"
    assert terminal("audit", "check").code == 0
