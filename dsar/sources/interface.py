"""What every kind of source offers, and how one fails.

Each kind lives in its own module and knows only this one; following identifiers from source to source is the search's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

from dsar.case.identifiers import Identifier
from dsar.case.records import Record, RecordSet
from dsar.errors import OutsideDown
from dsar.formats.rows import Problem

__all__ = [
    "AnswerAwaited", "NothingToAsk", "OwnRecords", "Problem", "Source", "SourceFailed", "SourceSettings", "Tested",
    "Why",
]  # fmt: skip


class Why(StrEnum):
    """Why a source gave no answer, as the one word the case keeps."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    BROKEN = "broken"
    PLUGIN = "plugin"
    UNFINISHED = "unfinished"


class SourceFailed(OutsideDown):
    """A source could not be searched: ``why`` in one word, ``message`` in sentences without personal data."""

    def __init__(self, why: Why, says: str, *, hint: str = "") -> None:
        super().__init__(says, hint=hint)
        self.why = why


class AnswerAwaited(OutsideDown):
    """Nobody can search this source but a person, whose answer is filed when it comes."""


class NothingToAsk(OutsideDown):
    """The record set is looked up by kinds of identifier of which none is known, so nothing was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """One source file as read: where the source is, who owns it, and what it holds.

    ``path`` is as written, relative to the workspace; ``options`` are the kind's own settings as text;
    ``notes`` are sentences about what is allowed but worth knowing; ``unfinished`` names what the file leaves open.
    """

    name: str
    kind: str
    title: str
    owner: str
    path: str
    record_sets: tuple[RecordSet, ...]
    country: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()

    def record_set(self, name: str) -> RecordSet | None:
        """The record set of this name, if the source has it."""
        return next((record_set for record_set in self.record_sets if record_set.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """What a trial of a source showed: the number of rows per record set, never a value."""

    source: str
    rows: Mapping[str, int]
    problems: tuple[Problem, ...] = ()


@runtime_checkable
class Source(Protocol):
    """One configured source, made as ``kind(settings, home)`` with the workspace folder as ``home``."""

    settings: SourceSettings
    problems: list[Problem]

    def test(self) -> Tested:
        """Open the source and count the rows of each record set; SourceFailed if that cannot be done."""
        ...

    def find(self, record_set: RecordSet, identifiers: Sequence[Identifier]) -> Iterator[Record]:
        """The records that carry one of the identifiers, each with why it matched.

        Unreadable rows go to ``problems``. Raises SourceFailed when the record set cannot be searched whole,
        AnswerAwaited when only a person can search it, NothingToAsk when no identifier is of a kind it takes.
        """
        ...


@runtime_checkable
class OwnRecords(Protocol):
    """Offered by a source whose records may match without what they say being the person's own."""

    def speaks_for(self, record_set: RecordSet, record: Record) -> bool:
        """Whether identifiers found in this record may be taken for the person's."""
        ...


def located(home: Path, path: str) -> Path:
    """Where a path of the settings lies: relative ones belong to the workspace."""
    return home / Path(path).expanduser()
