"""`python -m benchmarks`: measures everything in one run, prints one table and writes it to RESULTS.md."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.machine import about
from benchmarks.office import LOGIN, TODAY, copy_rows, make_office
from benchmarks.table import Figure, Row, markdown, page
from benchmarks.timing import Run, time_all
from dsar.workspace import STORE

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
CASES = 1000
ROUNDS, QUICK_ROUNDS = 21, 5
INTAKES, QUICK_INTAKES = 5, 2

EMPTY, EMPTY_SHOWN, EMPTY_HELP = "empty Typer app", "empty Typer app, at a terminal", "empty Typer app, --help"
BARE, BARE_SHOWN, DUE, BARE_PYTHON = "bare `dsar`", "bare `dsar`, at a terminal", "`dsar due`", "`python -c pass`"


def runs(home: Path) -> list[Run]:
    """Every program that is timed, the floors among them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DSAR_", "PYTHON"))}
    office = {
        **kept, "DSAR_HOME": str(home), "DSAR_TODAY": TODAY.isoformat(), "LOGNAME": LOGIN, "TERM": "xterm-256color",
    }  # fmt: skip
    dsar = str(Path(sys.executable).with_name("dsar"))
    empty = (sys.executable, str(HERE / "peers" / "empty_typer.py"))

    def run(name: str, *command: str, terminal: bool = False) -> Run:
        return Run(name=name, command=command, environment=office, terminal=terminal, cwd=home)

    return [
        run(BARE_PYTHON, sys.executable, "-c", "pass"),
        run(EMPTY, *empty),
        run("`dsar --version`", dsar, "--version"),
        run(BARE, dsar),
        run(EMPTY_HELP, *empty, "--help"),
        run("`dsar --help`", dsar, "--help"),
        run(EMPTY_SHOWN, *empty, terminal=True),
        run(BARE_SHOWN, dsar, terminal=True),
        run(DUE, dsar, "due"),
    ]


def measure(folder: Path, *, rounds: int, intakes: int) -> list[Row]:
    """All rows of the table: the targets first, then what is only for information."""
    home = folder / "office-0"
    taken, copied = [], []
    for nth in range(intakes):
        taken.append(make_office(folder / f"office-{nth}", CASES))
        copied.append(copy_rows(home, folder / f"rows-{nth}-{STORE}"))
    figures = time_all(runs(home), rounds=rounds)
    empty, python = figures[EMPTY], figures[BARE_PYTHON]
    return [
        Row(figure=figures["`dsar --version`"], floor=empty, at_most=1.3),
        Row(figure=figures["`dsar --help`"], floor=figures[EMPTY_HELP], at_most=1.5),
        Row(figure=figures[BARE], floor=empty, at_most=3),
        Row(figure=figures[BARE_SHOWN], floor=figures[EMPTY_SHOWN], at_most=3),
        Row(figure=figures[DUE], floor=empty),
        Row(figure=empty, floor=python),
        Row(
            figure=Figure(name="intake, one transaction", seconds=tuple(taken)),
            floor=Figure(name="the same rows by `executemany`", seconds=tuple(copied)),
            per=CASES,
            unit="cases",
        ),
    ]


def main() -> int:
    """Measure, print, write; 0 only when every target is met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer runs, and RESULTS.md stays as it is")
    quick = parser.parse_args().quick
    rounds, intakes = (QUICK_ROUNDS, QUICK_INTAKES) if quick else (ROUNDS, INTAKES)
    with tempfile.TemporaryDirectory(prefix="dsar-bench-") as folder:
        rows = measure(Path(folder), rounds=rounds, intakes=intakes)
    print(markdown(rows))
    if not quick:
        RESULTS.write_text(page(rows, about=about(rounds=rounds, cases=CASES)), encoding="utf-8")
        print(f"Written to {RESULTS}.")
    missed = [row.figure.name for row in rows if not row.met]
    if missed:
        print(f"Missed: {', '.join(missed)}.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
