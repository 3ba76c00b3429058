"""Looks for all that is looked for at once in those cells of a block that are compared, however many people there are.

Columns kept in their normal form are joined by the ends of their cells; the cells of the others are put together into
one small text. Which of the rows are somebody's is told by ``matching``. The engines are numpy and ahocorasick_rs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from dsar.sources.grid import Grid
from dsar.sources.matching import Matcher
from dsar.sources.needles import DIGITS, NO_DIGITS, SMALL, Needles, automaton, begins

if TYPE_CHECKING:
    import numpy as np
    from ahocorasick_rs import BytesAhoCorasick

    from dsar.sources.grid import Cells, Places

    Keys = np.ndarray[Any, np.dtype[np.uint64]]

# The last signs of a cell, as one number.
_WIDTH = 8
_FOLD = int.from_bytes(bytes([SMALL]) * _WIDTH, "little")
# A table of so many bits says quickly of most cells that nobody is looked for there.
_LEAST_BITS, _MOST_BITS = 16, 22
_SPREAD = 0x9E3779B97F4A7C15
# The cells of a column are put together so many numbers wide; longer ones are few, and picked whatever they hold.
_WORDS = (3, 6, 12)
_FEW_LONG = 50
_END = ord("\n")


def columns_of(matcher: Matcher, headings: Sequence[str], needles: Needles) -> Columns | None:
    """The columns that are compared; None where prose is, or where it cannot be told which column is which."""
    if matcher.prose or any(headings.count(field.name) != 1 for field, _ in matcher.fields):
        return None
    tests: dict[int, Join | Together] = {}
    kept = {kind for field, kind in matcher.fields if field.normal and field.name not in matcher.loose}
    # what is not ASCII stands in a line that is picked anyway
    forms = (form for kind in kept for form in matcher.as_kept(kind))
    ends = {form.encode()[-_WIDTH:] for form in forms if form.isascii() and form}
    join = Join(ends) if ends else None
    digits = Together(needles.digits, digits=True) if needles.digits else None
    texts = Together(needles.texts) if needles.texts else None
    for field, kind in matcher.fields:
        quickest = join if field.normal and field.name not in matcher.loose else None
        test = quickest or (digits if kind == "phone" and needles.digits else texts)
        if test:
            tests[headings.index(field.name)] = test
    return Columns(tests) if tests else None


class Columns:
    """By its place among the columns, how one that is compared is looked through."""

    def __init__(self, tests: Mapping[int, Join | Together]) -> None:
        self._tests = tests

    def rows(self, block: bytearray, grid: Grid) -> dict[int, Places] | None:
        """By column, which lines may hold somebody's identifier there; None where cells are too long for that."""
        found = {}
        if len(block) < _WIDTH:
            return None
        for at, cells in grid.cells(self._tests).items():
            likely = self._tests[at].likely(block, cells)
            if likely is None:
                return None
            found[at] = likely
        return found


class Join:
    """What is looked for in normal form, by its last signs."""

    def __init__(self, ends: set[bytes]) -> None:
        import numpy as np

        keys = {int.from_bytes(end.rjust(_WIDTH, b"\0"), "little") | _FOLD for end in ends}
        self._keys = np.array(sorted(keys), np.uint64)
        self._shift = np.uint64(64 - min(max(len(keys).bit_length() + 7, _LEAST_BITS), _MOST_BITS))
        self._table = np.zeros(1 << (64 - int(self._shift)), np.bool_)
        self._table[self._slots(self._keys)] = True

    def likely(self, block: bytearray, cells: Cells) -> Places:
        """In which lines the cell may hold one of them."""
        import numpy as np

        starts, ends = cells
        keys = _numbers(block)[np.maximum(ends - _WIDTH, 0)]
        short = np.flatnonzero(ends - starts < _WIDTH)
        if len(short):
            # what stands before a cell of less signs is none of it; shifted by all its bits a number would stay
            missing = ((_WIDTH - np.maximum(ends[short] - starts[short], 1)) * 8).astype(np.uint64)
            keys[short] = (keys[short] >> missing) << missing
        keys |= np.uint64(_FOLD)
        likely = np.flatnonzero(self._table.take(self._slots(keys)))
        wanted = keys[likely]
        at = np.searchsorted(self._keys, wanted)
        sure: Places = likely[self._keys[np.minimum(at, len(self._keys) - 1)] == wanted]
        # where a block begins there are no eight signs before
        return np.union1d(sure, np.flatnonzero(ends[:1] < _WIDTH)) if len(ends) and ends[0] < _WIDTH else sure

    def _slots(self, keys: Keys) -> Places:
        import numpy as np

        slots: Places = ((keys * np.uint64(_SPREAD)) >> self._shift).view(np.intp)
        return slots


class Together:
    """What is looked for anywhere in a cell, as text or by its digits alone."""

    def __init__(self, needles: Sequence[bytes], *, digits: bool = False) -> None:
        self._automaton: BytesAhoCorasick = automaton(needles)
        self._digits = digits

    def likely(self, block: bytearray, cells: Cells) -> Places | None:
        """In which lines the cell may hold one of them; None where many cells are too long to be put together."""
        import numpy as np

        starts, ends = cells
        sizes = ends - starts
        for words in _WORDS:
            room = words * _WIDTH - 1
            # nor can a cell be taken where a block begins
            left_out = np.flatnonzero((sizes > room) | (ends <= room))
            if len(left_out) * _FEW_LONG <= len(sizes) + _FEW_LONG:
                break
        else:
            return None
        numbers = _numbers(block)
        text = np.empty((len(sizes), words), "<u8")
        for nth in range(words):
            text[:, nth] = numbers[np.maximum(ends - (words - nth) * _WIDTH, 0)]
        if not self._digits:
            text |= np.uint64(_FOLD)
        text &= _masks(words)[np.minimum(sizes, room)]
        text[:, 0] |= np.uint64(_END)
        return np.union1d(self._found(text.reshape(-1).view(np.uint8), words * _WIDTH), left_out)

    def _found(self, text: Any, wide: int) -> Places:
        import numpy as np

        if not self._digits:
            return begins(self._automaton.find_matches_as_indexes(text.data)) // wide
        digits = text.tobytes().translate(DIGITS, NO_DIGITS)
        hits = begins(self._automaton.find_matches_as_indexes(digits))
        parted = np.flatnonzero(np.frombuffer(digits, np.uint8) == _END)
        return np.searchsorted(parted, hits, "right") - 1


@cache
def _masks(words: int) -> Keys:
    """For each size of a cell what of so many numbers it takes, from their end."""
    import numpy as np

    room = words * _WIDTH
    octets = np.arange(room) >= room - np.arange(room)[:, None]
    return (octets * np.uint8(0xFF)).astype(np.uint8).view("<u8")


def _numbers(block: bytearray) -> Keys:
    """Every eight bytes as a number, wherever they begin."""
    import numpy as np

    return np.ndarray(len(block) - _WIDTH + 1, "<u8", block, strides=(1,))
