"""The published privacy policy's versions, which one governs a day, and what it promises by when."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from dsar.errors import CheckFailed
from dsar.law.model import Period
from dsar.law.trail import Trail
from dsar.law.words import Right

if TYPE_CHECKING:
    from dsar.law.calendars import Calendar
    from dsar.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the policy promises about one right: its words, and a period where it names one. Ours, never the law's."""

    right: Right
    says: str
    within: Period | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """One version of the published policy."""

    title: str
    in_force_from: date
    url: str = ""
    targets: tuple[Target, ...] = ()

    def target(self, right: Right) -> Target | None:
        """What this version promises about a right."""
        return next((target for target in self.targets if target.right is right), None)


def policy_on(folder: Path, day: date) -> PolicyVersion | None:
    """The version in force on a day; None where the workspace keeps no policy, or it began later."""
    begun = [version for version in read_policies(folder) if version.in_force_from <= day]
    return max(begun, key=lambda version: version.in_force_from, default=None)


def target_days(ws: Workspace, right: Right, received: date, calendar: Calendar | None) -> int | None:
    """In how many days from receipt the policy of that day promises an answer to this right; None = no number.

    Business days are those of the rule's calendar, or Monday to Friday where the rule has none.
    """
    policy = policy_on(ws.home / "policies", received)
    target = policy.target(right) if policy else None
    if target is None or target.within is None:
        return None
    trail = Trail(received, "")
    trail.add(target.within, calendar or _weekdays(received))
    return (trail.day - received).days


def _weekdays(received: date) -> Calendar:
    from dsar.law.calendars import Calendar

    until = received + timedelta(days=366)
    return Calendar(
        id="weekdays",
        region="",
        name="Monday to Friday",
        weekend=frozenset({5, 6}),
        first_year=received.year,
        last_year=until.year,
        days={},
    )


def read_policies(folder: Path) -> list[PolicyVersion]:
    """Every version in policies/*.toml, oldest first; CheckFailed names the file and what it lacks."""
    versions = [_read(path, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.toml"))]
    return sorted(versions, key=lambda version: version.in_force_from)


# A form export opens thousands of cases under one policy: a file is read once, until it is changed.
@lru_cache(maxsize=64)
def _read(path: Path, changed_at: int) -> PolicyVersion:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        body = data.get("policy", data)
        began = body["in_force_from"]
        if not isinstance(began, date):
            raise TypeError
        return PolicyVersion(
            title=str(body["title"]),
            in_force_from=began,
            url=str(body.get("url", "")),
            targets=tuple(_target(path.name, row) for row in data.get("target", [])),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, UnicodeDecodeError):
        raise CheckFailed(
            f"policies/{path.name} cannot be read: it needs a title and in_force_from = a date. Nothing ran.",
            hint="An example: dsar demo --keep DIR, then DIR/policies",
        ) from None


def _target(name: str, row: Mapping[str, object]) -> Target:
    right, says, within = str(row.get("right", "")), str(row.get("says", "")), row.get("within")
    period = Period.parse(str(within)) if within is not None else None
    if right not in set(Right) or not says.strip() or (within is not None and period is None):
        raise CheckFailed(
            f'policies/{name}: a [[target]] needs right = one of our words, says = "the policy\'s words", and may have '
            'within = a period such as "3 days" or "5 business days". Nothing ran.',
            hint="Our words: dsar law list LAW",
        )
    return Target(right=Right(right), says=says, within=period)
