"""The lines and cells of a block are where taking it apart finds them; where rows differ in width there are none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.sources.grid import Grid, Shape, grid_of

WORDS = st.text("ab ", max_size=4) | st.text("a", min_size=60, max_size=200)


def grid(block: bytearray, between: int) -> Grid | None:
    return grid_of(block, np.frombuffer(block, np.uint8), Shape(mark=ord(","), headings=("",) * (between + 1)))


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """Rows of the same width."""
    width = draw(st.integers(2, 9))
    return draw(st.lists(st.lists(WORDS, min_size=width, max_size=width), min_size=1, max_size=30))


@given(rows=tables(), end=st.sampled_from(["\n", "\r\n"]), last=st.booleans(), data=st.data())
def test_cells_are_where_they_stand(rows: list[list[str]], end: str, last: bool, data: st.DataObject) -> None:
    block = bytearray((end.join(",".join(row) for row in rows) + end * last).encode())
    seen = grid(block, len(rows[0]) - 1)
    assert seen is not None
    columns = data.draw(st.sets(st.integers(0, len(rows[0]) - 1), min_size=1))
    cells = seen.cells(columns)
    assert set(cells) == columns
    for at, (starts, ends) in cells.items():
        cut = [block[start:stop].decode() for start, stop in zip(starts.tolist(), ends.tolist(), strict=True)]
        assert cut == [row[at] for row in rows]
    lines = [block[start:stop].decode() for start, stop in zip(seen.starts.tolist(), seen.stops.tolist(), strict=True)]
    assert "".join(lines) == block.decode()
    some = data.draw(st.sets(st.integers(0, len(rows) - 1)))
    marks = seen.marks(np.array(sorted(some), np.intp))
    assert marks.shape == (len(some), len(rows[0]) - 1)
    for nth, row in zip(sorted(some), marks.tolist(), strict=True):
        starts = [int(seen.starts[nth]), *(mark + 1 for mark in row)]
        assert [block[a:b].decode() for a, b in zip(starts, [*row, int(seen.ends[nth])], strict=True)] == rows[nth]


@given(rows=tables(), at=st.integers(0, 29), more=st.sampled_from(["", ",", ",,", "a"]))
def test_a_row_of_another_width_leaves_no_grid(rows: list[list[str]], at: int, more: str) -> None:
    lines = [",".join(row) for row in rows]
    lines[at % len(lines)] += more
    seen = grid(bytearray("\n".join(lines).encode()), len(rows[0]) - 1)
    assert (seen is None) == ("," in more)


def test_two_rows_that_make_up_for_each_other_leave_no_grid() -> None:
    assert grid(bytearray(b"a,b,c\na,b\na,b,c,d\n"), 2) is None
    assert grid(bytearray(b"a,b,c,d\na,b\n"), 2) is None


@pytest.mark.parametrize("odd", [b"\0", b'"', b"\rx"])
def test_what_is_not_plain_leaves_no_grid(odd: bytes) -> None:
    assert grid(bytearray(b"a,b\n" + odd + b",b\n"), 1) is None


def test_nothing_leaves_no_grid() -> None:
    assert grid(bytearray(), 1) is None
    assert grid(bytearray(b"a\nb\n"), 0) is None
