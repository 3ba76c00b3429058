"""A letter as it would leave: composed, linted, and put to the gate. Keeps and sends nothing."""

from __future__ import annotations

from dataclasses import dataclass

from dsar.case.gates import Verdict
from dsar.case.stamp import Stamp
from dsar.errors import InputWrong
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
        raise InputWrong(
            f'Not written: {number} has no open right that a letter "{kind}" would be about.',
            hint=f"dsar show {number}",
        )
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
