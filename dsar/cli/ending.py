"""extend, refuse, close, reopen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from dsar.case.next import next_step, short
from dsar.case.stages import Outcome
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Line, emit
from dsar.cli.options import SETTINGS, CaseNumber, DryRun, Reason, one_command
from dsar.cli.session import current
from dsar.errors import InputWrong
from dsar.workflow import ending as work
from dsar.workflow.phrases import REFUSALS

if TYPE_CHECKING:
    from dsar.workflow.extension import Offer

app_extend, app_refuse, app_close, app_reopen = (one_command() for _ in range(4))


@app_extend.command(context_settings=SETTINGS)
def extend(
    case: CaseNumber,
    reason: Reason = "",
    until: Annotated[str, typer.Option("--until", help="An earlier date, or one where the law leaves it open.")] = "",
    dry_run: DryRun = False,
) -> int:
    """Take more time where the law allows it: sends the notice; the new date counts once it has left.

    Example: dsar extend 36 --why "your data is in twelve systems, two of them archives"
    """
    from dsar.cli.waiting import read_day
    from dsar.workflow import extension as more
    from dsar.workflow.letters import Details
    from dsar.workflow.outbox import send

    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    offer = more.extension(ws, number, session.reader if dry_run else session.stamp)
    if not offer.possible:
        return _extended(number, offer, sent=False)
    day = read_day(until)
    if not reason.strip():
        raise InputWrong(
            'Not sent: the letter "extension" needs a reason, in words the requester understands. The date stays.',
            hint=f'dsar extend {short(number)} --why "..."',
        )
    if day is None and all(one.until is None for one in offer.possible):
        raise InputWrong(
            "Not sent: this law leaves the new date to us, and the notice must name it. The date stays.",
            hint=f'dsar extend {short(number)} --why "..." --until DATE',
        )
    if not dry_run:
        again = "another right" if ws.ledger.case(number).letter_sent("extension") else ""
        details = Details(reason=reason, until=day, claims=tuple(one.claim for one in offer.possible))
        send(ws, number, "extension", session.stamp, details, again=again)
        offer = replace(more.offer_of(ws, ws.ledger.case(number), session.stamp.on), possible=offer.possible)
    return _extended(number, offer, sent=not dry_run)


def _extended(number: str, offer: Offer, *, sent: bool) -> int:
    """What became of each right: extended, extended before, too late, or not to be extended at all."""
    new = {one.claim: one.until for one in offer.already}
    lines: list[Line] = []
    for one in offer.possible:
        until = words.day(new.get(one.claim, one.until)) or "the date the notice names"
        lines.append(f"{one.claim}: {words.day(one.now_on)} -> {until} (notice by {words.day(one.notice_by)})")
    done = {one.claim for one in offer.possible}
    before = [one for one in offer.already if one.claim not in done]
    lines += [f"{one.claim}: extended already, to {words.day(one.until)}; the law allows it once." for one in before]
    lines += [
        (Cell(f"{one.claim}: not extended, the notice had to leave by {words.day(one.notice_by)}.", "yellow"),)
        for one in offer.late
    ]
    lines += [(Cell(f"{claim}: not extended, its law allows none.", "yellow"),) for claim in offer.never]
    if sent:
        lines.append((Cell("Sent", "green"), Cell("; the new date counts.")))
    data = {
        "case": number,
        "sent": sent,
        "already": not offer.possible,
        "claims": [
            {
                "claim": one.claim,
                "due_on": one.now_on.isoformat() if one.now_on else None,
                "until": day.isoformat() if (day := new.get(one.claim, one.until)) else None,
                "notice_by": one.notice_by.isoformat() if one.notice_by else None,
            }
            for one in offer.possible or before
        ],
        "late": [one.claim for one in offer.late],
        "never": list(offer.never),
    }
    return emit(Answer(schema="extend", data=data, before=tuple(lines), hint=f"Next: dsar why {short(number)}"))


@app_refuse.command(context_settings=SETTINGS)
def refuse(
    case: CaseNumber,
    ground: Annotated[str, typer.Option("--ground", help=f"One of: {', '.join(REFUSALS)}")] = "",
    right: Annotated[str, typer.Option("--right", help="Only this right.")] = "",
    not_verified: Annotated[bool, typer.Option("--not-verified", help="Identity was not proven in time.")] = False,
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="The person withdrew the request.")] = False,
    opened_in_error: Annotated[bool, typer.Option("--opened-in-error", help="It was no request.")] = False,
) -> int:
    """End a right with a ground; the letter that says so is sent next.

    Example: dsar refuse 36 --ground excessive
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    outcome = Outcome.REFUSED
    if not_verified:
        outcome = Outcome.NOT_VERIFIED
    elif withdrawn:
        outcome = Outcome.WITHDRAWN
    elif opened_in_error:
        outcome = Outcome.OPENED_IN_ERROR
    done = work.refuse(ws, number, ground, session.stamp, outcome=outcome, claim=right)
    ended = [claim for claim in done.claims.values() if claim.outcome is outcome]
    step = next_step(done, ended[-1]).command if ended else f"dsar next {short(number)}"
    return emit(
        Answer(
            schema="refuse",
            data={"case": number, "outcome": outcome, "claims": [claim.name for claim in ended], "ground": ground},
            before=tuple(f"{number}: {claim.name} ended: {outcome.replace('_', ' ')}." for claim in ended),
            hint=f"Next: {step}",
        )
    )


@app_close.command(context_settings=SETTINGS)
def close(case: CaseNumber) -> int:
    """Close an answered case: evidence is destroyed; says what is still missing.

    Example: dsar close 36
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    done = work.close(ws, number, session.stamp)
    says = f"{number}: closed already." if done.already else f"{number}: closed."
    more = f" {words.counted(done.destroyed, 'paper')} of proof destroyed." if done.destroyed else ""
    purge = f" The personal data in this file goes on {words.day(done.case.purge_on)}." if done.case.purge_on else ""
    return emit(
        Answer(
            schema="close",
            data={
                "case": number,
                "already": done.already,
                "destroyed": done.destroyed,
                "purge_on": done.case.purge_on.isoformat() if done.case.purge_on else None,
            },
            before=(says + more + purge,),
        )
    )


@app_reopen.command(context_settings=SETTINGS)
def reopen(case: CaseNumber, reason: Reason = "") -> int:
    """Bring a closed case back to work, with a reason.

    Example: dsar reopen 36 --why "the answer came back"
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    work.reopen(ws, number, reason, session.stamp)
    return emit(
        Answer(
            schema="reopen",
            data={"case": number, "reopened": True},
            before=(f"{number}: open again.",),
            hint=f"Next: dsar next {short(number)}",
        )
    )
