"""The ladder: which rungs of a date have passed on a day, and which members of staff stand on each.

Dates come from the clocks and the ladder from the settings; what is sent is decided in ``remind_plan``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dsar.config import Config, Staff
from dsar.law.office_days import OfficeDays

LATE, DUE, PLAN = "late", "due", "plan"
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


def passed(config: Config, ladder: Sequence[str], due_on: date, at: Moment, office: OfficeDays) -> list[Rung]:
    """The rungs of a date that have passed by now, the lowest first.

    Where the office is shut on the date, all who stand on the due rung are told on the last working day before it
    ("plan"), besides the day itself; a rung that would reach people after that, or while the office is closed by its
    own choice, leaves earlier under its own name. So a notice stays one notice however the closing days are changed.
    Of the Mondays after the daily late notices only the latest counts: days that were missed are never replayed.
    """
    found: list[tuple[date, int, Rung]] = []
    plan_on = office.plan_on(due_on)
    for word, roles in ladder_of(ladder):
        if word == LATE:
            late = _late(due_on, at.day, roles, config.reminders.late_days)
            found += [(rung.day, 2, rung) for rung in late]
        elif word == DUE:
            if at.day > due_on or (at.day == due_on and at.hour >= config.reminders.due_hour):
                found.append((due_on, 1, Rung(name=DUE, day=due_on, roles=roles, urgent=True)))
            if plan_on < due_on and plan_on <= at.day:
                found.append((plan_on, 0, Rung(name=PLAN, day=plan_on, roles=roles, urgent=True)))
        else:
            days = int(word)
            day = min(_before_closing(due_on - timedelta(days=days), office), plan_on)
            if day <= at.day:
                rung = Rung(name=f"{word}d", day=day, roles=roles, urgent=days <= _URGENT_DAYS)
                found.append((day, -days, rung))
    return [rung for *_, rung in sorted(found, key=lambda one: one[:2])]


def _before_closing(day: date, office: OfficeDays) -> date:
    """The day itself or, while the office is closed by its own choice, the last working day before."""
    return office.plan_on(day) if office.closed(day) else day


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
    Where none of these is there either, the owner is told, or whoever can be: a notice never falls on the floor.
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
        last = (groups[OWNER], groups[DEPUTY], list(there))
        people = next((group for group in (*above[1:], *last) if group), [])
    return list(dict.fromkeys(people))
