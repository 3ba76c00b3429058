"""Picks the lines of a large file that could hold one of the identifiers, by their bytes, so that few are parsed.

It picks too many rather than too few, and picks nothing (None) where bytes alone cannot tell: the file is then read
whole. What is picked goes through the same reader and the same ``matching`` as a whole file. The engine is
ahocorasick_rs, of the extra ``files``; without it every file is read whole.
"""

from __future__ import annotations

import mmap
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from dsar.formats.delimited import likely_delimiter
from dsar.formats.lines import plain_bytes
from dsar.formats.rows import MAX_LINE
from dsar.formats.streams import ending_of
from dsar.formats.tables import DELIMITED, JSON_LINES
from dsar.sources.matching import Matcher

if TYPE_CHECKING:
    from ahocorasick_rs import BytesAhoCorasick

# Smaller files are read whole sooner than an automaton is made.
LEAST = 2_000_000
BLOCK = 8_000_000
_THREADS = 2
# Read in any case: the headings, and the rows that tell the reader which columns there are.
_FIRST_LINES = 2_000
# Where more of the file is picked, picking costs more than it saves.
_MOST = 0.5
_FOREIGN = re.compile(rb"[\x80-\xff]+")
_ESCAPED = re.compile(rb"\\")
# Every ASCII sign that text is split at.
_BLANKS = string.whitespace + "\x1c\x1d\x1e\x1f"
_IN_JSON = frozenset('{}[]",:\\')


@dataclass(frozen=True, slots=True)
class _Part:
    """What one block holds: the number of its lines, and those picked as (place among them, bytes)."""

    lines: int
    picked: list[tuple[int, bytes]]
    size: int


def picked_lines(
    path: Path, matcher: Matcher, options: Mapping[str, str], *, least: int | None = None
) -> Iterator[tuple[int, bytes]] | None:
    """The lines of a file that may hold an identifier, with their numbers; None where it must be read whole."""
    needles = needles_of(matcher)
    kind = path.suffix.lower()
    if needles is None or ending_of(path) != kind or kind not in (*DELIMITED, *JSON_LINES):
        return None
    try:
        from ahocorasick_rs import BytesAhoCorasick
    except ImportError:
        return None
    try:
        with path.open("rb") as file:
            if file.seek(0, 2) < (LEAST if least is None else least):
                return None
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
                if not plain_bytes(whole[:65_536], options.get("encoding", "")):
                    return None
                told = options.get("delimiter") or DELIMITED.get(kind)
                shape = _shape(whole, told) if kind in DELIMITED else None
                parts = _parts(whole, BytesAhoCorasick(needles) if needles else None, shape)
    except (OSError, ValueError):
        return None
    return None if parts is None else _numbered(parts)


def needles_of(matcher: Matcher) -> list[bytes] | None:
    """What stands, in small letters, in every plain ASCII line that matches; None if nothing need stand there.

    A telephone number, and an address of which parts make no difference, can be written in too many ways to be told
    by its bytes.
    """
    kinds = {kind for _, kind in matcher.fields}
    if matcher.prose:
        kinds |= matcher.wanted.keys() & {"email", "phone", "username"}
    if "phone" in kinds or matcher.loose:
        return None
    found: set[str] = set()
    for kind in kinds:
        for value in matcher.wanted[kind]:
            local, at, _ = value.rpartition("@")
            text = local if kind == "email" and at else value
            if not text.strip() or _IN_JSON & set(text):
                return None
            # blanks around the @ are forgiven
            found.update([text + sign for sign in ("@", *_BLANKS)] if kind == "email" and at else [text])
    return sorted(text.lower().encode() for text in found if text.isascii())


def _shape(whole: mmap.mmap, delimiter: str | None) -> tuple[bytes, int]:
    """What parts the cells of a delimited file, and how many of them a row has by its headings."""
    heading = next((line for line in whole[:65_536].split(b"\n") if line.strip()), b"")
    mark = (delimiter or likely_delimiter(heading.decode("latin-1"))).encode()
    return mark, heading.count(mark)


def _parts(whole: mmap.mmap, automaton: BytesAhoCorasick | None, shape: tuple[bytes, int] | None) -> list[_Part] | None:
    blocks = _blocks(whole)
    first = next(blocks)
    if not _sound(first, shape):
        return None
    parts = [_every(first)]
    seen = picked = 0
    with ThreadPoolExecutor(_THREADS) as pool:
        while batch := list(islice(blocks, _THREADS * 2)):
            for part in pool.map(lambda block: _part(block, automaton, shape), batch):
                if part is None:
                    return None
                parts.append(part)
                seen += part.size
                picked += sum(len(line) for _, line in part.picked)
            if picked > seen * _MOST and seen > BLOCK:
                return None
    return parts


def _blocks(whole: mmap.mmap) -> Iterator[bytes]:
    """The file in blocks that end where a line does; the first holds the lines that are read in any case."""
    start, size = 0, len(whole)
    for _ in range(_FIRST_LINES):
        start = whole.find(b"\n", start) + 1 or size
        if start == size:
            break
    yield whole[:start]
    while start < size:
        end = whole.find(b"\n", min(start + BLOCK, size) - 1) + 1 or size
        yield whole[start:end]
        start = end


def _sound(block: bytes, shape: tuple[bytes, int] | None) -> bool:
    """Whether every line of a block is a row, and every row a line."""
    if shape and (b'"' in block or (b"\r" in block and block.count(b"\r") != block.count(b"\r\n"))):
        return False
    return b"\0" not in block and len(block) < BLOCK + MAX_LINE


def _every(block: bytes) -> _Part:
    """A block all of whose lines are picked."""
    *lines, last = block.split(b"\n")
    whole = [line + b"\n" for line in lines] + ([last] if last else [])
    return _Part(lines=len(whole), picked=list(enumerate(whole)), size=len(block))


def _part(block: bytes, automaton: BytesAhoCorasick | None, shape: tuple[bytes, int] | None) -> _Part | None:
    """The lines of one block that may hold an identifier; None if lines here need not be rows."""
    if not _sound(block, shape):
        return None
    lines = block.count(b"\n") + (not block.endswith(b"\n"))
    if shape and block.count(shape[0]) != lines * shape[1]:
        # some row here is too short or too long, and must be told
        return _every(block)
    hits: list[Iterable[int]] = []
    if automaton:
        hits.append(start for _, start, _ in automaton.find_matches_as_indexes(block.lower()))
    if not block.isascii():
        hits.append(found.start() for found in _FOREIGN.finditer(block))
    if shape is None and b"\\" in block:
        hits.append(found.start() for found in _ESCAPED.finditer(block))
    return _Part(lines=lines, picked=list(_lines_at(block, sorted(chain(*hits)))), size=len(block))


def _lines_at(block: bytes, places: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    end = counted = number = 0
    for place in places:
        if place < end:
            continue
        start = block.rfind(b"\n", 0, place) + 1
        end = block.find(b"\n", place) + 1 or len(block)
        number += block.count(b"\n", counted, start)
        counted = start
        yield number, block[start:end]


def _numbered(parts: list[_Part]) -> Iterator[tuple[int, bytes]]:
    before = 1
    for part in parts:
        for number, line in part.picked:
            yield before + number, line
        before += part.lines
