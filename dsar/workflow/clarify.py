"""Asks the person what exactly is meant, by letter, and says what waiting for the answer does to each date."""

from __future__ import annotations

from dataclasses import dataclass

from dsar.case.case import Case, Claim
from dsar.case.clocks import answer_clock, rule_of
from dsar.case.stamp import Stamp
from dsar.case.waiting import MOVES, Why, open_since, stop_of
from dsar.errors import InputWrong
from dsar.law.clocks import Clock
from dsar.law.words import Trigger
from dsar.letters.kinds import Kind
from dsar.workflow.drafts import draft
from dsar.workflow.letters import Details
from dsar.workflow.outbox import send
from dsar.workflow.phrases import phrase
from dsar.workflow.waiting import Effect, open_claims
from dsar.workflow.waiting_words import effect_said
from dsar.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The question as it left, or would leave, and what it does to each right."""

    case: Case
    effects: tuple[Effect, ...]
    text: str
    problems: tuple[str, ...]
    sent: bool
    already: bool = False


def clarify(
    ws: Workspace,
    number: str,
    questions: tuple[str, ...],
    by: Stamp,
    *,
    reason: str = "",
    right: str = "",
    dry_run: bool = False,
) -> Question:
    """Send the question once; while it is not answered, asking again is "already". A dry run only composes it."""
    if not any(question.strip() for question in questions):
        raise InputWrong(
            "Not sent: there is no question to ask. Nothing has left.",
            hint=f'dsar clarify {number} --ask "From which year are the calls you mean?"',
        )
    case = ws.ledger.case(number)
    claims = open_claims(case, right)
    why = (reason.strip() or phrase("unclear", case.language),)
    details = Details(reasons=why, questions=questions, claims=tuple(claim.name for claim in claims))
    waiting = all(open_since(case, claim, Trigger.CLARIFICATION) for claim in claims)
    before = {claim.name: answer_clock(case, claim, ws.ledger.pinned) for claim in claims}
    text, problems = "", tuple[str, ...]()
    if dry_run:
        made = draft(ws, number, Kind.CLARIFICATION, by, details)
        against = [one.says for one in made.verdict.reasons if one.code != "lint"]
        text, problems = made.composed.text, (*made.problems, *against)
    elif not waiting:
        again = "a further question" if case.letter_sent(Kind.CLARIFICATION) else ""
        case = send(ws, number, Kind.CLARIFICATION, by, details, again=again).case
    effects = [_effect(ws, case, claim, before[claim.name], sent=not (dry_run or waiting)) for claim in claims]
    sent = not (dry_run or waiting)
    return Question(case=case, effects=tuple(effects), text=text, problems=problems, sent=sent, already=waiting)


def _effect(ws: Workspace, case: Case, claim: Claim, before: Clock, *, sent: bool) -> Effect:
    rule = rule_of(claim, ws.ledger.pinned)
    stop = stop_of(rule, Why.CLARIFICATION, case.received_on)
    return Effect(
        claim=claim.name,
        does=stop.does,
        says=effect_said(rule, Why.CLARIFICATION, stop),
        recorded=sent and stop.does in MOVES,
        before=before,
        after=answer_clock(case, case.claims[claim.name], ws.ledger.pinned),
        since=open_since(case, claim, Trigger.CLARIFICATION),
    )
