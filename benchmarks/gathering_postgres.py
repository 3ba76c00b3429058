"""Searches five million calls in PostgreSQL, beside fetching the rows with the identifiers bound as an array."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.call_sources import describe_calls
from benchmarks.calls import COLUMNS, sampled, truths, write_calls
from benchmarks.postgres import Server, missing, postgres
from benchmarks.table import Figure, Row

if TYPE_CHECKING:
    from benchmarks.contest import Contest
    from benchmarks.gathering import Measured, Size

MOST_MEGABYTES = 64
_TABLE = f"CREATE TABLE calls ({', '.join(f'{name} text' for name in COLUMNS)}, PRIMARY KEY (call_id))"
_INDEXES = (("calls_from", "from_number"), ("calls_to", "to_number"))


def postgres_rows(contest: Contest, size: Size) -> Measured:
    """With an index on both columns and without; nothing where no server can run, which is said."""
    if why := missing():
        return [], [f"not measured here: searches in PostgreSQL, since {why}"]
    with postgres(contest.folder) as server:
        _fill(contest, size, server)
        contest.secrets.update(DSAR_BENCH_PASSWORD=server.password, PGPASSWORD=server.password)
        secret = 'password = "env:DSAR_BENCH_PASSWORD"\n'
        describe_calls(contest.folder / "postgres", server.address(), kind="sql", options=secret)
        rows = _measure(contest, size, server, "indexed")
        server.run(*(f"DROP INDEX {name}" for name, _ in _INDEXES))
        rows += _measure(contest, size, server, "no index")
    return rows, [
        f"PostgreSQL: Debian's, on loopback, with its usual settings; {size.small:,} rows, E.164 numbers as text"
    ]


def _fill(contest: Contest, size: Size, server: Server) -> None:
    file = contest.folder / "postgres.csv"
    write_calls(file, size.small)
    server.run(_TABLE)
    server.load("calls", file)
    file.unlink()
    server.run(*(f"CREATE INDEX {name} ON calls ({column})" for name, column in _INDEXES), "VACUUM ANALYZE calls")


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
