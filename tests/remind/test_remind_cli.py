"""The two commands as they are typed: what they print where, and their exit codes."""

from __future__ import annotations

import json
import plistlib
import re
import shlex
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import typer

from dsar.cli.purge import app_purge
from dsar.cli.remind import app_remind
from dsar.cli.remind_setup import text
from dsar.cli.session import Session, begin
from dsar.errors import Busy, DsarError, InputWrong
from dsar.workflow import remind
from dsar.workflow.remind_lock import only_run
from dsar.workspace import Workspace
from tests.remind import desk
from tests.remind.desk import local, opened
from tests.remind.test_purge import RIPE, closed

NOW = "2026-10-20T12:05"
REHEARSAL = "\n[desk]\nrehearsal = true\n"
Typed = Callable[..., int]


@pytest.fixture
def rehearsal(tmp_path: Path) -> Path:
    home = tmp_path / "rehearsal"
    desk.make_desk(home, more=REHEARSAL)
    return home


@pytest.fixture
def typed(rehearsal: Path) -> Typed:
    """Type a command at the rehearsal desk; every call is a process of its own."""

    def run(app: typer.Typer, *words: str, now: str = NOW, who: str = "olga", **options: bool) -> int:
        session = Session(home=str(rehearsal), now=now, acting_as=who, **options)
        begin(session)
        try:
            code = typer.main.get_command(app).main(args=list(words), standalone_mode=False)
        except DsarError as error:
            code = error.exit_code
        finally:
            if "ledger" in vars(session.workspace):
                session.workspace.ledger.close()
        assert isinstance(code, int)
        return code

    return run


@pytest.fixture
def waiting(rehearsal: Path) -> None:
    ws = Workspace(rehearsal)
    opened(ws, local(date(2026, 10, 20), 10), "ann")
    ws.ledger.close()


@pytest.mark.usefixtures("waiting")
class TestRemind:
    def test_quiet_says_nothing_while_all_is_well(self, typed: Typed, capfd: pytest.CaptureFixture[str]) -> None:
        assert typed(app_remind, quiet=True) == 0
        assert capfd.readouterr() == ("", "")

    def test_one_line_and_then_nothing_new(self, typed: Typed, capfd: pytest.CaptureFixture[str]) -> None:
        for line in ("remind: 1 sent, 0 already sent, 0 failed\n", "remind: 0 sent, 1 already sent, 0 failed\n"):
            assert typed(app_remind) == 0
            assert capfd.readouterr() == (line, "")

    def test_json(self, typed: Typed, capfd: pytest.CaptureFixture[str]) -> None:
        typed(app_remind, json=True)
        said = json.loads(capfd.readouterr().out)
        assert (said["schema"], said["sent"], said["mails"][0]["person"]) == ("dsar.remind/1", 1, "olga")

    def test_a_dry_run_and_another(self, typed: Typed, capfd: pytest.CaptureFixture[str], rehearsal: Path) -> None:
        assert typed(app_remind, "--dry-run") == 0
        out = capfd.readouterr().out
        assert "To olga: [dsar] 1 coming up (Tue 20 Oct)" in out
        assert out.endswith("remind: 1 new, 0 already sent. Nothing was sent; this was a dry run.\n")
        assert list((rehearsal / "outbox").glob("*.eml")) == []
        typed(app_remind, quiet=True)
        typed(app_remind, "--dry-run")
        assert capfd.readouterr().out.startswith("remind: 0 new, 1 already sent.")

    def test_what_needs_a_person_is_said_with_quiet_too(
        self, typed: Typed, capfd: pytest.CaptureFixture[str], rehearsal: Path
    ) -> None:
        path = rehearsal / "dsar.toml"
        path.write_text(re.sub(r'email = "(olga|dee|mick|dora|carl)@.*\n', "", path.read_text("utf-8")), "utf-8")
        assert typed(app_remind, quiet=True) == 4
        out, err = capfd.readouterr()
        assert out == ""
        assert err.count("\n") == 1
        assert "dsar staff set" in err

    def test_a_held_lock_is_busy(self, typed: Typed, rehearsal: Path) -> None:
        with only_run(rehearsal / remind.LOCK, "dsar remind"):
            assert typed(app_remind) == Busy.exit_code == 75

    def test_check(self, typed: Typed, capfd: pytest.CaptureFixture[str]) -> None:
        assert typed(app_remind, "--check", quiet=True) == 6
        assert "never run" in capfd.readouterr().err
        typed(app_remind, quiet=True)
        assert typed(app_remind, "--check", quiet=True) == 0
        assert capfd.readouterr() == ("", "")


