"""The values every table reader gives, and the limits they all keep.

Each file kind has its own reader; ``tables`` chooses among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from dsar.errors import InputWrong

MAX_LINE = 10_000_000
MAX_FIELD = 1_000_000
MAX_COLUMNS = 2_000
MAX_ROWS = 200_000_000
MAX_PROBLEMS = 1_000
# Where the values beyond the last heading of a row are kept, so that a search still finds them.
SURPLUS = "(surplus)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: ``number`` is the line it starts on (in a workbook the row, in a JSON list the place), values as text.

    ``data`` is the object itself where the file is JSON, else None.
    """

    number: int
    values: dict[str, str] = field(repr=False)
    data: dict[str, object] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong at one line of a file, in plain words and without what stands there; line 0 is the whole file."""

    file: str
    line: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns, rows as they are read, and problems, which are complete once the rows are used up."""

    columns: tuple[str, ...]
    rows: Iterator[Row]
    problems: list[Problem]


class Problems:
    """Collects the problems of one file; beyond a thousand they are counted, never dropped unsaid."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.told: list[Problem] = []
        self._untold = 0

    def add(self, line: int, says: str) -> None:
        if len(self.told) < MAX_PROBLEMS:
            self.told.append(Problem(file=self.file, line=line, says=says))
        else:
            self._untold += 1

    def finish(self) -> None:
        """Say how many were not told one by one."""
        if self._untold:
            self.told.append(Problem(file=self.file, line=0, says=f"{self._untold} more lines have such problems."))
            self._untold = 0


def headings(cells: Sequence[str], problems: Problems, line: int) -> tuple[str, ...]:
    """Column names from a heading row: trimmed, an empty one numbered, a repeated one told and numbered."""
    if len(cells) > MAX_COLUMNS:
        raise InputWrong(f"{problems.file} has more than {MAX_COLUMNS:,} columns. Nothing was read from it.")
    names: list[str] = []
    taken = {SURPLUS}
    for place, cell in enumerate(cells, start=1):
        wanted = name = cell.strip() or f"column {place}"
        copy = 1
        while name in taken:
            copy += 1
            name = f"{wanted} ({copy})"
        if name != wanted:
            problems.add(line, f"Column {place} has the heading of an earlier one; it was numbered ({copy}).")
        taken.add(name)
        names.append(name)
    return tuple(names)


def fit(columns: tuple[str, ...], cells: Sequence[str], line: int, problems: Problems) -> dict[str, str]:
    """A row's cells under their headings; a row too short or too long is told and kept whole."""
    values = dict(zip(columns, cells, strict=False))
    if len(cells) < len(columns):
        problems.add(line, f"The row has {len(cells)} of {len(columns)} columns; the rest was taken as empty.")
        values.update(dict.fromkeys(columns[len(cells) :], ""))
    elif len(cells) > len(columns):
        problems.add(line, f"The row has {len(cells)} columns where {len(columns)} have headings; all were kept.")
        values[SURPLUS] = " ".join(cells[len(columns) :])
    return values


def counted(rows: Iterator[Row], problems: Problems, close: Callable[[], None]) -> Iterator[Row]:
    """The rows within the row limit; closes the file and completes the problems at the end, however it comes."""
    try:
        for count, row in enumerate(rows):
            if count >= MAX_ROWS:
                raise InputWrong(f"{problems.file} has more than {MAX_ROWS:,} rows. The rest was not read.")
            yield row
    finally:
        problems.finish()
        close()
