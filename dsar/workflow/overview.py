"""What the daily screens show: the queue, lists, one case's page, and how its dates came about. Reads only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dsar.case.case import Case, Coverage, LetterLine, stage, stage_of
from dsar.case.clocks import claim_clocks, open_obligations
from dsar.case.identifiers import short_name
from dsar.case.next import Next, next_step
from dsar.case.rights import ABOUT_A_CHILD, TITLES, Right
from dsar.law.clocks import Clock
from dsar.ledger.chain import Entry
from dsar.workspace import Workspace

HIDDEN = "(child)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One line of the queue: a case with the obligation that leads it."""

    case: str
    right: Right
    law: str
    obligation: str
    due_on: date | None
    days_left: int | None
    standard: str
    stage: str
    next: Next
    owner: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The state of the desk: open obligations, earliest first, and what else wants attention."""

    today: date
    lines: tuple[Due, ...]
    drafts: int
    unsure: int
    queued: int

    @property
    def leading(self) -> tuple[Due, ...]:
        """One line per case: its earliest obligation."""
        first: dict[str, Due] = {}
        for line in self.lines:
            first.setdefault(line.case, line)
        return tuple(first.values())


def queue(ws: Workspace, today: date, *, owner: str = "", within: int | None = None, names: bool = False) -> Queue:
    """The open obligations of all cases; ``within`` so many days. Children's names stay hidden unless asked for."""
    from datetime import timedelta

    until = today + timedelta(days=within) if within is not None else None
    rows = ws.ledger.clock_rows(until=until)
    who = _names(ws)
    lines = []
    for row in rows:
        if owner and row.owner != owner:
            continue
        right = Right(row.right)
        lines.append(
            Due(
                case=row.case,
                right=right,
                law=row.law,
                obligation=row.obligation,
                due_on=row.due_on,
                days_left=(row.due_on - today).days if row.due_on else None,
                standard=row.standard,
                stage=row.stage,
                next=Next(row.next_says, row.next_command),
                owner=row.owner,
                who=_shown(who.get(row.case, ""), right in ABOUT_A_CHILD, names),
            )
        )
    letters = [row.state for row in ws.ledger.outbox()] if lines or not within else []
    return Queue(
        today=today,
        lines=tuple(lines),
        drafts=len(ws.ledger.drafts()),
        unsure=sum(1 for state in letters if state == "sending"),
        queued=sum(1 for state in letters if state == "queued"),
    )


def _names(ws: Workspace) -> dict[str, str]:
    return {case: kept.value.decode("utf-8") for case, kept in ws.ledger.first_kept("name").items()}


def _shown(name: str, child: bool, names: bool) -> str:
    if child and not names:
        return HIDDEN
    return name if names else short_name(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of ``list``."""

    case: str
    received_on: date
    rights: tuple[str, ...]
    laws: tuple[str, ...]
    stage: str
    owner: str
    next_on: date | None
    closed_on: date | None
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What ``list`` is asked for; empty means any."""

    words: tuple[str, ...] = ()
    stage: str = ""
    right: str = ""
    law: str = ""
    owner: str = ""
    closed: bool = False
    names: bool = False


def listed(ws: Workspace, wanted: Filter) -> tuple[Listed, ...]:
    """The cases that fit the filter; words are looked for in the number, the name and the rights."""
    who = _names(ws)
    lines = []
    for row in ws.ledger.rows(open_only=not wanted.closed):
        child = any(right in ABOUT_A_CHILD for right in row.rights)
        line = Listed(
            case=row.case,
            received_on=row.received_on,
            rights=row.rights,
            laws=row.laws,
            stage=row.stage,
            owner=row.owner,
            next_on=row.next_on,
            closed_on=row.closed_on,
            who=_shown(who.get(row.case, ""), child, wanted.names),
        )
        if _fits(line, wanted):
            lines.append(line)
    return tuple(lines)


def _fits(line: Listed, wanted: Filter) -> bool:
    titles = " ".join(TITLES[Right(right)] for right in line.rights)
    text = f"{line.case} {line.who} {titles} {' '.join(line.rights)}".casefold()
    return (
        all(word.casefold() in text for word in wanted.words)
        and wanted.stage in ("", line.stage)
        and wanted.right in ("", *line.rights)
        and wanted.law in ("", *line.laws)
        and wanted.owner in ("", line.owner)
    )


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
