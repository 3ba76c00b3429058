"""Writes CSV that opens right in a spreadsheet and cannot run anything there.

Which columns there are and what stands in them is for the caller.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NEGATIVE = re.compile(r"-[0-9]+(?:[.,][0-9]+)*")


def defuse(cell: str) -> str:
    """The cell, with an apostrophe before it if a spreadsheet would take it for a formula.

    That is one that starts with ``= + - @``, a tab or a line end. A plain negative number (``-12.50``) is
    harmless and stays a number. A phone number in international form (``+1415…``) does get the apostrophe:
    a spreadsheet would compute it, and show it without its plus sign or rounded.
    """
    return f"'{cell}" if cell.startswith(_RUNS) and not _NEGATIVE.fullmatch(cell) else cell


def write_csv(
    stream: TextIO,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, object] | Sequence[object]],
    *,
    bom: bool,
) -> int:
    """Write a heading line and the rows as RFC 4180 CSV, every cell defused; returns the number of rows.

    A row is a mapping by column (what is not there is empty) or a sequence as long as ``columns``. Open
    the stream with ``newline=""``; ``bom`` puts the mark before it by which Excel knows UTF-8.
    """
    if bom:
        stream.write("\ufeff")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([_cell(column) for column in columns])
    count = 0
    for row in rows:
        cells = [row.get(column) for column in columns] if isinstance(row, Mapping) else list(row)
        if len(cells) != len(columns):
            raise ValueError(f"a row of {len(cells)} cells for {len(columns)} columns")
        writer.writerow([_cell(cell) for cell in cells])
        count += 1
    return count


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    # halves of characters cannot be written as UTF-8, and NUL ends a cell in some programs
    return defuse(text.encode("utf-8", "replace").decode("utf-8").replace("\0", ""))
