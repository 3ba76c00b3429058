"""Checks one row of the register of recipients and says every fault as a sentence.

Reading files and grouping rows is left to ``register``; a fault names columns, never what stands in them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from dsar.disclosure.register_categories import Category, categories, category_named
from dsar.errors import InputWrong
from dsar.formats.plain import printable

COLUMNS = (
    "category", "what", "why", "recipient", "address", "since", "until", "direct_marketing", "record_sets", "products",
)  # fmt: skip
_NEEDED = ("category", "recipient", "address", "direct_marketing")
_ALSO = {"examples": "products", "marketing": "direct_marketing", "third_party": "recipient", "name": "recipient"}
_LONGEST = {"recipient": 200, "address": 500, "products": 500}
_LONG = 2_000
_YES = {"yes", "y", "true", "1", "x", "ja"}
_NO = {"no", "n", "false", "0", "nein"}
_DEFUSED = re.compile(r"'[=+\-@\t＝＋－＠]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One sound row: who receives which categories, why, and from when until when (both days included)."""

    line: int
    categories: tuple[Category, ...]
    recipient: str
    address: str
    direct_marketing: bool
    what: str = ""
    why: str = ""
    since: date | None = None
    until: date | None = None
    record_sets: tuple[str, ...] = ()
    products: str = ""

    def in_year(self, year: int) -> bool:
        """Whether any day of the period lies in this calendar year; no end means that it goes on."""
        return touches(self.since, self.until, year)

    def only_in(self, year: int) -> bool:
        """Whether the whole period lies in this calendar year."""
        return self.since is not None and self.until is not None and self.since.year == self.until.year == year

    def cells(self) -> tuple[str, ...]:
        """The row as text, in the order of ``COLUMNS``."""
        numbers = (f"derived from {one.number}" if one.derived else str(one.number) for one in self.categories)
        return (
            "; ".join(numbers),
            self.what,
            self.why,
            self.recipient,
            self.address,
            self.since.isoformat() if self.since else "",
            self.until.isoformat() if self.until else "",
            "yes" if self.direct_marketing else "no",
            ";".join(self.record_sets),
            self.products,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which heading of a file holds which column of ours."""

    at: Mapping[str, str]
    remarks: tuple[str, ...] = ()

    @classmethod
    def of(cls, headings: tuple[str, ...], file: str) -> Self:
        """The columns by their headings; InputWrong naming every one that is needed and not there."""
        at: dict[str, str] = {}
        unknown = 0
        for heading in headings:
            word = re.sub(r"[\s-]+", "_", printable(heading).strip().casefold())
            name = _ALSO.get(word, word)
            if name in COLUMNS and name not in at:
                at[name] = heading
            else:
                unknown += 1
        lacking = [name for name in _NEEDED if name not in at]
        if lacking:
            raise InputWrong(
                f"{file} is not a register of recipients: it has no column {', '.join(lacking)}. Nothing was changed.",
                hint=f"The first row names the columns: {','.join(COLUMNS)}",
            )
        remarks = (f"Columns with other headings than ours were not read ({unknown}).",) if unknown else ()
        return cls(at=at, remarks=remarks)

    def cells(self, values: Mapping[str, str]) -> dict[str, str]:
        """A row by our names: on one line, without control characters, "" for what is not there."""
        return {name: _plain(values.get(self.at[name], "")) if name in self.at else "" for name in COLUMNS}


def _plain(text: str) -> str:
    """The cell as its author meant it: lines of an address joined, a spreadsheet's own apostrophe taken off."""
    lines = (" ".join(line.split()).strip(",") for line in printable(text[: _LONG + 1], keep_newlines=True).split("\n"))
    joined = ", ".join(line for line in lines if line)
    return joined[1:] if _DEFUSED.match(joined) else joined


def touches(since: date | None, until: date | None, year: int) -> bool:
    """Whether a period has a day in this calendar year; without a beginning or end it is open there."""
    begun = since is None or since <= date(year, 12, 31)
    return begun and (until is None or until >= date(year, 1, 1))


def same_words(text: str) -> str:
    """A name or address for comparing: capitals, spaces and punctuation make no difference."""
    return " ".join(re.sub(r"[^\w]+", " ", text.casefold()).split())


def iso_day(text: str) -> date:
    """A day written as 2026-02-28, as spreadsheets give it also with a time of midnight; ValueError otherwise."""
    return date.fromisoformat(text.removesuffix(" 00:00:00"))


def entry_of(
    line: int, cells: Mapping[str, str], *, read_day: Callable[[str], date], one_year: int | None = None
) -> tuple[Entry | None, list[str]]:
    """The row as an entry, or None with everything that is wrong with it."""
    faults = list(_too_long(cells))
    marketing = _marketing(cells["direct_marketing"], faults)
    found = _categories(cells["category"], faults, needed=marketing)
    if not cells["recipient"]:
        faults.append("The recipient has no name.")
    if marketing and not cells["address"]:
        faults.append("The recipient has no address; the notice must give names and addresses of all of them.")
    since, until = _period(cells, faults, read_day, one_year)
    if marketing and since is None and not faults:
        faults.append('There is no day under "since", so nobody can tell which years this is about.')
    if faults:
        return None, faults
    entry = Entry(
        line=line,
        categories=found,
        recipient=cells["recipient"],
        address=cells["address"],
        direct_marketing=marketing,
        what=cells["what"],
        why=cells["why"],
        since=since,
        until=until,
        record_sets=tuple(part.strip() for part in cells["record_sets"].split(";") if part.strip()),
        products=cells["products"],
    )
    return entry, []


def _too_long(cells: Mapping[str, str]) -> Iterator[str]:
    for name, text in cells.items():
        if len(text) > _LONGEST.get(name, _LONG):
            yield f'The text under "{name}" is longer than {_LONGEST.get(name, _LONG)} characters.'


def _marketing(text: str, faults: list[str]) -> bool:
    word = text.casefold()
    if word not in _YES | _NO:
        faults.append('Write yes or no under "direct_marketing": do they use it for their own direct marketing?')
    # in doubt it is checked as strictly as if it were
    return word not in _NO


def _categories(text: str, faults: list[str], *, needed: bool) -> tuple[Category, ...]:
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if not parts and needed:
        faults.append(f"There is no category; write a number from 1 to {len(categories())} or the words of the law.")
    found = []
    for nth, part in enumerate(parts, start=1):
        category = category_named(part)
        if category is None:
            which = f"Category {nth} of this row" if len(parts) > 1 else "The category"
            faults.append(
                f"{which} is none of the {len(categories())} in the law; write its number or its words "
                "(dsar notice categories)."
            )
        elif category not in found:
            found.append(category)
    return tuple(found)


def _period(
    cells: Mapping[str, str], faults: list[str], read_day: Callable[[str], date], one_year: int | None
) -> tuple[date | None, date | None]:
    if one_year is not None and not cells["since"] and not cells["until"]:
        return date(one_year, 1, 1), date(one_year, 12, 31)
    before = len(faults)
    since, until = (_day(name, cells[name], faults, read_day) for name in ("since", "until"))
    if since and until and until < since:
        faults.append("The period ends before it begins.")
    if one_year is not None and len(faults) == before and not touches(since, until, one_year):
        faults.append(f"The period has no day in {one_year}, and the list was said to be about that year.")
    return since, until


def _day(name: str, text: str, faults: list[str], read_day: Callable[[str], date]) -> date | None:
    if not text:
        return None
    try:
        return read_day(text)
    except (ValueError, InputWrong):
        faults.append(f'What stands under "{name}" is no date, or can be two days; write it as 2026-02-28.')
        return None
