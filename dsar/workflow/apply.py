"""Carries out an approved plan, receipt by receipt; looking at it again is ``look_again``'s.

Killed at any line it goes on where it stopped: steps with a receipt are done, the others are tried again, and a record
that is not what the plan saw is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dsar.case.case import Case, Claim, PlanLine, current_plan, needs_authority, proven, told
from dsar.case.changes import DONE_WELL, UNDOABLE, Action, Plan, PlanKind, Result, Step
from dsar.case.facts import (
    Approves,
    ChecksSet,
    Fact,
    PlanFinished,
    PlanStarted,
    Rechecked,
    StepsDone,
    Suppressed,
)
from dsar.case.gates import ChangeQuestion, may_change
from dsar.case.identifiers import SEARCHABLE
from dsar.case.next import short
from dsar.case.rights import GIVES_A_COPY, Right
from dsar.case.stages import Outcome
from dsar.case.stamp import Stamp
from dsar.changes.plan import stale
from dsar.errors import DsarError, InputWrong, Refused
from dsar.sources.writing import writer
from dsar.workflow.plans import place_of, saved_plan
from dsar.workflow.subject import subject_of
from dsar.workspace import Workspace

# The search is run once more on these days after an erasure or correction.
LOOK_AGAIN_DAYS = (7, 30, 90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What one run did: results per source, and what is left."""

    case: Case
    plan: Plan
    line: PlanLine
    failed: tuple[tuple[str, str], ...]

    @property
    def results(self) -> dict[str, dict[Result, int]]:
        """How often each result came, per source."""
        counts: dict[str, dict[Result, int]] = {}
        for step in self.plan.steps:
            result = self.line.results.get(step.id)
            if result is not None:
                per = counts.setdefault(step.source, {})
                per[result] = per.get(result, 0) + 1
        return counts

    @property
    def left(self) -> int:
        """Steps that are not done."""
        return sum(1 for step in self.plan.steps if self.line.results.get(step.id) not in DONE_WELL)


def left_to_do(plan: Plan, line: PlanLine) -> list[Step]:
    """The steps that a program or a person may still do; a record that moved needs a new plan."""
    ended = {*DONE_WELL, Result.MOVED}
    return [step for step in plan.steps if line.results.get(step.id) not in ended]


def waiting_plan(ws: Workspace, number: str) -> tuple[Case, PlanLine]:
    """The plan of a case that is to be carried out next; Refused if there is none."""
    case = ws.ledger.case(number)
    done = [plan for plan in case.plans.values() if plan.finished]
    line = current_plan(case)
    if line is None or _overtaken(case, line):
        if done:
            return case, done[-1]
        raise Refused(f"Not done: {number} has no plan. Nothing was changed.", hint=f"dsar next {short(number)}")
    return case, line


def _overtaken(case: Case, line: PlanLine) -> bool:
    """Whether a newer plan of the same kind was carried out: what this one left is not tried again."""
    names = list(case.plans)
    newer = names[names.index(line.id) + 1 :]
    return any(case.plans[name].finished and case.plans[name].kind is line.kind for name in newer)


def apply(ws: Workspace, number: str, by: Stamp) -> Applied:
    """Carry out the waiting plan; run again, it goes on; done, it says so.

    Raises Refused with every reason of the change gate, or where records moved since the plan was made.
    """
    ws.require(by, "editor")
    case, line = waiting_plan(ws, number)
    plan = saved_plan(ws, number, line.id)
    if line.finished:
        return Applied(case=case, plan=plan, line=line, failed=())
    _ask_gate(ws, case, line, plan, by)
    if not line.started:
        case = ws.ledger.record(number, PlanStarted(plan=line.id), by=by)
    failed = _run(ws, number, plan, line, by)
    return end_if_done(ws, number, plan, line, by, failed=failed)


def end_if_done(
    ws: Workspace, number: str, plan: Plan, line: PlanLine, by: Stamp, *, failed: Sequence[tuple[str, str]] = ()
) -> Applied:
    """What is left of a plan; where that is nothing, the plan is finished."""
    case = ws.ledger.case(number)
    line = case.plans[line.id]
    over = tuple(place for place in line.by_hand if place not in {place_of(step) for step in left_to_do(plan, line)})
    if over:
        # a source that could not be written when the plan was made, and can be by now
        case = ws.ledger.record(number, StepsDone(plan=line.id, results=(), by_hand=over), by=by)
    applied = Applied(case=case, plan=plan, line=case.plans[line.id], failed=tuple(failed))
    if applied.left:
        return applied
    case = ws.ledger.record(number, *_closing_facts(ws, case, plan, by), by=by)
    return Applied(case=case, plan=plan, line=case.plans[line.id], failed=())


