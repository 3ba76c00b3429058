"""Takes back a question or an answer that was recorded by mistake; both the mistake and the reason stay on file."""

from __future__ import annotations

from datetime import date

from dsar.case.case import Case, Claim
from dsar.case.clocks import answer_clock, rule_of
from dsar.case.facts import MoveTakenBack
from dsar.case.next import short
from dsar.case.stamp import Stamp
from dsar.case.waiting import ANSWERED, ASKED, Why, stop_of, trigger_of
from dsar.errors import InputWrong, Refused
from dsar.law.model import Rule
from dsar.workflow.waiting import Done, Effect, open_claims
from dsar.workflow.waiting_words import ASKED_FOR, effect_said
from dsar.workspace import Workspace


def take_back(ws: Workspace, number: str, why: Why, reason: str, by: Stamp, *, answer: bool, right: str = "") -> Done:
    """Take back the latest asking for this (or, with ``answer``, its coming) for every right it was recorded for."""
    ws.require(by, "editor", "approver")
    if not reason.strip():
        raise InputWrong(
            "Not done: taking something back needs a reason. Nothing was changed.",
            hint='Add: --reason "that was another case"',
        )
    case = ws.ledger.case(number)
    rules = {claim.name: rule_of(claim, ws.ledger.pinned) for claim in open_claims(case, right)}
    found = [(name, day) for name, rule in rules.items() if (day := _latest(case, name, rule, why, answer))]
    if not found:
        what = "came" if answer else "was asked for"
        raise Refused(
            f"Not done: nothing on file says that {ASKED_FOR[why]} {what}. Nothing was changed.",
            hint=f"dsar why {short(number)}",
        )
    with ws.ledger.writing():
        item = ws.ledger.keep(number, "reason", reason, at=by.recorded_at)
        facts = [
            MoveTakenBack(kind=_kind(rules[name], why, answer), on=day, claim=name, item=item) for name, day in found
        ]
        after = ws.ledger.record(number, *facts, by=by)
    effects = [_effect(ws, case, after, case.claims[name], why) for name, _ in found]
    return Done(case=after, on=max(day for _, day in found), effects=tuple(effects))


def _kind(rule: Rule, why: Why, answer: bool) -> str:
    return ANSWERED[trigger_of(rule, why)] if answer else ASKED[why]


def _latest(case: Case, name: str, rule: Rule, why: Why, answer: bool) -> date | None:
    kind = _kind(rule, why, answer)
    return max((move.on for move in case.moves if move.kind == kind and move.claim == name), default=None)


def _effect(ws: Workspace, before: Case, after: Case, claim: Claim, why: Why) -> Effect:
    rule = rule_of(claim, ws.ledger.pinned)
    stop = stop_of(rule, why, after.received_on)
    return Effect(
        claim=claim.name,
        does=stop.does,
        says=effect_said(rule, why, stop),
        recorded=True,
        before=answer_clock(before, claim, ws.ledger.pinned),
        after=answer_clock(after, claim, ws.ledger.pinned),
    )
