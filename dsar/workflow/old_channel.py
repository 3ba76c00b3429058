"""Finds the address that a correction took off file, so that whoever holds it learns that something was changed.

The new address may be an impostor's; only the old one can say so.
"""

from __future__ import annotations

from dsar.case.case import Case
from dsar.case.changes import PlanKind, Result
from dsar.case.identifiers import identifier
from dsar.case.next import short
from dsar.case.stages import LetterState
from dsar.letters.kinds import Kind
from dsar.workflow.plans import saved_plan
from dsar.workflow.review import record_sets
from dsar.workspace import Workspace


def old_channel(ws: Workspace, case: Case) -> str:
    """The e-mail address that the latest correction replaced; "" where none was."""
    sets = record_sets(ws)
    lines = [line for line in case.plans.values() if line.finished and line.kind is PlanKind.CORRECT]
    for line in reversed(lines):
        for step in saved_plan(ws, case.number, line.id).steps:
            record_set = sets.get((step.source, step.record_set))
            if record_set is None or line.results.get(step.id) not in (Result.DONE, Result.BY_HAND):
                continue
            for name in step.after:
                field = record_set.field(name)
                if field is not None and field.identifies == "email" and step.before.get(name):
                    found = identifier("email", step.before[name])
                    return found.value if found else ""
    return ""


def untold(ws: Workspace, case: Case) -> list[str]:
    """What still keeps a case open for the old address's sake: one sentence, or nothing."""
    told = any(line.kind == Kind.OLD_CHANNEL and line.state is LetterState.SENT for line in case.letters.values())
    if told or not old_channel(ws, case):
        return []
    return [f"The old e-mail address was not told: dsar letter send {short(case.number)} {Kind.OLD_CHANNEL}."]
