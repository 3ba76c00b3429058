"""The daily screens: ``dsar`` alone, next, due, list, show, why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import typer

from dsar.case.rights import TITLES, Right, right_named
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit, wanted
from dsar.cli.options import SETTINGS, CaseNumber, one_command
from dsar.cli.session import current
from dsar.errors import InputWrong
from dsar.formats.plain import shorten
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


def _queue_table(lines: Sequence[view.Due], today: date) -> Table:
    rows = [
        (
            words.short_day(line.due_on, today),
            _left(line, today),
            line.case,
            Cell(TITLES[line.right], "magenta" if "child" in line.right else ""),
            line.who,
            line.next_says,
        )
        for line in lines
    ]
    return Table(_COLUMNS, rows)


def _left(line: view.Due, today: date) -> Cell:
    """How long there is; and, while the law is still met, that a date of our own is past."""
    left = words.left(line.days_left)
    if line.days_left is not None and line.days_left <= 0:
        return left
    if line.target_on is not None and line.target_on < today:
        return Cell(f"{left.text}, past target".removeprefix(", "), "yellow")
    if line.target_on is not None and line.due_on is None:
        return Cell(f"target {words.short_day(line.target_on, today)}")
    return Cell(f"{left.text}, past aim", "yellow") if line.aim_on is not None and line.aim_on < today else left


def _queue_rows(rows: Sequence[tuple[str, ...]]) -> Table:
    """The queue for a pipe: whole ids, ISO dates, and the command to type."""
    return Table(tuple(Column(title=title) for title in view.PLAIN), rows)


def _due_json(line: view.Due) -> dict[str, Any]:
    return {
        "case": line.case,
        "right": line.right,
        "law": line.law,
        "obligation": line.obligation,
        "due_on": line.due_on.isoformat() if line.due_on else None,
        "days_left": line.days_left,
        "target_on": line.target_on.isoformat() if line.target_on else None,
        "aim_on": line.aim_on.isoformat() if line.aim_on else None,
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
    part = wanted()
    if part == "rows":
        plain = view.plain_rows(session.workspace, today, owner=owner, leading=True)
        return emit(Answer(schema="next", data={}, rows=_queue_rows(plain)))
    queue = view.queue(session.workspace, today, owner=owner, names=session.names, who=part == "people")
    lines = queue.leading
    if part == "data":
        cases = [_due_json(line) for line in lines]
        return emit(Answer(schema="next", data={"today": today.isoformat(), "cases": cases, "drafts": queue.drafts}))
    head: list[Line] = [(Cell(f"{words.day(today)}. "), *_summary(lines))]
    if not lines:
        head = [f"{words.day(today)}. Nothing is open."]
    warning = heartbeat_warning(session.workspace, session.moment.recorded_at, busy=bool(lines))
    after: list[Line] = [(Cell(warning, "yellow"),)] if warning else []
    if queue.unsure:
        after.append((Cell(f"{words.counted(queue.unsure, 'letter')} unsure: ", "yellow"), Cell("dsar outbox list")))
    if queue.queued:
        after.append(f"{words.counted(queue.queued, 'letter')} waiting to be sent: dsar outbox retry")
    waiting = f"     Waiting to be read: {queue.drafts} (dsar triage)" if queue.drafts else ""
    first = f"Next: {lines[0].next_command}" if lines else "Next: dsar new --file LETTER"
    return emit(
        Answer(
            schema="next",
            data={},
            before=tuple(head),
            table=_queue_table(lines, today),
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
    within: Annotated[str, typer.Option("--within", help="Only what is due within: 14d, 2w or today.")] = "",
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
    part = wanted()
    if part == "rows":
        plain = view.plain_rows(session.workspace, today, owner=owner, within=days)
        code = 6 if check and any(left.startswith("-") for _, left, *_ in plain) else 0
        return emit(Answer(schema="due", data={}, rows=_queue_rows(plain), exit_code=code))
    queue = view.queue(session.workspace, today, owner=owner, within=days, names=session.names, who=part == "people")
    code = 6 if check and any(line.days_left is not None and line.days_left < 0 for line in queue.lines) else 0
    if part == "data":
        cases = [_due_json(line) for line in queue.lines]
        return emit(Answer(schema="due", data={"today": today.isoformat(), "cases": cases}, exit_code=code))
    table = _queue_table(queue.lines, today)
    columns = (*table.columns[:4], Column(title="LAW", drop=3), Column(title="WHAT", drop=1), *table.columns[4:])
    rows = [(*row[:4], line.law, line.obligation, *row[4:]) for row, line in zip(table.rows, queue.lines, strict=True)]
    return emit(
        Answer(
            schema="due",
            data={},
            before=((Cell(f"{words.day(today)}. "), *_summary(queue.leading)),),
            table=Table(columns, rows),
            exit_code=code,
        )
    )


def _days(text: str) -> int:
    if text.strip().casefold() == "today":
        return 0
    match = re.fullmatch(r"(\d{1,4})\s*([dw]?)", text.strip().casefold())
    if not match:
        raise InputWrong(
            f'Not done: "{shorten(text, 40)}" is not a number of days or weeks.',
            hint="Write: --within 14d, 2w or today",
        )
    return int(match[1]) * (7 if match[2] == "w" else 1)


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
    from dsar.cli.why_page import why_page
    from dsar.workflow.overview import corrections
    from dsar.workflow.overview import why as why_of

    session = current()
    ws, today = session.workspace, session.moment.on
    found, sums = why_of(ws, ws.ledger.resolve(case), today)
    return emit(why_page(found, sums, corrections(ws, found.number), today))
