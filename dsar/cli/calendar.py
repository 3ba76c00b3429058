"""calendar: the due dates as a file that calendars subscribe to or import."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from dsar.cli import words
from dsar.cli.emit import Answer, Column, Line, Table, emit
from dsar.cli.options import SETTINGS, one_command
from dsar.cli.session import current
from dsar.errors import InputWrong
from dsar.reports.deadlines import Deadline
from dsar.workflow import calendar as work

app_calendar = one_command()


@app_calendar.command(context_settings=SETTINGS)
def calendar(
    out: Annotated[Path | None, typer.Option("--out", metavar="F.ics", help="The file to write.")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only the cases you own.")] = False,
    within: Annotated[str, typer.Option("--within", help="Only what is due within so many days: 60d.")] = "",
) -> int:
    """The due dates of all open cases as a calendar (iCalendar): case numbers only, no names.

    Subscribe to the file where programs can read it, or import it again after each export: what ended in the last
    30 days is in it as cancelled. Without --out, a pipe gets the calendar itself.

    Example: dsar calendar --out due.ics
    """
    session = current()
    owner = session.actor() if mine else ""
    today = session.moment.on
    made = work.export(session.workspace, today, owner=owner, within=_days(within) if within else None)
    if out is None and not (session.terminal or session.json or session.csv):
        _print(made.content)
        return 0
    new = work.save(made, out) if out is not None else False
    return emit(
        Answer(
            schema="calendar",
            data={
                "file": str(out) if out is not None else None,
                "written": new,
                "undated": made.undated,
                "entries": [_json(one) for one in made.deadlines],
            },
            before=_says(made, out, new=new),
            table=None if out is not None else _table(made.open, today),
            rows=_rows(made.deadlines) if out is None or session.csv else None,
            hint="" if out is not None else "Next: dsar calendar --out due.ics",
        )
    )


def _days(text: str) -> int:
    found = re.fullmatch(r"(\d{1,4})\s*d?", text.strip())
    if not found:
        raise InputWrong(
            f'Not done: "{text}" is not a number of days. Nothing was written.', hint="Write: --within 60d"
        )
    return int(found[1])


def _says(made: work.Exported, out: Path | None, *, new: bool) -> tuple[Line, ...]:
    cancelled = len(made.deadlines) - len(made.open)
    ended = f", and {cancelled} cancelled that ended in the last 30 days" if cancelled else ""
    lines = [f"{words.counted(len(made.open), 'entry', 'entries')}{ended}."]
    if made.undated:
        lines.append(f"Not in it: {words.counted(made.undated, 'obligation')} for which the law sets no date.")
    if out is not None:
        lines.append(f"Written to {out}." if new else f"{out} says just that already.")
    return tuple(lines)


def _print(content: bytes) -> None:
    """Hand the file to whatever reads us, with its own line ends."""
    raw = getattr(sys.stdout, "buffer", None)
    if raw is None:
        sys.stdout.write(content.decode("utf-8"))
    else:
        raw.write(content)
        raw.flush()


def _table(found: Sequence[Deadline], today: date) -> Table:
    columns = (Column(title="DUE"), Column(title="PLAN FOR", drop=1), Column(title="ENTRY", shrink=True))
    rows = [
        (words.day(one.on, today), words.day(one.plan_on, today) if one.plan_on != one.on else "", one.summary)
        for one in found
    ]
    return Table(columns, rows)


def _rows(found: Sequence[Deadline]) -> Table:
    titles = ("due_on", "plan_on", "case", "right", "law", "obligation", "status", "owner", "uid")
    rows = [
        (
            one.on.isoformat(),
            one.plan_on.isoformat(),
            one.case,
            one.right,
            one.law,
            one.obligation,
            _status(one),
            one.owner,
            one.uid,
        )
        for one in found
    ]
    return Table(tuple(Column(title=title) for title in titles), rows)


def _status(one: Deadline) -> str:
    return "cancelled" if one.cancelled else "confirmed"


def _json(one: Deadline) -> dict[str, Any]:
    return {
        "uid": one.uid,
        "case": one.case,
        "right": one.right,
        "law": one.law,
        "obligation": one.obligation,
        "on": one.on.isoformat(),
        "plan_on": one.plan_on.isoformat(),
        "summary": one.summary,
        "status": _status(one),
        "sequence": one.sequence,
        "owner": one.owner,
    }
