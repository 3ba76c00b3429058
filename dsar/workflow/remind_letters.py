"""Hands over the letters that wait in the outbox, and where the office wants it, reminds requesters: at most once.

What a person must decide on becomes a notice to the case's owner, in ``remind_duties``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from dsar.case.case import LetterState
from dsar.case.stamp import Stamp
from dsar.errors import DsarError, InputWrong, OutsideDown, PartlyDone, Refused
from dsar.workflow.outbox import deliver, send
from dsar.workflow.remind_duties import LIVE, Duty
from dsar.workspace import Workspace

_MAY_SEND = {"editor", "approver"}


@dataclass(slots=True, kw_only=True)
class Letters:
    """What became of letters in one run; ``down`` is the sentence about a mail server that does not answer."""

    sent: int = 0
    failed: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    down: str = ""


def deliver_waiting(ws: Workspace, by: Stamp) -> Letters:
    """Hand over what is queued; one that may have left already is only told, and an old one waits for a person."""
    done = Letters()
    oldest = by.recorded_at - timedelta(days=ws.config.reminders.unseen_days)
    for row in ws.ledger.outbox():
        if not row.item or row.state not in (LetterState.QUEUED, LetterState.SENDING):
            continue
        if row.state is LetterState.SENDING and by.recorded_at - row.changed_at < LIVE:
            continue
        if row.state is LetterState.QUEUED and row.queued_at < oldest:
            done.held.append(row.key)
            continue
        try:
            deliver(ws, row.case, row.key, by)
            done.sent += 1
        except PartlyDone:
            done.unsure.append(row.key)
        except OutsideDown as down:
            done.down = down.message
            break
        except (Refused, InputWrong) as fault:
            done.failed.append(f"{row.key}: {fault.message}")
    return done


def remind_requesters(ws: Workspace, found: Iterable[Duty], by: Stamp) -> int:
    """Send the reminders that are due, where the settings say so; what is too old for that is left to the owner."""
    settings = ws.config.reminders
    member = ws.config.member(by.actor)
    if settings.requesters != "send" or member is None or not _MAY_SEND & set(member.roles):
        return 0
    sent = 0
    for duty in found:
        if duty.kind != "requester":
            continue
        rung = duty.rungs[-1][0]
        if (by.on - rung.day).days > settings.unseen_days:
            continue
        second = any(line.kind == "reminder" for line in ws.ledger.case(duty.case).letters.values())
        try:
            send(ws, duty.case, "reminder", by, again="second reminder" if second else "")
            sent += 1
        except DsarError:
            # refused by the gate, or the server is down: the owner is told in the digest, with the command to type
            continue
    return sent
