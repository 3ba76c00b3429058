"""Rows that wait inside a writing block: nobody can tell, a block that fails takes its own with it, and no more."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.case import facts as f
from dsar.case.admit import NotAllowed
from dsar.errors import DsarError, InputWrong, PartlyDone
from dsar.ledger import Ledger, pending, store
from tests.case import story as s
from tests.ledger import desk
from tests.ledger.test_walks import agrees

BAD_ROW = "INSERT INTO vault_key (owner, key) VALUES (?, ?)"
PEOPLE = st.sampled_from(["email:ada@example.com", "email:eve@example.com"])
# what one intake does: whom it names, the facts after the first two, and whether it fails at the end
intakes = st.tuples(PEOPLE, st.lists(s.steps, max_size=4), st.booleans())


class Spoilt(Exception):
    """An intake that goes wrong after everything was added."""


def take_in(ledger: Ledger, person: str, more: list[tuple[f.Fact, str]], fails: bool) -> None:
    """Open a case as an intake does, with a fact on whoever is known already; leave nothing of one that fails."""
    try:
        with ledger.writing():
            twins = ledger.cases_of_person([person])
            number = ledger.new_number(2026)
            ledger.keep(number, "name", person, at=desk.MORNING)
            ledger.remember_message(number, f"<{number}@example.com>", "")
            ledger.know_person(number, [person])
            ledger.record(number, s.OPENED, s.CLAIMED, by=desk.stamp())
            for fact, actor in more:
                try:
                    ledger.record(number, fact, by=desk.stamp(actor))
                except NotAllowed:
                    continue
            for other in twins[:1]:
                ledger.record(other, f.NoteAdded(item="V-1"), by=desk.stamp())
            if fails:
                raise Spoilt
    except Spoilt:
        return


def contents(ledger: Ledger) -> list[object]:
    """Everything that does not hang on a random key."""
    entries = [(entry.seq, entry.case, entry.fact, entry.hash) for entry in ledger.history()]
    numbers = [row.case for row in ledger.rows(open_only=False)]
    kept = [[(one.kind, one.value) for one in ledger.kept(number)] for number in numbers]
    found = [ledger.cases_of_person([mark], closed=True) for mark in ("email:ada@example.com", "email:eve@example.com")]
    known = [ledger.message_case(f"<{number}@example.com>", "") for number in numbers]
    return [entries, ledger.rows(open_only=False), ledger.clock_rows(open_only=False), kept, found, known]


@settings(max_examples=15)
@given(st.lists(intakes, min_size=1, max_size=6), st.sampled_from([1, 3, 50_000]))
def test_a_batch_is_what_its_intakes_are_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, batch: list[tuple[str, list[tuple[f.Fact, str]], bool]], most: int
) -> None:
    """However many rows may wait, and whichever intakes fail."""
    folder: Path = tmp_path_factory.mktemp("batch")
    with desk.create(folder / "one.db") as single, desk.create(folder / "all.db") as whole:
        for intake in batch:
            take_in(single, *intake)
        with pytest.MonkeyPatch.context() as patch, whole.writing():
            patch.setattr(store, "MOST", most)
            for intake in batch:
                take_in(whole, *intake)
        assert contents(whole) == contents(single)
        assert whole.new_number(2026) == single.new_number(2026)
        for ledger in (single, whole):
            assert ledger.audit() == []
            for row in ledger.rows(open_only=False):
                agrees(ledger, row.case)


def test_a_block_that_fails_takes_only_its_own_rows(ledger: Ledger) -> None:
    def spoil(first: str) -> None:
        with ledger.writing():
            desk.a_case(ledger)
            with ledger.writing():
                ledger.keep(first, "name", "Eve", at=desk.MORNING)
            raise Spoilt

    with ledger.writing():
        first = desk.a_case(ledger)
        with pytest.raises(Spoilt):
            spoil(first)
        second = desk.a_case(ledger)
    assert [row.case for row in ledger.rows()] == [first, second] == ["DSAR-2026-0001", "DSAR-2026-0002"]
    assert ledger.kept(first) == []
    assert ledger.audit() == []


def test_a_block_that_fails_after_a_question_takes_what_the_question_wrote_out(ledger: Ledger) -> None:
    def spoil() -> None:
        with ledger.writing():
            second = desk.a_case(ledger)
            assert len(ledger.rows()) == 2
            ledger.keep(second, "name", "Eve", at=desk.MORNING)
            raise Spoilt

    with ledger.writing():
        first = desk.a_case(ledger)
        with pytest.raises(Spoilt):
            spoil()
        assert [row.case for row in ledger.rows()] == [first]
    assert ledger.entries_count() == 1
    assert ledger.audit() == []


def test_every_question_sees_what_waits(ledger: Ledger) -> None:
    with ledger.writing():
        number = desk.a_case(ledger, s.OPENED, s.CLAIMED)
        ledger.know_person(number, ["email:ada@example.com"])
        ledger.remember_message(number, "<1@example.com>", "")
        item = ledger.keep(number, "name", "Ada", at=desk.MORNING)
        assert ledger.cases_of_person(["email:ada@example.com"]) == [number]
        assert ledger.message_case("<1@example.com>", "") == number
        assert ledger.case(number).facts == 2
        assert ledger.resolve("1") == number
        assert [one.item for one in ledger.kept(number)] == [item]
        assert ledger.item(item).text == "Ada"
        assert [row.case for row in ledger.clock_rows()] == [number]
        assert ledger.digest(number, "x") == ledger.digest(number, "x")
        assert ledger.head() != "0000-0000"
        assert ledger.meta("chain.entries") == "2"


def test_a_case_closed_in_the_same_block_is_no_open_one(ledger: Ledger) -> None:
    with ledger.writing():
        number = desk.a_case(ledger, *s.WHOLE[:-1])
        ledger.know_person(number, ["email:ada@example.com"])
    with ledger.writing():
        assert ledger.cases_of_person(["email:ada@example.com"]) == [number]
        ledger.record(number, s.CLOSED, by=desk.stamp())
        assert ledger.cases_of_person(["email:ada@example.com"]) == []


def test_a_purge_in_a_block_is_not_answered_from_before(ledger: Ledger) -> None:
    number = desk.a_case(ledger, *s.WHOLE)
    with ledger.writing():
        ledger.digest(number, "x")
        ledger.purge_case(number)
        with pytest.raises(DsarError, match="purged"):
            ledger.digest(number, "x")


def test_a_row_that_the_file_refuses_undoes_the_whole_block(ledger: Ledger) -> None:
    kept = desk.a_case(ledger)

    def go_on() -> None:
        with ledger.writing():
            desk.a_case(ledger)
            ledger._store.add(BAD_ROW, ("odd", b"short"))
            with pytest.raises(sqlite3.IntegrityError):
                ledger.rows()
            # this would otherwise be saved without what went before
            ledger.keep(kept, "name", "Ada", at=desk.MORNING)

    with pytest.raises(PartlyDone):
        go_on()
    assert [row.case for row in ledger.rows()] == [kept]
    assert ledger.kept(kept) == []
    assert ledger.audit() == []
    assert desk.a_case(ledger) == "DSAR-2026-0002"


def test_a_row_that_the_file_refuses_at_the_end_is_a_block_that_failed(ledger: Ledger) -> None:
    def open_two() -> None:
        with ledger.writing():
            desk.a_case(ledger)
            ledger._store.add(BAD_ROW, ("odd", b"short"))

    with pytest.raises(sqlite3.IntegrityError):
        open_two()
    assert ledger.rows() == []
    assert not ledger._store.in_writing


def test_nothing_waits_outside_a_block(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="inside a writing block"):
        ledger._store.add(BAD_ROW, ("odd", b"short"))


def test_half_a_letter_and_a_number_that_is_none_are_refused_at_once(ledger: Ledger) -> None:
    with ledger.writing():
        number = desk.a_case(ledger)
        with pytest.raises(InputWrong):
            ledger.record(number, f.CaseAssigned(owner="\ud800"), by=desk.stamp())
        with pytest.raises(InputWrong):
            ledger.keep("36", "name", "Ada", at=desk.MORNING)
    assert ledger.entries_count() == 1


def test_rows_go_to_the_file_by_statement_in_the_order_these_first_came() -> None:
    waiting = pending.Pending()
    for sql, row in (("parent", (1,)), ("child", (1, 1)), ("parent", (2,)), ("child", (2, 1))):
        waiting.add(sql, row, None, None)
    waiting.add("count", ("a", 1), "a", "a")
    waiting.add("count", ("a", 2), "a", "a")
    assert list(waiting.grouped(0, len(waiting)).items()) == [
        ("parent", [(1,), (2,)]),
        ("child", [(1, 1), (2, 1)]),
        ("count", [("a", 2)]),
    ]
    assert list(waiting.grouped(2, 4)) == ["parent", "child"]
    assert waiting.concerns("a")
    assert waiting.concerns(None)
    assert not waiting.concerns("b")
    waiting.forget(2)
    assert len(waiting) == 2
    waiting.forget()
    assert not waiting.concerns(None)
