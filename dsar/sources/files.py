"""Searches tables kept in files: CSV, JSON lines, JSON, spreadsheets, Parquet; plain or compressed, here or in S3.

Which files a place names is ``places``, how one is read ``formats.tables``, what counts as a match ``matching``.
Options of a source or a record set: ``encoding``, ``delimiter``, ``sheet`` (of a workbook), ``rows`` (the dotted way
to the list in a JSON file), and for S3 those of ``buckets``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path

from dsar.case.identifiers import Identifier
from dsar.case.records import Record, RecordSet
from dsar.errors import InputWrong, did_you_mean
from dsar.formats.json_rows import tell_columns
from dsar.formats.parquet import Cells, read_cells
from dsar.formats.plain import printable, shorten
from dsar.formats.rows import MAX_LINE, Problems, Row
from dsar.formats.streams import ending_of, open_bytes
from dsar.formats.tables import DELIMITED, JSON_LINES, PARQUET, SHEETS, read_rows
from dsar.sources.batches import BETWEEN, Aside, Batch, Rows
from dsar.sources.beside import Beside, Besides, may_work_beside
from dsar.sources.columns import key_of, named_columns
from dsar.sources.interface import Problem, SourceFailed, SourceSettings, Tested, Why
from dsar.sources.joined import JoinedRows
from dsar.sources.matching import Matcher, family, in_normal_form
from dsar.sources.picked import Picked, PickedRows, batched, plainly_headed
from dsar.sources.picked_objects import PickedObjects
from dsar.sources.places import Place, places_of
from dsar.sources.places import files_of as files_of
from dsar.sources.prefilter import Part, Prefilter
from dsar.sources.read_once import KeepsWhatItRead, Placed
from dsar.sources.sql import broken_promises

# Smaller files are read whole sooner than it is known what to look for.
LEAST = 2_000_000
# Larger files are read by two processes.
SPLIT = 100_000_000
_DEPTH = 20


class CsvSource:
    """CSV or TSV files; a record set is one file, or all that fit a pattern."""

    endings: tuple[str, ...] = tuple(DELIMITED)

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self.settings = settings
        self.problems: list[Problem] = []
        self._home = home

    def test(self) -> Tested:
        """Count the rows of each record set, reading every file to its end."""
        before = len(self.problems)
        rows = {one.name: self._tried(one) for one in self.settings.record_sets}
        problems = dict.fromkeys(self.problems[before:])
        return Tested(source=self.settings.name, rows=rows, problems=tuple(problems))

    def _tried(self, record_set: RecordSet) -> int:
        """How many rows there are; values that are not in the normal form which the settings promise are told."""
        promised = [field for field in record_set.fields if field.normal]
        broken = dict.fromkeys((field.name for field in promised), 0)
        rows = 0
        for _, row in self._rows(record_set):
            rows += 1
            for field in promised:
                raw = row.values.get(field.name, "")
                broken[field.name] += not in_normal_form(family(field.identifies), raw, field.normal)
        self.problems += broken_promises(record_set.place or self.settings.path, broken, broken.values())
        return rows

    def find(self, record_set: RecordSet, identifiers: Sequence[Identifier]) -> Iterator[Record]:
        """One pass over the files for all identifiers."""
        matcher = Matcher(record_set, identifiers)
        if not matcher.usable:
            return
        for place, values in self._values(record_set, matcher):
            if matched := matcher.match(values):
                yield Record(key=key_of(record_set, values), values=values, matched=matched, place=place)

    def batches(self, record_set: RecordSet, matcher: Matcher) -> Iterator[Rows | Aside]:
        """The same pass, many rows at once; of a large file another process may read a part."""
        for place in self._places(record_set) if matcher.usable else ():
            options = self._options(record_set)
            with self._understood(place) as opened:
                prefilter = self._prefilter(place, options, matcher)
                parts = self._parts(place, prefilter, opened)
                first = next(parts, None) if parts else None
                if parts and first:
                    parts = chain([first], parts)
                if prefilter and parts and first and first.rows and _known(place, first):
                    yield from self._quick(record_set, place, prefilter, parts, opened)
                else:
                    yield from batched(place.name, self._table(record_set, place, options, parts, matcher))

    def _quick(
        self, record_set: RecordSet, place: Place, prefilter: Prefilter, parts: Iterator[Part], opened: ExitStack
    ) -> Iterator[Rows | Aside]:
        options = self._options(record_set)
        kind = PickedObjects if ending_of(place.path) in JSON_LINES else PickedRows
        half = halfway(place)
        beside = None
        if half:
            # what was begun is ended where a line ends near the middle
            parts = self._parts(place, prefilter, opened, end=half) or parts
        rows = kind(place, parts, options)
        self._check(record_set, place, rows.columns)
        if half:
            beside = Beside(self.settings.name, partial(self._second_half, place, prefilter, options, rows, half))
            yield beside
        try:
            yield from rows.batches()
            self.problems.extend(rows.problems.told)
            if beside and not rows.went_on:
                yield Besides(found=beside.result(), before=rows.last)
                self.problems.extend(
                    replace(one, line=one.line + rows.last) if one.line else one for one in beside.problems
                )
        finally:
            if beside:
                beside.drop()

    def _second_half(
        self, place: Place, prefilter: Prefilter, options: Mapping[str, str], like: Picked, half: int
    ) -> tuple[Iterator[Rows], Callable[[], list[Problem]]]:
        parts = self._parts(place, prefilter, ExitStack(), start=half)
        rows = type(like)(place, parts or iter(()), options, like=like)
        return rows.batches(), lambda: rows.problems.told

    def _values(self, record_set: RecordSet, matcher: Matcher) -> Iterable[Placed]:
        nested = [field.name for field in record_set.fields if "." in field.name]
        for place, row in self._rows(record_set, matcher):
            yield f"{place.name} line {row.number}", flattened(row, nested) if nested and row.data else row.values

    def _rows(self, record_set: RecordSet, matcher: Matcher | None = None) -> Iterator[tuple[Place, Row]]:
        options = self._options(record_set)
        for place in self._places(record_set):
            with self._understood(place) as opened:
                parts = self._parts(place, self._prefilter(place, options, matcher), opened) if matcher else None
                for row in self._table(record_set, place, options, parts, matcher):
                    yield place, row

    def _options(self, record_set: RecordSet) -> dict[str, str]:
        return {**self.settings.options, **record_set.options}

    def _places(self, record_set: RecordSet) -> Iterator[Place]:
        name = self.settings.name
        for place in places_of(self._home, record_set.place or self.settings.path, name, self._options(record_set)):
            if ending_of(place.path) not in self.endings:
                says = f"{name}: {place.name} is none of {', '.join(self.endings)}."
                raise SourceFailed(Why.UNREADABLE, says)
            yield place

    @contextmanager
    def _understood(self, place: Place) -> Iterator[ExitStack]:
        """Faults as SourceFailed; what is opened meanwhile is closed at the end, however it comes."""
        try:
            with ExitStack() as opened:
                yield opened
        except InputWrong as error:
            why = Why.UNREADABLE if place.open or place.path.exists() else Why.MISSING
            raise SourceFailed(why, f"{self.settings.name}: {error.message}", hint=error.hint) from error

    def _prefilter(self, place: Place, options: Mapping[str, str], matcher: Matcher) -> Prefilter | None:
        """What picks from a large file the lines that could match; None where it is read whole."""
        kind = ending_of(place.path)
        if kind not in (*DELIMITED, *JSON_LINES) or not (place.open or place.path.is_file()):
            return None
        if not place.open and place.path.stat().st_size < (LEAST if place.path.suffix.lower() == kind else LEAST // 8):
            return None
        return Prefilter(kind, matcher, options)

    def _parts(
        self, place: Place, prefilter: Prefilter | None, opened: ExitStack, *, start: int = 0, end: int | None = None
    ) -> Iterator[Part] | None:
        if prefilter is None:
            return None
        file = opened.enter_context(open_bytes(place.path, place.opened()))
        return prefilter.parts(file, start=start, end=end)

    def _table(
        self,
        record_set: RecordSet,
        place: Place,
        options: Mapping[str, str],
        parts: Iterator[Part] | None,
        matcher: Matcher | None,
    ) -> Iterator[Row]:
        table = read_rows(
            place.path,
            encoding=options.get("encoding"),
            delimiter=options.get("delimiter"),
            sheet=options.get("sheet"),
            inside=options.get("rows", ""),
            opened=place.opened(),
            picked=_lines_of(parts) if parts else None,
            wanted=matcher.kept_forms if matcher else None,
        )
        try:
            # the first row is taken before the check: only rows that were begun can close their file
            first = next(table.rows, None)
            if first is None and table.problems:
                says = f"{self.settings.name}: no row of {place.name} can be read."
                raise SourceFailed(Why.UNREADABLE, f"{says} {table.problems[0].says}")
            self._check(record_set, place, table.columns)
            if first is not None:
                yield first
            yield from table.rows
            self.problems.extend(table.problems)
        finally:
            if isinstance(table.rows, Generator):
                table.rows.close()

    def _check(self, record_set: RecordSet, place: Place, columns: Sequence[str]) -> None:
        """A column that is missing would make every row a miss: that is a failure, not an empty answer."""
        name = f"{self.settings.name}: {place.name}"
        for wanted in named_columns(record_set):
            if not self._stands(wanted, columns):
                meant = did_you_mean(wanted, columns)
                says = f'{name} has no column "{shorten(printable(wanted), 60)}".{meant}'
                raise SourceFailed(Why.BROKEN, says)

    def _stands(self, wanted: str, columns: Sequence[str]) -> bool:
        return wanted in columns


class JsonlSource(CsvSource):
    """Files of one JSON object a line; a field inside another is named with a dot, as in ``user.email``."""

    endings: tuple[str, ...] = (*JSON_LINES, ".json")

    def _check(self, record_set: RecordSet, place: Place, columns: Sequence[str]) -> None:
        """An object leaves out what it does not hold; but where no object has any field to search by, none fits."""
        searched = [field.name.partition(".")[0] for field in record_set.fields if field.match or field.text]
        if columns and not any(name in columns for name in searched):
            says = f"{self.settings.name}: {place.name} has none of the fields to search by."
            raise SourceFailed(Why.BROKEN, says)


class _WholeSource(KeepsWhatItRead, CsvSource):
    """Files that are taken into memory as a whole, however few of their rows are looked for."""

    def _values(self, record_set: RecordSet, matcher: Matcher) -> Iterable[Placed]:
        return self._kept(record_set.name, super()._values(record_set, matcher))


class JsonSource(_WholeSource, JsonlSource):
    """Files that are one JSON list of objects each, or hold one somewhere inside (``rows = "data.items"``)."""

    endings = (".json",)


class SheetSource(_WholeSource):
    """Spreadsheets (xlsx, xls, ods); a record set is one sheet, by default the first visible one."""

    endings = SHEETS


class ParquetSource(CsvSource):
    """Parquet files; a field inside another is named with a dot."""

    endings = PARQUET

    def batches(self, record_set: RecordSet, matcher: Matcher) -> Iterator[Rows | Aside]:
        """One pass, many rows at once; with a promise of normal forms only those that could match."""
        for place in self._places(record_set) if matcher.usable else ():
            for joined in self._joined(record_set, place, matcher):
                if not joined.parted:
                    # all of them again, also what came before: of rows that come twice the search keeps one
                    yield from self._by_cell(place, matcher)
                    break
                yield joined

    def _joined(self, record_set: RecordSet, place: Place, matcher: Matcher) -> Iterator[JoinedRows]:
        with self._cells(place, matcher, between=BETWEEN, again=matcher.looked_at) as cells:
            # the first rows are taken before the check: only what was begun can close its file
            first = next(cells.batches, [])
            self._check(record_set, place, cells.columns)
            for rows in filter(None, chain([first], cells.batches)):
                lines, texts, *more = zip(*rows, strict=True)
                told = dict(zip(cells.again, more, strict=True))
                yield JoinedRows(columns=cells.columns, rows=texts, name=place.name, again=told, lines=lines)

    def _by_cell(self, place: Place, matcher: Matcher) -> Iterator[Rows]:
        with self._cells(place, matcher) as cells:
            for rows in cells.batches:
                lines, texts = [row[0] for row in rows], [row[1:] for row in rows]
                yield Batch(columns=cells.columns, rows=texts, name=place.name, lines=lines)

    @contextmanager
    def _cells(
        self, place: Place, matcher: Matcher, *, between: str = "", again: Collection[str] = ()
    ) -> Iterator[Cells]:
        problems, wanted = Problems(shorten(place.path.name, 80)), matcher.kept_forms
        with self._understood(place):
            cells = read_cells(place.path, problems, opened=place.opened(), wanted=wanted, between=between, again=again)
            with closing(cells.batches):
                yield cells

    def _stands(self, wanted: str, columns: Sequence[str]) -> bool:
        return wanted in columns or wanted.partition(".")[0] in columns


def _known(place: Place, first: Part) -> bool:
    """Whether the first part of a file tells its columns."""
    if ending_of(place.path) in JSON_LINES:
        return tell_columns(line for _, line in first.lines())
    return plainly_headed(first)


def halfway(place: Place) -> int:
    """Where in a large file a line begins near its middle; 0 where it is not worth to read it in two halves."""
    if place.open or place.path.suffix.lower() not in (*DELIMITED, *JSON_LINES) or not may_work_beside():
        return 0
    size = place.path.stat().st_size
    if size < SPLIT:
        return 0
    with place.path.open("rb") as file:
        file.seek(size // 2)
        file.readline(MAX_LINE)
        return file.tell() if file.tell() < size else 0


def _lines_of(parts: Iterator[Part]) -> Iterator[tuple[int, bytes]]:
    for part in parts:
        yield from part.lines()


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
