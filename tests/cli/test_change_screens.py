"""The screens of plan, apply, erase check, hold, child, remind and purge, each as it is met on the way."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pexpect
import pytest

from dsar.case.case import current_plan
from dsar.cli.commands import BY_NAME
from dsar.formats.plain import display_width
from dsar.workspace import Workspace
from tests.cli.test_screens import steady
from tests.cli.typing import TODAY, Ran, Terminal

GOLDEN = Path(__file__).with_name("golden") / "change"
WIDTHS = (60, 80)
LATER = "2028-12-01"
TAN, MINE = "DSAR-2026-0001", "DSAR-2026-0002"
WAIVED = ("gather", "1", "--waive", "facilities", "--reason", "kept for 30 days")


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a walk; ``name`` where its screen is kept."""

    words: tuple[str, ...]
    name: str = ""
    who: str = "priya"
    code: int = 0
    today: str = "2026-11-21"


CARMEN = "carmen.delacroix@coastmail.example"
BEFORE = (
    Step(("new", "--file", "{inbox}/05-delete-tan.eml", "{inbox}/13-opt-out-of-sale.eml")),
    Step(("letter", "send", "1", "acknowledgement")),
    Step(("verify", "1", "--method", "email-control")),
    Step(("gather", "1"), code=4),
    Step(WAIVED),
)
ERASURE = (
    *BEFORE,
    Step(("plan", "1", "--erase"), "plan-erase"),
    Step(("plan", "1", "--erase"), "plan-again"),
    Step(("apply", "1"), "apply-alone", code=3),
    Step(("hold", "list", "1"), "hold-none"),
    Step(("hold", "add", "1", "--reason", "litigation"), "hold-add", who="marta"),
    Step(("hold", "list", "1"), "hold-list"),
    Step(("apply", "1", "--confirm", TAN), "apply-held", code=3),
    Step(("hold", "lift", "1", "h-1"), "hold-lift", who="marta"),
    Step(("approve", "1", "--fingerprint", "{plan}"), who="sam"),
    Step(("apply", "1"), "apply-no-keyboard", code=2),
    Step(("letter", "send", "1", "done"), "done-too-early", code=3),
    Step(("apply", "1", "--confirm", MINE), "apply-wrong-number", code=3),
    Step(("apply", "1", "--confirm", TAN), "apply-done"),
    Step(("apply", "1", "--confirm", TAN), "apply-again"),
    Step(("erase", "check", "1"), "erase-check"),
    Step(("erase", "tell", "1"), "erase-tell"),
    Step(("erase", "tell", "1", "--done", "all"), "erase-told"),
)
OPT_OUT = (
    Step(("new", "--file", "{inbox}/13-opt-out-of-sale.eml")),
    Step(("plan", "1", "--suppress"), "plan-suppress"),
    Step(("apply", "1"), "apply-marks"),
    Step(("erase", "check", "1"), "erase-check-marks"),
    Step(("letter", "send", "1", "done", "--confirm", TAN)),
    Step(("close", "1")),
    Step(("purge",), "purge-none"),
    Step(("purge",), "purge-look", today=LATER),
    Step(("purge", "--plan"), "purge-plan", today=LATER),
    Step(("purge",), "purge-waits", today=LATER),
    Step(("purge", "--confirm", "1"), "purge-alone", today=LATER, code=3),
    Step(("purge", "--approve", "{purge}"), "purge-approve", who="sam", today=LATER),
    Step(("purge", "--confirm", "2"), "purge-wrong-number", today=LATER, code=3),
    Step(("purge", "--confirm", "0"), "purge-zero", today=LATER, code=3),
    Step(("purge", "--confirm", "1"), "purge-confirm", today=LATER),
    Step(("purge", "--confirm", "1"), "purge-again", today=LATER),
)
RESTRICT = (
    Step(("new", "--type", "restriction", "--law", "gdpr", "--name", "Carmen", "--email", CARMEN)),
    Step(("verify", "1", "--method", "account-login")),
    Step(("plan", "1", "--restrict"), "plan-restrict"),
    Step(("apply", "1", "--by-hand", "crm"), "by-hand-too-early", code=3),
    Step(("apply", "1"), "apply-in-part", code=4),
    Step(("next", "1"), "next-by-hand"),
    Step(("apply", "1", "--note", "ticket 4711"), "by-hand-note-alone", code=2),
    Step(("apply", "1", "--by-hand", "crm/x"), "by-hand-unknown", code=2),
    Step(("apply", "1", "--by-hand", "crm", "--note", "Luis, ticket 4711"), "by-hand-some", code=4),
    Step(("apply", "1", "--by-hand", "feedback", "--by-hand", "tickets"), "by-hand-all"),
    Step(("apply", "1", "--by-hand", "tickets"), "by-hand-again"),
)
CHILD = (
    Step(("new", "--file", "{inbox}/13-opt-out-of-sale.eml")),
    Step(("child", "1", "--found-by", "parent"), "child"),
    Step(("child", "1"), "child-again"),
    Step(("remind", "--check"), "remind-never", code=6),
    Step(("remind",), "remind-first"),
    Step(("remind",), "remind-second"),
    Step(("remind", "--dry-run"), "remind-dry"),
)
WALKS = {"erasure": ERASURE, "opt-out": OPT_OUT, "restrict": RESTRICT, "child": CHILD}


