"""Picks the lines of a large file that could hold one of the identifiers, by their bytes, so that few are parsed.

It picks too many rather than too few: a line that is not plain ASCII is always picked, and from where lines need not be
rows on, all are. What is picked goes through the same ``matching`` as a whole file. The engines are ahocorasick_rs and
numpy, of the extra ``files``; without them every file is read whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from dsar.formats.delimited import likely_delimiter
from dsar.formats.lines import plain_bytes
from dsar.formats.rows import MAX_LINE
from dsar.formats.tables import DELIMITED, JSON_LINES
from dsar.sources.grid import Shape
from dsar.sources.joining import columns_of
from dsar.sources.matching import Matcher
from dsar.sources.needles import needles_of
from dsar.sources.sieve import FEW, Seen, Sieve

BLOCK = 1_400_000
# So many lines are read in any case: of a table its headings, of objects those that tell which columns there are.
FIRST_LINES, FIRST_OBJECTS = 20, 2_000
_HEAD = 65_536
# So many lines of many blocks are read together, or so many bytes.
_TOGETHER, _MOST_TOGETHER = 500, 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What was picked of a stretch of a file: the numbers of the lines, and what was seen of them.

    ``last`` is the number of the last line that ended so far. Where ``rows`` holds, each of them is a row by itself,
    whatever stands in the lines before and after it. It is good until the next part is asked for.
    """

    numbers: list[int]
    rows: bool
    seen: Seen
    last: int = 0

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """The lines with their numbers."""
        seen = self.seen
        with memoryview(seen.block) as view:
            for number, start, stop in zip(self.numbers, seen.starts.tolist(), seen.stops.tolist(), strict=True):
                yield number, bytes(view[start:stop])


class Prefilter:
    """Picks lines of one file of a kind; what there is to look for is made ready once for all parts of it."""

    def __init__(self, kind: str, matcher: Matcher, options: Mapping[str, str]) -> None:
        self._kind = kind
        self._matcher = matcher
        self._options = options
        self._sieve: Sieve | None = None

    def parts(self, file: BinaryIO, *, start: int = 0, end: int | None = None) -> Iterator[Part] | None:
        """The lines that may hold an identifier; None where the file must be read whole.

        ``start`` and ``end`` are places in the file where lines begin: only what is between is looked at, and line
        numbers count from there. Where lines need not be rows, it is read on to the end of the file; the last part
        says so.
        """
        head = bytearray(BLOCK)
        del head[_fill(file, head, 0) :]
        self._sieve = self._sieve or self._made(head)
        if self._sieve is None:
            return None
        if start:
            file.seek(start)
            head = bytearray()
        first = FIRST_OBJECTS if self._kind in JSON_LINES else FIRST_LINES
        return _parts(Stretch(file, start or len(head), end), head, first, self._sieve)

    def _made(self, head: bytearray) -> Sieve | None:
        needles = needles_of(self._matcher)
        if needles is None or self._kind not in (*DELIMITED, *JSON_LINES):
            return None
        try:
            import ahocorasick_rs
            import numpy
        except ImportError:
            return None
        del ahocorasick_rs, numpy
        if not plain_bytes(bytes(head[:_HEAD]), self._options.get("encoding", "")):
            return None
        shape = _shape(head, self._kind, self._options)
        return Sieve(needles, shape, columns_of(self._matcher, shape.headings, needles) if shape else None)


class Stretch:
    """A file up to a place in it, until the limit is lifted."""

    def __init__(self, file: BinaryIO, at: int, end: int | None) -> None:
        self._file = file
        self._at = at
        self.end = end

    def readinto(self, view: memoryview) -> int:
        """Read what there is room for."""
        room = view if self.end is None else view[: max(self.end - self._at, 0)]
        read: int = self._file.readinto(room)  # type: ignore[attr-defined]
        self._at += read
        return read


def _shape(head: bytearray, kind: str, options: Mapping[str, str]) -> Shape | None:
    """What parts the cells of a delimited file, and its headings; none where they cannot be told without more ado."""
    if kind not in DELIMITED:
        return None
    heading = next((line for line in bytes(head[:_HEAD]).split(b"\n") if line.strip()), b"").decode("latin-1")
    mark = options.get("delimiter") or DELIMITED[kind] or likely_delimiter(heading)
    plain = heading.isascii() and '"' not in heading
    return Shape(mark=ord(mark), headings=tuple(heading.rstrip("\r").split(mark)) if plain else ())


