"""triage as it is typed: the message with its marked words, the two readings as keys, one decision for a campaign."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pexpect
import pytest

from tests.cli.typing import TODAY, Terminal, refused

TEXT = (
    "Dear Sir or Madam, somebody at our association told its members that your company may or may not be holding some "
    "information, and so I wonder what I should be doing about all of that.\x1b[2J It also says what to do. {name}"
)


@pytest.fixture
def drafts(typed: object, tmp_path: Path) -> Terminal:
    """A desk where two letters of a campaign and a teacher's report wait."""
    terminal: Terminal = typed()  # type: ignore[operator]
    for number, name in enumerate(("Ann Poe", "Tom Ashby"), 1):
        path = tmp_path / f"{number}.eml"
        path.write_text(
            f"From: {name} <w{number}@post.example>\nTo: privacy@larkspurconnect.example\nSubject: my data\n"
            f"Date: Fri, 20 Nov 2026 10:00:0{number} +0000\nMessage-ID: <c{number}@post.example>\n\n"
            + TEXT.format(name=name),
            encoding="utf-8",
        )
        assert terminal("new", "--file", str(path)).code == 0
    assert terminal("new", "--file", str(terminal.home / "inbox" / "08-child-teacher.eml")).code == 0
    return terminal


def test_the_words_are_marked_beside_the_evidence(drafts: Terminal) -> None:
    screen = drafts("triage", "D-0003", width=80).out
    assert "[1: " in screen
    assert "[1] child_delete: the words ask for it" in screen
    assert "1  delete, under 13" in screen


def test_hostile_text_is_shown_and_does_nothing(drafts: Terminal) -> None:
    screen = drafts("triage", "D-0001", width=80).out
    assert "\x1b" not in screen
    assert "2  access" in screen


def test_the_list_says_how_many_are_alike(drafts: Terminal) -> None:
    found = drafts("triage", "--json").json["drafts"]
    assert [(one["draft"], one["alike"]) for one in found] == [("D-0001", 2), ("D-0002", 2), ("D-0003", 1)]
    assert all("text" not in one and "name" not in one for one in found)


def test_a_campaign_is_decided_once(drafts: Terminal) -> None:
    ran = drafts("triage", "D-0002", "--accept", "--type", "access", "--like", "--json")
    assert ran.code == 0, ran.err
    done = ran.json["done"]
    assert [one["draft"] for one in done] == ["D-0002", "D-0001"]
    assert len({one["case"] for one in done}) == 2


def test_the_second_reading_is_accepted_by_a_flag(drafts: Terminal) -> None:
    assert drafts("triage", "D-0001", "--second", "--json").json["results"][0]["rights"] == ["access"]
    refused(drafts, "triage", "D-0003", "--second", code=2, says="opens no case")


def test_declined_with_a_reason(drafts: Terminal) -> None:
    refused(drafts, "triage", "D-0001", "--decline", "--why", "because", code=2, says="not a reason")
    ran = drafts("triage", "D-0001", "--decline", "--why", "advertising", "--like")
    assert ran.code == 0
    assert [one["draft"] for one in drafts("triage", "--json").json["drafts"]] == ["D-0003"]


def test_one_key_each(drafts: Terminal) -> None:
    env = {"DSAR_HOME": str(drafts.home), "DSAR_TODAY": TODAY, "DSAR_AS": "priya", "PATH": os.environ["PATH"]}
    script = str(Path(sys.executable).with_name("dsar"))
    child = pexpect.spawn(script, ["triage"], env=env, dimensions=(60, 80), timeout=60, encoding="utf-8")
    steps = (("2 accept second", "d"), ("Why", "advertising\r"), ("y yes", "y"), ("1 accept", "1"))
    for awaited, key in steps:
        child.expect(awaited)
        child.send(key)
    child.expect("opened from D-0003")
    child.expect(pexpect.EOF)
    assert drafts("triage", "--json").json["drafts"] == []
