"""Every searchable kind of source keeps the same promises, on the same people written in each of their formats."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from dsar.case.identifiers import Identifier
from dsar.case.records import Record
from dsar.sources.interface import Source, SourceFailed, Why
from dsar.sources.registry import kinds
from tests.sources.office import Office, who

# id, e-mail, phone, note: Ana in several spellings, then others who must never be hers.
PEOPLE = [
    ("1", "ana@example.com", "+1 415 555 0100", "Hello."),
    ("2", "ANA@Example.COM", "", "Hello again."),
    ("3", "other@example.com", "(415) 555-0100", "Call me."),
    ("4", "", "415.555.0100", "Call me."),
    ("5", "", "0014155550100", "Call me."),
    ("6", "", "14155550100", "Call me."),
    ("7", "ben@example.com", "+1 415 555 0199", "Ana said hello."),
    ("8", "banana@example.com", "+1 915 555 0100", "anaexample.com"),
    ("9", "eve@example.com", "", "=cmd|'/c calc'!A0 \u202egnp.exe <script>x</script> ' OR 1=1 --"),
    ("10", "carl@example.com", "", "Please tell Ana@example.com, or ring 415-555-0100 after six."),
]
FIELDS = """
[[record_set.field]]
name = "{email}"
meaning = "E-mail"
identifies = "email"
match = true
[[record_set.field]]
name = "{phone}"
meaning = "Phone"
identifies = "phone"
match = true
[[record_set.field]]
name = "{note}"
meaning = "What was said"
text = true
"""
HEAD = """
[source]
kind = "{kind}"
title = "People"
owner = "luis"
path = "data/{file}"
country = "US"
[[record_set]]
name = "people"
title = "People"
{more}
[[record_set.role]]
role = "controller"
purpose = "service"
"""


def mail(number: str, sender: str, phone: str, note: str) -> str:
    return (
        f"From {number}@desk Mon Jun  1 09:00:00 2026\nMessage-ID: <{number}@desk>\n"
        f"From: {sender or 'nobody@desk.example'}\n"
        "To: help@desk.example\nDate: Mon, 01 Jun 2026 09:00:00 +0000\nSubject: hi\nMIME-Version: 1.0\n"
        f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{note}\n\n-- \n{phone}\n\n"
    )


def write(office: Office, kind: str) -> Path:
    """The people, in the format of this kind."""
    file = {"sqlite": "people.db", "csv": "people.csv", "jsonl": "people.jsonl", "mailbox": "people.mbox"}[kind]
    path = office.home / "data" / file
    names = ("id", "email", "phone", "note")
    rows = [dict(zip(names, person, strict=True)) for person in PEOPLE]
    match kind:
        case "sqlite":
            office.database(file, {"people": rows})
        case "csv":
            lines = [names, *PEOPLE]
            quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines]
            path.write_text("\n".join(quoted) + "\n", encoding="utf-8")
        case "jsonl":
            path.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
        case "mailbox":
            path.write_text("".join(mail(*person) for person in PEOPLE), encoding="utf-8")
    in_mail = {"email": "from", "phone": "signature_phone", "note": "body"}
    more = "" if kind == "mailbox" else 'key = ["id"]'
    fields = FIELDS.format(**(in_mail if kind == "mailbox" else {name: name for name in names}))
    office.describe("people", HEAD.format(kind=kind, file=file, more=more) + fields)
    return path


@pytest.fixture(params=["sqlite", "csv", "jsonl", "mailbox"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_suite_knows_every_kind_there_is() -> None:
    assert kinds() == ["csv", "jsonl", "mailbox", "person", "sqlite"]


def found(source: Source, *identifiers: Identifier) -> dict[str, Record]:
    records = source.find(source.settings.record_sets[0], identifiers)
    return {record.key.removesuffix("@desk"): record for record in records}


def test_an_email_is_found_in_any_case_and_in_prose(office: Office, kind: str) -> None:
    write(office, kind)
    records = found(office.source("people"), who("email", "ana@example.com"))
    assert {key: [match.how for match in record.matched] for key, record in records.items()} == {
        "1": ["exact"],
        "2": ["normal" if kind != "mailbox" else records["2"].matched[0].how],
        "10": ["text"],
    }
    assert records["10"].matched[0].value == "ana@example.com"


@pytest.mark.parametrize("spelling", ["+14155550100", "(415) 555-0100", "415 555 0100", "0014155550100"])
def test_a_number_is_found_in_every_spelling(office: Office, kind: str, spelling: str) -> None:
    write(office, kind)
    records = found(office.source("people"), who("phone", spelling))
    plain = {"1", "3", "4", "5", "6", "10"}
    # a run of digits in a signature is not told from an order number without its plus
    assert plain - records.keys() <= ({"5", "6"} if kind == "mailbox" else set())
    assert records.keys() <= plain
    assert {match.value for record in records.values() for match in record.matched} == {"+14155550100"}


def test_several_identifiers_are_searched_at_once(office: Office, kind: str) -> None:
    write(office, kind)
    records = found(office.source("people"), who("email", "ben@example.com"), who("phone", "+1 915 555 0100"))
    assert records.keys() == {"7", "8"}


def test_nothing_held_is_an_empty_answer(office: Office, kind: str) -> None:
    write(office, kind)
    source = office.source("people")
    assert found(source, who("email", "zoe@example.com"), who("phone", "+44 20 7946 0018")) == {}
    assert source.problems == []


def test_a_name_alone_finds_nothing(office: Office, kind: str) -> None:
    write(office, kind)
    assert found(office.source("people"), who("name", "Ana"), who("username", "ana")) == {}


@pytest.mark.parametrize("raw", ["' OR '1'='1", '"; DROP TABLE people; --', "%", "*", "_", "[a-z]", "\x00", "a" * 5000])
def test_a_hostile_identifier_finds_no_one(office: Office, kind: str, raw: str) -> None:
    path = write(office, kind)
    before = path.read_bytes()
    hostile = [Identifier(kind=word, value=raw, raw=raw) for word in ("email", "phone", "username", "account_id")]
    assert found(office.source("people"), *hostile) == {}
    assert path.read_bytes() == before


def test_hostile_content_comes_back_as_it_is_stored(office: Office, kind: str) -> None:
    write(office, kind)
    record = found(office.source("people"), who("email", "eve@example.com"))["9"]
    assert "<script>x</script>" in record.values["body" if kind == "mailbox" else "note"]


def test_searching_changes_no_byte(office: Office, kind: str) -> None:
    path = write(office, kind)
    path.chmod(0o400)
    before = hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns
    assert found(office.source("people"), who("email", "ana@example.com"))
    assert (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) == before
    assert sorted(one.name for one in path.parent.iterdir()) == [path.name]


def test_a_missing_file_is_a_failure_not_an_empty_answer(office: Office, kind: str) -> None:
    write(office, kind).unlink()
    source = office.source("people")
    with pytest.raises(SourceFailed, match="there is no file") as failed:
        found(source, who("email", "ana@example.com"))
    assert failed.value.why is Why.MISSING
    with pytest.raises(SourceFailed):
        source.test()


def test_a_file_of_another_kind_is_a_failure(office: Office, kind: str) -> None:
    write(office, kind).write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 20)
    with pytest.raises(SourceFailed) as failed:
        found(office.source("people"), who("email", "ana@example.com"))
    assert failed.value.why in (Why.UNREADABLE, Why.BROKEN)
    assert "ana@" not in str(failed.value)


def test_a_settings_error_is_a_failure_that_names_the_column(office: Office, kind: str) -> None:
    write(office, kind)
    path = office.home / "sources" / "people.toml"
    wrong = path.read_text(encoding="utf-8").replace('name = "email"', 'name = "emial"').replace('"from"', '"form"')
    path.write_text(wrong, encoding="utf-8")
    if kind == "jsonl":
        # an object may leave out a field, so one missing field is no fault there
        assert found(office.source("people"), who("email", "ana@example.com")).keys() == {"10"}
        return
    with pytest.raises(SourceFailed, match="Did you mean") as failed:
        found(office.source("people"), who("email", "ana@example.com"))
    assert failed.value.why is Why.BROKEN


def test_the_trial_counts_rows(office: Office, kind: str) -> None:
    write(office, kind)
    tested = office.source("people").test()
    assert (tested.rows, tested.problems) == ({"people": len(PEOPLE)}, ())


def test_every_record_says_where_it_stands(office: Office, kind: str) -> None:
    write(office, kind)
    record = found(office.source("people"), who("email", "ben@example.com"))["7"]
    places = {"sqlite": "people 7", "csv": "people.csv line 8", "jsonl": "people.jsonl line 7"}
    assert record.place == places.get(kind, "people.mbox message 7")
