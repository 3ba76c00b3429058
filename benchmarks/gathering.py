"""Searches files for few people and many, beside the quickest programs that only select the rows.

The data are ``calls``'s, the comparison is ``contest``'s; cases and databases are in ``gathering_cases`` and
``gathering_postgres``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.call_sources import describe_calls, describe_tickets
from benchmarks.calls import SHAPES, Truth, heavy, owned, sampled, ticket_truth, truths, write_calls, write_tickets
from benchmarks.contest import Contender, Contest, install_peers, peers_named
from benchmarks.gather_run import found_in
from benchmarks.gathering_cases import LARGE, cases_rows, eleven_rows
from benchmarks.gathering_postgres import postgres_rows
from benchmarks.table import Figure, Row
from benchmarks.timing import FailedRun

HEAVY = "heavy"
_MOST_IN_TEXT = 100
# What is close to its target is timed so many times as often.
_CLOSE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is searched: rows of the large file and of the others, tickets, people per pass, and cases."""

    rounds: int
    large: int
    small: int
    tickets: int
    steps: tuple[int, ...]
    messy: int
    identifiers: int
    cases: int


WHOLE = Size(
    rounds=5,
    large=20_000_000,
    small=5_000_000,
    tickets=1_000_000,
    steps=(1, 10, 100, 1_000, 10_000),
    messy=1_000,
    identifiers=10_000,
    cases=100,
)
QUICK = Size(
    rounds=3,
    large=400_000,
    small=100_000,
    tickets=20_000,
    steps=(1, 10, 100, 1_000),
    messy=200,
    identifiers=1_000,
    cases=10,
)

Measured = tuple[list[Row], list[str]]


def measured(folder: Path, *, quick: bool, only: Sequence[str] = ()) -> Measured:
    """The rows of the table and what is to be said about them, of all PARTS or only of some.

    A quick run has no targets, since its files are too small for them.
    """
    size = QUICK if quick else WHOLE
    contest = Contest(folder=folder, peers=install_peers(folder / "peers"), rounds=size.rounds, judged=not quick)
    return measure(contest, size, only or tuple(PARTS))


def measure(contest: Contest, size: Size, parts: Iterable[str]) -> Measured:
    """These of the PARTS, one after the other."""
    rows, notes = [], [
        "gathering: each side is a whole process; ours writes every finding with its source, record set, key and place "
        "and the identifier that matched, the peers write the bare rows",
        f"gathering: medians of {contest.rounds} in turns, files in the page cache; a round in which one side does not "
        f"find exactly what the generator knows to be there ends the benchmark; {', '.join(peers_named())}",
    ]  # fmt: skip
    for part in parts:
        print(f"gathering {part}", file=sys.stderr, flush=True)
        more, said = PARTS[part](contest, size)
        rows += more
        notes += said
    return rows, notes


def large_rows(contest: Contest, size: Size) -> Measured:
    """One large CSV file: one person, many, and one with very many rows."""
    file, home = contest.folder / LARGE, contest.folder / "large"
    write_calls(file, size.large)
    describe_calls(home, str(file), kind="csv")
    megabytes = file.stat().st_size / 1e6
    people = {str(many): sampled(size.large, many) for many in size.steps} | {HEAVY: [heavy(size.large)]}
    held = truths(size.large, people)
    one, most = str(size.steps[0]), str(size.steps[-1])
    contenders = [contest.ours(_named(who), home, those, held[who].findings) for who, those in people.items()]
    contenders += [
        contest.duckdb(_peer("raw DuckDB", who), file, people[who], held[who].rows) for who in (one, most, HEAVY)
    ]
    if contest.peers.csvgrep:
        contenders.append(contest.csvgrep(_peer("csvgrep", one), file, people[one], held[one].rows))
    figures = contest.time(*contenders)
    grown = [contest.memory(contenders[list(people).index(who)]) for who in (one, most, HEAVY)]
    ours = dict(zip(people, contenders, strict=False))
    together = _together(contest, ours[one], ours[str(size.cases)])
    return [*_large_table(contest, size, figures, grown), together], _large_notes(size, held, figures, megabytes)


def _together(contest: Contest, one: Contender, many: Contender) -> Row:
    """Many people beside one, with nothing else in between, and more often: they are close to each other."""
    figures = contest.time(one, many, times=_CLOSE)
    alone, together = (replace(figures[each.run.name], name=f"{each.run.name}, in turns") for each in (one, many))
    return contest.row(together, alone, 1.3)


def _large_table(contest: Contest, size: Size, figures: Mapping[str, Figure], grown: list[Figure]) -> list[Row]:
    one, most = str(size.steps[0]), str(size.steps[-1])
    ours = {who: figures[_named(who)] for who in (*map(str, size.steps), HEAVY)}
    duckdb = {who: figures[_peer("raw DuckDB", who)] for who in (one, most, HEAVY)}
    rows = [contest.row(ours[one], duckdb[one], 0.45)]
    if grep := figures.get(_peer("csvgrep", one)):
        rows.append(contest.row(ours[one], grep, 0.1))
    rows.append(contest.row(ours[most], duckdb[most], 1.2))
    rows += [contest.row(ours[str(many)], ours[one]) for many in size.steps[1:]]
    rows.append(contest.row(ours[HEAVY], duckdb[HEAVY]))
    return rows + [contest.row(figure, grown[0], unit="MB") for figure in grown[1:]]


