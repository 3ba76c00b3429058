"""Looks for all that is looked for at once in those cells of a block that are compared, however many people there are.

Columns kept in their normal form are joined by the ends of their cells; the cells of the others are put together into
one small text. Which of the rows are somebody's is told by ``matching``. The engines are numpy and ahocorasick_rs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Protocol

from dsar.sources.grid import Grid
from dsar.sources.matching import Matcher
from dsar.sources.needles import DIGITS, NO_DIGITS, Needles, automaton, begins
from dsar.sources.wanted import FOLD, WIDTH, Wanted, numbers_in

if TYPE_CHECKING:
    from ahocorasick_rs import BytesAhoCorasick

    from dsar.sources.grid import Cells, Places
    from dsar.sources.wanted import Keys


# The cells of a column are put together so many numbers wide; longer ones are few, and picked whatever they hold.
_WORDS = (3, 6, 12)
_FEW_LONG = 50
_END = ord("\n")


def columns_of(matcher: Matcher, headings: Sequence[str], needles: Needles) -> Columns | None:
    """The columns that are compared; None where prose is, or where it cannot be told which column is which."""
    if matcher.prose or any(headings.count(field.name) != 1 for field, _ in matcher.fields):
        return None
    probes: dict[int, Probe] = {}
    kept = {(kind, field.normal) for field, kind in matcher.fields if field.normal and field.name not in matcher.loose}
    # what is not ASCII stands in a line that is picked anyway
    forms = (form for promise in kept for form in matcher.as_kept(*promise))
    ends = {form.encode()[-WIDTH:] for form in forms if form.isascii() and form}
    join = Join(ends) if ends else None
    digits = _digits_of(needles.digits) if needles.digits else None
    texts = Together(needles.texts) if needles.texts else None
    for field, kind in matcher.fields:
        quickest = join if field.normal and field.name not in matcher.loose else None
        probe = quickest or (digits if kind == "phone" and needles.digits else texts)
        if probe:
            probes[headings.index(field.name)] = probe
    return Columns(probes) if probes else None


def _digits_of(runs: Sequence[bytes]) -> Probe:
    return Digits(runs) if min(map(len, runs)) >= WIDTH else Together(runs, digits=True)


class Probe(Protocol):
    """Says of the cells of one column of a block in which lines they may hold what is looked for; None if it cannot."""

    def likely(self, block: bytearray, cells: Cells) -> Places | None: ...


class Columns:
    """By its place among the columns, how one that is compared is looked through."""

    def __init__(self, probes: Mapping[int, Probe]) -> None:
        self._probes = probes

    def rows(self, block: bytearray, grid: Grid) -> dict[int, Places] | None:
        """By column, which lines may hold somebody's identifier there; None where cells are too long for that."""
        found = {}
        if len(block) < WIDTH:
            return None
        for at, cells in grid.cells(self._probes).items():
            likely = self._probes[at].likely(block, cells)
            if likely is None:
                return None
            found[at] = likely
        return found


class Join:
    """What is looked for in normal form, by its last signs."""

    def __init__(self, ends: set[bytes]) -> None:
        self._wanted = Wanted(ends)

    def likely(self, block: bytearray, cells: Cells) -> Places:
        """In which lines the cell may hold one of them."""
        import numpy as np

        starts, ends = cells
        keys = numbers_in(block)[np.maximum(ends - WIDTH, 0)]
        short = np.flatnonzero(ends - starts < WIDTH)
        if len(short):
            # what stands before a cell of less signs is none of it; shifted by all its bits a number would stay
            missing = ((WIDTH - np.maximum(ends[short] - starts[short], 1)) * 8).astype(np.uint64)
            keys[short] = (keys[short] >> missing) << missing
        sure = self._wanted.among(keys)
        # where a block begins there are no eight signs before, and a line has one at least
        early = np.flatnonzero(ends[:WIDTH] < WIDTH)
        return np.union1d(sure, early) if len(early) else sure


