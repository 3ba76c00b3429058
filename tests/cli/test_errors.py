"""Failures as people meet them: what happened, that nothing changed, what to type; one exit code each."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from dsar.errors import EXIT_CODES
from dsar.workspace import Workspace
from tests.cli.typing import TODAY, Terminal, refused
from tests.workflow import office
from tests.workflow.office import EMAIL, RIVERA, by

NEW = ("new", "--type", "access", "--name", "Kim Ito", "--email", "kim@ito.example")


class TestDates:
    """ux rows 1 and 2."""

    @pytest.mark.parametrize("text", ["31/02/2026", "2026-02-31", "tomorrow-ish", "00/00/0000", "9" * 40])
    def test_a_day_that_is_none(self, typed: Callable[..., Terminal], text: str) -> None:
        refused(typed(), *NEW, "--received", text, code=2, says="Not done")

    def test_february_is_explained(self, typed: Callable[..., Terminal]) -> None:
        ran = refused(typed(), *NEW, "--received", "31/02/2026", code=2, says="31/02/2026 is not a date")
        assert "28" in ran.err

    def test_two_readings(self, typed: Callable[..., Terminal]) -> None:
        ran = refused(typed(), *NEW, "--received", "03/04/2026", code=2, says="03/04/2026 can be")
        assert "2026-04-03" in ran.err
        assert "2026-03-04" in ran.err

    def test_unless_the_desk_said_how_it_writes_them(self, typed: Callable[..., Terminal]) -> None:
        terminal = typed()
        settings = terminal.home / "dsar.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace("[desk]", '[desk]\ndate_order = "dmy"'), encoding="utf-8")
        ran = terminal(*NEW, "--received", "03/04/2026", "--json")
        assert ran.json["results"][0]["received_on"] == "2026-04-03"

    def test_a_day_that_lies_ahead(self, typed: Callable[..., Terminal]) -> None:
        refused(typed(), *NEW, "--received", "2026-11-22", code=2, says="lies ahead")

    def test_a_moved_date_that_is_none(self, typed: Callable[..., Terminal]) -> None:
        refused(typed(), "due", code=2, says='--today "soon" is not a date', today="soon")


class TestNumbers:
    """ux rows 3 and 4."""

    @pytest.mark.parametrize("number", ["63", "DSAR-2026-0063", "dsar-2026-63", "0", "-1", "1e9", "9" * 30, "abc", ""])
    def test_no_such_case(self, typed: Callable[..., Terminal], number: str) -> None:
        refused(typed(), "show", "--", number, code=2, says="")

    def test_it_says_the_newest_and_where_all_are(self, typed: Callable[..., Terminal]) -> None:
        ran = refused(typed(), "show", "63", code=2, says="There is no case 63")
        assert "newest" in ran.err
        assert "dsar list" in ran.err

    def test_two_years(self, typed: Callable[..., Terminal]) -> None:
        terminal = typed()
        assert terminal(*NEW, today="2027-01-04").code == 0
        ran = refused(terminal, "show", "1", code=2, says="DSAR-2026-0001", today="2027-01-05")
        assert "DSAR-2027-0001" in ran.err
        assert "whole number" in ran.err
        assert terminal("show", "DSAR-2027-0001").code == 0
        assert terminal("show", "dsar-2026-0001").code == 0


class TestGates:
    """ux rows 5, 10, 18, 20, 22."""

    def test_the_same_wish_again(self, typed: Callable[..., Terminal]) -> None:
        words = ("new", "--type", "access", "--name", "Maria Rivera", "--email", EMAIL)
        ran = refused(typed(), *words, code=3, says=f"already has {RIVERA}")
        assert "dsar attach" in ran.err
        assert "--not-same-as" in ran.err

    def test_a_letter_that_lacks_a_reason(self, typed: Callable[..., Terminal]) -> None:
        ran = refused(typed(), "extend", "1", code=2, says="needs a reason")
        assert "dsar extend 1 --why" in ran.err

    def test_a_letter_that_lacks_a_value(self, typed: Callable[..., Terminal]) -> None:
        ran = refused(typed(), "letter", "send", "1", "clarification", code=3, says="needs {{reasons}}")
        assert "dsar show 1" in ran.err

    def test_looking_is_free_and_changing_is_not(
        self, typed: Callable[..., Terminal], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("getpass.getuser", lambda: "temp1")
        terminal = typed(live=True)
        assert terminal("show", "1", who="", today="").code == 0
        assert terminal("due", who="", today="").code == 0
        ran = refused(
            terminal,
            "note",
            "1",
            "x",
            code=3,
            says='You may look but not change: your account "temp1"',
            who="",
            today="",
        )
        assert "dsar staff" in ran.err

    def test_a_role_one_does_not_have(self, typed: Callable[..., Terminal]) -> None:
        ran = refused(typed(), "note", "1", "x", code=3, says="needs the role editor", who="luis")
        assert "dsar staff set luis --role editor" in ran.err

    def test_ones_own_approval(self, typed: Callable[..., Terminal]) -> None:
        terminal = typed("reviewed")
        mark = terminal("review", "1", "--json").json["fingerprint"]
        ran = refused(
            terminal, "approve", "1", "--fingerprint", mark, code=3, says="you finished this review, so somebody else"
        )
        assert "Sam Whitaker" in ran.err
        assert "dsar approve" in ran.err

    def test_an_approval_without_a_keyboard(self, typed: Callable[..., Terminal]) -> None:
        ran = refused(typed("reviewed"), "approve", "1", code=2, says="there is no keyboard here", who="sam")
        assert "--fingerprint" in ran.err

    def test_a_final_step_without_a_keyboard(self, typed: Callable[..., Terminal]) -> None:
        ran = refused(typed("packaged"), "letter", "send", "1", "answer", code=2, says="there is no keyboard here")
        assert f"--confirm {RIVERA}" in ran.err

    def test_another_cases_number_confirms_nothing(self, typed: Callable[..., Terminal]) -> None:
        words = ("letter", "send", "1", "answer", "--confirm", "DSAR-2026-0002")
        refused(typed("packaged"), *words, code=3, says="is not the number of this case")

    def test_before_proof(self, typed: Callable[..., Terminal]) -> None:
        refused(typed(), "gather", "1", code=3, says="identity is not proven yet")

    def test_closing_too_early(self, typed: Callable[..., Terminal]) -> None:
        refused(typed("packaged"), "close", "1", code=3, says="has no outcome yet")


class TestWho:
    def test_a_name_is_not_taken_on_a_live_desk(self, typed: Callable[..., Terminal]) -> None:
        refused(typed(live=True), "note", "1", "x", code=3, says="--as is for rehearsal", today="")
        refused(
            typed(live=True), "note", "1", "x", "--as", "sam", code=3, says="--as is for rehearsal", who="", today=""
        )

    def test_a_name_nobody_has(self, typed: Callable[..., Terminal]) -> None:
        refused(typed(), "note", "1", "x", code=2, says='"nobody" is not in the staff list', who="nobody")

    @pytest.mark.parametrize(
        "words",
        [
            ("note", "1", "x"),
            ("verify", "1", "--method", "account-login"),
            ("letter", "send", "1", "acknowledgement"),
            ("new", "--type", "access", "--name", "K", "--email", "k@k.example"),
            ("refuse", "1", "--ground", "excessive"),
            ("gather", "1", "--count"),
        ],
    )
    def test_a_moved_date_changes_nothing_on_a_live_desk(
        self, typed: Callable[..., Terminal], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
    ) -> None:
        monkeypatch.setattr("getpass.getuser", lambda: "priya")
        refused(typed(live=True), *words, code=3, says="live workspace", who="")

    @pytest.mark.parametrize("words", [(), ("due",), ("list",), ("show", "1"), ("why", "1"), ("audit", "check")])
    def test_a_moved_date_may_look(self, typed: Callable[..., Terminal], words: tuple[str, ...]) -> None:
        assert typed(live=True)(*words, who="").code == 0


class TestOptions:
    @pytest.mark.parametrize(
        ("word", "meant"), [("shwo", "show"), ("gahter", "gather"), ("verfy", "verify"), ("lettr", "letter")]
    )
    def test_a_typo_gets_one_good_suggestion(self, typed: Callable[..., Terminal], word: str, meant: str) -> None:
        refused(typed(), word, "1", code=2, says=f"Did you mean: dsar {meant}?")

    @pytest.mark.parametrize(
        "words",
        [
            ("show",),
            ("show", "1", "--nonsense"),
            ("show", "1", "2", "3"),
            ("due", "--within"),
            ("due", "--within", "soon"),
            ("verify", "1", "--method", "account-login", "--points", "99"),
            ("--home",),
            ("letter", "sned", "1", "answer"),
            ("law", "due", "--law", "gdpr"),
            ("law", "show", "ccpa", "access", "--on", "yesterday"),
            ("law", "due", "--law", "gdpr", "--right", "access", "--received", "31/02/2026"),
            ("law", "due", "--law", "gdpr", "--right", "access", "--received", "2026-01-01T09:00Z", "--zone", "No/X"),
            ("list", "--law", "nolaw"),
            ("list", "--type", "noright"),
            ("letter", "send", "1", "acknowledgement", "--by", "pigeon"),
            ("completion", "tcsh"),
        ],
    )
    def test_what_cannot_be_understood_is_told_in_our_words(
        self, typed: Callable[..., Terminal], words: tuple[str, ...]
    ) -> None:
        ran = refused(typed(), *words, code=2, says="")
        assert "Usage:" not in ran.err
        assert ran.err.strip()

    def test_global_options_before_and_after_the_verb(self, typed: Callable[..., Terminal]) -> None:
        terminal = typed()
        one = terminal("--json", "show", "1", "--today", "2026-12-01", today="")
        two = terminal("show", "1", "--json", "--today=2026-12-01", today="")
        three = terminal("--today", "2026-12-01", "show", "--json", "1", today="")
        assert one.json == two.json == three.json

    def test_after_two_dashes_words_are_words(self, typed: Callable[..., Terminal]) -> None:
        terminal = typed()
        assert terminal("note", "1", "--", "--json").code == 0
        ws = Workspace(terminal.home)
        assert ws.ledger.kept(RIVERA, "note")[-1].value == b"--json"
        ws.ledger.close()

    def test_version(self, typed: Callable[..., Terminal]) -> None:
        terminal = typed()
        assert terminal("--version").out == terminal("version", width=80).out


class TestExitCodes:
    def test_every_code_of_a_failure_is_documented(self, typed: Callable[..., Terminal]) -> None:
        told = {int(code) for code in re.findall(r"^ *(\d+)  ", typed()("help", "exit-codes").out, re.MULTILINE)}
        assert told == set(EXIT_CODES)

    def test_due_check_is_six_when_something_is_late(self, typed: Callable[..., Terminal]) -> None:
        terminal = typed()
        assert terminal("due", "--check").code == 0
        assert terminal("due", "--check", today="2027-01-30").code == 6

    def test_an_error_is_one_json_line(self, typed: Callable[..., Terminal]) -> None:
        ran = typed()("show", "63", "--json")
        assert ran.out == ""
        assert ran.err.count("\n") == 1
        assert set(json.loads(ran.err)) >= {"schema", "message", "hint", "exit_code"}

    def test_ctrl_c(self, typed: Callable[..., Terminal], monkeypatch: pytest.MonkeyPatch) -> None:
        def pressed(*words: object, **more: object) -> None:
            raise KeyboardInterrupt

        terminal = typed()
        monkeypatch.setattr("dsar.workflow.keeping.note", pressed)
        ran = terminal("note", "1", "x")
        assert ran.code == 130
        assert "the same command goes on" in ran.err

    def test_a_fault_of_ours_is_one_sentence_without_values(
        self, typed: Callable[..., Terminal], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from dsar.cli import main

        def broken(*words: object, **more: object) -> None:
            raise ValueError("Maria Rivera, +1 415 555 0142")

        terminal = typed()
        monkeypatch.setattr("dsar.workflow.keeping.note", broken)
        monkeypatch.setattr(sys, "argv", ["dsar", "--home", str(terminal.home), "--as", "priya", "note", "1", "x"])
        monkeypatch.setattr(main, "_streams", lambda: None)
        with pytest.raises(SystemExit) as ended:
            main.main()
        assert ended.value.code == 1
        err = capsys.readouterr().err
        assert "ValueError" in err
        assert "Rivera" not in err
        assert "Traceback" not in err


def test_a_changed_store_is_not_the_snapshot(typed: Callable[..., Terminal], tmp_path: Path) -> None:
    """The check these tests lean on sees a change."""
    terminal = typed()
    before = terminal.facts()
    shutil.copytree(terminal.home, tmp_path / "copy")
    ws = Workspace(tmp_path / "copy")
    office.keeping_note(ws, by())
    ws.ledger.close()
    assert Terminal(home=tmp_path / "copy", monkeypatch=terminal.monkeypatch).facts() != before


def test_a_word_that_means_several_is_asked_again_at_a_keyboard(typed: Callable[..., Terminal]) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "dsar", "new", "--type", "opt-out", "--name", "Ana Ruiz", "--email", "ana@example.com"],
        env={"DSAR_HOME": str(typed("empty").home), "DSAR_AS": "priya", "DSAR_TODAY": TODAY, "PATH": "/usr/bin:/bin"},
        encoding="utf-8",
        timeout=30,
    )
    child.expect("opt out of sale or")
    child.expect("Which one")
    child.sendline("opt_out_sale")
    child.expect("Received on")
    child.close(force=True)
