"""Looks through one block of a file after the other for lines that may hold an identifier.

Which blocks there are is ``prefilter``'s, what to look for ``needles``'. The engines are ahocorasick_rs and numpy.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from math import inf
from typing import TYPE_CHECKING, Any

from dsar.formats.rows import MAX_LINE
from dsar.sources.anchors import Anchors, anchors_of
from dsar.sources.batches import BETWEEN
from dsar.sources.grid import Shape, grid_of
from dsar.sources.needles import DIGITS, NO_DIGITS, SMALL, Needles, automaton, begins

if TYPE_CHECKING:
    from ahocorasick_rs import BytesAhoCorasick

    from dsar.sources.grid import Choice, Places, Signs
    from dsar.sources.joining import Columns

# So few texts or runs of digits are looked for one after the other: one is found many times faster than two together.
_ALONE = 8
# On so many blocks both ways to look are tried. The quickest look of each counts: the first are slow with new memory.
_TRIALS = 4
# By so much of a block it is told which signs are rare.
_SAMPLE = 100_000
# So few lines of a block are looked for one by one, and put together with those of others.
FEW = 32
# Where the lines picked are such a part of a block, it is looked at as a whole.
_MOST = 4
_ASCII = 127
_QUOTE, _RETURN, _END, _ESCAPE = b'"\r\n\\'
_BETWEEN = ord(BETWEEN)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The lines picked of a block by their places among its lines, and how many lines end in it.

    Without ``rows`` a line here need not be a row, and all are picked. ``plain`` are those in ASCII with nothing
    quoted and as many cells as there are headings; ``marks`` where their cells part. Where they all are, ``likely`` may
    tell by column in which of them an identifier may stand.
    """

    block: bytearray
    picked: Places
    starts: Places
    stops: Places
    ends: int
    rows: bool = True
    plain: Choice | None = None
    marks: Places | None = None
    likely: Mapping[int, Places] | None = None


class Sieve:
    """What to look for, and in what kind of file.

    With ``columns`` there are two ways to look at rows; both are tried at first, and the quicker one is kept.
    """

    def __init__(self, needles: Needles, shape: Shape | None, columns: Columns | None) -> None:
        self._needles = needles
        self._digits = _automata(needles.digits)
        # how texts are looked for is decided by the first block
        self._anchors: Anchors | None = None
        self._automata: list[BytesAhoCorasick] | None = None
        self._shape = shape
        self._columns = columns
        self._trials = _TRIALS if columns else 0
        self._quickest = [inf, inf]

    def look(self, block: bytearray, *, whole: bool = False) -> Seen:
        """The lines that may hold an identifier, or ``whole``, all of them; they may be still to be ``told_apart``."""
        if whole or not self._trials:
            return self._in_columns(block, whole=whole) if self._columns else self._scanned(block, whole=whole)
        self._trials -= 1
        begun = time.perf_counter()
        self._scanned(block)
        between = time.perf_counter()
        seen = self._in_columns(block)
        took = (between - begun, time.perf_counter() - between)
        self._quickest = list(map(min, self._quickest, took))
        if not self._trials and self._quickest[0] < self._quickest[1]:
            self._columns = None
        return seen

    def _in_columns(self, block: bytearray, *, whole: bool = False) -> Seen:
        import numpy as np

        signs = np.frombuffer(block, np.uint8)
        grid = grid_of(block, signs, self._shape) if self._shape and not whole else None
        hits = self._columns.rows(block, grid) if grid and self._columns else None
        if grid is None or hits is None:
            return self._scanned(block, whole=whole)
        picked = np.unique(np.concatenate(list(hits.values())))
        ends = len(grid.stops) - (not block.endswith(b"\n"))
        foreign = not block.isascii() or (not grid.plain and _BETWEEN in block)
        if foreign:
            picked = np.union1d(picked, np.searchsorted(grid.stops, np.flatnonzero(signs > _ASCII), "right"))
        marks = grid.marks(picked)
        seen = Seen(block, picked, grid.starts[picked], grid.stops[picked], ends, marks=marks)
        if foreign:
            inside = _inside(seen)
            plain = _plain(signs[inside], inside, seen)
            return replace(seen, plain=plain, marks=marks[plain])
        likely = {at: np.searchsorted(picked, rows) for at, rows in hits.items()}
        return replace(seen, plain=np.ones(len(picked), np.bool_), likely=likely)

    def _scanned(self, block: bytearray, *, whole: bool = False) -> Seen:
        import numpy as np

        signs = np.frombuffer(block, np.uint8)
        lines = signs == _END
        rows: bool | None = None
        fit = len(block) <= MAX_LINE and b"\0" not in block
        found = self._places(block, signs) if fit and not whole else []
        seen = _cut(block, lines, np.concatenate(found) if found else None)
        if fit:
            rows = _rows_in(block, signs, self._shape, seen.ends) if self._shape else True
        if found and not rows:
            # a row that is too short or too long must be told
            seen = _cut(block, lines, None)
        return replace(seen, rows=False) if rows is None else seen

    def told_apart(self, seen: Seen) -> Seen:
        """The same lines, and of a delimited file which of them are plain and where their cells part."""
        import numpy as np

        if self._shape is None or not seen.rows or seen.plain is not None:
            return seen
        return _told_apart(seen, np.frombuffer(seen.block, np.uint8), self._shape)

    def _places(self, block: bytearray, signs: Signs) -> list[Places]:
        """Where something stands for which a line is picked."""
        import numpy as np

        found = [np.flatnonzero(signs > _ASCII) if signs.max(initial=0) > _ASCII else np.empty(0, np.intp)]
        if self._shape is None and b"\\" in block:
            found.append(np.flatnonzero(signs == _ESCAPE))
        if self._needles.texts:
            folded = np.bitwise_or(signs, SMALL, dtype=np.uint8) if self._needles.lettered else signs
            found += self._texts(block, folded)
        if self._digits:
            digits = block.translate(DIGITS, NO_DIGITS)
            hits = [begins(one.find_matches_as_indexes(digits)) for one in self._digits]
            if any(map(len, hits)):
                begun = np.flatnonzero(np.frombuffer(digits, np.uint8) == _END)
                lines = np.searchsorted(begun, np.concatenate(hits))
                ends = np.append(np.flatnonzero(signs == _END), len(block))
                found.append(ends[lines])
        return found

    def _texts(self, block: bytearray, folded: Signs) -> list[Places]:
        if self._anchors is None and self._automata is None:
            texts = self._needles.texts
            if len(texts) > _ALONE:
                self._anchors = anchors_of(texts, folded[:_SAMPLE].tobytes())
            self._automata = [] if self._anchors else _automata(texts)
        if self._anchors:
            return [self._anchors.places(block, folded)]
        return [begins(some.find_matches_as_indexes(folded.data)) for some in self._automata or ()]


