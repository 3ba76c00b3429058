"""Worked examples: a CSV of requests with the dates somebody expects, reckoned and compared row by row.

Lawyers write them beside a law file; what a fault is shown as is left to the caller.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from dsar.errors import InputWrong
from dsar.law.calendars import calendar_for
from dsar.law.clocks import Clock, ClockFact, Obligation, clocks, zoned
from dsar.law.days import said
from dsar.law.fields import Fault
from dsar.law.rules import RuleBook

NEEDED = ("law", "right", "received")
DATES = (*(obligation.value for obligation in Obligation), "suspended")
COLUMNS = (*NEEDED, "zone", "region", "designated", "facts", *DATES, "says")
_NO = {"no", "false", "0"}
# A table of examples is written by hand; a megabyte of it is not one.
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One request and the dates expected of it: ISO days by obligation, "" for none; others are not looked at."""

    where: str
    law: str
    right: str
    received: str
    zone: str
    region: str
    designated: bool
    facts: tuple[str, ...]
    expected: Mapping[str, str]


def read_examples(path: Path) -> tuple[Example, ...]:
    """The examples of a CSV file with a heading; InputWrong where it is no such table."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputWrong(f"{path.name} is larger than a table of examples can be. Nothing was read from it.")
        text = path.read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as bad:
        raise InputWrong(f"{path.name} cannot be read as a CSV table in UTF-8. No example was tried.") from bad
    heading = tuple(rows[0]) if rows else ()
    unknown = [str(column) for column in heading if column not in COLUMNS]
    missing = [column for column in NEEDED if column not in heading]
    if missing or unknown:
        faulty = f"lacks the column {missing[0]}" if missing else f'has a column "{unknown[0][:40]}" that is not known'
        raise InputWrong(f"{path.name} {faulty}. No example was tried.", hint=f"The columns are: {', '.join(COLUMNS)}.")
    return tuple(_example(row, f"{path.name} line {number}") for number, row in enumerate(rows, start=2))


def _example(row: Mapping[str, str | None], where: str) -> Example:
    cells = {column: (row.get(column) or "").strip() for column in COLUMNS}
    return Example(
        where=where,
        law=cells["law"],
        right=cells["right"],
        received=cells["received"],
        zone=cells["zone"] or "UTC",
        region=cells["region"],
        designated=cells["designated"].lower() not in _NO,
        facts=tuple(cells["facts"].replace(";", " ").split()),
        expected={name: cells[name] for name in DATES if name in row},
    )


def faults_of(example: Example, book: RuleBook) -> Iterator[Fault]:
    """What differs between the dates expected and those reckoned by the law files, one sentence each."""
    try:
        received, found = reckoned(example, book)
    except InputWrong as bad:
        yield Fault(where=example.where, says=bad.message)
        return
    for name, expected in example.expected.items():
        got = _day(found, name)
        if got != expected:
            yield Fault(
                where=example.where,
                says=f"{example.law} {example.right}, received {said(received)}: {name.replace('_', ' ')} should be "
                f"{expected or 'no date'} and is {got or 'no date'}.",
            )


def reckoned(example: Example, book: RuleBook) -> tuple[date, dict[str, Clock]]:
    """The local day of receipt, and the clocks of the request by obligation."""
    received = zoned(example.received, example.zone)
    rule = book.find(example.law, example.right, on=received, designated=example.designated)
    facts = [_fact(text, example.zone) for text in example.facts]
    calendar = None
    if rule.needs_calendar and rule.calendar is not None:
        span = (received, received + timedelta(days=3 * 366), *(fact.on for fact in facts))
        calendar = calendar_for(rule.calendar, span, example.region or None, data=book.calendars)
    return received, {clock.obligation.value: clock for clock in clocks(rule, received, facts, calendar=calendar)}


def _fact(text: str, zone: str) -> ClockFact:
    kind, mark, on = text.partition("=")
    if not mark:
        raise InputWrong(f'"{text[:60]}" is not a fact with a date.', hint="Write: id_received=2026-02-20")
    return ClockFact(kind=kind, on=zoned(on, zone))


def _day(found: Mapping[str, Clock], name: str) -> str:
    clock = found.get("respond" if name == "suspended" else name)
    day = (clock.suspended_on if name == "suspended" else clock.due_on) if clock else None
    return day.isoformat() if day else ""
