"""Which fact may be added to which case: one table of needs, each with the sentence that refuses.

What a fact then does is ``evolve``'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dsar.case import facts as f
from dsar.case.case import Case, LetterState, Moved, proven, told
from dsar.case.changes import UNDOABLE, PlanKind, Result
from dsar.case.evolve import evolve
from dsar.case.rights import PATHS
from dsar.case.stages import DECISIONS, NEEDS_NO_LETTER, Outcome, Stage
from dsar.errors import InputWrong, Refused
from dsar.law.waits import ClockFact, arrange


class NotAllowed(Refused):
    """A fact does not fit the case as it is; the message names what is missing."""


@dataclass(frozen=True, slots=True)
class Need:
    """One condition: a test of (case, fact, actor), and the words when it fails ({case} is filled in)."""

    holds: Callable[[Case, f.Fact, str], bool]
    says: str
    hint: str


OPEN = Need(
    lambda case, fact, actor: case.exists and not case.closed,
    "{case} is closed.",
    'Bring it back first: dsar reopen {case} --why "..."',
)
EXISTS = Need(lambda case, fact, actor: case.exists, "{case} does not exist.", "All cases: dsar list")
NEW = Need(lambda case, fact, actor: not case.exists, "{case} is already open.", "dsar show {case}")
HAS_RIGHTS = Need(lambda case, fact, actor: bool(case.claims), "{case} names no right yet.", "dsar triage {case}")


def _claim_is_new(case: Case, fact: f.Fact, actor: str) -> bool:
    assert isinstance(fact, f.RightClaimed)
    held = case.claims.get(f"{fact.right}/{fact.law}")
    return held is None or held.outcome is Outcome.OPENED_IN_ERROR


def _claim_open(case: Case, fact: f.Fact, actor: str) -> bool:
    assert isinstance(fact, f.OutcomeReached | f.RuleAdopted | f.RuleCorrected)
    claim = case.claims.get(fact.claim)
    return claim is not None and claim.outcome is None


def _decided_by_another(case: Case, fact: f.Fact, actor: str) -> bool:
    assert isinstance(fact, f.OutcomeReached)
    if fact.outcome not in DECISIONS:
        return True
    return actor not in {case.makers.get(name) for name in case.appeals.get(fact.claim, ())}


def _contested_ended(case: Case, fact: f.Fact, actor: str) -> bool:
    assert isinstance(fact, f.AppealMade)
    claims = [case.claims.get(name) for name in fact.against]
    return bool(claims) and all(claim is not None and claim.outcome is not None for claim in claims)


def _no_appeal_open(case: Case, fact: f.Fact, actor: str) -> bool:
    assert isinstance(fact, f.AppealMade)
    known = case.claims.get(fact.claim)
    return known is None or known.outcome is not None


def _appeal_won(case: Case, fact: f.Fact, actor: str) -> bool:
    assert isinstance(fact, f.RightRevived)
    claim, appeal = case.claims.get(fact.claim), case.claims.get(fact.appeal)
    won = appeal is not None and appeal.outcome in (Outcome.GRANTED, Outcome.GRANTED_IN_PART)
    contested = fact.claim in case.appeals.get(fact.appeal, ())
    return won and contested and claim is not None and claim.outcome is not None


def _identity_shown(case: Case, fact: f.Fact, actor: str) -> bool:
    if getattr(fact, "count_only", False):
        return True
    searched = [c for c in case.claims.values() if c.outcome is None and Stage.GATHER in PATHS[c.right]]
    return any(proven(case, claim) for claim in searched)


def _all_covered(case: Case, fact: f.Fact, actor: str) -> bool:
    return bool(case.coverage) and not case.unexplained


def _grounds_given(case: Case, fact: f.Fact, actor: str) -> bool:
    assert isinstance(fact, f.FindingsDecided)
    return all(ground or decision is f.Decision.DISCLOSE for _, decision, ground in fact.decisions)


def _all_decided(case: Case, fact: f.Fact, actor: str) -> bool:
    assert isinstance(fact, f.ReviewFinished)
    return len(case.decisions) >= fact.findings


def _another_person(case: Case, fact: f.Fact, actor: str) -> bool:
    assert isinstance(fact, f.Approved)
    return case.makers.get(fact.digest) != actor


def _this_version(case: Case, fact: f.Fact, actor: str) -> bool:
    assert isinstance(fact, f.Approved | f.Rejected)
    if fact.what is f.Approves.PLAN:
        return any(plan.digest == fact.digest and not plan.started for plan in case.plans.values())
    return fact.what is not f.Approves.REVIEW or fact.digest == case.reviewed


def _review_approved(case: Case, fact: f.Fact, actor: str) -> bool:
    assert isinstance(fact, f.PackageBuilt)
    return fact.digest == case.reviewed and case.approved(f.Approves.REVIEW, fact.digest)


def _plan_claims_open(case: Case, fact: f.Fact, actor: str) -> bool:
    assert isinstance(fact, f.PlanMade)
    claims = [case.claims.get(name) for name in fact.claims]
    return bool(claims) and all(claim is not None and claim.outcome is None for claim in claims)


def _plan_proven(case: Case, fact: f.Fact, actor: str) -> bool:
    assert isinstance(fact, f.PlanMade)
    return all(proven(case, case.claims[name]) for name in fact.claims if name in case.claims)


def _plan_searched(case: Case, fact: f.Fact, actor: str) -> bool:
    assert isinstance(fact, f.PlanMade)
    return fact.kind in UNDOABLE or (bool(case.coverage) and not case.unexplained)


def _plan_new(case: Case, fact: f.Fact, actor: str) -> bool:
    assert isinstance(fact, f.PlanMade)
    return fact.plan not in case.plans


def _no_hold(case: Case, fact: f.Fact, actor: str) -> bool:
    plan = case.plans.get(getattr(fact, "plan", ""))
    return plan is None or plan.kind is not PlanKind.ERASE or not case.holds


def _startable(case: Case, fact: f.Fact, actor: str) -> bool:
    plan = case.plans.get(getattr(fact, "plan", ""))
    if plan is None or plan.started:
        return False
    return not plan.needs_approval or case.approved(f.Approves.PLAN, plan.digest)


def _running(case: Case, fact: f.Fact, actor: str) -> bool:
    plan = case.plans.get(getattr(fact, "plan", ""))
    return plan is not None and plan.started and not plan.finished


def _all_steps_done(case: Case, fact: f.Fact, actor: str) -> bool:
    plan = case.plans.get(getattr(fact, "plan", ""))
    if plan is None or len(plan.results) < plan.steps:
        return False
    return not any(result in (Result.MOVED, Result.FAILED) for result in plan.results.values())


def _finished(case: Case, fact: f.Fact, actor: str) -> bool:
    plan = case.plans.get(getattr(fact, "plan", ""))
    return plan is not None and plan.finished


def _hold_new(case: Case, fact: f.Fact, actor: str) -> bool:
    return getattr(fact, "hold", "") not in case.holds


def _hold_there(case: Case, fact: f.Fact, actor: str) -> bool:
    return getattr(fact, "hold", "") in case.holds


def _in_scope(case: Case, fact: f.Fact, actor: str) -> bool:
    return (getattr(fact, "source", ""), getattr(fact, "record_set", "")) in case.coverage


def _letter_in(*states: LetterState) -> Callable[[Case, f.Fact, str], bool]:
    def holds(case: Case, fact: f.Fact, actor: str) -> bool:
        line = case.letters.get(getattr(fact, "key", ""))
        return line is not None and line.state in states

    return holds


def _key_is_new(case: Case, fact: f.Fact, actor: str) -> bool:
    return getattr(fact, "key", "") not in case.letters


def _all_ended(case: Case, fact: f.Fact, actor: str) -> bool:
    return all(claim.outcome is not None for claim in case.claims.values())


def _all_told(case: Case, fact: f.Fact, actor: str) -> bool:
    return all(told(case, claim) for claim in case.claims.values() if claim.outcome not in NEEDS_NO_LETTER)


def _nothing_in_flight(case: Case, fact: f.Fact, actor: str) -> bool:
    return not any(line.state in (LetterState.QUEUED, LetterState.SENDING) for line in case.letters.values())


def _in_order(case: Case, fact: f.Fact, actor: str) -> bool:
    """Whether the law's clocks can still be reckoned with this fact: answered after asked, none before receipt."""
    assert isinstance(fact, f.ClockMoved)
    # Each right has its own clock; what names no right counts for all of them.
    claims = [fact.claim] if fact.claim else [*case.claims] or [""]
    return _reckons(evolve(case, fact), claims)


