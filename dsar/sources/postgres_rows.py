"""Takes the rows of one SELECT out of PostgreSQL, a few at a time and never all; every column is text, none is NULL.

psycopg makes rows of a plain SELECT in half the time that taking COPY's text apart costs; where the text itself is in
doubt, COPY gives the bytes as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

# So many are in memory at once, and a row may be long.
_CHUNK = 100
_BATCH = 400
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SIGNS = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}


def rows_of(connection: psycopg.Connection[Any], text: str) -> Iterator[Sequence[Sequence[str]]]:
    """The rows, many at once; for a database in UTF-8. Raises psycopg.Error."""
    from psycopg import capabilities

    size = _CHUNK if capabilities.has_stream_chunked() else 1
    rows = connection.cursor().stream(text, size=size)  # type: ignore[arg-type,unused-ignore]
    while some := list(islice(rows, _BATCH)):
        yield some


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
