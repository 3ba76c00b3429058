"""Dates, cases and counts as screens say them."""

from __future__ import annotations

from datetime import date

from dsar.cli.emit import Cell

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(on: date | None, today: date | None = None) -> str:
    """A date as people read it: "Fri 27 Nov", with the year where it is not this one; "" for none."""
    if on is None:
        return ""
    year = f" {on.year}" if today is None or on.year != today.year else ""
    return f"{DAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]}{year}"


def short_day(on: date | None, today: date) -> str:
    """A date for a narrow column: "27 Nov", with the year where it is not this one."""
    if on is None:
        return "no date"
    year = f" {on.year}" if on.year != today.year else ""
    return f"{on.day} {MONTHS[on.month - 1]}{year}"


def left(days: int | None) -> Cell:
    """How long there is: red and LATE, yellow within a week; the words alone say it too."""
    if days is None:
        return Cell("")
    if days < 0:
        return Cell(f"{-days} d LATE", "bold red")
    if days == 0:
        return Cell("today", "bold yellow")
    return Cell(f"{days} d", "yellow" if days <= 7 else "")


def counted(number: int, word: str, plural: str = "") -> str:
    """ "1 record", "3 records"."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"
