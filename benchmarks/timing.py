"""Times whole processes in turns (A B C, A B C ...), so that a busy moment of the machine hits all of them alike.

What is run, and what the times mean, is left to the caller.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.table import Figure

COLUMNS = 100
CHUNK = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A program to time, from its start to its end; ``terminal`` gives it one to write to, as a person has.

    ``before`` is done before each start and is not timed.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    terminal: bool = False
    cwd: Path | None = None
    before: Callable[[], None] | None = None


class FailedRun(Exception):
    """A program that was to be timed did not end well: its time would say nothing."""


def time_all(
    runs: Sequence[Run], *, rounds: int, heard: Callable[[Run, bytes], None] | None = None
) -> dict[str, Figure]:
    """Every program once per round, in order, after one round that is not counted; the figures by name.

    ``heard`` gets what each printed, each time, and may refuse it by an error.
    """
    taken: dict[str, list[float]] = {run.name: [] for run in runs}
    for nth in range(rounds + 1):
        for run in runs:
            seconds, said = _once(run)
            if heard:
                heard(run, said)
            if nth:
                taken[run.name].append(seconds)
    return {name: Figure(name=name, seconds=tuple(seconds)) for name, seconds in taken.items()}


def time_one(run: Run) -> float:
    """Seconds from start to end of one process, its output read meanwhile; FailedRun if it ends with an error."""
    return _once(run)[0]


def what_it_says(run: Run) -> bytes:
    """What a program prints; FailedRun if it ends with an error."""
    return _once(run)[1]


def must_say_the_same(one: Run, other: Run) -> None:
    """FailedRun if two programs that are to be compared do not print the same bytes."""
    if _once(one)[1] != _once(other)[1]:
        raise FailedRun(f"{one.name} and {other.name} do not say the same, so their times cannot be compared")


def _once(run: Run) -> tuple[float, bytes]:
    if run.before:
        run.before()
    reading, writing = os.openpty() if run.terminal else os.pipe()
    begun = perf_counter()
    try:
        process = subprocess.Popen(
            run.command,
            stdin=writing if run.terminal else subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            env={**run.environment, "COLUMNS": str(COLUMNS)},
            cwd=run.cwd,
        )
    finally:
        os.close(writing)
    with os.fdopen(reading, "rb", buffering=0) as output:
        said = _drain(output.fileno())
    code = process.wait()
    seconds = perf_counter() - begun
    if code:
        raise FailedRun(f"{run.name} ended with {code}: {said[-500:].decode(errors='replace')}")
    return seconds, said


def _drain(reading: int) -> bytes:
    said = bytearray()
    # Linux ends a terminal whose other side is closed with an error instead of an empty read
    with suppress(OSError):
        while chunk := os.read(reading, CHUNK):
            said += chunk
    return bytes(said)
