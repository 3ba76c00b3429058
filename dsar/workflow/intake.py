"""Takes in what arrived: opens sure requests, files replies to their case, keeps the rest as drafts.

Reading a message is the inbox's business; opening a case is in ``openings``; deciding on drafts in ``triage``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from dsar.case.facts import MessageFiled
from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.case.stamp import Stamp
from dsar.errors import DsarError, InputWrong
from dsar.inbox.arrival import Arrival, InboxSettings
from dsar.inbox.arrivals import arrivals
from dsar.inbox.mails import refused_arrival
from dsar.inbox.reading import Reading, is_sure
from dsar.workflow import outbox
from dsar.workflow.openings import Opening, hold, open_case, same_person
from dsar.workspace import Workspace


class State(StrEnum):
    """What became of one message."""

    WOULD_OPEN = "would-open"
    OPENED = "opened"
    KNOWN = "known"
    ATTACHED = "attached"
    DRAFT = "draft"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One message, what it was read as, and what became of it."""

    arrival: Arrival
    state: State
    case: str = ""
    laws: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def take_in(ws: Workspace, files: Iterable[Path | bytes], by: Stamp, *, dry_run: bool) -> Iterator[Taken]:
    """Every message of these files in order; a dry run changes nothing and needs no role.

    A file that cannot be read is a result of its own; the others go on.
    """
    if not dry_run:
        ws.require(by, "editor")
    settings = ws.inbox(by.on)
    for file in _present(files):
        for arrival in _arrivals(file, settings):
            yield _settle(ws, arrival, by, dry_run=dry_run)


def read_only(files: Iterable[Path | bytes], settings: InboxSettings) -> Iterator[Taken]:
    """The same without a workspace: what each message would be read as."""
    for file in _present(files):
        for arrival in _arrivals(file, settings):
            yield _would(arrival)


def _present(files: Iterable[Path | bytes]) -> list[Path | bytes]:
    """The files, or InputWrong before anything is opened where one of them is not there."""
    named = list(files)
    for file in named:
        if isinstance(file, Path) and not file.exists():
            raise InputWrong(f"Not done: there is no file {file.name}. Nothing was opened.", hint="Look: ls")
    return named


def _arrivals(file: Path | bytes, settings: InboxSettings) -> Iterator[Arrival]:
    try:
        yield from arrivals(file, settings=settings)
    except InputWrong as wrong:
        yield refused_arrival(b"", file.name if isinstance(file, Path) else "-", 0, settings, wrong.message)


def _would(arrival: Arrival) -> Taken:
    if arrival.refused:
        return Taken(arrival=arrival, state=State.REFUSED, warnings=(arrival.refused,))
    state = State.WOULD_OPEN if is_sure(arrival.reading) else State.DRAFT
    warnings = doubts(arrival.reading) if state is State.DRAFT else arrival.reading.doubts
    return Taken(arrival=arrival, state=state, laws=arrival.reading.laws, warnings=warnings)


def _settle(ws: Workspace, arrival: Arrival, by: Stamp, *, dry_run: bool) -> Taken:
    if arrival.refused:
        return Taken(arrival=arrival, state=State.REFUSED, warnings=(arrival.refused,))
    known = ws.ledger.message_case(arrival.message_id, arrival.sha256)
    if known is not None:
        return Taken(arrival=arrival, state=State.KNOWN, case=known)
    if arrival.bounce_of:
        case = "" if dry_run else outbox.bounced(ws, arrival.bounce_of, by)
        if case:
            return _attach(ws, arrival, case, by, dry_run=dry_run)
    if number := _case_of(ws, arrival):
        return _attach(ws, arrival, number, by, dry_run=dry_run)
    if not is_sure(arrival.reading):
        return _draft(ws, arrival, by, dry_run=dry_run)
    return _open(ws, arrival, by, dry_run=dry_run)


def _case_of(ws: Workspace, arrival: Arrival) -> str:
    """The case a message belongs to: our number in its subject or text, or its thread."""
    for reference in arrival.references:
        owner = ws.ledger.message_case(reference, "")
        if owner and owner.startswith("DSAR-"):
            return owner
    if not arrival.case:
        return ""
    try:
        return ws.ledger.resolve(arrival.case)
    except InputWrong:
        return ""


