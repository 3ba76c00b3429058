"""Tells whose each record is where one reading searches for several people at once.

What counts as a match is ``matching``; nothing is read here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dsar.case.identifiers import Identifier
from dsar.case.records import Match, Record, RecordSet
from dsar.sources.matching import Matcher, family

Key = tuple[str, str]


def key_of(named: Identifier | Match) -> Key:
    """What two identifiers are compared by, whatever words their kinds have."""
    return family(named.kind), named.value


def owners_of(people: Mapping[int, Sequence[Identifier]]) -> dict[Key, dict[int, list[Identifier]]]:
    """Whose each identifier is: the people by their number, each with the identifiers of that value."""
    owners: dict[Key, dict[int, list[Identifier]]] = {}
    for place, identifiers in people.items():
        for one in identifiers:
            owners.setdefault(key_of(one), {}).setdefault(place, []).append(one)
    return owners


class Shares:
    """The people one reading is for, by their place in the order given; one record may be several people's."""

    def __init__(self, record_set: RecordSet, people: Sequence[Sequence[Identifier]]) -> None:
        self.together = list(dict.fromkeys(one for identifiers in people for one in identifiers))
        self._matcher = Matcher(record_set, self.together)
        self._owners = owners_of(dict(enumerate(people)))

    def of(self, record: Record) -> Iterator[tuple[int, Record]]:
        """The people whose record it is, each with the record as a search for them alone would give it."""
        matched = record.matched
        if any(match.field not in record.values for match in matched):
            # the source itself said for whom it is, which need not be everybody
            matched = (*matched, *self._matcher.match(record.values))
        own: dict[int, list[Match]] = {}
        for match in matched:
            for place, identifiers in self._owners.get(key_of(match), {}).items():
                if again := self._matcher.again(match, identifiers, record.values):
                    own.setdefault(place, []).append(again)
        for place in sorted(own):
            mine = tuple(dict.fromkeys(own[place]))
            yield place, record if mine == record.matched else replace(record, matched=mine)
