"""Finds where the lines and the cells of a block of plain delimited text begin and end, without taking it apart.

Which of the cells are looked at is ``joining``'s. The engine is numpy: marks are bits, sixty-four signs to a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dsar.formats.rows import MAX_LINE

if TYPE_CHECKING:
    import numpy as np

    Places = np.ndarray[Any, np.dtype[np.intp]]
    Signs = np.ndarray[Any, np.dtype[np.uint8]]
    Words = np.ndarray[Any, np.dtype[np.uint64]]
    Choice = np.ndarray[Any, np.dtype[np.bool_]]
    Cells = tuple[Places, Places]

_RETURN, _END = b"\r\n"
# Below it are the signs that control a printer.
_PRINTED = 32
# How many bits a number has, and by how many its place is shifted.
_BITS, _SHIFT = 64, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A delimited file: the sign between cells, and its headings, none if they are quoted or not ASCII."""

    mark: int
    headings: tuple[str, ...]

    @property
    def between(self) -> int:
        """How many signs stand between the cells of a row."""
        return len(self.headings) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Where each line of a block begins, what it holds ends, and the next line begins."""

    starts: Places
    ends: Places
    stops: Places
    # whether but for the line ends no sign is a control sign
    plain: bool
    _bits: Words = field(repr=False)
    _between: int

    def cells(self, columns: Iterable[int]) -> Mapping[int, Cells]:
        """Where the cells of these columns begin and end, a place for each line."""
        wanted = set(columns)
        found = {}
        walk = _Walk(self._bits, self.starts)
        for at in range(max(wanted) + 1):
            begun = walk.at
            # what ends a line ends its last cell, with or without a sign before it
            ended = walk.next() if at < self._between else self.ends
            if at in wanted:
                found[at] = begun, ended
        return found

    def marks(self, rows: Places) -> Places:
        """Where the cells of some lines part: a row for each of them."""
        import numpy as np

        walk = _Walk(self._bits, self.starts[rows])
        marks: Places = np.empty((len(rows), self._between), np.intp)
        for at in range(self._between):
            marks[:, at] = walk.next()
        return marks


class _Walk:
    """From mark to mark in many lines at once; ``at`` are the places behind the marks that were met last."""

    def __init__(self, bits: Words, starts: Places) -> None:
        import numpy as np

        # sixty-four bits from any byte on
        octets = bits.view(np.uint8)
        self._wide = np.ndarray(len(octets) - 7, "<u8", octets, strides=(1,))
        self._base = self.at = starts
        self._ahead = self._from(starts)

    def next(self) -> Places:
        """Where the next mark of each line stands."""
        import numpy as np

        if not self._ahead.all():
            self._base, self._ahead = self.at, self._from(self.at)
        found: Places = self._base + _lowest(self._ahead)
        far = np.empty(0, np.intp) if self._ahead.all() else np.flatnonzero(self._ahead == 0)
        at = self.at[far]
        while len(far):
            # a cell that is longer than the bits that were seen
            at = at + _BITS - 8
            ahead = self._from(at)
            found[far] = at + _lowest(ahead)
            still = np.flatnonzero(ahead == 0)
            far, at = far[still], at[still]
        self._ahead = self._ahead & (self._ahead - np.uint64(1))
        self.at = found + 1
        return found

    def _from(self, places: Places) -> Words:
        """The bits of the signs from these places on, of which at least fifty-six."""
        import numpy as np

        ahead: Words = self._wide[places >> 3] >> (places & 7).astype(np.uint64)
        return ahead


def grid_of(block: bytearray, signs: Signs, shape: Shape) -> Grid | None:
    """The lines as rows; None where not every line is a row as wide as the headings."""
    import numpy as np

    if len(block) > MAX_LINE or shape.between < 1 or b'"' in block:
        return None
    # a line end is nearly always the only control sign there is
    controls = signs < _PRINTED if shape.mark >= _PRINTED else signs == _END
    at = _places(_packed(controls))
    lines = signs[at] == _END
    plain = shape.mark >= _PRINTED and bool(lines.all())
    marks = controls if plain else signs == _END
    stops = (at if plain else at[lines]) + 1
    if not plain and b"\0" in block:
        return None
    if not block.endswith(b"\n"):
        stops = np.append(stops, len(block) + 1)
    ends = stops - 1
    if not plain and b"\r" in block:
        returns = signs[np.maximum(ends - 1, 0)] == _RETURN
        if np.count_nonzero(returns) != block.count(b"\r"):
            return None
        ends = ends - returns
    np.logical_or(marks, signs == shape.mark, out=marks)
    bits = _packed(marks)
    if not block.endswith(b"\n"):
        bits[len(block) // _BITS] |= np.uint64(1) << np.uint64(len(block) % _BITS)
    wide = np.arange(1, len(stops) + 1) * (shape.between + 1)
    if not len(stops) or not np.array_equal(_before(bits, stops), wide):
        return None
    starts = np.concatenate((np.zeros(1, np.intp), stops[:-1]))
    return Grid(starts, ends, np.minimum(stops, len(block)), plain, bits, shape.between)


def _packed(marks: Any) -> Words:
    """Bits as numbers, and two numbers more, so that whoever looks on from any of them stays inside."""
    import numpy as np

    packed = np.packbits(marks, bitorder="little")
    octets = np.zeros((len(marks) // _BITS + 3) * 8, np.uint8)
    octets[: len(packed)] = packed
    return octets.view("<u8")


def _places(bits: Words) -> Places:
    """Where the bits are set, in their order."""
    import numpy as np

    at = np.flatnonzero(bits)
    left = bits[at]
    found = []
    while len(at):
        found.append((at << _SHIFT) + _lowest(left))
        left = left & (left - np.uint64(1))
        more = np.flatnonzero(left)
        at, left = at[more], left[more]
    several = np.concatenate(found) if found else np.empty(0, np.intp)
    several.sort(kind="stable")
    return several


def _before(bits: Words, places: Places) -> Places:
    """How many bits are set before each place."""
    import numpy as np

    counts = np.cumsum(np.bitwise_count(bits), dtype=np.intp)
    at = places >> _SHIFT
    inside = bits[at] & ((np.uint64(1) << (places & (_BITS - 1)).astype(np.uint64)) - np.uint64(1))
    found: Places = np.where(at > 0, counts[at - 1], 0) + np.bitwise_count(inside)
    return found


def _lowest(bits: Words) -> Any:
    """The number of the lowest bit that is set, for each; sixty-four where none is."""
    import numpy as np

    return np.bitwise_count((bits & -bits) - np.uint64(1))
