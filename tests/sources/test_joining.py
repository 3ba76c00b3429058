"""Every line whose cell holds what is looked for is among those that may; how many others are is not for this test."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dsar.sources.grid import Shape, grid_of
from dsar.sources.joining import Columns, Digits, Join, Probe, Together
from dsar.sources.needles import folded
from dsar.sources.wanted import Wanted

ENDS = ("7", "A7", "12345678", "x12345678", "customer-9", "+12025550100")
RUNS = ("2025550100", "12345678", "442071838750")
TEXTS = ("ana@", "o'neil_x", "7")


def rows(cells: st.SearchStrategy[str]) -> st.SearchStrategy[list[tuple[str, str]]]:
    return st.lists(st.tuples(st.sampled_from(["", "1", "22"]), cells), min_size=1, max_size=12)


def likely(probe: Probe, table: Sequence[tuple[str, str]], *, last: bool) -> set[int]:
    """The lines that may hold something in the second column; all where that cannot be told."""
    block = bytearray("\n".join(map(",".join, table)).encode() + b"\n" * last)
    grid = grid_of(block, np.frombuffer(block, np.uint8), Shape(mark=ord(","), headings=("id", "value")))
    assert grid
    found = Columns({1: probe}).rows(block, grid)
    return set(range(len(table))) if found is None else set(found[1].tolist())


@given(table=rows(st.sampled_from(ENDS) | st.text("7A18x", max_size=9)), last=st.booleans())
@example(table=[("", "7"), ("", "7"), ("", "x"), ("", "x")], last=True)
def test_what_is_kept_in_one_form_is_found_by_its_end(table: list[tuple[str, str]], last: bool) -> None:
    there = {nth for nth, (_, value) in enumerate(table) if value.lower() in map(str.lower, ENDS)}
    assert there <= likely(Join({end.encode()[-8:] for end in ENDS}), table, last=last)


PHONES = st.sampled_from(
    [
        "(202) 555-0100",
        "+1 202 555 01 00 x 123",
        "1-202-555-0100",
        "0044 20 7183 8750",
        "1.2.3.4.5.6.7.8",
        "(202) 55K-0100",
    ]
)


@pytest.mark.parametrize("test", [Digits, lambda runs: Together(runs, digits=True)])
@given(table=rows(PHONES | st.text("0125- ()", max_size=40)), last=st.booleans())
def test_a_number_is_found_among_other_digits(test: type[Digits], table: list[tuple[str, str]], last: bool) -> None:
    digits = ["".join(sign for sign in value.replace("K", "5") if sign.isdigit()) for _, value in table]
    there = {nth for nth, several in enumerate(digits) if any(run in several for run in RUNS)}
    assert there <= likely(test([run.encode() for run in RUNS]), table, last=last)


@given(
    table=rows(st.sampled_from(["Ana@X.example", "<ana@x>", "O'NEIL_X"]) | st.text("aAn@7 _", max_size=60)),
    last=st.booleans(),
)
def test_a_text_is_found_in_any_case(table: list[tuple[str, str]], last: bool) -> None:
    there = {nth for nth, (_, value) in enumerate(table) if any(text in value.lower() for text in TEXTS)}
    needles = [folded(text.encode()) for text in TEXTS]
    assert there <= likely(Together(needles), table, last=last)


def test_of_many_cells_only_those_with_the_text_are_picked() -> None:
    table = [("1", f"somebody-{nth}@example.com") for nth in range(400)]
    assert likely(Together([folded(b"-77@")]), table, last=True) - {0} == {77}
    assert likely(Join({b"mple.com"}), table, last=True) == set(range(400))
    assert likely(Join({b"9999.com"}), table, last=True) == set()


def test_where_many_cells_are_long_it_cannot_be_told() -> None:
    table = [("1", "x" * 200) for _ in range(400)]
    assert likely(Together([folded(b"ana@")]), table, last=True) == set(range(400))
    few = [("1", "x" * (200 if nth == 30 else 5)) for nth in range(400)]
    assert likely(Together([folded(b"ana@")]), few, last=True) == {0, 1, 2, 30} | likely(
        Together([folded(b"ana@")]), few[:3], last=True
    )


@given(st.sets(st.binary(min_size=1, max_size=8).filter(lambda some: b"\0" not in some), min_size=1, max_size=40))
def test_wanted_ends_are_told_from_others(ends: set[bytes]) -> None:
    numbers = [int.from_bytes(end.rjust(8, b"\0"), "little") for end in sorted(ends)]
    others = [number ^ (1 << 63) ^ (1 << 56) for number in numbers]
    wanted = Wanted(ends)
    assert list(wanted.among(np.array(numbers, np.uint64))) == list(range(len(numbers)))
    known = {number | int.from_bytes(b" " * 8, "little") for number in numbers}
    strange = [nth for nth, other in enumerate(others) if (other | int.from_bytes(b" " * 8, "little")) in known]
    assert list(wanted.among(np.array(others, np.uint64))) == strange