def _attach(ws: Workspace, arrival: Arrival, number: str, by: Stamp, *, dry_run: bool) -> Taken:
    if not dry_run:
        with ws.ledger.writing():
            item = ws.ledger.keep(number, "message", arrival.raw, at=by.recorded_at)
            ws.ledger.remember_message(number, arrival.message_id, arrival.sha256)
            fact = MessageFiled(
                message=ws.ledger.digest(number, arrival.sha256), kind=arrival.reading.primary_type, item=item
            )
            ws.ledger.record(number, fact, by=by)
    return Taken(arrival=arrival, state=State.ATTACHED, case=number)


def _draft(ws: Workspace, arrival: Arrival, by: Stamp, *, dry_run: bool) -> Taken:
    name = ""
    if not dry_run:
        with ws.ledger.writing():
            name = ws.ledger.add_draft(draft_body(arrival), arrival.raw, by.recorded_at)
            ws.ledger.remember_message(name, arrival.message_id, arrival.sha256)
    return Taken(arrival=arrival, state=State.DRAFT, case=name, warnings=doubts(arrival.reading))


def doubts(reading: Reading) -> tuple[str, ...]:
    """Why a person has to look; a reading that names no doubt was simply not sure enough."""
    if reading.doubts:
        return reading.doubts
    what = reading.primary_type.replace("_", " ")
    return (f"It was read as {what}, only {reading.confidence:.0%} sure.",) if reading.rights else ()


def draft_body(arrival: Arrival) -> dict[str, object]:
    """What a draft keeps of a reading, for a person to decide on; the original is kept beside it."""
    reading = arrival.reading
    return {
        "file": arrival.file,
        "part": arrival.part,
        "channel": arrival.channel,
        "subject": arrival.subject,
        "text": arrival.text,
        "received_on": arrival.received_on.isoformat(),
        "primary_type": reading.primary_type,
        "second_type": reading.second_type,
        "rights": [str(one.right) for one in reading.rights],
        "laws": list(reading.laws),
        "role": reading.requester_role,
        "language": reading.language,
        "name": reading.name,
        "confidence": reading.confidence,
        "evidence": [[one.says, one.why] for one in reading.evidence],
        "doubts": list(doubts(reading)),
    }


def _open(ws: Workspace, arrival: Arrival, by: Stamp, *, dry_run: bool) -> Taken:
    opening = opening_of(ws, arrival)
    try:
        held = hold(ws, opening)
    except DsarError as fault:
        taken = _draft(ws, arrival, by, dry_run=dry_run)
        return replace(taken, warnings=(*taken.warnings, fault.message))
    laws = tuple(dict.fromkeys(one.rule.law for one in held))
    whys = tuple(dict.fromkeys(one.why for one in held if one.why))
    twins = same_person(ws, opening.identifiers)
    if twins:
        whys = (*whys, f"the same person has {', '.join(twins)}: linked, each with its own gates")
    if dry_run:
        return Taken(arrival=arrival, state=State.WOULD_OPEN, laws=laws, warnings=whys)
    case = open_case(ws, opening, held, by)
    return Taken(arrival=arrival, state=State.OPENED, case=case.number, laws=laws, warnings=whys)


def opening_of(
    ws: Workspace,
    arrival: Arrival,
    *,
    rights: tuple[Right, ...] = (),
    laws: tuple[str, ...] = (),
    role: Role | None = None,
    received_on: date | None = None,
) -> Opening:
    """The case a message would begin, with a person's corrections where they gave any."""
    reading = arrival.reading
    known = tuple(one for one in reading.identifiers if not one.kind.startswith("correct."))
    return Opening(
        received_on=received_on or arrival.received_on,
        channel=arrival.channel,
        role=role or reading.requester_role,
        language=reading.language if reading.language != "und" else ws.config.organisation.language,
        rights=rights or tuple(one.right for one in reading.rights),
        laws=tuple(law for law in (laws or reading.laws) if _known_law(ws, law)),
        name=reading.name,
        identifiers=known,
        reply_to=arrival.sender,
        subject=arrival.subject,
        text=arrival.text,
        raw=arrival.raw,
        message_id=arrival.message_id,
        references=arrival.references,
        sha256=arrival.sha256,
        designated=_designated(ws, arrival),
        evidence=tuple((one.says, one.why) for one in reading.evidence),
    )


def _designated(ws: Workspace, arrival: Arrival) -> bool:
    """Whether it came to an address named for such requests; where nobody can tell, the shorter time counts."""
    return arrival.to_designated or not arrival.recipients or not ws.config.organisation.designated


def _known_law(ws: Workspace, law: str) -> bool:
    try:
        return ws.rules.law(law).id in ws.laws
    except InputWrong:
        return False
