"""Takes a person's word for the steps of a plan that no program can do: what is left of it in one system or record set.

What a program can do is ``apply``'s. A search that looks again tells whether it was done, wherever there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dsar.case.case import PlanLine
from dsar.case.changes import Plan, Result, Step
from dsar.case.facts import NoteAdded, StepsDone
from dsar.case.next import short
from dsar.case.stamp import Stamp
from dsar.errors import InputWrong, Refused
from dsar.workflow.apply import Applied, end_if_done, left_to_do, waiting_plan
from dsar.workflow.plans import place_of, saved_plan
from dsar.workspace import Workspace


def done_by_hand(ws: Workspace, number: str, places: Sequence[str], by: Stamp, *, note: str = "") -> Applied:
    """Give what is left in these places its receipt: somebody did it there; "source" or "source/record_set".

    ``note`` (who did it, a ticket) is kept in the vault. Raises Refused before the plan was begun, and InputWrong where
    a place has nothing left, or a record changed since the plan: that needs a new plan.
    """
    ws.require(by, "editor")
    case, line = waiting_plan(ws, number)
    plan = saved_plan(ws, number, line.id)
    if not line.started:
        raise Refused(
            f"Not done: plan {line.id} was not begun, so nothing of it is done yet. Nothing was recorded.",
            hint=f"First what a program can do: dsar apply {short(number)}",
        )
    steps: dict[str, Step] = {}
    for place in places:
        steps |= {step.id: step for step in _in_place(plan, line, place, number)}
    if not steps:
        return Applied(case=case, plan=plan, line=line, failed=())
    with ws.ledger.writing():
        if note.strip():
            item = ws.ledger.keep(number, "note", note.strip(), at=by.recorded_at)
            ws.ledger.record(number, NoteAdded(item=item), by=by)
        results = tuple((name, Result.BY_HAND) for name in steps)
        told = tuple(dict.fromkeys(map(place_of, steps.values())))
        ws.ledger.record(number, StepsDone(plan=line.id, results=results, by_hand=told), by=by)
        return end_if_done(ws, number, plan, line, by)


def _in_place(plan: Plan, line: PlanLine, place: str, number: str) -> Iterable[Step]:
    there = [step for step in plan.steps if place in (step.source, place_of(step))]
    left = [step for step in left_to_do(plan, line) if place in (step.source, place_of(step))]
    moved = [step for step in there if line.results.get(step.id) is Result.MOVED]
    if moved and not left:
        raise InputWrong(
            f"Not done: what is left in {place} changed since the plan was made. Nothing was recorded.",
            hint=f"Look at it again: dsar gather {short(number)}, then make a new plan",
        )
    if left or any(line.results.get(step.id) is Result.BY_HAND for step in there):
        return left
    places = dict.fromkeys(map(place_of, left_to_do(plan, line)))
    raise InputWrong(
        f'Not done: plan {line.id} has nothing left in "{place}" that could be done by hand. Nothing was recorded.',
        hint=f"Left: {', '.join(places)}" if places else f"dsar apply {short(number)}",
    )
