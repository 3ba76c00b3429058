"""Taking in: every message of the sample inbox, in order, and the same again, which changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from dsar.case.case import LetterState
from dsar.case.facts import MessageFiled
from dsar.errors import InputWrong, Refused
from dsar.letters.address import mail_address
from dsar.letters.mail import message_id
from dsar.workflow import intake
from dsar.workflow.intake import State, Taken
from dsar.workspace import Workspace
from tests.workflow.office import RIVERA, by, expected, facts_count

MESSAGES = expected()["message"]
NAMES = list(dict.fromkeys(one["file"] for one in MESSAGES))


def inbox(ws: Workspace) -> list[Path]:
    return [ws.home / "inbox" / name for name in NAMES]


def keyed(taken: list[Taken]) -> dict[tuple[str, int], Taken]:
    """By file and which-th of its rows, as expected.toml names them."""
    seen: dict[str, int] = {}
    found = {}
    for one in taken:
        seen[one.arrival.file] = seen.get(one.arrival.file, 0) + 1
        found[(one.arrival.file, seen[one.arrival.file])] = one
    return found


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory, snapshots: Callable[[str], Path]) -> tuple[Path, list[Taken]]:
    """The desk after the whole inbox was taken in once."""
    home = tmp_path_factory.mktemp("intake") / "desk"
    shutil.copytree(snapshots("empty"), home)
    ws = Workspace(home)
    taken = list(intake.take_in(ws, inbox(ws), by(), dry_run=False))
    ws.ledger.close()
    return home, taken


@pytest.fixture
def full(read: tuple[Path, list[Taken]], tmp_path: Path) -> Workspace:
    """A copy of the desk after the whole inbox."""
    home = tmp_path / "full"
    shutil.copytree(read[0], home)
    return Workspace(home)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda one: f"{one['file']}:{one.get('row', 1)}")
def test_each_message_becomes_what_it_may(read: tuple[Path, list[Taken]], message: dict[str, object]) -> None:
    one = keyed(read[1])[(str(message["file"]), int(str(message.get("row", 1))))]
    if message["opens"]:
        assert one.state in (State.OPENED, State.DRAFT)
    else:
        assert one.state in (State.DRAFT, State.ATTACHED)
    if one.state is State.DRAFT and message["opens"]:
        assert one.warnings, "a draft says why a person must look"


def test_the_first_letter_is_the_first_case(read: tuple[Path, list[Taken]]) -> None:
    assert (read[1][0].state, read[1][0].case) == (State.OPENED, RIVERA)


def test_most_real_requests_open_by_themselves(read: tuple[Path, list[Taken]]) -> None:
    opened = [one for one in read[1] if one.state is State.OPENED]
    assert len(opened) >= 0.8 * sum(1 for one in MESSAGES if one["opens"])
    assert len({one.case for one in opened}) == len(opened)


def test_each_case_is_held_to_the_laws_it_names(read: tuple[Path, list[Taken]], full: Workspace) -> None:
    for one in read[1]:
        if one.state is not State.OPENED:
            continue
        held = {claim.law for claim in full.ledger.case(one.case).claims.values()}
        named = {full.rules.law(law).id for law in one.arrival.reading.laws if law != "ca-1798.83"} & set(full.laws)
        assert held, one.arrival.file
        assert named <= held or not named, one.arrival.file
        if not one.arrival.reading.laws and held != {"us-ca-stl"}:
            why = "California" if held == {"us-ca-ccpa"} else "strictest"
            assert any(why in warning for warning in one.warnings), one.arrival.file
    full.ledger.close()


def test_the_reply_goes_to_its_case(read: tuple[Path, list[Taken]], full: Workspace) -> None:
    reply = keyed(read[1])[("15-reply-rivera.eml", 1)]
    assert (reply.state, reply.case) == (State.ATTACHED, RIVERA)
    filed = [entry.fact for entry in full.ledger.history(RIVERA) if isinstance(entry.fact, MessageFiled)]
    assert len(filed) == 1
    assert full.ledger.item(filed[0].item).value == (full.home / "inbox" / "15-reply-rivera.eml").read_bytes()
    full.ledger.close()


def test_the_original_is_kept_to_the_byte(full: Workspace) -> None:
    (kept,) = full.ledger.kept(RIVERA, "request")
    assert kept.value == (full.home / "inbox" / "01-access-rivera.eml").read_bytes()
    full.ledger.close()


def test_a_second_import_changes_nothing(full: Workspace) -> None:
    facts, drafts = facts_count(full), len(full.ledger.drafts())
    again = list(intake.take_in(full, inbox(full), by(), dry_run=False))
    assert {one.state for one in again} == {State.KNOWN}
    assert facts_count(full) == facts
    assert len(full.ledger.drafts()) == drafts
    full.ledger.close()


def test_a_dry_run_changes_nothing_and_says_the_same(desk: Workspace, read: tuple[Path, list[Taken]]) -> None:
    head = desk.ledger.head()
    dry = list(intake.take_in(desk, inbox(desk), by("reader"), dry_run=True))
    assert desk.ledger.head() == head
    assert desk.ledger.entries_count() == 0
    assert desk.ledger.drafts() == []
    would = {one.arrival.file: one for one in dry if not one.arrival.part}
    for one in read[1]:
        if one.state is State.OPENED and not one.arrival.part:
            assert would[one.arrival.file].state is State.WOULD_OPEN
            assert would[one.arrival.file].laws == one.laws


def test_without_a_workspace_it_is_read_only(desk: Workspace) -> None:
    taken = list(intake.read_only(inbox(desk)[:3], desk.inbox(by().on)))
    assert [one.state for one in taken] == [State.WOULD_OPEN] * 3
    assert all(one.case == "" for one in taken)


def test_the_store_is_sound_and_its_facts_hold_no_names(full: Workspace) -> None:
    assert full.ledger.audit() == []
    text = str([entry.fact for entry in full.ledger.history()]).casefold()
    for name in ("rivera", "vogt", "okafor", "caio", "whitfield", "quickmeds", "larkspurconnect", "@"):
        assert name not in text
    full.ledger.close()


class TestFiles:
    def test_one_that_is_none_is_told_and_the_others_go_on(self, desk: Workspace, tmp_path: Path) -> None:
        picture = tmp_path / "scan7.eml"
        picture.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n")
        first = desk.home / "inbox" / "01-access-rivera.eml"
        first = desk.home / "inbox" / "01-access-rivera.eml"
        taken = list(intake.take_in(desk, [picture, first], by(), dry_run=False))
        assert [one.state for one in taken] == [State.REFUSED, State.OPENED]
        assert "scan7.eml" in taken[0].warnings[0]

    def test_one_that_is_not_there_stops_before_anything_is_opened(self, desk: Workspace, tmp_path: Path) -> None:
        first = desk.home / "inbox" / "01-access-rivera.eml"
        with pytest.raises(InputWrong, match=r"no file gone\.eml\. Nothing was opened"):
            list(intake.take_in(desk, [first, tmp_path / "gone.eml"], by(), dry_run=False))
        assert facts_count(desk) == 0

    def test_a_row_without_anything_in_it_is_told(self, desk: Workspace, tmp_path: Path) -> None:
        lines = (desk.home / "inbox" / "forms.csv").read_text(encoding="utf-8").splitlines()
        broken = tmp_path / "forms.csv"
        broken.write_text("\n".join([*lines[:2], '"unclosed', *lines[2:3]]), encoding="utf-8")
        taken = list(intake.take_in(desk, [broken], by(), dry_run=False))
        assert taken[0].state in (State.OPENED, State.DRAFT)
        told = [one for one in taken if one.state is State.REFUSED or one.arrival.problems]
        assert told

    def test_the_same_message_in_another_file_is_known(self, desk: Workspace, tmp_path: Path) -> None:
        copy = tmp_path / "copy.eml"
        shutil.copy(desk.home / "inbox" / "01-access-rivera.eml", copy)
        list(intake.take_in(desk, [desk.home / "inbox" / "01-access-rivera.eml"], by(), dry_run=False))
        (again,) = list(intake.take_in(desk, [copy], by(), dry_run=False))
        assert (again.state, again.case) == (State.KNOWN, RIVERA)

    def test_hostile_words_in_a_message_open_or_wait_but_never_break(self, desk: Workspace, tmp_path: Path) -> None:
        mail = EmailMessage()
        mail["From"] = "[/red] =cmd|calc <x@evil.example>"
        mail["To"] = "privacy@larkspurconnect.example"
        mail["Subject"] = "[bold]DSAR-9999-0001[/bold] {{7*7}}"
        mail["Date"] = "Fri, 20 Nov 2026 10:00:00 -0800"
        mail["Message-ID"] = "<evil@evil.example>"
        mail.set_content(
            "Under the CCPA I request a copy of all my personal data. \x1b[2J {{config}} '; DROP TABLE fact;"
        )
        path = tmp_path / "evil.eml"
        path.write_bytes(bytes(mail))
        (one,) = list(intake.take_in(desk, [path], by(), dry_run=False))
        assert one.state in (State.OPENED, State.DRAFT)
        assert desk.ledger.audit() == []


def test_a_letter_that_came_back_opens_the_delivery_again(at: Callable[[str], Workspace], tmp_path: Path) -> None:
    ws = at("answered")
    mine = message_id(f"{RIVERA}:answer", mail_address(ws.sender))
    original = (ws.home / "inbox" / "16-bounce.eml").read_bytes()
    import re

    found = re.findall(rb"(?im)^Message-ID: (<[^>]+>)", original)
    assert len(found) == 2, "a bounce has its own Message-ID and the one of what came back"
    path = tmp_path / "bounce.eml"
    path.write_bytes(original.replace(found[1], mine.encode()))
    (one,) = list(intake.take_in(ws, [path], by(), dry_run=False))
    assert (one.state, one.case) == (State.ATTACHED, RIVERA), one.arrival.bounce_of
    assert ws.ledger.case(RIVERA).letters[f"{RIVERA}:answer"].state is LetterState.BOUNCED
    (row,) = [row for row in ws.ledger.rows() if row.case == RIVERA]
    assert row.stage == "respond"


def test_a_reader_takes_nothing_in(desk: Workspace) -> None:
    with pytest.raises(Refused, match="needs the role editor"):
        list(intake.take_in(desk, inbox(desk)[:1], by("luis"), dry_run=False))
    assert facts_count(desk) == 0


def test_a_reply_in_the_thread_of_our_letter_finds_its_case(rivera: Workspace, tmp_path: Path) -> None:
    from dsar.workflow import outbox

    done = outbox.send(rivera, RIVERA, "identity", by())
    mail = EmailMessage()
    mail["From"] = "m.rivera.sf@bayletter.example"
    mail["To"] = "privacy@larkspurconnect.example"
    mail["Subject"] = "Re: your question"
    mail["Date"] = "Fri, 20 Nov 2026 10:00:00 -0800"
    mail["Message-ID"] = "<reply.1@bayletter.example>"
    mail["In-Reply-To"] = message_id(done.key, mail_address(rivera.sender))
    mail.set_content("Here are the two answers.")
    path = tmp_path / "reply.eml"
    path.write_bytes(bytes(mail))
    (one,) = intake.take_in(rivera, [path], by(), dry_run=False)
    assert (one.state, one.case) == (State.ATTACHED, RIVERA)


@pytest.mark.parametrize(
    ("name", "days"), [("06-notice-ferrante.eml", 30), ("07-notice-ikeda-post.txt", 30), ("elsewhere.eml", 150)]
)
def test_only_a_mail_to_another_address_has_the_longer_time(desk: Workspace, name: str, days: int) -> None:
    folder = desk.home / "inbox"
    mail = (folder / "06-notice-ferrante.eml").read_text(encoding="utf-8")
    (folder / "elsewhere.eml").write_text(mail.replace("privacy@", "sales@"), encoding="utf-8")
    (one,) = intake.take_in(desk, [folder / name], by(), dry_run=False)
    assert one.state is State.OPENED
    (row,) = [row for row in desk.ledger.clock_rows() if row.obligation == "respond"]
    assert row.due_on is not None
    assert (row.due_on - one.arrival.received_on).days == days
