"""One case's page, and how its dates came about. Reads only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from dsar.case import facts as f
from dsar.case.case import Case, Coverage, LetterLine, stage, stage_of
from dsar.case.next import Next, next_step
from dsar.case.rights import Right
from dsar.case.stages import Chosen
from dsar.case.standing import Standing
from dsar.errors import InputWrong
from dsar.law.days import said
from dsar.workflow.policies import PolicyVersion, policy_on
from dsar.workflow.queue import HIDDEN
from dsar.workspace import Workspace

if TYPE_CHECKING:
    from dsar.case.standing import Stand
    from dsar.law.clocks import Clock
    from dsar.ledger.chain import Entry
    from dsar.workflow.frequency import Flag

CHOSEN = {
    Chosen.NAMED: "",
    Chosen.RESIDENCE: "no law was named: that of where the person says to live",
    Chosen.STRICTEST: "no law was named and residence is unknown: the strictest that is plausible",
    Chosen.BESIDE: "the child's own law counts beside it",
}


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
    chosen: str = ""


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
    flags: tuple[Flag, ...] = ()


def page(ws: Workspace, number: str, *, names: bool = False) -> Page:
    """Everything a colleague needs to take the case over."""
    from dsar.case.clocks import open_obligations
    from dsar.workflow.frequency import flags
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
            chosen=CHOSEN[claim.chosen],
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
        flags=flags(ws, case),
    )


def _text(ws: Workspace, number: str, kind: str) -> str:
    kept = ws.ledger.kept(number, kind)
    return kept[-1].value.decode("utf-8") if kept else ""


def _evidence(ws: Workspace, number: str) -> tuple[tuple[str, str], ...]:
    text = _text(ws, number, "reading")
    return tuple((row[0], row[1]) for row in json.loads(text)) if text else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The sum behind one right's dates: where each clock stands, how its law was chosen, and what is odd about it."""

    claim: str
    rule: str
    clocks: tuple[Clock, ...]
    newer_rule: bool
    law: str = ""
    cite: str = ""
    outcome: str = ""
    chosen: str = ""
    promise: str = ""
    stands: tuple[Stand, ...] = ()
    flags: tuple[Flag, ...] = ()


def why(ws: Workspace, number: str, today: date = date.max) -> tuple[Case, tuple[Why, ...]]:
    """How every date of a case came about, under the rules it was opened with; the right whose clock leads is first."""
    from dsar.case.clocks import claim_clocks, rule_of
    from dsar.case.standing import stands
    from dsar.workflow.frequency import flags

    case = ws.ledger.case(number)
    found = []
    policy, repeated = policy_on(ws.home / "policies", case.received_on), flags(ws, case)
    for claim in case.claims.values():
        clocks = claim_clocks(case, claim, ws.ledger.pinned)
        found.append(
            Why(
                claim=claim.name,
                rule=claim.rule,
                clocks=clocks,
                newer_rule=_changed(ws, claim.law, claim.rule, claim.rule_version),
                law=_law_name(ws, claim.law),
                cite=rule_of(claim, ws.ledger.pinned).cite,
                outcome=claim.outcome or "",
                chosen=CHOSEN[claim.chosen],
                promise=_promise(policy, claim.right),
                stands=stands(case, claim, clocks, today),
                flags=tuple(flag for flag in repeated if flag.claim == claim.name),
            )
        )
    return case, tuple(sorted(found, key=_leads))


def _promise(policy: PolicyVersion | None, right: Right) -> str:
    """What the policy of the day of receipt promises about a right, as ours and not the law's."""
    target = policy.target(right) if policy else None
    if policy is None or target is None:
        return ""
    within = f" Our target: {target.within}." if target.within else ""
    return f'{policy.title}, since {said(policy.in_force_from)}: "{target.says}".{within} Our promise, not the law.'


def _leads(one: Why) -> tuple[bool, date]:
    """Rights that still run first, the earliest of them before the others."""
    open_ = [stand.clock.due_on for stand in one.stands if stand.standing in (Standing.OPEN, Standing.LATE)]
    return not open_, min((day for day in open_ if day), default=date.max)


def _law_name(ws: Workspace, law: str) -> str:
    """A law's name today; a law that is no longer among the files is known by its id."""
    try:
        return ws.rules.law(law).short_name
    except InputWrong:
        return law


def corrections(ws: Workspace, number: str) -> tuple[str, ...]:
    """What the clocks were reckoned from and was put right since, one sentence each."""
    found: list[str] = []
    received: date | None = None
    for entry in ws.ledger.history(number):
        match entry.fact:
            case f.CaseOpened(received_on=day):
                received = day
            case f.ReceivedCorrected(received_on=day):
                was = said(received) if received else ""
                found.append(f"Day of receipt put right by {entry.actor} on {said(entry.on)}: it was {was}.")
                received = day
            case f.DesignationCorrected(designated=designated):
                where = "a designated address" if designated else "no designated address"
                found.append(f"Put right by {entry.actor} on {said(entry.on)}: it came to {where}.")
            case f.MoveTakenBack(kind=kind, on=on):
                what = kind.replace("_", " ")
                found.append(f"Taken back by {entry.actor} on {said(entry.on)}: {what} on {said(on)}.")
    return tuple(found)


def _changed(ws: Workspace, law: str, rule_id: str, version: str) -> bool:
    today = {rule.id: rule.version for rule in ws.rules.rules(law)}
    return today.get(rule_id) != version
