"""What people ask all day costs nothing more in an office with a million closed cases: no question reads them all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from dsar.case import facts as f
from dsar.case.stages import LetterState
from dsar.errors import InputWrong
from dsar.ledger import Ledger, Lists
from dsar.ledger.schema import RARE, STEPS
from tests.case import story as s
from tests.ledger import desk

LARGE = ("case_row", "clock_row", "fact", "finding", "letter_item", "message", "outbox_row", "person", "vault")
# Of these indexes every entry is of an open case, a waiting letter, a rare fact, or a case that may be forgotten.
SMALL = ("case_row_open", "clock_row_open", "outbox_row_waiting", "fact_rare", "case_row_purge")
NUMBER, MARKS, DAY = "DSAR-2026-0001", ["email:ada@example.com"], date(2026, 12, 31)


def unknown(ledger: Ledger) -> None:
    with pytest.raises(InputWrong, match="The newest is DSAR-2026-0002"):
        ledger.resolve("77")


ASKED: dict[str, Callable[[Ledger], object]] = {
    "rows": lambda ledger: ledger.rows(),
    "rows of one": lambda ledger: ledger.rows(owner="ann", limit=3),
    "obligations": lambda ledger: ledger.clock_rows(),
    "obligations until": lambda ledger: ledger.clock_rows(until=DAY, limit=3),
    "waiting letters": lambda ledger: ledger.outbox(LetterState.QUEUED),
    "all letters that wait": lambda ledger: ledger.outbox(LetterState.SENDING, LetterState.QUEUED),
    "letters on their way": lambda ledger: ledger.outbox(LetterState.SENDING),
    "a number": lambda ledger: ledger.resolve("1"),
    "a whole number": lambda ledger: ledger.resolve("2026-1"),
    "no number": unknown,
    "a new number": lambda ledger: ledger.new_number(2026),
    "a case": lambda ledger: ledger.case(NUMBER),
    "its history": lambda ledger: list(ledger.history(NUMBER)),
    "its papers": lambda ledger: (ledger.kept(NUMBER), ledger.kept(NUMBER, "name")),
    "its findings": lambda ledger: (list(ledger.findings(NUMBER)), list(ledger.findings_of(NUMBER, "crm", "seats"))),
    "its person": lambda ledger: (ledger.cases_of_person(MARKS), ledger.cases_of_person(MARKS, closed=True)),
    "a message": lambda ledger: ledger.message_case("<1@example.com>", "ab"),
    "to purge": lambda ledger: ledger.to_purge(DAY),
    "head": lambda ledger: (ledger.entries_count(), ledger.head(), ledger.head_after(1)),
    "rare facts": lambda ledger: [ledger.cases_with(f.FACTS[kind]) for kind in RARE],
    "recording": lambda ledger: ledger.record(NUMBER, f.CaseAssigned(owner="ann"), by=desk.stamp()),
}
LISTED: dict[str, Callable[[Lists], object]] = {
    "rows": lambda lists: lists.rows(),
    "obligations": lambda lists: lists.clock_rows(until=DAY),
    "texts": lambda lists: (lists.due_texts(), lists.due_texts(DAY)),
    "plain": lambda lists: (lists.plain_dues(), lists.plain_dues(DAY)),
    "names": lambda lists: lists.first_names(),
    "counts": lambda lists: (lists.drafts(), lists.letters(LetterState.QUEUED), lists.letters(LetterState.SENDING)),
    "notes": lambda lists: lists.meta("remind.last"),
}


def full_reads(ledger: Ledger | Lists, ask: Callable[[], object]) -> list[str]:
    """The lines of the query plans that read a large table, or a large index of it, from end to end."""
    connection = ledger._store._connection
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    try:
        ask()
    finally:
        connection.set_trace_callback(None)
    statements = [sql for sql in asked if sql.split(" ")[0] in ("SELECT", "DELETE", "UPDATE")]
    assert statements
    plans = [row[3] for sql in statements for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    return [line for line in plans if reads_all(line)]


def reads_all(line: str) -> bool:
    """Whether a line of a plan goes through all of a large table."""
    found = re.match(r"SCAN (\w+)(?: .*USING (?:COVERING )?INDEX (\w+))?", line)
    return found is not None and _table(found[1]) in LARGE and found[2] not in SMALL


def _table(name: str) -> str:
    return {"c": "case_row", "v": "vault", "o": "outbox_row", "i": "letter_item", "p": "person"}.get(name, name)


@pytest.fixture
def busy(path: Path, ledger: Ledger) -> Iterator[Ledger]:
    desk.a_case(ledger, *s.WHOLE)
    number = desk.a_case(ledger, s.OPENED, s.CLAIMED, s.QUEUED)
    ledger.know_person(number, MARKS)
    ledger.keep(number, "name", "Ada", at=desk.MORNING)
    # opened anew: what one process knows of a case it does not ask for again
    with desk.open_(path) as opened:
        yield opened


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_no_question_about_one_case_or_the_open_ones_reads_all(busy: Ledger, ask: Callable[[Ledger], object]) -> None:
    assert full_reads(busy, lambda: ask(busy)) == []


@pytest.mark.parametrize("ask", LISTED.values(), ids=LISTED)
def test_no_daily_list_reads_all(path: Path, busy: Ledger, ask: Callable[[Lists], object]) -> None:
    lists = Lists.open(path)
    assert full_reads(lists, lambda: ask(lists)) == []
    lists.close()


def test_a_question_that_reads_all_would_be_seen(busy: Ledger) -> None:
    assert full_reads(busy, lambda: busy.rows(open_only=False)) != []
    assert full_reads(busy, lambda: busy.outbox()) != []
    assert full_reads(busy, lambda: busy.cases_with(f.CaseOpened)) != []


def test_opening_the_file_reads_none_of_it(path: Path, busy: Ledger) -> None:
    lists = Lists.open(path)
    assert full_reads(lists, lambda: lists._store._bring_up_to_date(STEPS)) == []
    lists.close()
