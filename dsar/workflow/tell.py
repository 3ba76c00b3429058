"""Tells those who had received the data what was done with it: letters drafted for a person to send, then recorded.

Article 19 GDPR, 11 CCR 7022 and 16 CFR 312.8 ask for it; a draft that lies in a folder counts as nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from dsar.case.case import Case, PlanLine
from dsar.case.changes import PlanKind
from dsar.case.facts import RecipientsTold
from dsar.case.next import short
from dsar.case.rights import CARRIED_OUT_BY
from dsar.case.stamp import Stamp
from dsar.errors import InputWrong, Refused
from dsar.formats.files import safe_name, write_atomic
from dsar.letters import letter as le
from dsar.letters.compose import compose
from dsar.letters.kinds import Kind
from dsar.letters.words import words
from dsar.sources.person import least
from dsar.workflow.done import recipients
from dsar.workflow.letters import law_facts
from dsar.workflow.plans import saved_plan
from dsar.workflow.review import record_sets
from dsar.workflow.subject import subject_of
from dsar.workspace import Workspace

NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One recipient, the record sets concerned, and the draft that tells them."""

    recipient: str
    record_sets: tuple[str, ...]
    draft: Path
    told: bool


def instructions(ws: Workspace, number: str, by: Stamp) -> tuple[Case, tuple[Instruction, ...]]:
    """Draft a letter to every recipient of what the finished plans touched; the drafts are the case's files."""
    ws.require(by, "editor")
    case = ws.ledger.case(number)
    lines = [line for line in case.plans.values() if line.finished]
    if not lines:
        raise Refused(f"Not done: no plan of {number} was carried out yet.", hint=f"dsar apply {short(number)}")
    concerned = _concerned(ws, number, lines)
    known = told(ws, number)
    folder = ws.case_folder(number, "instructions")
    found = []
    for path, (name, about) in zip(_paths(folder, concerned), concerned.items(), strict=True):
        composed = compose(Kind.INSTRUCTION, _letter(ws, case, name, about, by), folders=ws.templates)
        write_atomic(path, composed.text)
        titles = tuple(about.titles)
        found.append(Instruction(recipient=name, record_sets=titles, draft=path, told=name in known))
    return case, tuple(found)


@dataclass(slots=True)
class _Concern:
    """What one recipient has of it, and the plans that touched it; a dict keeps order and holds each once."""

    titles: dict[str, None] = field(default_factory=dict)
    lines: list[PlanLine] = field(default_factory=list)


def _concerned(ws: Workspace, number: str, lines: Sequence[PlanLine]) -> dict[str, _Concern]:
    sets = record_sets(ws)
    found: dict[str, _Concern] = {}
    for line in lines:
        for name, titles in recipients(saved_plan(ws, number, line.id), sets).items():
            if not name.casefold().startswith(NOBODY):
                concern = found.setdefault(name, _Concern())
                concern.titles.update(dict.fromkeys(titles))
                concern.lines.append(line)
    return found


def _paths(folder: Path, names: Iterable[str]) -> list[Path]:
    """A draft's file for each name: two names that look the same as files get two files."""
    used: dict[str, int] = {}
    paths = []
    for name in names:
        plain = safe_name(name)
        used[plain.casefold()] = nth = used.get(plain.casefold(), 0) + 1
        paths.append(folder / (f"{plain}.txt" if nth == 1 else f"{plain}_{nth}.txt"))
    return paths


# What a plan that only comes first (a child's data rests before it is erased) asks of others.
_FIRST_STEP = {PlanKind.SUPPRESS: le.Act.STOP_SALE, PlanKind.STOP_PURPOSE: le.Act.STOP_USE}


def _acts(case: Case, line: PlanLine) -> list[le.Act]:
    """What others are asked to do: what this plan did, never a right that waits for another plan."""
    rights = [case.claims[name].right for name in line.claims if name in case.claims]
    acts = [le.ACTS[right] for right in rights if line.kind in CARRIED_OUT_BY.get(right, ())]
    return acts or [_FIRST_STEP[line.kind]]


def _letter(ws: Workspace, case: Case, name: str, about: _Concern, by: Stamp) -> le.Letter:
    org = ws.config.organisation
    term = least(subject_of(ws, case))
    if term is None:
        raise Refused(
            f"Not done: {case.number} holds nothing a recipient could find the person by. Nothing was drafted."
        )
    behind = {claim for line in about.lines for claim in line.claims}
    claims = [claim for claim in case.claims.values() if claim.name in behind]
    labels = words(org.language).identifiers
    return le.Letter(
        case_number=case.number,
        organisation=le.Organisation(name=org.name, email=org.email, post_address=org.address, phone=org.phone),
        received_on=case.received_on,
        today=by.on,
        rights=(),
        laws=law_facts(ws, case, claims),
        language=org.language,
        colleague=name,
        acts=tuple(dict.fromkeys(act for line in about.lines for act in _acts(case, line))),
        places=tuple(about.titles),
        search_term=le.SearchTerm(label=labels.get(term.kind, term.kind), value=term.raw or term.value),
        reply_by=_reply_by(ws, by.on),
        signatory=le.Signatory(name=org.signatory, title=org.signatory_title) if org.signatory else None,
    )


def _reply_by(ws: Workspace, today: date) -> date:
    return today + timedelta(days=ws.config.desk.answer_days)


def told(ws: Workspace, number: str) -> set[str]:
    """The recipients whom somebody recorded as told."""
    return {name for kept in ws.ledger.kept(number, "told") for name in json.loads(kept.value)}


def record_told(ws: Workspace, number: str, names: Sequence[str], by: Stamp) -> Case:
    """Record that these recipients were told; the letter to the person then names them."""
    _, known = instructions(ws, number, by)
    listed = {one.recipient for one in known}
    chosen = list(listed) if list(names) == ["all"] else list(names)
    unknown = [name for name in chosen if name not in listed]
    if unknown:
        raise InputWrong(
            f'Not done: "{unknown[0]}" is not a recipient of what was changed. Nothing was recorded.',
            hint=f"Look: dsar erase tell {short(number)}",
        )
    fresh = sorted(set(chosen) - told(ws, number))
    if not fresh:
        return ws.ledger.case(number)
    with ws.ledger.writing():
        item = ws.ledger.keep(number, "told", json.dumps(fresh, ensure_ascii=False), at=by.recorded_at)
        return ws.ledger.record(number, RecipientsTold(item=item, count=len(fresh)), by=by)
