"""What the check of a package must look for: what was removed from a finding, and whose identifiers may stand in it.

The search through the package's files is the check's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dsar.case.facts import Decision
from dsar.case.identifiers import Identifier, folded_name
from dsar.case.records import Disclose, Field, Finding, Mark, Proposal, RecordSet
from dsar.disclosure.cutting import NEVER, REMOVED
from dsar.disclosure.signs import secrets_in
from dsar.disclosure.traces import Own, emails, names_beside, own_of, phones
from dsar.formats.plain import printable

_LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """``allowed``: other people's identifiers shown by a rule or a person; ``removed``: what must be nowhere."""

    allowed: frozenset[str]
    removed: frozenset[str]


def watch(finding: Finding, record_set: RecordSet, settled: Proposal, own: Sequence[Identifier]) -> Watch:
    """What one settled finding adds to the check; join the answers of all findings, then hand them over.

    Left out of ``removed`` is what would be found everywhere by chance, such as "none" in a hidden field.
    """
    mine = own_of(tuple(own))
    countries = (record_set.country,) if record_set.country else mine.countries
    allowed: set[str] = set()
    removed: set[str] = set()
    for field in record_set.fields:
        held = printable(finding.record.values.get(field.name, ""), keep_newlines=True)
        mark = settled.marks.get(field.name)
        if settled.decision is Decision.WITHHOLD:
            removed.update(_withheld(field, held, mine, countries))
        elif mark in (Mark.NEVER, Mark.OTHER_PERSON):
            removed.update(_whole(held, mine))
        else:
            shown = settled.shown.get(field.name, "")
            if field.text or field.disclose is Disclose.OTHER_PERSON:
                allowed.update(_others(shown, mine, countries))
                if field.disclose is Disclose.OTHER_PERSON and not field.text and shown not in (REMOVED, NEVER):
                    allowed.add(shown.strip())
            if mark is Mark.CUT:
                removed.update(piece for piece in _pieces(held, mine, countries) if piece not in shown)
    return Watch(allowed=frozenset(filter(None, allowed)), removed=frozenset(removed))


def join(watches: Iterable[Watch]) -> Watch:
    """All there is to look for in one package; what is shown somewhere on purpose is not looked for."""
    allowed: set[str] = set()
    removed: set[str] = set()
    for one in watches:
        allowed |= one.allowed
        removed |= one.removed
    return Watch(allowed=frozenset(allowed), removed=frozenset(removed - allowed))


def _whole(held: str, own: Own) -> Iterator[str]:
    value = held.strip()
    if set(folded_name(value).split()) <= own.name_parts:
        return  # "Maria" beside Maria Rivera's data is not to be told apart from her
    if _is_distinctive(value):
        yield value[:_LONGEST]


def _withheld(field: Field, held: str, own: Own, countries: Sequence[str]) -> Iterator[str]:
    value = held.strip()
    if field.disclose is not Disclose.YES and not own.is_whole(
        value, field.identifies, countries[0] if countries else ""
    ):
        yield from _whole(held, own)
    yield from _pieces(held, own, countries)


def _pieces(held: str, own: Own, countries: Sequence[str]) -> Iterator[str]:
    yield from _others(held, own, countries)
    yield from (held[start:end] for start, end in secrets_in(held))
    # a first name alone is also a word, and would be found everywhere
    yield from (name for name in names_beside(held, own) if " " in name)


def _others(text: str, own: Own, countries: Sequence[str]) -> Iterator[str]:
    for trace in (*emails(text), *phones(text, countries)):
        if not own.has(trace.kind, trace.value):
            yield text[trace.start : trace.end]


def _is_distinctive(value: str) -> bool:
    if re.search(r"[\d@]", value):
        return len(value) >= 4 and not re.fullmatch(r"\d{1,5}", value)
    # one word alone, a name too, is found everywhere by chance
    return len(value) >= 6 and bool(re.search(r"[\s$_/+=-]", value))
