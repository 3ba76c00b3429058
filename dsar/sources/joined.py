"""Batches of rows that a database gives as one text each, so that most cells are never taken apart.

Which databases do is theirs to say; what a batch is, is ``batches``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter

from dsar.sources.batches import BETWEEN

_FIRST = itemgetter(0)


class JoinedRows:
    """A batch of rows in one text each, with ``BETWEEN`` between its cells, and of some columns, by place, all cells.

    ``parted`` is whether that tells where each cell ends: it does not where a cell holds the sign itself.
    """

    def __init__(
        self,
        *,
        columns: tuple[str, ...],
        rows: Sequence[str],
        name: str,
        again: Mapping[int, Sequence[str]],
        lines: Sequence[int] = (),
    ) -> None:
        self.columns = columns
        self.name = name
        self.lines = lines
        self._rows = rows
        self._all = range(len(rows))
        self._columns = dict(again)
        whole = "".join(rows)
        # no row has fewer cells than there are columns: together they have as many only where each has
        self.parted = whole.count(BETWEEN) == len(rows) * (len(columns) - 1)
        self._plain = whole.isascii() and "\n" not in whole
        # where the first cell is empty its row begins with what parts it from the next
        self._begun = len(columns) > 1 and BETWEEN not in set(map(_FIRST, rows))

    def column(self, at: int, nths: Sequence[int] | None = None) -> Sequence[str]:
        """What all rows hold in one column, or some of them."""
        column = self._columns.get(at)
        if column is None:
            column = self._columns[at] = tuple(row.split(BETWEEN)[at] for row in self._rows)
        return column if nths in (None, self._all) else list(map(column.__getitem__, nths or ()))

    def likely(self, at: int) -> Sequence[int] | None:
        """Not known."""
        return None

    def filled(self, at: int, nths: Sequence[int]) -> bool:
        """Whether each of some rows holds something in one column."""
        return (at == 0 and self._begun) or all(self.column(at, nths))

    def cells(self, nth: int) -> Sequence[str]:
        """What one row holds."""
        return self._rows[nth].split(BETWEEN)

    def kept(self, nths: Sequence[int]) -> Sequence[str]:
        """Some rows in one line each."""
        rows = self._rows if nths == self._all else list(map(self._rows.__getitem__, nths))
        return rows if self._plain else [row if row.isascii() and "\n" not in row else "" for row in rows]
