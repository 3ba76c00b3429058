"""Clocks: from a rule and the dated facts of a request to due dates, each with the steps that led to it.

The order is fixed: where the clock starts, the whole period from there, a short month's last day, days that do not
count, and only then the roll-over. Finding the rule is left to ``rules``, working days to ``calendars``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dsar.errors import InputWrong
from dsar.law.calendars import Calendar, calendar_for
from dsar.law.days import said, zoned
from dsar.law.model import Pause, Period, Rule
from dsar.law.remarks import about_calendar, about_notice, about_rule, about_waits, begin_said
from dsar.law.trail import Step, Trail, ends
from dsar.law.waits import ClockFact, FactKind, Story, arrange
from dsar.law.words import CountedFrom, Effect, Right, Roll, Uncounted, Unit

__all__ = ["Clock", "ClockFact", "FactKind", "Obligation", "Step", "binding", "clocks", "zoned"]


class Obligation(StrEnum):
    """What is due."""

    ACKNOWLEDGE = "acknowledge"
    RESPOND = "respond"
    EXTENSION_NOTICE = "extension_notice"
    EXTENDED = "extended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One duty of a rule and the day it is due.

    ``due_on`` is the binding date: None where the law sets no number (``standard`` has its words) or is not in force.
    ``suspended_on`` counts guidance-only pauses as well, ``target_on`` is our own aim. ``provisional`` says that we
    still wait for something that may move the date.
    """

    obligation: Obligation
    due_on: date | None
    standard: str
    steps: tuple[Step, ...]
    cite: str
    confirmed: str
    rule: str
    in_force: bool = True
    in_force_since: date | None = None
    suspended_on: date | None = None
    target_on: date | None = None
    provisional: bool = False


def clocks(
    rule: Rule,
    received: date,
    facts: Sequence[ClockFact] = (),
    *,
    calendar: Calendar | None = None,
    target_days: int | None = None,
) -> tuple[Clock, ...]:
    """Every clock of one rule for a request received that day, one per obligation.

    ``received`` and the facts are local civil dates. ``calendar`` is needed where the rule counts or skips working
    days; left out, the default place of the rule's calendar is used and named in the steps. ``target_days`` sets our
    own aim for the answer, in days from receipt.
    """
    story = arrange(received, facts)
    start = story.appealed if rule.right is Right.APPEAL and story.appealed else received
    wanted = _wanted(rule)
    if not rule.in_force.on(start):
        return tuple(_not_in_force(rule, obligation, standard, start) for obligation, _, standard in wanted)
    place = _place(rule, story, calendar)
    return tuple(
        _clock(rule, story, start, obligation, period, standard, place, target_days)
        for obligation, period, standard in wanted
    )


def binding(found: Iterable[Clock], facts: Iterable[ClockFact] = ()) -> Clock:
    """The clock the answer is bound by now: the extended one once its notice went out in time, else the first."""
    by_duty = {clock.obligation: clock for clock in found}
    answer, notice = by_duty[Obligation.RESPOND], by_duty.get(Obligation.EXTENSION_NOTICE)
    sent = sorted(fact.on for fact in facts if fact.kind == FactKind.EXTENDED)
    in_time = notice is not None and sent and (notice.due_on is None or sent[0] <= notice.due_on)
    return by_duty[Obligation.EXTENDED] if in_time else answer


def _wanted(rule: Rule) -> list[tuple[Obligation, Period | None, str]]:
    """The duties of the rule in the order they fall due, each with its period and the law's words."""
    wanted: list[tuple[Obligation, Period | None, str]] = []
    if rule.acknowledge:
        wanted.append((Obligation.ACKNOWLEDGE, rule.acknowledge.within, f"within {rule.acknowledge.within}"))
    wanted.append((Obligation.RESPOND, rule.respond.within, rule.respond.standard))
    if more := rule.extension:
        wanted.append((Obligation.EXTENSION_NOTICE, more.notice_within, f"within {more.notice_within}, in a notice"))
        says = f"{more.total} in all" if more.total else "no number: by the date the notice names"
        wanted.append((Obligation.EXTENDED, more.total, says))
    return wanted


def _place(rule: Rule, story: Story, calendar: Calendar | None) -> Calendar | None:
    if not rule.needs_calendar or rule.calendar is None:
        return None
    if calendar is None:
        answers = [answered for trigger in story.waits for _, answered in story.closed(trigger)]
        asked = [wait.asked for waits in story.waits.values() for wait in waits]
        return calendar_for(rule.calendar, [story.received, story.appealed or story.received, *asked, *answers])
    if calendar.id != rule.calendar:
        raise InputWrong(
            f"The rule {rule.id} counts by the calendar {rule.calendar}, not by {calendar.id}, so no date was computed."
        )
    return calendar


def _not_in_force(rule: Rule, obligation: Obligation, standard: str, start: date) -> Clock:
    force = rule.in_force
    if start < force.since:
        says = f"Not in force on {said(start)}: it begins on {said(force.since)}, so no date is computed."
    else:
        says = f"No longer in force on {said(start)}: it ended on {said(force.until or start)}, so no date is computed."
    return Clock(
        obligation=obligation,
        due_on=None,
        standard=standard,
        steps=(Step(says=says), Step(says=about_rule(rule))),
        cite=rule.cite,
        confirmed=rule.confirmed.value,
        rule=rule.id,
        in_force=False,
        in_force_since=force.since,
    )


