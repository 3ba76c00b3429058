"""Finds saved plans in the vault, and refuses what a report about another must not change."""

from __future__ import annotations

from dsar.case.case import Case
from dsar.case.changes import Plan, from_text
from dsar.case.next import short
from dsar.errors import Refused
from dsar.workflow.subject import writers_address
from dsar.workspace import Workspace

# the vault kind of the fields that a correction leaves as they are
VIEW_ONLY = "view_only"


def saved_plan(ws: Workspace, number: str, plan_id: str) -> Plan:
    """The plan of this id from the vault; Refused where it was purged or is not what its hash says."""
    for kept in reversed(ws.ledger.kept(number, "plan")):
        plan = from_text(kept.value.decode("utf-8"))
        if plan.id == plan_id:
            return plan
    raise Refused(f"Not done: the plan {plan_id} is gone. Nothing was changed.", hint=f"dsar next {short(number)}")


def refuse_writers_own(ws: Workspace, case: Case) -> None:
    """Refuse where records of whoever wrote are among what was found: a report about another erases nobody else."""
    address = writers_address(ws, case)
    if not address:
        return
    found = ws.ledger.findings(case.number)
    if any(match.value == address for one in found for match in one.record.matched):
        raise Refused(
            f"Not done: the search for {case.number} also found records by the address of whoever wrote, who is not "
            "the data subject. Nothing was saved.",
            hint=f"Leave them out: dsar child {short(case.number)} --found-by {case.role}, "
            f"then dsar gather {short(case.number)}",
        )
