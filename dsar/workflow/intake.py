"""Takes in what arrived: opens sure requests, files replies to their case, keeps the rest as drafts.

Reading a message is the inbox's business; opening a case is in ``openings``; deciding on drafts in ``triage``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import partial
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
from dsar.workflow.frequency import own_identifiers, repeats
from dsar.workflow.openings import Held, Opening, hold, once, open_case, same_person
from dsar.workspace import Workspace

_BATCH = 200
_BATCH_BYTES = 4_000_000


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


def take_in(
    ws: Workspace, files: Iterable[Path | bytes], by: Stamp, *, dry_run: bool, name: str = ""
) -> Iterator[Taken]:
    """Every message of these files in order; a dry run changes nothing and needs no role. ``name`` is for bytes.

    A file that cannot be read is a result of its own; the others go on.
    """
    if not dry_run:
        ws.require(by, "editor")
    settings = ws.inbox(by.on)
    for file in _present(files):
        for batch in batches(found_in(file, settings, name)):
            yield from settle(ws, batch, by, dry_run=dry_run)


def settle(ws: Workspace, batch: Sequence[Arrival], by: Stamp, *, dry_run: bool) -> Iterator[Taken]:
    """What becomes of each of these messages; they are settled in one transaction, or only looked at."""
    if dry_run:
        yield from (_settle(ws, arrival, by, dry_run=True) for arrival in batch)
    else:
        yield from _settle_all(ws, batch, by)


def batches(found: Iterator[Arrival]) -> Iterator[list[Arrival]]:
    """Messages in as many as are settled in one transaction: read before it, so that nobody waits for the reading."""
    batch: list[Arrival] = []
    size = 0
    for arrival in found:
        batch.append(arrival)
        size += len(arrival.raw)
        if len(batch) >= _BATCH or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _settle_all(ws: Workspace, batch: Sequence[Arrival], by: Stamp) -> Iterator[Taken]:
    """Every message in one transaction, each whole or not at all; what went before one that fails is kept."""
    taken: list[Taken] = []
    fault: DsarError | None = None
    with ws.ledger.writing(by, "new --file"):
        for arrival in batch:
            try:
                with ws.ledger.writing(by):
                    taken.append(_settle(ws, arrival, by, dry_run=False))
            except DsarError as wrong:
                fault = wrong
                break
    yield from taken
    if fault is not None:
        raise fault


def read_only(files: Iterable[Path | bytes], settings: InboxSettings) -> Iterator[Taken]:
    """The same without a workspace: what each message would be read as."""
    for file in _present(files):
        for arrival in found_in(file, settings):
            yield _would(arrival)


def _present(files: Iterable[Path | bytes]) -> list[Path | bytes]:
    """The files, or InputWrong before anything is opened where one of them is not there."""
    named = list(files)
    for file in named:
        if isinstance(file, Path) and not file.exists():
            raise InputWrong(f"Not done: there is no file {file.name}. Nothing was opened.", hint="Look: ls")
    return named


def found_in(file: Path | bytes, settings: InboxSettings, name: str = "") -> Iterator[Arrival]:
    """Every message of a file; one that cannot be opened is a refused message of its own."""
    try:
        yield from arrivals(file, settings=settings, name=name)
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
        warnings = (*whys, *_too_often(ws, opening, held))
        return Taken(arrival=arrival, state=State.WOULD_OPEN, laws=laws, warnings=warnings)
    number = open_case(ws, opening, held, by).number
    warnings = (*whys, *_too_often(ws, opening, held, number))
    return Taken(arrival=arrival, state=State.OPENED, case=number, laws=laws, warnings=warnings)


def _too_often(ws: Workspace, opening: Opening, held: Sequence[Held], number: str = "") -> tuple[str, ...]:
    theirs = own_identifiers(opening.identifiers, opening.role, opening.reply_to)
    asked = [(one.right, one.rule) for one in held]
    return tuple(flag.says for flag in repeats(ws, theirs, asked, opening.received_on, number=number))


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
        laws=tuple(law for law in (laws or reading.laws) if once(ws, ("known law", law), partial(_known_law, ws, law))),
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