def kept(terminal: Terminal) -> dict[str, str]:
    """What a step takes over from an earlier one: the fingerprints a second person types, and the inbox."""
    from dsar.workflow.purge import current_plan as purge_plan
    from dsar.workflow.review import fingerprint

    ws = Workspace(terminal.home)
    line = current_plan(ws.ledger.case(TAN)) if ws.ledger.rows() else None
    purge = purge_plan(ws)
    ws.ledger.close()
    return {
        "inbox": str(terminal.home / "inbox"),
        "plan": fingerprint(line.digest) if line else "",
        "purge": purge.fingerprint if purge else "",
    }


def walk(terminal: Terminal, steps: tuple[Step, ...], width: int = 0) -> Iterator[tuple[Step, Ran]]:
    """Type every step; each must end as it says."""
    for step in steps:
        words = [word.format(**kept(terminal)) if "{" in word else word for word in step.words]
        ran = terminal(*words, who=step.who, today=step.today, width=width)
        assert ran.code == step.code, (words, ran.says)
        yield step, ran


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", WALKS)
def test_every_screen_of_the_way(typed: Callable[..., Terminal], name: str, width: int, update_screens: bool) -> None:
    terminal = typed("empty")
    wrong = []
    for step, ran in walk(terminal, WALKS[name], width):
        if not step.name:
            continue
        wide = [line for line in ran.out.splitlines() if display_width(line) > width]
        assert wide == [], step.name
        assert "Traceback" not in ran.says
        got = re.sub(r"\b[0-9a-f]{10}\b", "xxxxxxxxxx", steady(ran.out + ran.err, terminal.home))
        path = GOLDEN / f"{step.name}.{width}.txt"
        if update_screens:
            path.parent.mkdir(exist_ok=True)
            path.write_text(got, encoding="utf-8")
        if not path.is_file() or got != path.read_text(encoding="utf-8"):
            wrong.append((step.name, got))
    assert wrong == [], "read what changed: pytest tests/cli --update-screens"


def test_no_golden_screen_is_left_over() -> None:
    names = [step.name for steps in WALKS.values() for step in steps if step.name]
    assert len(names) == len(set(names))
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}.{width}.txt" for name in names for width in WIDTHS}


def test_every_command_that_a_screen_names_exists() -> None:
    named = set()
    for path in GOLDEN.glob("*.80.txt"):
        named |= {found[1] for found in re.finditer(r"dsar ([a-z]+)\b", path.read_text(encoding="utf-8"))}
    assert {"plan", "apply", "approve", "erase", "purge"} <= named
    assert named <= {*BY_NAME}


def test_an_opt_out_is_done_without_any_proof(typed: Callable[..., Terminal]) -> None:
    terminal = typed("empty")
    said = {step.name: ran for step, ran in walk(terminal, OPT_OUT[:6])}
    assert "verify" not in " ".join(ran.says for ran in said.values())
    ws = Workspace(terminal.home)
    case = ws.ledger.case(TAN)
    ws.ledger.close()
    assert (case.closed, case.proof_level) == (True, 0)
    assert "unsubscribed" in next(
        line for line in (terminal.home / "data/newsletter.csv").read_text("utf-8").splitlines() if "delacroix" in line
    )


def test_a_pipe_gets_rows_alone_and_the_fingerprint_beside_them(typed: Callable[..., Terminal]) -> None:
    terminal = typed("empty")
    list(walk(terminal, BEFORE))
    ran = terminal("plan", "1", "--erase")
    assert all(line.count("\t") == 4 for line in ran.out.splitlines())
    assert len(ran.out.splitlines()) > 5
    assert f"Fingerprint {kept(terminal)['plan']}" in ran.err
    assert terminal("plan", "1", "--erase", "--json").err == ""


