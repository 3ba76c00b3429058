"""What must have been told, written anew from the rules alone: it knows dates and people, no keys, runs or mails.

For one obligation: the rungs of one person by day, and from the days on which the machine was up and the person could
be told, which rung goes out and which is overtaken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

# days before the date -> who; the four of the desk by their place
STEPS = {
    14: ("olga",),
    7: ("olga", "dee"),
    3: ("olga", "dee", "mick"),
    1: ("olga", "dee", "mick", "dora"),
    0: ("olga", "dee", "mick", "dora"),
}
LATE = ("mick", "dora")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """An obligation with one date: it binds from one instant until another (or for ever)."""

    case: str
    obligation: str
    due_on: date
    since: datetime
    until: datetime | None


def steps_of(due_on: date, person: str, horizon: date) -> list[tuple[str, date, int]]:
    """(name, day, hour) of every rung this person stands on, up to a day, the lowest first."""
    friday = due_on - timedelta(days=max(0, due_on.weekday() - 4))
    found = [
        (f"{days}d", min(due_on - timedelta(days=days), friday), 0)
        for days, people in STEPS.items()
        if days and person in people
    ]
    if person in STEPS[0]:
        # nobody works at the weekend, so all of them hear of it on the Friday as well
        found += [("plan", friday, 0)] if friday < due_on else []
        found.append(("due", due_on, 9))
    if person in LATE:
        day = due_on + timedelta(days=1)
        while day <= horizon:
            if (day - due_on).days <= 3 or day.weekday() == 0:
                found.append((f"late {day}", day, 0))
            day += timedelta(days=1)
    return found


def told(bound: Bound, person: str, good_runs: list[datetime], horizon: date) -> set[str]:
    """The rungs that must have gone out, given the local instants of the runs that went through."""
    went: set[str] = set()
    highest = -1
    # a day's first mail carries everything; after it only what is urgent leaves on the same day
    steps = sorted(steps_of(bound.due_on, person, horizon), key=lambda step: (step[1], step[2]))
    for at in good_runs:
        if at < bound.since or (bound.until is not None and at >= bound.until):
            continue
        passed = [
            nth for nth, (_, day, hour) in enumerate(steps) if day < at.date() or (day == at.date() and hour <= at.hour)
        ]
        if passed and passed[-1] > highest:
            highest = passed[-1]
            went.add(steps[highest][0])
    return went
