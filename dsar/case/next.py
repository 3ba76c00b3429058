"""What is to be done next for a right, in a few words and as the command to type."""

from __future__ import annotations

from dataclasses import dataclass

from dsar.case.case import Case, Claim, LetterState, Look, current_plan, needs_authority, stage_of, told_once
from dsar.case.changes import PlanKind
from dsar.case.facts import Approves
from dsar.case.rights import ABOUT_A_CHILD, CARRIED_OUT_BY, DECIDED, GIVES_A_COPY, PATHS, Right
from dsar.case.stages import Outcome, Role, Stage

_LETTER_FOR = {
    Outcome.REFUSED: "refusal",
    Outcome.NOT_VERIFIED: "closing",
    Outcome.REDIRECTED: "redirect",
    Outcome.NOTHING_HELD: "nothing",
}


@dataclass(frozen=True, slots=True)
class Next:
    """The next step: words for a list, and the command (without guessing anything for the person)."""

    says: str
    command: str


def short(number: str) -> str:
    """A case number as people type it: "36" for DSAR-2026-0036."""
    return str(int(number.rsplit("-", 1)[1]))


def next_step(case: Case, claim: Claim) -> Next:
    """The next step for one right of a case."""
    if case.closed:
        return Next("closed", f"dsar show {short(case.number)}")
    return _STEPS[stage_of(case, claim)](case, claim, short(case.number))


def _intake(case: Case, claim: Claim, number: str) -> Next:
    return Next("acknowledge", f"dsar letter send {number} acknowledgement")


def _verify(case: Case, claim: Claim, number: str) -> Next:
    who = {Role.AGENT: "check agent", Role.PARENT: "verify parent", Role.EXECUTOR: "check executor"}
    if needs_authority(case) and case.authority is None:
        return Next(who[case.role], f"dsar verify {number} --{'parent' if case.role is Role.PARENT else 'agent'}")
    asked = any(line.kind == "identity" and line.state is LetterState.SENT for line in case.letters.values())
    return Next("wait: proof" if asked else "verify", f"dsar verify {number}")


def _gather(case: Case, claim: Claim, number: str) -> Next:
    lines = case.unexplained
    if any(line.state is Look.FAILED for line in lines):
        return Next("gather again", f"dsar gather {number} --retry")
    asked = [line for line in lines if line.state is Look.ASKED]
    if asked and len(asked) == len(lines):
        return Next(f"wait: {asked[0].asked}", f"dsar gather {number} --from {asked[0].source} --file FILE")
    waiting = [line for line in lines if line.state is Look.OPEN]
    if waiting and all(line.asks for line in waiting):
        return Next("ask colleague", f"dsar ask {number} {waiting[0].source}")
    return Next("gather", f"dsar gather {number}")


def _review(case: Case, claim: Claim, number: str) -> Next:
    if case.reviewed:
        return Next("wait: approval", f"dsar approve {number}")
    return Next("review", f"dsar review {number}")


def _act(case: Case, claim: Claim, number: str) -> Next:
    if claim.right in GIVES_A_COPY:
        return Next("build package", f"dsar package build {number}")
    plan = current_plan(case)
    if plan is None:
        unchecked = [one for one in case.plans.values() if one.finished and not one.clean and claim.name in one.claims]
        if unchecked:
            return Next("look again", f"dsar erase check {number}")
        return Next("plan", f"dsar plan {number} --{_OPTION[CARRIED_OUT_BY[claim.right][0]]}")
    if plan.needs_approval and not plan.started and not case.approved(Approves.PLAN, plan.digest):
        return Next("wait: approval", f"dsar approve {number}")
    if plan.started and plan.by_hand:
        return Next("do by hand", f"dsar apply {number} --by-hand {plan.by_hand[0]}")
    return Next("apply plan", f"dsar apply {number}")


