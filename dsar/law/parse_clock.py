"""Reads the tables of a rule that clocks are made of: force, acknowledgement, answer, pauses, extension, roll-over.

The rest of a rule is left to ``parse`` and ``parse_answer``.
"""

from __future__ import annotations

from datetime import date

from dsar.law.fields import Fields
from dsar.law.model import Acknowledge, Extension, InForce, Pause, Period, Respond, Rollover
from dsar.law.vocabulary import Vocabulary
from dsar.law.words import CountedFrom, Effect, Roll, Trigger, Uncounted, Unit

_NOTHING = Respond(within=None, standard="")
_NO_TIME = Period(n=0, unit=Unit.DAY)


def in_force(fields: Fields | None) -> InForce:
    """From when to when the rule applies."""
    if fields is None:
        return InForce(since=date.max)
    found = InForce(
        since=fields.day("since", required=True) or date.max,
        amended=fields.day("amended"),
        until=fields.day("until"),
        note=fields.text("note"),
    )
    fields.finish()
    return found


def acknowledge(fields: Fields | None, words: Vocabulary) -> Acknowledge | None:
    """The duty to confirm receipt."""
    if fields is None:
        return None
    within = fields.period("within", required=True)
    must_state = fields.texts("must_state", allowed=list(words.notice))
    basis, note = fields.text("basis"), fields.text("note")
    fields.finish()
    return Acknowledge(within=within, must_state=must_state, basis=basis, note=note) if within else None


def respond(fields: Fields | None) -> Respond:
    """The duty to answer."""
    if fields is None:
        return _NOTHING
    found = Respond(
        within=fields.period("within"),
        standard=fields.text("standard", required=True),
        statutory=fields.flag("statutory", default=True),
    )
    fields.finish()
    return found


def pause(fields: Fields) -> Pause:
    """One thing that waiting does to the clock."""
    found = Pause(
        trigger=fields.choice("trigger", Trigger) or Trigger.IDENTITY,
        effect=fields.choice("effect", Effect) or Effect.NONE,
        statutory=fields.flag("statutory", required=True),
        basis=fields.text("basis", required=True),
        uncounted=fields.choice("uncounted", Uncounted, Uncounted.BOTH_DAYS) or Uncounted.BOTH_DAYS,
        reflection=fields.period("reflection"),
        since=fields.day("since"),
    )
    fields.finish()
    if found.effect is Effect.RESTART_AFTER_REFLECTION and (
        found.reflection is None or found.reflection.unit is not Unit.DAY
    ):
        fields.fault('This effect needs a "reflection" in days.')
    return found


def extension(fields: Fields | None, words: Vocabulary) -> Extension | None:
    """More time, and the notice it needs."""
    if fields is None:
        return None
    by, total = fields.period("by"), fields.period("total")
    notice_within = fields.period("notice_within", required=True)
    rest = Extension(
        by=by,
        total=total,
        notice_within=notice_within or _NO_TIME,
        notice_counted_from=fields.choice("notice_counted_from", CountedFrom, CountedFrom.CLOCK_START)
        or CountedFrom.CLOCK_START,
        notice_stops_with_clock=fields.flag("notice_stops_with_clock"),
        notice_must_state=fields.texts("notice_must_state", allowed=list(words.notice)),
        grounds=fields.texts("grounds", allowed=list(words.grounds)),
        times=fields.count("times", most=9) or 1,
    )
    fields.finish()
    return rest


def rollover(fields: Fields | None) -> Rollover:
    """Where a last day goes that is not a working day."""
    if fields is None:
        return Rollover()
    found = Rollover(
        rule=fields.choice("rule", Roll) or Roll.NONE,
        basis=fields.text("basis"),
        safe=fields.choice("safe", Roll, Roll.NONE) if fields.has("safe") else None,
    )
    fields.finish()
    return found
