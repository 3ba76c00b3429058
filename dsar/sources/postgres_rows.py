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
