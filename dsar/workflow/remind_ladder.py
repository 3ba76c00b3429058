"""The ladder: which rungs of a date have passed on a day, and which members of staff stand on each.

Dates come from the clocks and the ladder from the settings; what is sent is decided in ``remind_plan``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dsar.config import Config, Staff

LATE, DUE = "late", "due"
OWNER, DEPUTY, MANAGER, DPO = "owner", "deputy", "manager", "dpo"
_URGENT_DAYS = 1
_MONDAY = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One rung that has passed: its name in keys, the day it was due to leave, who stands on it.

    ``urgent`` rungs may leave in a mail of their own when the day's digest has gone.
    """

    name: str
    day: date
    roles: tuple[str, ...]
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The local day and hour of the office at one instant."""

    day: date
    hour: int

    @classmethod
    def of(cls, now: datetime, zone: str) -> Moment:
        """The office's civil day and hour, summer time included."""
        from zoneinfo import ZoneInfo

        local = now.astimezone(ZoneInfo(zone))
        return cls(day=local.date(), hour=local.hour)


def ladder_of(texts: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """The settings' lines ("7 owner deputy") as (days before or word, roles); their form was checked when read."""
    return [(words[0], tuple(words[1:])) for words in (text.split() for text in texts)]


def passed(config: Config, ladder: Sequence[str], due_on: date, at: Moment) -> list[Rung]:
    """The rungs of a date that have passed by now, the lowest first.

    Of the Mondays after the daily late notices only the latest counts: days that were missed are never replayed.
    """
    found: list[Rung] = []
    for word, roles in ladder_of(ladder):
        if word == LATE:
            found += _late(due_on, at.day, roles, config.reminders.late_days)
        elif word == DUE:
            hour = config.reminders.due_hour
            if at.day > due_on or (at.day == due_on and at.hour >= hour):
                found.append(Rung(name=DUE, day=due_on, roles=roles, urgent=True))
        else:
            day = due_on - timedelta(days=int(word))
            if day <= at.day:
                found.append(Rung(name=f"{word}d", day=day, roles=roles, urgent=int(word) <= _URGENT_DAYS))
    return sorted(found, key=lambda rung: rung.day)


def _late(due_on: date, today: date, roles: tuple[str, ...], daily: int) -> list[Rung]:
    days = [due_on + timedelta(days=nth) for nth in range(1, daily + 1)]
    monday = today - timedelta(days=(today.weekday() - _MONDAY) % 7)
    if not days or monday > days[-1]:
        days.append(monday)
    return [
        Rung(name=f"{LATE} {day.isoformat()}", day=day, roles=roles, urgent=True)
        for day in days
        if due_on < day <= today
    ]


def reach(config: Config) -> list[Staff]:
    """Everybody who is there and has an address."""
    return [member for member in config.staff if member.email and not member.off]


def standing(config: Config, roles: Iterable[str], owner: str) -> list[str]:
    """The staff ids on a rung, each once: the owner (or who stands in), their deputy, managers, the DPO.

    Whoever cannot be reached is replaced by the next above: deputy, managers, DPO, then anybody who may approve.
    """
    there = {member.id: member for member in reach(config)}
    member = config.member(owner)
    deputy = member.deputy if member else ""
    groups = {
        OWNER: [owner] if owner in there else [],
        DEPUTY: [deputy] if deputy in there else [],
        MANAGER: [one.id for one in there.values() if "manager" in one.roles],
        DPO: [one.id for one in there.values() if "dpo" in one.roles],
    }
    above = [groups[DEPUTY], groups[MANAGER], groups[DPO], [o.id for o in there.values() if "approver" in o.roles]]
    people: list[str] = []
    for role in roles:
        found = groups[role]
        if not found and role == OWNER:
            found = next((group for group in above if group), [])
        people += found
    if not people:
        people = next((group for group in above[1:] if group), [])
    return list(dict.fromkeys(people))
