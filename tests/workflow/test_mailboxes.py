"""Intake: the mailboxes set up, read by staff or by cron, without a word where nothing needs one.

Mailboxes on a server are tried against a real one in tests/slow/test_imap.py.
"""

from __future__ import annotations

import mailbox
import socket
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest

from dsar.errors import Busy, InputWrong, Refused
from dsar.formats.imap import Account, connected
from dsar.workflow import mailboxes as work
from dsar.workflow import upkeep
from dsar.workflow.intake import State, Taken
from dsar.workflow.mailboxes import Sort
from dsar.workflow.remind_lock import only_run
from dsar.workspace import Workspace
from tests.workflow.office import NOON, RIVERA, by


def letter(nth: int, text: str, **headers: str) -> bytes:
    mail = EmailMessage()
    mail["From"] = f"Nora Whitfield <nora{nth}@whitfield.example>"
    mail["To"] = "privacy@larkspurconnect.example"
    mail["Subject"] = headers.pop("subject", "Request")
    mail["Date"] = "Mon, 02 Nov 2026 10:00:00 -0800"
    mail["Message-ID"] = f"<{nth}@whitfield.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


MAILS = (
    letter(1, "Please send me a copy of all my personal data."),
    letter(2, "Thank you.", subject=f"Re: {RIVERA}"),
    letter(3, "I am on holiday.", Auto_Submitted="auto-replied"),
)
HOSTILE = b"From: a@b.example\n" + b"X-Header: y\n" * 3_000 + b"\nPlease delete my account.\n"


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """A Maildir with a request, a reply to Maria's case, and an automatic reply."""
    folder = mailbox.Maildir(tmp_path / "box")
    for raw in MAILS:
        folder.add(raw)
    return tmp_path / "box"


@pytest.fixture
def tuned(rivera: Workspace, box: Path) -> Workspace:
    """Maria's desk with that Maildir set up."""
    return set_up(rivera, f'name = "post"\npath = "{box}"')


def set_up(ws: Workspace, *tables: str) -> Workspace:
    with (ws.home / "dsar.toml").open("a", encoding="utf-8") as file:
        for table in tables:
            file.write(f"\n[[mailbox]]\n{table}\n")
    return Workspace(ws.home)


def run(
    ws: Workspace, *names: str, files: tuple[Path, ...] = (), who: str = "priya", dry: bool = False
) -> tuple[list[Taken], work.Report]:
    report = work.Report()
    wanted = work.Wanted(names=names, files=files)
    return list(work.intake(ws, wanted, by(who), report, dry_run=dry)), report


def test_every_mailbox_set_up_is_read_and_nothing_in_it_changes(tuned: Workspace, box: Path) -> None:
    before = {path: path.read_bytes() for path in box.rglob("*") if path.is_file()}
    taken, report = run(tuned)
    assert report.counts == {Sort.REQUEST: 1, Sort.REPLY: 1, Sort.OTHER: 1, Sort.KNOWN: 0}
    assert {one.state for one in taken} == {State.OPENED, State.ATTACHED, State.DRAFT}
    assert report.exit_code == 0
    assert {path: path.read_bytes() for path in box.rglob("*") if path.is_file()} == before


def test_again_it_knows_every_mail(tuned: Workspace) -> None:
    run(tuned)
    entries = tuned.ledger.entries_count()
    _, report = run(tuned)
    assert (report.mails, report.counts[Sort.KNOWN]) == (0, 3)
    assert tuned.ledger.entries_count() == entries


def test_a_dry_run_says_the_same_and_changes_nothing(tuned: Workspace) -> None:
    entries = tuned.ledger.entries_count()
    _, report = run(tuned, who="luis", dry=True)
    assert report.counts[Sort.REQUEST] == 1
    assert tuned.ledger.entries_count() == entries
    assert tuned.ledger.drafts() == []


def test_a_folder_beside_the_inbox_is_read_where_it_is_named(rivera: Workspace, box: Path) -> None:
    mailbox.Maildir(box).add_folder("Legal").add(letter(9, "Please delete my account and my data."))
    ws = set_up(rivera, f'name = "post"\npath = "{box}"\nfolders = ["Legal"]')
    assert [one.arrival.message_id for one in run(ws)[0]] == ["9@whitfield.example"]


def test_a_mail_nobody_can_read_is_kept_and_told_once(rivera: Workspace, tmp_path: Path) -> None:
    folder = mailbox.Maildir(tmp_path / "odd")
    folder.add(HOSTILE)
    ws = set_up(rivera, f'name = "odd"\npath = "{tmp_path / "odd"}"')
    (one,), report = run(ws)
    assert one.state is State.DRAFT
    assert "header" in one.warnings[0]
    assert (report.unreadable, report.exit_code) == (1, 4)
    (draft,) = ws.ledger.drafts()
    assert draft.raw.startswith(b"From: a@b.example"), "the original waits with it"
    assert run(ws)[1].exit_code == 0


