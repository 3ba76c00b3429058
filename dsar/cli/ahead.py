"""ahead: the weeks to come, for whoever plans the work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer

from dsar.case.next import short
from dsar.case.rights import TITLES, Right
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit
from dsar.cli.options import SETTINGS, one_command
from dsar.cli.session import current
from dsar.formats.plain import display_width, shorten
from dsar.workflow.ahead import Ahead, Away
from dsar.workflow.ahead import ahead as look

app_ahead = one_command()
# So many lines of each part are shown on a screen; --json and a pipe have all.
_SHOWN = 8
_WEEK_COLUMNS = (
    Column(title="WEEK"),
    Column(title="DUE", right=True),
    Column(title="ACKNOWLEDGE", right=True, drop=1),
    Column(title="ON SHUT DAYS", right=True, drop=2),
)


@app_ahead.command(context_settings=SETTINGS)
def ahead(
    weeks: Annotated[
        int, typer.Option("--weeks", metavar="N", min=1, max=53, help="How many weeks, this one included.")
    ] = 8,
) -> int:
    """What falls due in the weeks to come, what of it while the office is shut, and who carries how much.

    The office is shut at weekends, on the public holidays of its region and on its own closing days (closed under
    [desk] in dsar.toml). No legal date moves: the last working day before it is named to plan for.

    Example: dsar ahead --weeks 4
    """
    session = current()
    found = look(session.workspace, session.moment.on, weeks)
    return emit(
        Answer(
            schema="ahead",
            data=_json(found),
            before=_head(found),
            table=_weeks(found),
            rows=_rows(found),
            after=tuple(_parts(found)),
            hint="Next: dsar due --within 14d",
        )
    )


def _head(found: Ahead) -> tuple[Line, ...]:
    rest = ((found.later, "after these weeks"), (found.undated, "without a date"))
    cells = [
        Cell(f"{words.day(found.today)}. {words.counted(found.open_cases, 'open case')}, "),
        Cell(f"{words.counted(found.obligations, 'obligation')}: "),
        Cell(f"{found.late} late", "bold red" if found.late else ""),
        Cell("".join(f", {count:,} {says}" for count, says in rest if count) + "."),
    ]
    return (tuple(cells),)


def _weeks(found: Ahead) -> Table:
    rows = [
        (
            f"{words.short_day(week.first, found.today)} - {words.short_day(week.last, found.today)}",
            str(week.due),
            str(week.acknowledge),
            Cell(str(week.shut), "yellow" if week.shut else ""),
        )
        for week in found.weeks
    ]
    return Table(_WEEK_COLUMNS, rows)


def _parts(found: Ahead) -> Iterator[Line]:
    """The parts below the weeks, each only where there is something to say."""
    yield from _part("Due while we are shut; the date stays, the work moves", _shut(found))
    yield from _part("Who has how much, by each case's earliest date", _load(found))
    if found.unassigned and found.freest:
        yield f"  Give one away: dsar assign {short(found.unassigned[0])} {found.freest}"
    yield from _part("Past the day we aimed at, not yet past the law's", _missed(found))
    yield from _part("Colleagues who have not answered", _asked(found))
    yield from _part("Away, with open cases", [(_gone(one), one.command) for one in found.away])


def _part(title: str, rows: Sequence[Sequence[str]]) -> Iterator[Line]:
    if not rows:
        return
    yield ""
    yield (Cell(title, "bold"),)
    shown = rows[:_SHOWN]
    widths = [max(display_width(row[at]) for row in shown) for at in range(len(rows[0]))]
    for row in shown:
        cells = (cell + " " * (width - display_width(cell)) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()
    if len(rows) > _SHOWN:
        yield f"  and {len(rows) - _SHOWN:,} more: dsar ahead --csv"


def _shut(found: Ahead) -> list[tuple[str, ...]]:
    return [
        (
            words.day(one.on, found.today),
            shorten(one.why, 24),
            f"plan for {words.day(one.plan_on, found.today)}",
            words.counted(len(one.cases), "case"),
        )
        for one in found.shut
    ]


def _load(found: Ahead) -> list[tuple[str, ...]]:
    return [
        (
            shorten(one.owner, 20) or "nobody yet",
            f"{one.open:,} open",
            f"{one.late:,} late" if one.late else "",
            f"{one.soon:,} due in 7 d",
            f"{one.later:,} in 30 d",
        )
        for one in found.load
    ]


def _missed(found: Ahead) -> list[tuple[str, ...]]:
    return [
        (
            one.case,
            shorten(TITLES[Right(one.right)], 16),
            f"aimed at {words.short_day(one.aimed_on, found.today)}",
            f"due {words.short_day(one.due_on, found.today)}" if one.due_on else "no date in law",
            shorten(one.owner, 12) or "nobody",
        )
        for one in found.missed
    ]


def _asked(found: Ahead) -> list[tuple[str, ...]]:
    return [
        (
            f"{one.percent} %",
            shorten(one.who, 14),
            shorten(one.source, 18),
            one.case,
            f"until {words.short_day(one.due_on, found.today)}",
        )
        for one in found.asked
    ]


def _gone(one: Away) -> str:
    why = "is away" if one.listed else "is not in the staff list"
    deputy = f"; {one.deputy} stands in" if one.deputy else "; no deputy"
    return f"{shorten(one.who, 20)} {why}: {words.counted(len(one.cases), 'case')}{deputy}"


def _json(found: Ahead) -> dict[str, Any]:
    # dates become ISO texts in emit
    return asdict(found)


_TITLES = ("part", "on", "until", "who", "cases", "due", "acknowledge", "open", "late", "due_7", "due_30", "says")


def _rows(found: Ahead) -> Table:
    """Every part as rows of one shape: "part" says what the row is, and a cell that means nothing there is empty."""
    rows = [_row(part, values) for part, values in _values(found)]
    return Table(tuple(Column(title=title) for title in _TITLES), rows)


def _row(part: str, values: dict[str, Any]) -> tuple[str, ...]:
    return (part, *("" if values.get(title) is None else str(values[title]) for title in _TITLES[1:]))


def _values(found: Ahead) -> Iterator[tuple[str, dict[str, Any]]]:
    for week in found.weeks:
        yield "week", {"on": week.first, "until": week.last, "due": week.due, "acknowledge": week.acknowledge}
    for day in found.shut:
        yield "shut", {"on": day.on, "until": day.plan_on, "cases": ",".join(day.cases), "says": day.why}
    for load in found.load:
        counts = {"open": load.open, "late": load.late, "due_7": load.soon, "due_30": load.later}
        yield "load", {"who": load.owner, **counts}
    for one in found.missed:
        yield (
            "missed",
            {"on": one.aimed_on, "until": one.due_on, "who": one.owner, "cases": one.case, "says": one.command},
        )
    for ask in found.asked:
        says = f"{ask.source}: {ask.percent} %"
        yield "asked", {"on": ask.asked_on, "until": ask.due_on, "who": ask.who, "cases": ask.case, "says": says}
    for gone in found.away:
        yield "away", {"who": gone.who, "cases": ",".join(gone.cases), "open": len(gone.cases), "says": gone.command}
