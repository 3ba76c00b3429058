"""Reads the first rows of tables kept in files for a scan; each file is a table, and files of one pattern are one.

What the columns mean is ``scan_looks``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Generator, Mapping
from itertools import islice
from pathlib import Path

from dsar.errors import InputWrong
from dsar.formats.rows import SURPLUS, Row
from dsar.formats.streams import ending_of
from dsar.formats.tables import DELIMITED, JSON_LINES, PARQUET, SHEETS, read_rows
from dsar.sources.interface import SourceFailed, SourceSettings, Why
from dsar.sources.places import places_of
from dsar.sources.scan_tables import LONGEST_SAMPLE, SAMPLE, Column, Scanned, ScannedTable, guessed_key

_KINDS = {
    **dict.fromkeys(DELIMITED, "csv"), **dict.fromkeys(JSON_LINES, "jsonl"), ".json": "json",
    **dict.fromkeys(SHEETS, "sheet"), **dict.fromkeys(PARQUET, "parquet"),
}  # fmt: skip
_DEPTH = 4


def kind_of_file(name: str) -> str:
    """The kind of source that reads files with such a name; "" where none does."""
    return _KINDS.get(ending_of(Path(name)), "")


def scan_files(settings: SourceSettings, home: Path) -> Scanned:
    """One table from all files that the place names: the columns of every file, the rows of the first ones."""
    options = settings.options
    found: dict[str, list[str]] = defaultdict(list)
    taken = 0
    problems: list[str] = []
    for place in places_of(home, settings.path, settings.name, options):
        try:
            table = read_rows(
                place.path, encoding=options.get("encoding"), delimiter=options.get("delimiter"),
                sheet=options.get("sheet"), inside=options.get("rows", ""), opened=place.opened(),
            )  # fmt: skip
            for name in table.columns:
                found[name] = found[name]
            # one row is always taken: only rows that were begun can close their file
            for row in islice(table.rows, max(SAMPLE - taken, 1)):
                taken += 1
                for name, value in _values(row).items():
                    found[name].append(value[:LONGEST_SAMPLE])
            if isinstance(table.rows, Generator):
                table.rows.close()
        except InputWrong as error:
            raise SourceFailed(Why.UNREADABLE, f"{settings.name}: {error.message}", hint=error.hint) from error
        problems += [f"{place.name}: {one.says}" for one in table.problems[:3]]
    found.pop(SURPLUS, None)
    columns = tuple(
        Column(name=name, samples=tuple(values)) for name, values in found.items() if name not in _roots(found)
    )
    if not columns:
        raise SourceFailed(Why.UNREADABLE, f"{settings.name}: the files have no columns to describe.")
    name = Path(settings.path).name.partition(".")[0].strip("*-_ ") or settings.name
    table_found = ScannedTable(place=name, columns=columns, key=guessed_key(columns), key_guessed=True)
    return Scanned(tables=(table_found,), not_looked_at=tuple(dict.fromkeys(problems)))


def _roots(names: Mapping[str, object]) -> set[str]:
    """Columns that are told by their parts."""
    return {name.partition(".")[0] for name in names if "." in name and name.partition(".")[0] in names}


def _values(row: Row) -> dict[str, str]:
    """The row with objects inside it taken apart: ``user.email``."""
    values = dict(row.values)
    for name, inner in (row.data or {}).items():
        if isinstance(inner, Mapping):
            values |= _leaves(name, inner, _DEPTH)
    return values


def _leaves(name: str, value: object, depth: int) -> dict[str, str]:
    if isinstance(value, Mapping) and value and depth:
        found: dict[str, str] = {}
        for key, inner in value.items():
            found |= _leaves(f"{name}.{key}", inner, depth - 1)
        return found
    return {name: value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)}
