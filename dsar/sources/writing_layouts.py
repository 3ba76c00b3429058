"""Knows how each kind of table file is laid out: where its rows stand and how one of them is written anew.

Which rows are written is for ``writing_files``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from dsar.formats.rows import Problems, headings
from dsar.sources.writing_checks import Unwritable
from dsar.sources.writing_rows import Piece, csv_pieces, json_pieces
from dsar.sources.writing_values import csv_changed, json_changed

_DELIMITERS = ",;\t|"


class Layout(Protocol):
    """One file's layout."""

    def pieces(self, path: Path) -> Iterator[Piece]:
        """The stretches of a file laid out like this, from its first byte to its last."""
        ...

    def changed(self, text: str, after: Mapping[str, str | None]) -> str:
        """One row with new values; Unwritable where that is not certain."""
        ...

    def count(self, path: Path) -> int:
        """How many rows a file holds."""
        ...


class CsvLayout:
    """Cells parted by a delimiter, under a heading."""

    def __init__(self, encoding: str, delimiter: str, columns: tuple[str, ...]) -> None:
        self._encoding, self._delimiter, self._columns = encoding, delimiter, columns

    def pieces(self, path: Path) -> Iterator[Piece]:
        """One stretch per row."""
        return csv_pieces(path, self._encoding, self._delimiter)

    def changed(self, text: str, after: Mapping[str, str | None]) -> str:
        """The row with new cells."""
        return csv_changed(text, after, self._columns, self._delimiter)

    def count(self, path: Path) -> int:
        """Rows without the heading."""
        return sum(piece.is_row for piece in self.pieces(path))


class JsonLayout:
    """One object a line."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding

    def pieces(self, path: Path) -> Iterator[Piece]:
        """One stretch per line."""
        return json_pieces(path, self._encoding)

    def changed(self, text: str, after: Mapping[str, str | None]) -> str:
        """The object with new values."""
        return json_changed(text, after)

    def count(self, path: Path) -> int:
        """Lines that are not empty."""
        return sum(piece.is_row for piece in self.pieces(path))


def csv_layout(path: Path, encoding: str, delimiter: str, columns: tuple[str, ...]) -> CsvLayout:
    """The layout with which the heading gives these columns; Unwritable if none does.

    ``delimiter`` is the one the settings or the file's ending name, "" if none.
    """
    for one in (delimiter, *_DELIMITERS) if delimiter else _DELIMITERS:
        layout = CsvLayout(encoding, one, columns)
        for piece in layout.pieces(path):
            if piece.is_row:
                break
            if piece.cells and headings(piece.cells, Problems(""), 0) == columns:
                return layout
    if columns:
        raise Unwritable("The heading of the file cannot be read for certain")
    return CsvLayout(encoding, ",", columns)