def test_crons_own_login_reads_what_is_set_up_and_no_other_file(tuned: Workspace, box: Path) -> None:
    with pytest.raises(Refused, match="not in the staff list"):
        run(tuned, files=(box,), who=work.SYSTEM)
    assert run(tuned, who=work.SYSTEM)[1].mails == 3


def test_a_reader_takes_nothing_in(tuned: Workspace) -> None:
    with pytest.raises(Refused, match="needs the role editor"):
        run(tuned, who="luis")


def test_a_second_run_meanwhile_is_told_and_does_nothing(tuned: Workspace) -> None:
    with only_run(tuned.home / ".intake.lock", "dsar intake"), pytest.raises(Busy, match="Another dsar intake"):
        run(tuned)


def test_a_mailbox_that_is_not_there_hides_no_other(rivera: Workspace, box: Path) -> None:
    ws = set_up(rivera, 'name = "gone"\npath = "nowhere"', f'name = "post"\npath = "{box}"')
    taken, report = run(ws)
    assert len(taken) == 3
    assert report.exit_code == 4
    assert "nowhere could not be read" in report.faults[0]


@pytest.mark.parametrize("names", [(), ("nobody",)])
def test_without_a_mailbox_there_is_something_to_type(rivera: Workspace, names: tuple[str, ...]) -> None:
    with pytest.raises(InputWrong, match=r"no mailbox .*Nothing was read") as told:
        run(rivera, *names)
    assert "dsar" in told.value.hint


def test_the_doctor_looks_into_every_mailbox(rivera: Workspace, box: Path) -> None:
    ws = set_up(rivera, f'name = "post"\npath = "{box}"', 'name = "gone"\npath = "nowhere"')
    found = {check.name: check.state for check in upkeep.doctor(ws, NOON) if check.name.startswith("mailbox")}
    assert found == {"mailbox post": upkeep.OK, "mailbox gone": upkeep.FAIL}


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('host = "mail.example"', "a mailbox needs a name"),
        ('name = "a"', "needs either a host"),
        ('name = "a"\nhost = "m.example"\nuser = "u"\npassword = "hunter2"', "a password is never written here"),
        ('name = "a"\nhost = "m.example"\nuser = "u"', "either a password or a token"),
        (
            'name = "a"\nhost = "m.example"\nuser = "u"\npassword = "env:P"\nsecurity = "none"',
            "would travel unprotected",
        ),
        ('name = "a"\npath = "box"\nsince = "1 May"', "is not a day"),
        ('name = "a"\npath = "box"\nfolder = "x"', 'Did you mean "folders"?'),
    ],
)
def test_a_mailbox_set_up_wrongly_is_told_with_its_line(rivera: Workspace, table: str, says: str) -> None:
    lines = (rivera.home / "dsar.toml").read_text(encoding="utf-8").count("\n")
    set_up(rivera, table)
    (fault, *_) = upkeep.config_faults(rivera.home)
    assert says in fault
    assert int(fault.partition("line ")[2].partition(":")[0]) > lines


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('[[form]]\nfiles = "*.csv"\ncolumns = ["mail=A"]', 'Did you mean "email"?'),
        ('[[form]]\nfiles = "*.csv"\ncolumns = ["email"]', "maps no column"),
        ('[[form]]\ncolumns = ["email=A"]', "a form needs files"),
    ],
)
def test_a_column_mapping_that_means_nothing_is_told(rivera: Workspace, table: str, says: str) -> None:
    with (rivera.home / "dsar.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{table}\n")
    (fault,) = upkeep.config_faults(rivera.home)
    assert says in fault


@pytest.mark.parametrize(("user", "secret"), [("u\r\nA1 DELETE INBOX", "p"), ("u", "p\nq")])
def test_a_line_break_in_a_name_or_password_never_reaches_the_server(user: str, secret: str) -> None:
    pytest.importorskip("imap_tools")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        account = Account(
            host="127.0.0.1", port=server.getsockname()[1], security="none", user=user, secret=lambda: secret
        )
        with pytest.raises(InputWrong, match="line break"), connected(account):
            pass
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_missing_part_is_told_with_the_command_that_brings_it(
    rivera: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "imap_tools", None)
    monkeypatch.setitem(sys.modules, "imap_tools.errors", None)
    monkeypatch.setenv("P", "x")
    ws = set_up(rivera, 'name = "far"\nhost = "localhost"\nuser = "u"\npassword = "env:P"')
    _, report = run(ws)
    assert report.exit_code == 4
    assert report.faults == [
        "far: Reading a mailbox on a server needs a part that is not installed. Nothing was read. "
        "pipx inject dsar-cli imap-tools"
    ]
