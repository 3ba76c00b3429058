"""Reads the rows of a Parquet file as text, each value as the file holds it.

Which columns mean what is for the record set; the engine is DuckDB, in its own memory and with no way out.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from dsar.errors import InputWrong
from dsar.formats.rows import MAX_COLUMNS, MAX_ROWS, Problems, Row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BATCH = 2_000
# So few texts are compared one by one.
_FEW = 200
_MEMORY = "1GB"
_NESTED = ("STRUCT", "MAP", "UNION")


@dataclass(frozen=True, slots=True)
class Cells:
    """A file's columns, which of them hold objects or lists, and its rows, many at once: the place, then the texts.

    ``again`` are the columns, by their place, that stand behind the one text of a row where that is all it has.
    """

    columns: tuple[str, ...]
    nested: Collection[str]
    batches: Generator[Sequence[tuple[Any, ...]]]
    again: tuple[int, ...] = ()


def read_parquet(
    path: Path,
    problems: Problems,
    *,
    opened: BinaryIO | None = None,
    wanted: Mapping[str, Collection[str]] | None = None,
) -> tuple[tuple[str, ...], Iterator[Row]]:
    """Columns and rows of a file, as ``read_cells`` gives them; ``Row.number`` is the place of the row."""
    cells = read_cells(path, problems, opened=opened, wanted=wanted)
    return cells.columns, _rows(cells)


def _rows(cells: Cells) -> Iterator[Row]:
    with closing(cells.batches):
        for number, *texts in chain.from_iterable(cells.batches):
            values = dict(zip(cells.columns, texts, strict=True))
            data = {name: json.loads(values[name]) for name in cells.nested if values[name]}
            yield Row(number=number, values=values, data=data or None)


def read_cells(
    path: Path,
    problems: Problems,
    *,
    opened: BinaryIO | None = None,
    wanted: Mapping[str, Collection[str]] | None = None,
    between: str = "",
    again: Collection[str] = (),
) -> Cells:
    """Columns and rows of a file; each row begins with its place, counted from one.

    With ``wanted`` only rows that hold one of the texts in its column, large and small letters alike. With ``between``
    the cells of a row are one text with that between them, and those of the columns to be told ``again`` follow.

    Dates are ISO, times with a zone are in UTC, objects and lists are JSON, and what is not held is "". A file from
    elsewhere is kept in a private temporary file while it is read. Raises InputWrong where it cannot be read.
    """
    try:
        import duckdb
    except ImportError:
        if opened is not None:
            opened.close()
        raise InputWrong(
            f"{problems.file} is a Parquet file, and the part of dsar that reads them is not installed.",
            hint='Install it: pipx install --force "dsar-cli[parquet]"',
        ) from None
    spooled = _spooled(opened) if opened is not None else None
    file = spooled or path
    connection = None
    try:
        if not file.is_file():
            raise InputWrong(f"{path.name} could not be read (no such file).")
        connection = duckdb.connect(config={"memory_limit": _MEMORY, "threads": "2"})
        described = _described(connection, file)
    except BaseException as error:
        _close(connection, spooled)
        if isinstance(error, duckdb.Error):
            raise _damaged(problems) from None
        raise
    if len(described) > MAX_COLUMNS:
        _close(connection, spooled)
        raise InputWrong(f"{problems.file} has more than {MAX_COLUMNS:,} columns. Nothing was read from it.")
    sought = {name: texts for name, texts in (wanted or {}).items() if name in described}
    nested = {name for name, kind in described.items() if kind.startswith(_NESTED) or kind.endswith("]")}
    texts = [f"coalesce({_as_text(name, name in nested)}, '')" for name in described]
    told = tuple(at for at, name in enumerate(described) if between and name in again)
    if between:
        texts = [f"concat_ws(chr({ord(between)}), {', '.join(texts)})", *map(texts.__getitem__, told)]
    batches = _batches(connection, file, spooled, texts, problems, sought if wanted else None)
    return Cells(tuple(described), nested, batches, told)


def _spooled(opened: BinaryIO) -> Path:
    handle, name = tempfile.mkstemp(suffix=".parquet")
    try:
        with closing(opened), os.fdopen(handle, "wb") as copy:
            shutil.copyfileobj(opened, copy, 1_000_000)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _close(connection: DuckDBPyConnection | None, spooled: Path | None) -> None:
    if connection is not None:
        connection.close()
    if spooled is not None:
        spooled.unlink(missing_ok=True)


def _damaged(problems: Problems) -> InputWrong:
    return InputWrong(f"{problems.file} could not be read as a Parquet file: it is damaged, or another kind of file.")


def _described(connection: DuckDBPyConnection, file: Path) -> dict[str, str]:
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET autoinstall_known_extensions = false")
    relation = connection.execute("SELECT * FROM read_parquet(?) LIMIT 0", [_literal(file)])
    return {column[0]: str(column[1]).upper() for column in relation.description or ()}


def _literal(file: Path) -> str:
    """The one file of this name: the engine takes *, ? and [ for patterns."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(file))


def _batches(
    connection: DuckDBPyConnection,
    file: Path,
    spooled: Path | None,
    texts: Sequence[str],
    problems: Problems,
    wanted: Mapping[str, Collection[str]] | None,
) -> Generator[Sequence[tuple[Any, ...]]]:
    import duckdb

    number = 0
    try:
        text = ["SELECT file_row_number + 1,", ", ".join(texts), "FROM read_parquet(?, file_row_number = true)"]
        parameters = [_literal(file)]
        if wanted is not None:
            condition, values = _sought(connection, wanted)
            text += ["WHERE", condition, "ORDER BY file_row_number"]
            parameters += values
        found = connection.execute(" ".join(text), parameters)
        while rows := found.fetchmany(_BATCH):
            number = rows[-1][0]
            if number > MAX_ROWS:
                yield [row for row in rows if row[0] <= MAX_ROWS]
                raise InputWrong(f"{problems.file} has more than {MAX_ROWS:,} rows. The rest was not read.")
            yield rows
    except duckdb.Error:
        raise InputWrong(f"{problems.file} is damaged from row {number + 1} on; it could not be read whole.") from None
    finally:
        _close(connection, spooled)


def _sought(connection: DuckDBPyConnection, wanted: Mapping[str, Collection[str]]) -> tuple[str, list[str]]:
    """The condition that a column holds one of its texts, and its parameters; of very many a table is made."""
    connection.execute("CREATE TEMPORARY TABLE wanted (number INTEGER, value VARCHAR)")
    arms, parameters = ["false"], []
    for number, (name, texts) in enumerate(wanted.items()):
        folded = [text.lower() for text in texts]
        column = _as_text(name, nested=False)
        if any(text != text.upper() for text in folded):
            column = f"lower({column})"
        if len(folded) <= _FEW:
            parameters += folded
            arms.append(f"{column} IN ({', '.join('?' * len(folded)) or 'NULL'})")
            continue
        connection.execute("INSERT INTO wanted SELECT ?, unnest(?)", [number, folded])
        listed = f"(SELECT value FROM wanted WHERE number = {number})"  # noqa: S608 - a number of ours
        arms.append(f"{column} IN {listed}")
    return " OR ".join(arms), parameters


def _as_text(name: str, nested: bool) -> str:
    column = '"' + name.replace('"', '""') + '"'
    return f"CAST(to_json({column}) AS VARCHAR)" if nested else f"CAST({column} AS VARCHAR)"
