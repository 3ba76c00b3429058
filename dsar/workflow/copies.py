"""Forgets our own copies of what was erased or corrected: the case must not keep what the person had deleted.

What the later looks compare by (keys, and what the plan did to each) stays until the last of them; facts stay for good.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from dateutil.relativedelta import relativedelta

from dsar.case.case import Case
from dsar.case.changes import PlanKind, from_text, to_text
from dsar.case.facts import PlanFinished
from dsar.case.stamp import Stamp
from dsar.workspace import Workspace

KEYS = "keys"


def erased(case: Case) -> bool:
    """Whether an erasure was carried out in this case."""
    return any(line.finished and line.kind is PlanKind.ERASE for line in case.plans.values())


def keys_of(ws: Workspace, number: str) -> dict[str, str]:
    """The source's key of every finding, also of those whose copies were forgotten."""
    keys = {one.id: one.record.key for one in ws.ledger.findings(number)}
    for kept in ws.ledger.kept(number, KEYS):
        keys = {**json.loads(kept.value), **keys}
    return keys


def forget_copies(ws: Workspace, case: Case, by: Stamp) -> None:
    """Drop the copies of an erased person's records from the case: findings, and what its plans saw."""
    if not erased(case):
        return
    number = case.number
    with ws.ledger.writing():
        keys = keys_of(ws, number)
        for kept in ws.ledger.kept(number, KEYS):
            ws.ledger.forget(kept.item)
        ws.ledger.keep(number, KEYS, json.dumps(keys, ensure_ascii=False, sort_keys=True), at=by.recorded_at)
        for source, record_set in case.coverage:
            ws.ledger.drop_findings(number, source, record_set)
        _scrub(ws, number, by.recorded_at, lambda plan: plan in case.plans)


def forget_identifiers(ws: Workspace, case: Case, on: date) -> bool:
    """After the last promised look at a closed erasure, forget what the person was known by; says whether it did."""
    if not (case.closed and erased(case) and case.checks_on and on >= case.checks_on[-1]):
        return False
    with ws.ledger.writing():
        for kind in ("identifier", KEYS):
            for kept in ws.ledger.kept(case.number, kind):
                ws.ledger.forget(kept.item)
    return True


def forget_before_images(ws: Workspace, by: Stamp) -> int:
    """Forget the values before corrections whose months are over; gives how many plans lost theirs."""
    spent = 0
    for number in ws.ledger.cases_with(PlanFinished):
        if ws.ledger.is_purged(number):
            continue
        months = relativedelta(months=ws.config.retention.before_months)
        facts = [(entry.fact, entry.on) for entry in ws.ledger.history(number)]
        over = {fact.plan for fact, on in facts if isinstance(fact, PlanFinished) and on + months <= by.on}
        if over:
            with ws.ledger.writing():
                spent += _scrub(ws, number, by.recorded_at, over.__contains__)
    return spent


def _scrub(ws: Workspace, number: str, at: datetime, wanted: Callable[[str], bool]) -> int:
    """Write these plans anew without the values that were there before; the fact keeps the hash of the whole plan."""
    done = 0
    for kept in ws.ledger.kept(number, "plan"):
        plan = from_text(kept.value.decode("utf-8"))
        if not wanted(plan.id) or not any(step.before for step in plan.steps):
            continue
        bare = replace(plan, steps=tuple(replace(step, before={}) for step in plan.steps))
        ws.ledger.forget(kept.item)
        ws.ledger.keep(number, "plan", to_text(bare), at=at)
        done += 1
    return done