def test_an_expired_plan_is_refused_with_the_plan_to_make(
    typed: Callable[..., Terminal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dsar.changes.steps.HOLDS_FOR", timedelta(hours=-1))
    terminal = typed("empty")
    list(walk(terminal, OPT_OUT[:2]))
    before = terminal.facts()
    ran = terminal("apply", "1")
    assert (ran.code, ran.out) == (3, "")
    assert "plan P-1-1 has expired" in ran.err
    assert "dsar plan 1 --suppress" in ran.err
    assert terminal.facts() == before


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("plan", "1"), 2, "dsar next 1"),
        (("plan", "1", "--correct", "p.secret@example.com"), 2, "dsar plan 1 --correct email=NEW-ADDRESS"),
        (("plan", "1", "--correct", "email="), 2, "Nothing was saved."),
        (("plan", "99", "--erase"), 2, "dsar list"),
        (("apply", "1"), 3, "has no plan"),
        (("hold", "add", "1"), 2, 'dsar hold add 1 --reason "litigation, see legal"'),
        (("hold", "lift", "1", "H-7"), 3, "dsar hold list 1"),
        (("purge", "--confirm", "0"), 2, "there is no purge plan"),
        (("purge", "--plan", "--confirm", "0"), 2, "Nothing was changed."),
        (("remind", "--show-setup", "bus"), 2, "dsar remind --show-setup cron"),
    ],
)
def test_what_is_wrong_changes_nothing_and_names_what_to_type(
    typed: Callable[..., Terminal], words: tuple[str, ...], code: int, says: str
) -> None:
    terminal = typed("opened")
    before = terminal.facts()
    ran = terminal(*words)
    assert (ran.code, ran.out) == (code, "")
    assert says in ran.err
    assert "secret" not in ran.err
    assert terminal.facts() == before
    assert terminal(*words, "--json").err.startswith('{"schema": "dsar.error/1"')


@pytest.mark.parametrize("kind", ["cron", "systemd", "windows", "mac"])
def test_what_is_copied_from_the_screen_is_not_broken_into_lines(typed: Callable[..., Terminal], kind: str) -> None:
    terminal = typed("opened")
    text = terminal("remind", "--show-setup", kind, "--json").json["text"]
    assert terminal("remind", "--show-setup", kind, width=60).out == text
    own = [line for line in text.splitlines() if str(terminal.home) not in line and "/dsar" not in line]
    assert [line for line in own if len(line) > 80] == []


def test_a_child_whose_own_deletion_waits_for_proof_is_not_sent_to_a_plan_that_is_refused(
    typed: Callable[..., Terminal],
) -> None:
    terminal = typed("empty")
    list(walk(terminal, BEFORE[:1]))
    assert "dsar next 1" in terminal("child", "1", width=80).out
    assert "dsar plan 2 --suppress" in terminal("child", "2", width=80).out
    assert terminal("plan", "2", "--suppress").code == 0


def test_a_source_that_is_gone_leaves_the_rest_done_and_says_how_to_go_on(typed: Callable[..., Terminal]) -> None:
    terminal = typed("empty")
    list(walk(terminal, BEFORE))
    terminal("plan", "1", "--erase")
    terminal("approve", "1", "--fingerprint", kept(terminal)["plan"], who="sam")
    letters = terminal.home / "data" / "newsletter.csv"
    letters.rename(terminal.home / "away.csv")
    ran = terminal("apply", "1", "--confirm", TAN, width=80)
    assert ran.code == 4
    assert "Partly done: 44 of 45 steps." in ran.out
    assert ran.out.count("newsletter:") == 1
    assert "Next: dsar apply 1" in ran.out
    assert "newsletter: there is no file" in terminal("apply", "1", "--confirm", TAN).err
    (terminal.home / "away.csv").rename(letters)
    ran = terminal("apply", "1", "--confirm", TAN)
    assert (ran.code, ran.err) == (0, "")
    assert "newsletter\t1 deleted" in ran.out


def test_plan_alone_is_refused_once_nothing_waits(typed: Callable[..., Terminal]) -> None:

    terminal = typed("empty")
    steps = [step for step, _ in walk(terminal, OPT_OUT) if step.words[0] == "plan"]
    assert steps
    case = steps[0].words[1]
    assert terminal("plan", case).code == 2, "nothing waits any more"


def test_the_look_that_approve_names_shows_the_plan(typed: Callable[..., Terminal]) -> None:
    terminal = typed("empty")
    for step, _ in walk(terminal, ERASURE):
        if step.words[0] == "plan":
            break
    case = step.words[1]
    refused = terminal("approve", case, who="sam")
    assert (refused.code, f"Look: dsar plan {case}." in refused.err) == (2, True)
    shown = terminal("plan", case, "--json", who="sam").json
    assert shown["already"] is True
    assert terminal("approve", case, "--fingerprint", shown["fingerprint"], who="sam").code == 0


def test_a_second_person_sees_what_is_left_to_people_before_the_yes(typed: Callable[..., Terminal]) -> None:
    terminal = typed("empty")
    path = terminal.home / "sources" / "newsletter.toml"
    path.write_text(path.read_text().replace('title = "', 'read_only = true\ntitle = "', 1))
    list(walk(terminal, (*BEFORE, Step(("plan", "1", "--erase")))))
    env = {"DSAR_HOME": str(terminal.home), "DSAR_TODAY": TODAY, "DSAR_AS": "sam", "PATH": os.environ["PATH"]}
    script = str(Path(sys.executable).with_name("dsar"))
    child = pexpect.spawn(script, ["approve", "1"], env=env, dimensions=(60, 80), timeout=60, encoding="utf-8")
    child.expect("By hand, no program can: newsletter/subscribers")
    child.expect("Type the fingerprint to approve changing")
    child.sendline(kept(terminal)["plan"])
    child.expect("Approved")
    child.expect(pexpect.EOF)