def _reckons(case: Case, claims: Iterable[str]) -> bool:
    try:
        for claim in claims:
            moves = [ClockFact(kind=move.kind, on=move.on) for move in case.moves if move.claim in ("", claim)]
            arrange(case.received_on, moves)
    except InputWrong:
        return False
    return True


def _move_there(case: Case, fact: f.Fact, actor: str) -> bool:
    assert isinstance(fact, f.MoveTakenBack)
    return Moved(kind=fact.kind, on=fact.on, claim=fact.claim) in case.moves


def _still_in_order(case: Case, fact: f.Fact, actor: str) -> bool:
    return _reckons(evolve(case, fact), [*case.claims] or [""])


IDENTITY = Need(
    _identity_shown, "Identity is not proven yet, so records may only be counted.", "Least proof: dsar verify {case}"
)
SCOPED = Need(_in_scope, "That record set is not in the scope of {case}.", "dsar gather {case}")
NEW_CLAIM = Need(_claim_is_new, "{case} already holds that right under that law.", "dsar show {case}")
OPEN_CLAIM = Need(_claim_open, "{case} has no open right of that name.", "dsar show {case}")
ANOTHER_DECIDES = Need(
    _decided_by_another,
    "You made the decision that this appeal is against, so somebody else must decide it.",
    "Ask a colleague: dsar decide {case}",
)
CONTESTED = Need(_contested_ended, "{case} has no decision that could be contested.", "dsar show {case}")
NO_APPEAL = Need(_no_appeal_open, "An appeal under that law is open already.", "dsar decide {case}")
WON = Need(_appeal_won, "No appeal of {case} was decided in favour of that right.", "dsar show {case}")
GROUNDS = Need(_grounds_given, "What is redacted or withheld needs a ground.", "dsar review {case}")
COVERED = Need(_all_covered, "A record set is not accounted for.", "dsar gather {case} --retry")
DECIDED = Need(_all_decided, "Some findings have no decision yet.", "dsar review {case}")
ANOTHER = Need(
    _another_person, "You made this version, so somebody else must approve it.", "Ask a colleague: dsar approve {case}"
)
CURRENT = Need(_this_version, "That version is no longer the current one.", "Look again: dsar approve {case}")
APPROVED = Need(_review_approved, "No second person has approved this review.", "dsar approve {case}")
NEW_LETTER = Need(_key_is_new, "That letter is already in the outbox.", "dsar outbox list")
QUEUED = Need(_letter_in(LetterState.QUEUED), "That letter is not waiting to be sent.", "dsar outbox list")
SENDING = Need(
    _letter_in(LetterState.SENDING, LetterState.QUEUED), "That letter is not on its way.", "dsar outbox list"
)
SENT = Need(_letter_in(LetterState.SENT), "That letter was not sent.", "dsar outbox list")
ENDED = Need(_all_ended, "A right of {case} has no outcome yet.", "dsar show {case}")
TOLD = Need(_all_told, "The person has not been told the outcome yet.", "dsar letter send {case} answer")
AT_REST = Need(_nothing_in_flight, "A letter of {case} is still on its way.", "dsar outbox list")

