"""Mailboxes: parties, signature and prose of each message; whoever else is on a letter is never followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsar.case.identifiers import Identifier
from dsar.case.records import Record
from dsar.sources.interface import Source, SourceFailed, Why
from dsar.sources.mailbox import FIELDS
from dsar.sources.search import search
from tests.sources.office import ROLE, Office, field, kind_of, source_file, who

SIGNED = "Dear desk,\n\nplease help.\n\n-- \nAna Ruiz\nFlorists GmbH\nTel. +1 415 555 0142\n"
ANA = who("email", "ana@example.com")
HEAD = f'[[record_set]]\nname = "mail"\ntitle = "Mail"\ntime = "date"\n{ROLE}'


def letter(number: int, sender: str = "Ana Ruiz <Ana@example.com>", body: str = SIGNED, more: str = "") -> str:
    return (
        f"Message-ID: <{number}@x>\nFrom: {sender}\nTo: Help <help@desk.example>\n{more}"
        "Date: Mon, 01 Jun 2026 09:00:00 +0200\nSubject: Help\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{body}"
    )


def mailbox(office: Office, *letters: str, name: str = "help.mbox") -> Source:
    """An mbox of these letters, described and opened."""
    envelopes = (f"From x@x.example Mon Jun  1 09:00:00 2026\n{one}\n\n" for one in letters)
    (office.home / "data" / name).write_text("".join(envelopes), encoding="utf-8")
    return described(office, f"data/{name}")


def described(office: Office, path: str) -> Source:
    fields = [
        HEAD,
        *(field(name, *kind_of("email")) for name in ("from", "to", "cc")),
        field("signature_phone", *kind_of("phone", "emits = true")),
        *(field(name, "text = true") for name in ("subject", "body", "quoted", "forwarded")),
        field("signature_company"),
    ]
    office.describe("help", source_file(*fields, kind="mailbox", path=path))
    return office.source("help")


def found(source: Source, *identifiers: Identifier) -> list[Record]:
    return list(source.find(source.settings.record_sets[0], identifiers or [ANA]))


def test_a_message_is_a_record_of_named_fields(office: Office) -> None:
    (record,) = found(mailbox(office, letter(1, more="Cc: a@x.example, B <b@x.example>\n")))
    assert tuple(record.values) == FIELDS
    assert (record.key, record.place) == ("1@x", "help.mbox message 1")
    assert record.values["from"] == "Ana Ruiz <Ana@example.com>"
    assert record.values["cc"] == "a@x.example, B <b@x.example>"
    assert record.values["date"] == "2026-06-01T09:00:00+02:00"
    assert record.values["signature_phone"] == "+1 415 555 0142"
    assert record.values["signature_company"] == "Florists GmbH"
    assert [(match.field, match.how) for match in record.matched] == [("from", "normal")]


def test_the_senders_signature_leads_on_and_the_other_partys_does_not(office: Office) -> None:
    other = letter(
        2, sender="ben@x.example", body="Hi Ana\n\n-- \nBen\n+1 415 555 0199\n", more="Cc: ana@example.com\n"
    )
    result = search([mailbox(office, letter(1), other)], [ANA])
    assert [one.value for one in result.followed] == ["+14155550142"]
    assert [record.key for record in result.answers[0].records] == ["1@x", "2@x"]


def test_a_signature_with_several_numbers_leads_nowhere(office: Office) -> None:
    body = SIGNED.replace("0142", "0142, Fax +1 415 555 0143")
    assert search([mailbox(office, letter(1, body=body))], [ANA]).followed == ()


def test_prose_quotes_and_forwards_are_searched(office: Office) -> None:
    stranger = "ben@x.example"
    quoted = "I see.\n\nOn 1 June 2026, Ana wrote:\n> from ana@example.com with thanks\n"
    inner = letter(9).replace("\n", "\r\n")
    forward = (
        f"Message-ID: <3@x>\nFrom: {stranger}\nSubject: Fwd\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nsee below\n'
        f"--b\nContent-Type: message/rfc822\n\n{inner}\n--b--\n"
    )
    records = found(
        mailbox(office, letter(1, sender=stranger, body=quoted), forward, letter(4, sender=stranger, body="Hi"))
    )
    assert {record.key: {match.field for match in record.matched} for record in records} == {
        "1@x": {"quoted"},
        "3@x": {"forwarded"},
    }
    assert search([described(office, "data/help.mbox")], [ANA]).followed == ()


def test_a_damaged_message_is_told_and_the_next_is_read(office: Office) -> None:
    damaged = "Content-Type: multipart/mixed; boundary=b\nFrom: ben@x.example\nSubject: x\n\nno parts at all\n"
    source = mailbox(office, damaged, letter(2))
    assert [record.key for record in found(source)] == ["2@x"]
    assert {(problem.file, problem.line) for problem in source.problems} == {("help.mbox", 1)}


def test_a_message_without_an_id_has_a_key_of_its_own(office: Office) -> None:
    first, second = (letter(n).replace(f"Message-ID: <{n}@x>\n", f"X-Number: {n}\n") for n in (1, 2))
    keys = [record.key for record in found(mailbox(office, first, second))]
    assert len(set(keys)) == 2
    assert all(key.startswith("sha256:") for key in keys)


def test_a_maildir_is_read_with_its_subfolders(office: Office) -> None:
    root = office.home / "data" / "Maildir"
    for number, folder in enumerate(("new", "cur", ".Archive/cur", ".Archive.2025/new"), start=1):
        (root / folder).mkdir(parents=True)
        (root / folder / f"{number}.host").write_text(letter(number), encoding="utf-8")
    (root / "tmp").mkdir()
    (root / "tmp" / "9.host").write_text(letter(9), encoding="utf-8")
    source = described(office, "data/Maildir")
    assert sorted(record.key for record in found(source)) == ["1@x", "2@x", "3@x", "4@x"]
    assert source.test().rows == {"mail": 4}


def test_a_folder_that_is_no_mailbox_is_a_failure(office: Office) -> None:
    (office.home / "data" / "Maildir").mkdir()
    with pytest.raises(SourceFailed) as failed:
        found(described(office, "data/Maildir"))
    assert failed.value.why is Why.UNREADABLE


def test_several_mailboxes_are_one_record_set(office: Office) -> None:
    mailbox(office, letter(1), name="a.mbox")
    mailbox(office, letter(2), name="b.mbox")
    source = described(office, "data/*.mbox")
    assert [record.place for record in found(source)] == ["a.mbox message 1", "b.mbox message 1"]


def test_an_empty_mailbox_holds_nothing(office: Office) -> None:
    source = mailbox(office)
    assert (found(source), source.test().rows) == ([], {"mail": 0})
    assert Path(office.home / "data" / "help.mbox").read_bytes() == b""
