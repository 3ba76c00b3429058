"""Makes a case store as an office has it after years: a million cases, most of them closed, ten facts each.

A few hundred cases are led through the program itself; all others are copies of them under numbers of their own, each
with its own place in the chain, written by ``executemany``. Timing is left to ``timing``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.office import LOGIN, TODAY, insert_into, openings
from dsar.case.facts import CaseClosed, LetterHandedOver, LetterQueued, LetterSent, NoteAdded, OutcomeReached
from dsar.case.next import short
from dsar.case.stages import Outcome
from dsar.case.stamp import Stamp
from dsar.ledger.chain import ENTRIES, HEAD, NO_HASH
from dsar.ledger.vault import STORE_KEY
from dsar.workflow.openings import hold, open_case
from dsar.workflow.setup import Wishes, make
from dsar.workspace import STORE, Workspace

FACTS = 10
PATTERNS = 90
AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
BY = Stamp(actor=LOGIN, on=TODAY, recorded_at=AT, place="bench")

_FACTS = "SELECT kind, body, on_day, recorded_at, actor, place FROM fact WHERE case_number = ? ORDER BY seq"

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A case that was led through the program: its rows, of its facts without what the chain adds."""

    number: str
    facts: Rows
    chained: tuple[str, ...]
    rows: dict[str, Rows]


def make_archive(home: Path, *, cases: int, open_cases: int) -> None:
    """Make a workspace with so many cases, the newest of them open; it is the same every time."""
    wishes = Wishes(name="Benchmark archive", email="privacy@bench.example", login=LOGIN)
    patterns = home.with_name(f"{home.name}-patterns")
    make(home, wishes)
    make(patterns, wishes)
    _lead(Workspace(patterns))
    with closing(sqlite3.connect(patterns / STORE)) as store:
        waiting, done = (_patterns(store, where) for where in ("closed_on IS NULL", "closed_on IS NOT NULL"))
        columns = {table: _columns(store, table) for table in ("fact", "case_row", "clock_row", "outbox_row")}
        pins = store.execute("SELECT kind, version, body FROM pin").fetchall()
    plan = [*islice(cycle(done), cases - open_cases), *islice(cycle(waiting), open_cases)]
    with closing(sqlite3.connect(home / STORE, isolation_level=None)) as store:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = ON", "cache_size = -400000"):
            store.execute(f"PRAGMA {pragma}")
        store.execute("BEGIN IMMEDIATE")
        store.executemany("INSERT INTO pin (kind, version, body) VALUES (?, ?, ?)", pins)
        _put_chain(store, plan, columns["fact"])
        for table in ("case_row", "clock_row", "outbox_row"):
            store.executemany(insert_into(table, columns[table]), _copies(plan, table, columns[table]))
        _put_people(store, cases)
        store.execute("COMMIT")
        store.execute("PRAGMA journal_mode = DELETE")


def _lead(workspace: Workspace) -> None:
    """Lead the patterns through the program: each request once as it waits, once as it was ended."""
    ledger = workspace.ledger
    with closing(ledger), ledger.writing():
        for nth, opening in enumerate(openings(2 * PATTERNS)):
            case = open_case(workspace, opening, hold(workspace, opening), BY)
            facts = [] if nth < PATTERNS else _ending(tuple(case.claims))
            notes = [NoteAdded(item=f"V-{place:024x}") for place in range(FACTS - case.facts - len(facts))]
            ledger.record(case.number, *notes, *facts, by=BY)


def _ending(claims: tuple[str, ...]) -> list[Any]:
    return [
        LetterQueued(key="acknowledgement:1", kind="acknowledgement", digest="0" * 64, personal=False, claims=claims),
        LetterHandedOver(key="acknowledgement:1"),
        LetterSent(key="acknowledgement:1", on=TODAY, transport="folder"),
        *(OutcomeReached(claim=claim, outcome=Outcome.WITHDRAWN) for claim in claims),
        CaseClosed(purge_on=TODAY + timedelta(days=730)),
    ]


def _patterns(store: sqlite3.Connection, which: str) -> list[Pattern]:
    numbers = [number for (number,) in store.execute(f"SELECT number FROM case_row WHERE {which} ORDER BY 1")]  # noqa: S608
    found = []
    for number in numbers:
        facts = store.execute(_FACTS, (number,)).fetchall()
        rows = {
            table: store.execute(
                f"SELECT {', '.join(_columns(store, table))} FROM {table} WHERE {key} = ?",  # noqa: S608
                (number,),
            ).fetchall()
            for table, key in (("case_row", "number"), ("clock_row", "case_number"), ("outbox_row", "case_number"))
        }
        chained = tuple(",".join(map(json.dumps, fact)) for fact in facts)
        found.append(Pattern(number=number, facts=facts, chained=chained, rows=rows))
    return found


def _columns(store: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in store.execute(f"PRAGMA table_xinfo({table})") if row[6] == 0]


def number_of(nth: int) -> str:
    """The number of a case, counted from 0."""
    return f"DSAR-{TODAY.year}-{nth + 1:04d}"


def _put_chain(store: sqlite3.Connection, plan: Sequence[Pattern], columns: list[str]) -> None:
    head = [0, NO_HASH]

    def entries() -> Iterator[tuple[Any, ...]]:
        seq, before = 0, NO_HASH
        for nth, pattern in enumerate(plan):
            number = number_of(nth)
            for fact, chained in zip(pattern.facts, pattern.chained, strict=True):
                seq += 1
                before = hashlib.sha256(f'[{seq},"{number}",{chained},"{before}"]'.encode("ascii")).hexdigest()
                yield (seq, number, *fact, before)
        head[:] = seq, before

    store.executemany(insert_into("fact", columns), entries())
    store.executemany("INSERT INTO meta (key, value) VALUES (?, ?)", [(ENTRIES, str(head[0])), (HEAD, head[1])])
    store.execute("INSERT INTO counter (name, last) VALUES (?, ?)", (f"case {TODAY.year}", len(plan)))


def _copies(plan: Sequence[Pattern], table: str, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    """The projection of each case: its pattern's, under its own number."""
    own = {name: columns.index(name) for name in ("number", "case_number", "serial", "next_command") if name in columns}
    for nth, pattern in enumerate(plan):
        number = number_of(nth)
        for row in pattern.rows[table]:
            copy = list(row)
            for name, at in own.items():
                copy[at] = _own(name, number, row[at], pattern.number)
            yield tuple(copy)


def _own(column: str, number: str, value: str, was: str) -> str | int:
    if column == "serial":
        return int(short(number))
    if column == "next_command":
        return " ".join(short(number) if word == short(was) else word for word in value.split(" "))
    return number


def _put_people(store: sqlite3.Connection, cases: int) -> None:
    """A name in the vault for every case, and the mark by which its person is known again."""
    key = hashlib.sha256(b"benchmark").digest()
    store.execute("INSERT INTO vault_key (owner, key) VALUES (?, ?)", (STORE_KEY, key))
    names = (
        (f"V-{nth:024x}", number_of(nth), "name", f"Person {nth}".encode(), AT.isoformat()) for nth in range(cases)
    )
    store.executemany("INSERT INTO vault (item, case_number, kind, value, at) VALUES (?, ?, ?, ?, ?)", names)
    marks = (
        (hmac.digest(key, f"person:email:person{nth}@example.com".encode(), "sha256").hex(), number_of(nth))
        for nth in range(cases)
    )
    store.executemany("INSERT INTO person (digest, case_number) VALUES (?, ?)", sorted(marks))