PLAN_CLAIMS = Need(_plan_claims_open, "{case} has no open right that this plan is for.", "dsar show {case}")
PLAN_PROOF = Need(_plan_proven, "Identity is not proven to the level this right needs.", "dsar verify {case}")
PLAN_SEARCHED = Need(_plan_searched, "A record set is not accounted for.", "dsar gather {case} --retry")
PLAN_NEW = Need(_plan_new, "That plan is saved already.", "dsar show {case}")
NO_HOLD = Need(_no_hold, "A legal hold forbids erasing.", "dsar show {case}")
STARTABLE = Need(_startable, "The plan has no second person's approval, or was used already.", "dsar approve {case}")
RUNNING = Need(_running, "That plan is not being carried out.", "dsar show {case}")
STEPS = Need(_all_steps_done, "Some steps of the plan are not done yet.", "dsar apply {case}")
FINISHED = Need(_finished, "The plan is not carried out yet.", "dsar apply {case}")
HOLD_NEW = Need(_hold_new, "That hold is on the case already.", "dsar show {case}")
HOLD_THERE = Need(_hold_there, "There is no such hold on {case}.", "dsar show {case}")
IN_ORDER = Need(
    _in_order, "That date does not fit the others of {case}: look at what came before what.", "dsar why {case}"
)
MOVE_THERE = Need(_move_there, "Nothing like that is on file for {case}.", "dsar why {case}")
IN_ORDER_WITHOUT = Need(
    _still_in_order, "It was answered since, so the answer must be taken back first.", "dsar why {case}"
)
RECEIVED_FITS = Need(
    _still_in_order, "Something of {case} was asked or came before that day.", "What and when: dsar why {case}"
)

