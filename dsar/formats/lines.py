"""Reads a text file line by line within bounded memory, in UTF-8 or, where it must be, Windows-1252.

What a line means is for the reader of the file kind.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from dsar.errors import InputWrong
from dsar.formats.charsets import known_charset
from dsar.formats.rows import MAX_LINE, Problems

_LOOK = 65_536
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
    count). A line beyond 10 million bytes is told and left out.
    """

    def __init__(self, path: Path, encoding: str | None, problems: Problems) -> None:
        charset = known_charset(encoding) if encoding else ""
        if encoding and not charset:
            raise InputWrong(f'"{encoding[:40]}" is not a character set I know. Usual are utf-8 and windows-1252.')
        self._problems = problems
        self._file = _open(path)
        head = self._file.read(_LOOK)
        self._file.seek(0)
        marked = next((name for mark, name in _MARKS if head.startswith(mark)), "")
        self._charset = charset or marked
        self._waiting: list[tuple[int, str]] = []
        self._odd = self._first_odd = 0
        self._wide: TextIOWrapper | None = None
        if self._charset.startswith(("utf-16", "utf-32")):
            self._wide = TextIOWrapper(self._file, encoding=self._charset, errors="replace", newline="\n")
            self._source = self._marked(self._wide)
        else:
            self._source = self._plain(head)

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

    def _plain(self, head: bytes) -> Iterator[tuple[int, str]]:
        old_mac = b"\r" in head and b"\n" not in head
        pieces = _split_at_returns(self._file) if old_mac else iter(lambda: self._file.readline(MAX_LINE), b"")
        for number, raw in self._whole(pieces, b"\r" if old_mac else b"\n"):
            yield number, self._decoded(number, raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw)
        if self._odd:
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
                self._problems.add(number, "The line is far too long to be a row; it was left out.")
                skipping = not ended
            else:
                yield number, piece
            number += ended

    def _decoded(self, number: int, raw: bytes) -> str:
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


def _open(path: Path) -> BinaryIO:
    try:
        if path.exists() and not path.is_file():
            raise InputWrong(f"{path.name} is not an ordinary file. Nothing was read.")
        return path.open("rb")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a file name"
        raise InputWrong(f"{path.name} could not be read ({why}).") from error


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
