"""Rows that PostgreSQL gives as one text each say what their cells say, and of long ones few are read at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

import psycopg
from hypothesis import given
from hypothesis import strategies as st

from dsar.sources import postgres_rows
from dsar.sources.batches import BETWEEN, Batch
from dsar.sources.postgres_rows import JoinedRows, joined_rows

COLUMNS = ("id", "phone", "note")
ODD = ["two\nlines", "\r\b\f\v\t", "back\\slash \\N \\x1f", "caf\u00e9", "\U0001f600"]
CELL = st.sampled_from(["", "1", "plain", *ODD])
ROWS = st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6)


def joined(rows: list[tuple[str, ...]], columns: tuple[str, ...] = COLUMNS, again: Sequence[int] = ()) -> JoinedRows:
    given = [(BETWEEN.join(row), *(row[at] for at in again)) for row in rows]
    return JoinedRows(columns=columns, rows=given, name="calls", again=again)


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


class Fake:
    """A connection whose statement gives these rows."""

    def __init__(self, *rows: str) -> None:
        self._rows = rows

    def cursor(self) -> Fake:
        return self

    def stream(self, _text: str, *, size: int) -> Iterator[tuple[str]]:
        assert size <= postgres_rows._CHUNK
        return ((row,) for row in self._rows)


def batches(*rows: str) -> list[list[str]]:
    found = joined_rows(cast("psycopg.Connection[Any]", Fake(*rows)), "SELECT")
    return [[row for (row,) in batch] for batch in found]


def test_no_row_is_lost_between_two_batches() -> None:
    rows = [str(nth) for nth in range(2 * postgres_rows._JOINED + postgres_rows._CHUNK + 1)]
    found = batches(*rows)
    assert [row for batch in found for row in batch] == rows
    assert [len(batch) for batch in found] == [postgres_rows._JOINED] * 2 + [postgres_rows._CHUNK + 1]
    assert batches() == []


def test_of_long_rows_fewer_are_taken_at_once() -> None:
    rows = ["x" * (postgres_rows._SIGNS_AT_ONCE // postgres_rows._CHUNK)] * 3 * postgres_rows._CHUNK
    assert [len(batch) for batch in batches(*rows)] == [postgres_rows._CHUNK] * 3
