"""Asks every source again after a change, with every identifier the case knew, and compares with what was planned.

Carrying a plan out is ``apply``'s; on which days it is looked at again is written there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dsar.case.case import Case, PlanLine, carried_out, told_once
from dsar.case.changes import UNDOABLE, Action, Plan, PlanKind, Result, Step
from dsar.case.facts import (
    OutcomeReached,
    Rechecked,
)
from dsar.case.identifiers import SEARCHABLE
from dsar.case.next import short
from dsar.case.rights import Right
from dsar.case.stages import Outcome
from dsar.case.stamp import Stamp
from dsar.errors import Refused
from dsar.ledger.chain import Entry
from dsar.sources.answers import Answer, State
from dsar.sources.search import search
from dsar.workflow.copies import forget_identifiers, keys_of
from dsar.workflow.plans import saved_plan
from dsar.workflow.subject import subject_of
from dsar.workspace import Workspace

# Source, record set and key of one record.
_Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What the search after the change found: what remains and is explained, and what is not.

    ``unasked`` are the places with planned steps that only a colleague can search: nobody looked again there.
    """

    case: Case
    explained: tuple[Step, ...]
    unexplained: tuple[tuple[str, str, str], ...]
    failed: tuple[tuple[str, str], ...]
    unasked: tuple[str, ...] = ()


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
    plans = [(line, saved_plan(ws, number, line.id)) for line in finished]
    identifiers = [one for one in subject_of(ws, case) if one.kind in SEARCHABLE]
    if not identifiers:
        raise Refused(
            f"Not done: the last look at {number} is over, and what the person was known by is forgotten. "
            "Nothing was changed."
        )
    answers = search(ws.sources, identifiers).answers
    failed = [(f"{one.source}/{one.record_set.name}", one.why) for one in answers if one.state == "failed"]
    asked = {(one.source, one.record_set.name) for one in answers}
    touched = dict.fromkeys((step.source, step.record_set) for _, plan in plans for step in plan.steps)
    failed += [("/".join(place), "no longer described in sources/") for place in touched if place not in asked]
    waiting = {(one.source, one.record_set.name) for one in answers if one.state is State.WAITING}
    seen = _compared(plans, answers, keys_of(ws, number))
    if not failed:
        with ws.ledger.writing():
            for line in finished:
                case = _rechecked(ws, case, line, seen.counts[line.id], by)
            case = _end_quietly(ws, case, by)
            if not seen.unexplained:
                forget_identifiers(ws, case, by.on)
    return Looked(
        case=case,
        explained=tuple(seen.explained),
        unexplained=tuple(seen.unexplained),
        failed=tuple(failed),
        unasked=tuple("/".join(place) for place in touched if place in waiting),
    )


@dataclass(slots=True)
class _Seen:
    """What was found again; ``counts`` = per plan, how many records remain and how many of them are explained."""

    counts: dict[str, tuple[int, int]]
    explained: list[Step] = field(default_factory=list)
    unexplained: list[_Place] = field(default_factory=list)


def _compared(plans: Sequence[tuple[PlanLine, Plan]], answers: Sequence[Answer], keys: Mapping[str, str]) -> _Seen:
    """Every record found again against every plan that was carried out."""
    steps = [
        {(step.source, step.record_set, keys.get(step.finding, "")): step for step in plan.steps} for _, plan in plans
    ]
    seen = _Seen(counts={line.id: (0, 0) for line, _ in plans})
    for answer in answers:
        for record in answer.records:
            place = (answer.source, answer.record_set.name, record.key)
            _judge(place, record.values, plans, [of_plan.get(place) for of_plan in steps], seen)
    return seen


def _judge(
    place: _Place,
    now: Mapping[str, str],
    plans: Sequence[tuple[PlanLine, Plan]],
    steps: Sequence[Step | None],
    seen: _Seen,
) -> None:
    """One record against the plans; an erasure answers for every record, a correction for those it changed."""
    verdicts: list[bool] = []
    kinds = [plan.kind for _, plan in plans]
    for nth, (line, plan) in enumerate(plans):
        own = nth
        if plan.kind is PlanKind.ERASE:
            # a record that came later is in the newest plan only
            own = max((n for n, step in enumerate(steps) if step and kinds[n] is PlanKind.ERASE), default=nth)
        step = steps[own]
        if step is None and plan.kind is not PlanKind.ERASE:
            # after a correction the person's other records stay, as they should
            continue
        good = step is not None and _explains(step, [later for later in steps[own + 1 :] if later], now)
        remaining, explained = seen.counts[line.id]
        seen.counts[line.id] = (remaining + 1, explained + good)
        verdicts.append(good)
    newest = [step for step in steps if step]
    if not all(verdicts):
        seen.unexplained.append(place)
    elif verdicts:
        seen.explained.append(newest[-1])


def _explains(step: Step, later: Sequence[Step], now: Mapping[str, str]) -> bool:
    """Whether the plan says that this record stays: kept, or changed as planned here or by a later plan."""
    if step.action is Action.KEEP:
        return True
    if step.action is Action.DELETE:
        return False
    expected = dict(step.after)
    for other in later:
        expected |= {name: value for name, value in other.after.items() if name in expected}
    return all(now.get(name, "") == (value or "") for name, value in expected.items())


def _rechecked(ws: Workspace, case: Case, line: PlanLine, counts: tuple[int, int], by: Stamp) -> Case:
    """Record what this look found; typed twice on one day with the same result it is one fact."""
    fact = Rechecked(plan=line.id, remaining=counts[0], explained=counts[1])
    last: Entry | None = None
    for entry in ws.ledger.history(case.number):
        if isinstance(entry.fact, Rechecked) and entry.fact.plan == line.id:
            last = entry
    if last is not None and (last.fact, last.on) == (fact, by.on):
        return case
    return ws.ledger.record(case.number, fact, by=by)


def _end_quietly(ws: Workspace, case: Case, by: Stamp) -> Case:
    """End the rights of a case whose writer is told nothing more (a reporter, a child), once they are carried out."""
    if not told_once(case):
        return case
    done = [claim for claim in case.claims.values() if claim.outcome is None and carried_out(case, claim)]
    facts = [OutcomeReached(claim=claim.name, outcome=_quiet_outcome(case, claim.name)) for claim in done]
    child = next((fact for fact, claim in zip(facts, done, strict=True) if claim.right is Right.CHILD_DELETE), None)
    if child is not None:
        # the same wish under a law that asks for proof: it was carried out with the child's
        same = [one for one in case.claims.values() if one.right is Right.DELETE and one.outcome is None]
        facts += [OutcomeReached(claim=one.name, outcome=child.outcome) for one in same if one not in done]
    return ws.ledger.record(case.number, *facts, by=by) if facts else case


def _quiet_outcome(case: Case, claim: str) -> Outcome:
    plans = [line for line in case.plans.values() if line.finished and claim in line.claims]
    if not any(line.steps for line in plans):
        return Outcome.NOTHING_HELD
    kept = any(Result.KEPT in line.results.values() for line in plans)
    return Outcome.GRANTED_IN_PART if kept else Outcome.GRANTED


def done_rights(case: Case) -> tuple[str, ...]:
    """The rights of a case that were carried out and looked at again."""
    return tuple(name for name, claim in case.claims.items() if carried_out(case, claim))
