"""Puts the dated facts of a request in order: what was asked of the person, and when it came.

What a wait does to a date is left to ``clocks``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dsar.errors import InputWrong, did_you_mean
from dsar.law.days import said, within_reach
from dsar.law.words import Trigger


class FactKind(StrEnum):
    """What can happen to a request that a clock may care about."""

    RECEIVED = "received"
    DATED = "dated"
    ID_REQUESTED = "id_requested"
    ID_RECEIVED = "id_received"
    CLARIFICATION_ASKED = "clarification_asked"
    CLARIFICATION_ANSWERED = "clarification_answered"
    FEE_CHARGED = "fee_charged"
    FEE_CONFIRMED = "fee_confirmed"
    FEE_PAID = "fee_paid"
    FORWARDED = "forwarded"
    EXTENDED = "extended"
    EXTENDED_TO = "extended_to"
    APPEAL_RECEIVED = "appeal_received"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockFact:
    """Something that happened to a request on a local civil date; ``kind`` is a word of ``FactKind``."""

    kind: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One time of waiting for the person; ``answered`` is None while it lasts."""

    asked: date
    answered: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The facts of one request in order; ``named`` is the date that the notice of an extension names."""

    received: date
    waits: dict[Trigger, tuple[Wait, ...]]
    dated: date | None = None
    appealed: date | None = None
    extended: date | None = None
    named: date | None = None
    forwarded: tuple[date, ...] = ()
    copies: tuple[date, ...] = ()

    def closed(self, trigger: Trigger) -> tuple[tuple[date, date], ...]:
        """The waits that ended, as days of asking and answering."""
        return tuple((wait.asked, wait.answered) for wait in self.waits[trigger] if wait.answered is not None)

    def open_since(self, trigger: Trigger) -> date | None:
        """The day of asking that has no answer yet."""
        return next((wait.asked for wait in self.waits[trigger] if wait.answered is None), None)


_PAIRS = {
    Trigger.IDENTITY: (FactKind.ID_REQUESTED, FactKind.ID_RECEIVED),
    Trigger.CLARIFICATION: (FactKind.CLARIFICATION_ASKED, FactKind.CLARIFICATION_ANSWERED),
    Trigger.FEE: (FactKind.FEE_CHARGED, FactKind.FEE_PAID),
    Trigger.COST_SHARE: (FactKind.FEE_CHARGED, FactKind.FEE_CONFIRMED),
}


def arrange(received: date, facts: Iterable[ClockFact]) -> Story:
    """The story of a request received that day.

    Facts may come in any order and more than once. An answer before its question, an answer to a question nobody
    asked, and anything before receipt are refused.
    """
    within_reach(received)
    days: dict[FactKind, list[date]] = {kind: [] for kind in FactKind}
    for fact in sorted(set(facts), key=lambda fact: fact.on):
        days[_kind(fact.kind)].append(within_reach(fact.on))
    for kind, seen in days.items():
        if kind is not FactKind.DATED and seen and seen[0] < received:
            raise InputWrong(
                f"The fact {kind.value} is of {said(seen[0])}, before the request was received on {said(received)}, "
                "so no date was computed.",
                hint="Check both dates.",
            )
    if days[FactKind.DATED] and days[FactKind.DATED][0] > received:
        raise InputWrong(
            f"The request is dated {said(days[FactKind.DATED][0])}, after it was received on {said(received)}, "
            "so no date was computed.",
            hint="Check both dates.",
        )
    return Story(
        received=received,
        waits={trigger: _waits(*pair, days[pair[0]], days[pair[1]]) for trigger, pair in _PAIRS.items()},
        dated=next(iter(days[FactKind.DATED]), None),
        appealed=next(iter(days[FactKind.APPEAL_RECEIVED]), None),
        extended=next(iter(days[FactKind.EXTENDED]), None),
        named=next(iter(days[FactKind.EXTENDED_TO]), None),
        forwarded=tuple(days[FactKind.FORWARDED]),
        copies=tuple(day for day in days[FactKind.RECEIVED] if day != received),
    )


def _kind(typed: str) -> FactKind:
    kinds = [kind.value for kind in FactKind]
    if typed not in kinds:
        raise InputWrong(
            f"There is no such fact for a clock.{did_you_mean(typed[:60], kinds)}", hint=f"Known: {', '.join(kinds)}."
        )
    return FactKind(typed)


def _waits(ask: FactKind, answer: FactKind, asked: Sequence[date], answered: Sequence[date]) -> tuple[Wait, ...]:
    """Pair questions with answers: asking again while waiting is a reminder, answering again changes nothing."""
    # On one day the question comes first.
    moments = sorted([(day, 0) for day in asked] + [(day, 1) for day in answered])
    waits: list[Wait] = []
    since: date | None = None
    for day, is_answer in moments:
        if not is_answer:
            since = since or day
        elif since is not None:
            waits.append(Wait(asked=since, answered=day))
            since = None
        elif not waits:
            raise InputWrong(
                f"The fact {answer.value} is of {said(day)}, but no {ask.value} came before it, "
                "so no date was computed.",
                hint=f"Add the day of asking, as in --fact {ask.value}=DATE, or correct the dates.",
            )
    return (*waits, Wait(asked=since)) if since else tuple(waits)
