"""The office's mailbox on a real server: read once, in order, wherever it stopped, and never changed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from dsar.errors import Busy
from dsar.formats.mail import MAX_SIZE
from dsar.workflow import mailboxes as work
from dsar.workflow import setup, upkeep
from dsar.workflow.intake import State, Taken
from dsar.workflow.remind_lock import only_run
from dsar.workspace import Workspace
from tests.slow import dovecot
from tests.slow.dovecot import PASSWORD, TOKEN, USER, Dovecot
from tests.workflow.office import NOON, by

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(dovecot.missing()), reason=dovecot.missing())]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dovecot]:
    monkeypatch.setenv("BOX_PASSWORD", PASSWORD)
    monkeypatch.setenv("BOX_TOKEN", TOKEN)
    with dovecot.running(tmp_path / "server") as running:
        yield running


def desk(tmp_path: Path, server: Dovecot, **changes: object) -> Workspace:
    """A workspace with this mailbox."""
    home = tmp_path / "desk"
    setup.make(home, setup.Wishes(login="priya", email="privacy@firm.example"))
    values: dict[str, object] = {
        "name": "privacy",
        "host": "localhost",
        "port": server.tls,
        "security": "tls",
        "certificates": str(server.certificate),
        "user": USER,
        "password": "env:BOX_PASSWORD",
        "timeout": 10,
    } | changes
    told = "\n".join(f"{key} = {json.dumps(value)}" for key, value in values.items() if value != "")
    with (home / "dsar.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[[mailbox]]\n{told}\n")
    return Workspace(home)


def letter(nth: int, text: str = "Please send me a copy of all my personal data.") -> bytes:
    mail = EmailMessage()
    mail["From"] = f"Nora Whitfield <nora{nth}@whitfield.example>"
    mail["To"] = "privacy@firm.example"
    mail["Subject"] = "Access request"
    mail["Date"] = "Mon, 02 Nov 2026 10:00:00 -0800"
    mail["Message-ID"] = f"<{nth}@whitfield.example>"
    mail.set_content(f"Dear Sir or Madam,\n{text}\nYours, Nora Whitfield, customer {nth}")
    return mail.as_bytes()


def run(ws: Workspace, *names: str, dry_run: bool = False) -> tuple[list[Taken], work.Report]:
    report = work.Report()
    wanted = work.Wanted(names=names)
    return list(work.intake(ws, wanted, by(), report, dry_run=dry_run)), report


def test_mails_are_read_and_nothing_on_the_server_changes(tmp_path: Path, server: Dovecot) -> None:
    for nth in range(3):
        server.put(letter(nth), name=f"10{nth}.a")
    ws = desk(tmp_path, server)
    before = {name.partition(":")[0]: raw for name, raw in server.look().items()}
    taken, report = run(ws)
    assert [one.state for one in taken] == [State.OPENED] * 3
    assert (report.mails, report.exit_code) == (3, 0)
    assert {name.partition(":")[0]: raw for name, raw in server.look().items()} == before
    assert server.flags() == set(), "no mail may be marked as seen, answered or deleted"
    kept = {one.value for one in ws.ledger.kept(taken[0].case, "request")}
    assert kept == {before["cur/100.a"].replace(b"\n", b"\r\n")}, "kept byte for byte, as mail travels"


def test_the_next_run_goes_on_where_the_last_stopped(tmp_path: Path, server: Dovecot) -> None:
    ws = desk(tmp_path, server)
    server.put(letter(0), name="100.a")
    assert run(ws)[1].mails == 1
    again, report = run(ws)
    assert (again, report.mails) == ([], 0), "what was read is not even fetched again"
    server.put(letter(1), name="101.a")
    taken, _ = run(ws)
    assert [one.arrival.message_id for one in taken] == ["1@whitfield.example"]


def test_a_dry_run_keeps_nothing_and_moves_no_place(tmp_path: Path, server: Dovecot) -> None:
    ws = desk(tmp_path, server)
    server.put(letter(0), name="100.a")
    assert [one.state for one in run(ws, dry_run=True)[0]] == [State.WOULD_OPEN]
    assert ws.ledger.entries_count() == 0
    assert [one.state for one in run(ws)[0]] == [State.OPENED]


def test_several_folders_each_have_their_own_place(tmp_path: Path, server: Dovecot) -> None:
    server.put(letter(0), name="100.a")
    server.put(letter(1), folder="Kundenpost &- &AOQ-lter", name="100.b")
    ws = desk(tmp_path, server, folders=["INBOX", "Kundenpost & älter"])
    assert len(run(ws)[0]) == 2
    server.put(letter(2), folder="Kundenpost &- &AOQ-lter", name="101.b")
    (one,) = run(ws)[0]
    assert one.arrival.file == "privacy/Kundenpost & älter/2.eml"
    stored = (ws.home / "dsar.db").read_bytes()
    assert b"Kundenpost" not in stored.replace(b"privacy/Kundenpost", b""), "places are kept without their names"


def test_a_folder_that_is_not_there_is_told_and_the_others_are_read(tmp_path: Path, server: Dovecot) -> None:
    server.put(letter(0), name="100.a")
    ws = desk(tmp_path, server, folders=["INBOX", "Nowhere"])
    taken, report = run(ws)
    assert len(taken) == 1
    assert report.exit_code == 4
    assert 'has no folder "Nowhere"' in report.faults[0]


def test_a_folder_made_anew_is_read_again_and_what_is_known_stays_known(tmp_path: Path, server: Dovecot) -> None:
    server.put(letter(0), name="100.a")
    ws = desk(tmp_path, server)
    run(ws)
    server.stop()
    place = server.box / "dovecot-uidlist"
    text = place.read_text()
    place.write_text(re.sub(r" V(\d+) ", lambda found: f" V{int(found[1]) + 7} ", text, count=1))
    for index in server.box.glob("dovecot.index*"):
        index.unlink()
    server.start()
    server.put(letter(1), name="101.a")
    (new,), report = run(ws)
    assert new.arrival.message_id == "1@whitfield.example"
    assert report.counts[work.Sort.KNOWN] == 1


@pytest.mark.parametrize("security", ["starttls", "none"])
def test_the_other_ways_in(tmp_path: Path, server: Dovecot, security: str) -> None:
    server.put(letter(0), name="100.a")
    ws = desk(tmp_path, server, security=security, port=server.plain)
    assert run(ws)[1].mails == 1


def test_an_oauth_token_opens_the_mailbox(tmp_path: Path, server: Dovecot) -> None:
    server.put(letter(0), name="100.a")
    ws = desk(tmp_path, server, password="", token="env:BOX_TOKEN")
    assert run(ws)[1].mails == 1


def test_a_token_that_has_expired_is_told_in_words(
    tmp_path: Path, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOX_TOKEN", "token-of-yesterday")
    _, report = run(desk(tmp_path, server, password="", token="env:BOX_TOKEN"))
    assert "did not accept our user name and OAuth token" in report.down[0]


def test_a_wrong_password_is_told_and_stands_in_no_output(
    tmp_path: Path, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOX_PASSWORD", "Wr0ngHorse")
    ws = desk(tmp_path, server)
    ran = subprocess.run(
        [sys.executable, "-m", "dsar", "intake", "--quiet", "--verbose", "--home", str(ws.home)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout) == (5, "")
    assert "did not accept our user name and password. Nothing is lost" in ran.stderr
    assert "Wr0ngHorse" not in ran.stderr
    assert all(b"Wr0ngHorse" not in path.read_bytes() for path in ws.home.rglob("*") if path.is_file())


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path: Path, server: Dovecot) -> None:
    _, report = run(desk(tmp_path, server, certificates=""))
    assert "shows a certificate that this computer does not trust" in report.down[0]
    assert report.exit_code == 5


def test_a_server_that_stops_in_the_middle_loses_nothing(tmp_path: Path, server: Dovecot) -> None:
    for nth in range(60):
        server.put(letter(nth), name=f"1{nth:02d}.a")
    ws = desk(tmp_path, server)
    report = work.Report()
    seen = []
    for taken in work.intake(ws, work.Wanted(), by(), report, dry_run=False):
        seen.append(taken)
        if len(seen) == 3:
            server.stop()
    assert 3 <= len(seen) < 60
    assert report.exit_code == 5
    assert "Nothing is lost" in report.down[0]
    server.start()
    rest, report = run(ws)
    assert report.exit_code == 0
    assert len(seen) + len(rest) == 60
    assert {one.state for one in (*seen, *rest)} == {State.OPENED}


def test_a_mail_beyond_the_limit_waits_for_a_person_and_is_not_fetched(tmp_path: Path, server: Dovecot) -> None:
    server.put(letter(0) + b"x" * 70 * 1000 * 1000, name="100.a")
    server.put(letter(1), name="101.a")
    ws = desk(tmp_path, server)
    taken, report = run(ws)
    assert [one.state for one in taken] == [State.DRAFT, State.OPENED]
    assert len(taken[0].arrival.raw) < 10_000 < MAX_SIZE
    assert "only its header was fetched" in taken[0].warnings[-1]
    assert (report.unreadable, report.exit_code) == (1, 4)
    assert run(ws)[1].exit_code == 0, "it is told once"


def test_only_mails_since_a_day_are_read(tmp_path: Path, server: Dovecot) -> None:
    server.put(letter(0), name="100.a")
    assert run(desk(tmp_path, server, since="2099-01-01"))[1].mails == 0


def test_a_second_run_at_the_same_time_does_nothing(tmp_path: Path, server: Dovecot) -> None:
    server.put(letter(0), name="100.a")
    ws = desk(tmp_path, server)
    with only_run(ws.home / ".intake.lock", "dsar intake"), pytest.raises(Busy, match="Another dsar intake"):
        run(ws)
    assert run(ws)[1].mails == 1


def test_a_server_that_is_down_leaves_the_other_mailboxes_alone(tmp_path: Path, server: Dovecot) -> None:
    server.put(letter(0), name="100.a")
    ws = desk(tmp_path, server, port=1, name="first")
    with (ws.home / "dsar.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[[mailbox]]\nname = "second"\npath = "{server.box}"\n')
    taken, report = run(ws)
    assert [one.state for one in taken] == [State.OPENED]
    assert report.exit_code == 5
    assert report.down[0].startswith("first: The mailbox localhost:1 cannot be reached")


def test_the_doctor_says_what_waits_and_reads_none_of_it(tmp_path: Path, server: Dovecot) -> None:
    server.put(letter(0), name="100.a")
    ws = desk(tmp_path, server)
    (check,) = [check for check in upkeep.doctor(ws, NOON) if check.name == "mailbox privacy"]
    assert (check.state, check.says) == (upkeep.OK, "INBOX 1 new")
    assert run(ws)[1].mails == 1
