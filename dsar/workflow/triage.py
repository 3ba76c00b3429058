"""Decides on drafts: messages the reading was unsure of become a case, go to one, or are declined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from dsar.case.case import Case
from dsar.case.facts import MessageFiled
from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.case.stamp import Stamp
from dsar.errors import DsarError, InputWrong
from dsar.formats.files import write_atomic
from dsar.formats.tables import DELIMITED, JSON_LINES, SHEETS
from dsar.inbox.arrival import Arrival, InboxSettings, digest
from dsar.inbox.arrivals import arrivals
from dsar.inbox.likeness import Letter, near_identical
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


class Why(StrEnum):
    """Why a message is no request of ours to answer."""

    NOT_A_REQUEST = "not_a_request"
    ADVERTISING = "advertising"
    CUSTOMER_SERVICE = "customer_service"
    AUTHORITY = "authority"
    DUPLICATE = "duplicate"
    NOT_FOR_US = "not_for_us"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a decision for several drafts did: (draft, case or "") each, and (draft, why not) for those left."""

    done: tuple[tuple[str, str], ...]
    left: tuple[tuple[str, str], ...]


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


def decline(ws: Workspace, name: str, by: Stamp, why: Why | None = None) -> None:
    """It is no request: the draft is deleted; the message stays known, with the reason, and does not come back."""
    ws.require(by, "editor")
    ws.ledger.draft(name)
    ws.ledger.settle_draft(name, f"declined: {why.replace('_', ' ')}" if why else "")


def choices(draft: Draft) -> tuple[str, ...]:
    """The two best readings of a draft, the better one first."""
    best = (str(draft.body["primary_type"]), str(draft.body["second_type"] or ""))
    return tuple(dict.fromkeys(one for one in best if one))


def opens_as(choice: str) -> tuple[Right, ...]:
    """The rights a case would be opened with if this reading is taken; none for what asks for nothing."""
    return (Right(choice),) if choice in set(Right) else ()


def why_named(word: str) -> Why:
    """The reason for declining that a typed word means; InputWrong naming the reasons for another."""
    try:
        return Why(word.strip().casefold().replace(" ", "_").replace("-", "_"))
    except ValueError:
        raise InputWrong(
            f'Not done: "{word}" is not a reason I know. Nothing was changed.',
            hint=f"The reasons are: {', '.join(Why)}.",
        ) from None


def alike(ws: Workspace, name: str) -> list[Draft]:
    """The drafts that say the same as this one in other people's names, itself first: a campaign's letters."""
    wanted = ws.ledger.draft(name).id
    for group in campaigns(waiting(ws)):
        if any(one.id == wanted for one in group):
            return sorted(group, key=lambda one: one.id != wanted)
    return []


def campaigns(drafts: Sequence[Draft]) -> list[list[Draft]]:
    """The drafts in groups of near-identical letters that were read alike, in the order of their first."""
    letters = [
        Letter(
            text=str(one.body["text"]),
            own=(str(one.body["name"]), str(one.body["subject"])),
            kind=(str(one.body["primary_type"]), str(one.body["language"]), str(one.body["role"])),
        )
        for one in drafts
    ]
    return [[drafts[place] for place in group] for group in near_identical(letters)]


def each(names: Iterable[str], decide: Callable[[str], Case | None]) -> Decided:
    """One decision for many drafts, each its own case and clock; one that cannot be decided so stays and says why."""
    done: list[tuple[str, str]] = []
    left: list[tuple[str, str]] = []
    for name in names:
        try:
            case = decide(name)
        except DsarError as fault:
            left.append((name, fault.message))
        else:
            done.append((name, case.number if case else ""))
    return Decided(done=tuple(done), left=tuple(left))


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
