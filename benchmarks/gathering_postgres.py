"""Searches five million calls in PostgreSQL, beside fetching the rows with the identifiers bound as an array."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.call_sources import describe_calls, describe_database
from benchmarks.calls import COLUMNS, sampled, truths, write_calls, write_links
from benchmarks.gathering_cases import LARGE, open_cases
from benchmarks.postgres import Server, missing, postgres
from benchmarks.table import Figure, Row

if TYPE_CHECKING:
    from benchmarks.contest import Contest
    from benchmarks.gathering import Measured, Size

MOST_MEGABYTES = 64
_TABLE = f"CREATE TABLE calls ({', '.join(f'{name} text' for name in COLUMNS)}, PRIMARY KEY (call_id))"
_TABLES = (
    ("calls", COLUMNS), ("accounts", ("account_id", "email", "name")), ("numbers", ("number", "account_id")),
)  # fmt: skip
_SECRET = 'password = "env:DSAR_BENCH_PASSWORD"\n'
_INDEXES = (("calls_from", "from_number"), ("calls_to", "to_number"))


def postgres_rows(contest: Contest, size: Size) -> Measured:
    """With an index on both columns and without; nothing where no server can run, which is said."""
    if why := missing():
        return [], [f"not measured here: searches in PostgreSQL, since {why}"]
    with postgres(contest.folder) as server:
        _fill(contest, size, server)
        contest.secrets.update(DSAR_BENCH_PASSWORD=server.password, PGPASSWORD=server.password)
        describe_calls(contest.folder / "postgres", server.address(), kind="sql", options=_SECRET)
        rows = _measure(contest, size, server, "indexed")
        server.run(*(f"DROP INDEX {name}" for name, _ in _INDEXES))
        rows += _measure(contest, size, server, "no index")
        rows.append(_open_cases(contest, size, server))
    return rows, [
        f"PostgreSQL: Debian's, on loopback, with its usual settings; {size.small:,} rows, E.164 numbers as text; open "
        f"cases are gathered from three tables without an index, with {size.large:,} calls"
    ]


def _fill(contest: Contest, size: Size, server: Server) -> None:
    file = contest.folder / "postgres.csv"
    write_calls(file, size.small)
    server.run(_TABLE)
    server.load("calls", file)
    file.unlink()
    server.run(*(f"CREATE INDEX {name} ON calls ({column})" for name, column in _INDEXES), "VACUUM ANALYZE calls")


def _open_cases(contest: Contest, size: Size, server: Server) -> Row:
    """The same calls and links as in files: each table is asked once, whether for one case or for many."""
    data, file = contest.folder / "tables", contest.folder / LARGE
    data.mkdir()
    write_calls(file, size.large)
    write_links(data, size.large)
    server.run(
        "DROP TABLE calls",
        *(f"CREATE TABLE {name} ({', '.join(f'{column} text' for column in columns)})" for name, columns in _TABLES),
    )
    for name, held in (("calls", file), ("accounts", data / "accounts.csv"), ("numbers", data / "numbers.csv")):
        server.load(name, held)
        server.run(f"VACUUM ANALYZE {name}")

    def describe(home: Path) -> None:
        describe_database(home, server.address(), _SECRET)

    row, _ = open_cases(contest, size, data, describe, "PostgreSQL", 1.3)
    shutil.rmtree(data)
    return row


def _measure(contest: Contest, size: Size, server: Server, how: str) -> list[Row]:
    people = sampled(size.small, size.identifiers // 2)
    held = truths(size.small, {"": people})[""]
    name = f"PostgreSQL, {how}: {size.identifiers:,} identifiers"
    ours = contest.ours(name, contest.folder / "postgres", people, held.findings)
    numbers, out = str(contest.numbers(people)), str(contest.out)
    peer = contest.script(
        f"rows fetched by psycopg, {how}",
        "psycopg_rows.py",
        server.address(),
        numbers,
        out,
        finds=held.rows,
    )
    figures = contest.time(ours, peer)
    most = Figure(name="the most allowed", seconds=(MOST_MEGABYTES,))
    return [
        contest.row(figures[name], figures[peer.run.name], 0.9),
        contest.row(contest.memory(ours), most, 1, unit="MB"),
    ]
