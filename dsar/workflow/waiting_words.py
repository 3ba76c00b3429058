"""Says what waiting for the person does to a clock, in the words of the law that decides it."""

from __future__ import annotations

from datetime import date

from dsar.case.waiting import Does, Stop, Why
from dsar.law.days import said
from dsar.law.model import Period, Rule
from dsar.law.words import Unit
from dsar.workspace import Workspace

_WHILE = {
    Why.IDENTITY: "while you check identity",
    Why.CLARIFICATION: "while you wait for an answer",
    Why.FEE: "while you wait for the fee",
}
ASKED_FOR = {
    Why.IDENTITY: "proof of identity",
    Why.CLARIFICATION: "an answer to our question",
    Why.FEE: "the fee",
}
WAS_ASKED = {
    Why.IDENTITY: "proof of identity was asked for",
    Why.CLARIFICATION: "a question was put to the person",
    Why.FEE: "a fee was announced",
}
HAS_COME = {
    Why.IDENTITY: "proof of identity came",
    Why.CLARIFICATION: "the answer to our question came",
    Why.FEE: "the fee was settled",
}


def the_law(ws: Workspace, law: str) -> str:
    """A law as a sentence names it: "the CCPA", "Shine the Light"."""
    name = ws.rules.law(law).short_name
    acronym = name.split()[-1].isupper() and not any(letter.isdigit() for letter in name)
    return f"the {name}" if acronym or name.endswith(("Act", "Directive", "Rules", "APPs")) else name


def runs(period: Period | None) -> str:
    """The period as the subject of a sentence: "the 45 days run", "the month runs"."""
    if period is None:
        return "the time runs"
    if period.n == 1:
        return f"the {'month' if period.unit is Unit.MONTH else 'day'} runs"
    return f"the {period} run"


def effect_said(rule: Rule, why: Why, stop: Stop) -> str:
    """What waiting does to one right, as a sentence without its full stop."""
    basis = f" ({stop.basis})" if stop.basis else ""
    match stop.does:
        case Does.RESTARTS:
            return f"the period starts anew on the day it comes{basis}"
        case Does.STOPS:
            return f"the days of waiting are not counted{basis}"
        case Does.REFLECTS:
            return f"the period starts anew after the days to think it over{basis}"
        case Does.NOTHING_OWED:
            return f"no answer is owed until the person agrees{basis}"
        case Does.GUIDANCE:
            return f"only guidance lets the time stand still, so the date stays{basis}"
        case Does.MAY_NOT_ASK if why is Why.IDENTITY:
            return f"no proof of identity may be asked{basis}"
        case Does.MAY_NOT_ASK:
            return f"no fee may be charged{basis or f' ({rule.cite})'}"
        case Does.RUNS_ON:
            return f"{runs(rule.respond.within)} on {_WHILE[why]}{basis}"


def refusal(ws: Workspace, rule: Rule, why: Why, stop: Stop, due_on: date | None) -> str:
    """Why nothing was paused, for the first right that does not let it."""
    law = the_law(ws, rule.law)
    basis = f" ({stop.basis})" if stop.basis else ""
    stays = f"The date stays {said(due_on)}." if due_on else "Nothing was changed."
    if stop.does is Does.MAY_NOT_ASK and why is Why.IDENTITY:
        return (
            f"Not done: under {law} what this case asks for needs no proof of identity, so none may be asked{basis}. "
            f"{stays}"
        )
    if stop.does is Does.MAY_NOT_ASK:
        basis = basis or f" ({rule.cite})"
        return f"Not done: under {law} the answer is free, and no fee may be charged{basis}. {stays}"
    return f"Not done: under {law} {runs(rule.respond.within)} even {_WHILE[why]}{basis}. {stays}"


def fee_said(rule: Rule) -> str:
    """When the law allows a charge, as far as the rule says; "" where it says nothing more."""
    fee = rule.fee
    if fee is None:
        return ""
    parts = [f"only if: {', '.join(fee.chargeable_if)}" if fee.chargeable_if else fee.default]
    parts += [f"at most {fee.cap}"] if fee.cap else []
    parts += [f"needs: {', '.join(fee.needs)}"] if fee.needs else []
    parts += ["told before it is charged"] if fee.tell_first else []
    parts += [f"never: {fee.never}"] if fee.never else []
    return "; ".join(parts)
