"""A case at hand is the case in the file, whoever wrote to it and whatever was undone."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsar.case import facts as f
from dsar.ledger import Ledger, folded
from tests.case import story as s
from tests.ledger import desk


class Spoilt(Exception):
    pass


def assigned(ledger: Ledger, number: str, owner: str) -> None:
    ledger.record(number, f.CaseAssigned(owner=owner), by=desk.stamp())


def spoilt(ledger: Ledger, number: str, owner: str, *, ask: bool) -> None:
    with suppress(Spoilt), ledger.writing():
        assigned(ledger, number, owner)
        if ask:
            # a question makes what waits go to the file
            assert any(row.owner == owner for row in ledger.rows())
        raise Spoilt


def test_what_somebody_else_wrote_is_seen(path: Path, ledger: Ledger) -> None:
    number = desk.a_case(ledger)
    assert ledger.case(number).owner != "bea"
    with desk.open_(path) as other:
        assigned(other, number, "bea")
    assert ledger.case(number).owner == "bea"


def test_what_was_undone_is_not_remembered(ledger: Ledger) -> None:
    number = desk.a_case(ledger)
    assigned(ledger, number, "ann")
    for ask in (False, True):
        spoilt(ledger, number, "bea", ask=ask)
        assert ledger.case(number).owner == "ann"
    with ledger.writing():
        spoilt(ledger, number, "bea", ask=True)
        assert ledger.case(number).owner == "ann"
        assigned(ledger, number, "cem")
    assert ledger.case(number).owner == "cem"
    assert ledger.audit() == []


def test_a_case_recorded_twice_in_a_block_is_listed_once_as_it_ends(ledger: Ledger) -> None:
    number = desk.a_case(ledger, s.OPENED, s.CLAIMED)
    clocks = len(ledger.clock_rows())
    with ledger.writing():
        assigned(ledger, number, "ann")
        assigned(ledger, number, "bea")
    assert [row.owner for row in ledger.rows()] == ["bea"]
    assert [row.owner for row in ledger.clock_rows()] == ["bea"] * clocks
    assert ledger.audit() == []


def test_a_case_at_hand_is_not_asked_for_again(ledger: Ledger) -> None:
    number = desk.a_case(ledger, *s.WHOLE)
    first = ledger.case(number)
    assert ledger.case(number) is first


def test_only_so_many_are_at_hand(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folded, "MOST", 3)
    numbers = [desk.a_case(ledger, s.OPENED, s.CLAIMED) for _ in range(3)]
    cases = {number: ledger.case(number) for number in numbers}
    assert [ledger.case(number) is cases[number] for number in reversed(numbers)] == [True, False, False]
    assert [ledger.case(number) for number in numbers] == list(cases.values())


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["ours", "theirs", "spoilt", "asked and spoilt", "look"]), st.integers(0, 2)),
        max_size=12,
    ),
    most=st.sampled_from([1, 10_000]),
)
def test_at_any_time_it_is_what_a_new_process_sees(
    path: Path, ledger: Ledger, steps: list[tuple[str, int]], most: int
) -> None:
    numbers = [desk.a_case(ledger) for _ in range(3)]
    with pytest.MonkeyPatch.context() as patch, desk.open_(path) as other:
        patch.setattr(folded, "MOST", most)
        for nth, (step, which) in enumerate(steps):
            if step == "look":
                ledger.case(numbers[which])
            elif step in ("ours", "theirs"):
                assigned(ledger if step == "ours" else other, numbers[which], f"owner-{nth}")
            else:
                spoilt(ledger, numbers[which], f"owner-{nth}", ask=step.startswith("asked"))
        with desk.open_(path) as fresh:
            for number in numbers:
                assert ledger.case(number) == other.case(number) == fresh.case(number)
