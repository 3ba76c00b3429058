"""Which obligations stand in the exported calendar: the open ones, and those that ended so lately that a calendar
which only adds must be told.

How an entry reads is the business of ``reports``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from dsar.case.case import Case, Claim
from dsar.case.clocks import claim_clocks, open_obligations
from dsar.case.evolve import evolve
from dsar.case.facts import CaseAssigned, CaseClosed, LetterSent, OutcomeReached
from dsar.formats.files import read_limited, write_atomic
from dsar.law.clocks import Clock, Obligation
from dsar.ledger import Entry
from dsar.reports.calendar_file import calendar_bytes
from dsar.reports.deadlines import Deadline, Desk, day_of, deadline, name_of
from dsar.workflow.office import office_of
from dsar.workspace import Workspace

# How long an entry that ended is written as cancelled before it is left out.
REMEMBERED = timedelta(days=30)
# It is made to be shared, and holds case numbers, rights, laws and staff ids alone.
SHARED = 0o644
_LARGEST = 200_000_000
# What can take an obligation off somebody's list.
_ENDING = (LetterSent, OutcomeReached, CaseClosed, CaseAssigned)

_Found = dict[str, tuple[Claim, Clock]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The entries of a calendar, by day; ``undated`` counts the open obligations that have no day at all."""

    name: str
    deadlines: tuple[Deadline, ...]
    undated: int

    @property
    def content(self) -> bytes:
        """The file itself: the same state of the cases gives the same bytes."""
        return calendar_bytes(self.deadlines, name=self.name)

    @property
    def open(self) -> tuple[Deadline, ...]:
        """The entries that still want something."""
        return tuple(one for one in self.deadlines if not one.cancelled)


def export(ws: Workspace, today: date, *, owner: str = "", within: int | None = None) -> Exported:
    """The calendar of all cases or of one owner's; ``within`` so many days from today, what is late included."""
    until = today + timedelta(days=within) if within is not None else date.max
    desk = Desk(
        office=office_of(ws), internal_days=ws.config.desk.internal_days, mark=f"{ws.ledger.head_after(1)}.dsar"
    )
    laws = cache(lambda law: ws.rules.law(law).short_name)
    found: list[Deadline] = []
    undated = 0
    for row in ws.ledger.rows(open_only=False):
        if row.closed_on is None or row.closed_on >= today - REMEMBERED:
            seen = _Seen(ws, tuple(ws.ledger.history(row.case)), today=today, owner=owner, until=until)
            found += seen.deadlines(desk, laws)
            undated += seen.undated
    name = f"{ws.config.organisation.name}: privacy requests{f' of {owner}' if owner else ''}"
    ordered = tuple(sorted(found, key=lambda one: (one.on, one.uid)))
    return Exported(name=name, deadlines=ordered, undated=undated)


def save(exported: Exported, path: Path) -> bool:
    """Put the file in place of the one before, whole; False where it says just that already."""
    content = exported.content
    if path.is_file() and read_limited(path, _LARGEST) == content:
        return False
    write_atomic(path, content, mode=SHARED)
    return True


class _Seen:
    """One case with all that happened in it, looked at for one calendar."""

    def __init__(self, ws: Workspace, entries: Sequence[Entry], *, today: date, owner: str, until: date) -> None:
        self._ws, self._entries = ws, entries
        self._since, self._owner, self._until = today - REMEMBERED, owner, until
        self._states = [Case(number=entries[0].case)]
        for entry in entries:
            self._states.append(evolve(self._states[-1], entry.fact, entry.actor))

    def deadlines(self, desk: Desk, laws: Callable[[str], str]) -> Iterator[Deadline]:
        """The entries of this case: what is open now, then what was on the list lately and is not any more.

        ``laws`` gives a law's short name.
        """
        now = self._listed(self._states[-1])
        ended: _Found = {}
        for state in self._lately():
            ended |= {name: one for name, one in self._listed(state).items() if name not in now}
        for name, (claim, clock) in (now | ended).items():
            yield deadline(
                self._states[-1],
                claim,
                clock,
                law=laws(claim.law),
                desk=desk,
                changed_at=self._entries[-1].recorded_at,
                cancelled=name in ended,
            )

    @property
    def undated(self) -> int:
        """How many open obligations have no day, and so no entry."""
        return sum(day_of(clock) is None for _, clock in self._open(self._states[-1]))

    def _lately(self) -> Iterator[Case]:
        """The case as it stood before each late fact that can end an obligation, oldest first."""
        for before, entry in zip(self._states, self._entries, strict=False):
            if isinstance(entry.fact, _ENDING) and entry.on >= self._since:
                yield before

    def _open(self, case: Case) -> Iterator[tuple[Claim, Clock]]:
        if self._owner in ("", case.owner):
            for claim in case.claims.values():
                yield from ((claim, clock) for clock in open_obligations(case, claim, self._ws.ledger.pinned))

    def _listed(self, case: Case) -> _Found:
        """The obligations that have an entry when the case stands like this, by their name."""
        return {name_of(claim, one): (claim, one) for claim, one in self._open(case) if self._near(case, claim, one)}

    def _near(self, case: Case, claim: Claim, clock: Clock) -> bool:
        """Whether it is due in time for this calendar; an extended one stays in it by its first date.

        Otherwise a calendar that only adds would keep the date that holds no more.
        """
        days = [day_of(clock)]
        if clock.obligation is Obligation.EXTENDED:
            first = claim_clocks(case, claim, self._ws.ledger.pinned)
            days += [one.due_on for one in first if one.obligation is Obligation.RESPOND]
        return days[0] is not None and min(day for day in days if day) <= self._until