class Digits:
    """What is looked for by the digits of a cell, whatever stands between them."""

    def __init__(self, runs: Sequence[bytes]) -> None:
        self._wanted = Wanted({run[-WIDTH:] for run in runs})
        self._least = min(map(len, runs))

    def likely(self, block: bytearray, cells: Cells) -> Places | None:
        """In which lines the cell may hold one of them; None where many cells are too long to be put together."""
        import numpy as np

        together = _side_by_side(block, cells, fold=False)
        if together is None:
            return None
        text, left_out = together
        digits = text.tobytes().translate(DIGITS, NO_DIGITS)
        begun = np.flatnonzero(np.frombuffer(digits, np.uint8) == _END)
        ends = np.append(begun[1:], len(digits))
        # digits may stand behind the number too, of an extension or of letters that stand for digits
        rows, found = np.flatnonzero(ends - begun > self._least), [left_out]
        ends, least = ends[rows], begun[rows] + self._least
        while len(rows):
            found.append(rows[self._wanted.among(numbers_in(digits)[ends - WIDTH])])
            ends = ends - 1
            more = np.flatnonzero(ends > least)
            rows, ends, least = rows[more], ends[more], least[more]
        return np.unique(np.concatenate(found))


class Together:
    """What is looked for anywhere in a cell, as text or by its digits alone."""

    def __init__(self, needles: Sequence[bytes], *, digits: bool = False) -> None:
        self._automaton: BytesAhoCorasick = automaton(needles)
        self._digits = digits

    def likely(self, block: bytearray, cells: Cells) -> Places | None:
        """In which lines the cell may hold one of them; None where many cells are too long to be put together."""
        import numpy as np

        together = _side_by_side(block, cells, fold=not self._digits)
        if together is None:
            return None
        text, left_out = together
        signs = text.reshape(-1).view(np.uint8)
        if not self._digits:
            found = begins(self._automaton.find_matches_as_indexes(signs.data)) // (text.shape[1] * WIDTH)
        else:
            digits = signs.tobytes().translate(DIGITS, NO_DIGITS)
            hits = begins(self._automaton.find_matches_as_indexes(digits))
            begun = np.flatnonzero(np.frombuffer(digits, np.uint8) == _END)
            found = np.searchsorted(begun, hits, "right") - 1
        return np.union1d(found, left_out)


def _side_by_side(block: bytearray, cells: Cells, *, fold: bool) -> tuple[Keys, Places] | None:
    """Cells behind each other, each as wide as the others and begun by a line end; and which were left out.

    None where many are too long for that.
    """
    import numpy as np

    starts, ends = cells
    sizes = ends - starts
    for words in _WORDS:
        room = words * WIDTH - 1
        # nor can a cell be taken where a block begins
        left_out = np.flatnonzero((sizes > room) | (ends <= room))
        if len(left_out) * _FEW_LONG <= len(sizes) + _FEW_LONG:
            break
    else:
        return None
    numbers = numbers_in(block)
    text = np.empty((len(sizes), words), "<u8")
    held = np.minimum(sizes, room)
    # what is read for them is not theirs, and could hold a line end
    held[left_out] = 0
    for nth, mask in enumerate(_masks(words)):
        part = numbers[np.maximum(ends - (words - nth) * WIDTH, 0)]
        if fold:
            part |= np.uint64(FOLD)
        part &= mask.take(held)
        text[:, nth] = part
    text[:, 0] |= np.uint64(_END)
    return text, left_out


@cache
def _masks(words: int) -> Sequence[Keys]:
    """Of each of so many numbers what a cell takes of it from their end, by the size of the cell."""
    import numpy as np

    room = words * WIDTH
    octets = np.arange(room) >= room - np.arange(room)[:, None]
    masks = (octets * np.uint8(0xFF)).astype(np.uint8).view("<u8")
    return [np.ascontiguousarray(masks[:, nth]) for nth in range(words)]
