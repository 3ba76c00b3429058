"""What the daily lists show: the queue of open obligations, and cases by any filter.

Reads the store's lists alone: no fact is loaded, so that typing ``dsar`` costs little however much is closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dsar.case.identifiers import short_name
from dsar.case.rights import ABOUT_A_CHILD, TITLES, Right
from dsar.case.stages import LetterState
from dsar.workspace import Workspace

HIDDEN = "(child)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One line of the queue: a case with the obligation that leads it."""

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


def queue(ws: Workspace, today: date, *, owner: str = "", within: int | None = None, names: bool = False) -> Queue:
    """The open obligations of all cases; ``within`` so many days. Children's names stay hidden unless asked for."""
    until = today + timedelta(days=within) if within is not None else None
    rows = ws.lists.clock_rows(until=until)
    who = _names(ws)
    lines = []
    for row in rows:
        if owner and row.owner != owner:
            continue
        right = Right(row.right)
        lines.append(
            Due(
                case=row.case,
                right=right,
                law=row.law,
                obligation=row.obligation,
                due_on=row.due_on,
                days_left=(row.due_on - today).days if row.due_on else None,
                standard=row.standard,
                stage=row.stage,
                next_says=row.next_says,
                next_command=row.next_command,
                owner=row.owner,
                who=_shown(who.get(row.case, ""), right in ABOUT_A_CHILD, names),
            )
        )
    return Queue(
        today=today,
        lines=tuple(lines),
        drafts=ws.lists.drafts(),
        unsure=len(ws.lists.outbox(LetterState.SENDING)),
        queued=len(ws.lists.outbox(LetterState.QUEUED)),
    )


def _names(ws: Workspace) -> dict[str, str]:
    return {case: kept.value.decode("utf-8") for case, kept in ws.lists.first_kept("name").items()}


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
    who = _names(ws)
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
