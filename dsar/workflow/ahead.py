"""The planning view: the weeks to come, what falls due on shut days, everybody's load, and what is stuck.

Lists are read, and only cases in which a colleague was asked are looked into; counting is left to ``reports``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dsar.case.evolve import fold
from dsar.case.facts import ColleagueAsked
from dsar.case.next import short
from dsar.case.stages import Stage
from dsar.law.clocks import Obligation
from dsar.ledger.rows import CaseRow, DueRow
from dsar.reports.ahead import WEEK, Dated, Load, ShutDay, Week, loads, shut_days, weeks
from dsar.reports.deadlines import aim
from dsar.workflow.office import office_of
from dsar.workflow.remind_duties import waiting_for
from dsar.workspace import Workspace

_BEFORE_REVIEW = frozenset({Stage.INTAKE, Stage.VERIFY, Stage.GATHER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """An open obligation whose day we aimed at has passed, though the law's has not."""

    case: str
    right: str
    law: str
    aimed_on: date
    due_on: date | None
    owner: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A colleague who has not answered yet; ``percent`` of their time is over."""

    case: str
    source: str
    who: str
    asked_on: date
    due_on: date
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """Somebody who is away, or not in the staff list any more, and still has open cases.

    ``deputy`` is whoever stands in and is there, "" for nobody; ``command`` hands the first case over.
    """

    who: str
    listed: bool
    deputy: str
    cases: tuple[str, ...]
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What is to come. ``late``, ``later`` and ``undated`` are the obligations that stand in no week.

    ``freest`` is the editor with the fewest open cases, "" where there is no editor.
    """

    today: date
    open_cases: int
    obligations: int
    late: int
    later: int
    undated: int
    weeks: tuple[Week, ...]
    shut: tuple[ShutDay, ...]
    load: tuple[Load, ...]
    unassigned: tuple[str, ...]
    freest: str
    missed: tuple[Missed, ...]
    asked: tuple[Asked, ...]
    away: tuple[Away, ...]


def ahead(ws: Workspace, today: date, count: int) -> Ahead:
    """The next so many weeks of this desk, this week first."""
    office = office_of(ws)
    clocks, cases = ws.lists.clock_rows(), ws.lists.rows()
    dated = [
        Dated(case=row.case, on=row.by_on, acknowledges=row.obligation == Obligation.ACKNOWLEDGE)
        for row in clocks
        if row.by_on
    ]
    found = weeks(dated, today, count, office)
    last = today - timedelta(days=today.weekday()) + count * WEEK - timedelta(days=1)
    editors = [one.id for one in ws.config.staff if "editor" in one.roles and not one.off]
    earliest: dict[str, date] = {}
    for row in clocks:
        if row.due_on and row.due_on < earliest.get(row.case, date.max):
            earliest[row.case] = row.due_on
    load = loads(((row.owner, earliest.get(row.case)) for row in cases), editors, today)
    freest = min((one for one in load if one.owner in editors), key=lambda one: one.open, default=None)
    return Ahead(
        today=today,
        open_cases=len(cases),
        obligations=len(clocks),
        late=sum(row.due_on < today for row in clocks if row.due_on),
        later=sum(one.on > last for one in dated),
        undated=len(clocks) - len(dated),
        weeks=found,
        shut=shut_days(dated, today, last, office),
        load=load,
        unassigned=tuple(row.case for row in cases if not row.owner),
        freest=freest.owner if freest else "",
        missed=tuple(_missed(ws, clocks, today)),
        asked=tuple(sorted(_asked(ws, cases, today), key=lambda one: (-one.percent, one.case, one.source))),
        away=tuple(_away(ws, cases, freest.owner if freest else "")),
    )


def _missed(ws: Workspace, clocks: Sequence[DueRow], today: date) -> Iterator[Missed]:
    for row in clocks:
        aimed_on = aim(row.due_on, row.target_on, ws.config.desk.internal_days)
        if aimed_on is not None and aimed_on < today and (row.due_on is None or row.due_on >= today):
            yield Missed(
                case=row.case,
                right=row.right,
                law=row.law,
                aimed_on=aimed_on,
                due_on=row.due_on,
                owner=row.owner,
                command=row.next_command,
            )


def _asked(ws: Workspace, cases: Sequence[CaseRow], today: date) -> Iterator[Asked]:
    gathering = {row.case for row in cases if row.stage in _BEFORE_REVIEW}
    for number in ws.ledger.cases_with(ColleagueAsked) if gathering else ():
        if number not in gathering:
            continue
        entries = tuple(ws.ledger.history(number))
        case = fold(number, ((entry.fact, entry.actor) for entry in entries))
        for one in waiting_for(case, entries):
            spent, whole = (today - one.asked_on).days, max(1, (one.due_on - one.asked_on).days)
            yield Asked(
                case=number,
                source=one.source,
                who=one.who,
                asked_on=one.asked_on,
                due_on=one.due_on,
                percent=max(0, spent * 100 // whole),
            )


def _away(ws: Workspace, cases: Sequence[CaseRow], freest: str) -> Iterator[Away]:
    config = ws.config
    there = {one.id for one in config.staff if not one.off}
    left: dict[str, list[str]] = {}
    for row in cases:
        if row.owner and row.owner not in there:
            left.setdefault(row.owner, []).append(row.case)
    for who, numbers in sorted(left.items()):
        deputy = _stands_in(ws, who)
        takes = deputy or freest
        yield Away(
            who=who,
            listed=config.member(who) is not None,
            deputy=deputy,
            cases=tuple(numbers),
            command=f"dsar assign {short(numbers[0])} {takes}" if takes else "dsar staff list",
        )


def _stands_in(ws: Workspace, who: str) -> str:
    """The deputy who is there, or the deputy's own; "" where the row of deputies ends or turns round."""
    seen = {who}
    while member := ws.config.member(who):
        who = member.deputy
        found = ws.config.member(who)
        if found is not None and not found.off:
            return who
        if who in seen:
            return ""
        seen.add(who)
    return ""
