"""How each fact changes a case: ``evolve`` is total and returns a new case.

Whether a fact may be added at all is ``admit``'s question, asked before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import singledispatch
from types import MappingProxyType
from typing import Any, TypeVar

from dsar.case import facts as f
from dsar.case.altered import counted, replace
from dsar.case.appeals import contested, won_back
from dsar.case.case import Case, Claim, Coverage, LetterLine, LetterState, Look, Moved, PlanLine
from dsar.case.moves import without

K = TypeVar("K")
V = TypeVar("V")


def fold(number: str, history: Iterable[tuple[f.Fact, str]]) -> Case:
    """The case that these (fact, actor) pairs make, oldest first."""
    case = Case(number=number)
    for fact, actor in history:
        case = evolve(case, fact, actor)
    return case


def evolve(case: Case, fact: f.Fact, actor: str = "") -> Case:
    """The case after one more fact; ``actor`` is remembered where a second person must differ."""
    after = _apply(fact, case, actor)
    return counted(after if after is not case else replace(case), case.facts + 1)


def _with(mapping: Mapping[K, V], key: K, value: V) -> Mapping[K, V]:
    return MappingProxyType({**mapping, key: value})


@singledispatch
def _apply(fact: f.Fact, case: Case, actor: str) -> Case:
    return case


@_apply.register
def _(fact: f.CaseOpened, case: Case, actor: str) -> Case:
    return replace(
        case,
        received_on=fact.received_on,
        zone=fact.zone,
        channel=fact.channel,
        role=fact.role,
        language=fact.language,
        designated=fact.designated,
        message=fact.message,
    )


@_apply.register
def _(fact: f.RightClaimed, case: Case, actor: str) -> Case:
    claim = Claim(
        right=fact.right,
        law=fact.law,
        rule=fact.rule,
        rule_version=fact.rule_version,
        calendar_version=fact.calendar_version,
        proof_level=fact.proof_level,
        must_acknowledge=fact.must_acknowledge,
        target_days=fact.target_days,
        chosen=fact.chosen,
    )
    return replace(case, claims=_with(case.claims, claim.name, claim))


@_apply.register
def _(fact: f.RuleAdopted, case: Case, actor: str) -> Case:
    claim = case.claims.get(fact.claim)
    if claim is None:
        return case
    claim = replace(claim, rule_version=fact.rule_version, calendar_version=fact.calendar_version)
    return replace(case, claims=_with(case.claims, claim.name, claim))


@_apply.register
def _(fact: f.ClockMoved, case: Case, actor: str) -> Case:
    return replace(case, moves=(*case.moves, Moved(kind=fact.kind, on=fact.on, claim=fact.claim)))


@_apply.register
def _(fact: f.MoveTakenBack, case: Case, actor: str) -> Case:
    back = Moved(kind=fact.kind, on=fact.on, claim=fact.claim)
    return replace(case, moves=tuple(move for move in case.moves if move != back))


@_apply.register
def _(fact: f.ReceivedCorrected, case: Case, actor: str) -> Case:
    return replace(case, received_on=fact.received_on)


@_apply.register
def _(fact: f.DesignationCorrected, case: Case, actor: str) -> Case:
    return replace(case, designated=fact.designated)


@_apply.register
def _(fact: f.RuleCorrected, case: Case, actor: str) -> Case:
    claim = case.claims.get(fact.claim)
    if claim is None:
        return case
    held = replace(
        claim,
        rule=fact.rule,
        rule_version=fact.rule_version,
        calendar_version=fact.calendar_version,
        proof_level=fact.proof_level,
        must_acknowledge=fact.must_acknowledge,
    )
    return replace(case, claims=_with(case.claims, fact.claim, held))


@_apply.register
def _(fact: f.CaseAssigned, case: Case, actor: str) -> Case:
    return replace(case, owner=fact.owner)


@_apply.register
def _(fact: f.CaseLinked, case: Case, actor: str) -> Case:
    return replace(case, linked=(*case.linked, fact.other))


@_apply.register
def _(fact: f.IdentityProven, case: Case, actor: str) -> Case:
    return replace(
        case,
        proof_level=max(case.proof_level, fact.level),
        proof_methods=(*case.proof_methods, fact.method),
        proof_failed=False,
        evidence=(*case.evidence, fact.evidence) if fact.evidence else case.evidence,
    )


@_apply.register
def _(fact: f.IdentityFailed, case: Case, actor: str) -> Case:
    return replace(case, proof_failed=True)


@_apply.register
def _(fact: f.AuthorityProven, case: Case, actor: str) -> Case:
    kept = (*case.evidence, fact.evidence) if fact.evidence else case.evidence
    return replace(case, authority=fact.role, evidence=kept)


@_apply.register
def _(fact: f.RecipientChecked, case: Case, actor: str) -> Case:
    return replace(case, recipients=_with(case.recipients, fact.recipient, fact))


@_apply.register
def _(fact: f.EvidenceDestroyed, case: Case, actor: str) -> Case:
    return replace(case, evidence=tuple(item for item in case.evidence if item != fact.evidence))


def _line(case: Case, source: str, record_set: str) -> Coverage:
    return case.coverage.get((source, record_set)) or Coverage(source=source, record_set=record_set)


def _cover(case: Case, line: Coverage) -> Case:
    return replace(case, coverage=_with(case.coverage, (line.source, line.record_set), line))


@_apply.register
def _(fact: f.RecordSetScoped, case: Case, actor: str) -> Case:
    line = _line(case, fact.source, fact.record_set)
    return _cover(case, replace(line, role=fact.role, secret=fact.secret, asks=fact.asks))


@_apply.register
def _(fact: f.RecordSetSearched, case: Case, actor: str) -> Case:
    if fact.count_only:
        return case
    line = _line(case, fact.source, fact.record_set)
    # New records may need new decisions: an earlier review no longer stands.
    stale = replace(case, reviewed="") if fact.found != line.found else case
    return _cover(stale, replace(line, state=Look.SEARCHED, found=fact.found, excluded=fact.excluded, ground=""))


@_apply.register
def _(fact: f.RecordSetFailed, case: Case, actor: str) -> Case:
    line = _line(case, fact.source, fact.record_set)
    return _cover(case, replace(line, state=Look.FAILED, ground=fact.why))


@_apply.register
def _(fact: f.RecordSetWaived, case: Case, actor: str) -> Case:
    line = _line(case, fact.source, fact.record_set)
    return _cover(case, replace(line, state=Look.WAIVED, ground=fact.reason))


@_apply.register
def _(fact: f.RecordSetExcluded, case: Case, actor: str) -> Case:
    line = _line(case, fact.source, fact.record_set)
    return _cover(case, replace(line, state=Look.EXCLUDED, ground=fact.ground, found=fact.seen))


@_apply.register
def _(fact: f.ColleagueAsked, case: Case, actor: str) -> Case:
    line = _line(case, fact.source, fact.record_set)
    return _cover(case, replace(line, state=Look.ASKED, asked=fact.who, asked_due_on=fact.due_on))


@_apply.register
def _(fact: f.FindingsDecided, case: Case, actor: str) -> Case:
    decided = dict(case.decisions)
    decided.update({finding: (decision, ground) for finding, decision, ground in fact.decisions})
    return replace(case, decisions=MappingProxyType(decided), reviewed="")


@_apply.register
def _(fact: f.ReviewFinished, case: Case, actor: str) -> Case:
    return replace(case, reviewed=fact.digest, makers=_with(case.makers, fact.digest, actor))


@_apply.register
def _(fact: f.Approved, case: Case, actor: str) -> Case:
    return replace(case, approvals=_with(case.approvals, (fact.what, fact.digest), actor))


@_apply.register
def _(fact: f.Rejected, case: Case, actor: str) -> Case:
    left = {key: who for key, who in case.approvals.items() if key != (fact.what, fact.digest)}
    reviewed = "" if fact.what is f.Approves.REVIEW and fact.digest == case.reviewed else case.reviewed
    return replace(case, approvals=MappingProxyType(left), reviewed=reviewed)


@_apply.register
def _(fact: f.PackageBuilt, case: Case, actor: str) -> Case:
    return replace(case, package=fact.package, package_of=fact.digest)


@_apply.register
def _(fact: f.PlanMade, case: Case, actor: str) -> Case:
    line = PlanLine(
        id=fact.plan,
        kind=fact.kind,
        digest=fact.digest,
        claims=fact.claims,
        steps=fact.steps,
        changes=fact.changes,
        expires_at=fact.expires_at,
        needs_approval=fact.needs_approval,
        by_hand=fact.by_hand,
    )
    # A newer plan of the same kind takes the place of one that was never started.
    kept = {name: plan for name, plan in case.plans.items() if plan.started or plan.kind is not fact.kind}
    return replace(
        case,
        plans=MappingProxyType({**kept, fact.plan: line}),
        makers=_with(case.makers, fact.digest, actor),
    )


def _plan(case: Case, plan: str, **changes: Any) -> Case:
    line = case.plans.get(plan)
    return case if line is None else replace(case, plans=_with(case.plans, plan, replace(line, **changes)))


@_apply.register
def _(fact: f.PlanStarted, case: Case, actor: str) -> Case:
    return _plan(case, fact.plan, started=True)


@_apply.register
def _(fact: f.StepsDone, case: Case, actor: str) -> Case:
    line = case.plans.get(fact.plan)
    if line is None:
        return case
    left = tuple(place for place in line.by_hand if place not in fact.by_hand)
    return _plan(case, fact.plan, by_hand=left, results=MappingProxyType({**line.results, **dict(fact.results)}))


@_apply.register
def _(fact: f.PlanFinished, case: Case, actor: str) -> Case:
    return _plan(case, fact.plan, finished=True)


@_apply.register
def _(fact: f.Rechecked, case: Case, actor: str) -> Case:
    return _plan(case, fact.plan, remaining=fact.remaining, explained=fact.explained)


@_apply.register
def _(fact: f.ChecksSet, case: Case, actor: str) -> Case:
    return replace(case, checks_on=fact.days)


@_apply.register
def _(fact: f.RequesterIs, case: Case, actor: str) -> Case:
    return replace(case, role=fact.role)


@_apply.register
def _(fact: f.HoldPlaced, case: Case, actor: str) -> Case:
    return replace(case, holds=_with(case.holds, fact.hold, fact.secret))


@_apply.register
def _(fact: f.HoldLifted, case: Case, actor: str) -> Case:
    left = {hold: secret for hold, secret in case.holds.items() if hold != fact.hold}
    return replace(case, holds=MappingProxyType(left))


@_apply.register
def _(fact: f.LetterQueued, case: Case, actor: str) -> Case:
    line = LetterLine(
        key=fact.key,
        kind=fact.kind,
        digest=fact.digest,
        personal=fact.personal,
        claims=fact.claims,
        state=LetterState.QUEUED,
    )
    return replace(case, letters=_with(case.letters, fact.key, line), makers=_with(case.makers, fact.digest, actor))


def _letter(case: Case, key: str, state: LetterState, sent_on: date | None = None) -> Case:
    line = case.letters.get(key)
    if line is None:
        return case
    moved = replace(line, state=state, sent_on=sent_on or line.sent_on)
    return replace(case, letters=_with(case.letters, key, moved))


@_apply.register
def _(fact: f.LetterHandedOver, case: Case, actor: str) -> Case:
    return _letter(case, fact.key, LetterState.SENDING)


@_apply.register
def _(fact: f.LetterSent, case: Case, actor: str) -> Case:
    return _letter(case, fact.key, LetterState.SENT, fact.on)


@_apply.register
def _(fact: f.LetterFailed, case: Case, actor: str) -> Case:
    if fact.final:
        return _never_arrived(_letter(case, fact.key, LetterState.FAILED), fact.key)
    return _letter(case, fact.key, LetterState.QUEUED)


@_apply.register
def _(fact: f.LetterBounced, case: Case, actor: str) -> Case:
    return _never_arrived(_letter(case, fact.key, LetterState.BOUNCED), fact.key)


def _never_arrived(case: Case, key: str) -> Case:
    """What a letter did to the clocks is undone: nobody was asked anything, and no notice was given."""
    line = case.letters.get(key)
    return case if line is None else replace(case, moves=without(case, line))


@_apply.register
def _(fact: f.OutcomeReached, case: Case, actor: str) -> Case:
    claim = case.claims.get(fact.claim)
    if claim is None:
        return case
    ended = replace(claim, outcome=fact.outcome, ground=fact.ground)
    # who decided is remembered: an appeal against it is for somebody else
    return replace(case, claims=_with(case.claims, fact.claim, ended), makers=_with(case.makers, fact.claim, actor))


@_apply.register
def _(fact: f.AppealMade, case: Case, actor: str) -> Case:
    return contested(case, fact)


@_apply.register
def _(fact: f.RightRevived, case: Case, actor: str) -> Case:
    return won_back(case, fact)


@_apply.register
def _(fact: f.CaseClosed, case: Case, actor: str) -> Case:
    return replace(case, closed=True, purge_on=fact.purge_on)


@_apply.register
def _(fact: f.CaseReopened, case: Case, actor: str) -> Case:
    open_again = {name: replace(claim, outcome=None, ground="") for name, claim in case.claims.items()}
    # The answer given before answers no more: the person waits for a new one, and its clock shows.
    answered = {key: replace(line, claims=()) for key, line in case.letters.items()}
    return replace(
        case,
        closed=False,
        purge_on=None,
        claims=MappingProxyType(open_again),
        letters=MappingProxyType(answered),
        reviewed="",
    )
