"""Tells those who had received the data what was done with it: letters drafted for a person to send, then recorded.

Article 19 GDPR, 11 CCR 7022 and 16 CFR 312.8 ask for it; a draft that lies in a folder counts as nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from dsar.case.case import Case
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
from dsar.workflow.openings import identifiers_of
from dsar.workflow.plans import saved_plan
from dsar.workflow.review import record_sets
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
    sets = record_sets(ws)
    concerned: dict[str, list[str]] = {}
    for line in lines:
        for name, titles in recipients(saved_plan(ws, number, line.id), sets).items():
            if not name.casefold().startswith(NOBODY):
                concerned.setdefault(name, []).extend(title for title in titles if title not in concerned.get(name, []))
    known = told(ws, number)
    folder = ws.case_folder(number, "instructions")
    found = []
    for name, titles in concerned.items():
        path = folder / f"{safe_name(name)}.txt"
        composed = compose(Kind.INSTRUCTION, _letter(ws, case, name, titles, by), folders=ws.templates)
        write_atomic(path, composed.text)
        found.append(Instruction(recipient=name, record_sets=tuple(titles), draft=path, told=name in known))
    return case, tuple(found)


def _letter(ws: Workspace, case: Case, name: str, titles: Sequence[str], by: Stamp) -> le.Letter:
    org = ws.config.organisation
    term = least(identifiers_of(ws, case.number))
    if term is None:
        raise Refused(
            f"Not done: {case.number} holds nothing a recipient could find the person by. Nothing was drafted."
        )
    claims = [claim for claim in case.claims.values() if claim.right in CARRIED_OUT_BY]
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
        acts=tuple(dict.fromkeys(le.ACTS[claim.right] for claim in claims)),
        places=tuple(titles),
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
