"""The one place that reads the wall clock, and where --today and --now are understood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from time import perf_counter
from zoneinfo import ZoneInfo

from dsar.errors import InputWrong


@dataclass(frozen=True, slots=True)
class Moment:
    """The legal date and instant of a run, the true instant, and whether the legal one was moved."""

    on: date
    at: datetime
    recorded_at: datetime
    moved: bool


def moment(zone: str, *, today: str = "", now: str = "") -> Moment:
    """The moment a command runs at: the office's civil date, unless --today or --now say otherwise."""
    true = datetime.now(UTC)
    if now:
        at = _instant(now, zone)
        return Moment(at.astimezone(ZoneInfo(zone)).date(), at.astimezone(UTC), true, True)
    if today:
        on = _day(today)
        noon = datetime(on.year, on.month, on.day, 12, tzinfo=ZoneInfo(zone))
        return Moment(on, noon.astimezone(UTC), true, True)
    return Moment(true.astimezone(ZoneInfo(zone)).date(), true, true, False)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputWrong(
            f'Not done: --today "{text}" is not a date. Nothing ran.', hint="Write it as 2026-11-21."
        ) from None


def _instant(text: str, zone: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InputWrong(
            f'Not done: --now "{text}" is not a time. Nothing ran.', hint="Write it as 2026-11-21T09:00."
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))


def stopwatch() -> Callable[[], float]:
    """Seconds since now, each time the answer is called."""
    begun = perf_counter()
    return lambda: perf_counter() - begun
