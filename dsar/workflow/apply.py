"""Carries out an approved plan, receipt by receipt, and looks again with the same search.

Killed at any line it goes on where it stopped: steps with a receipt are done, the others are tried again, and a record
that is not what the plan saw is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dsar.case.case import Case, PlanLine, carried_out, current_plan, needs_authority, proven, told_once
from dsar.case.changes import UNDOABLE, Action, Plan, PlanKind, Result, Step
from dsar.case.facts import (
    Approves,
    ChecksSet,
    Fact,
    OutcomeReached,
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
from dsar.sources.search import search
from dsar.sources.writing import writer
from dsar.workflow.openings import identifiers_of
from dsar.workflow.plans import saved_plan
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
        good = {Result.DONE, Result.ALREADY, Result.KEPT}
        return sum(1 for step in self.plan.steps if self.line.results.get(step.id) not in good)


def waiting_plan(ws: Workspace, number: str) -> tuple[Case, PlanLine]:
    """The plan of a case that is to be carried out next; Refused if there is none."""
    case = ws.ledger.case(number)
    line = current_plan(case)
    if line is None:
        done = [plan for plan in case.plans.values() if plan.finished]
        if done:
            return case, done[-1]
        raise Refused(f"Not done: {number} has no plan. Nothing was changed.", hint=f"dsar plan {short(number)}")
    return case, line


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
    case = ws.ledger.case(number)
    line = case.plans[line.id]
    applied = Applied(case=case, plan=plan, line=line, failed=tuple(failed))
    if applied.left:
        return applied
    case = ws.ledger.record(number, *_closing_facts(ws, case, plan, by), by=by)
    return Applied(case=case, plan=plan, line=case.plans[line.id], failed=())


def _ask_gate(ws: Workspace, case: Case, line: PlanLine, plan: Plan, by: Stamp) -> None:
    claims = [case.claims[name] for name in line.claims if name in case.claims]
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
            access_still_open=plan.kind is PlanKind.ERASE and _copy_still_owed(case),
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
        raise Refused(f"Not done: plan {line.id} stays as it is. {says} Nothing was changed.", hint=hint)


def _restricted(case: Case) -> bool:
    return any(claim.right is Right.RESTRICTION and claim.outcome is None for claim in case.claims.values())


def _copy_still_owed(case: Case) -> bool:
    return any(claim.right in GIVES_A_COPY and claim.outcome is None for claim in case.claims.values())


def _current(ws: Workspace, case: Case, line: PlanLine, plan: Plan, now: datetime) -> bool:
    """Whether the plan is unexpired and the records are still what it saw."""
    if datetime.fromisoformat(line.expires_at) < now:
        return False
    return plan.kind in UNDOABLE or not stale(plan, list(ws.ledger.findings(case.number)))


def _run(ws: Workspace, number: str, plan: Plan, line: PlanLine, by: Stamp) -> list[tuple[str, str]]:
    """Every step without a good receipt, source by source; one source that fails leaves the others done."""
    good = {Result.DONE, Result.ALREADY, Result.KEPT}
    open_steps = [step for step in plan.steps if line.results.get(step.id) not in good]
    kept = [step for step in open_steps if step.action is Action.KEEP]
    if kept:
        _receipts(ws, number, plan, [(step, Result.KEPT) for step in kept], by)
    failed: list[tuple[str, str]] = []
    sources = {source.settings.name: source for source in ws.sources}
    for name in dict.fromkeys(step.source for step in open_steps if step.action is not Action.KEEP):
        steps = [step for step in open_steps if step.source == name and step.action is not Action.KEEP]
        results: list[tuple[Step, Result]] = []
        try:
            if name not in sources:
                raise InputWrong(f"The source {name} is no longer described.")
            writer(sources[name].settings, ws.home).apply(steps, done=_into(results))
        except DsarError as fault:
            failed.append((name, fault.message))
        if results:
            _receipts(ws, number, plan, results, by)
    return failed


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
        marks = [f"{one.kind}:{one.value}" for one in identifiers_of(ws, case.number) if one.kind in SEARCHABLE]
        ws.ledger.suppress(marks)
        facts.append(Suppressed(entries=len(marks)))
    return facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What the search after the change found: what remains and is explained, and what is not."""

    case: Case
    explained: tuple[Step, ...]
    unexplained: tuple[tuple[str, str, str], ...]
    failed: tuple[tuple[str, str], ...]


def look_again(ws: Workspace, number: str, by: Stamp) -> Looked:
    """Ask every source again with every identifier the case knew, and compare with what the plan kept.

    A source that does not answer makes no clean result. Works on the given day and again 7, 30 and 90 days later.
    """
    ws.require(by, "editor")
    case = ws.ledger.case(number)
    finished = [plan for plan in case.plans.values() if plan.finished and plan.kind not in UNDOABLE]
    if not finished:
        raise Refused(
            f"Not done: no plan of {number} was carried out yet, so there is nothing to look at again.",
            hint=f"dsar apply {short(number)}",
        )
    line = finished[-1]
    plan = saved_plan(ws, number, line.id)
    identifiers = [one for one in identifiers_of(ws, number) if one.kind in SEARCHABLE]
    result = search(ws.sources, identifiers)
    keys = {finding.id: finding.record.key for finding in ws.ledger.findings(number)}
    kept = {(step.source, step.record_set, keys.get(step.finding, "")): step for step in plan.steps}
    explained: list[Step] = []
    unexplained: list[tuple[str, str, str]] = []
    failed = [(f"{one.source}/{one.record_set.name}", one.why) for one in result.answers if one.state == "failed"]
    for answer in result.answers:
        for record in answer.records:
            step = kept.get((answer.source, answer.record_set.name, record.key))
            if step is not None and _explains(step, record.values):
                explained.append(step)
            elif step is not None or plan.kind is PlanKind.ERASE:
                # after a correction the person's other records stay, as they should
                unexplained.append((answer.source, answer.record_set.name, record.key))
    if not failed:
        remaining = len(explained) + len(unexplained)
        if (line.remaining, line.explained) != (remaining, len(explained)):
            fact = Rechecked(plan=line.id, remaining=remaining, explained=len(explained))
            case = ws.ledger.record(number, fact, by=by)
        case = _end_quietly(ws, case, plan, by)
    return Looked(case=case, explained=tuple(explained), unexplained=tuple(unexplained), failed=tuple(failed))


def _end_quietly(ws: Workspace, case: Case, plan: Plan, by: Stamp) -> Case:
    """End the rights of a case whose writer is told nothing more (a reporter, a child), once they are carried out."""
    if not told_once(case):
        return case
    outcome = Outcome.GRANTED_IN_PART if plan.count(Action.KEEP) else Outcome.GRANTED
    facts = [
        OutcomeReached(claim=name, outcome=outcome)
        for name, claim in case.claims.items()
        if claim.outcome is None and carried_out(case, claim)
    ]
    return ws.ledger.record(case.number, *facts, by=by) if facts else case


def _explains(step: Step, now: Mapping[str, str]) -> bool:
    """Whether the plan says that this record stays: kept, changed as planned, or corrected."""
    if step.action is Action.KEEP:
        return True
    if step.action is Action.DELETE:
        return False
    return all(now.get(name, "") == (value or "") for name, value in step.after.items())


def done_rights(case: Case) -> tuple[str, ...]:
    """The rights of a case that were carried out and looked at again."""
    return tuple(name for name, claim in case.claims.items() if carried_out(case, claim))
