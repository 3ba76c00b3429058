"""Decides on drafts: messages the reading was unsure of become a case, go to one, or are declined."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from dsar.case.case import Case
from dsar.case.facts import MessageFiled
from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.case.stamp import Stamp
from dsar.errors import InputWrong
from dsar.formats.files import write_atomic
from dsar.formats.tables import DELIMITED, JSON_LINES, SHEETS
from dsar.inbox.arrival import Arrival, InboxSettings, digest
from dsar.inbox.arrivals import arrivals
from dsar.ledger.inflow import Draft
from dsar.workflow.intake import opening_of
from dsar.workflow.openings import hold, open_case
from dsar.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a person says a draft is; empty parts keep the reading."""

    rights: tuple[Right, ...] = ()
    laws: tuple[str, ...] = ()
    role: Role | None = None
    received_on: date | None = None


def waiting(ws: Workspace) -> list[Draft]:
    """The drafts that wait for a person."""
    return ws.ledger.drafts()


def accept(ws: Workspace, name: str, correction: Correction, by: Stamp) -> Case:
    """Open a case from a draft, with a person's corrections; InputWrong if nobody says which right it is."""
    ws.require(by, "editor")
    draft = ws.ledger.draft(name)
    arrival = _arrival(ws, draft, by)
    opening = opening_of(
        ws,
        arrival,
        rights=correction.rights,
        laws=correction.laws,
        role=correction.role,
        received_on=correction.received_on,
    )
    if not opening.rights:
        raise InputWrong(
            f"Not done: {name} was read as {arrival.reading.primary_type}: say what it asks for. Nothing was opened.",
            hint=f"dsar triage {name} --accept --type access",
        )
    held = hold(ws, opening)
    with ws.ledger.writing():
        ws.ledger.settle_draft(name)
        return open_case(ws, opening, held, by)


def to_case(ws: Workspace, name: str, number: str, by: Stamp) -> Case:
    """File a draft's message to a case that exists."""
    ws.require(by, "editor")
    draft = ws.ledger.draft(name)
    with ws.ledger.writing():
        item = ws.ledger.keep(number, "message", draft.raw, at=by.recorded_at)
        kind = str(draft.body.get("primary_type", "message"))
        fact = MessageFiled(message=ws.ledger.digest(number, digest(draft.raw)), kind=kind, item=item)
        ws.ledger.settle_draft(name, number)
        return ws.ledger.record(number, fact, by=by)


def decline(ws: Workspace, name: str, by: Stamp) -> None:
    """It is no request: the draft is deleted; the message stays known, so that it does not come back."""
    ws.require(by, "editor")
    ws.ledger.draft(name)
    ws.ledger.settle_draft(name)


def _arrival(ws: Workspace, draft: Draft, by: Stamp) -> Arrival:
    """The draft's message read again: the original bytes are what is decided on, the day of receipt is what it was."""
    file = str(draft.body.get("file", "message.eml"))
    found = _read_again(draft.raw, file, ws.inbox(by.on))
    return replace(
        found,
        part=int(draft.body.get("part", 0)),
        channel=str(draft.body.get("channel", found.channel)),
        received_on=date.fromisoformat(draft.body["received_on"]),
    )


def _read_again(raw: bytes, file: str, settings: InboxSettings) -> Arrival:
    if Path(file).suffix.lower() not in (*DELIMITED, *JSON_LINES, *SHEETS):
        return next(iter(arrivals(raw, settings=settings, name=file)))
    # a row of a table is kept as a table of one row
    with TemporaryDirectory(prefix="dsar-") as folder:
        row = Path(folder) / "row.csv"
        write_atomic(row, raw)
        return next(iter(arrivals(row, settings=settings, name=file)))
