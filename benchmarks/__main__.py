"""`python -m benchmarks`: measures everything in one run, prints one table and writes it to RESULTS.md.

With --quick or --only it prints the table and the notes, and RESULTS.md stays as it is.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.archive import make_archive
from benchmarks.gathering import PARTS as GATHERING
from benchmarks.gathering import Measured
from benchmarks.gathering import measured as measure_gathering
from benchmarks.machine import about
from benchmarks.office import LOGIN, TODAY, copy_rows, make_office
from benchmarks.reading import measured as measure_reading
from benchmarks.table import Figure, Row, markdown, page
from benchmarks.timing import Run, must_say_the_same, time_all
from dsar.workspace import STORE

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
CASES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much one run of the benchmark does: rounds of processes, and cases in each of its stores."""

    rounds: int
    queue_rounds: int
    intakes: int
    intake_rounds: int
    archive: int
    open_cases: int = 20_000


WHOLE = Size(rounds=21, queue_rounds=11, intakes=100_000, intake_rounds=2, archive=1_000_000)
QUICK = Size(rounds=5, queue_rounds=5, intakes=10_000, intake_rounds=2, archive=100_000)

EMPTY, EMPTY_SHOWN, EMPTY_HELP = "empty Typer app", "empty Typer app, at a terminal", "empty Typer app, --help"
BARE, BARE_SHOWN, DUE, BARE_PYTHON = "bare `dsar`", "bare `dsar`, at a terminal", "`dsar due`", "`python -c pass`"
DSAR = str(Path(sys.executable).with_name("dsar"))


