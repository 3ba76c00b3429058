"""Every screen at 60, 80 and 200 columns: nothing wider than the terminal, and the texts as they were agreed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dsar.formats.plain import display_width
from tests.cli.typing import Terminal, real

GOLDEN = Path(__file__).with_name("golden")
SCREENS: dict[str, tuple[str, ...]] = {
    "bare": (),
    "next": ("next", "1"),
    "due": ("due",),
    "list": ("list",),
    "show": ("show", "1"),
    "show-child": ("show", "4"),
    "show-timeline": ("show", "3", "--timeline"),
    "why": ("why", "1"),
    "verify": ("verify", "2"),
    "triage": ("triage",),
    "triage-one": ("triage", "D-0001"),
    "gather": ("gather", "1", "--count"),
    "review": ("review", "1"),
    "letter-preview": ("letter", "preview", "2", "acknowledgement"),
    "letter-list": ("letter", "list", "1"),
    "outbox": ("outbox", "list"),
    "source-list": ("source", "list"),
    "staff-list": ("staff", "list"),
    "law-list": ("law", "list"),
    "law-due": ("law", "due", "--law", "uk-gdpr", "--right", "access", "--received", "2026-11-25"),
}
WIDTHS = (60, 80, 200)


def steady(text: str, home: Path) -> str:
    """What differs from run to run, or with an edit of the law data, made the same: places, hashes."""
    text = re.sub(r"(?<!DSAR-)\b[0-9a-f]{4}-[0-9a-f]{4}\b", "xxxx-xxxx", text.replace(str(home), "HOME"))
    return re.sub(r"\b[0-9a-f]{12}\b", "xxxxxxxxxxxx", text)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", SCREENS)
def test_a_screen(busy: Terminal, name: str, width: int, update_screens: bool) -> None:
    ran = busy(*SCREENS[name], width=width)
    assert ran.code == 0, ran.err
    assert "\x1b" not in ran.out
    got = steady(ran.out, busy.home)
    # a law's own page and a letter's text are text, broken at words; anything else is fitted
    wide = [line for line in got.splitlines() if display_width(line) > width]
    assert wide == []
    path = GOLDEN / f"{name}.{width}.txt"
    if update_screens:
        path.parent.mkdir(exist_ok=True)
        path.write_text(got, encoding="utf-8")
    assert path.is_file(), "a new screen: run pytest tests/cli --update-screens and read what it wrote"
    assert got == path.read_text(encoding="utf-8")


def test_no_golden_screen_is_left_over() -> None:
    assert {path.name for path in GOLDEN.glob("*.txt")} == {
        f"{name}.{width}.txt" for name in SCREENS for width in WIDTHS
    }


@pytest.mark.parametrize("width", [60, 100])
def test_ids_and_dates_are_never_cut(busy: Terminal, width: int) -> None:
    for words in ((), ("due",), ("list",)):
        out = busy(*words, width=width).out
        assert len(re.findall(r"DSAR-2026-\d{4}\b", out)) >= 4
        assert "DSAR-2026…" not in out


def test_below_sixty_columns_there_are_labelled_lines(busy: Terminal) -> None:
    out = busy("list", width=40).out
    assert "Case: DSAR-2026-0002" in out
    assert all(display_width(line) <= 40 for line in out.splitlines())


def test_plain_is_labelled_lines_too(busy: Terminal) -> None:
    out = busy("list", "--plain", width=120).out
    assert "Case: DSAR-2026-0002" in out
    assert not re.search(r"[─│┌╭━]", out)


class TestRealTerminal:
    def test_colour_is_there_and_words_say_the_same(self, busy: Terminal) -> None:
        code, seen = real(busy.home)
        assert code == 0
        assert "\x1b[" in seen
        assert "LATE" in seen

    @pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
    def test_no_colour_where_none_is_wanted(self, busy: Terminal, env: dict[str, str]) -> None:
        code, seen = real(busy.home, env=env)
        assert code == 0
        assert "\x1b" not in seen

    @pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
    def test_a_terminal_that_knows_few_letters_shows_what_it_can(self, busy: Terminal, encoding: str) -> None:
        code, _ = real(
            busy.home, "new", "--type", "access", "--name", "Łukasz Ωmega 安", "--email", "l@b.example", "--no-input"
        )
        assert code == 0
        code, seen = real(busy.home, "show", "5", env={"PYTHONIOENCODING": encoding})
        assert code == 0
        assert "Traceback" not in seen
        assert "?ukasz" in seen

    def test_the_width_is_the_terminals(self, busy: Terminal) -> None:
        for width in (60, 120):
            _, seen = real(busy.home, "due", width=width, env={"NO_COLOR": "1"})
            lines = seen.replace("\r", "").splitlines()
            assert max(len(line) for line in lines) <= width
            assert any("DSAR-2026-0002" in line for line in lines)