NEEDS: dict[type[f.Fact], tuple[Need, ...]] = {
    f.CaseOpened: (NEW,),
    f.RightClaimed: (OPEN, NEW_CLAIM),
    f.RuleAdopted: (OPEN, OPEN_CLAIM),
    f.ClockMoved: (OPEN, IN_ORDER),
    f.MoveTakenBack: (OPEN, MOVE_THERE, IN_ORDER_WITHOUT),
    f.ReceivedCorrected: (OPEN, RECEIVED_FITS),
    f.DesignationCorrected: (OPEN,),
    f.RuleCorrected: (OPEN, OPEN_CLAIM),
    f.ResidenceNoted: (OPEN,),
    f.MessageFiled: (EXISTS,),
    f.CaseAssigned: (EXISTS,),
    f.NoteAdded: (EXISTS,),
    f.CaseLinked: (EXISTS,),
    f.IdentityProven: (OPEN, HAS_RIGHTS),
    f.IdentityFailed: (OPEN,),
    f.AuthorityProven: (OPEN,),
    f.RecipientChecked: (OPEN,),
    f.RecordSetScoped: (OPEN, HAS_RIGHTS),
    f.RecordSetSearched: (OPEN, SCOPED, IDENTITY),
    f.RecordSetFailed: (OPEN, SCOPED),
    f.RecordSetWaived: (OPEN, SCOPED),
    f.RecordSetExcluded: (OPEN, SCOPED),
    f.ColleagueAsked: (OPEN, SCOPED, IDENTITY),
    f.FindingsDecided: (OPEN, COVERED, GROUNDS),
    f.ReviewFinished: (OPEN, COVERED, DECIDED),
    f.Approved: (OPEN, CURRENT, ANOTHER),
    f.Rejected: (OPEN, CURRENT),
    f.PackageBuilt: (OPEN, COVERED, APPROVED),
    f.PlanMade: (OPEN, PLAN_NEW, PLAN_CLAIMS, PLAN_PROOF, PLAN_SEARCHED),
    f.PlanStarted: (OPEN, STARTABLE, NO_HOLD),
    f.StepsDone: (OPEN, RUNNING),
    f.PlanFinished: (OPEN, RUNNING, STEPS),
    f.Rechecked: (EXISTS, FINISHED),
    f.ChecksSet: (OPEN,),
    f.Suppressed: (OPEN,),
    f.RequesterIs: (OPEN,),
    f.RecipientsTold: (EXISTS,),
    f.HoldPlaced: (EXISTS, HOLD_NEW),
    f.HoldLifted: (EXISTS, HOLD_THERE),
    f.LetterQueued: (OPEN, NEW_LETTER),
    f.LetterHandedOver: (EXISTS, QUEUED),
    f.LetterSent: (EXISTS, SENDING),
    f.LetterFailed: (EXISTS, SENDING),
    f.LetterBounced: (EXISTS, SENT),
    f.OutcomeReached: (OPEN, OPEN_CLAIM, ANOTHER_DECIDES),
    f.AppealMade: (EXISTS, CONTESTED, NO_APPEAL),
    f.RightRevived: (OPEN, WON),
    f.CaseClosed: (OPEN, ENDED, TOLD, AT_REST),
    f.EvidenceDestroyed: (EXISTS,),
    f.CaseReopened: (Need(lambda case, fact, actor: case.closed, "{case} is open already.", "dsar show {case}"),),
}


def admit(case: Case, fact: f.Fact, actor: str = "") -> None:
    """Pass silently, or raise NotAllowed naming what is missing; nothing is changed either way."""
    for need in NEEDS[type(fact)]:
        if not need.holds(case, fact, actor):
            says = need.says.format(case=case.number)
            raise NotAllowed(f"Not done: {says} Nothing was changed.", hint=need.hint.format(case=case.number))