def environment(home: Path) -> dict[str, str]:
    """The surroundings of a program that works in this office."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DSAR_", "PYTHON"))}
    office = {"DSAR_HOME": str(home), "DSAR_TODAY": TODAY.isoformat(), "LOGNAME": LOGIN, "TERM": "xterm-256color"}
    return {**kept, **office}


def runs(home: Path) -> list[Run]:
    """Every program that is timed in the small office, the floors among them."""
    office = environment(home)
    empty = (sys.executable, str(HERE / "peers" / "empty_typer.py"))

    def run(name: str, *command: str, terminal: bool = False) -> Run:
        return Run(name=name, command=command, environment=office, terminal=terminal, cwd=home)

    return [
        run(BARE_PYTHON, sys.executable, "-c", "pass"),
        run(EMPTY, *empty),
        run("`dsar --version`", DSAR, "--version"),
        run(BARE, DSAR),
        run(EMPTY_HELP, *empty, "--help"),
        run("`dsar --help`", DSAR, "--help"),
        run(EMPTY_SHOWN, *empty, terminal=True),
        run(BARE_SHOWN, DSAR, terminal=True),
        run(DUE, DSAR, "due"),
    ]


def measure_starts(folder: Path, size: Size) -> list[Row]:
    """How long a person waits who types a word."""
    home = folder / "office"
    make_office(home, CASES)
    figures = time_all(runs(home), rounds=size.rounds)
    empty = figures[EMPTY]
    return [
        Row(figure=figures["`dsar --version`"], floor=empty, at_most=1.3),
        Row(figure=figures["`dsar --help`"], floor=figures[EMPTY_HELP], at_most=1.5),
        Row(figure=figures[BARE], floor=empty, at_most=3),
        Row(figure=figures[BARE_SHOWN], floor=figures[EMPTY_SHOWN], at_most=3),
        Row(figure=figures[DUE], floor=empty),
        Row(figure=empty, floor=figures[BARE_PYTHON]),
    ]


def measure_queue(folder: Path, size: Size) -> list[Row]:
    """The queue among very many closed cases, against bare SQL and against the same queue without them."""
    past, present = folder / "archive", folder / "present"
    make_archive(past, cases=size.archive, open_cases=size.open_cases)
    make_archive(present, cases=size.open_cases, open_cases=size.open_cases)
    among, alone = f"{DUE}, {size.archive:,} cases", f"{DUE}, their {size.open_cases:,} open ones alone"
    sql = "the same rows by a Typer script in SQL"
    script = (sys.executable, str(HERE / "peers" / "due_query.py"), str(past / STORE), TODAY.isoformat())
    timed = [
        Run(name=among, command=(DSAR, "due"), environment=environment(past), cwd=past),
        Run(name=sql, command=script, environment=environment(past), cwd=past),
        Run(name=alone, command=(DSAR, "due"), environment=environment(present), cwd=present),
    ]
    must_say_the_same(timed[0], timed[1])
    figures = time_all(timed, rounds=size.queue_rounds)
    shutil.rmtree(past)
    return [
        Row(figure=figures[among], floor=figures[sql], at_most=2),
        Row(figure=figures[among], floor=figures[alone], at_most=1.2),
    ]


def measure_intake(folder: Path, size: Size) -> list[Row]:
    """Recording what arrives, against putting the same rows into the same tables."""
    taken, copied = [], []
    for nth in range(size.intake_rounds):
        home, copy = folder / f"intake-{nth}", folder / f"rows-{nth}-{STORE}"
        taken.append(make_office(home, size.intakes))
        copied.append(copy_rows(home, copy))
        shutil.rmtree(home)
        copy.unlink()
    return [
        Row(
            figure=Figure(name=f"{size.intakes:,} intakes, one transaction", seconds=tuple(taken)),
            floor=Figure(name="the same rows by `executemany`", seconds=tuple(copied)),
            at_most=6,
            per=size.intakes,
            unit="cases",
        )
    ]


def _starts(folder: Path, quick: bool) -> Measured:
    return measure_starts(folder, QUICK if quick else WHOLE), []


def _queue(folder: Path, quick: bool) -> Measured:
    size = QUICK if quick else WHOLE
    note = (
        f"{size.archive:,} cases: {size.open_cases:,} of them open, ten facts each; {size.queue_rounds} runs each, "
        "which print the same bytes"
    )
    return measure_queue(folder, size), [note]


def _intake(folder: Path, quick: bool) -> Measured:
    return measure_intake(folder, QUICK if quick else WHOLE), []


# The parts in the order of the table: starting, the queue of an office with a long past, recording what arrives,
# reading it, and searching for people.
PARTS: dict[str, Callable[[Path, bool], Measured]] = {
    "starts": _starts,
    "queue": _queue,
    "intake": _intake,
    "reading": lambda folder, quick: measure_reading(folder, quick=quick),
    "gathering": lambda folder, quick: measure_gathering(folder, quick=quick),
}

# A part of a part, for whoever works on it.
PIECES = {
    f"gathering-{name}": lambda folder, quick, name=name: measure_gathering(folder, quick=quick, only=[name])
    for name in GATHERING
}


def measure(parts: Iterable[str], *, quick: bool) -> Measured:
    """The rows of these parts and what is to be said about them; each part has a folder of its own meanwhile."""
    rows: list[Row] = []
    notes: list[str] = []
    for part in parts:
        print(part, file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="dsar-bench-") as folder:
            measured, said = {**PARTS, **PIECES}[part](Path(folder), quick)
        rows += measured
        notes += said
    return rows, notes


def main() -> int:
    """Measure, print, write; 0 only when every target is met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer runs and cases, and RESULTS.md stays as it is")
    parser.add_argument("--only", choices=[*PARTS, *PIECES], help="one part alone, and RESULTS.md stays as it is")
    given = parser.parse_args()
    rows, notes = measure([given.only] if given.only else PARTS, quick=given.quick)
    print(markdown(rows))
    if given.quick or given.only:
        print("".join(f"- {note}\n" for note in notes))
    else:
        RESULTS.write_text(page(rows, about=[*about(rounds=WHOLE.rounds, cases=CASES), *notes]), encoding="utf-8")
        print(f"Written to {RESULTS}.")
    missed = [row.figure.name for row in rows if not row.met]
    if missed:
        print(f"Missed: {', '.join(missed)}.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
