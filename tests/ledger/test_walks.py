"""Whatever is recorded, in whatever order and by however many connections: the lists are the fold of the facts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.case import facts as f
from dsar.case.admit import NotAllowed, admit
from dsar.case.evolve import fold
from dsar.errors import Busy
from dsar.ledger import Ledger
from dsar.ledger.projection import project
from tests.case import story as s
from tests.ledger import desk


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 1), s.walks), min_size=1, max_size=3))
def test_lists_are_the_fold_of_the_facts(
    tmp_path_factory: pytest.TempPathFactory, walks: list[tuple[int, list[tuple[f.Fact, str]]]]
) -> None:
    path: Path = tmp_path_factory.mktemp("walk") / "dsar.db"
    with desk.create(path) as ledger, ledger.writing():
        numbers = [ledger.new_number(2026), ledger.new_number(2026)]
        for which, walk in walks:
            for fact, actor in [(s.OPENED, s.MAKER), *walk]:
                record(ledger, numbers[which], fact, actor)
        assert ledger.audit() == []
        for number in numbers:
            agrees(ledger, number)


def record(ledger: Ledger, number: str, fact: f.Fact, actor: str) -> None:
    """Record a fact exactly where ``admit`` lets it in."""
    before = fold(number, ((entry.fact, entry.actor) for entry in ledger.history(number)))
    count = ledger.entries_count()
    try:
        admit(before, fact, actor)
    except NotAllowed:
        with pytest.raises(NotAllowed):
            ledger.record(number, fact, by=desk.stamp(actor))
        assert ledger.entries_count() == count
        return
    after = ledger.record(number, fact, by=desk.stamp(actor), seen=before.facts)
    assert after.facts == before.facts + 1
    assert ledger.entries_count() == count + 1


def agrees(ledger: Ledger, number: str) -> None:
    """The stored rows of a case equal those computed from its facts alone."""
    entries = list(ledger.history(number))
    rows = {row.case: row for row in ledger.rows(open_only=False)}
    if not entries:
        assert number not in rows
        return
    case = fold(number, ((entry.fact, entry.actor) for entry in entries))
    expected = project(case, entries, desk.thirty_days(case, ledger.pinned))
    assert rows[number] == expected.case
    assert [row for row in ledger.clock_rows(open_only=False) if row.case == number] == list(expected.clocks)
    assert {row.key: row for row in ledger.outbox() if row.case == number} == {row.key: row for row in expected.letters}


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(0, 1), st.booleans(), s.any_fact), max_size=15))
def test_two_people_never_overwrite_each_other(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[int, bool, f.Fact]]
) -> None:
    """Each of two connections looks now and then, and records only what was decided on the newest state."""
    path: Path = tmp_path_factory.mktemp("two") / "dsar.db"
    with desk.create(path) as one, desk.open_(path) as two:
        number = desk.a_case(one, s.OPENED, s.CLAIMED)
        ledgers, actors = (one, two), (s.MAKER, s.APPROVER)
        seen = [2, 2]
        kept = 2
        for who, looks, fact in moves:
            if looks:
                seen[who] = ledgers[who].case(number).facts
            try:
                case = ledgers[who].record(number, fact, by=desk.stamp(actors[who]), seen=seen[who])
            except Busy:
                assert seen[who] != kept
            except NotAllowed:
                assert seen[who] == kept
            else:
                assert seen[who] == kept
                kept = seen[who] = case.facts
        assert one.case(number) == two.case(number)
        assert two.case(number).facts == kept
        assert one.audit() == []
