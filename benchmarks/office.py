"""Makes an office with many open cases through the program's own intake, and times that against bare SQL.

Timing whole processes is left to ``timing``.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from dsar.case.identifiers import identifier
from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.case.stamp import Stamp
from dsar.ledger import Ledger
from dsar.workflow.openings import Opening, hold, open_case
from dsar.workflow.setup import Wishes, make
from dsar.workspace import STORE, Workspace

TODAY = date(2026, 11, 21)
LOGIN = "bench"
# one request in three under each, as an office with customers on both sides of the ocean has them
LAWS = (("eu-gdpr", "access"), ("us-ca-ccpa", "access"), ("uk-gdpr", "delete"))
OPEN_DAYS = 30
_SUBJECT = "My personal data"
_TEXT = "Please answer my request under the privacy law of the place where I live."
_LETTER = f"From: {{email}}\r\nMessage-ID: <{{nth}}@mail.example.com>\r\nSubject: {_SUBJECT}\r\n\r\n{_TEXT}\r\n"


def make_office(home: Path, cases: int) -> float:
    """Make a workspace with this many open cases, in one transaction; gives the seconds the intake took."""
    make(home, Wishes(name="Benchmark office", email="privacy@bench.example", login=LOGIN))
    workspace = Workspace(home)
    by = Stamp(actor=LOGIN, on=TODAY, recorded_at=datetime.now(UTC), place="bench")
    requests = list(openings(cases))
    ledger = workspace.ledger
    try:
        begun = perf_counter()
        with ledger.writing():
            for opening in requests:
                open_case(workspace, opening, hold(workspace, opening), by)
        return perf_counter() - begun
    finally:
        ledger.close()


def openings(cases: int) -> Iterator[Opening]:
    """Invented requests of the last thirty days, each by another person."""
    for nth in range(cases):
        law, right = LAWS[nth % len(LAWS)]
        email = f"person{nth}@example.com"
        known = identifier("email", email)
        assert known is not None
        raw = _LETTER.format(nth=nth, email=email).encode("ascii")
        yield Opening(
            received_on=TODAY - timedelta(days=nth % OPEN_DAYS),
            channel="email",
            role=Role.SELF,
            language="en",
            rights=(Right(right),),
            laws=(law,),
            name=f"Person {nth}",
            identifiers=(known,),
            reply_to=email,
            subject=_SUBJECT,
            text=_TEXT,
            raw=raw,
            message_id=f"<{nth}@mail.example.com>",
            sha256=hashlib.sha256(raw).hexdigest(),
        )


def copy_rows(home: Path, target: Path) -> float:
    """The floor of the intake: the very same rows, put into the same tables by ``executemany``; gives seconds."""
    with closing(sqlite3.connect(home / STORE)) as whole:
        tables = _tables(whole)
        rows = {table: whole.execute(_select(table, columns)).fetchall() for table, columns in tables.items()}
    Ledger.create(target).close()
    with closing(sqlite3.connect(target, isolation_level=None)) as store:
        for pragma in ("synchronous = FULL", "secure_delete = ON", "foreign_keys = ON", "cache_size = -32000"):
            store.execute(f"PRAGMA {pragma}")
        begun = perf_counter()
        store.execute("BEGIN IMMEDIATE")
        for table, columns in tables.items():
            store.executemany(insert_into(table, columns), rows[table])
        store.execute("COMMIT")
        return perf_counter() - begun


def _tables(store: sqlite3.Connection) -> dict[str, list[str]]:
    """Each table of the store with the columns that are written, not computed; a row comes after what it points at."""
    names = [
        name
        for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
        if not name.startswith(("sqlite_", "_")) and name != "meta"
    ]
    first = [name for name in names if not store.execute(f"PRAGMA foreign_key_list({name})").fetchall()]
    ordered = [*first, *(name for name in names if name not in first)]
    return {name: [row[1] for row in store.execute(f"PRAGMA table_xinfo({name})") if row[6] == 0] for name in ordered}


# Names of tables and columns come from our own schema; no value is ever put into these texts.
def _select(table: str, columns: list[str]) -> str:
    return f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1"  # noqa: S608


def insert_into(table: str, columns: list[str]) -> str:
    """The statement that puts a row into these columns of a table."""
    marks = ", ".join("?" for _ in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