def _large_notes(size: Size, held: Mapping[str, Truth], figures: Mapping[str, Figure], megabytes: float) -> list[str]:
    each = [(many, figures[_named(str(many))].median) for many in size.steps]
    told = ", ".join(f"{_people(who)} {one.findings:,}" for who, one in held.items())
    spent = ", ".join(f"{many:,}: {seconds / many * 1000:,.2f} ms" for many, seconds in each)
    read = ", ".join(f"{many:,}: {megabytes / seconds:,.0f} MB/s" for many, seconds in each)
    return [
        f"the large CSV file: {size.large:,} rows, {megabytes:,.0f} MB; of each person two telephone numbers, looked "
        "for in two columns, which the settings promise to be in E.164",
        f"what there is to find in it: {told}; a call between two subjects is a finding for each",
        f"{_people(str(size.cases))} and one are timed once more, in turns and {_CLOSE} times as often",
        f"cost of one subject when so many are searched together: {spent}; the file is read at {read}",
    ]  # fmt: skip


def messy_rows(contest: Contest, size: Size) -> Measured:
    """Numbers in the notations people use: every one has to be found, while the peer compares them as they are."""
    file, home = contest.folder / "messy.csv", contest.folder / "messy"
    write_calls(file, size.small, messy=True)
    describe_calls(home, str(file), kind="csv", normal=False)
    people = sampled(size.small, size.messy)
    there = owned(size.small, people)
    notations = len(SHAPES) + 1
    ours = contest.ours(f"messy CSV, {notations} notations: {size.messy:,} subjects", home, people, len(there))
    exact = contest.what_finds(contest.duckdb("raw DuckDB, exact match alone", file, people, 0))
    figures = contest.time(ours, exact)
    must_be_all(set(found_in(contest.written(ours))), there)
    file.unlink()
    share = exact.finds / truths(size.small, {"": people})[""].rows
    note = (
        f"numbers in {notations} notations: {size.small:,} rows, 60 % of the numbers rewritten; all {len(there):,} "
        f"findings there are, and no other (recall 100 %), where an exact match has {share:.0%} of the rows"
    )
    return [contest.row(figures[ours.run.name], figures[exact.run.name], 1.7)], [note]


def must_be_all(found: set[tuple[str, str]], there: set[tuple[str, str]]) -> None:
    """FailedRun where a finding is missing, or is none."""
    if missing := len(there - found):
        raise FailedRun(f"{missing:,} of {len(there):,} findings were missed: recall {1 - missing / len(there):.2%}")
    if wrong := len(found - there):
        raise FailedRun(f"{wrong:,} findings are of somebody else")


def kinds_rows(contest: Contest, size: Size) -> Measured:
    """The same calls as Parquet and as JSON lines, one person and many."""
    many = size.steps[-1]
    groups = {"1": sampled(size.small, 1), str(many): sampled(size.small, many)}
    held = truths(size.small, groups)
    rows = []
    for kind, title in (("parquet", "Parquet"), ("jsonl", "JSON lines")):
        file, home = contest.folder / f"small.{kind}", contest.folder / kind
        write_calls(file, size.small)
        describe_calls(home, str(file), kind=kind)
        for who, people in groups.items():
            name = f"{title}, {size.small:,} rows: {_people(who)}"
            ours = contest.ours(name, home, people, held[who].findings)
            peer = contest.duckdb(f"raw DuckDB, {title}, {_people(who)}", file, people, held[who].rows)
            figures = contest.time(ours, peer)
            rows.append(contest.row(figures[name], figures[peer.run.name]))
        file.unlink()
    return rows, []


def text_rows(contest: Contest, size: Size) -> Measured:
    """Letters to a help desk that hold an address or a number somewhere in prose."""
    file, home = contest.folder / "tickets.jsonl", contest.folder / "tickets"
    write_tickets(file, size.tickets)
    describe_tickets(home, file)
    ours = []
    for many in (1, min(_MOST_IN_TEXT, size.steps[-1])):
        people = sampled(size.tickets, many)
        held = ticket_truth(size.tickets, people)
        name = f"free text, {size.tickets:,} tickets: {_people(str(many))}"
        ours.append(contest.ours(name, home, people, held.findings, email=True))
    (one,) = sampled(size.tickets, 1)
    peer = contest.script(
        "raw DuckDB, one pattern of all notations", "duckdb_text.py", str(file), str(contest.out), one.email,
        *one.numbers, finds=ours[0].finds,
    )  # fmt: skip
    figures = contest.time(*ours, peer)
    file.unlink()
    first, several = (figures[each.run.name] for each in ours)
    return [contest.row(first, figures[peer.run.name]), contest.row(several, first)], []


PARTS: dict[str, Callable[[Contest, Size], Measured]] = {
    "large": large_rows,
    "cases": cases_rows,
    "messy": messy_rows,
    "kinds": kinds_rows,
    "text": text_rows,
    "eleven": eleven_rows,
    "postgres": postgres_rows,
}


def _people(who: str) -> str:
    if who == HEAVY:
        return "a heavy subject"
    return "one subject" if who == "1" else f"{int(who):,} subjects"


def _named(who: str) -> str:
    return f"large CSV: {_people(who)}"


def _peer(name: str, who: str) -> str:
    return f"{name}, {_people(who)}"
