"""Keeping the workspace sound: what doctor finds, copies that are checked, settings and staff."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from dsar.errors import DsarError, InputWrong
from dsar.workflow import upkeep
from dsar.workflow.upkeep import FAIL, OK, WARN, Check
from dsar.workspace import Workspace
from tests.workflow.office import NOON, RIVERA, by


def checks(ws: Workspace) -> dict[str, Check]:
    return {one.name: one for one in upkeep.doctor(ws, NOON)}


def edit(ws: Workspace, old: str, new: str) -> Workspace:
    path = ws.home / "dsar.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return Workspace(ws.home)


class TestDoctor:
    def test_a_sound_desk(self, rivera: Workspace) -> None:
        found = checks(rivera)
        assert {name for name, one in found.items() if one.state == FAIL} == set()
        assert found["store"].state == OK
        assert "unbroken" in found["store"].says
        assert {f"source {one.settings.name}" for one in rivera.sources} <= set(found)

    def test_a_source_that_does_not_open_fails_alone(self, rivera: Workspace) -> None:
        (rivera.home / "data" / "tickets.jsonl").unlink()
        found = checks(rivera)
        assert found["source tickets"].state == FAIL
        assert found["source tickets"].hint == "dsar source test tickets"
        assert found["source crm"].state == OK

    def test_every_source_file_that_is_wrong_is_told(self, rivera: Workspace) -> None:
        (rivera.home / "sources" / "broken.toml").write_text("[source]\nkind = 'nonsense'\n", encoding="utf-8")
        assert checks(Workspace(rivera.home))["sources"].state == FAIL

    def test_others_may_read(self, rivera: Workspace) -> None:
        (rivera.home / "dsar.db").chmod(0o644)
        found = checks(rivera)["file rights"]
        assert found.state == FAIL
        assert "dsar.db" in found.says
        assert found.hint.startswith("chmod")

    def test_nobody_could_approve_the_others_work(self, desk: Workspace) -> None:
        ws = edit(desk, 'roles = ["manager", "dpo", "approver"]', 'roles = ["manager", "dpo"]')
        assert checks(ws)["staff"].state == WARN

    def test_a_shared_login_is_a_record_and_no_control(self, desk: Workspace) -> None:
        ws = edit(desk, "rehearsal = true", "rehearsal = true\nshared_login = true")
        assert "not a control" in checks(ws)["staff"].says

    def test_smtp_without_a_host(self, desk: Workspace) -> None:
        assert checks(edit(desk, 'transport = "folder"', 'transport = "smtp"'))["mail"].state == FAIL

    def test_an_entry_that_was_altered_is_named(self, at: Callable[[str], Workspace]) -> None:
        ws = at("proven")
        with closing(sqlite3.connect(ws.home / "dsar.db")) as raw:
            guards = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in guards:
                raw.execute(f'DROP TRIGGER "{name}"')
            raw.execute("UPDATE fact SET body = replace(body, 'account_login', 'account_logim')")
            for _, sql in guards:
                raw.execute(sql)
            raw.commit()
        found = [one for one in upkeep.doctor(ws, NOON) if one.name == "store"]
        assert {one.state for one in found} == {FAIL}
        altered = next(entry for entry in ws.ledger.history(RIVERA) if entry.kind == "IdentityProven")
        assert any(str(altered.seq) in one.says for one in found), [one.says for one in found]

    def test_a_store_that_is_no_store(self, desk: Workspace) -> None:
        (desk.home / "dsar.db").write_bytes(b"not a database" * 200)
        found = checks(desk)
        assert found["store"].state == FAIL
        assert found["settings"].state == OK

    def test_settings_with_faults_are_all_told(self, desk: Workspace) -> None:
        path = desk.home / "dsar.toml"
        path.write_text("nonsense = 1\n" + path.read_text(encoding="utf-8").replace("port", "prot"), encoding="utf-8")
        found = [one for one in upkeep.doctor(Workspace(desk.home), NOON) if one.name == "settings"]
        assert found
        assert {one.state for one in found} == {FAIL}

    def test_a_backup_that_is_old(self, desk: Workspace) -> None:
        assert checks(desk)["backup"].state == WARN
        upkeep.backup(desk, None, by())
        import os

        (copy,) = (desk.home / "backups").glob("*.db")
        old = (NOON - timedelta(days=3)).timestamp()
        os.utime(copy, (old, old))
        assert "3 days old" in checks(desk)["backup"].says
        assert checks(desk)["backup"].state == WARN
        os.utime(copy, (NOON.timestamp(), NOON.timestamp()))
        assert checks(desk)["backup"].state == OK

    def test_guards_that_were_taken_away_are_told_and_counted(self, rivera: Workspace) -> None:
        with closing(sqlite3.connect(rivera.home / "dsar.db")) as raw:
            guards = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in guards:
                raw.execute(f'DROP TRIGGER "{name}"')
            raw.commit()
        found = [one.says for one in upkeep.doctor(rivera, NOON) if one.name == "store"]
        assert len(found) == min(len(guards), 5) + (len(guards) > 5)
        assert any("guard" in says for says in found)


class TestBackup:
    def test_there_and_back(self, at: Callable[[str], Workspace]) -> None:
        ws = at("answered")
        copy = upkeep.backup(ws, None, by())
        assert copy.faults == ()
        assert (copy.entries, copy.head) == (ws.ledger.entries_count(), ws.ledger.head())
        assert copy.path.stat().st_mode & 0o777 == 0o600
        restored = upkeep.restore(ws, copy.path, by())
        done, target = restored.checked, restored.target
        assert (done.entries, done.head, done.faults) == (copy.entries, copy.head, ())
        assert target != ws.home / "dsar.db"
        assert target.parent == ws.home

    def test_to_another_folder(self, rivera: Workspace, tmp_path: Path) -> None:
        copy = upkeep.backup(rivera, tmp_path / "safe", by())
        assert copy.path.parent == tmp_path / "safe"

    def test_never_over_one_that_is_there(self, rivera: Workspace) -> None:
        first = upkeep.backup(rivera, None, by())
        before = first.path.read_bytes()
        with pytest.raises(InputWrong, match="is there already"):
            upkeep.backup(rivera, None, by())
        assert first.path.read_bytes() == before

    def test_what_is_no_backup(self, rivera: Workspace, tmp_path: Path) -> None:
        with pytest.raises(InputWrong, match="no file"):
            upkeep.restore(rivera, tmp_path / "gone.db", by())
        wrong = tmp_path / "wrong.db"
        wrong.write_bytes(b"x" * 5000)
        head = rivera.ledger.head()
        with pytest.raises(DsarError):
            upkeep.restore(rivera, wrong, by())
        assert rivera.ledger.head() == head


class TestConfig:
    def test_the_samples_settings_are_sound(self, desk: Workspace) -> None:
        assert upkeep.config_faults(desk.home) == []

    def test_every_fault_at_once_with_its_line(self, desk: Workspace) -> None:
        path = desk.home / "dsar.toml"
        text = path.read_text(encoding="utf-8").replace('laws = ["eu-gdpr",', 'laws = ["CCPPA",')
        path.write_text(text.replace("[desk]\n", "[desk]\nrehersal = true\nanswer_days = 900\n"), encoding="utf-8")
        faults = " ".join(upkeep.config_faults(desk.home))
        assert 'Did you mean "rehearsal"' in faults
        assert "answer_days" in faults
        assert "laws" in faults
        lines = path.read_text(encoding="utf-8").splitlines()
        assert f"line {lines.index('rehersal = true') + 1}" in faults

    def test_a_password_in_the_open_is_a_fault_and_not_repeated(self, desk: Workspace) -> None:
        edit(desk, 'transport = "folder"', 'transport = "folder"\npassword = "hunter2"')
        (fault,) = upkeep.config_faults(desk.home)
        assert "never written here" in fault
        assert "hunter2" not in fault


class TestStaff:
    def test_a_new_colleague_is_written_and_comments_stay(self, desk: Workspace) -> None:
        before = (desk.home / "dsar.toml").read_text(encoding="utf-8")
        upkeep.add_staff(desk, "kim", {"name": "Kim Ito", "roles": ["editor", "approver"]}, new=True)
        after = (desk.home / "dsar.toml").read_text(encoding="utf-8")
        comments = [line for line in before.splitlines() if line.lstrip().startswith("#")]
        assert comments
        assert [line for line in after.splitlines() if line.lstrip().startswith("#")] == comments
        fresh = Workspace(desk.home)
        added = fresh.config.member("kim")
        assert added is not None
        assert added.roles == ("editor", "approver")
        assert fresh.config.desk.rehearsal
        assert fresh.config.mail.transport == "folder"
        assert upkeep.config_faults(desk.home) == []

    def test_a_change_touches_only_that_colleague(self, desk: Workspace) -> None:
        upkeep.add_staff(desk, "sam", {"roles": ["editor"]}, new=False)
        fresh = Workspace(desk.home).config
        assert {one.id: one.roles for one in fresh.staff} == {
            one.id: ("editor",) if one.id == "sam" else one.roles for one in desk.config.staff
        }

    @pytest.mark.parametrize(
        ("member", "changes", "new", "says"),
        [
            ("sam", {}, True, "in the staff list already"),
            ("kim", {"name": "x"}, False, "not in the staff list"),
            ("kim", {"roles": ["emperor"]}, True, "not a role"),
        ],
    )
    def test_what_makes_no_sense_changes_nothing(
        self, desk: Workspace, member: str, changes: dict[str, object], new: bool, says: str
    ) -> None:
        before = (desk.home / "dsar.toml").read_bytes()
        with pytest.raises(InputWrong, match=says):
            upkeep.add_staff(desk, member, changes, new=new)
        assert (desk.home / "dsar.toml").read_bytes() == before

    def test_an_awkward_name_stays_a_name(self, desk: Workspace) -> None:
        upkeep.add_staff(desk, "kim", {"name": 'Kim "\n[mail]\ntransport = "smtp"'}, new=True)
        fresh = Workspace(desk.home)
        assert fresh.config.mail.transport == "folder"
        assert fresh.config.member("kim") is not None

    def test_the_file_keeps_its_rights(self, desk: Workspace) -> None:
        upkeep.add_staff(desk, "kim", {"name": "Kim"}, new=True)
        assert (desk.home / "dsar.toml").stat().st_mode & 0o777 == 0o600
