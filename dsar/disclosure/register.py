"""Reads the register of recipients, and tells who received which categories in a year for their own direct marketing.

What a row must hold is in ``register_rows``; what the answer to a request is, and its letter, are the workflow's.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path

from dsar.disclosure.register_categories import Category
from dsar.disclosure.register_rows import COLUMNS, Columns, Entry, entry_of, iso_day, same_words
from dsar.formats.files import read_limited
from dsar.formats.plain import shorten
from dsar.formats.tables import Problem, defuse, read_rows

MAX_FILE = 20_000_000
MAX_ENTRIES = 20_000
MAX_TOLD = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """What one file says. ``problems`` are rows that were left out, so the list is not whole while there are any.

    ``remarks`` are things a person should look at that leave nothing out.
    """

    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A third party and what it received in one year; ``examples`` is what it offers, where the register says."""

    name: str
    address: str
    categories: tuple[Category, ...]
    examples: str = ""


def read_register(path: Path, *, read_day: Callable[[str], date] = iso_day, one_year: int | None = None) -> Register:
    """Every sound row of a CSV, TSV or XLSX register, and every fault by file and line.

    ``read_day`` reads a written date and raises ValueError or InputWrong where it is none, or can be two.
    With ``one_year`` a row without dates counts for that calendar year. InputWrong where there is no register in it.
    """
    raw = read_limited(path, MAX_FILE)
    file = shorten(path.name, 80)
    remarks: list[Problem] = []
    table = read_rows(path, encoding=_charset(path, raw, file, remarks))
    rows = list(islice(table.rows, MAX_ENTRIES))
    beyond = sum(1 for _ in table.rows)
    columns = Columns.of(table.columns, file)
    remarks += [Problem(file=file, line=0, says=says) for says in columns.remarks]
    entries: list[Entry] = []
    problems: list[Problem] = []
    if beyond:
        problems.append(Problem(file=file, line=0, says=f"{beyond:,} rows beyond {MAX_ENTRIES:,} were not read."))
    for row in rows:
        cells = columns.cells(row.values)
        if not any(cells.values()):
            continue
        entry, faults = entry_of(row.number, cells, read_day=read_day, one_year=one_year)
        problems += [Problem(file=file, line=row.number, says=says) for says in faults]
        if entry is not None:
            entries.append(entry)
    # about the whole file: a hint; about one row: that row may not say what its author meant
    remarks += [problem for problem in table.problems if not problem.line]
    problems += [problem for problem in table.problems if problem.line]
    return Register(
        entries=tuple(entries), problems=_told(problems, file), remarks=(*remarks, *_two_addresses(entries, file))
    )


def _charset(path: Path, raw: bytes, file: str, remarks: list[Problem]) -> str | None:
    """The character set to read a text table with: what Excel writes on Windows, where it is not UTF-8."""
    if path.suffix.lower() not in (".csv", ".tsv", ".tab") or raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        says = "The file is not UTF-8; it was read as Windows-1252. Look whether names and addresses are right."
        remarks.append(Problem(file=file, line=0, says=says))
        return "windows-1252"
    return None


def _told(problems: list[Problem], file: str) -> tuple[Problem, ...]:
    found = sorted(problems, key=lambda problem: problem.line)
    if len(found) > MAX_TOLD:
        more = Problem(file=file, line=0, says=f"{len(found) - MAX_TOLD:,} more faults are not listed.")
        return (*found[:MAX_TOLD], more)
    return tuple(found)


def _two_addresses(entries: Iterable[Entry], file: str) -> list[Problem]:
    first: dict[str, Entry] = {}
    remarks = []
    for entry in entries:
        if not entry.direct_marketing:
            continue
        known = first.setdefault(same_words(entry.recipient), entry)
        if same_words(known.address) != same_words(entry.address):
            says = f"The recipient has another address than in row {known.line}; both are listed."
            remarks.append(Problem(file=file, line=entry.line, says=says))
    return remarks[:MAX_TOLD]


def disclosed(register: Register, year: int) -> tuple[Recipient, ...]:
    """Who received what in this calendar year for its own direct marketing, by name; nobody gives an empty tuple.

    Rows of one third party (same name and address) are one entry, its categories in the statute's order. A period
    counts if it has a day in the year (Civil Code 1798.83(a): the immediately preceding calendar year).
    """
    found: dict[tuple[str, str], Recipient] = {}
    for entry in register.entries:
        if not entry.direct_marketing or not entry.in_year(year):
            continue
        key = (same_words(entry.recipient), same_words(entry.address))
        known = found.get(key) or Recipient(name=entry.recipient, address=entry.address, categories=())
        found[key] = replace(
            known,
            categories=_joined(known.categories, entry.categories),
            examples="; ".join(dict.fromkeys(text for text in (*known.examples.split("; "), entry.products) if text)),
        )
    return tuple(found[key] for key in sorted(found))


def _joined(known: tuple[Category, ...], more: tuple[Category, ...]) -> tuple[Category, ...]:
    """Each category once, in order; one disclosed itself says more than a list derived from it."""
    by_number: dict[int, Category] = {}
    for category in (*known, *more):
        held = by_number.get(category.number)
        if held is None or held.derived:
            by_number[category.number] = category
    return tuple(by_number[number] for number in sorted(by_number))


def register_text(entries: Iterable[Entry]) -> str:
    """The register as the CSV text that the workspace keeps; no cell can run in a spreadsheet."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow([defuse(cell) for cell in entry.cells()])
    return stream.getvalue()
