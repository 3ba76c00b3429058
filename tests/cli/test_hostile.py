"""Hostile text from outside is harmless on every screen, in every pipe, spreadsheet and document."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dsar.workspace import Workspace
from tests.cli.typing import Terminal, real
from tests.workflow.office import by, somebody

HOSTILE = {
    "markup": "[red]Eve[/red] [/x] [link=http://evil.example]",
    "emoji": "Eve :bug: :smiley:",
    "escape": "Eve\x1b[2J\x1b]0;owned\x07\x9b31m",
    "bidi": "Eve \u202etxt.exe\u202c \u2066x\u2069",
    "formula": "=cmd|'/c calc'!A1",
    "plus": "+1+1",
    "at": "@SUM(A1:A9)",
    "lines": "Eve\r\nDSAR-2026-9999\ttabbed\u2028x\x00",
    "braces": "{{ 7*7 }} {% for x in y %}",
    "wide": "安" * 60,
    "zalgo": "E" + "\u0301" * 200,
}
VIEWS = ((), ("due",), ("list",), ("show", "1"), ("show", "1", "--timeline"), ("why", "1"), ("next", "1"))
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]")


@pytest.fixture(scope="session")
def hostile_desks(snapshots: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One desk for each kind of text: as name, as note, as subject and as identifier."""
    from dsar.workflow import keeping, openings

    made = {}
    for kind, text in HOSTILE.items():
        home = tmp_path_factory.mktemp("hostile") / kind
        shutil.copytree(snapshots("empty"), home)
        ws = Workspace(home)
        number = openings.typed(ws, somebody(text, "eve@evil.example", subject=text, text=text), by())
        keeping.note(ws, number, text, by())
        keeping.add_identifier(ws, number, f"customer_no={text}", by())
        ws.ledger.close()
        made[kind] = home
    return made


@pytest.fixture(params=HOSTILE)
def desk_of(
    request: pytest.FixtureRequest, hostile_desks: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> tuple[str, Terminal]:
    """A kind of text and a terminal at its desk; only looked at, so one desk serves all."""
    return request.param, Terminal(home=hostile_desks[request.param], monkeypatch=monkeypatch)


@pytest.mark.parametrize("names", [(), ("--names",)])
@pytest.mark.parametrize("colour", [False, True])
def test_no_screen_breaks_or_obeys(desk_of: tuple[str, Terminal], colour: bool, names: tuple[str, ...]) -> None:
    kind, terminal = desk_of
    for words in VIEWS:
        ran = terminal(*words, *names, width=100, colour=colour)
        assert ran.code == 0, (kind, words, ran.err)
        plain = re.sub(r"\x1b\[[0-9;]*m", "", ran.out)
        assert not CONTROL.search(plain), (kind, words)
        assert "\x1b]" not in ran.out


def test_markup_is_shown_as_it_was_written(desk_of: tuple[str, Terminal]) -> None:
    kind, terminal = desk_of
    if kind not in ("markup", "emoji", "braces", "formula"):
        return
    # wide enough that nothing is wrapped
    assert HOSTILE[kind] in terminal("show", "1", width=300).out


def test_a_pipe_keeps_one_case_on_one_line(desk_of: tuple[str, Terminal]) -> None:
    _, terminal = desk_of
    for words in ((), ("due",), ("list",), ("list", "--names")):
        out = terminal(*words).out
        assert not CONTROL.search(out)
        assert all("DSAR-2026-0001" in line for line in out.splitlines())


def test_no_cell_is_a_formula(desk_of: tuple[str, Terminal]) -> None:
    kind, terminal = desk_of
    for words in (("list", "--names"), ("due", "--names"), ("show", "1"), ("audit", "log")):
        ran = terminal(*words, "--csv")
        assert ran.code == 0, (kind, words, ran.err)
        rows = list(csv.reader(io.StringIO(ran.out.removeprefix("\ufeff"))))
        assert all(cell[:1] not in tuple("=+-@\t\r") for cells in rows for cell in cells if cell)


def test_json_is_one_document_on_one_line(desk_of: tuple[str, Terminal]) -> None:
    _, terminal = desk_of
    for words in VIEWS:
        ran = terminal(*words, "--json", "--names")
        assert ran.out.count("\n") == 1
        assert ran.json["schema"].startswith("dsar.")


def test_a_letter_to_such_a_name_is_only_a_letter(desk_of: tuple[str, Terminal]) -> None:
    kind, terminal = desk_of
    ran = terminal("letter", "preview", "1", "acknowledgement", "--json")
    assert ran.code == 0, (kind, ran.err)
    assert "<script" not in ran.json["html"]
    assert 'href="http://evil.example' not in ran.json["html"]
    assert "49" not in re.sub(r"\d{3,}", "", ran.json["text"]) or kind != "braces"
    assert "\n" not in ran.json["subject"]


@pytest.mark.parametrize("words", [("show", "[red]"), ("[/x]",), ("show", "\x1b[2J"), ("list", "--law", "=cmd")])
def test_what_was_typed_comes_back_harmless(typed: Callable[..., Terminal], words: tuple[str, ...]) -> None:
    ran = typed("opened")(*words)
    assert ran.code == 2
    assert "\x1b" not in ran.err
    assert "Traceback" not in ran.err


def test_in_a_real_terminal_nothing_is_obeyed(hostile_desks: dict[str, Path]) -> None:
    code, seen = real(hostile_desks["escape"], "show", "1")
    assert code == 0
    assert "\x1b[2J" not in seen
    assert "\x1b]0;" not in seen
