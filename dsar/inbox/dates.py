"""Reads the dates people write, and refuses those that can be two different days.

What a date means for a case is left to the law room.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from dsar.errors import InputWrong
from dsar.inbox.folding import fold
from dsar.inbox.lexicon import all_months

ORDERS = ("dmy", "mdy", "ymd")
_EARLIEST = 1850
_LATEST = 2200
_ENGLISH = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_ISO = re.compile(r"(\d{4})[-./年]\s?(\d{1,2})[-./月]\s?(\d{1,2})\s?日?\.?(?=$|[T\s,])")
_NUMBERS = re.compile(r"(\d{1,2})\s?[-./]\s?(\d{1,2})\s?[-./]\s?(\d{4}|\d{2})\.?(?=$|[\s,])")
_DAY_FIRST = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|º|°|:?e|η)?[.,]?\s+(?:of\s+|de\s+)?([^\W\d_]{3,})\.?,?\s+(?:de\s+)?(\d{4})"
)
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_WEEKDAY = re.compile(r"^[^\W\d_]+\.?,\s+")
_ANY = re.compile("|".join(f"(?:{shape.pattern})" for shape in (_ISO, _NUMBERS, _DAY_FIRST, _MONTH_FIRST)))


def read_date(text: str, *, order: str = "") -> date:
    """The day a typed text means; ``order`` (dmy, mdy, ymd) settles dates like 03/04/2026.

    Raises InputWrong for no date, a day the month does not have, and a date that can be two days.
    """
    written = " ".join(text.split())
    shown = written if len(written) <= 40 else written[:38] + ".."
    parts = _parts(_WEEKDAY.sub("", written), order, shown)
    if parts is None:
        raise InputWrong(
            f'Not done: "{shown}" is not a date I can read. Nothing was opened. Write 2026-02-28 or "28 Feb 2026".'
        )
    return _day(*parts, shown)


def dates_in(text: str, *, order: str = "dmy") -> list[date]:
    """Every date in a running text that can be read with this order; others are passed over."""
    found = []
    for match in _ANY.finditer(text):
        try:
            found.append(read_date(match.group(), order=order))
        except InputWrong:
            continue
    return found


def _parts(text: str, order: str, shown: str) -> tuple[int, int, int] | None:
    if match := _ISO.match(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _NUMBERS.match(text):
        return _ordered(int(match[1]), int(match[2]), match[3], order, shown)
    if match := _DAY_FIRST.match(text):
        month = all_months().get(fold(match[2]))
        return (int(match[3]), month, int(match[1])) if month else None
    if match := _MONTH_FIRST.match(text):
        month = all_months().get(fold(match[1]))
        return (int(match[3]), month, int(match[2])) if month else None
    return None


def _ordered(first: int, second: int, year: str, order: str, shown: str) -> tuple[int, int, int] | None:
    if len(year) == 2:
        raise InputWrong(
            f"Not done: {shown} has only two digits of the year. Nothing was opened. "
            f'Write the whole year: 2026-02-28 or "28 Feb 2026".'
        )
    full = int(year)
    if first > 12 or first == second:
        return full, second, first
    if second > 12:
        return full, first, second
    if order == "dmy":
        return full, second, first
    if order == "mdy":
        return full, first, second
    raise InputWrong(
        f"Not done: {shown} can be {first} {_month(second)} or {second} {_month(first)}, "
        "and the deadline depends on it. "
        f"Write {full}-{second:02}-{first:02} or {full}-{first:02}-{second:02}, "
        "or set date_order once: dsar config edit."
    )


def _day(year: int, month: int, day: int, shown: str) -> date:
    if not 1 <= month <= 12 or not _EARLIEST <= year <= _LATEST or day < 1:
        raise InputWrong(f'Not done: {shown} is not a date. Nothing was opened. Write 2026-02-28 or "28 Feb 2026".')
    days = monthrange(year, month)[1]
    if day > days:
        raise InputWrong(
            f"Not done: {shown} is not a date; {_month(month)} {year} has {days} days. Nothing was opened. "
            f'Write {year}-{month:02}-{days:02} or "{days} {_month(month)[:3]} {year}".'
        )
    return date(year, month, day)


def _month(number: int) -> str:
    return _ENGLISH[number - 1]
