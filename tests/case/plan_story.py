"""One erasure told fact by fact, from the proven right to the search that looks again."""

from __future__ import annotations

from dataclasses import replace

from dsar.case import facts as f
from dsar.case.case import Case
from dsar.case.changes import PlanKind, Result
from dsar.case.evolve import evolve
from dsar.case.rights import Right
from tests.case import story as s

CLAIMED = replace(s.CLAIMED, right=Right.DELETE)
CLAIM = f"delete/{s.CLAIMED.law}"
PLAN = f.PlanMade(
    plan="P-36-1",
    kind=PlanKind.ERASE,
    digest="p1",
    claims=(CLAIM,),
    steps=2,
    changes=1,
    expires_at="2026-11-20T09:00:00+00:00",
    needs_approval=True,
)
YES = f.Approved(what=f.Approves.PLAN, digest="p1")
STARTED = f.PlanStarted(plan="P-36-1")
HALF = f.StepsDone(plan="P-36-1", results=(("S-0001", Result.DONE),))
REST = f.StepsDone(plan="P-36-1", results=(("S-0002", Result.KEPT),))
FINISHED = f.PlanFinished(plan="P-36-1")
CLEAN = f.Rechecked(plan="P-36-1", remaining=1, explained=1)
HOLD = f.HoldPlaced(hold="H-1", item="V-9")
WHOLE = (
    *(s.OPENED, CLAIMED, s.PROVEN, s.SCOPED, s.SEARCHED),
    *(PLAN, YES, STARTED, HALF, REST, FINISHED, CLEAN),
)


def until(last: f.Fact) -> Case:
    """The erasure up to and with this fact; the approval is a second person's."""
    case = Case(number=s.NUMBER)
    for fact in WHOLE[: WHOLE.index(last) + 1]:
        case = evolve(case, fact, s.actor_of(fact))
    return case