def _automata(texts: Sequence[bytes]) -> list[BytesAhoCorasick]:
    """What looks for all of them: one for each where they are few, else one for all."""
    if len(texts) <= _ALONE:
        return [automaton([text]) for text in texts]
    return [automaton(list(texts))]


def _rows_in(block: bytearray, signs: Signs, shape: Shape, ends: int) -> bool | None:
    """Whether every line is a row with as many cells as there are headings; None if a line need not be a row."""
    import numpy as np

    if b"\r" in block and np.count_nonzero(signs == _RETURN) != block.count(b"\r\n"):
        return None
    marks = signs == shape.mark
    if b'"' in block:
        quotes = signs == _QUOTE
        inside = (np.cumsum(quotes, dtype=np.uint8) & 1).astype(bool)
        if inside[-1] or (inside & (signs == _END)).any() or not _well_quoted(signs, quotes, shape.mark):
            return None
        marks &= ~inside
    lines = ends + (not block.endswith(b"\n"))
    return not shape.headings or int(np.count_nonzero(marks)) == lines * shape.between


def _well_quoted(signs: Signs, quotes: Any, mark: int) -> bool:
    """Whether every quotation mark opens or closes a cell, or is one of two that stand for one."""
    import numpy as np

    places = np.flatnonzero(quotes)
    opening, closing = places[0::2], places[1::2]
    before = signs[opening[opening > 0] - 1]
    after = signs[closing[closing < len(signs) - 1] + 1]
    borders = np.array([mark, _END, _QUOTE], np.uint8)
    return bool(np.isin(before, borders).all() and np.isin(after, np.append(borders, _RETURN)).all())


def _cut(block: bytearray, lines: Choice, found: Places | None) -> Seen:
    """The lines in which these places lie, all where None; ``lines`` holds where one ends."""
    import numpy as np

    if found is not None and len(found) <= FEW:
        return _cut_few(block, lines, found)
    ends = np.flatnonzero(lines)
    count = len(ends)
    if not block.endswith(b"\n"):
        ends = np.append(ends, len(block) - 1)
    starts = np.concatenate((np.zeros(1, np.intp), ends[:-1] + 1))
    if found is None:
        return Seen(block, np.arange(len(ends)), starts, ends + 1, count)
    picked = np.unique(np.searchsorted(ends, np.minimum(found, len(block) - 1)))
    return Seen(block, picked, starts[picked], ends[picked] + 1, count)


def _cut_few(block: bytearray, lines: Choice, found: Places) -> Seen:
    """The same for so few that it is cheaper to look around each."""
    import numpy as np

    starts = sorted({block.rfind(b"\n", 0, at) + 1 for at in np.minimum(found, len(block) - 1).tolist()})
    stops = [block.find(b"\n", start) + 1 or len(block) for start in starts]
    between = (int(np.count_nonzero(lines[one:other])) for one, other in pairwise([0, *starts, len(block)]))
    *picked, ends = accumulate(between)
    return Seen(block, np.array(picked, np.intp), np.array(starts, np.intp), np.array(stops, np.intp), ends)


def _told_apart(seen: Seen, signs: Signs, shape: Shape) -> Seen:
    """Which of the lines are plain, and where their cells part."""
    import numpy as np

    inside = _inside(seen)
    some = signs[inside]
    marks = _where(some == shape.mark, inside)
    first, last = (np.searchsorted(marks, places) for places in (seen.starts, seen.stops))
    plain = (last - first == shape.between) & (shape.between > 0) & _plain(some, inside, seen)
    return replace(seen, plain=plain, marks=marks[first[plain][:, None] + np.arange(max(shape.between, 0))])


def _plain(some: Signs, inside: Places | slice, seen: Seen) -> Choice:
    """Which lines are ASCII with nothing quoted, by the signs that stand ``inside`` them."""
    import numpy as np

    odd = _where((some > _ASCII) | (some == _QUOTE) | (some == _BETWEEN), inside)
    alike: Choice = np.searchsorted(odd, seen.starts) == np.searchsorted(odd, seen.stops)
    return alike


def _inside(seen: Seen) -> Places | slice:
    """Where the signs of the lines picked stand; all places where they are most of the block."""
    import numpy as np

    sizes = seen.stops - seen.starts
    total = int(sizes.sum())
    if total * _MOST > len(seen.block):
        return slice(None)
    return np.repeat(seen.stops - np.cumsum(sizes), sizes) + np.arange(total)


def _where(holds: Choice, inside: Places | slice) -> Places:
    """The places of those of which something holds."""
    import numpy as np

    found = np.flatnonzero(holds)
    return found if isinstance(inside, slice) else inside[found]
