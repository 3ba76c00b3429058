"""Joins the rows of a block with all that is looked for by the ends of their cells, however many people there are.

It serves columns whose values are kept in their normal form. Which of the rows are somebody's is told by ``matching``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dsar.sources.matching import Matcher
from dsar.sources.needles import SMALL

if TYPE_CHECKING:
    import numpy as np

    Keys = np.ndarray[Any, np.dtype[np.uint64]]
    Places = np.ndarray[Any, np.dtype[np.intp]]

# The last signs of a cell, as one number.
_WIDTH = 8
_FOLD = int.from_bytes(bytes([SMALL]) * _WIDTH, "little")
# A table of so many bits says quickly of most cells that nobody is looked for there.
_BITS = 22
_SPREAD = 0x9E3779B97F4A7C15


def join_of(matcher: Matcher, headings: Sequence[str]) -> Join | None:
    """The join over the columns that are compared; None where one of them is not kept in its normal form."""
    forms = matcher.kept_forms
    if forms is None or any(headings.count(name) != 1 for name in forms):
        return None
    wanted = {form for several in forms.values() for form in several}
    # what is not ASCII stands in a line that is picked anyway
    ends = {form.encode()[-_WIDTH:] for form in wanted if form.isascii() and form}
    if not ends:
        return None
    return Join([headings.index(name) for name in forms], ends)


class Join:
    """The columns that are compared, by their places, and the last signs of what is looked for."""

    def __init__(self, columns: Sequence[int], ends: set[bytes]) -> None:
        import numpy as np

        self._columns = columns
        keys = {int.from_bytes(end.rjust(_WIDTH, b"\0"), "little") | _FOLD for end in ends}
        self._keys = np.array(sorted(keys), np.uint64)
        self._table = np.zeros(1 << _BITS, np.bool_)
        self._table[_slots(self._keys)] = True

    def rows(self, block: bytearray, starts: Places, marks: Places, ends: Places) -> dict[int, Places]:
        """By column, which lines may hold somebody's identifier there; ``marks`` are the places between their cells."""
        return {at: self._in_column(block, *_cells(at, starts, marks, ends)) for at in self._columns}

    def _in_column(self, block: bytearray, starts: Places, ends: Places) -> Places:
        import numpy as np

        if len(block) < _WIDTH:
            return np.arange(len(starts))
        # every eight bytes as a number, wherever they begin
        numbers = np.ndarray(len(block) - _WIDTH + 1, "<u8", block, strides=(1,))
        keys = numbers[np.maximum(ends - _WIDTH, 0)]
        short = np.flatnonzero(ends - starts < _WIDTH)
        # what stands before a cell of less signs is none of it; shifted by all its bits a number would stay as it is
        missing = ((_WIDTH - np.maximum(ends - starts, 1)[short]) * 8).astype(np.uint64)
        keys[short] = (keys[short] >> missing) << missing
        keys |= np.uint64(_FOLD)
        likely = np.flatnonzero(self._table[_slots(keys)])
        wanted = keys[likely]
        at = np.searchsorted(self._keys, wanted)
        sure = likely[self._keys[np.minimum(at, len(self._keys) - 1)] == wanted]
        # where a block begins there are no eight signs before
        return np.union1d(sure, np.flatnonzero(ends[:1] < _WIDTH)) if len(ends) and ends[0] < _WIDTH else sure


def _cells(at: int, starts: Places, marks: Places, ends: Places) -> tuple[Places, Places]:
    """Where the cells of one column begin and end."""
    first = starts if at == 0 else marks[:, at - 1] + 1
    return first, ends if at == marks.shape[1] else marks[:, at]


def _slots(keys: Keys) -> Any:
    import numpy as np

    return (keys * np.uint64(_SPREAD)) >> np.uint64(64 - _BITS)
