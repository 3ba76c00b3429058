"""Moves one date step by step, keeping the reason for every day it moves.

Which steps a law wants, and in what order, is left to ``clocks``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from dsar.law.calendars import Calendar
from dsar.law.days import MONTHS, add_months, said
from dsar.law.model import Period
from dsar.law.words import Unit

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One reason behind a date.

    ``on`` is where the reckoning stands after it and ``days`` how far it moved: the first ``on`` plus all ``days``
    is the date. A remark has no ``on`` and moves nothing.
    """

    says: str
    on: date | None = None
    days: int = 0


class Trail:
    """A date on its way, and the steps so far."""

    def __init__(self, start: date, says: str) -> None:
        self.day = self._day_0 = start
        self.steps = [Step(says=says, on=start)]

    def move(self, to: date, says: str) -> None:
        """Go to a day, for a reason."""
        self.steps.append(Step(says=says, on=to, days=(to - self.day).days))
        self.day = to

    def remark(self, says: str) -> None:
        """Say something that moves nothing."""
        self.steps.append(Step(says=says))

    def add(self, period: Period, calendar: Calendar | None) -> None:
        """The whole period from here; a month that is too short ends on its last day."""
        start = self._day_0 = self.day
        if period.unit is Unit.BUSINESS_DAY and calendar is not None:
            self._add_working_days(period, calendar)
        elif period.unit is Unit.MONTH:
            self.move(ends(start, period), _months_said(start, period, ends(start, period)))
        else:
            self.move(ends(start, period), f"{period} from {said(start)}: {said(ends(start, period))}.")

    def _add_working_days(self, period: Period, calendar: Calendar) -> None:
        start = self.day
        self.move(
            start + period.n * _DAY,
            f"{period.n} days from {said(start)}, and one more for each of them that is not a business day.",
        )
        looked = start
        while looked < self.day:
            looked += _DAY
            if not calendar.is_working(looked):
                self.move(self.day + _DAY, f"{said(looked)} is not a business day: {calendar.name_of(looked)}.")

    def leave_out(self, spans: Iterable[tuple[date, date, str]]) -> None:
        """Days that do not count because we waited, given as first, last and why, in order; none is left out twice.

        Days before the period began, or after it ended, change nothing.
        """
        done = self._day_0
        for first, last, why in spans:
            first = max(first, done + _DAY)
            left_out = (last - first).days + 1
            if left_out < 1:
                continue
            if first > self.day:
                self.remark(f"From {said(first)} we waited, but the period had ended: nothing is left out.")
                continue
            span = said(first) if left_out == 1 else f"{said(first)} to {said(last)}"
            days = "day" if left_out == 1 else "days"
            self.move(self.day + left_out * _DAY, f"{span}, {left_out} {days}, not counted: we waited ({why}).")
            done = last

    def name(self, day: date, period: Period | None) -> None:
        """The day that our notice names: it binds us, but never beyond what the law allows."""
        if period is None or day < self.day:
            self.move(day, f"The notice names {said(day)}: we are held to that.")
        elif day > self.day:
            self.remark(f"The notice names {said(day)}, which is later than the law allows.")

    def roll(self, calendar: Calendar) -> None:
        """On to the first working day, naming each day passed over."""
        while not calendar.is_working(self.day):
            says = f"{said(self.day)} cannot be the last day: {calendar.name_of(self.day)} ({calendar.region})."
            self.move(self.day + _DAY, says)


def ends(start: date, period: Period) -> date:
    """The last day of a period before anything is left out or rolled; business days as plain days."""
    return add_months(start, period.n) if period.unit is Unit.MONTH else start + period.n * _DAY


def _months_said(start: date, period: Period, end: date) -> str:
    if start.day == end.day:
        return f"{period} from {said(start)}: {said(end)}."
    month = MONTHS[end.month - 1]
    return f"{period} from {said(start)}: there is no {start.day} {month} in {end.year}, so its last day, {said(end)}."
