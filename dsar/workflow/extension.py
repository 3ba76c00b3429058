"""Which rights of a case can be given more time now, and by when the person must have been told.

The notice is a letter; the new date counts once it has left in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dsar.case.case import Case, Claim, told
from dsar.case.clocks import answer_clock, claim_clocks
from dsar.case.next import short
from dsar.case.stamp import Stamp
from dsar.errors import Refused
from dsar.law.clocks import Obligation
from dsar.law.days import said
from dsar.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """The dates of one right: now, the latest the law allows (None: the date we name), and the notice's last day."""

    claim: str
    now_on: date | None
    until: date | None
    notice_by: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What can be extended, and what cannot: extended before, too late for the notice, or by no law."""

    possible: tuple[Extension, ...]
    already: tuple[Extension, ...] = ()
    late: tuple[Extension, ...] = ()
    never: tuple[str, ...] = ()


def extension(ws: Workspace, number: str, by: Stamp) -> Offer:
    """What extending would give for each open right; Refused where it gives nothing and was not done before."""
    offer = offer_of(ws, ws.ledger.case(number), by.on)
    if offer.possible or offer.already:
        return offer
    if offer.late:
        days = ", ".join(dict.fromkeys(said(one.notice_by) for one in offer.late if one.notice_by))
        raise Refused(
            f"Not done: the notice of an extension had to leave by {days}; that day has passed. The date stays.",
            hint=f"Answer in part and say when the rest comes: dsar letter send {short(number)} answer",
        )
    raise Refused(
        f"Not done: no law of {number} allows an extension. The date stays.", hint=f"dsar why {short(number)}"
    )


def offer_of(ws: Workspace, case: Case, on: date) -> Offer:
    """Every open right of a case by whether a notice that leaves on this day extends it."""
    possible, already, late, never = [], [], [], []
    for claim in case.claims.values():
        if told(case, claim) or claim.outcome is not None:
            continue
        one = _extension(ws, case, claim)
        if one is None:
            never.append(claim.name)
        elif answer_clock(case, claim, ws.ledger.pinned).obligation is Obligation.EXTENDED:
            already.append(one)
        elif one.notice_by and one.notice_by < on:
            late.append(one)
        else:
            possible.append(one)
    return Offer(possible=tuple(possible), already=tuple(already), late=tuple(late), never=tuple(never))


def _extension(ws: Workspace, case: Case, claim: Claim) -> Extension | None:
    by_duty = {clock.obligation: clock for clock in claim_clocks(case, claim, ws.ledger.pinned)}
    extended = by_duty.get(Obligation.EXTENDED)
    if extended is None or not extended.in_force:
        return None
    notice = by_duty.get(Obligation.EXTENSION_NOTICE)
    return Extension(
        claim=claim.name,
        now_on=by_duty[Obligation.RESPOND].due_on,
        until=extended.due_on,
        notice_by=notice.due_on if notice else None,
    )
