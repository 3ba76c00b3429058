"""A record as the text that is kept of it, and back again: the same text for the same record, wherever it is written.

Where the text is kept is the ledger's and the sources' business.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from json.encoder import encode_basestring_ascii
from typing import Any

from dsar.case.records import Match, Record

# ASCII with escapes: broken halves of characters from a source come back as they were
text_of = json.dumps
# the same of a text alone, three times as quickly
quoted = encode_basestring_ascii


@dataclass(frozen=True, slots=True)
class Written:
    """A record as text: its key, and the body with its values, why it was found and where it stands; all JSON."""

    key: str = field(repr=False)
    body: str = field(repr=False)

    @property
    def record(self) -> Record:
        """The record itself; ValueError or KeyError if this text is none."""
        held: dict[str, Any] = json.loads(self.body)
        matched = tuple(
            Match(field=name, kind=kind, value=value, how=how) for name, kind, value, how in held["matched"]
        )
        return Record(key=json.loads(self.key), values=held["values"], matched=matched, place=held["place"])


def written(record: Record) -> Written:
    """A record as text."""
    body = body_of(text_of(dict(record.values)), matched_text(record.matched), text_of(record.place))
    return Written(text_of(record.key), body)


def matched_text(matched: Iterable[Match]) -> str:
    """Why a record was found, as it stands in its body without the brackets around."""
    return ", ".join(
        f"[{quoted(match.field)}, {quoted(match.kind)}, {quoted(match.value)}, {quoted(match.how)}]"
        for match in matched
    )


def body_of(values: str, matched: str, place: str) -> str:
    """The body of a record from its parts, each of them JSON."""
    return f'{{"values": {values}, "matched": [{matched}], "place": {place}}}'
