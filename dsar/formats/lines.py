"""Reads a text file line by line within bounded memory, in UTF-8 or, where it must be, Windows-1252.

What a line means is for the reader of the file kind; opening and unpacking is for ``streams``.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import BinaryIO, cast

from dsar.errors import InputWrong
from dsar.formats.charsets import known_charset
from dsar.formats.rows import MAX_LINE, Problems
from dsar.formats.streams import open_bytes

_LOOK = 65_536
_TOO_LONG = "The line is far too long to be a row; it was left out."
_WIDE = ("utf-16", "utf-32")
# Single-byte sets, in which text that is valid UTF-8 beyond ASCII all but never comes about by chance.
_NARROW = ("cp125", "iso8859")
# the longer marks first: one of them begins like a shorter one
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Lines:
    """The physical lines of a file as ``(number, text)``, each with its line end; ``put_back`` re-reads some.

    Without an encoding each line is read as UTF-8, or as Windows-1252 where it is none (told once, with a
    count). With one that the file's beginning contradicts, InputWrong. A line beyond 10 million bytes is told
    and left out. ``opened`` is read instead of the path where the file is not on this machine.
    ``picked`` are the only lines to give, with their numbers, of a file whose ``plain_bytes`` somebody looked through.
    """

    def __init__(
        self,
        path: Path,
        encoding: str | None,
        problems: Problems,
        *,
        opened: BinaryIO | None = None,
        picked: Iterator[tuple[int, bytes]] | None = None,
    ) -> None:
        charset = known_charset(encoding) if encoding else ""
        if encoding and not charset:
            raise InputWrong(f'"{encoding[:40]}" is not a character set I know. Usual are utf-8 and windows-1252.')
        self._problems = problems
        self._file = open_bytes(path, opened)
        try:
            # a stream from elsewhere cannot go back to its beginning, but every one can be looked into
            self._file = _peekable(self._file)
            head = self._file.peek(_LOOK)
            self._charset = _settled(charset, head, problems.file)
        except BaseException:
            self._file.close()
            raise
        self._waiting: list[tuple[int, str]] = []
        self._odd = self._first_odd = 0
        self._wide: TextIOWrapper | None = None
        if self._charset.startswith(_WIDE):
            self._wide = TextIOWrapper(self._file, encoding=self._charset, errors="replace", newline="\n")
            self._source = self._marked(self._wide)
        else:
            self._source = self._plain(head, picked)

    def __iter__(self) -> Iterator[tuple[int, str]]:
        return self

    def __next__(self) -> tuple[int, str]:
        return self._waiting.pop() if self._waiting else next(self._source)

    def put_back(self, lines: list[tuple[int, str]]) -> None:
        """Have these lines come again, in their order."""
        self._waiting.extend(reversed(lines))

    def close(self) -> None:
        """Close the file."""
        (self._wide or self._file).close()

    def _plain(self, head: bytes, picked: Iterator[tuple[int, bytes]] | None) -> Iterator[tuple[int, str]]:
        old_mac = b"\r" in head and b"\n" not in head
        pieces = _split_at_returns(self._file) if old_mac else iter(lambda: self._file.readline(MAX_LINE), b"")
        for number, raw in picked or self._whole(pieces, b"\r" if old_mac else b"\n"):
            if len(raw) > MAX_LINE:
                self._problems.add(number, _TOO_LONG)
                continue
            yield number, self._decoded(number, raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw)
        if self._odd and self._charset:
            says = f"{self._odd} lines from here on are UTF-8 and not {self._charset} as the settings say"
            self._problems.add(self._first_odd, f"{says}; they were read as UTF-8.")
        elif self._odd:
            self._problems.add(
                self._first_odd, f"{self._odd} lines from here on are not UTF-8; they were read as Windows-1252."
            )

    def _whole(self, pieces: Iterator[bytes], end: bytes) -> Iterator[tuple[int, bytes]]:
        number, skipping = 1, False
        for piece in pieces:
            ended = piece.endswith(end)
            if skipping:
                skipping = not ended
            elif len(piece) >= MAX_LINE:
                self._problems.add(number, _TOO_LONG)
                skipping = not ended
            else:
                yield number, piece
            number += ended

    def _decoded(self, number: int, raw: bytes) -> str:
        if self._charset.startswith(_NARROW) and not raw.isascii():
            try:
                text = raw.decode("utf-8")
            except UnicodeDecodeError:
                pass
            else:
                self._odd += 1
                self._first_odd = self._first_odd or number
                return text
        try:
            return raw.decode(self._charset or "utf-8")
        except UnicodeDecodeError:
            if self._charset:
                self._problems.add(number, "The line holds characters that are not in the character set.")
                return raw.decode(self._charset, "replace")
        self._odd += 1
        self._first_odd = self._first_odd or number
        return raw.decode("cp1252", "replace")

    def _marked(self, text: TextIOWrapper) -> Iterator[tuple[int, str]]:
        number = 1
        try:
            while line := text.readline(MAX_LINE):
                if "\ufffd" in line:
                    self._problems.add(number, "The line holds characters that are not in the character set.")
                yield number, line.removeprefix("\ufeff") if number == 1 else line
                number += line.endswith("\n")
        except UnicodeError:
            self._problems.add(number, "The file cannot be read as text from here on.")


def _peekable(file: BinaryIO) -> BufferedReader:
    """The file with room to look far into it; it may have begun with a small buffer."""
    raw = file.detach() if isinstance(file, BufferedReader) else file
    return BufferedReader(cast("BufferedReader", raw), _LOOK)


def plain_bytes(head: bytes, encoding: str) -> bool:
    """Whether in a file that begins so every ASCII sign is its one byte, and a line ends where one says so."""
    charset = known_charset(encoding) if encoding else ""
    if encoding and not charset:
        return False
    settled = _settled(charset, head, "")
    alike = settled in ("", "ascii", "utf-8", "utf-8-sig") or settled.startswith(_NARROW)
    return alike and not (b"\r" in head and b"\n" not in head)


def _settled(charset: str, head: bytes, name: str) -> str:
    """The character set to read by, from the one told and from how the file begins."""
    marked = next((found for mark, found in _MARKS if head.startswith(mark)), "")
    wide = next((one for one in _WIDE if charset.startswith(one)), "")
    if charset and marked and wide != marked:
        raise InputWrong(f"{name} begins with the mark of {marked.upper()}, but the settings say {charset}.", hint=_FIX)
    if marked or not head:
        return marked or charset
    empty = head.count(0)
    if wide and not empty:
        raise InputWrong(f"{name} is not {charset}, as the settings say: it is written in single bytes.", hint=_FIX)
    if not wide and empty > len(head) // 4 and head[:4].count(0) == 2:
        kind = "utf-16-le" if head[1] == 0 else "utf-16-be"
        raise InputWrong(f"{name} looks like {kind}, and neither its beginning nor the settings say so.", hint=_FIX)
    return charset


_FIX = 'Say in the source file what it is, for example: encoding = "utf-16-le"'


def _split_at_returns(file: BinaryIO) -> Iterator[bytes]:
    rest = b""
    while chunk := file.read(_LOOK):
        *whole, rest = (rest + chunk).split(b"\r")
        for line in whole:
            yield line + b"\r"
        if len(rest) >= MAX_LINE:
            yield rest
            rest = b""
    if rest:
        yield rest
