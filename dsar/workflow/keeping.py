"""Keeps the file: notes, papers, owners, links."""

from __future__ import annotations

import hashlib
from pathlib import Path

from dsar.case.case import Case
from dsar.case.facts import CaseAssigned, CaseLinked, MessageFiled, NoteAdded
from dsar.case.identifiers import identifier
from dsar.case.stamp import Stamp
from dsar.errors import InputWrong
from dsar.formats.files import read_limited
from dsar.workflow.openings import identifier_text, identifiers_of
from dsar.workspace import Workspace

LONGEST_NOTE = 20_000
LARGEST_PAPER = 50 * 1024 * 1024


def note(ws: Workspace, number: str, text: str, by: Stamp) -> Case:
    """Write a note to the file; its text is kept apart from the facts and goes with the purge."""
    ws.require(by, "editor", "approver")
    if not text.strip():
        raise InputWrong("Not done: the note is empty.", hint=f'dsar note {number} "what happened"')
    if len(text) > LONGEST_NOTE:
        raise InputWrong(
            f"Not done: the note has {len(text)} characters; {LONGEST_NOTE} fit. Nothing was written.",
            hint=f"Put it into the file as a paper: dsar attach {number} FILE",
        )
    with ws.ledger.writing():
        item = ws.ledger.keep(number, "note", text, at=by.recorded_at)
        return ws.ledger.record(number, NoteAdded(item=item), by=by)


def assign(ws: Workspace, number: str, owner: str, by: Stamp) -> Case:
    """Give the case to a member of staff."""
    ws.require(by, "editor", "manager")
    if ws.config.member(owner) is None:
        known = ", ".join(member.id for member in ws.config.staff)
        raise InputWrong(f'Not done: "{owner}" is not in the staff list ({known}).', hint="dsar staff list")
    case = ws.ledger.case(number)
    return case if case.owner == owner else ws.ledger.record(number, CaseAssigned(owner=owner), by=by)


def attach(ws: Workspace, number: str, path: Path, by: Stamp) -> tuple[Case, bool]:
    """Put a paper or message into the file; the second value says that it was there already."""
    ws.require(by, "editor", "approver")
    content = read_limited(path, LARGEST_PAPER)
    return attach_bytes(ws, number, content, by, kind="paper")


def attach_bytes(ws: Workspace, number: str, content: bytes, by: Stamp, *, kind: str) -> tuple[Case, bool]:
    """Put bytes into the file, once."""
    sha256 = hashlib.sha256(content).hexdigest()
    with ws.ledger.writing():
        mark = ws.ledger.digest(number, sha256)
        case = ws.ledger.case(number)
        # by the case's own facts: the same paper may lie in several files
        if case.message == mark or mark in _filed(ws, number):
            return case, True
        item = ws.ledger.keep(number, kind, content, at=by.recorded_at)
        if ws.ledger.message_case("", sha256) is None:
            ws.ledger.remember_message(number, "", sha256)
        return ws.ledger.record(number, MessageFiled(message=mark, kind=kind, item=item), by=by), False


def _filed(ws: Workspace, number: str) -> set[str]:
    entries = ws.ledger.history(number)
    return {entry.fact.message for entry in entries if isinstance(entry.fact, MessageFiled)}


def add_identifier(ws: Workspace, number: str, text: str, by: Stamp) -> Case:
    """Add an identifier, written as kind=value, to search by."""
    ws.require(by, "editor")
    kind, _, raw = text.partition("=")
    found = identifier(kind.strip(), raw, country=ws.config.organisation.country, found_in="staff") if raw else None
    if found is None:
        raise InputWrong(
            f'Not done: "{kind}=..." holds nothing to search by. Nothing was changed.',
            hint="Write: --identifier email=a@example.com, or phone=, customer_no=, account_id=",
        )
    if found.key in {one.key for one in identifiers_of(ws, number)}:
        return ws.ledger.case(number)
    with ws.ledger.writing():
        item = ws.ledger.keep(number, "identifier", identifier_text(found), at=by.recorded_at)
        return ws.ledger.record(number, NoteAdded(item=item), by=by)


def link(ws: Workspace, number: str, other: str, by: Stamp, *, duplicate: bool) -> Case:
    """Link two cases; each keeps its own clocks and gates."""
    ws.require(by, "editor")
    if number == other:
        raise InputWrong("Not done: a case is not linked to itself.")
    kind = "duplicate" if duplicate else "related"
    with ws.ledger.writing():
        case = ws.ledger.case(number)
        if other in case.linked:
            return case
        ws.ledger.record(other, CaseLinked(other=number, kind=kind), by=by)
        return ws.ledger.record(number, CaseLinked(other=other, kind=kind), by=by)
