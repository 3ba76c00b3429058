"""What a record leads to: the identifiers in it, and whether the way to it was one that several people took in turn.

Which of them are followed is ``following``'s.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from dsar.case.identifiers import Identifier
from dsar.case.records import Field, Match, Record, RecordSet
from dsar.sources.matching import comparable, field_span, only_value
from dsar.sources.periods import Span
from dsar.sources.sharing import Key, key_of

# By which field a record was reached, and by which identifier.
Way = tuple[str, Key]


def reasons(record: Record) -> list[Match]:
    """What makes a record the person's own: every match but a mention in prose."""
    return [match for match in record.matched if match.how != "text"]


def ways_to(record: Record) -> frozenset[Way]:
    """By what a record was reached, prose left out."""
    return frozenset((match.field, key_of(match)) for match in reasons(record))


@dataclass(frozen=True, slots=True)
class Lead:
    """An identifier that stands in a field of a record, and the ways by which that record was reached."""

    field: Field
    identifier: Identifier
    ways: frozenset[Way]


def leads_in(record_set: RecordSet, place: str, record: Record) -> Iterator[Lead]:
    """What this record leads to, with whose it is and since when."""
    emitting = [one for one in record_set.fields if one.emits and record.values.get(one.name, "").strip()]
    if not emitting:
        return
    ways = ways_to(record)
    by = next((f", found by {match.kind} {match.value}" for match in reasons(record)), "")
    for described in emitting:
        if found := only_value(described.identifies, record.values[described.name], country=record_set.country):
            days = field_span(described, record.values)
            own = replace(
                found,
                holder=described.holder,
                since=days.since,
                until=days.until,
                found_in=place,
                found_by=f"{record.key}{by}",
            )
            yield Lead(described, own, ways)


class Turns:
    """What several people held in turn, told by the fields of a record set that say since and until when."""

    def __init__(self, record_set: RecordSet) -> None:
        self._record_set = record_set
        self._spans: dict[Way, set[Span]] = defaultdict(set)
        self._reached: dict[int, frozenset[Way]] = {}

    @cached_property
    def _fields(self) -> dict[str, Field]:
        return {
            one.name: one
            for one in self._record_set.fields
            if comparable(self._record_set, one) and (one.since_field or one.until_field)
        }

    @property
    def noted(self) -> bool:
        """Whether any record was reached where that may be so."""
        return bool(self._reached)

    def note(self, mark: int, record: Record) -> None:
        """Remember by what a record was reached; ``mark`` is the record's own."""
        if not self._fields:
            return
        ways = ways_to(record)
        for way in ways:
            if way[0] in self._fields:
                self._spans[way].add(field_span(self._fields[way[0]], record.values))
        self._reached[mark] = self._reached.get(mark, frozenset()) | ways

    def taken(self, boundless: Collection[Key]) -> set[Way]:
        """The ways that several people took in turn, while nobody said when this person did.

        ``boundless`` are the identifiers with no period.
        """
        return {way for way, days in self._spans.items() if len(days) > 1 and way[1] in boundless}

    def unclear(self, boundless: Collection[Key]) -> tuple[int, set[Key]]:
        """How many records were reached only by such ways, and by which identifiers."""
        turns = self.taken(boundless)
        only = [ways for ways in self._reached.values() if ways and ways <= turns]
        return len(only), {key for ways in only for _, key in ways}

    def clear(self) -> None:
        """Forget all."""
        self._spans.clear()
        self._reached.clear()
