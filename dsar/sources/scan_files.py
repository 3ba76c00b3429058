"""Reads the first rows of tables kept in files for a scan: a file is a table, or each of its sheets or lists.

Files with much the same columns are one table. What the columns mean is ``scan_looks``.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from dsar.errors import InputWrong
from dsar.formats.json_rows import ways_to_lists
from dsar.formats.plain import printable, shorten
from dsar.formats.rows import SURPLUS, Problems, Row
from dsar.formats.sheets import sheet_names
from dsar.formats.streams import ending_of
from dsar.formats.tables import DELIMITED, JSON_LINES, PARQUET, SHEETS, read_rows
from dsar.sources.interface import SourceFailed, SourceSettings, Why
from dsar.sources.places import Place, places_of
from dsar.sources.scan_tables import (
    LONGEST_SAMPLE,
    MAX_TABLES,
    SAMPLE,
    Column,
    Scanned,
    ScannedTable,
    guessed_key,
)

_KINDS = {
    **dict.fromkeys(DELIMITED, "csv"), **dict.fromkeys(JSON_LINES, "jsonl"), ".json": "json",
    **dict.fromkeys(SHEETS, "sheet"), **dict.fromkeys(PARQUET, "parquet"),
}  # fmt: skip
_DEPTH = 4
# Of so many files of one pattern the first rows are read, of the others one row each.
_WELL_READ = 200
# Files that share more than so much of their columns are parts of one table.
_ALIKE = 0.5


@dataclass(slots=True, kw_only=True)
class _Part:
    """One file, or a sheet or list of one, with the values of its first rows by column; ``says`` is what is wrong."""

    place: Place
    options: Mapping[str, str]
    values: dict[str, list[str]] = field(default_factory=dict)
    says: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What it is called: a sheet or list by its own name."""
        own = self.options.get("sheet") or self.options.get("rows", "").rpartition(".")[2]
        return own or _stem(self.place.name)

    @property
    def told(self) -> str:
        """How a person is told of it."""
        own = "".join(self.options.values())
        return f"{self.place.name}, {shorten(printable(own), 40)}" if own else self.place.name


def kind_of_file(name: str) -> str:
    """The kind of source that reads files with such a name; "" where none does."""
    return _KINDS.get(ending_of(Path(name)), "")


def scan_files(settings: SourceSettings, home: Path) -> Scanned:
    """One table for all files that the place names, or one for each where their columns differ, and for their parts."""
    parts: list[_Part] = []
    for nth, place in enumerate(places_of(home, settings.path, settings.name, settings.options)):
        try:
            for options in _options(place, settings.options):
                part = _Part(place=place, options=options)
                _read(part, {**settings.options, **options}, SAMPLE if nth < _WELL_READ else 1)
                parts.append(part)
        except InputWrong as error:
            raise SourceFailed(Why.UNREADABLE, f"{settings.name}: {error.message}", hint=error.hint) from error
    told = dict.fromkeys(f"{part.told}: {says}" for part in parts for says in part.says[:3])
    tables = list(_tables(settings, home, [part for part in parts if part.values]))
    if not tables:
        raise SourceFailed(Why.UNREADABLE, f"{settings.name}: the files have no columns to describe.")
    if len(tables) > MAX_TABLES:
        told[f"{len(tables) - MAX_TABLES} more files, sheets or lists, after the first {MAX_TABLES}"] = None
    return Scanned(tables=tuple(tables[:MAX_TABLES]), not_looked_at=tuple(told))


def _options(place: Place, given: Mapping[str, str]) -> list[Mapping[str, str]]:
    """What tells the tables in a file apart; nothing where it is one."""
    kind, problems = ending_of(place.path), Problems(shorten(place.path.name, 80))
    if kind in SHEETS and "sheet" not in given:
        names = sheet_names(place.path, problems, opened=place.opened())
        return [{"sheet": name} for name in names] if len(names) > 1 else [{}]
    if kind == ".json" and "rows" not in given:
        ways = ways_to_lists(place.path, given.get("encoding"), problems, opened=place.opened())
        return [{"rows": way} for way in ways] if any(ways) else [{}]
    return [{}]


def _read(part: _Part, options: Mapping[str, str], most: int) -> None:
    table = read_rows(
        part.place.path, encoding=options.get("encoding"), delimiter=options.get("delimiter"),
        sheet=options.get("sheet"), inside=options.get("rows", ""), opened=part.place.opened(),
    )  # fmt: skip
    part.values = {name: [] for name in table.columns}
    # one row is always taken: only rows that were begun can close their file
    for row in islice(table.rows, most):
        for name, value in _values(row).items():
            part.values.setdefault(name, []).append(value[:LONGEST_SAMPLE])
    if isinstance(table.rows, Generator):
        table.rows.close()
    part.values.pop(SURPLUS, None)
    part.says += (one.says for one in table.problems)


def _tables(settings: SourceSettings, home: Path, parts: list[_Part]) -> Iterator[ScannedTable]:
    """The parts of the same sheet or list together, and files together where they are alike."""
    alike: dict[tuple[tuple[str, str], ...], list[_Part]] = {}
    for part in parts:
        alike.setdefault(tuple(part.options.items()), []).append(part)
    taken: set[str] = set()
    for some in alike.values():
        together = all(_shares(some[0], other) for other in some)
        for those in [some] if together else [[one] for one in some]:
            name = those[0].name if len(parts) > len(some) or not together else _stem(settings.path) or settings.name
            while name in taken:
                name = f"{name} {len(taken) + 1}"
            taken.add(name)
            yield _table(name, those, where="" if together else _where(settings.path, home, those[0].place))


def _shares(one: _Part, other: _Part) -> bool:
    """Whether they have most of the columns of the smaller one."""
    both = one.values.keys() & other.values.keys()
    return len(both) > _ALIKE * min(len(one.values), len(other.values))


def _table(name: str, parts: Iterable[_Part], *, where: str) -> ScannedTable:
    found: dict[str, list[str]] = {}
    options: Mapping[str, str] = {}
    for part in parts:
        options = part.options
        for column, values in part.values.items():
            known = found.setdefault(column, [])
            known += values[: max(SAMPLE - len(known), 1)]
    roots = _roots(found)
    columns = tuple(Column(name=name, samples=tuple(values)) for name, values in found.items() if name not in roots)
    return ScannedTable(
        place=name, columns=columns, key=guessed_key(columns), key_guessed=True, where=where, options=options
    )


def _where(pattern: str, home: Path, place: Place) -> str:
    """One file of a pattern, written as the pattern is."""
    if place.there:
        return place.there
    inside = not Path(pattern).expanduser().is_absolute() and place.path.is_relative_to(home)
    return (place.path.relative_to(home) if inside else place.path).as_posix()


def _stem(path: str) -> str:
    return Path(path).name.partition(".")[0].strip("*-_ ")


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
