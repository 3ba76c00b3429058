"""The weeks ahead: how much falls due when, what of it while the office is shut, and who carries how much.

It counts values; where they come from is the workflow's business. No statutory date is ever moved here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dsar.law.office_days import OfficeDays

WEEK = timedelta(days=7)
SOON, LATER = 7, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """One open obligation with a day; ``acknowledges`` where only the receipt is to be confirmed."""

    case: str
    on: date
    acknowledges: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One week, Monday to Sunday: the obligations due in it, how many only confirm receipt, how many on shut days."""

    first: date
    last: date
    due: int
    acknowledge: int
    shut: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShutDay:
    """A day on which something falls due while nobody works, and the last working day before it."""

    on: date
    why: str
    plan_on: date
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One owner's open cases by their earliest date; ``owner`` is "" for cases that nobody has."""

    owner: str
    open: int
    late: int
    soon: int
    later: int


def weeks(dated: Iterable[Dated], today: date, count: int, office: OfficeDays) -> tuple[Week, ...]:
    """So many weeks, this one first; what was due before today is not in them."""
    days: Counter[tuple[date, bool]] = Counter((one.on, one.acknowledges) for one in dated if one.on >= today)
    shut = {on for on, _ in days if office.shut(on)}
    monday = today - timedelta(days=today.weekday())
    found = []
    for first in (monday + nth * WEEK for nth in range(count)):
        last = first + WEEK - timedelta(days=1)
        inside = {key: number for key, number in days.items() if first <= key[0] <= last}
        found.append(
            Week(
                first=first,
                last=last,
                due=sum(inside.values()),
                acknowledge=sum(number for (_, receipt), number in inside.items() if receipt),
                shut=sum(number for (on, _), number in inside.items() if on in shut),
            )
        )
    return tuple(found)


def shut_days(dated: Iterable[Dated], today: date, until: date, office: OfficeDays) -> tuple[ShutDay, ...]:
    """The days from today on on which something falls due while the office is shut."""
    cases: dict[date, dict[str, None]] = {}
    for one in dated:
        if today <= one.on <= until:
            cases.setdefault(one.on, {})[one.case] = None
    return tuple(
        ShutDay(on=on, why=why, plan_on=office.plan_on(on), cases=tuple(cases[on]))
        for on in sorted(cases)
        if (why := office.shut(on))
    )


def loads(cases: Iterable[tuple[str, date | None]], staff: Sequence[str], today: date) -> tuple[Load, ...]:
    """The load of each owner from (owner, earliest date) of every open case; ``staff`` are listed with none as well.

    Cases that nobody has come first, then whoever has most that is late, then most that is due soon.
    """
    counts: dict[str, Counter[str]] = {owner: Counter() for owner in staff}
    for owner, next_on in cases:
        mine = counts.setdefault(owner, Counter())
        mine["open"] += 1
        left = (next_on - today).days if next_on else None
        if left is not None:
            mine["late"] += left < 0
            mine["soon"] += 0 <= left <= SOON
            mine["later"] += 0 <= left <= LATER
    found = [
        Load(owner=owner, open=one["open"], late=one["late"], soon=one["soon"], later=one["later"])
        for owner, one in counts.items()
    ]
    return tuple(sorted(found, key=lambda one: (bool(one.owner), -one.late, -one.soon, -one.open, one.owner)))
