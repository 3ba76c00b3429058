"""hold: what forbids erasing in a case."""

from __future__ import annotations

from typing import Annotated

import typer

from dsar.case.facts import HoldPlaced
from dsar.case.next import short
from dsar.cli.emit import Answer, Column, Table, emit
from dsar.cli.options import SETTINGS, CaseNumber, Reason, group
from dsar.cli.session import current
from dsar.errors import InputWrong, Refused
from dsar.workflow import change

app_hold = group("Legal hold: forbids erasing, never the answer.")


@app_hold.command(context_settings=SETTINGS)
def add(
    case: CaseNumber,
    reason: Reason = "",
    secret: Annotated[bool, typer.Option("--secret", help="Explained inside, absent outside.")] = False,
) -> int:
    """Forbid erasing in a case.

    Example: dsar hold add 43 --reason "litigation, see legal"
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    if not reason.strip():
        raise InputWrong(
            "Not done: a hold needs a reason, for the file. Nothing was changed.",
            hint=f'dsar hold add {short(number)} --reason "litigation, see legal"',
        )
    done = change.place_hold(ws, number, reason, session.stamp, secret=secret)
    hold = list(done.holds)[-1]
    told = "It is explained inside, and never mentioned outside." if secret else "The answer itself is not held up."
    return emit(
        Answer(
            schema="hold-add",
            data={"case": number, "hold": hold, "secret": secret},
            before=(f"{number}: hold {hold} forbids erasing, until it is lifted.", told),
            hint=f"Next: dsar hold list {short(number)}",
        )
    )


@app_hold.command(context_settings=SETTINGS)
def lift(case: CaseNumber, hold: Annotated[str, typer.Argument(help="As dsar hold list shows it: H-1")]) -> int:
    """End a hold.

    Example: dsar hold lift 43 H-1
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    hold = hold.strip().upper()
    if hold not in ws.ledger.case(number).holds:
        raise Refused(
            f"Not done: that hold is not on {number}. Nothing was changed.", hint=f"dsar hold list {short(number)}"
        )
    done = change.lift_hold(ws, number, hold, session.stamp)
    left = ", ".join(done.holds)
    return emit(
        Answer(
            schema="hold-lift",
            data={"case": number, "hold": hold, "left": list(done.holds)},
            before=(f"{number}: hold {hold} lifted. {f'Still held by {left}.' if left else 'No hold is left.'}",),
            hint=f"Next: dsar {'hold list' if left else 'next'} {short(number)}",
        )
    )


@app_hold.command("list", context_settings=SETTINGS)
def list_(case: CaseNumber) -> int:
    """The holds of a case.

    Example: dsar hold list 43
    """
    ws = current().workspace
    found = ws.ledger.case(ws.ledger.resolve(case))
    placed = {
        one.fact.hold: one
        for one in ws.ledger.history(found.number)
        if isinstance(one.fact, HoldPlaced) and one.fact.hold in found.holds
    }
    rows = [
        (hold, one.on.isoformat(), one.actor, "secret" if found.holds[hold] else "ordinary")
        for hold, one in placed.items()
    ]
    columns = (Column(title="HOLD"), Column(title="SINCE"), Column(title="BY"), Column(title="KIND"))
    holds = [{"hold": hold, "secret": kind == "secret", "since": since, "by": by} for hold, since, by, kind in rows]
    return emit(
        Answer(
            schema="hold-list",
            data={"case": found.number, "holds": holds},
            table=Table(columns, rows),
            before=(f"{found.number}: {'erasing is forbidden.' if rows else 'no hold.'}",),
            hint=f"Next: dsar {f'hold lift {short(found.number)} HOLD' if rows else f'next {short(found.number)}'}",
        )
    )
