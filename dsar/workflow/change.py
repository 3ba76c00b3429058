"""Plans changes in the sources and has them approved: nothing is touched here.

Choosing the steps is the changes room's business; carrying them out is in ``apply``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from dsar.case.case import Case, PlanLine, current_plan, proven
from dsar.case.changes import UNDOABLE, Action, Plan, PlanKind, to_text
from dsar.case.facts import Approved, Approves, HoldLifted, HoldPlaced, PlanMade
from dsar.case.identifiers import SEARCHABLE
from dsar.case.next import short
from dsar.case.records import Finding
from dsar.case.rights import CARRIED_OUT_BY, HELPED_BY
from dsar.case.stamp import Stamp
from dsar.changes.correcting import ViewOnly, correcting
from dsar.changes.erasing import erasing
from dsar.changes.marking import marking
from dsar.errors import InputWrong, OutsideDown, Refused
from dsar.sources.search import search
from dsar.workflow.openings import identifiers_of
from dsar.workflow.plans import VIEW_ONLY, beyond_programs, refuse_writers_own, saved_plan
from dsar.workflow.review import fingerprint, record_sets
from dsar.workflow.subject import subject_of
from dsar.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A saved plan, and what it leaves out: view-only fields, and record sets that no column marks."""

    case: Case
    plan: Plan
    line: PlanLine
    view_only: tuple[ViewOnly, ...] = ()
    unmarked: tuple[str, ...] = ()
    already: bool = False

    @property
    def fingerprint(self) -> str:
        """What a second person types."""
        return fingerprint(self.line.digest)


def plan_erasure(ws: Workspace, number: str, by: Stamp) -> Planned:
    """Plan what an erasure does to every finding, by each record set's rule."""
    ws.require(by, "editor")
    case = ws.ledger.case(number)
    refuse_writers_own(ws, case)
    made = erasing(
        list(ws.ledger.findings(number)),
        record_sets(ws),
        subject_of(ws, case),
        plan_id=_next_id(case),
        case=number,
        now=by.recorded_at,
        whole_only=_whole_only(ws),
    )
    return _save(ws, case, made, by)


def plan_correction(ws: Workspace, number: str, field: str, new: str, by: Stamp, *, old: str = "") -> Planned:
    """Plan a correction: ``field`` is a kind (email, phone, name, address) or source/record_set.field."""
    ws.require(by, "editor")
    case = ws.ledger.case(number)
    made, view_only = correcting(
        list(ws.ledger.findings(number)),
        record_sets(ws),
        identifiers_of(ws, number),
        kind_or_field=field,
        new=new,
        old=old,
        plan_id=_next_id(case),
        case=number,
        now=by.recorded_at,
        whole_only=_whole_only(ws),
    )
    return _save(ws, case, made, by, view_only=view_only)


def plan_marking(ws: Workspace, number: str, kind: PlanKind, by: Stamp, *, purpose: str = "") -> Planned:
    """Plan to stop a use, to suppress, or to restrict: carried out by marks in the sources, not by deleting."""
    ws.require(by, "editor")
    if kind not in UNDOABLE:
        raise InputWrong(f'Not done: "{kind}" is planned with --erase or --correct.')
    case = ws.ledger.case(number)
    made, unmarked = marking(
        kind,
        _records_to_mark(ws, case),
        record_sets(ws),
        subject_of(ws, case),
        purpose=purpose,
        plan_id=_next_id(case),
        case=number,
        now=by.recorded_at,
    )
    return replace(_save(ws, case, made, by), unmarked=unmarked)


def _whole_only(ws: Workspace) -> frozenset[str]:
    """The sources whose records can only be deleted whole."""
    return frozenset(source.settings.name for source in ws.sources if source.settings.kind == "mailbox")


def _records_to_mark(ws: Workspace, case: Case) -> list[Finding]:
    """The person's records, found for the marks alone: nothing of them is kept, since an opt-out asks for no proof.

    Raises OutsideDown where a source does not answer: a mark that is missing somewhere is no opt-out.
    """
    identifiers = [one for one in subject_of(ws, case) if one.kind in SEARCHABLE]
    if not identifiers:
        raise Refused(
            f"Not done: {case.number} holds no e-mail, phone or account number to find the records by. "
            "Nothing was saved.",
            hint=f"Add one: dsar attach {short(case.number)} --identifier email=ADDRESS",
        )
    answers = search(ws.sources, identifiers).answers
    failed = [f"{one.source}/{one.record_set.name}" for one in answers if one.state == "failed"]
    if failed:
        raise OutsideDown(
            f"Not done: {', '.join(failed)} did not answer, so a mark could be missing there. Nothing was saved.",
            hint="Try again, or look: dsar source test",
        )
    records = [(one.source, one.record_set.name, record) for one in answers for record in one.records]
    return [
        Finding(id=f"M-{nth:04d}", source=source, record_set=record_set, record=record)
        for nth, (source, record_set, record) in enumerate(records, start=1)
    ]


def _next_id(case: Case) -> str:
    """One more than the last: a plan that was replaced is gone from the case, and its number is not used again."""
    used = (int(name.rpartition("-")[2]) for name in case.plans)
    return f"P-{short(case.number)}-{max(used, default=0) + 1}"


