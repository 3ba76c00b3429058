"""Finds saved plans in the vault."""

from __future__ import annotations

from dsar.case.changes import Plan, from_text
from dsar.case.next import short
from dsar.errors import Refused
from dsar.workspace import Workspace


def saved_plan(ws: Workspace, number: str, plan_id: str) -> Plan:
    """The plan of this id from the vault; Refused where it was purged or is not what its hash says."""
    for kept in reversed(ws.ledger.kept(number, "plan")):
        plan = from_text(kept.value.decode("utf-8"))
        if plan.id == plan_id:
            return plan
    raise Refused(f"Not done: the plan {plan_id} is gone. Nothing was changed.", hint=f"dsar plan {short(number)}")
