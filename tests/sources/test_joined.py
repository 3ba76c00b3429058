"""Rows that are one text each say what their cells say."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from dsar.sources.batches import BETWEEN, Batch
from dsar.sources.joined import JoinedRows

COLUMNS = ("id", "phone", "note")
ODD = ["two\nlines", "\r\b\f\v\t", "back\\slash \\N \\x1f", "caf\u00e9", "\U0001f600"]
CELL = st.sampled_from(["", "1", "plain", *ODD])
ROWS = st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6)


def joined(rows: list[tuple[str, ...]], columns: tuple[str, ...] = COLUMNS, again: Sequence[int] = ()) -> JoinedRows:
    told = {at: [row[at] for row in rows] for at in again}
    return JoinedRows(columns=columns, rows=list(map(BETWEEN.join, rows)), name="calls", again=told)


@given(ROWS, st.sets(st.integers(0, 2)), st.data())
def test_a_joined_row_says_what_its_cells_say(
    rows: list[tuple[str, ...]], again: set[int], data: st.DataObject
) -> None:
    told, meant = joined(rows, again=sorted(again)), Batch(columns=COLUMNS, rows=rows, name="calls")
    assert told.parted
    assert (told.columns, told.name, list(told.lines)) == (meant.columns, meant.name, [])
    # in any order, and all of them or some
    nths = data.draw(st.permutations(range(len(rows))))[: data.draw(st.integers(0, len(rows)))]
    assert list(told.kept(nths)) == list(meant.kept(nths))
    for at, _ in enumerate(COLUMNS):
        assert list(told.column(at)) == list(meant.column(at))
        assert list(told.column(at, nths)) == list(meant.column(at, nths))
        assert told.filled(at, nths) == meant.filled(at, nths) == all(meant.column(at, nths))
        assert told.likely(at) is None
    assert [list(told.cells(nth)) for nth in nths] == [list(meant.cells(nth)) for nth in nths]


@given(ROWS, st.integers(0, 5), st.integers(0, 2))
def test_a_cell_that_holds_what_parts_cells_is_noticed(rows: list[tuple[str, ...]], nth: int, at: int) -> None:
    odd = [list(row) for row in rows]
    odd[nth % len(rows)][at] += BETWEEN
    assert not joined([tuple(row) for row in odd]).parted


def test_rows_of_one_column_have_nothing_to_part() -> None:
    batch = joined([("a",), ("",), ("b",)], columns=("id",))
    assert batch.parted
    assert (list(batch.column(0)), list(batch.kept([2, 1]))) == (["a", "", "b"], ["b", ""])
    assert not joined([(BETWEEN,)], columns=("id",)).parted
