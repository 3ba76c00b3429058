"""Walks a CSV or JSON-lines file as stretches of bytes, and tells which of them are rows.

What a row says is read by ``formats.tables``, so that writing sees what searching saw.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import AnyStr, NamedTuple

from dsar.formats.charsets import known_charset
from dsar.formats.rows import MAX_LINE
from dsar.sources.writing_checks import Unwritable

_LOOK = 65_536
_MAX_WHOLE = 200_000_000
_MAX_ROW_LINES = 2_000
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip


class Line(NamedTuple):
    """A physical line: its bytes, its text, and the character set that makes one of the other ("" if none does)."""

    raw: bytes
    text: str
    charset: str


class Piece(NamedTuple):
    """A stretch of the file, which begins on line ``number`` at byte ``start``.

    ``is_row`` says that a row stands in it (not the heading, not an empty line); ``sound``, that it may be
    written anew; ``cells`` are those of a CSV row or heading.
    """

    number: int
    start: int
    raw: bytes
    text: str
    charset: str
    is_row: bool
    sound: bool
    cells: tuple[str, ...] = ()

    @property
    def end(self) -> int:
        """Where the stretch ends."""
        return self.start + len(self.raw)


def physical_lines(path: Path, encoding: str) -> Iterator[Line]:
    """The lines of a file as the table reader takes them; a byte order mark comes first, as a line without text."""
    charset = known_charset(encoding) if encoding else ""
    with path.open("rb") as file:
        head = file.read(_LOOK)
        file.seek(0)
        mark, wide = next(((mark, name) for mark, name in _WIDE if head.startswith(mark)), (b"", ""))
        if not wide and charset.startswith(("utf-16", "utf-32")):
            wide = charset if charset.endswith("e") else f"{charset}-le"
        mark = codecs.BOM_UTF8 if not wide and head.startswith(codecs.BOM_UTF8) else mark
        if mark:
            yield Line(raw=file.read(len(mark)), text="", charset=wide or "utf-8")
        if wide or (b"\r" in head and b"\n" not in head):
            raw = file.read(_MAX_WHOLE + 1)
            if len(raw) > _MAX_WHOLE:
                raise Unwritable("The file is too large to be edited in its character set")
            yield from _in_wide(raw, wide) if wide else (_line(one, charset) for one in _ended(raw, b"\r"))
            return
        while raw := file.readline(MAX_LINE):
            if len(raw) >= MAX_LINE:
                raise Unwritable("A line of the file is far too long to be a row")
            yield _line(raw, charset)


def _in_wide(raw: bytes, charset: str) -> Iterator[Line]:
    try:
        text = raw.decode(charset)
    except UnicodeDecodeError as error:
        raise Unwritable("The file holds bytes that are not in its character set") from error
    for part in _ended(text, "\n"):
        yield Line(raw=part.encode(charset), text=part, charset=charset)


def _line(raw: bytes, charset: str) -> Line:
    for name in (charset,) if charset else ("utf-8", "cp1252"):
        try:
            return Line(raw=raw, text=raw.decode(name), charset=name)
        except UnicodeDecodeError:
            continue
    return Line(raw=raw, text=raw.decode(charset or "cp1252", "replace"), charset="")


def _ended(text: AnyStr, end: AnyStr) -> Iterator[AnyStr]:
    """The lines of a text with their ends; the last may have none."""
    lines = text.split(end)
    for line in lines[:-1]:
        yield line + end
    if lines[-1]:
        yield lines[-1]


def json_pieces(path: Path, encoding: str) -> Iterator[Piece]:
    """One stretch per line; whether it holds an object is the table reader's to say."""
    at = 0
    for number, line in _numbered(path, encoding):
        full = bool(line.text.strip())
        yield Piece(
            number=number, start=at, raw=line.raw, text=line.text, charset=line.charset, is_row=full, sound=full
        )
        at += len(line.raw)


class _Feed:
    """Hands lines to the csv module and remembers which it took for the row at hand."""

    def __init__(self, lines: Iterator[tuple[int, Line]]) -> None:
        self._lines = lines
        self._back: list[tuple[int, Line]] = []
        self.taken: list[tuple[int, Line]] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _MAX_ROW_LINES:
            raise csv.Error("too many lines in one row")
        self.taken.append(self._back.pop() if self._back else next(self._lines))
        return self.taken[-1][1].text

    def keep_first(self) -> None:
        """Have all lines taken but the first come again."""
        self._back += reversed(self.taken[1:])
        del self.taken[1:]


def csv_pieces(path: Path, encoding: str, delimiter: str) -> Iterator[Piece]:
    """One stretch per row, however many lines it has; a row with broken quotation marks is its first line, unsound."""
    feed = _Feed(_numbered(path, encoding))
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    at, headed = 0, False
    while True:
        feed.taken.clear()
        cells: tuple[str, ...] = ()
        sound = True
        try:
            cells = tuple(next(reader))
        except StopIteration:
            return
        except csv.Error:
            feed.keep_first()
            reader = csv.reader(feed, delimiter=delimiter, strict=True)
            sound = False
        number, first = feed.taken[0]
        heads = not headed and bool(cells) and not (number == 1 and _names_delimiter(first.text))
        piece = _joined([line for _, line in feed.taken], number, at, cells, is_row=headed and bool(cells or not sound))
        yield piece if sound else piece._replace(sound=False)
        at, headed = piece.end, headed or heads or not sound


def _numbered(path: Path, encoding: str) -> Iterator[tuple[int, Line]]:
    number = 0
    for line in physical_lines(path, encoding):
        number += bool(line.text)
        yield number, line


def _joined(lines: list[Line], number: int, at: int, cells: tuple[str, ...], *, is_row: bool) -> Piece:
    charsets = {line.charset for line in lines}
    return Piece(
        number=number,
        start=at,
        raw=b"".join(line.raw for line in lines),
        text="".join(line.text for line in lines),
        charset=charsets.pop() if len(charsets) == 1 else "",
        is_row=is_row,
        sound=True,
        cells=cells,
    )


def _names_delimiter(line: str) -> bool:
    """Excel's own first line, ``sep=;``."""
    return line.lower().startswith("sep=") and len(line.strip("\r\n")) == 5
