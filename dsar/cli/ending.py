"""extend, refuse, close, reopen."""

from __future__ import annotations

from typing import Annotated

import typer

from dsar.case.next import short
from dsar.case.stages import Outcome
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Line, emit
from dsar.cli.options import SETTINGS, CaseNumber, DryRun, Reason, one_command
from dsar.cli.session import current
from dsar.errors import InputWrong
from dsar.workflow import ending as work
from dsar.workflow.phrases import REFUSALS

app_extend, app_refuse, app_close, app_reopen = (one_command() for _ in range(4))


@app_extend.command(context_settings=SETTINGS)
def extend(case: CaseNumber, reason: Reason = "", dry_run: DryRun = False) -> int:
    """Take more time where the law allows it: sends the notice; the new date counts once it has left.

    Example: dsar extend 36 --why "your data is in twelve systems, two of them archives"
    """
    from dsar.workflow.letters import Details
    from dsar.workflow.outbox import send

    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    found = work.extension(ws, number, session.stamp)
    if not reason.strip():
        raise InputWrong(
            'Not sent: the letter "extension" needs a reason, in words the requester understands. The date stays.',
            hint=f'dsar extend {short(number)} --why "..."',
        )
    lines: list[Line] = [
        f"{one.claim}: {words.day(one.now_on)} -> {words.day(one.until)} (notice by {words.day(one.notice_by)})"
        for one in found
    ]
    if not dry_run:
        send(ws, number, "extension", session.stamp, Details(reason=reason))
        lines.append((Cell("Sent", "green"), Cell("; the new date counts.")))
    data = {
        "case": number,
        "sent": not dry_run,
        "claims": [
            {"claim": one.claim, "due_on": str(one.now_on), "until": str(one.until), "notice_by": str(one.notice_by)}
            for one in found
        ],
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
    letter = {Outcome.REFUSED: "refusal", Outcome.NOT_VERIFIED: "closing"}.get(outcome)
    return emit(
        Answer(
            schema="refuse",
            data={"case": number, "outcome": outcome, "claims": [claim.name for claim in ended], "ground": ground},
            before=tuple(f"{number}: {claim.name} ended: {outcome.replace('_', ' ')}." for claim in ended),
            hint=f"Next: dsar letter send {short(number)} {letter}" if letter else f"Next: dsar close {short(number)}",
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
