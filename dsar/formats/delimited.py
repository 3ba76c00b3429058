"""Reads comma-, semicolon- and tab-separated files row by row, and says where a quotation mark went wrong.

Built on the standard csv module; character sets and line lengths are for ``lines``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Protocol

from dsar.errors import InputWrong
from dsar.formats.lines import Lines
from dsar.formats.rows import MAX_FIELD, Problems, Row, fit, headings

_DELIMITERS = ",;\t|"
_MAX_ROW_LINES = 2_000


def read_delimited(lines: Lines, problems: Problems, delimiter: str | None) -> tuple[tuple[str, ...], Iterator[Row]]:
    """Columns and rows of a file whose first row names the columns.

    Every value stays the text it is. A row whose quoting is broken is read on its own line and told, so
    that an unclosed quotation mark cannot swallow the rows after it.
    """
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise InputWrong("The delimiter must be one character, such as , or ; or a tab. Nothing was read.")
    # the module's limit is one for the whole process: whoever reads sets it first
    csv.field_size_limit(MAX_FIELD)
    first = next(lines, None)
    if first and first[1].lower().startswith("sep=") and len(first[1].strip("\r\n")) == 5:
        # Excel's own first line
        delimiter = delimiter or first[1][4]
        first = next(lines, None)
    if first is None:
        problems.add(0, "The file is empty.")
        return (), iter(())
    lines.put_back([first])
    records = _records(lines, delimiter or likely_delimiter(first[1]), problems)
    head = next(records, None)
    if head is None:
        problems.add(0, "The file holds only empty lines.")
        return (), iter(())
    columns = headings(head[1], problems, head[0])
    return columns, _rows(records, columns, problems)


def likely_delimiter(line: str) -> str:
    """The sign that most probably parts the cells of a heading line."""
    outside = "".join(line.split('"')[::2])
    return max(_DELIMITERS, key=lambda mark: outside.count(mark))


def _rows(records: Iterator[tuple[int, list[str]]], columns: tuple[str, ...], problems: Problems) -> Iterator[Row]:
    for number, cells in records:
        yield Row(number=number, values=fit(columns, cells, number, problems))


def rows_among(lines: NumberedLines, columns: tuple[str, ...], problems: Problems, delimiter: str) -> Iterator[Row]:
    """The rows in some lines of a file whose headings are known; as in ``read_delimited``."""
    csv.field_size_limit(MAX_FIELD)
    return _rows(_records(lines, delimiter, problems), columns, problems)


class NumberedLines(Protocol):
    """Lines with their numbers, some of which may be put back to be read again."""

    def __next__(self) -> tuple[int, str]: ...
    def put_back(self, lines: list[tuple[int, str]]) -> None: ...


class GivenLines:
    """Lines that are there already."""

    def __init__(self, lines: Iterable[tuple[int, str]]) -> None:
        self._lines = list(lines)[::-1]

    def __iter__(self) -> Iterator[tuple[int, str]]:
        return self

    def __next__(self) -> tuple[int, str]:
        if not self._lines:
            raise StopIteration
        return self._lines.pop()

    def put_back(self, lines: list[tuple[int, str]]) -> None:
        """Give these again."""
        self._lines += reversed(lines)


class _Feed:
    """Hands lines to the csv reader and remembers which it took for the row at hand."""

    def __init__(self, lines: NumberedLines) -> None:
        self._lines = lines
        self.taken: list[tuple[int, str]] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _MAX_ROW_LINES:
            raise csv.Error("too many lines in one row")
        line = next(self._lines)
        self.taken.append(line)
        return line[1]


def _records(lines: NumberedLines, delimiter: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    feed = _Feed(lines)
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        feed.taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            (number, text), *rest = feed.taken
            lines.put_back(rest)
            reader = csv.reader(feed, delimiter=delimiter, strict=True)
            cells = _alone(text.rstrip("\r\n"), delimiter)
            problems.add(number, _broken(rest))
        else:
            number = feed.taken[0][0]
        if cells:
            yield number, cells


def _broken(rest: list[tuple[int, str]]) -> str:
    if rest:
        return (
            "A quotation mark opens here and is not closed as it should be; "
            f"the line was read on its own instead of swallowing the next {len(rest)}."
        )
    return "The quotation marks of this line do not fit; it was read as well as possible."


def _alone(text: str, delimiter: str) -> list[str]:
    try:
        cells = next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        cells = []
    plain = text.split(delimiter)
    # an open mark glues the cells behind it together: then the plain cells, marks and all, say more
    return cells if len(cells) >= len(plain) else plain