class _Gleanings:
    """Few lines of each of many blocks, put together so that they are told apart at once."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self._block = bytearray()
        self._ends = [0]

    def add(self, numbers: list[int], seen: Seen) -> None:
        """Take the lines picked of a block."""
        self.numbers += numbers
        for start, stop in zip(seen.starts.tolist(), seen.stops.tolist(), strict=True):
            self._block += seen.block[start:stop]
            self._ends.append(len(self._block))

    @property
    def enough(self) -> bool:
        """Whether to wait for more would take memory, or spare nothing."""
        return len(self.numbers) >= _TOGETHER or len(self._block) >= _MOST_TOGETHER

    def part(self, sieve: Sieve, last: int) -> Part:
        """All of them; ``last`` is the number of the last line that was looked at."""
        import numpy as np

        ends = np.array(self._ends, np.intp)
        seen = Seen(self._block, np.arange(len(self.numbers)), ends[:-1], ends[1:], len(self.numbers))
        return Part(self.numbers, True, sieve.told_apart(seen), last)


def _parts(file: Stretch, head: bytearray, lines: int, sieve: Sieve) -> Iterator[Part]:
    before, sound = 1, True
    gleaned = _Gleanings()
    for nth, block in enumerate(_blocks(file, head, lines)):
        whole = nth == 0 and bool(head)
        seen = sieve.look(block, whole=whole or not sound)
        if sound and not seen.rows:
            # a quotation mark that is open there may reach into all that follows
            sound, file.end = False, None
        numbers = (seen.picked + before).tolist()
        few = sound and not whole and seen.plain is None and len(numbers) <= FEW
        if few:
            gleaned.add(numbers, seen)
        if gleaned.numbers and (not few or gleaned.enough):
            yield gleaned.part(sieve, before - 1 + (seen.ends if few else 0))
            gleaned = _Gleanings()
        before += seen.ends
        if not few:
            yield Part(numbers, sound, sieve.told_apart(seen), before - 1)
    if sound:
        yield gleaned.part(sieve, before - 1)


def _blocks(file: Stretch, head: bytearray, lines: int) -> Iterator[bytearray]:
    """The file in blocks that end where a line does; of a head the first holds so many lines, read in any case.

    A block is good until the next one is asked for.
    """
    start = 0
    for _ in range(lines):
        start = head.find(b"\n", start) + 1
        if not start:
            break
    first = start or head.rfind(b"\n") + 1
    if first:
        yield head[:first]
    rest = head[first:]
    if file.end is not None and file.end < len(head):
        del rest[file.end - first :]
    block = bytearray()
    while True:
        size = len(rest)
        # always the same memory: new pages cost as much as looking at them
        del block[size + BLOCK :]
        block += bytes(size + BLOCK - len(block))
        block[:size] = rest
        filled = _fill(file, block, size)
        ended = filled < len(block)
        del block[filled:]
        limit = file.end
        cut = len(block) if ended else block.rfind(b"\n") + 1
        rest = block[cut:]
        if not cut and len(rest) > MAX_LINE:
            # whoever reads such a line says that it is too long
            yield rest[: MAX_LINE + 1] + b"\n"
            rest = _after_the_line(file)
        elif cut:
            del block[cut:]
            yield block
        if ended and file.end == limit:
            return


def _fill(file: BinaryIO | Stretch, block: bytearray, start: int) -> int:
    """Read until the block is full or the file ends; how far it is filled."""
    with memoryview(block) as view:
        while start < len(block) and (more := file.readinto(view[start:])):  # type: ignore[union-attr]
            start += more
    return start


def _after_the_line(file: Stretch) -> bytearray:
    chunk = bytearray(BLOCK)
    while filled := _fill(file, chunk, 0):
        if (end := chunk.find(b"\n", 0, filled)) >= 0:
            return chunk[end + 1 : filled]
    return bytearray()
