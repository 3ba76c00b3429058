"""Lets dsar and its peers search the same data in turns, and refuses the comparison where they find other numbers.

The peers are installed here, into an environment of their own. What is searched is left to the ``gathering`` modules.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.calls import Person
from benchmarks.table import Figure, Row
from benchmarks.timing import FailedRun, Run, time_all, what_it_says

HERE = Path(__file__).parent
PEERS = HERE / "peers"
_MEMORY_RUNS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """The programs of the peers: a Python that has DuckDB and psycopg, and csvgrep ("" where it is left out)."""

    python: str = sys.executable
    csvgrep: str = ""


def install_peers(folder: Path) -> Peers:
    """The peers in the versions named in peers/requirements.txt; FailedRun where they cannot be had."""
    python = str(folder / "bin" / "python")
    wanted = ["-m", "pip", "install", "-qq", "--disable-pip-version-check", "--require-hashes"]
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [python, *wanted, "-r", str(PEERS / "requirements.txt")],
    ):
        ran = subprocess.run(command, capture_output=True, text=True)
        if ran.returncode:
            raise FailedRun(f"the peers could not be installed: {ran.stderr[-500:]}")
    return Peers(python=python, csvgrep=str(folder / "bin" / "csvgrep"))


def peers_named() -> list[str]:
    """The peers with their versions, as ``make lock`` fixed them."""
    wanted = [line.partition("[")[0] for line in (PEERS / "requirements.in").read_text().splitlines()]
    locked = (PEERS / "requirements.txt").read_text(encoding="utf-8")
    return [f"{name} {found[1]}" for name in wanted if (found := re.search(rf"(?m)^{name}==(\S+)", locked))]


def last_number(said: bytes) -> int:
    """The number in the last line a program printed."""
    return int(said.split()[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A program to time, how many things it has to find, and how that is read from what it prints."""

    run: Run
    finds: int
    read: Callable[[bytes], int] = last_number


@dataclass(slots=True, kw_only=True)
class Contest:
    """One part of the benchmark with its folder; where ``judged`` is not, no row has a target."""

    folder: Path
    peers: Peers
    rounds: int
    judged: bool = True
    secrets: dict[str, str] = field(default_factory=dict)
    _written: int = 0

    def ours(self, name: str, home: Path, people: Sequence[Person], finds: int, *, email: bool = False) -> Contender:
        """dsar searches the sources of ``home`` for all these people; findings are written with their provenance."""
        known = {
            str(one.account): [
                *([["email", one.email]] if email else []),
                *(["phone", number] for number in one.numbers),
            ]
            for one in people
        }
        subjects = self._file(".json", json.dumps(known))
        return self._contender(
            name, sys.executable, "-m", "benchmarks.gather_run", str(home), str(subjects), str(self.spool), finds=finds
        )

    def duckdb(self, name: str, file: Path, people: Sequence[Person], finds: int) -> Contender:
        """Bare DuckDB writes the rows of the same file with the same numbers."""
        script, numbers = str(PEERS / "duckdb_rows.py"), str(self.numbers(people))
        return self._contender(name, self.peers.python, script, str(file), numbers, str(self.out), finds=finds)

    def csvgrep(self, name: str, file: Path, people: Sequence[Person], finds: int) -> Contender:
        """csvgrep writes the rows of the same file with the same numbers, as a person would type it."""
        command = shlex.join(
            [self.peers.csvgrep, "-a", "-c", "from_number,to_number", "-f", str(self.numbers(people)), str(file)]
        )
        out = shlex.quote(str(self.out))
        return self._contender(name, "/bin/sh", "-c", f"{command} > {out} && tail -n +2 {out} | wc -l", finds=finds)

    def script(self, name: str, script: str, *arguments: str, finds: int) -> Contender:
        """A program of the folder ``peers`` with its arguments."""
        return self._contender(name, self.peers.python, str(PEERS / script), *arguments, finds=finds)

    def time(self, *contenders: Contender, times: int = 1) -> dict[str, Figure]:
        """All of them in turns, in so many ``times`` the rounds; FailedRun where one does not find what it has to."""
        expected = {one.run.name: one for one in contenders}

        def heard(run: Run, said: bytes) -> None:
            must_find(expected[run.name], said)

        return time_all([one.run for one in contenders], rounds=times * self.rounds, heard=heard)

    def memory(self, contender: Contender) -> Figure:
        """By how many MB its own memory grew from its start, at most in a few runs that are not timed."""
        command = (*contender.run.command, "--memory")
        name = f"{contender.run.name}; anonymous memory above start"
        run = Run(name=name, command=command, environment=contender.run.environment, cwd=contender.run.cwd)
        grown = []
        for _ in range(min(self.rounds, _MEMORY_RUNS)):
            said = what_it_says(run)
            must_find(contender, said)
            grown.append(float(said.split()[-2]))
        return Figure(name=name, seconds=(max(grown),))

    def written(self, contender: Contender) -> Path:
        """What dsar finds, read from its spool and written to a file, in a run that is not timed."""
        command = (*contender.run.command, "--again")
        must_find(contender, what_it_says(replace(contender.run, command=command)))
        return self.spool

    def what_finds(self, contender: Contender) -> Contender:
        """The same, held to what it finds now: where nobody but the program itself knows."""
        return replace(contender, finds=contender.read(what_it_says(contender.run)))

    def row(self, figure: Figure, floor: Figure, at_most: float | None = None, *, unit: str = "") -> Row:
        """A row of the table, with its target where this run is judged."""
        return Row(figure=figure, floor=floor, at_most=at_most if self.judged else None, unit=unit)

    @property
    def spool(self) -> Path:
        """Where dsar writes what it finds."""
        return self.folder / "spool"

    @property
    def out(self) -> Path:
        """Where a peer writes what it finds."""
        return self.folder / "out.csv"

    def numbers(self, people: Sequence[Person]) -> Path:
        """A file with the numbers of these people, one a line."""
        listed = [number for one in people for number in one.numbers]
        return self._file(".txt", "".join(f"{number}\n" for number in listed))

    def _file(self, ending: str, text: str) -> Path:
        self._written += 1
        path = self.folder / f"asked-{self._written}{ending}"
        path.write_text(text, encoding="utf-8")
        return path

    def _contender(self, name: str, *command: str, finds: int) -> Contender:
        return Contender(
            run=Run(name=name, command=command, environment=self.surroundings, cwd=HERE.parent), finds=finds
        )

    @property
    def surroundings(self) -> Mapping[str, str]:
        """What a program is started with: no setting of dsar or Python from outside, and the secrets of sources."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DSAR_", "PYTHON"))}
        return {**kept, **self.secrets}


def must_find(contender: Contender, said: bytes) -> None:
    """FailedRun where a program did not find as many as there are: its time could not be compared."""
    found = contender.read(said)
    if found != contender.finds:
        raise FailedRun(
            f"{contender.run.name} found {found:,} instead of {contender.finds:,}, so its time cannot be compared"
        )
