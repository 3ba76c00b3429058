"""Reads the picked lines of JSON as batches of rows: those written alike quickly, the others one by one.

Which lines are picked is ``prefilter``'s, what is written alike ``formats.json_alike``'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Self

from dsar.formats.delimited import GivenLines
from dsar.formats.json_alike import Alike, alike_to
from dsar.formats.json_rows import read_json_lines, rows_in
from dsar.formats.lines import Lines
from dsar.formats.rows import Row
from dsar.sources.batches import Batch, Rows
from dsar.sources.picked import Picked, batched
from dsar.sources.prefilter import Part

# From so many objects it is learned how the others are written.
_LEARNED = 500


class PickedObjects(Picked):
    """Those of a file with one object a line."""

    _alike: Alike | None
    _begun: list[Row] | None = None

    def _begin(self, first: Part, kind: str, options: Mapping[str, str]) -> None:
        self.columns, rows = read_json_lines(self._decoded(first.lines()), self.problems)
        self._begun = list(rows)
        self._alike = alike_to(self.columns, [row.data or {} for row in self._begun[:_LEARNED]])

    def _go_on(self, like: Self) -> None:
        self._alike = like._alike

    def _one_by_one(self, lines: Lines | GivenLines) -> Iterator[Row]:
        return rows_in(lines, self.columns, self.problems)

    def _plain(self, part: Part) -> Iterator[Rows]:
        if self._begun is not None:
            # they were read to learn the columns from them
            begun, self._begun = self._begun, None
            yield from batched(self._name, begun)
            return
        numbers, rows, odd = [], [], []
        for line in part.lines():
            cells = self._alike.cells(line[1].decode()) if self._alike and line[1].isascii() else None
            if cells is None:
                odd.append(line)
            else:
                numbers.append(line[0])
                rows.append(cells)
        if odd:
            plain = (
                Row(number=number, values=dict(zip(self.columns, cells, strict=True)))
                for number, cells in zip(numbers, rows, strict=True)
            )
            yield from self._in_order(plain, odd)
        elif rows:
            yield Batch(columns=self.columns, rows=rows, name=self._name, lines=numbers)