class TestSetUp:
    PROGRAM, HOME = Path("/opt/ds ar/bin/dsar"), Path("/srv/desk 100%")

    def test_an_unknown_machine(self, typed: Typed) -> None:
        assert typed(app_remind, "--show-setup", "amiga") == InputWrong.exit_code

    @pytest.mark.parametrize("kind", ["cron", "systemd", "windows", "mac"])
    def test_each_names_the_whole_paths(self, typed: Typed, capfd: pytest.CaptureFixture[str], kind: str) -> None:
        assert typed(app_remind, "--show-setup", kind) == 0
        out = capfd.readouterr().out
        assert "rehearsal" in out
        assert re.search(r"(?:/|\\)[\w./-]*dsar", out)

    def test_cron_lines_have_five_times_and_a_command_of_ours(self) -> None:
        lines = [line for line in text("cron", self.PROGRAM, self.HOME).splitlines() if re.match(r"[\d*]", line)]
        assert len(lines) == 3
        for line in lines:
            command = line.split(None, 5)[5]
            assert shlex.split(command)[0] == str(self.PROGRAM)
            assert re.search(r"(?<!\\)%", command) is None

    def test_no_comment_behind_a_setting(self) -> None:
        settings = [line for line in text("cron", self.PROGRAM, self.HOME).splitlines() if re.match(r"[A-Z_]+=", line)]
        assert [line.partition("=")[0] for line in settings] == ["MAILTO", "PATH", "LANG", "DSAR_HOME"]
        assert all("#" not in line for line in settings)

    def test_the_property_list_is_one(self) -> None:
        parsed = plistlib.loads(text("mac", self.PROGRAM, Path("/srv/a & b")).encode())
        assert parsed["ProgramArguments"] == [str(self.PROGRAM), "remind", "--quiet"]
        assert parsed["EnvironmentVariables"]["DSAR_HOME"] == "/srv/a & b"
        assert len(parsed["StartCalendarInterval"]) == 14

    def test_the_unit_escapes_what_systemd_reads(self) -> None:
        unit = text("systemd", self.PROGRAM, self.HOME)
        assert r"ExecStart=/opt/ds\x20ar/bin/dsar remind --quiet" in unit
        assert "100%%" in unit
        assert "Restart" not in unit


class TestPurge:
    LATER = RIPE.isoformat()

    def test_the_whole_way(self, typed: Typed, capfd: pytest.CaptureFixture[str], rehearsal: Path) -> None:
        ws = Workspace(rehearsal)
        number = closed(ws, "ann")
        ws.ledger.close()
        later = f"{self.LATER}T09:00"
        assert typed(app_purge, now=later) == 0
        assert number in capfd.readouterr().out
        assert typed(app_purge, "--plan", now=later, json=True) == 0
        plan = json.loads(capfd.readouterr().out)["plan"]["plan"]
        assert typed(app_purge, "--approve", plan, now=later, who="olga") == 3
        assert typed(app_purge, "--confirm", "1", now=later) == 3
        assert typed(app_purge, "--approve", plan, now=later, who="mick") == 0
        assert typed(app_purge, "--confirm", "1", now=later) == 0
        assert "1 case forgotten. The facts stay." in capfd.readouterr().out
        assert typed(app_purge, "--confirm", "1", now=later) == 0
        assert "forgotten already" in capfd.readouterr().out

    @pytest.mark.parametrize("words", [("--older-than", "soon"), ("--plan", "--confirm", "1")])
    def test_what_cannot_be_meant(self, typed: Typed, words: tuple[str, ...]) -> None:
        assert typed(app_purge, *words) == InputWrong.exit_code
