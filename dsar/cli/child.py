"""child: under-13 mode."""

from __future__ import annotations

from typing import Annotated

import typer

from dsar.case.case import Case, proven
from dsar.case.changes import PlanKind
from dsar.case.next import short
from dsar.case.rights import Right
from dsar.cli.emit import Answer, Cell, Line, emit
from dsar.cli.intake import role_named
from dsar.cli.options import SETTINGS, CaseNumber, one_command
from dsar.cli.session import current
from dsar.workflow.child import under_thirteen

app_child = one_command()


@app_child.command(context_settings=SETTINGS)
def child(
    case: CaseNumber,
    found_by: Annotated[
        str, typer.Option("--found-by", help="Who wrote: parent, child, reporter; empty = as it was read.")
    ] = "",
    note: Annotated[str, typer.Option("--note", help="How it was found, for the file.")] = "",
) -> int:
    """The data subject is under 13: deletion waits for no parent, names are hidden, the reporter is told nothing.

    Example: dsar child 43 --note "the account's birth date says 2016"
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    written_by = role_named(found_by) if found_by else None
    done = under_thirteen(ws, number, session.stamp, written_by=written_by, note=note)
    head = "was treated as under 13 already" if done.already else "is treated as under 13 from now on"
    lines: list[Line] = [(Cell(number, "bold"), Cell("  "), Cell("CHILD UNDER 13", "magenta"), Cell(f"  {head}"))]
    lines += [f"Clear now: {text}" for text in done.clear]
    lines += [(Cell(f"Blocked: {text}", "yellow"),) for text in done.blocked]
    return emit(
        Answer(
            schema="child",
            data={"case": number, "already": done.already, "clear": list(done.clear), "blocked": list(done.blocked)},
            before=tuple(lines),
            hint=f"Next: {_next(done.case)}",
        )
    )


def _next(case: Case) -> str:
    """Stopping the use comes first, where nothing else in the case forbids it; then the right's own next step."""
    number = short(case.number)
    if case.closed:
        return f"dsar show {number}"
    stopped = any(plan.kind is PlanKind.SUPPRESS for plan in case.plans.values())
    # a plan to suppress serves a plain deletion of the same case too, and that one waits for proof
    waits = any(
        claim.right is Right.DELETE and claim.outcome is None and not proven(case, claim)
        for claim in case.claims.values()
    )
    if stopped or waits or any(plan.started for plan in case.plans.values()):
        return f"dsar next {number}"
    return f"dsar plan {number} --suppress, then dsar gather {number}"
