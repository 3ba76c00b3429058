"""Reads the picked lines of a file as batches of rows: many at once where they are plain, else one by one.

Which lines are picked is ``prefilter``'s. A row that is read one by one is read as if the whole file were. Here are
delimited files; lines of JSON are in ``picked_objects``.
"""

from __future__ import annotations

import csv
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import compress, groupby, islice
from typing import TYPE_CHECKING, Self

from dsar.formats.delimited import GivenLines, likely_delimiter, rows_among
from dsar.formats.lines import Lines
from dsar.formats.rows import Problems, Row, headings
from dsar.formats.streams import ending_of
from dsar.formats.tables import DELIMITED
from dsar.sources.batches import BETWEEN, Batch, Rows
from dsar.sources.places import Place
from dsar.sources.prefilter import Part
from dsar.sources.sieve import Seen

if TYPE_CHECKING:
    from dsar.sources.grid import Places

_AT_ONCE = 2_000
# Of a block with so few lines picked only these become text.
_FEW = 64


def batched(name: str, rows: Iterable[Row]) -> Iterator[Rows]:
    """Batch as batches; those with other columns are in another batch."""
    for columns, alike in groupby(rows, key=lambda row: tuple(row.values)):
        while several := list(islice(alike, _AT_ONCE)):
            cells = [list(row.values.values()) for row in several]
            yield Batch(columns=columns, rows=cells, name=name, lines=[row.number for row in several])


@dataclass(frozen=True, kw_only=True)
class PlainLines:
    """A batch of lines of a file that are a row each, with nothing quoted: cells are cut where they are wanted."""

    columns: tuple[str, ...]
    name: str
    lines: Sequence[int]
    between: str
    seen: Seen = field(repr=False)
    # where each line's last cell ends
    ends: Places = field(repr=False)

    def column(self, at: int, nths: Sequence[int] | None = None) -> Sequence[str]:
        """What all rows hold in one column, or some of them."""
        marks = self._marks
        starts = self.seen.starts if at == 0 else marks[:, at - 1] + 1
        ends = self.ends if at == marks.shape[1] else marks[:, at]
        if nths is not None:
            starts, ends = starts[nths], ends[nths]
        return self._cut(starts, ends)

    def likely(self, at: int) -> Sequence[int] | None:
        """In which rows a column may hold an identifier."""
        return self.seen.likely[at].tolist() if self.seen.likely and at in self.seen.likely else None

    def filled(self, at: int, nths: Sequence[int]) -> bool:
        """Whether each of some rows holds something in one column."""
        return all(self.column(at, nths))

    def cells(self, nth: int) -> Sequence[str]:
        """What one row holds."""
        return self.kept([nth])[0].split(BETWEEN)

    def rows(self) -> Iterator[Row]:
        """The rows, taken apart."""
        for number, row in zip(self.lines, self.kept(range(len(self.lines))), strict=True):
            yield Row(number=number, values=dict(zip(self.columns, row.split(BETWEEN), strict=True)))

    def kept(self, nths: Sequence[int]) -> Sequence[str]:
        """Some rows in one line each."""
        return [row.replace(self.between, BETWEEN) for row in self._cut(self.seen.starts[nths], self.ends[nths])]

    def _cut(self, starts: Places, ends: Places) -> list[str]:
        pieces = zip(starts.tolist(), ends.tolist(), strict=True)
        if len(self.lines) <= _FEW:
            return [self.seen.block[start:end].decode("latin-1") for start, end in pieces]
        text = self._text
        return [text[start:end] for start, end in pieces]

    @cached_property
    def _text(self) -> str:
        return self.seen.block.decode("latin-1")

    @property
    def _marks(self) -> Places:
        assert self.seen.marks is not None
        return self.seen.marks