def _save(
    ws: Workspace,
    case: Case,
    plan: Plan,
    by: Stamp,
    *,
    view_only: Sequence[ViewOnly] = (),
) -> Planned:
    """Keep the plan in the vault and its hash in the facts; the same plan again is the one that is saved."""
    asked = [
        claim
        for claim in case.claims.values()
        if claim.outcome is None
        and plan.kind in (*CARRIED_OUT_BY.get(claim.right, ()), *HELPED_BY.get(claim.right, ()))
    ]
    # a right that still waits for proof does not hold up one that needs none (a child's deletion, an opt-out)
    claims = tuple(claim.name for claim in asked if proven(case, claim)) or tuple(claim.name for claim in asked)
    if not claims:
        raise Refused(
            f"Not done: nothing that {case.number} asks for is carried out by a plan to {plan.kind.replace('_', ' ')}. "
            "Nothing was saved.",
            hint=f"dsar show {short(case.number)}",
        )
    same = _same_as_saved(ws, case, plan, claims, by.recorded_at)
    if same is not None:
        return Planned(case=case, plan=same[0], line=same[1], view_only=tuple(view_only), already=True)
    fact = PlanMade(
        plan=plan.id,
        kind=plan.kind,
        digest=ws.ledger.digest(case.number, plan.digest),
        claims=claims,
        steps=len(plan.steps),
        changes=len(plan.steps) - plan.count(Action.KEEP),
        expires_at=plan.expires_at.isoformat(),
        needs_approval=plan.kind not in UNDOABLE,
        by_hand=tuple(place for place, _ in beyond_programs(ws, plan)),
    )
    with ws.ledger.writing():
        ws.ledger.keep(case.number, "plan", to_text(plan), at=by.recorded_at)
        if view_only:
            told = {"plan": plan.id, "fields": [asdict(one) for one in view_only]}
            ws.ledger.keep(case.number, VIEW_ONLY, json.dumps(told, sort_keys=True), at=by.recorded_at)
        case = ws.ledger.record(case.number, fact, by=by)
    return Planned(case=case, plan=plan, line=case.plans[plan.id], view_only=tuple(view_only))


def waiting(ws: Workspace, number: str, now: datetime) -> Planned | None:
    """The saved plan that waits to be approved or carried out, to look at; None where there is none, or it expired."""
    case = ws.ledger.case(number)
    line = current_plan(case)
    if line is None or (not line.started and datetime.fromisoformat(line.expires_at) < now):
        return None
    return Planned(case=case, plan=saved_plan(ws, number, line.id), line=line, already=True)


def _same_as_saved(
    ws: Workspace, case: Case, plan: Plan, claims: tuple[str, ...], now: datetime
) -> tuple[Plan, PlanLine] | None:
    """The saved plan that does exactly this for these rights, if it is still good."""
    for line in case.plans.values():
        if line.started or line.kind is not plan.kind or datetime.fromisoformat(line.expires_at) < now:
            continue
        if line.claims != claims:
            continue
        saved = saved_plan(ws, case.number, line.id)
        if saved.steps == plan.steps:
            return saved, line
    return None


def approve_plan(ws: Workspace, number: str, line: PlanLine, by: Stamp, *, typed: str) -> Case:
    """A second person's yes to exactly this plan; refused to who made it, and once it has expired."""
    case = ws.ledger.case(number)
    if case.approved(Approves.PLAN, line.digest):
        return case
    if case.makers.get(line.digest) == by.actor:
        others = ", ".join(one.name or one.id for one in ws.able(("approver",), but=by.actor)) or "Nobody else yet"
        raise Refused(
            f"Not done: you made plan {line.id}, so somebody else must approve it. Nothing was approved.",
            hint=f"{others} can: dsar approve {short(number)}",
        )
    ws.require(by, "approver")
    if datetime.fromisoformat(line.expires_at) < by.recorded_at:
        raise Refused(
            f"Not done: plan {line.id} has expired; a plan is good for 72 hours. Nothing was approved.",
            hint=f"Make a new plan: dsar plan {short(number)} --{line.kind.replace('_', '-')}",
        )
    if typed.strip().casefold() != fingerprint(line.digest):
        raise InputWrong(
            f"Not done: {typed} is not the fingerprint of plan {line.id}. Nothing was approved.",
            hint=f"Look: dsar approve {short(number)}",
        )
    return ws.ledger.record(number, Approved(what=Approves.PLAN, digest=line.digest), by=by)


def place_hold(ws: Workspace, number: str, reason: str, by: Stamp, *, secret: bool) -> Case:
    """Forbid erasing in this case until the hold is lifted; the answer itself is not held up."""
    ws.require(by, "dpo", "manager")
    if not reason.strip():
        raise InputWrong("Not done: a hold needs a reason.", hint='Add it: --reason "..."')
    with ws.ledger.writing():
        item = ws.ledger.keep(number, "hold", reason, at=by.recorded_at)
        fact = HoldPlaced(hold=f"H-{_held_before(ws, number) + 1}", item=item, secret=secret)
        return ws.ledger.record(number, fact, by=by)


def _held_before(ws: Workspace, number: str) -> int:
    """How many holds this case ever had: the number of one that was lifted is not used again."""
    return sum(1 for entry in ws.ledger.history(number) if isinstance(entry.fact, HoldPlaced))


def lift_hold(ws: Workspace, number: str, hold: str, by: Stamp) -> Case:
    """End a hold."""
    ws.require(by, "dpo", "manager")
    return ws.ledger.record(number, HoldLifted(hold=hold), by=by)
