"""The daily screens: ``dsar`` alone, next, due, list, show, why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from dsar.case.rights import TITLES, Right, right_named
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit
from dsar.cli.options import SETTINGS, CaseNumber, one_command
from dsar.cli.session import current
from dsar.errors import InputWrong
from dsar.workflow import queue as view
from dsar.workflow.heartbeat import heartbeat_warning

app_next, app_due, app_list, app_show, app_why = (one_command() for _ in range(5))

_COLUMNS = (
    Column(title="DUE"),
    Column(title="LEFT"),
    Column(title="CASE"),
    Column(title="TYPE", shrink=True),
    Column(title="WHO", shrink=True, drop=2),
    Column(title="NEXT STEP", shrink=True),
)


def _queue_table(lines: Sequence[view.Due], today: Any) -> Table:
    rows = [
        (
            words.short_day(line.due_on, today),
            words.left(line.days_left),
            line.case,
            Cell(TITLES[line.right], "magenta" if "child" in line.right else ""),
            line.who,
            line.next_says,
        )
        for line in lines
    ]
    return Table(_COLUMNS, rows)


def _queue_rows(lines: Sequence[view.Due]) -> Table:
    """The queue for a pipe: whole ids, ISO dates, and the command to type."""
    columns = tuple(
        Column(title=title)
        for title in ("due_on", "days_left", "case", "right", "law", "obligation", "stage", "owner", "next")
    )
    rows = [
        (
            line.due_on.isoformat() if line.due_on else "",
            "" if line.days_left is None else str(line.days_left),
            line.case,
            str(line.right),
            line.law,
            line.obligation,
            line.stage,
            line.owner,
            line.next_command,
        )
        for line in lines
    ]
    return Table(columns, rows)


def _due_json(line: view.Due) -> dict[str, Any]:
    return {
        "case": line.case,
        "right": line.right,
        "law": line.law,
        "obligation": line.obligation,
        "due_on": line.due_on.isoformat() if line.due_on else None,
        "days_left": line.days_left,
        "standard": line.standard,
        "stage": line.stage,
        "owner": line.owner,
        "next": line.next_command,
    }


def _summary(lines: Sequence[view.Due]) -> tuple[Cell, ...]:
    late = sum(1 for line in lines if line.days_left is not None and line.days_left < 0)
    week = sum(1 for line in lines if line.days_left is not None and 0 <= line.days_left <= 7)
    return (
        Cell(f"{len(lines)} open: "),
        Cell(f"{late} late", "bold red" if late else ""),
        Cell(", "),
        Cell(f"{week} due this week", "yellow" if week else ""),
        Cell(f", {len(lines) - late - week} on track."),
    )


def bare(mine: bool = False) -> int:
    """What ``dsar`` alone shows: the state of the desk and the next command."""
    session = current()
    today = session.moment.on
    owner = session.actor() if mine else ""
    queue = view.queue(session.workspace, today, owner=owner, names=session.names)
    lines = queue.leading
    head: list[Line] = [(Cell(f"{words.day(today)}. "), *_summary(lines))]
    if not lines:
        head = [f"{words.day(today)}. Nothing is open."]
    after: list[Line] = []
    if session.terminal:
        warning = heartbeat_warning(session.workspace, session.moment.recorded_at, busy=bool(lines))
        after += [(Cell(warning, "yellow"),)] if warning else []
    if queue.unsure:
        after.append((Cell(f"{words.counted(queue.unsure, 'letter')} unsure: ", "yellow"), Cell("dsar outbox list")))
    if queue.queued:
        after.append(f"{words.counted(queue.queued, 'letter')} waiting to be sent: dsar outbox retry")
    waiting = f"     Waiting to be read: {queue.drafts} (dsar triage)" if queue.drafts else ""
    first = f"Next: {lines[0].next_command}" if lines else "Next: dsar new --file LETTER"
    return emit(
        Answer(
            schema="next",
            data={"today": today.isoformat(), "cases": [_due_json(line) for line in lines], "drafts": queue.drafts},
            before=tuple(head),
            table=_queue_table(lines, today),
            rows=_queue_rows(lines),
            after=tuple(after),
            hint=first + waiting,
        )
    )


@app_next.command(context_settings=SETTINGS)
def next_(
    case: Annotated[str, typer.Argument(metavar="[CASE]", help="Only this case.")] = "",
    mine: Annotated[bool, typer.Option("--mine", help="Only the cases you own.")] = False,
) -> int:
    """What to do now, worst first, with the command to type.

    Example: dsar next --mine
    """
    if not case:
        return bare(mine)
    from dsar.workflow.overview import page as page_of

    session = current()
    page = page_of(session.workspace, session.workspace.ledger.resolve(case), names=session.names)
    steps = [(claim.name, claim.stage, claim.next) for claim in page.claims]
    return emit(
        Answer(
            schema="next",
            data={
                "case": page.case.number,
                "steps": [
                    {"claim": name, "stage": stage, "says": step.says, "next": step.command}
                    for name, stage, step in steps
                ],
            },
            before=(f"{page.case.number}  {page.who}",),
            table=Table(
                (Column(title="RIGHT"), Column(title="STAGE"), Column(title="NEXT STEP"), Column(title="TYPE THIS")),
                [(name, stage, step.says, step.command) for name, stage, step in steps],
            ),
        )
    )


@app_due.command(context_settings=SETTINGS)
def due(
    within: Annotated[str, typer.Option("--within", help="Only what is due within so many days: 14d.")] = "",
    check: Annotated[bool, typer.Option("--check", help="Exit 6 if anything is late (for monitors).")] = False,
    mine: Annotated[bool, typer.Option("--mine", help="Only the cases you own.")] = False,
) -> int:
    """Every open obligation by date: each right under each law has its own.

    Example: dsar due --within 14d
    """
    session = current()
    today = session.moment.on
    days = _days(within) if within else None
    owner = session.actor() if mine else ""
    queue = view.queue(session.workspace, today, owner=owner, within=days, names=session.names)
    late = [line for line in queue.lines if line.days_left is not None and line.days_left < 0]
    table = _queue_table(queue.lines, today)
    columns = (*table.columns[:4], Column(title="LAW", drop=3), Column(title="WHAT", drop=1), *table.columns[4:])
    rows = [(*row[:4], line.law, line.obligation, *row[4:]) for row, line in zip(table.rows, queue.lines, strict=True)]
    return emit(
        Answer(
            schema="due",
            data={"today": today.isoformat(), "cases": [_due_json(line) for line in queue.lines]},
            before=((Cell(f"{words.day(today)}. "), *_summary(queue.leading)),),
            table=Table(columns, rows),
            rows=_queue_rows(queue.lines),
            exit_code=6 if check and late else 0,
        )
    )


def _days(text: str) -> int:
    match = re.fullmatch(r"(\d{1,4})\s*d?", text.strip())
    if not match:
        raise InputWrong(f'Not done: "{text}" is not a number of days.', hint="Write: --within 14d")
    return int(match[1])


@app_list.command(context_settings=SETTINGS)
def list_(
    terms: Annotated[list[str] | None, typer.Argument(metavar="[WORDS]", help="Words in number, name or type.")] = None,
    stage: Annotated[str, typer.Option("--stage", help="intake, verify, gather, review, act, respond, close")] = "",
    type_: Annotated[str, typer.Option("--type", help="access, edit, delete, notice, child ...")] = "",
    law: Annotated[str, typer.Option("--law", help="A law: gdpr, ccpa ...")] = "",
    owner: Annotated[str, typer.Option("--owner", help="A member of staff.")] = "",
    closed: Annotated[bool, typer.Option("--closed", help="Closed cases too.")] = False,
) -> int:
    """Cases by any filter.

    Example: dsar list --stage gather --law ccpa
    """
    session = current()
    ws = session.workspace
    today = session.moment.on
    wanted = view.Filter(
        words=tuple(terms or ()),
        stage=stage,
        right=right_named(type_) if type_ else "",
        law=ws.rules.law(law).id if law else "",
        owner=owner,
        closed=closed,
        names=session.names,
    )
    found = view.listed(ws, wanted)
    rows = [
        (
            line.case,
            words.short_day(line.received_on, today),
            words.short_day(line.next_on, today) if line.next_on else ("closed" if line.closed_on else ""),
            ", ".join(TITLES[Right(right)] for right in line.rights),
            line.who,
            line.stage,
            line.owner,
        )
        for line in found
    ]
    columns = (
        Column(title="CASE"),
        Column(title="RECEIVED", drop=2),
        Column(title="DUE"),
        Column(title="TYPE", shrink=True),
        Column(title="WHO", shrink=True, drop=3),
        Column(title="STAGE"),
        Column(title="OWNER", drop=1),
    )
    plain = [
        (
            line.case,
            line.received_on.isoformat(),
            line.next_on.isoformat() if line.next_on else "",
            ",".join(line.rights),
            ",".join(line.laws),
            line.stage,
            line.owner,
        )
        for line in found
    ]
    titles = ("case", "received_on", "due_on", "rights", "laws", "stage", "owner")
    return emit(
        Answer(
            schema="list",
            data={
                "cases": [
                    {
                        "case": line.case,
                        "received_on": line.received_on.isoformat(),
                        "due_on": line.next_on.isoformat() if line.next_on else None,
                        "rights": list(line.rights),
                        "laws": list(line.laws),
                        "stage": line.stage,
                        "owner": line.owner,
                        "closed_on": line.closed_on.isoformat() if line.closed_on else None,
                    }
                    for line in found
                ]
            },
            table=Table(columns, rows),
            rows=Table(tuple(Column(title=title) for title in titles), plain),
            before=() if found else ("No case fits.",),
        )
    )


@app_show.command(context_settings=SETTINGS)
def show(
    case: CaseNumber,
    timeline: Annotated[bool, typer.Option("--timeline", help="Every fact of the case.")] = False,
) -> int:
    """The handover page of a case: who, law, clock, done, open, waiting on whom.

    Example: dsar show 36 --timeline
    """
    from dsar.cli.pages import show_page
    from dsar.workflow.overview import page as page_of

    session = current()
    page = page_of(session.workspace, session.workspace.ledger.resolve(case), names=session.names)
    return emit(show_page(page, session.moment.on, timeline=timeline))


@app_why.command(context_settings=SETTINGS)
def why(case: CaseNumber) -> int:
    """How each due date of a case came about, step by step, with rule and calendar.

    Example: dsar why 36
    """
    from dsar.case.next import short
    from dsar.cli.pages import clock_json, clock_lines
    from dsar.workflow.overview import why as why_of

    session = current()
    found, sums = why_of(session.workspace, session.workspace.ledger.resolve(case))
    lines: list[Line] = [(Cell(found.number, "bold"), Cell(f"  received {words.day(found.received_on)}"))]
    for one in sums:
        lines += ["", (Cell(one.claim, "bold"), Cell(f"  rule {one.rule}"))]
        if one.newer_rule:
            lines.append((Cell("  The rule reads differently today; this case keeps its own.", "yellow"),))
        for clock in one.clocks:
            lines += clock_lines(clock)
    return emit(
        Answer(
            schema="why",
            data={
                "case": found.number,
                "received_on": found.received_on.isoformat(),
                "claims": [
                    {
                        "claim": one.claim,
                        "rule": one.rule,
                        "newer_rule": one.newer_rule,
                        "clocks": [clock_json(clock) for clock in one.clocks],
                    }
                    for one in sums
                ],
            },
            before=tuple(lines),
            hint=f"Next: dsar next {short(found.number)}",
        )
    )
