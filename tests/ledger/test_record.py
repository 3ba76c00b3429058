"""Recording facts: admitted, in one transaction, for the case as it was seen; and the chain they form."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.case import facts as f
from dsar.case.admit import NotAllowed
from dsar.errors import Busy, InputWrong
from dsar.ledger import Ledger
from dsar.ledger.chain import NO_HASH, link
from tests.case import story as s
from tests.ledger import desk


def test_the_story_is_kept_word_for_word(path: Path, ledger: Ledger) -> None:
    number = desk.a_case(ledger, *s.WHOLE)
    ledger.close()
    with desk.open_(path) as again:
        entries = list(again.history(number))
        assert [entry.fact for entry in entries] == list(s.WHOLE)
        assert again.case(number) == s.told(*s.WHOLE, number=number)
        first = entries[0]
        assert (first.seq, first.case, first.kind) == (1, number, "CaseOpened")
        assert (first.on, first.recorded_at, first.actor, first.place) == (
            date(2026, 11, 21),
            desk.MORNING,
            "priya",
            "desk-1",
        )
        assert entries[7].actor == "sam"
        assert (again.entries_count(), again.audit()) == (len(s.WHOLE), [])


def test_the_hash_covers_every_column_and_the_entry_before(ledger: Ledger) -> None:
    desk.a_case(ledger, s.OPENED, s.CLOSED)
    first, second = ledger.history()
    body = '{"purge_on":"2027-11-20"}'
    row = (2, first.case, "CaseClosed", body, "2026-11-21", "2026-11-21T09:00:00.000000+00:00", "priya", "desk-1")
    assert second.hash == link(first.hash, *row)
    for place, other in enumerate([3, "DSAR-2026-0002", "X", "{}", "2026-11-22", "later", "sam", "desk-2"]):
        assert link(first.hash, *(*row[:place], other, *row[place + 1 :])) != second.hash  # type: ignore[arg-type]
    assert link(NO_HASH, *row) != second.hash


def test_the_head_is_short_enough_to_read_aloud(ledger: Ledger) -> None:
    assert (ledger.head(), ledger.head_after(1)) == ("0000-0000", "")
    number = desk.a_case(ledger)
    (entry,) = ledger.history()
    then = ledger.head()
    assert then == f"{entry.hash[:4]}-{entry.hash[4:8]}"
    desk.tell(ledger, number, s.CLAIMED)
    assert ledger.head() != then
    assert ledger.head_after(1) == then


def test_all_facts_or_none(ledger: Ledger) -> None:
    number = desk.a_case(ledger)
    before = (ledger.head(), ledger.rows())
    with pytest.raises(NotAllowed, match="already holds that right"):
        ledger.record(number, s.CLAIMED, s.CLAIMED, by=desk.stamp())
    assert (ledger.head(), ledger.rows(), ledger.case(number).claims) == (*before, {})


def test_a_block_that_fails_is_undone_and_the_one_around_it_is_not(ledger: Ledger) -> None:
    with ledger.writing():
        number = desk.a_case(ledger)
        with pytest.raises(NotAllowed):
            ledger.record(number, s.CLAIMED, s.CLAIMED, by=desk.stamp())
        desk.tell(ledger, number, s.CLAIMED)
    assert ledger.case(number).facts == 2
    assert ledger.audit() == []


def test_an_outer_failure_takes_everything_back(ledger: Ledger) -> None:
    with pytest.raises(KeyboardInterrupt), ledger.writing():  # noqa: PT012
        number = desk.a_case(ledger)
        ledger.keep(number, "name", "Ada", at=desk.MORNING)
        raise KeyboardInterrupt
    assert ledger.entries_count() == 0
    assert ledger.kept(number) == []
    # not even the number is used up
    assert ledger.new_number(2026) == number


def test_no_facts_change_nothing(ledger: Ledger) -> None:
    number = desk.a_case(ledger)
    assert ledger.record(number, by=desk.stamp()).facts == 1
    assert ledger.entries_count() == 1


def test_a_case_must_be_opened_first(ledger: Ledger) -> None:
    with pytest.raises(NotAllowed, match="does not exist"):
        ledger.record("DSAR-2026-0001", f.NoteAdded(item="V-1"), by=desk.stamp())
    for bad in ("36", "DSAR-2026-36", "DSAR-2026-0036x", "'; DROP TABLE fact; --"):
        with pytest.raises(InputWrong, match="is not a case number"):
            ledger.record(bad, s.OPENED, by=desk.stamp())
    assert ledger.entries_count() == 0


def test_two_people_at_once(path: Path, ledger: Ledger) -> None:
    number = desk.a_case(ledger, s.OPENED, s.CLAIMED)
    with desk.open_(path) as sams:
        seen = ledger.case(number).facts
        assert sams.case(number).facts == seen
        sams.record(number, f.CaseAssigned(owner="sam"), by=desk.stamp("sam"), seen=seen)
        with pytest.raises(Busy) as caught:
            ledger.record(number, f.CaseAssigned(owner="priya"), by=desk.stamp(after=40), seen=seen)
        assert caught.value.message == f"Not saved: sam changed {number} 40 seconds ago (case assigned)."
        assert caught.value.hint == f"Look: dsar show {number}. If you still want yours, run your command again."
        assert ledger.case(number).owner == "sam"
        now = ledger.case(number).facts
        assert ledger.record(number, f.CaseAssigned(owner="priya"), by=desk.stamp(), seen=now).owner == "priya"


def test_ones_own_other_window_is_told_as_such(ledger: Ledger) -> None:
    number = desk.a_case(ledger, s.OPENED, s.CLAIMED)
    with pytest.raises(Busy, match=r"you yourself changed .* a moment ago"):
        ledger.record(number, f.NoteAdded(item="V-1"), by=desk.stamp(), seen=1)
    with pytest.raises(Busy, match="is not as you saw it"):
        ledger.record(number, f.NoteAdded(item="V-1"), by=desk.stamp(), seen=7)


def test_instants_are_kept_in_utc_and_need_a_zone(ledger: Ledger) -> None:
    number = desk.a_case(ledger)
    local = datetime(2026, 11, 21, 10, 0, 0, 5, tzinfo=timezone(timedelta(hours=1)))
    ledger.record(number, f.NoteAdded(item="V-1"), by=replace(desk.stamp(), recorded_at=local))
    assert list(ledger.history(number))[-1].recorded_at == desk.MORNING + timedelta(microseconds=5)
    with pytest.raises(ValueError, match="zone"):
        ledger.record(number, s.CLAIMED, by=replace(desk.stamp(), recorded_at=datetime(2026, 11, 21)))  # noqa: DTZ001


@pytest.mark.parametrize("text", ["half \ud800 a character"])
def test_what_cannot_be_kept_is_refused(ledger: Ledger, text: str) -> None:
    number = desk.a_case(ledger)
    with pytest.raises(InputWrong, match="half a character"):
        ledger.record(number, f.CaseAssigned(owner=text), by=desk.stamp())
    with pytest.raises(InputWrong, match="half a character"):
        ledger.record(number, s.CLAIMED, by=replace(desk.stamp(), place=text))
    assert ledger.entries_count() == 1


@pytest.mark.parametrize(
    "fact", [replace(s.SEARCHED, found="one"), replace(s.QUEUED, claims=[s.CLAIM])], ids=["type", "shape"]
)
def test_a_fact_of_wrong_types_is_a_bug_that_is_not_kept(ledger: Ledger, fact: f.Fact) -> None:
    number = desk.a_case(ledger, s.OPENED, s.CLAIMED, s.PROVEN, s.SCOPED)
    with pytest.raises(ValueError, match="a fact "):
        ledger.record(number, fact, by=desk.stamp())
    assert ledger.entries_count() == 4


@pytest.mark.parametrize("text", ["O'Brien; --", "x\0y", "\u202e\x1b[31m", '"}{"', "名前"])
def test_hostile_text_is_only_text(ledger: Ledger, text: str) -> None:
    number = desk.a_case(ledger)
    ledger.record(number, f.CaseAssigned(owner=text), by=replace(desk.stamp(), place=text))
    assert ledger.case(number).owner == text
    assert ledger.rows(owner=text)[0].owner == text
    assert ledger.audit() == []


def test_an_entry_too_large_is_refused(ledger: Ledger) -> None:
    number = desk.a_case(ledger, s.OPENED, s.CLAIMED)
    with pytest.raises(InputWrong, match="larger than the case store takes"):
        ledger.record(number, f.CaseAssigned(owner="x" * 32_000_001), by=desk.stamp())


def test_the_history_of_many_is_read_in_pages(ledger: Ledger) -> None:
    with ledger.writing():
        number = desk.a_case(ledger)
        ledger.record(number, *[f.NoteAdded(item=f"V-{place}") for place in range(1_203)], by=desk.stamp())
    assert [entry.seq for entry in ledger.history()] == list(range(1, 1_205))
    assert len(list(ledger.history(number))) == 1_204
    # a half-read history keeps nobody from writing
    half = ledger.history()
    next(half)
    desk.tell(ledger, number, s.CLAIMED)


@given(st.tuples(*(st.text() for _ in range(8))), st.integers(1))
def test_the_hash_is_over_json_whatever_the_columns_hold(columns: tuple[str, ...], seq: int) -> None:
    previous, *rest = columns
    text = json.dumps([seq, *rest, previous], separators=(",", ":"))
    assert link(previous, seq, *rest) == hashlib.sha256(text.encode("ascii")).hexdigest()
