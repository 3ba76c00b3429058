"""Maria's whole journey and the demo, typed word for word; and every command that may be repeated, repeated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.typing import Terminal
from tests.workflow.office import RIVERA

JOURNEY: tuple[tuple[str, str, int], ...] = (
    ("new --file {home}/inbox/01-access-rivera.eml", "priya", 0),
    ("letter send 1 acknowledgement", "priya", 0),
    ("gather 1 --count", "priya", 0),
    ("verify 1", "priya", 0),
    ("verify 1 --method account-login", "priya", 0),
    ("gather 1", "priya", 4),
    ("ask 1 facilities", "priya", 0),
    ("gather 1 --from facilities --file none --reason expired", "priya", 0),
    ("review 1 --accept", "priya", 0),
    ("review 1 --accept-flagged", "priya", 0),
    ("approve 1 --fingerprint {mark}", "priya", 3),
    ("approve 1 --fingerprint {mark}", "sam", 0),
    ("package build 1", "priya", 0),
    ("package check 1", "priya", 0),
    ("letter preview 1 answer", "priya", 0),
    (f"letter send 1 answer --confirm {RIVERA}", "priya", 0),
    ("close 1", "priya", 0),
    ("audit check", "priya", 0),
)
# Typed twice, these do nothing more the second time.
REPEATABLE = ("letter send", "verify 1 --method", "gather 1", "ask", "review", "package build", "close", "new")


def test_the_whole_journey(typed: Callable[..., Terminal]) -> None:
    terminal = typed("empty")
    for line, who, code in JOURNEY:
        mark = terminal("review", "1", "--json").json["fingerprint"] if "{mark}" in line else ""
        words = line.format(home=terminal.home, mark=mark).split()
        ran = terminal(*words, who=who)
        assert ran.code == code, (line, ran.says)
        if any(line.startswith(start) for start in REPEATABLE) and "--method" not in line:
            before = terminal.facts()
            again = terminal(*words, who=who)
            assert again.code == code, (line, again.says)
            assert terminal.facts() == before, f"{line}: typed twice it did more"
    sent = list((terminal.home / "outbox").glob("*.eml"))
    assert len(sent) == 3, "a receipt, a question to Luis, the answer: once each"


def test_the_next_command_is_always_one_that_can_be_typed(typed: Callable[..., Terminal]) -> None:
    from dsar.cli.commands import BY_NAME

    for step in ("opened", "proven", "gathered", "reviewed", "approved", "packaged", "answered"):
        terminal = typed(step)
        for case in terminal("due", "--json").json["cases"]:
            words = case["next"].split()
            assert words[0] == "dsar"
            assert words[1] in BY_NAME
            assert terminal(words[1], *words[2:3], "--help").code == 0


def test_the_demo_runs_and_leaves_nothing(
    typed: Callable[..., Terminal], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = set(tmp_path.iterdir())
    ran = typed("opened")("demo", who="", today="")
    assert ran.code == 0, ran.err
    assert "not sent again" in ran.out
    assert "One byte was changed" in ran.out or "one byte was changed" in ran.out
    assert {path for path in tmp_path.iterdir() if path.name.startswith("dsar-demo")} == set()
    assert before <= set(tmp_path.iterdir())


def test_init_then_doctor_then_a_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "kim")
    terminal = Terminal(home=tmp_path / "desk", monkeypatch=monkeypatch)
    assert terminal("init", str(terminal.home), "--no-input", who="", today="").code == 0
    assert terminal("doctor", who="", today="").code == 0
    ran = terminal(
        "new",
        "--type",
        "access",
        "--name",
        "A B",
        "--email",
        "a@b.example",
        "--received",
        "2026-01-05",
        who="",
        today="",
    )
    assert ran.code == 0, ran.says
    assert terminal("due", "--check", "--quiet", who="", today="2026-11-21").code == 6


def test_a_dry_run_needs_no_place_in_the_staff_list(
    typed: Callable[..., Terminal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "stranger")
    terminal = typed("empty", live=True)
    before = terminal.facts()
    ran = terminal("new", "--file", str(terminal.home / "inbox" / "01-access-rivera.eml"), "-n", "--json", who="")
    assert ran.code == 0
    (result,) = ran.json["results"]
    assert (result["state"], result["received_on"], result["laws"]) == ("would-open", "2026-11-10", ["us-ca-ccpa"])
    assert terminal.facts() == before


def test_what_comes_through_a_pipe_is_read(typed: Callable[..., Terminal]) -> None:
    terminal = typed("opened")
    ran = terminal("note", "1", "-", stdin="called back\n")
    assert ran.code == 0
    assert "called back" in terminal("show", "1").out
