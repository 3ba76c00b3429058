"""erase check and erase tell: the search that looks again after a change, and who else must be told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from dsar.case.case import Case, PlanLine, current_plan
from dsar.case.next import short
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit, remark
from dsar.cli.options import SETTINGS, CaseNumber, group
from dsar.cli.session import current
from dsar.workflow.look_again import look_again

app_erase = group("After a change: ask every source again.")


def aside(lines: Iterable[Line]) -> None:
    """Say what is no row on standard error, where standard output is a pipe."""
    for line in lines:
        remark(line if isinstance(line, str) else "".join(cell.text for cell in line))


@app_erase.command(context_settings=SETTINGS)
def check(case: CaseNumber) -> int:
    """Ask every source again: what is left, and whether the plan says why. Exit 6 if something is unexplained.

    Example: dsar erase check 43
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    if (marks := _only_marks(ws.ledger.case(number))) is not None:
        return _nothing_erased(number, marks)
    found = look_again(ws, number, session.stamp)
    lines: list[Line] = []
    if found.failed:
        lines += [(Cell(f"{place}: {why}: not searched", "red"),) for place, why in found.failed]
    if found.unexplained:
        lines.append(
            (Cell("Not clean", "bold red"), Cell(f": {words.counted(len(found.unexplained), 'record')} left."))
        )
    elif not found.failed:
        kept = (
            f"; {words.counted(len(found.explained), 'record')} kept or changed as planned" if found.explained else ""
        )
        asked = (
            "every source that a program can search was asked again"
            if found.unasked
            else "every source was asked again"
        )
        lines.append((Cell("Clean", "green"), Cell(f": {asked}{kept}.")))
        if found.unasked:
            lines.append(f"Only a colleague can look there, and nobody was asked again: {', '.join(found.unasked)}.")
    if not session.terminal and found.unexplained:
        aside(lines)
    return emit(
        Answer(
            schema="erase-check",
            data={
                "case": number,
                "clean": not found.unexplained and not found.failed,
                "explained": len(found.explained),
                "unexplained": [
                    {"source": source, "record_set": record_set, "record": key}
                    for source, record_set, key in found.unexplained
                ],
                "failed": [{"place": place, "why": why} for place, why in found.failed],
                "unasked": list(found.unasked),
            },
            before=tuple(lines),
            table=Table(
                (Column(title="SOURCE"), Column(title="RECORD SET"), Column(title="RECORD", shrink=True)),
                list(found.unexplained),
            )
            if found.unexplained
            else None,
            hint=f"Next: dsar erase check {short(number)}   (once they answer: dsar source test)"
            if found.failed
            else f"Next: dsar next {short(number)}",
            exit_code=4 if found.failed else (6 if found.unexplained else 0),
        )
    )


def _only_marks(case: Case) -> PlanLine | None:
    """The plan last carried out, where all that were only set marks and none waits; None otherwise."""
    if current_plan(case) is not None or any(plan.needs_approval for plan in case.plans.values() if plan.finished):
        return None
    return next((plan for plan in reversed(tuple(case.plans.values())) if plan.finished), None)


def _nothing_erased(number: str, line: PlanLine) -> int:
    """Marks were looked at as they were written, row by row: there is no search to make again."""
    return emit(
        Answer(
            schema="erase-check",
            data={
                "case": number,
                "clean": True,
                "explained": line.explained,
                "unexplained": [],
                "failed": [],
                "unasked": [],
            },
            before=(
                (
                    Cell("Clean", "green"),
                    Cell(f": plan {line.id} only set marks, each looked at as it was set; nothing was to be erased."),
                ),
            ),
            hint=f"Next: dsar next {short(number)}",
        )
    )


@app_erase.command(context_settings=SETTINGS)
def tell(
    case: CaseNumber,
    done: Annotated[
        list[str] | None, typer.Option("--done", metavar="NAME", help='This recipient was told; "all" for every one.')
    ] = None,
) -> int:
    """Draft a letter to each who had received the data, and record who was told.

    Example: dsar erase tell 43 --done all
    """
    from dsar.workflow.tell import instructions, record_told

    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    if done:
        record_told(ws, number, done, session.stamp)
    _, found = instructions(ws, number, session.stamp)
    rows = [(one.recipient, "told" if one.told else "draft", one.draft.name) for one in found]
    waiting = any(not one.told for one in found)
    head = f"{number}: nobody had the data from us."
    if found:
        drafts = f"Drafts in cases/{number}/instructions/: send, then record it."
        head = drafts if waiting else f"{number}: everybody who had the data is told."
    columns = (Column(title="RECIPIENT", shrink=True), Column(title="STATE"), Column(title="DRAFT", shrink=True))
    return emit(
        Answer(
            schema="erase-tell",
            data={
                "case": number,
                "recipients": [
                    {
                        "recipient": one.recipient,
                        "told": one.told,
                        "draft": str(one.draft),
                        "record_sets": list(one.record_sets),
                    }
                    for one in found
                ],
            },
            before=(head,),
            table=Table(columns, rows) if rows else None,
            hint=f"Next: dsar {f'erase tell {short(number)} --done all' if waiting else f'next {short(number)}'}",
        )
    )
