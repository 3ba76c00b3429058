"""What the tests of the ledger share: stamps of a fixed morning, simple clocks, and the story as entries."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from dsar.case.case import Case, stage_of
from dsar.case.clocks import ClockRow
from dsar.case.facts import Fact
from dsar.case.stamp import Stamp
from dsar.ledger import Ledger
from tests.case import story as s

MORNING = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def stamp(actor: str = s.MAKER, *, after: float = 0) -> Stamp:
    """A stamp of the morning, ``after`` seconds later."""
    return Stamp(actor=actor, on=date(2026, 11, 21), recorded_at=MORNING + timedelta(seconds=after), place="desk-1")


def thirty_days(case: Case, pinned: Callable[[str, str], str]) -> tuple[ClockRow, ...]:
    """Clocks without a law: each open right is due thirty days after receipt, a complaint without a date."""
    return tuple(
        ClockRow(
            claim=claim.name,
            right=claim.right,
            law=claim.law,
            obligation="respond",
            due_on=None if claim.right == "complaint" else case.received_on + timedelta(days=30),
            suspended_on=None,
            target_on=None,
            standard="without delay" if claim.right == "complaint" else "",
            stage=stage_of(case, claim),
            confirmed="yes",
            next_says="look",
            next_command="dsar show",
        )
        for claim in case.claims.values()
        if claim.outcome is None and not case.closed
    )


def create(path: Path, **more: object) -> Ledger:
    """A new store with those clocks."""
    return Ledger.create(path, clocks=thirty_days, **more)  # type: ignore[arg-type]


def open_(path: Path, **more: object) -> Ledger:
    """The store with those clocks."""
    return Ledger.open(path, clocks=thirty_days, **more)  # type: ignore[arg-type]


def tell(ledger: Ledger, number: str, *facts: Fact) -> Case:
    """Record facts one by one, each by whoever does it in the story."""
    case = None
    for fact in facts:
        case = ledger.record(number, fact, by=stamp(s.actor_of(fact)))
    assert case is not None
    return case


def a_case(ledger: Ledger, *facts: Fact, year: int = 2026) -> str:
    """A new case with these facts (just opened if there are none)."""
    with ledger.writing():
        number = ledger.new_number(year)
        tell(ledger, number, *(facts or (s.OPENED,)))
    return number


@contextmanager
def raw(path: Path, *, without_guards: bool = False) -> Iterator[sqlite3.Connection]:
    """The file through a bare connection, as somebody who means harm would open it."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        if without_guards:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {name}")
        yield connection
    finally:
        connection.close()
