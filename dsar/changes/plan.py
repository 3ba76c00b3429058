"""The plans of this room under one roof, what a screen says of one, and whether it still fits what is found.

Each kind of plan is chosen in its own module; carrying one out is ``sources.writing``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dsar.case.changes import Action, Plan, PlanKind, Step
from dsar.case.records import Finding
from dsar.changes.correcting import ViewOnly as ViewOnly
from dsar.changes.correcting import correcting as correcting
from dsar.changes.erasing import erasing as erasing
from dsar.changes.marking import ByHand as ByHand
from dsar.changes.marking import marking as marking


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """What a plan does in one record set; ``why`` says on what grounds something stays, each once."""

    source: str
    record_set: str
    delete: int
    change: int
    keep: int
    why: tuple[str, ...]


def summary(plan: Plan) -> tuple[SummaryRow, ...]:
    """The plan as a table, one row per record set, in the order of its steps."""
    groups: dict[tuple[str, str], list[Step]] = {}
    for step in plan.steps:
        groups.setdefault((step.source, step.record_set), []).append(step)
    return tuple(
        SummaryRow(
            source=source,
            record_set=record_set,
            delete=sum(step.action is Action.DELETE for step in steps),
            change=sum(step.action is Action.CHANGE for step in steps),
            keep=sum(step.action is Action.KEEP for step in steps),
            why=tuple(dict.fromkeys(_why(step) for step in steps if step.ground)),
        )
        for (source, record_set), steps in groups.items()
    )


def _why(step: Step) -> str:
    return f"{step.ground} ({step.until})" if step.until else step.ground


def stale(plan: Plan, fresh: Sequence[Finding]) -> tuple[str, ...]:
    """The ids of the findings that no longer are what the plan saw: changed, gone, or new in its scope.

    An erasure covers every finding, so any new one counts; marks cover the record sets they touch; a
    correction only the records it changes.
    """
    seen = {step.finding: step for step in plan.steps}
    now = {finding.id: finding for finding in fresh}
    places = {(step.source, step.record_set) for step in plan.steps}
    changed = [
        name for name, step in seen.items() if name not in now or dict(now[name].record.values) != dict(step.before)
    ]
    new = [
        finding.id
        for finding in fresh
        if finding.id not in seen
        and (
            plan.kind is PlanKind.ERASE
            or (plan.kind is not PlanKind.CORRECT and (finding.source, finding.record_set) in places)
        )
    ]
    return tuple(sorted({*changed, *new}))
