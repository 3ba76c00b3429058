"""The plans of this room under one roof, and whether one still fits what is found.

Each kind of plan is chosen in its own module; carrying one out is ``sources.writing``.
"""

from __future__ import annotations

from collections.abc import Sequence

from dsar.case.changes import Plan, PlanKind
from dsar.case.records import Finding
from dsar.changes.correcting import ViewOnly as ViewOnly
from dsar.changes.correcting import correcting as correcting
from dsar.changes.erasing import erasing as erasing
from dsar.changes.marking import marking as marking


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
