"""What we wait for the person to do, and what that does to the clock of each right.

The dates themselves are reckoned in ``clocks``; recording that somebody asked is the workflow's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dsar.case.case import Case, Claim
from dsar.case.moves import story_of
from dsar.law.model import Fee, Pause, Rule
from dsar.law.waits import FactKind
from dsar.law.words import Effect, Trigger


class Why(StrEnum):
    """What the person was asked for."""

    IDENTITY = "identity"
    CLARIFICATION = "clarification"
    FEE = "fee"


class Does(StrEnum):
    """What waiting does to one right's clock."""

    RESTARTS = "restarts"
    STOPS = "stops"
    REFLECTS = "reflects"
    NOTHING_OWED = "nothing_owed"
    GUIDANCE = "guidance"
    RUNS_ON = "runs_on"
    MAY_NOT_ASK = "may_not_ask"


# What the law lets the date wait for; the others let it run on.
MOVES = frozenset({Does.RESTARTS, Does.STOPS, Does.REFLECTS, Does.NOTHING_OWED, Does.GUIDANCE})

ASKED = {
    Why.IDENTITY: FactKind.ID_REQUESTED,
    Why.CLARIFICATION: FactKind.CLARIFICATION_ASKED,
    Why.FEE: FactKind.FEE_CHARGED,
}
ANSWERED = {
    Trigger.IDENTITY: FactKind.ID_RECEIVED,
    Trigger.CLARIFICATION: FactKind.CLARIFICATION_ANSWERED,
    Trigger.FEE: FactKind.FEE_PAID,
    Trigger.COST_SHARE: FactKind.FEE_CONFIRMED,
}

_DOES = {
    Effect.RESTART: Does.RESTARTS,
    Effect.STOP_CLOCK: Does.STOPS,
    Effect.RESTART_AFTER_REFLECTION: Does.REFLECTS,
    Effect.NEED_NOT_RESPOND: Does.NOTHING_OWED,
    Effect.NONE: Does.RUNS_ON,
    Effect.MAY_DECLINE: Does.RUNS_ON,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """What asking for one thing does to a right, and the law's own words for it."""

    does: Does
    basis: str = ""


def trigger_of(rule: Rule, why: Why) -> Trigger:
    """What the rule calls this wait: a fee may be a share of the cost that the person must agree to."""
    if why is not Why.FEE:
        return Trigger(why.value)
    shares = any(pause.trigger is Trigger.COST_SHARE for pause in rule.pauses)
    return Trigger.COST_SHARE if shares else Trigger.FEE


def pause_of(rule: Rule, why: Why) -> Pause | None:
    """The rule's own word on this wait."""
    trigger = trigger_of(rule, why)
    return next((pause for pause in rule.pauses if pause.trigger is trigger), None)


def stop_of(rule: Rule, why: Why, received_on: date) -> Stop:
    """What asking for this does to the clock of a request received that day, or that it may not be asked at all."""
    if why is Why.IDENTITY and rule.proof.level == 0:
        return Stop(does=Does.MAY_NOT_ASK, basis=rule.proof.cite)
    if why is Why.FEE and not may_charge(rule.fee):
        return Stop(does=Does.MAY_NOT_ASK, basis=rule.fee.basis if rule.fee else "")
    pause = pause_of(rule, why)
    if pause is None:
        return Stop(does=Does.RUNS_ON, basis=rule.cite)
    does = _DOES[pause.effect]
    if does in MOVES and not pause.binds(received_on):
        does = Does.GUIDANCE
    return Stop(does=does, basis=pause.basis)


def may_charge(fee: Fee | None) -> bool:
    """Whether the law leaves any room for a charge."""
    return fee is not None and (fee.default != "free" or bool(fee.chargeable_if))


def open_since(case: Case, claim: Claim, trigger: Trigger) -> date | None:
    """Since when this right waits for it; None where it does not."""
    return story_of(case, claim).open_since(trigger)


def last_answer(case: Case, claim: Claim, trigger: Trigger) -> date | None:
    """When it last came for this right."""
    return max((answered for _, answered in story_of(case, claim).closed(trigger)), default=None)


def lapses_on(case: Case, claim: Claim, rule: Rule) -> date | None:
    """The day by which an announced share of the cost must be agreed to, or the request counts as withdrawn."""
    after = rule.fee.withdrawn_after if rule.fee else None
    since = open_since(case, claim, Trigger.COST_SHARE)
    return since + timedelta(days=after.n) if after and since else None
