"""Keeps a source out of every search while its file still has questions open, so that no "?" reaches a letter.

A scan, an import and ``source add`` write such files; a person finishes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dsar.case.identifiers import Identifier
from dsar.case.records import Record, RecordSet
from dsar.errors import Refused
from dsar.sources.interface import Problem, Source, SourceFailed, SourceSettings, Tested, Why
from dsar.sources.schema import RecordSetTable, SourceFile

OPEN = "?"
NOWHERE = "postgresql://USER@HOST/DATABASE"
_OPEN = re.compile(r"\s*\?+\s*")
_OF_SOURCE = ("title", "owner", "path", "ask")
_OF_SET = (
    "title", "category", "basis", "retention", "obtained_from", "automated_decisions", "transfers", "keep_ground",
    "keep_until",
)  # fmt: skip


class Unfinished:
    """A source that can be tried and is not searched: what its file leaves open would stand in an answer."""

    def __init__(self, source: Source) -> None:
        self.settings = source.settings
        self.problems: list[Problem] = []
        self._source = source

    def test(self) -> Tested:
        """Try the source itself, whatever is still to be said of it."""
        return self._source.test()

    def find(self, record_set: RecordSet, identifiers: Sequence[Identifier]) -> Iterator[Record]:
        """Nothing is searched; SourceFailed says what is missing and where."""
        raise SourceFailed(Why.UNFINISHED, f"{says_of(self.settings)} It was not searched.")


def refuse_unfinished(settings: SourceSettings) -> None:
    """Refuse to file or do anything by what an unfinished file says."""
    if settings.unfinished:
        hint = f"Finish it, then: dsar source test {settings.name}"
        raise Refused(f"Not done: {says_of(settings)} Nothing was filed.", hint=hint)


def says_of(settings: SourceSettings) -> str:
    """What is missing in which file, as a sentence."""
    first, more = settings.unfinished[:4], len(settings.unfinished) - 4
    listed = ", ".join(first) + (f" and {more} more" if more > 0 else "")
    return f"sources/{settings.name}.toml is not finished: {listed} still to be said."


def questions(parsed: SourceFile) -> Iterator[str]:
    """What a person has still to say of a source before its words may stand in an answer."""
    source = parsed.source
    yield from (name for name in _OF_SOURCE if _open(getattr(source, name)))
    if source.path == NOWHERE:
        yield "path"
    for one in parsed.record_set:
        yield from (f"{name} of {one.name}" for name in _of_set(one))


def _of_set(one: RecordSetTable) -> Iterator[str]:
    yield from (name for name in _OF_SET if _open(getattr(one, name)))
    if any(map(_open, one.recipients)):
        yield "recipients"
    if any(map(_open, (*(role.purpose for role in one.role), *(stop.purpose for stop in one.stop)))):
        yield "purpose"
    yield from (f'meaning of "{field.name}"' for field in one.field if _open(field.meaning))


def _open(text: str) -> bool:
    return bool(_OPEN.fullmatch(text))
