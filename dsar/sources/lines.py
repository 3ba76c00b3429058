"""Searches log files: text in lines, or in records of several lines, plain or compressed, rotated ones too.

Options: ``pattern``, a regular expression whose named groups become the fields of a record, and ``begins``, one that
the first line of every record fits where a record has several. Both are matched in linear time (RE2), so that no
pattern can make a search endless; without them whole lines are searched as prose, in the field ``line``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from dsar.case.identifiers import Identifier
from dsar.case.records import Field, Record, RecordSet
from dsar.errors import InputWrong, did_you_mean
from dsar.formats.lines import Lines
from dsar.formats.plain import printable, shorten
from dsar.formats.rows import MAX_ROWS, Problems
from dsar.sources.columns import key_of, named_columns
from dsar.sources.interface import Problem, SourceFailed, SourceSettings, Tested, Why
from dsar.sources.matching import Matcher
from dsar.sources.options import Options
from dsar.sources.places import Place, places_of

LINE = "line"
MAX_PATTERN = 2_000
MAX_LINES = 2_000
MAX_RECORD = 1_000_000
_MEMORY = 64_000_000

Fits = Callable[[str], Any]


class LinesSource:
    """Log files; a record set is one file, or all that fit a pattern, such as ``logs/app.log*``."""

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self.settings = settings
        self.problems: list[Problem] = []
        self._home = home

    def test(self) -> Tested:
        """Count the records of each record set, reading every file to its end."""
        before = len(self.problems)
        rows = {one.name: sum(1 for _ in self._records(one)) for one in self.settings.record_sets}
        return Tested(source=self.settings.name, rows=rows, problems=tuple(dict.fromkeys(self.problems[before:])))

    def find(self, record_set: RecordSet, identifiers: Sequence[Identifier]) -> Iterator[Record]:
        """One pass: fields compared exactly, and what does not fit the pattern searched as prose."""
        matcher = Matcher(record_set, identifiers)
        if not matcher.usable:
            return
        misfits = Matcher(_only_prose(record_set), identifiers)
        for place, number, values, fitted in self._records(record_set):
            if matched := (matcher if fitted else misfits).match(values):
                where = f"{place.name} line {number}"
                yield Record(key=key_of(record_set, values), values=values, matched=matched, place=where)

    def _records(self, record_set: RecordSet) -> Iterator[tuple[Place, int, dict[str, str], bool]]:
        options = Options(self.settings.name, {**self.settings.options, **record_set.options})
        pattern = _compiled(options, "pattern")
        begins = _compiled(options, "begins")
        self._check(record_set, pattern)
        name = self.settings.name
        for place in places_of(self._home, record_set.place or self.settings.path, name, options.values):
            problems = Problems(place.name)
            try:
                with closing(Lines(place.path, options.text("encoding"), problems, opened=place.opened())) as lines:
                    records = _whole(lines, begins.match if begins else None, problems)
                    for number, values, fitted in self._fitted(records, pattern, problems):
                        yield place, number, values, fitted
            except InputWrong as error:
                why = Why.UNREADABLE if place.open or place.path.exists() else Why.MISSING
                raise SourceFailed(why, f"{name}: {error.message}", hint=error.hint) from error
            problems.finish()
            self.problems.extend(problems.told)

    def _fitted(
        self, records: Iterator[tuple[int, str]], pattern: Any, problems: Problems
    ) -> Iterator[tuple[int, dict[str, str], bool]]:
        """The records taken apart by the pattern; the number of those that do not fit is told."""
        read = misfits = first = 0
        for number, text in records:
            found = pattern.search(text) if pattern else None
            read += 1
            if pattern and not found:
                misfits += 1
                first = first or number
            groups = {name: value or "" for name, value in found.groupdict().items()} if found else {}
            yield number, {**groups, LINE: text}, bool(found or not pattern)
        if misfits and misfits == read:
            says = f"{self.settings.name}: no line of {problems.file} fits the pattern of sources/"
            raise SourceFailed(Why.BROKEN, f"{says}{self.settings.name}.toml.")
        if misfits:
            says = f"{misfits} records from here on do not fit the pattern; they were searched as prose."
            problems.add(first, says)

    def _check(self, record_set: RecordSet, pattern: Any) -> None:
        columns = [LINE, *(pattern.groupindex if pattern else ())]
        for wanted in named_columns(record_set):
            if wanted not in columns:
                shown = shorten(printable(wanted), 60)
                says = f'{self.settings.name}: the pattern has no group "{shown}".{did_you_mean(wanted, columns)}'
                raise SourceFailed(Why.BROKEN, says)


def _only_prose(record_set: RecordSet) -> RecordSet:
    """The record set as a misfit is searched: the line as prose, since nothing says where a field would be."""
    return replace(record_set, fields=(Field(name=LINE, meaning=LINE, text=True),))


def _compiled(options: Options, name: str) -> Any:
    """A pattern ready to use, None where the setting is not there; SourceFailed if it is wrong."""
    text = options.text(name)
    if not text:
        return None
    try:
        import re2
    except ImportError:
        raise SourceFailed(
            Why.PLUGIN,
            f"{options.source}: the lines are read by a pattern, and the part of dsar that does so is not installed.",
            hint='Install it: pipx install --force "dsar-cli[files]"',
        ) from None
    settings = re2.Options()
    settings.log_errors = False
    settings.max_mem = _MEMORY
    try:
        if len(text) > MAX_PATTERN:
            raise options.wrong(f'"{name}" is longer than {MAX_PATTERN:,} characters.')
        return re2.compile(text, settings)
    except re2.error as error:
        why = error.args[0] if error.args else ""
        why = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
        raise options.wrong(f'"{name}" is no pattern I can use ({shorten(printable(why), 80)}).') from None


def _whole(lines: Lines, begins: Fits | None, problems: Problems) -> Iterator[tuple[int, str]]:
    """The records of a file, each with the number of its first line; empty lines are none."""
    texts = ((number, raw.rstrip("\r\n")) for number, raw in lines)
    records = _joined(texts, begins, problems) if begins else (one for one in texts if one[1].strip())
    for count, (number, text) in enumerate(records):
        if count >= MAX_ROWS:
            raise InputWrong(f"{problems.file} has more than {MAX_ROWS:,} lines. The rest was not read.")
        if "\0" in text:
            raise InputWrong(f"{problems.file} is not text: line {number} holds what no text does.")
        yield number, text


def _joined(texts: Iterator[tuple[int, str]], begins: Fits, problems: Problems) -> Iterator[tuple[int, str]]:
    """Lines put together with the one before that begins a record, within bounds."""
    first, held, size = 0, list[str](), 0
    for number, text in texts:
        if held and not begins(text):
            if len(held) < MAX_LINES and size < MAX_RECORD:
                held.append(text)
                size += len(text)
                continue
            problems.add(number, "The record is far too long; from here on it was taken as another.")
        if held:
            yield first, "\n".join(held)
        first, held, size = number, [text], len(text)
    if held:
        yield first, "\n".join(held)