def _ask_gate(ws: Workspace, case: Case, line: PlanLine, plan: Plan, by: Stamp) -> None:
    claims = [case.claims[name] for name in line.claims if name in case.claims]
    _refuse_ended(case, line, claims)
    verdict = may_change(
        ChangeQuestion(
            identity_proven=all(proven(case, claim) for claim in claims),
            authority_shown=plan.kind in UNDOABLE
            or not needs_authority(case)
            or case.authority is not None
            or all(claim.right is Right.CHILD_DELETE for claim in claims),
            processor_uninstructed=False,
            legal_hold=plan.kind is PlanKind.ERASE and bool(case.holds),
            restriction=plan.kind is PlanKind.ERASE and _restricted(case),
            access_still_open=plan.kind is PlanKind.ERASE and _copy_still_owed(ws, case),
            withdrawn=any(claim.outcome is Outcome.WITHDRAWN for claim in claims),
            joint_holder=False,
            second_person=not line.needs_approval or case.approved(Approves.PLAN, line.digest),
            plan_current=line.started or _current(ws, case, line, plan, by.recorded_at),
            clock_moved_on_live=by.moved and not ws.config.desk.rehearsal,
        )
    )
    if not verdict.allowed:
        says = " ".join(reason.says for reason in verdict.reasons)
        hint = verdict.reasons[0].hint.replace("CASE", short(case.number))
        hint = hint.replace("KIND", plan.kind.replace("_", "-"))
        raise Refused(f"Not done: plan {line.id} stays as it is. {says} Nothing was changed.", hint=hint)


def _restricted(case: Case) -> bool:
    return any(claim.right is Right.RESTRICTION and claim.outcome is None for claim in case.claims.values())


def _refuse_ended(case: Case, line: PlanLine, claims: Sequence[Claim]) -> None:
    """Refuse where every right the plan is for has ended: nobody asks for the change any more."""
    if any(claim.outcome is None for claim in claims):
        return
    ended = ", ".join(f"{claim.name}: {str(claim.outcome).replace('_', ' ')}" for claim in claims)
    raise Refused(
        f"Not done: plan {line.id} stays as it is. What it was made for has ended ({ended}). Nothing was changed.",
        hint=f"dsar show {short(case.number)}",
    )


def _copy_still_owed(ws: Workspace, case: Case) -> bool:
    """Whether a copy is owed that an erasure would take away: here, or in a linked case of the same person.

    A copy that was granted and came back undelivered is owed still.
    """
    cases = (case, *(ws.ledger.case(other) for other in case.linked))
    return any(_copy_owed(one, claim) for one in cases for claim in one.claims.values())


def _copy_owed(case: Case, claim: Claim) -> bool:
    if claim.right not in GIVES_A_COPY or case.closed:
        return False
    given = claim.outcome in (Outcome.GRANTED, Outcome.GRANTED_IN_PART)
    return claim.outcome is None or (given and not told(case, claim))


def _current(ws: Workspace, case: Case, line: PlanLine, plan: Plan, now: datetime) -> bool:
    """Whether the plan is unexpired and the records are still what it saw."""
    if datetime.fromisoformat(line.expires_at) < now:
        return False
    return plan.kind in UNDOABLE or not stale(plan, list(ws.ledger.findings(case.number)))


def _run(ws: Workspace, number: str, plan: Plan, line: PlanLine, by: Stamp) -> list[tuple[str, str]]:
    """Every step without a good receipt, source by source; one source that fails leaves the others done."""
    open_steps = [step for step in plan.steps if line.results.get(step.id) not in DONE_WELL]
    kept = [step for step in open_steps if step.action is Action.KEEP]
    if kept:
        _receipts(ws, number, plan, [(step, Result.KEPT) for step in kept], by)
    failed: list[tuple[str, str]] = []
    sources = {source.settings.name: source for source in ws.sources}
    written = [step for step in open_steps if step.action in (Action.DELETE, Action.CHANGE)]
    for name in dict.fromkeys(step.source for step in written):
        steps = [step for step in written if step.source == name]
        results: list[tuple[Step, Result]] = []
        try:
            if name not in sources:
                raise InputWrong(f"The source {name} is no longer described.")
            at_work = writer(sources[name].settings, ws.home)
            at_work.apply(steps, done=_into(results))
            failed += [(name, why) for why in _reasons(at_work.why, results)]
        except DsarError as fault:
            failed.append((name, fault.message))
        if results:
            _receipts(ws, number, plan, results, by)
    return failed


def _reasons(why: Mapping[str, str], results: Sequence[tuple[Step, Result]]) -> list[str]:
    """Why steps failed, each reason once; a record that moved is counted in the results."""
    return list(dict.fromkeys(why.get(step.id, "") for step, result in results if result is Result.FAILED))


def _into(results: list[tuple[Step, Result]]) -> Callable[[Step, Result], None]:
    return lambda step, result: results.append((step, result))


def _receipts(ws: Workspace, number: str, plan: Plan, results: Sequence[tuple[Step, Result]], by: Stamp) -> None:
    rows = tuple((step.id, result) for step, result in results)
    ws.ledger.record(number, StepsDone(plan=plan.id, results=rows), by=by)


def _closing_facts(ws: Workspace, case: Case, plan: Plan, by: Stamp) -> list[Fact]:
    """What follows when every step has its receipt: the plan is finished, and the days to look again are set."""
    facts: list[Fact] = [PlanFinished(plan=plan.id)]
    if plan.kind in UNDOABLE:
        # Marks are looked at by the writers themselves, row by row: nothing can remain.
        facts.append(Rechecked(plan=plan.id, remaining=0, explained=0))
        return facts
    facts.append(ChecksSet(days=tuple(by.on + timedelta(days=days) for days in LOOK_AGAIN_DAYS)))
    if plan.kind is PlanKind.ERASE:
        marks = [f"{one.kind}:{one.value}" for one in subject_of(ws, case) if one.kind in SEARCHABLE]
        ws.ledger.suppress(marks)
        facts.append(Suppressed(entries=len(marks)))
    return facts