def _clock(
    rule: Rule,
    story: Story,
    start: date,
    obligation: Obligation,
    period: Period | None,
    standard: str,
    calendar: Calendar | None,
    target_days: int | None,
) -> Clock:
    # The duty to confirm receipt waits for nothing.
    pauses = () if obligation is Obligation.ACKNOWLEDGE else rule.pauses
    law = [pause for pause in pauses if pause.binds(start)]
    trail = _trail(rule, story, start, obligation, period, calendar, law)
    named = story.named if obligation is Obligation.EXTENDED else None
    suspended = None
    # the date that our notice names is ours: nothing stops it
    if period and not named and len(law) < len(pauses):
        guided = _trail(rule, story, start, obligation, period, calendar, pauses).day
        suspended = guided if guided != trail.day else None
    waiting = [p for p in law if p.effect in (Effect.RESTART, Effect.STOP_CLOCK) and story.open_since(p.trigger)]
    if named:
        trail.name(named, period)
    due = trail.day if period or named else None
    target = None
    if target_days is not None and obligation is Obligation.RESPOND:
        target = min(due or date.max, start + timedelta(days=target_days))
        trail.remark(f"Our own target, not the law's: {said(target)}.")
    if suspended:
        trail.remark(f"With the pause that only guidance gives: {said(suspended)}. Keep to the date above.")
    for says in _remarks(rule, story, start, obligation, period, calendar, trail.day):
        trail.remark(says)
    return Clock(
        obligation=obligation,
        due_on=due,
        standard=standard,
        steps=tuple(trail.steps),
        cite=rule.cite,
        confirmed=rule.confirmed.value,
        rule=rule.id,
        in_force_since=rule.in_force.since,
        suspended_on=suspended,
        target_on=target,
        provisional=bool(waiting and period),
    )


def _trail(
    rule: Rule,
    story: Story,
    start: date,
    obligation: Obligation,
    period: Period | None,
    calendar: Calendar | None,
    pauses: Sequence[Pause],
) -> Trail:
    more = rule.extension
    is_notice = obligation is Obligation.EXTENSION_NOTICE and more is not None
    if is_notice and more and more.notice_counted_from is CountedFrom.DATE_OF_REQUEST and story.dated:
        start = story.dated
    trail = Trail(start, begin_said(start, story))
    if period is None:
        return trail
    _begin(trail, story, pauses, period)
    trail.add(period, calendar)
    if not (is_notice and more and not more.notice_stops_with_clock):
        trail.leave_out(_left_out(story, pauses))
    if calendar is not None and rule.rollover.rule is not Roll.NONE:
        before = trail.day
        trail.roll(calendar)
        if rule.rollover.safe is Roll.NONE and trail.day != before:
            trail.remark(f"The safe reading does not move the last day: plan for {said(before)}.")
    return trail


def _begin(trail: Trail, story: Story, pauses: Sequence[Pause], period: Period) -> None:
    """Start anew at the latest event that the law makes a new beginning; a question asked too late is none."""
    starts = [(trail.day, "")]
    for asked, answered, basis in _asked(story, pauses, Effect.RESTART):
        if asked > ends(max(starts)[0], period):
            trail.remark(f"Asked on {said(asked)}, when the period had ended: nothing starts anew ({basis}).")
        else:
            starts.append((answered, f"What was asked for came on {said(answered)}: day 0 anew ({basis})."))
    for pause in pauses:
        if pause.effect is Effect.RESTART_AFTER_REFLECTION and pause.reflection:
            for wait in story.waits[pause.trigger]:
                end = ends(wait.asked, pause.reflection)
                says = f"Cost announced on {said(wait.asked)}, {pause.reflection} to think it over: to {said(end)}"
                starts.append((end, f"{says}, day 0 anew ({pause.basis})."))
    latest, says = max(starts)
    if latest > trail.day:
        trail.move(latest, says)


def _asked(story: Story, pauses: Sequence[Pause], effect: Effect) -> list[tuple[date, date, str]]:
    """The waits that ended and have this effect: asked, answered and the law's words for it, in order."""
    return sorted(
        (asked, answered, pause.basis)
        for pause in pauses
        if pause.effect is effect
        for asked, answered in story.closed(pause.trigger)
    )


def _left_out(story: Story, pauses: Sequence[Pause]) -> list[tuple[date, date, str]]:
    """The days that do not count, as first, last and why, in order."""
    spans = []
    for pause in pauses:
        after = timedelta(days=pause.uncounted is Uncounted.DAYS_AFTER_ASKING)
        spans += [
            (asked + after, answered, basis) for asked, answered, basis in _asked(story, [pause], Effect.STOP_CLOCK)
        ]
    return sorted(spans)


def _remarks(
    rule: Rule,
    story: Story,
    start: date,
    obligation: Obligation,
    period: Period | None,
    calendar: Calendar | None,
    day: date,
) -> Iterable[str]:
    if obligation is Obligation.ACKNOWLEDGE:
        if rule.acknowledge and rule.acknowledge.note:
            yield rule.acknowledge.note
    else:
        yield from about_waits(rule, story, start)
    if obligation is Obligation.EXTENSION_NOTICE and rule.extension:
        yield from about_notice(rule.extension, story, day)
    if obligation is Obligation.RESPOND and rule.respond.within is None:
        yield f'The law sets no number of days. Its words: "{rule.respond.standard}".'
    elif obligation is Obligation.RESPOND and not rule.respond.statutory:
        yield f"This number is guidance: {rule.respond.standard}."
    if period and calendar and (period.unit is Unit.BUSINESS_DAY or rule.rollover.rule is not Roll.NONE):
        yield about_calendar(calendar)
    elif period and rule.rollover.basis:
        yield f"The date is not moved over weekends or holidays. {rule.rollover.basis}"
    yield about_rule(rule)
