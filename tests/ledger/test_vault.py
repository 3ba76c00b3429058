"""What is personal: kept under blind ids, hashed with the case's own key, and gone without a trace after a purge."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import date
from pathlib import Path

import pytest

from dsar.case import facts as f
from dsar.case.records import Match, Record
from dsar.errors import Busy, InputWrong, Refused
from dsar.ledger import Ledger, Lists
from tests.case import story as s
from tests.ledger import desk

NAME, MAIL = "Ada Quillfeather", "ada.quillfeather@example.com"


def test_what_is_kept_comes_back(ledger: Ledger) -> None:
    number, other = desk.a_case(ledger), desk.a_case(ledger)
    name = ledger.keep(number, "name", NAME, at=desk.MORNING)
    raw = ledger.keep(number, "request", b"\xff\x00raw", at=desk.MORNING)
    ledger.keep(other, "name", "Eve", at=desk.MORNING)
    assert [(kept.item, kept.kind, kept.value) for kept in ledger.kept(number)] == [
        (name, "name", NAME.encode()),
        (raw, "request", b"\xff\x00raw"),
    ]
    assert [kept.text for kept in ledger.kept(number, "name")] == [NAME]
    assert ledger.item(raw).text == "\ufffd\x00raw"
    assert (ledger.item(name).case, ledger.item(name).at) == (number, desk.MORNING)
    assert len({name, raw}) == 2
    assert name.startswith("V-")


def test_lists_get_the_first_name_of_each_case_at_once(path: Path, ledger: Ledger) -> None:
    number, other, closed = desk.a_case(ledger), desk.a_case(ledger), desk.a_case(ledger, *s.WHOLE)
    ledger.keep(closed, "name", "Eve", at=desk.MORNING)
    for value in (NAME, "Ada Q."):
        ledger.keep(number, "name", value, at=desk.MORNING)
    ledger.keep(other, "email", MAIL, at=desk.MORNING)
    lists = Lists.open(path)
    assert lists.first_names() == {number: NAME}
    assert lists.first_names(open_only=False) == {number: NAME, closed: "Eve"}
    lists.close()


def test_a_forgotten_item_is_gone_and_stays_gone(path: Path, ledger: Ledger) -> None:
    number = desk.a_case(ledger)
    item = ledger.keep(number, "evidence", NAME, at=desk.MORNING)
    assert NAME.encode() in path.read_bytes()
    ledger.forget(item)
    ledger.forget(item)
    assert NAME.encode() not in path.read_bytes()
    with pytest.raises(InputWrong, match="purged or destroyed"):
        ledger.item(item)


def test_broken_text_and_too_much_of_it(ledger: Ledger) -> None:
    number = desk.a_case(ledger)
    item = ledger.keep(number, "note", "half \ud800", at=desk.MORNING)
    assert ledger.item(item).text == "half ?"
    with pytest.raises(InputWrong, match="larger than the case store takes"):
        ledger.keep(number, "request", bytes(100_000_001), at=desk.MORNING)
    with pytest.raises(InputWrong, match="is not a case number"):
        ledger.keep("D-0001", "note", "x", at=desk.MORNING)


def test_each_case_hashes_with_its_own_key(path: Path, ledger: Ledger) -> None:
    number, other = desk.a_case(ledger), desk.a_case(ledger)
    mine = ledger.digest(number, MAIL)
    assert mine == ledger.digest(number, MAIL.encode())
    assert mine != ledger.digest(other, MAIL)
    assert mine != ledger.digest(number, NAME)
    with desk.raw(path) as connection:
        ((key,),) = connection.execute("SELECT key FROM vault_key WHERE owner = ?", (number,)).fetchall()
    assert len(key) == 32
    assert mine == hmac.new(key, MAIL.encode(), hashlib.sha256).hexdigest()
    ledger.close()
    with desk.open_(path) as again:
        assert again.digest(number, MAIL) == mine


def test_a_letter_is_attached_to_its_message(ledger: Ledger) -> None:
    number, other = desk.a_case(ledger), desk.a_case(ledger)
    item = ledger.keep(number, "letter", b"Subject: x\r\n\r\nx", at=desk.MORNING)
    with pytest.raises(InputWrong, match="no such letter"):
        ledger.record(number, s.QUEUED, by=desk.stamp(), items={"L-9": item})
    with pytest.raises(InputWrong, match="belongs to another case"):
        ledger.record(other, s.QUEUED, by=desk.stamp(), items={"L-1": item})
    assert ledger.outbox() == []
    ledger.record(number, s.QUEUED, by=desk.stamp(), items={"L-1": item})
    assert [(row.key, row.item) for row in ledger.outbox()] == [("L-1", item)]
    ledger.rebuild()
    assert ledger.outbox()[0].item == item
    ledger.forget(item)
    assert ledger.outbox()[0].item == ""


def full_case(ledger: Ledger) -> str:
    """A closed case with something personal in every place that takes it."""
    number = desk.a_case(ledger, s.OPENED, s.CLAIMED, s.PROVEN)
    for kind, value in [("name", NAME), ("email", MAIL), ("note", f"{NAME} called"), ("identifier", "+14155550100")]:
        ledger.keep(number, kind, value, at=desk.MORNING)
    ledger.record(
        number,
        f.MessageFiled(message=ledger.digest(number, MAIL), kind="mail", item="V-1"),
        by=desk.stamp(),
    )
    matched = (Match(field="email", kind="email", value=MAIL, how="exact"),)
    records = [Record(key=f"{MAIL}/{row}", values={"email": MAIL, "name": NAME}, matched=matched) for row in range(50)]
    ledger.put_findings(number, "crm", "seats", records)
    draft = ledger.add_draft({"from": MAIL, "name": NAME}, f"From: {NAME} <{MAIL}>".encode(), desk.MORNING)
    ledger.remember_message(draft, f"<1.{MAIL}>", hashlib.sha256(MAIL.encode()).hexdigest())
    ledger.settle_draft(draft, number)
    item = ledger.keep(number, "letter", f"To: {MAIL}\r\n\r\nDear {NAME}", at=desk.MORNING)
    ledger.record(number, s.QUEUED, by=desk.stamp(), items={"L-1": item})
    desk.tell(ledger, number, s.HANDED, s.SENT, s.ENDED, s.CLOSED)
    return number


def test_a_purge_leaves_nothing(path: Path, ledger: Ledger) -> None:
    other = desk.a_case(ledger)
    ledger.keep(other, "name", "Somebody Else", at=desk.MORNING)
    number = full_case(ledger)
    keyed = ledger.digest(number, MAIL)
    with desk.raw(path) as connection:
        ((key,),) = connection.execute("SELECT key FROM vault_key WHERE owner = ?", (number,)).fetchall()
    before = (ledger.entries_count(), ledger.head(), list(ledger.history()))
    assert not ledger.is_purged(number)

    ledger.purge_case(number)

    assert (ledger.entries_count(), ledger.head(), list(ledger.history())) == before
    assert ledger.audit() == []
    assert ledger.is_purged(number)
    assert ledger.kept(number) == []
    assert list(ledger.findings(number)) == []
    assert ledger.message_case(f"<1.{MAIL}>", hashlib.sha256(MAIL.encode()).hexdigest()) is None
    assert [kept.text for kept in ledger.kept(other)] == ["Somebody Else"]
    with pytest.raises(Refused, match="was purged"):
        ledger.digest(number, MAIL)

    content = path.read_bytes()
    with desk.raw(path) as connection:
        content += "\n".join(connection.iterdump()).encode()
    guesses = [NAME, MAIL, f"<1.{MAIL}>", "+14155550100", *NAME.split()]
    hashes = [hashlib.new(kind, guess.encode()) for kind in ("md5", "sha1", "sha256") for guess in guesses]
    for trace in [key, *(guess.encode() for guess in guesses), *(h.digest() for h in hashes)]:
        assert trace not in content
    for trace in [key.hex(), *(h.hexdigest() for h in hashes)]:
        assert trace.encode() not in content.lower()
    # the keyed hash in the facts stays, and says nothing without its key
    assert keyed.encode() in content
    assert [entry.name for entry in path.parent.iterdir()] == ["dsar.db"]


def test_a_purge_is_for_closed_cases_and_may_be_repeated(ledger: Ledger) -> None:
    number = desk.a_case(ledger)
    ledger.keep(number, "name", NAME, at=desk.MORNING)
    with pytest.raises(Refused, match="is not closed"):
        ledger.purge_case(number)
    assert ledger.kept(number)
    desk.tell(ledger, number, s.CLOSED)
    assert [row.case for row in ledger.to_purge(date(2027, 11, 20))] == [number]
    assert ledger.to_purge(date(2027, 11, 19)) == []
    ledger.purge_case(number)
    ledger.purge_case(number)
    assert ledger.kept(number) == []


def test_several_purges_share_one_tidying_afterwards(path: Path, ledger: Ledger) -> None:
    numbers = [desk.a_case(ledger, s.OPENED, s.CLOSED) for _ in range(3)]
    for number in numbers:
        ledger.keep(number, "request", b"q" * 500_000, at=desk.MORNING)
    size = path.stat().st_size
    with ledger.writing():
        for number in numbers:
            ledger.purge_case(number)
    assert path.stat().st_size == size
    assert ledger.meta("tidy") == "owed"
    ledger.tidy()
    assert path.stat().st_size < size / 2
    assert ledger.meta("tidy") == "done"


def test_a_purge_while_somebody_reads_waits_with_its_tidying(path: Path, ledger: Ledger) -> None:
    number = desk.a_case(ledger, s.OPENED, s.CLOSED)
    ledger.keep(number, "name", NAME, at=desk.MORNING)
    ledger.close()
    with desk.open_(path, wait=0.0) as writer, desk.raw(path) as reader:
        with writer.writing():
            writer.purge_case(number)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM fact").fetchall()
        writer.tidy()
        assert writer.meta("tidy") == "owed"
        with pytest.raises(Busy):
            writer.set_meta("heartbeat", "now")
        reader.execute("COMMIT")
        writer.rebuild()
        assert writer.meta("tidy") == "done"


def test_messages_are_known_by_their_bytes_and_then_by_their_id(path: Path, ledger: Ledger) -> None:
    one, two = desk.a_case(ledger), desk.a_case(ledger)
    assert ledger.message_case("<a@x>", "AB" * 32) is None
    ledger.remember_message(one, " <a@x> ", "AB" * 32)
    ledger.remember_message(two, "", "cd" * 32)
    assert ledger.message_case("", "ab" * 32) == one
    assert ledger.message_case("<a@x>", "") == one
    assert ledger.message_case("<a@x>", "cd" * 32) == two
    assert ledger.message_case("", "") is None
    assert ledger.message_case("half \ud800", "") is None
    assert b"<a@x>" not in path.read_bytes()
    assert b"ab" * 32 not in path.read_bytes()


def test_drafts_wait_until_they_are_settled(ledger: Ledger) -> None:
    reading = {"kinds": ["access"], "name": "José \ud800", "nested": [{"a": None}]}
    first = ledger.add_draft(reading, b"raw", desk.MORNING)
    second = ledger.add_draft({}, b"", desk.MORNING)
    assert (first, second) == ("D-0001", "D-0002")
    draft = ledger.drafts()[0]
    assert (draft.id, draft.body, draft.raw, draft.at) == (first, reading, b"raw", desk.MORNING)
    assert ledger.draft("d-1") == ledger.draft("1") == draft
    ledger.remember_message(first, "<a@x>", "")
    ledger.remember_message(second, "<b@x>", "")
    number = desk.a_case(ledger)
    ledger.settle_draft(first, number)
    ledger.settle_draft(second)
    assert ledger.drafts() == []
    assert (ledger.message_case("<a@x>", ""), ledger.message_case("<b@x>", "")) == (number, second)
    assert ledger.add_draft({}, b"", desk.MORNING) == "D-0003"
    for gone in (first, "D-0099", "x", "9" * 30, "\x1b[2J"):
        with pytest.raises(InputWrong, match="There is no draft"):
            ledger.settle_draft(gone)
        with pytest.raises(InputWrong, match="There is no draft"):
            ledger.draft(gone)
    with pytest.raises(InputWrong, match="larger than"):
        ledger.add_draft({}, bytes(100_000_001), desk.MORNING)


def test_notes_about_the_store(ledger: Ledger) -> None:
    assert ledger.meta("heartbeat") is None
    for value in ("one", "two"):
        ledger.set_meta("heartbeat", value)
    assert ledger.meta("heartbeat") == "two"
    with pytest.raises(InputWrong, match="larger than"):
        ledger.set_meta("heartbeat", "x" * 64_001)


def test_pinned_texts_are_kept_for_ever(path: Path, ledger: Ledger) -> None:
    body = json.dumps({"respond": "P1M"})
    version = hashlib.sha256(body.encode()).hexdigest()[:12]
    for _ in range(2):
        ledger.pin("rule", version, body)
    assert ledger.pinned("rule", version) == body
    with pytest.raises(ValueError, match="not named by its content"):
        ledger.pin("rule", version, body + " ")
    with pytest.raises(ValueError, match="not named by its content"):
        ledger.pin("rule", "", body)
