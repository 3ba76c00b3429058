"""Searches tables kept in files, CSV and JSON lines, one row in memory at a time.

How a file is read is ``formats.tables``; what counts as a match is ``matching``.
"""

from __future__ import annotations

import glob
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path

from dsar.case.identifiers import Identifier
from dsar.case.records import Record, RecordSet
from dsar.errors import InputWrong
from dsar.formats.plain import printable, shorten
from dsar.formats.rows import Row
from dsar.formats.tables import read_rows
from dsar.law.fields import did_you_mean
from dsar.sources.columns import key_of, named_columns
from dsar.sources.interface import Problem, SourceFailed, SourceSettings, Tested, Why, located
from dsar.sources.matching import Matcher

_DEPTH = 20


class CsvSource:
    """CSV or TSV files; a record set is one file, or all that fit a pattern."""

    endings: tuple[str, ...] = (".csv", ".tsv", ".tab")

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self.settings = settings
        self.problems: list[Problem] = []
        self._home = home

    def test(self) -> Tested:
        """Count the rows of each record set, reading every file to its end."""
        before = len(self.problems)
        rows = {one.name: sum(1 for _ in self._rows(one)) for one in self.settings.record_sets}
        problems = dict.fromkeys(self.problems[before:])
        return Tested(source=self.settings.name, rows=rows, problems=tuple(problems))

    def find(self, record_set: RecordSet, identifiers: Sequence[Identifier]) -> Iterator[Record]:
        """One pass over the files for all identifiers."""
        matcher = Matcher(record_set, identifiers)
        if not matcher.usable:
            return
        nested = [field.name for field in record_set.fields if "." in field.name]
        for path, row in self._rows(record_set):
            values = flattened(row, nested) if nested and row.data else row.values
            if matched := matcher.match(values):
                key = key_of(record_set, values)
                place = f"{shorten(printable(path.name), 80)} line {row.number}"
                yield Record(key=key, values=values, matched=matched, place=place)

    def _rows(self, record_set: RecordSet) -> Iterator[tuple[Path, Row]]:
        for path in files_of(self._home, record_set.place or self.settings.path, self.settings.name):
            if path.suffix.lower() not in self.endings:
                says = f"{self.settings.name}: {printable(path.name)} is none of {', '.join(self.endings)}."
                raise SourceFailed(Why.UNREADABLE, says)
            try:
                for row in self._table(record_set, path):
                    yield path, row
            except InputWrong as error:
                why = Why.UNREADABLE if path.exists() else Why.MISSING
                raise SourceFailed(why, f"{self.settings.name}: {error.message}") from error

    def _table(self, record_set: RecordSet, path: Path) -> Iterator[Row]:
        options = self.settings.options
        table = read_rows(path, encoding=options.get("encoding"), delimiter=options.get("delimiter"))
        try:
            # the first row is taken before the check: only rows that were begun can close their file
            first = next(table.rows, None)
            if first is None and table.problems:
                says = f"{self.settings.name}: no row of {shorten(printable(path.name), 80)} can be read."
                raise SourceFailed(Why.UNREADABLE, f"{says} {table.problems[0].says}")
            self._check(record_set, path, table.columns)
            if first is not None:
                yield first
            yield from table.rows
            self.problems.extend(table.problems)
        finally:
            if isinstance(table.rows, Generator):
                table.rows.close()

    def _check(self, record_set: RecordSet, path: Path, columns: Sequence[str]) -> None:
        """A column that is missing would make every row a miss: that is a failure, not an empty answer."""
        name = f"{self.settings.name}: {shorten(printable(path.name), 80)}"
        for wanted in named_columns(record_set):
            if wanted not in columns:
                meant = did_you_mean(wanted, columns)
                says = f'{name} has no column "{shorten(printable(wanted), 60)}".{meant}'
                raise SourceFailed(Why.BROKEN, says)


class JsonlSource(CsvSource):
    """Files of one JSON object a line; a field inside another is named with a dot, as in ``user.email``."""

    endings = (".jsonl", ".ndjson", ".json")

    def _check(self, record_set: RecordSet, path: Path, columns: Sequence[str]) -> None:
        """An object leaves out what it does not hold; but where no object has any field to search by, none fits."""
        searched = [field.name.partition(".")[0] for field in record_set.fields if field.match or field.text]
        if columns and not any(name in columns for name in searched):
            says = f"{self.settings.name}: {shorten(printable(path.name), 80)} has none of the fields to search by."
            raise SourceFailed(Why.BROKEN, says)


def files_of(home: Path, place: str, name: str) -> list[Path]:
    """The files a place of the settings names, by name or pattern, in order; SourceFailed if there is none."""
    path = located(home, place)
    if path.exists():
        return [path]
    relative = not Path(place).expanduser().is_absolute()
    pattern = f"{glob.escape(str(home))}/{place}" if relative else str(path)
    found = sorted(Path(one) for one in glob.glob(pattern, recursive=True) if Path(one).is_file())
    if not found:
        raise SourceFailed(Why.MISSING, f"{name}: there is no file {shorten(printable(place), 80)}.")
    return found


def flattened(row: Row, nested: Sequence[str]) -> dict[str, str]:
    """The row with objects that hold described fields taken apart, so that no part of them shows undescribed."""
    data = row.data or {}
    roots = {name.partition(".")[0] for name in nested}
    taken = {root for root in roots if isinstance(data.get(root), Mapping)}
    values = {key: value for key, value in row.values.items() if key not in taken}
    for root in sorted(taken):
        values.update(_leaves(root, data[root], _DEPTH))
    return values


def _leaves(name: str, value: object, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value and depth:
        for key, inner in value.items():
            yield from _leaves(f"{name}.{key}", inner, depth - 1)
    elif isinstance(value, str):
        yield name, value
    else:
        yield name, "" if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
