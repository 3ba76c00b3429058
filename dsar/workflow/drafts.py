"""A letter as it would leave: composed, linted, and put to the gate. Keeps and sends nothing."""

from __future__ import annotations

from dataclasses import dataclass

from dsar.case.case import Case, current_plan
from dsar.case.gates import Verdict
from dsar.case.next import short
from dsar.case.stamp import Stamp
from dsar.errors import DsarError, InputWrong, Refused
from dsar.letters import letter as le
from dsar.letters.compose import Composed, compose, kind_named
from dsar.letters.kinds import KINDS, Kind
from dsar.letters.lint import lint
from dsar.workflow.extension import offer_of
from dsar.workflow.hints import about
from dsar.workflow.letters import Details, claims_for, fill
from dsar.workflow.release import ask_gate
from dsar.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A letter as it would leave, what it lacks, and what the gate says."""

    kind: Kind
    letter: le.Letter
    composed: Composed
    problems: tuple[str, ...]
    verdict: Verdict
    claims: tuple[str, ...]


def draft(
    ws: Workspace, number: str, word: str, by: Stamp, details: Details | None = None, *, by_post: bool = False
) -> Draft:
    """Compose a letter of a case, lint it and ask the gate; nothing is kept or sent."""
    kind = kind_named(word)
    case = ws.ledger.case(number)
    wanted = details.claims if details else ()
    if kind is Kind.EXTENSION and not wanted:
        wanted = tuple(one.claim for one in offer_of(ws, case, by.on).possible)
    claims = [claim for claim in claims_for(case, kind) if not wanted or claim.name in wanted]
    if not claims:
        raise _about_nothing(case, kind)
    letter = fill(ws, case, kind, claims, by, details or Details())
    with about(number):
        composed = compose(kind, letter, folders=ws.templates)
    problems = tuple(lint(kind, letter, composed))
    verdict = ask_gate(ws, case, claims, composed.content, lint_clean=not problems, by=by, by_post=by_post)
    return Draft(
        kind=kind,
        letter=letter,
        composed=composed,
        problems=problems,
        verdict=verdict,
        # a letter to somewhere else answers nobody
        claims=() if KINDS[kind].elsewhere else tuple(claim.name for claim in claims),
    )


def _about_nothing(case: Case, kind: Kind) -> DsarError:
    """Why there is no right that a letter could be about; what it would tell of may only not be done yet."""
    waits = _waits_for(case) if kind is Kind.DONE else ""
    if waits:
        return Refused(
            f"Not written: what {case.number} asks for is not done yet: {waits}. Nothing was kept.",
            hint=f"dsar next {short(case.number)}",
        )
    return InputWrong(
        f'Not written: {case.number} has no open right that a letter "{kind}" would be about.',
        hint=f"dsar show {case.number}",
    )


def _waits_for(case: Case) -> str:
    """What of the plans of a case is still to come; "" where nothing is."""
    plan = current_plan(case)
    if plan is None:
        unseen = any(one.finished and not one.clean for one in case.plans.values())
        return "no look since has found that it is so" if unseen else ""
    if not plan.started:
        return f"plan {plan.id} was not begun"
    if plan.by_hand:
        return f"nobody has said that it was done by hand in {', '.join(plan.by_hand)}"
    return f"plan {plan.id} has not come to its end"