class Picked(ABC):
    """The rows in the picked lines of one file; ``problems`` are complete once they are used up.

    ``columns`` are those of another part of the file where it is ``like`` one.
    """

    def __init__(
        self, place: Place, parts: Iterator[Part], options: Mapping[str, str], *, like: Self | None = None
    ) -> None:
        self.problems = Problems(place.name)
        self.columns: tuple[str, ...] = like.columns if like else ()
        # how many lines there were, and whether rows may be several of them from somewhere on
        self.last, self.went_on = 0, False
        self._name = place.name
        self._parts = parts
        self._rest: Iterator[Part] | None = None
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._lines = Lines(
            place.path, options.get("encoding"), self.problems, opened=place.opened(), picked=self._given()
        )
        self._first = next(parts, None)
        try:
            if like:
                self._go_on(like)
            elif self._first:
                self._begin(self._first, ending_of(place.path), options)
        except BaseException:
            self._lines.close()
            raise

    def batches(self) -> Iterator[Rows]:
        """All rows."""
        try:
            part: Part | None = self._first
            while part and part.rows:
                self.last = part.last
                yield from self._plain(part)
                part = next(self._parts, None)
            if part:
                self.went_on = True
                # from here on a row may be several lines
                self._waiting.extend(part.lines())
                self._rest = self._parts
                yield from batched(self._name, self._one_by_one(self._lines))
            # what there is to say of all lines is said at their end
            next(self._lines, None)
        finally:
            self.problems.finish()
            self._lines.close()

    @abstractmethod
    def _begin(self, first: Part, kind: str, options: Mapping[str, str]) -> None:
        """Learn from the first part what the columns are."""

    @abstractmethod
    def _go_on(self, like: Self) -> None:
        """Know what another part of the same file has learned."""

    @abstractmethod
    def _plain(self, part: Part) -> Iterator[Rows]:
        """The rows of lines that are a row each."""

    @abstractmethod
    def _one_by_one(self, lines: Lines | GivenLines) -> Iterator[Row]:
        """The rows of any lines."""

    def _decoded(self, lines: Iterable[tuple[int, bytes]]) -> list[tuple[int, str]]:
        """Lines as text, as if they were read in their turn."""
        before = len(self._waiting)
        self._waiting.extend(lines)
        return [next(self._lines) for _ in range(len(self._waiting) - before)]

    def _in_order(self, plain: Iterable[Row], odd: Iterable[tuple[int, bytes]]) -> Iterator[Rows]:
        """Rows as they stand in the file, of which the odd ones are read one by one."""
        rows = [*plain, *self._one_by_one(GivenLines(self._decoded(odd)))]
        # where a key comes twice, it tells which is the first
        yield from batched(self._name, sorted(rows, key=lambda row: row.number))

    def _given(self) -> Iterator[tuple[int, bytes]]:
        while self._waiting or self._rest is not None:
            while self._waiting:
                yield self._waiting.popleft()
            part = next(self._rest, None) if self._rest else None
            if part is None:
                return
            self._waiting.extend(part.lines())


class PickedRows(Picked):
    """Those of a delimited file."""

    _delimiter: str

    def _begin(self, first: Part, kind: str, options: Mapping[str, str]) -> None:
        number, heading = _heading(first)
        self._delimiter = options.get("delimiter") or DELIMITED[kind] or likely_delimiter(heading.decode("latin-1"))
        ((_, text),) = self._decoded([(number, heading)])
        self.columns = headings(next(csv.reader([text], delimiter=self._delimiter), []), self.problems, number)
        after = first.numbers.index(number) + 1
        seen = first.seen
        if seen.plain is not None and seen.marks is not None:
            marks = seen.marks[int(seen.plain[:after].sum()) :]
            seen = replace(
                seen, starts=seen.starts[after:], stops=seen.stops[after:], plain=seen.plain[after:], marks=marks
            )
        self._first = replace(first, numbers=first.numbers[after:], seen=seen)

    def _go_on(self, like: Self) -> None:
        self._delimiter = like._delimiter

    def _one_by_one(self, lines: Lines | GivenLines) -> Iterator[Row]:
        return rows_among(lines, self.columns, self.problems, self._delimiter)

    def _plain(self, part: Part) -> Iterator[Rows]:
        plain = part.seen.plain
        if plain is None:
            return
        if plain.all():
            yield self._uncut(part.numbers, part.seen)
            return
        odd = [line for line, is_plain in zip(part.lines(), plain, strict=True) if not is_plain]
        seen = replace(part.seen, starts=part.seen.starts[plain], stops=part.seen.stops[plain])
        yield from self._in_order(self._uncut(list(compress(part.numbers, plain.tolist())), seen).rows(), odd)

    def _uncut(self, numbers: Sequence[int], seen: Seen) -> PlainLines:
        import numpy as np

        signs = np.frombuffer(seen.block, np.uint8)
        # the last line may have no line end
        ends = seen.stops - (signs[seen.stops - 1] == ord("\n"))
        ends = ends - ((signs[ends - 1] == ord("\r")) & (ends > seen.starts))
        return PlainLines(
            columns=self.columns,
            name=self._name,
            lines=numbers,
            between=self._delimiter,
            seen=seen,
            ends=ends,
        )


def plainly_headed(first: Part) -> bool:
    """Whether a delimited file begins with one line of headings."""
    _, heading = _heading(first)
    return heading.isascii() and b'"' not in heading and not heading.lower().startswith(b"sep=")


def _heading(first: Part) -> tuple[int, bytes]:
    return next((line for line in first.lines() if line[1].strip()), (0, b'"'))
