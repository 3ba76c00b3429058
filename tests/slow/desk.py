"""A person at the desk: types the commands of one access request as real processes, some of which die halfway.

What must hold afterwards is for the tests to say.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from dsar.ledger import Ledger
from dsar.workflow.setup import make_sample

DSAR = str(Path(sys.executable).with_name("dsar"))
TODAY = "2026-11-21"
CASE = "DSAR-2026-0001"
SIGKILLED = -signal.SIGKILL

# Looks at a running command every time round a tight loop; True means: kill it now.
Watch = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the journey. ``done`` are the exit codes after which a person goes on.

    ``{fingerprint}`` in it stands for what the review showed.
    """

    words: tuple[str, ...]
    who: str = "priya"
    done: tuple[int, ...] = (0,)


def journey(home: Path) -> tuple[Step, ...]:
    """An access request from the letter to the closed case; every command may be typed again."""
    letter = str(home / "inbox" / "01-access-rivera.eml")
    return (
        Step(("new", "--file", letter)),
        Step(("letter", "send", "1", "acknowledgement")),
        Step(("gather", "1", "--count")),
        Step(("verify", "1", "--method", "account-login")),
        Step(("gather", "1"), done=(4,)),
        Step(("ask", "1", "facilities")),
        Step(("gather", "1", "--from", "facilities", "--file", "none", "--reason", "kept for 30 days")),
        Step(("review", "1", "--accept")),
        Step(("review", "1", "--accept-flagged")),
        Step(("approve", "1", "--fingerprint", "{fingerprint}"), who="sam"),
        Step(("package", "build", "1")),
        Step(("letter", "send", "1", "answer", "--confirm", CASE)),
        Step(("close", "1")),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How one process ended."""

    code: int
    says: str
    seconds: float

    @property
    def killed(self) -> bool:
        """Whether the kill hit it; else it was done before."""
        return self.code == SIGKILLED


@dataclass(slots=True)
class Desk:
    """One workspace and whoever types in it. ``seconds`` remembers how long each command took when left alone."""

    home: Path
    seconds: dict[tuple[str, ...], float] = field(default_factory=dict)

    @classmethod
    def sample(cls, home: Path) -> Desk:
        """A desk over a fresh copy of the invented firm."""
        make_sample(home)
        return cls(home)

    def start(self, *words: str, who: str = "priya") -> subprocess.Popen[str]:
        """Start one command, as ``who``."""
        return subprocess.Popen(
            [DSAR, *words, "--no-input"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment(self.home, who),
            cwd=self.home,
            text=True,
        )

    def type(self, *words: str, who: str = "priya") -> Ended:
        """Run one command to its end."""
        return self.run(words, who)

    def run(self, words: tuple[str, ...], who: str = "priya", watch: Watch | None = None) -> Ended:
        """Run one command; where ``watch`` says so, it dies on the spot (SIGKILL)."""
        begun = perf_counter()
        process = self.start(*words, who=who)
        while watch is not None and process.poll() is None:
            if watch():
                process.kill()
                break
        says, _ = process.communicate()
        return Ended(code=process.returncode, says=says, seconds=perf_counter() - begun)

    def json(self, *words: str) -> dict[str, Any]:
        """The JSON document of one command, whatever its exit code."""
        ended = self.type(*words, "--json")
        found: dict[str, Any] = json.loads(ended.says)
        return found

    def walk(self) -> None:
        """The whole journey, undisturbed; remembers how long each command took."""
        for step in journey(self.home):
            ended = self.run(self.filled(step), step.who)
            assert ended.code in step.done, f"{step.words} ended with {ended.code}: {ended.says}"
            self.seconds[_name(step)] = ended.seconds

    def filled(self, step: Step) -> tuple[str, ...]:
        """The words of a step with the fingerprint of the review in its place."""
        if "{fingerprint}" not in step.words:
            return step.words
        shown = str(self.json("review", "1")["fingerprint"])
        return tuple(word.format(fingerprint=shown) for word in step.words)

    def hashes(self) -> list[str]:
        """The hash of every entry, oldest first."""
        with Ledger.open(self.home / "dsar.db", readonly=True) as ledger:
            return [entry.hash for entry in ledger.history()]

    def mail(self) -> dict[str, tuple[int, int, bytes]]:
        """Every letter that left, by file name: which file it is, when it was written, and its bytes."""
        return {path.name: _identity(path) for path in sorted((self.home / "outbox").glob("*.eml"))}

    def message_ids(self) -> list[str]:
        """The Message-ID of every letter that left."""
        found = [re.search(rb"(?im)^message-id: *(\S+)", content) for _, _, content in self.mail().values()]
        return sorted(match[1].decode() for match in found if match)

    def seconds_of(self, step: Step) -> float:
        """How long the command of a step takes when nobody kills it."""
        return self.seconds[_name(step)]


def _name(step: Step) -> tuple[str, ...]:
    return tuple(word for word in step.words if not word.startswith("/"))


def _identity(path: Path) -> tuple[int, int, bytes]:
    status = path.stat()
    return status.st_ino, status.st_mtime_ns, path.read_bytes()


def environment(home: Path, who: str = "", today: str = TODAY) -> Mapping[str, str]:
    """The environment of a command: this workspace, this person, this day, and nothing of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DSAR_", "COV_", "COVERAGE"))}
    return {**kept, "DSAR_HOME": str(home), "DSAR_AS": who, "DSAR_TODAY": today}


# -- when a command dies ------------------------------------------------------------------------------


def watches(desk: Desk, step: Step, chance: random.Random) -> Iterator[Watch]:
    """Ever other moments to kill this command at: narrow windows first, then anywhere in its work.

    The windows are seen from outside, in the files: a transaction is open while its journal is there, and a
    letter or package is half-written while its temporary file is.
    """
    yield chance.choice((_nth_journal, _nth_journal, _half_written))(desk, chance)
    whole = desk.seconds_of(step)
    while True:
        yield after(chance.uniform(0.35, 0.95) * whole)
        whole *= 0.9


def after(seconds: float) -> Watch:
    """So many seconds after it began."""
    begun = perf_counter()
    return lambda: perf_counter() - begun >= seconds


def _nth_journal(desk: Desk, chance: random.Random) -> Watch:
    """A little after the store's journal came for the n-th time: in a transaction, or just behind its end."""
    return _seen(lambda: (desk.home / "dsar.db-journal").exists(), chance.randint(1, 3), chance.uniform(0.0, 0.008))


def _half_written(desk: Desk, chance: random.Random) -> Watch:
    """While a letter or package is being written, or just after it got its name."""
    folders = (desk.home / "outbox", desk.home / "cases" / CASE)

    def writing() -> bool:
        return any(path.suffix == ".tmp" for folder in folders if folder.is_dir() for path in folder.iterdir())

    return _seen(writing, 1, chance.uniform(0.0, 0.003))


def _seen(there: Callable[[], bool], times: int, later: float) -> Watch:
    was, left, due = False, times, 0.0

    def watch() -> bool:
        nonlocal was, left, due
        if due:
            return perf_counter() >= due
        now = there()
        if now and not was:
            left -= 1
            if left == 0:
                due = perf_counter() + later
        was = now
        return False

    return watch
