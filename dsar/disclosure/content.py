"""What a package is made from: the person's tables, what is not in them, and what must be told about them.

How it becomes files is package.py's; the words of the page are in templates/package.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dsar.case.facts import Decision
from dsar.case.records import Mark, Proposal, RecordSet
from dsar.disclosure.grounds import NEVER_DISCLOSED, THIRD_PARTY, UNDESCRIBED, grounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of one record set as they leave, in order, and how many were withheld whole per ground."""

    record_set: RecordSet
    rows: tuple[Proposal, ...]
    withheld: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageLine:
    """How the search of one record set ended; ``state`` is searched, failed, waiting, waived or excluded.

    Where the package has a table of the record set, ``found`` is counted from it, so that a gap tells nothing.
    """

    source: str
    record_set: str
    title: str
    state: str
    found: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldLine:
    """How much was left out of one record set for one ground, in the words of the letter."""

    record_set: str
    ground: str
    records: int
    parts: int
    words: str
    interest: str
    cite: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageContent:
    """Everything that goes into one package; the same content gives the same bytes.

    ``contact`` are lines (name, address, e-mail); ``laws`` are law ids and ``law_titles`` their names; ``rights``
    are the sentences on what the person may do next, ``objection`` how to question what was withheld.
    Record sets that are secret have no place here.
    """

    case: str
    organisation: str
    contact: tuple[str, ...]
    created_on: date
    person: str
    law_titles: tuple[str, ...]
    laws: tuple[str, ...] = ()
    language: str = "en"
    letter_text: str
    letter_html: str
    tables: tuple[Table, ...]
    coverage: tuple[CoverageLine, ...]
    rights: tuple[str, ...] = ()
    objection: str = ""
    expires_on: date | None = None


def table_of(record_set: RecordSet, settled: Iterable[Proposal]) -> Table:
    """The table of a record set's settled findings, by time and then by id.

    What a silent ground withholds is gone without a trace; the rows carry no finding ids, whose gaps would tell.
    """
    rows: list[Proposal] = []
    withheld: dict[str, int] = {}
    known = grounds()
    for proposal in settled:
        if proposal.decision is not Decision.WITHHOLD:
            rows.append(proposal)
        elif not known[proposal.ground].silent:
            withheld[proposal.ground] = withheld.get(proposal.ground, 0) + 1
    rows.sort(key=lambda row: (row.shown.get(record_set.time_field, ""), len(row.finding), row.finding))
    return Table(record_set=record_set, rows=tuple(rows), withheld=dict(sorted(withheld.items())))


def told_found(line: CoverageLine) -> str:
    """The number the person reads: only where we searched, as a count of what a customer holds would tell on both."""
    return str(line.found) if line.state == "searched" else ""


def withheld_lines(tables: Sequence[Table], *, language: str, laws: Sequence[str]) -> list[WithheldLine]:
    """What was left out, per record set and ground: whole records, and records with a part removed."""
    lines = []
    for table in tables:
        parts = Counter(code for row in table.rows for code in _left_out_of(row))
        for code, ground in grounds().items():
            if not ground.silent and (table.withheld.get(code) or parts[code]):
                lines.append(
                    WithheldLine(
                        record_set=table.record_set.title,
                        ground=code,
                        records=table.withheld.get(code, 0),
                        parts=parts[code],
                        words=ground.words(language),
                        interest=ground.interest(language),
                        cite="; ".join(dict.fromkeys(cite for law in laws if (cite := ground.cite(law)))),
                    )
                )
    return lines


def _left_out_of(row: Proposal) -> set[str]:
    """The grounds for what is missing in one row, even where a person decided to show the rest of it."""
    codes = {row.ground} if row.ground else set()
    marks = set(row.marks.values())
    if Mark.NEVER in marks:
        codes.add(NEVER_DISCLOSED)
    if any(name not in row.shown for name in row.marks):
        codes.add(UNDESCRIBED)
    removed = any(mark in (Mark.OTHER_PERSON, Mark.CUT) and name in row.shown for name, mark in row.marks.items())
    if removed and not codes - {NEVER_DISCLOSED, UNDESCRIBED}:
        codes.add(THIRD_PARTY)
    return codes
