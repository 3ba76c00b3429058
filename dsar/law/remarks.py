"""The sentences beside a date: what the facts change or do not change, which calendar, which rule.

They move nothing; the dates themselves are reckoned in ``clocks``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from dsar.law.calendars import Calendar
from dsar.law.days import said
from dsar.law.model import Extension, Pause, Rule
from dsar.law.waits import Story
from dsar.law.words import Confirmed, CountedFrom, Effect, Trigger

_CONFIRMED = {
    Confirmed.YES: "seen in the law's own text",
    Confirmed.PARTLY: "seen in part, check before relying on it",
    Confirmed.NO: "from memory, check before relying on it",
}
_ASKED = {
    Trigger.IDENTITY: "Proof of identity was asked for",
    Trigger.CLARIFICATION: "A question was put to the person",
    Trigger.FEE: "A fee was charged",
    Trigger.COST_SHARE: "A fee was announced",
}


def begin_said(start: date, story: Story) -> str:
    """Where the count begins."""
    if start == story.appealed:
        return f"Appeal received on {said(start)}: day 0."
    if start == story.dated and start != story.received:
        return f"The request is dated {said(start)}, and this counts from there: day 0."
    return f"Received on {said(start)}: day 0."


def about_rule(rule: Rule) -> str:
    """Which rule, in which version, and how far it was checked."""
    return f"Rule {rule.id} (version {rule.version}), {rule.cite}: {_CONFIRMED[rule.confirmed]}."


def about_calendar(calendar: Calendar) -> str:
    """Which days count as working days."""
    chosen = f" {calendar.chosen}" if calendar.chosen else ""
    return f"Working days by {calendar.name}, {calendar.region} (version {calendar.version}).{chosen}"


def about_notice(extension: Extension, story: Story, last: date) -> Iterable[str]:
    """Whether the notice of an extension went out in time, and from where its time counts."""
    if extension.notice_counted_from is CountedFrom.DATE_OF_REQUEST and story.dated is None:
        yield (
            "The law counts this from the date of the request itself, not from receipt. No such date was given, so "
            "receipt is used: a request dated earlier makes it earlier."
        )
    if story.extended and story.extended <= last:
        yield f"The notice went out on {said(story.extended)}, in time."
    elif story.extended:
        yield f"The notice went out on {said(story.extended)}, too late: the extension does not hold."


def about_waits(rule: Rule, story: Story, start: date) -> Iterable[str]:
    """What each question, fee, forwarding or second copy does to the dates of this rule."""
    for trigger in (Trigger.IDENTITY, Trigger.CLARIFICATION, _fee_trigger(rule)):
        pause = next((pause for pause in rule.pauses if pause.trigger is trigger), None)
        for wait in story.waits[trigger][:1]:
            says = f"{_ASKED[trigger]} on {said(wait.asked)}"
            if pause is None:
                yield f"{says}: nothing in this rule lets that move the date."
            else:
                yield from _effect(pause, story, start, says)
    if story.forwarded:
        yield f"Forwarded on {said(story.forwarded[0])}: passing a request on inside starts nothing anew."
    if story.copies:
        yield f"The same request came again on {said(story.copies[0])}: the first day of receipt stays day 0."


def _fee_trigger(rule: Rule) -> Trigger:
    shares = any(pause.trigger is Trigger.COST_SHARE for pause in rule.pauses)
    return Trigger.COST_SHARE if shares else Trigger.FEE


def _effect(pause: Pause, story: Story, start: date, says: str) -> Iterable[str]:
    waiting = story.open_since(pause.trigger)
    match pause.effect:
        case Effect.NONE:
            yield f"{says}: that does not move the date ({pause.basis})."
        case Effect.MAY_DECLINE:
            yield f"{says}: that does not move the date; {pause.basis}."
        case Effect.NEED_NOT_RESPOND:
            if waiting:
                yield f"{says} and not agreed yet: until it is, no answer is owed ({pause.basis})."
        case Effect.RESTART_AFTER_REFLECTION:
            yield from _reflection(pause, story)
        case _ if not pause.binds(start):
            yield f"{says}. A pause for that is guidance, so it does not move the binding date ({pause.basis})."
        case Effect.RESTART:
            if waiting:
                yield (
                    f"Waiting since {said(waiting)}: the date is provisional, and starts anew on the day it comes "
                    f"({pause.basis})."
                )
        case Effect.STOP_CLOCK:
            if waiting:
                yield (
                    f"Waiting since {said(waiting)}: the date is provisional, and the days of waiting will be left out "
                    f"({pause.basis})."
                )


def _reflection(pause: Pause, story: Story) -> Iterable[str]:
    for wait in story.waits[pause.trigger][-1:]:
        end = wait.asked + timedelta(days=pause.reflection.n if pause.reflection else 0)
        if wait.answered is None:
            yield f"No confirmation is on file: without one by {said(end)} the request counts as withdrawn."
        elif wait.answered > end:
            yield f"The confirmation came on {said(wait.answered)}, after {said(end)}: the request counts as withdrawn."