_OPTION = {
    PlanKind.ERASE: "erase",
    PlanKind.CORRECT: "correct FIELD=VALUE",
    PlanKind.SUPPRESS: "suppress",
    PlanKind.RESTRICT: "restrict",
    PlanKind.STOP_PURPOSE: "stop-purpose PURPOSE",
}


def _respond(case: Case, claim: Claim, number: str) -> Next:
    answers = [line for line in case.letters.values() if claim.name in line.claims]
    if any(line.state is LetterState.SENDING for line in answers):
        return Next("unsure: was it sent?", "dsar outbox list")
    if any(line.state is LetterState.QUEUED for line in answers):
        return Next("send from outbox", "dsar outbox retry")
    if told_once(case):
        return Next("send the one letter", f"dsar letter send {number} acknowledgement")
    kind = _answering(case, claim)
    if kind in _TELLS and _guarded(claim):
        unproven = needs_authority(case) and case.authority is None
        if unproven and not (kind == "done" and case.role is Role.PARENT):
            return _verify(case, claim, number)
        if not unproven and not _channel_known(case, claim):
            return _another_way(case, claim, number, kind)
    if claim.right in DECIDED and claim.outcome is None:
        return Next(_TO_DECIDE[claim.right], f"dsar decide {number}")
    return Next("send answer" if kind == "answer" else f"send {kind}", f"dsar letter send {number} {kind}")


_TO_DECIDE = {
    Right.APPEAL: "decide appeal",
    Right.COMPLAINT: "decide complaint",
    Right.AUTOMATED_DECISION: "review decision",
}
_OWN_LETTER = {
    Right.NOTICE_1798_83: "notice",
    Right.THIRD_PARTIES: "recipients",
    # whose data it is decides; we only hold it
    Right.PROCESSOR_RECEIVED: "redirect",
}


# These tell about the person, so they go to a channel on file only.
_TELLS = frozenset({"answer", "nothing", "done", "recipients", "decision"})


def _guarded(claim: Claim) -> bool:
    """Whether the answer to this right is for the person alone; a parent's unproven wish is told in neutral words."""
    path = PATHS[claim.right]
    return bool(claim.proof_level and Stage.VERIFY in path) or Stage.GATHER in path


def _channel_known(case: Case, claim: Claim) -> bool:
    """Whether the address an answer goes to was found on file; a search compares it, and without one nobody has."""
    if case.channel == "post" or any(checked.on_file for checked in case.recipients.values()):
        return True
    return Stage.GATHER in PATHS[claim.right] and not case.recipients


def _another_way(case: Case, claim: Claim, number: str, kind: str) -> Next:
    """How an answer reaches somebody whose address is not on file."""
    searched = Stage.GATHER in PATHS[claim.right] and not case.nothing_found
    if searched or claim.outcome is not None or claim.right in ABOUT_A_CHILD:
        return Next(f"send {kind} by post", f"dsar letter send {number} {kind} --by post")
    return Next("check address", f"dsar verify {number} --method email-control")


def _answering(case: Case, claim: Claim) -> str:
    """The letter that answers this right as it stands."""
    if claim.decided or (claim.right in DECIDED and claim.outcome is None):
        return "decision"
    if claim.outcome in _LETTER_FOR:
        return _LETTER_FOR[claim.outcome]
    if claim.right in _OWN_LETTER:
        return _OWN_LETTER[claim.right]
    if case.nothing_found and Stage.GATHER in PATHS[claim.right]:
        return "nothing"
    return "done" if claim.right in CARRIED_OUT_BY else "answer"


def _close(case: Case, claim: Claim, number: str) -> Next:
    return Next("close", f"dsar close {number}")


_STEPS = {
    Stage.INTAKE: _intake,
    Stage.VERIFY: _verify,
    Stage.GATHER: _gather,
    Stage.REVIEW: _review,
    Stage.ACT: _act,
    Stage.RESPOND: _respond,
    Stage.CLOSE: _close,
    Stage.CLOSED: _close,
}
