"""One case's page, and how its dates came about. Reads only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from dsar.case.case import Case, Coverage, LetterLine, stage, stage_of
from dsar.case.next import Next, next_step
from dsar.case.rights import Right
from dsar.workflow.queue import HIDDEN
from dsar.workspace import Workspace

if TYPE_CHECKING:
    from dsar.law.clocks import Clock
    from dsar.ledger.chain import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPage:
    """One right on a case's page."""

    name: str
    right: Right
    law: str
    stage: str
    outcome: str
    due: tuple[Clock, ...]
    next: Next


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The handover page of one case."""

    case: Case
    stage: str
    who: str
    child: bool
    subject: str
    claims: tuple[ClaimPage, ...]
    coverage: tuple[Coverage, ...]
    letters: tuple[LetterLine, ...]
    identifiers: tuple[tuple[str, str], ...]
    evidence: tuple[tuple[str, str], ...]
    notes: tuple[tuple[datetime, str], ...]
    findings: int
    history: tuple[Entry, ...]


def page(ws: Workspace, number: str, *, names: bool = False) -> Page:
    """Everything a colleague needs to take the case over."""
    from dsar.case.clocks import open_obligations
    from dsar.workflow.openings import identifiers_of

    ledger = ws.ledger
    case = ledger.case(number)
    child = case.about_a_child
    name = _text(ws, number, "name")
    claims = [
        ClaimPage(
            name=claim.name,
            right=claim.right,
            law=claim.law,
            stage=stage_of(case, claim),
            outcome=claim.outcome or "",
            due=open_obligations(case, claim, ledger.pinned),
            next=next_step(case, claim),
        )
        for claim in case.claims.values()
    ]
    hide = child and not names
    return Page(
        case=case,
        stage=stage(case),
        who=HIDDEN if hide else name,
        child=child,
        subject="" if hide else _text(ws, number, "subject"),
        claims=tuple(claims),
        coverage=tuple(case.coverage.values()),
        letters=tuple(case.letters.values()),
        identifiers=() if hide else tuple((one.kind, one.raw or one.value) for one in identifiers_of(ws, number)),
        evidence=() if hide else _evidence(ws, number),
        notes=tuple((kept.at, kept.value.decode("utf-8")) for kept in ledger.kept(number, "note")),
        findings=sum(line.found for line in case.coverage.values() if line.state == "searched"),
        history=tuple(ledger.history(number)),
    )


def _text(ws: Workspace, number: str, kind: str) -> str:
    kept = ws.ledger.kept(number, kind)
    return kept[-1].value.decode("utf-8") if kept else ""


def _evidence(ws: Workspace, number: str) -> tuple[tuple[str, str], ...]:
    text = _text(ws, number, "reading")
    return tuple((row[0], row[1]) for row in json.loads(text)) if text else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The sum behind one right's dates."""

    claim: str
    rule: str
    clocks: tuple[Clock, ...]
    newer_rule: bool


def why(ws: Workspace, number: str) -> tuple[Case, tuple[Why, ...]]:
    """How every date of a case came about, under the rules it was opened with; says where a rule changed since."""
    from dsar.case.clocks import claim_clocks

    case = ws.ledger.case(number)
    return case, tuple(
        Why(
            claim=claim.name,
            rule=claim.rule,
            clocks=claim_clocks(case, claim, ws.ledger.pinned),
            newer_rule=_changed(ws, claim.law, claim.rule, claim.rule_version),
        )
        for claim in case.claims.values()
    )


def _changed(ws: Workspace, law: str, rule_id: str, version: str) -> bool:
    today = {rule.id: rule.version for rule in ws.rules.rules(law)}
    return today.get(rule_id) != version


def changed_dates(ws: Workspace) -> Sequence[str]:
    """The open cases that were opened under a rule that reads differently today."""
    moved = []
    for row in ws.ledger.rows(open_only=True):
        case = ws.ledger.case(row.case)
        if any(_changed(ws, claim.law, claim.rule, claim.rule_version) for claim in case.claims.values()):
            moved.append(row.case)
    return moved
