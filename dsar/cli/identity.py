"""verify: identity only; machine checks are called check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dsar.case.next import next_step, short
from dsar.cli.emit import Answer, Cell, Line, emit
from dsar.cli.options import SETTINGS, CaseNumber, one_command
from dsar.cli.session import current
from dsar.cli.waiting import read_day

app_verify = one_command()


@app_verify.command(context_settings=SETTINGS)
def verify(
    case: CaseNumber,
    method: Annotated[
        str, typer.Option("--method", help="How: account-login, email-control, matching-points ...")
    ] = "",
    points: Annotated[int, typer.Option("--points", min=0, max=20, help="Matching points, with matching-points.")] = 0,
    declaration: Annotated[bool, typer.Option("--declaration", help="A signed declaration was given.")] = False,
    evidence: Annotated[Path | None, typer.Option("--evidence", help="A paper; sealed, destroyed at close.")] = None,
    agent: Annotated[bool, typer.Option("--agent", help="The agent's authority was shown.")] = False,
    parent: Annotated[bool, typer.Option("--parent", help="The parent was proven (with --method parent-...).")] = False,
    fail: Annotated[bool, typer.Option("--fail", help="What was offered did not hold.")] = False,
    on: Annotated[str, typer.Option("--on", help="The day the proof came, where that was before today.")] = "",
) -> int:
    """Record how identity or authority was proven. Alone, it shows the least proof that is enough.

    Example: dsar verify 36 --method account-login
    """
    from dsar.workflow import verify as work

    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    if agent and not method:
        method = "agent-authority"
    if not method:
        return _show(number, parent)
    way = work.method_named(method)
    if fail:
        work.fail(ws, number, way, session.stamp)
        says: Line = f"{number}: noted that {method} did not hold."
    else:
        shown = work.Shown(method=way, points=points, declaration=declaration, evidence=evidence)
        found = work.confirm(ws, number, shown, session.stamp, came_on=read_day(on))
        sealed = " The paper is sealed, and destroyed when the case closes." if evidence else ""
        level = f"level {found.proof_level}" if found.proof_level else "authority"
        says = (Cell(f"{number}: "), Cell("proven", "green"), Cell(f" by {method} ({level}).{sealed}"))
    done = ws.ledger.case(number)
    steps = [next_step(done, claim) for claim in done.claims.values() if claim.outcome is None]
    return emit(
        Answer(
            schema="verify",
            data={
                "case": number,
                "level": done.proof_level,
                "methods": list(done.proof_methods),
                "authority": done.authority,
                "failed": done.proof_failed,
            },
            before=(says,),
            hint=f"Next: {steps[0].command}" if steps else "",
        )
    )


def _show(number: str, parent: bool) -> int:
    from dsar.workflow import verify as work

    found, needs = work.needs(current().workspace, number)
    lines: list[Line] = [(Cell(number, "bold"), Cell(f"  written by: {found.role}"))]
    for need in needs:
        if not need.level:
            lines.append(f"{need.claim}: no proof of identity may be asked ({need.cite})")
            continue
        state = "proven" if need.proven else f"level {need.held} of {need.level}"
        lines.append(
            (Cell(f"{need.claim}: "), Cell(state, "green" if need.proven else "yellow"), Cell(f"  ({need.cite})"))
        )
        lines.append(f"  Any one is enough: {', '.join(need.enough)}")
        if need.never:
            lines.append(f"  Never ask for: {', '.join(word.replace('_', ' ') for word in need.never)}")
        if need.note:
            lines.append(f"  {need.note}")
    return emit(
        Answer(
            schema="verify",
            data={
                "case": number,
                "role": found.role,
                "needs": [
                    {
                        "claim": need.claim,
                        "level": need.level,
                        "held": need.held,
                        "enough": list(need.enough),
                        "never": list(need.never),
                        "cite": need.cite,
                        "proven": need.proven,
                    }
                    for need in needs
                ],
            },
            before=tuple(lines),
            hint=f"Next: dsar verify {short(number)} --method METHOD",
        )
    )
