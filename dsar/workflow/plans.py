"""Finds saved plans in the vault, tells what of one no program can do, and refuses what a report must not change."""

from __future__ import annotations

from functools import partial

from dsar.case.case import Case
from dsar.case.changes import Action, Plan, Step, from_text
from dsar.case.next import short
from dsar.errors import DsarError, Refused
from dsar.sources.answers import PERSON
from dsar.sources.interface import SourceSettings
from dsar.sources.writing import writer
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


def place_of(step: Step) -> str:
    """Where a step is done, as people type it: "source/record_set"."""
    return f"{step.source}/{step.record_set}"


def beyond_programs(ws: Workspace, plan: Plan) -> tuple[tuple[str, str], ...]:
    """The places of a plan that no program here can change, and why; known before anything is begun."""
    told = {place_of(step): step.ground for step in plan.steps if step.action is Action.HAND}
    why = {source.settings.name: partial(_unwritable, source.settings, ws) for source in ws.sources}
    known: dict[str, str] = {}
    for step in plan.steps:
        if step.action in (Action.DELETE, Action.CHANGE) and step.source in why:
            if step.source not in known:
                known[step.source] = why[step.source]()
            if known[step.source]:
                told.setdefault(place_of(step), known[step.source])
    return tuple(told.items())


def _unwritable(settings: SourceSettings, ws: Workspace) -> str:
    if settings.kind == PERSON:
        return f"a colleague must do it: {settings.options.get('ask', settings.owner)}"
    try:
        writer(settings, ws.home)
    except DsarError as fault:
        return fault.message.removesuffix(" Nothing was changed.").rstrip(".")
    return ""


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
