"""Whole messages leave a mailbox, and every other byte of it stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsar.case.changes import Action, Result
from dsar.sources import writing_splice
from tests.sources.office import Office
from tests.sources.rewriting import PEOPLE, carry_out, mail, steps, write


def test_the_bytes_of_the_other_messages_stay(office: Office) -> None:
    path = write(office, "mailbox")
    parts = {key: mail({"id": key, **values}) for key, values in PEOPLE.items()}
    carry_out(office, steps(office.source("people")))
    assert path.read_text(encoding="utf-8") == parts["2"] + parts["4"]


def test_windows_line_ends_and_a_last_message_without_a_line_end(office: Office) -> None:
    path = write(office, "mailbox")
    raw = path.read_bytes().replace(b"\n", b"\r\n").rstrip(b"\r\n")
    path.write_bytes(raw)
    results, _ = carry_out(office, steps(office.source("people"))[1:])
    assert results == [Result.DONE]
    start, end = raw.index(b"From 3@desk"), raw.index(b"From 4@desk")
    assert path.read_bytes() == raw[:start] + raw[end:]


def test_a_mailbox_may_become_empty(office: Office) -> None:
    path = write(office, "mailbox")
    path.write_text(mail({"id": "1", **PEOPLE["1"]}), encoding="utf-8")
    todo = steps(office.source("people"))
    assert carry_out(office, todo)[0] == [Result.DONE]
    assert path.read_bytes() == b""
    assert carry_out(office, todo)[0] == [Result.ALREADY]


def test_a_message_marked_by_a_mail_program_since_is_another(office: Office) -> None:
    path = write(office, "mailbox")
    todo = steps(office.source("people"))
    raw = path.read_bytes().replace(b"From: ana", b"X-Status: read\nFrom: ana", 1)
    path.write_bytes(raw)
    results, made = carry_out(office, todo)
    assert results == [Result.MOVED, Result.DONE]
    assert "no longer" in made.why[todo[0].id]


def test_a_message_is_never_edited(office: Office) -> None:
    path = write(office, "mailbox")
    before = path.read_bytes()
    todo = steps(office.source("people"), Action.CHANGE, {"body": "[removed]"})
    results, made = carry_out(office, todo)
    assert results == [Result.FAILED, Result.FAILED]
    assert made.why[todo[0].id] == "Mail is not edited: a message is deleted whole or stays."
    assert path.read_bytes() == before


def test_what_is_no_mailbox_makes_no_message_gone(office: Office) -> None:
    path = write(office, "mailbox")
    todo = steps(office.source("people"))
    path.write_bytes(b"%PDF-1.7\nFrom here on")
    results, made = carry_out(office, todo)
    assert results == [Result.FAILED, Result.FAILED]
    assert made.why[todo[0].id].endswith("could not be read or written.")


@pytest.fixture
def maildir(office: Office) -> Path:
    """The same people in a Maildir with a subfolder."""
    write(office, "mailbox").unlink()
    box = office.home / "data" / "people.mbox"
    for number, (key, values) in enumerate(PEOPLE.items()):
        folder = box / ("cur", "new", ".Old/cur")[number % 3]
        folder.mkdir(parents=True, exist_ok=True)
        _, _, raw = mail({"id": key, **values}).partition("\n")
        (folder / f"{key}.host:2,S").write_text(raw, encoding="utf-8")
    return box


def test_a_maildir_loses_the_files_of_the_messages(office: Office, maildir: Path) -> None:
    todo = steps(office.source("people"))
    kept = {path: path.read_bytes() for path in maildir.rglob("[24].host*")}
    assert carry_out(office, todo)[0] == [Result.DONE, Result.DONE]
    assert {path: path.read_bytes() for path in maildir.rglob("*") if path.is_file()} == kept
    assert carry_out(office, todo)[0] == [Result.ALREADY, Result.ALREADY]


def test_a_message_another_program_flags_meanwhile_is_still_the_same(office: Office, maildir: Path) -> None:
    todo = steps(office.source("people"))
    (maildir / "cur" / "1.host:2,S").rename(maildir / "cur" / "1.host:2,RS")
    assert carry_out(office, todo)[0] == [Result.DONE, Result.DONE]


def test_two_mails_with_one_number_are_told_apart(office: Office) -> None:
    path = write(office, "mailbox")
    todo = steps(office.source("people"))[:1]
    other = mail({"id": "1", "email": "ben@example.com", "note": "not hers"})
    path.write_text(path.read_text(encoding="utf-8") + other, encoding="utf-8")
    assert carry_out(office, todo)[0] == [Result.DONE]
    assert path.read_text(encoding="utf-8").endswith(other)


def test_a_mailbox_changed_meanwhile_is_not_touched(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(office, "mailbox")
    todo = steps(office.source("people"))
    more = path.read_bytes() + mail({"id": "9", "email": "kim@example.com", "note": "new"}).encode()
    copied = writing_splice._copied

    def arrives(*given: object) -> str:
        digest = copied(*given)  # type: ignore[arg-type]
        path.write_bytes(more)
        return digest

    monkeypatch.setattr(writing_splice, "_copied", arrives)
    results, made = carry_out(office, todo)
    assert (results, path.read_bytes()) == ([Result.MOVED, Result.MOVED], more)
    assert "changed by somebody else" in made.why[todo[0].id]


def test_a_message_too_large_to_read_whole_leaves_the_mailbox_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(office, "mailbox")
    todo = steps(office.source("people"))
    before = path.read_bytes()
    monkeypatch.setattr("dsar.sources.writing_mail.MAX_SIZE", 10)
    results, made = carry_out(office, todo)
    assert (results, path.read_bytes()) == ([Result.FAILED, Result.FAILED], before)
    assert "taken apart" in made.why[todo[0].id]


def test_blank_lines_before_the_first_message_stay(office: Office) -> None:
    path = write(office, "mailbox")
    path.write_bytes(b"\n\n" + path.read_bytes())
    todo = steps(office.source("people"))
    carry_out(office, todo[:1])
    assert path.read_bytes().startswith(b"\n\nFrom 2@desk")
