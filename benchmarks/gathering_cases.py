"""Gathers for open cases of a real workspace, one and a hundred together, and for one person in eleven tables."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.call_sources import describe_calls, describe_links
from benchmarks.calls import Person, sampled, truths, write_calls, write_links
from benchmarks.contest import Contender
from benchmarks.office import LOGIN, TODAY
from benchmarks.table import Row
from benchmarks.timing import Run
from dsar.case.identifiers import identifier
from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.case.stamp import Stamp
from dsar.law.words import Method
from dsar.workflow import source_scan
from dsar.workflow.openings import Opening, hold, open_case
from dsar.workflow.setup import Wishes, make
from dsar.workflow.verify import Shown, confirm
from dsar.workspace import Workspace

if TYPE_CHECKING:
    from benchmarks.contest import Contest
    from benchmarks.gathering import Measured, Size

DSAR = str(Path(sys.executable).with_name("dsar"))
ELEVEN = Path(__file__).parents[1] / "tests" / "sources" / "eleven_tables.sql"
# The large file of calls, which `gathering` searches too.
LARGE = "large.csv"
# What of the eleven tables is Ana Ruiz's, who asks with one e-mail address.
ANAS_ROWS = 17
# Beside the calls: the account of each person and its two numbers.
_LINK_RECORDS = 3
_BY = Stamp(actor=LOGIN, on=TODAY, recorded_at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC), place="bench")


def cases_rows(contest: Contest, size: Size) -> Measured:
    """Open cases that lead from an e-mail address by two linked files to the calls in the large one."""
    data = contest.folder / "linked"
    data.mkdir()
    write_calls(contest.folder / LARGE, size.large)
    write_links(data, size.large)

    def describe(home: Path) -> None:
        describe_links(home, data)
        describe_calls(home, str(contest.folder / LARGE), kind="csv")

    row, calls = open_cases(contest, size, data, describe, "CSV files")
    shutil.rmtree(data)
    note = (
        "open cases are gathered in a workspace of their own, from an e-mail address by an account to its numbers and "
        f"to the {size.large:,} calls; {size.cases:,} cases: {calls:,} calls"
    )
    return [row], [note]


def open_cases(
    contest: Contest, size: Size, data: Path, describe: Callable[[Path], None], where: str, at_most: float | None = None
) -> tuple[Row, int]:
    """`dsar gather --all-open` for many cases beside one, and how many calls there are of the many.

    ``describe`` puts the sources of all calls, and of what leads to them, into a workspace in ``data``.
    """
    groups = {"one open case": sampled(size.large, 1), f"{size.cases:,} open cases": sampled(size.large, size.cases)}
    held = truths(size.large, groups)
    contenders = [
        _gather_all(contest, f"`dsar gather --all-open`, {name}, {where}", data, people, held[name].findings, describe)
        for name, people in groups.items()
    ]
    figures = contest.time(*contenders)
    one, many = (figures[contender.run.name] for contender in contenders)
    return contest.row(many, one, at_most), held[list(groups)[1]].findings


def _gather_all(
    contest: Contest, name: str, data: Path, people: Sequence[Person], calls: int, describe: Callable[[Path], None]
) -> Contender:
    made, home = data / f"{len(people)}-made", data / f"{len(people)}-home"
    make_cases(made, people)
    describe(made)

    def afresh() -> None:
        # what was gathered once is accounted for, and would not be searched again
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(made, home)

    run = Run(
        name=name,
        command=(DSAR, "gather", "--all-open", "--json"),
        environment={
            **contest.surroundings, "DSAR_HOME": str(home), "DSAR_TODAY": TODAY.isoformat(), "LOGNAME": LOGIN,
        },
        before=afresh,
    )  # fmt: skip
    return Contender(run=run, finds=calls + _LINK_RECORDS * len(people), read=_records)


def _records(said: bytes) -> int:
    return sum(case["records"] for case in json.loads(said)["cases"])


def make_cases(home: Path, people: Sequence[Person]) -> None:
    """A workspace with an open case for each, known by an e-mail address and proven."""
    make(home, Wishes(name="Benchmark office", email="privacy@bench.example", login=LOGIN))
    with (home / "dsar.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[desk]\nrehearsal = true\n")
    workspace = Workspace(home)
    with closing(workspace.ledger), workspace.ledger.writing():
        for one in people:
            opening = _opening(one)
            number = open_case(workspace, opening, hold(workspace, opening), _BY).number
            confirm(workspace, number, Shown(method=Method.ACCOUNT_LOGIN), _BY)


def _opening(one: Person) -> Opening:
    known = identifier("email", one.email)
    assert known is not None
    return Opening(
        received_on=TODAY,
        channel="email",
        role=Role.SELF,
        language="en",
        rights=(Right.ACCESS,),
        laws=("eu-gdpr",),
        name=one.name,
        identifiers=(known,),
        reply_to=one.email,
    )


def eleven_rows(contest: Contest, size: Size) -> Measured:
    """One person in the shop of eleven tables, described as its scan proposes; the peer knows every link by heart."""
    home, store = contest.folder / "eleven", contest.folder / "eleven.db"
    with closing(sqlite3.connect(store)) as connection:
        connection.executescript(ELEVEN.read_text(encoding="utf-8"))
    describe_eleven(home, store)
    ana = Person(account=1, name="Ana Ruiz", email="ana.ruiz@example.com", numbers=())
    ours = contest.ours("one subject in eleven tables (SQLite)", home, [ana], ANAS_ROWS, email=True)
    peer = contest.script(
        "the same by hand-written SQL", "eleven_sql.py", str(store), str(contest.out), finds=ANAS_ROWS
    )
    figures = contest.time(ours, peer)
    return [contest.row(figures[ours.run.name], figures[peer.run.name])], []


def describe_eleven(home: Path, store: Path) -> None:
    """What `dsar source scan` proposes, with what a person adds: that both e-mails of a request are the asker's."""
    make(home, Wishes(country="US"))
    text = source_scan.scan(Workspace(home), str(store), source_scan.Wish()).text
    text = text.replace('title = "?"', 'title = "Shop"').replace('owner = "?"', 'owner = "bench"')
    text = text.replace('purpose = "?"', 'purpose = "selling"')
    head, mark, requests = text.partition("# --- service_requests ---")
    emails = r'(name = "(?:alt_)?email"\n(?:(?!\[\[).*\n)*?match = true\n)'
    (home / "sources").mkdir(exist_ok=True)
    finished = head + mark + re.sub(emails, r"\1emits = true\n", requests, count=2)
    (home / "sources" / "shop.toml").write_text(finished, encoding="utf-8")
