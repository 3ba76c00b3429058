"""Takes the rows of one SELECT out of PostgreSQL, a few at a time and never all; every column is text, none is NULL.

psycopg makes rows of a plain SELECT in half the time that taking COPY's text apart costs, and rows that come as one
text each, beside the few cells that are compared, in a third of that; where the text itself is in doubt, COPY gives the
bytes as they are.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from dsar.sources.batches import BETWEEN

if TYPE_CHECKING:
    import psycopg

# So many are in memory at once, and a row may be long.
_CHUNK = 100
_BATCH = 400
# Of rows in one text each, so many; of long ones no more than take so many signs.
_JOINED = 1_000
_SIGNS_AT_ONCE = 200_000
_FIRST = itemgetter(0)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SIGNS = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}


def rows_of(connection: psycopg.Connection[Any], text: str) -> Iterator[Sequence[Sequence[str]]]:
    """The rows, many at once; for a database in UTF-8. Raises psycopg.Error."""
    rows = _streamed(connection, text)
    while some := list(islice(rows, _BATCH)):
        yield some


def joined_rows(connection: psycopg.Connection[Any], text: str) -> Generator[list[tuple[str, ...]], None, None]:
    """The rows of a SELECT that gives each as one text and some cells again, many at once. Raises psycopg.Error."""
    rows = _streamed(connection, text)
    batch: list[tuple[str, ...]] = []
    signs = 0
    while some := list(islice(rows, _CHUNK)):
        batch += some
        signs += sum(map(len, map(_FIRST, some)))
        if len(batch) >= _JOINED or signs >= _SIGNS_AT_ONCE:
            yield batch
            batch, signs = [], 0
    if batch:
        yield batch


def _streamed(connection: psycopg.Connection[Any], text: str) -> Iterator[Any]:
    from psycopg import capabilities

    size = _CHUNK if capabilities.has_stream_chunked() else 1
    return connection.cursor().stream(text, size=size)  # type: ignore[arg-type,unused-ignore]


class JoinedRows:
    """A batch of rows that came as one text each, their cells parted by ``BETWEEN``, and behind it the ``again`` ones.

    ``parted`` is whether that tells where each cell ends: it does not where a cell holds the sign itself.
    """

    lines: Sequence[int] = ()

    def __init__(
        self, *, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]], name: str, again: Sequence[int] = ()
    ) -> None:
        self.columns = columns
        self.name = name
        self._rows: Sequence[str]
        self._rows, *cells = zip(*rows, strict=True)
        self._all = range(len(rows))
        self._again: dict[int, Sequence[str]] = dict(zip(again, cells, strict=True))
        whole = "".join(self._rows)
        # no row has fewer cells than there are columns: together they have as many only where each has
        self.parted = whole.count(BETWEEN) == len(rows) * (len(columns) - 1)
        self._plain = whole.isascii() and "\n" not in whole
        # where the first cell is empty its row begins with what parts it from the next
        self._begun = len(columns) > 1 and BETWEEN not in set(map(_FIRST, self._rows))

    def column(self, at: int, nths: Sequence[int] | None = None) -> Sequence[str]:
        """What all rows hold in one column, or some of them."""
        column = self._again.get(at)
        if column is None:
            column = self._again[at] = tuple(row.split(BETWEEN)[at] for row in self._rows)
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


def odd_rows(connection: psycopg.Connection[Any], text: str, codec: str) -> Iterator[tuple[list[str], bool]]:
    """The rows of a database that checks no encoding, and of each whether bytes in it were no text.

    Those are shown as ``\\x..``. Raises psycopg.Error.
    """
    with connection.cursor().copy(f"COPY ({text}) TO STDOUT") as copy:  # type: ignore[arg-type,unused-ignore]
        for line in copy:
            # COPY's own escapes are plain ASCII, so they are taken out of the bytes, and only then is text made of them
            cells = bytes(line).decode("latin-1").removesuffix("\n").split("\t")
            stored = [_unescaped(cell).encode("latin-1") for cell in cells]
            try:
                yield [cell.decode(codec) for cell in stored], False
            except UnicodeDecodeError:
                yield [cell.decode(codec, "backslashreplace") for cell in stored], True


def _unescaped(cell: str) -> str:
    return _ESCAPED.sub(lambda found: _SIGNS.get(found[1], found[1]), cell) if "\\" in cell else cell
