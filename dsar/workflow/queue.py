"""What the daily lists show: the queue of open obligations, and cases by any filter.

Reads the store's lists alone: no fact is loaded, so that typing ``dsar`` costs little however much is closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from dsar.case.identifiers import short_name
from dsar.case.rights import ABOUT_A_CHILD, TITLES, Right
from dsar.case.stages import LetterState
from dsar.workspace import Workspace

HIDDEN = "(child)"
_RIGHTS = {right.value: right for right in Right}


class Due(NamedTuple):
    """One line of the queue: a case with the obligation that leads it.

    ``target_on`` is what the office promised in public, ``aim_on`` the day we mean to be done by: both ours, neither
    ever in place of ``due_on``. ``who`` is "" where no names were asked for.
    """

    case: str
    right: Right
    law: str
    obligation: str
    due_on: date | None
    days_left: int | None
    standard: str
    stage: str
    next_says: str
    next_command: str
    owner: str
    target_on: date | None
    aim_on: date | None
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The state of the desk: open obligations, earliest first, and what else wants attention."""

    today: date
    lines: tuple[Due, ...]
    drafts: int
    unsure: int
    queued: int

    @property
    def leading(self) -> tuple[Due, ...]:
        """One line per case: its earliest obligation."""
        first: dict[str, Due] = {}
        for line in self.lines:
            first.setdefault(line.case, line)
        return tuple(first.values())


def queue(
    ws: Workspace,
    today: date,
    *,
    owner: str = "",
    within: int | None = None,
    names: bool = False,
    who: bool = True,
) -> Queue:
    """The open obligations of all cases; ``within`` so many days.

    Children's names stay hidden unless ``names``; without ``who`` no name is even read.
    """
    until = today + timedelta(days=within) if within is not None else None
    found = ws.lists.due_texts(until)
    told = ws.lists.first_names() if who else {}
    day = _Days()
    left = _DaysLeft(day, today)
    aim = _Aims(day, timedelta(days=ws.config.desk.internal_days))
    lines = [
        Due(
            case,
            _RIGHTS[right],
            law,
            obligation,
            day[due],
            left[due],
            standard,
            stage,
            says,
            command,
            owned,
            day[target],
            aim[due],
            _shown(told.get(case, ""), _RIGHTS[right] in ABOUT_A_CHILD, names) if who else "",
        )
        for case, right, law, obligation, due, target, standard, stage, says, command, owned in found
        if owned == owner or not owner
    ]
    return Queue(
        today=today,
        lines=tuple(lines),
        drafts=ws.lists.drafts(),
        unsure=ws.lists.letters(LetterState.SENDING),
        queued=ws.lists.letters(LetterState.QUEUED),
    )


# The columns of ``plain_rows``, as a pipe and a CSV name them.
PLAIN = ("due_on", "days_left", "case", "right", "law", "obligation", "stage", "owner", "next")


def plain_rows(
    ws: Workspace, today: date, *, owner: str = "", within: int | None = None, leading: bool = False
) -> list[tuple[str, ...]]:
    """The queue as text, whole ids and ISO dates, with the command to type; ``leading``: one line per case.

    Thousands of lines are made of no more than is printed.
    """
    until = today + timedelta(days=within) if within is not None else None
    left = _DaysLeft(_Days(), today)
    rows: list[tuple[str, ...]] = [
        (due or "", str(left[due]) if due else "", case, right, law, obligation, stage, owned, command)
        for due, case, right, law, obligation, stage, owned, command in ws.lists.plain_dues(until)
        if owned == owner or not owner
    ]
    if not leading:
        return rows
    first: dict[str, tuple[str, ...]] = {}
    for row in rows:
        first.setdefault(row[2], row)
    return list(first.values())


class _Days(dict[str | None, date | None]):
    """Dates by their text: thousands of lines share a few hundred."""

    def __missing__(self, text: str | None) -> date | None:
        self[text] = found = date.fromisoformat(text) if text else None
        return found


class _DaysLeft(dict[str | None, int | None]):
    """How many days there are until a date."""

    def __init__(self, days: _Days, today: date) -> None:
        super().__init__()
        self._days, self._today = days, today

    def __missing__(self, text: str | None) -> int | None:
        on = self._days[text]
        self[text] = found = (on - self._today).days if on else None
        return found


class _Aims(dict[str | None, date | None]):
    """The day we mean to be done by, so long before the date of the law."""

    def __init__(self, days: _Days, before: timedelta) -> None:
        super().__init__()
        self._days, self._before = days, before

    def __missing__(self, text: str | None) -> date | None:
        on = self._days[text]
        self[text] = found = on - self._before if on else None
        return found


def _shown(name: str, child: bool, names: bool) -> str:
    if child and not names:
        return HIDDEN
    return name if names else short_name(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of ``list``."""

    case: str
    received_on: date
    rights: tuple[str, ...]
    laws: tuple[str, ...]
    stage: str
    owner: str
    next_on: date | None
    closed_on: date | None
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What ``list`` is asked for; empty means any."""

    words: tuple[str, ...] = ()
    stage: str = ""
    right: str = ""
    law: str = ""
    owner: str = ""
    closed: bool = False
    names: bool = False


def listed(ws: Workspace, wanted: Filter) -> tuple[Listed, ...]:
    """The cases that fit the filter; words are looked for in the number, the name and the rights."""
    who = ws.lists.first_names(open_only=not wanted.closed)
    lines = []
    for row in ws.lists.rows(open_only=not wanted.closed):
        child = any(right in ABOUT_A_CHILD for right in row.rights)
        line = Listed(
            case=row.case,
            received_on=row.received_on,
            rights=row.rights,
            laws=row.laws,
            stage=row.stage,
            owner=row.owner,
            next_on=row.next_on,
            closed_on=row.closed_on,
            who=_shown(who.get(row.case, ""), child, wanted.names),
        )
        if _fits(line, wanted):
            lines.append(line)
    return tuple(lines)


def _fits(line: Listed, wanted: Filter) -> bool:
    titles = " ".join(TITLES[Right(right)] for right in line.rights)
    text = f"{line.case} {line.who} {titles} {' '.join(line.rights)}".casefold()
    return (
        all(word.casefold() in text for word in wanted.words)
        and wanted.stage in ("", line.stage)
        and wanted.right in ("", *line.rights)
        and wanted.law in ("", *line.laws)
        and wanted.owner in ("", line.owner)
    )
