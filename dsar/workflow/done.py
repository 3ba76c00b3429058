"""What a letter says of a change that was carried out: what was done, what stays and why, whom we told.

Field names and record sets, never values: a correction letter repeats neither the old nor the new one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from dsar.case.case import Case, Claim, Look, PlanLine
from dsar.case.changes import DONE_WELL, UNDOABLE, Action, Plan, PlanKind, Result, Step
from dsar.case.records import RecordSet
from dsar.case.stages import Role
from dsar.case.stamp import Stamp
from dsar.changes.steps import FOR_CUSTOMER, SHARED
from dsar.letters import letter as le
from dsar.workflow.phrases import phrase
from dsar.workflow.plans import VIEW_ONLY, saved_plan
from dsar.workflow.review import record_sets
from dsar.workspace import Workspace

_DONE = {
    PlanKind.CORRECT: le.Done.CORRECTED,
    PlanKind.RESTRICT: le.Done.RESTRICTED,
    PlanKind.SUPPRESS: le.Done.STOPPED,
    PlanKind.STOP_PURPOSE: le.Done.STOPPED,
}


def done_values(ws: Workspace, case: Case, claims: Sequence[Claim], by: Stamp) -> dict[str, Any]:
    """The letter values of every plan that carried these rights out; secret record sets are absent."""
    if case.role is Role.PARENT and case.authority is None:
        # not proven to be the parent: the letter neither confirms nor denies
        return {}
    names = {claim.name for claim in claims}
    lines = [line for line in case.plans.values() if line.finished and names & set(line.claims)]
    sets = record_sets(ws)
    actions: list[le.Action] = []
    kept: list[le.Kept] = []
    for line in lines:
        plan = saved_plan(ws, case.number, line.id)
        actions += _actions(plan, line, sets)
        kept += _kept(plan, sets)
        kept += _view_only(ws, case, plan, sets)
    erased = any(line.kind is PlanKind.ERASE for line in lines)
    if erased:
        kept += _for_others(case, sets)
    corrected = any(line.kind is PlanKind.CORRECT for line in lines)
    looked = any(line.kind not in UNDOABLE for line in lines)
    return {
        "actions": tuple(actions),
        "kept": tuple(kept),
        "told": _told(ws, case),
        "checks_on": case.checks_on if looked else (),
        "before_kept_until": by.on + relativedelta(months=ws.config.retention.before_months) if corrected else None,
        "backups_until": by.on + timedelta(days=ws.config.retention.backup_days) if erased else None,
    }


def _shown(steps: Sequence[Step], sets: Mapping[tuple[str, str], RecordSet]) -> list[tuple[RecordSet, Step]]:
    found = [(sets.get((step.source, step.record_set)), step) for step in steps]
    return [(record_set, step) for record_set, step in found if record_set is not None and not record_set.secret]


def _actions(plan: Plan, line: PlanLine, sets: Mapping[tuple[str, str], RecordSet]) -> list[le.Action]:
    good = DONE_WELL - {Result.KEPT}
    counts: dict[tuple[str, le.Done], int] = {}
    for record_set, step in _shown([one for one in plan.steps if line.results.get(one.id) in good], sets):
        if step.action is Action.DELETE:
            titles, done = [record_set.title], le.Done.DELETED
        elif plan.kind is PlanKind.ERASE:
            titles, done = [record_set.title], le.Done.MASKED
        elif plan.kind is PlanKind.CORRECT:
            fields = [record_set.field(name) for name in step.after]
            titles = [f"{record_set.title}: {field.meaning}" for field in fields if field is not None]
            done = le.Done.CORRECTED
        else:
            titles, done = [record_set.title], _DONE[plan.kind]
        for title in titles:
            counts[(title, done)] = counts.get((title, done), 0) + 1
    return [le.Action(title=title, done=done, count=count) for (title, done), count in counts.items()]


def _kept(plan: Plan, sets: Mapping[tuple[str, str], RecordSet]) -> list[le.Kept]:
    counts: dict[tuple[str, str], int] = {}
    for record_set, step in _shown([one for one in plan.steps if one.action is Action.KEEP], sets):
        ground = f"{step.ground} ({step.until})" if step.until else step.ground
        counts[(record_set.title, ground)] = counts.get((record_set.title, ground), 0) + 1
    return [le.Kept(title=title, count=count, ground=ground) for (title, ground), count in counts.items()]


_WHY_NOT = {SHARED: "shared", FOR_CUSTOMER: "held_for_customer"}


def _view_only(ws: Workspace, case: Case, plan: Plan, sets: Mapping[tuple[str, str], RecordSet]) -> list[le.Kept]:
    """The fields that held the wrong value and stay as they are, each with the reason."""
    found: dict[le.Kept, None] = {}
    for item in ws.ledger.kept(case.number, VIEW_ONLY):
        told = json.loads(item.value)
        for one in told["fields"] if told["plan"] == plan.id else ():
            record_set = sets.get((one["source"], one["record_set"]))
            field = record_set.field(one["field"]) if record_set else None
            if record_set is not None and field is not None:
                ground = phrase(_WHY_NOT.get(one["why"], "not_edited"), case.language)
                found[le.Kept(title=f"{record_set.title}: {field.meaning}", count=0, ground=ground)] = None
    return list(found)


def _for_others(case: Case, sets: Mapping[tuple[str, str], RecordSet]) -> list[le.Kept]:
    """What we hold for customers only: found and counted, and not ours to erase."""
    kept = []
    for key, line in case.coverage.items():
        count = line.found if line.state is Look.EXCLUDED else line.excluded
        if count and not line.secret and key in sets:
            kept.append(le.Kept(title=sets[key].title, count=count, ground=phrase("held_for_customer", case.language)))
    return kept


def recipients(plan: Plan, sets: Mapping[tuple[str, str], RecordSet]) -> dict[str, list[str]]:
    """Who received what a plan touched: recipient -> the record sets concerned, secret ones left out."""
    found: dict[str, list[str]] = {}
    for record_set, _ in _shown([one for one in plan.steps if one.action is not Action.KEEP], sets):
        for name in record_set.recipients:
            titles = found.setdefault(name, [])
            if record_set.title not in titles:
                titles.append(record_set.title)
    return found


def _told(ws: Workspace, case: Case) -> tuple[str, ...]:
    """Those whom somebody recorded as told; a draft that lies in a folder tells nobody."""
    kept = ws.ledger.kept(case.number, "told")
    return tuple(dict.fromkeys(name for one in kept for name in json.loads(one.value)))
