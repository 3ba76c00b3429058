"""One command on one prepared desk, killed again and again at ever other moments, each time on a fresh copy.

What must hold afterwards is for the tests to say.
"""

from __future__ import annotations

import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from aiosmtpd.controller import Controller

from dsar.ledger import Ledger
from tests.slow.desk import DSAR, Desk, Ended, after, environment
from tests.slow.killing_at import CANNOT
from tests.slow.test_kill_smtp import Postbox

AT_ONCE = 2
MOST_RUNS = 3
# the part of a run in which dsar only starts, for where calls cannot be counted
_STARTING = 0.35
_FOLDER = 'transport = "folder"'


@dataclass(frozen=True, slots=True)
class Command:
    """What is typed, by whom; ``done`` are the exit codes after which a person goes on."""

    words: tuple[str, ...]
    who: str = "priya"
    done: tuple[int, ...] = (0,)


@dataclass(slots=True)
class Scene:
    """A desk just before a command; ``calls`` is how often the command changes something when left alone."""

    home: Path
    command: Command
    folder: Path
    calls: int = 0
    seconds: float = 0.0
    landed: int = 0
    reference: Desk = field(init=False)

    def __post_init__(self) -> None:
        """Left alone once, for comparison and to see how much there is to kill."""
        self.reference = self.copy("undisturbed")
        begun = perf_counter()
        calls, _ = self._traced(self.reference, 0)
        if calls < 0:
            ended = self.reference.run(self.command.words, self.command.who)
            assert ended.code in self.command.done, ended.says
        self.calls, self.seconds = max(calls, 0), perf_counter() - begun
        again = self.again(self.reference)
        assert again.code in self.command.done, again.says

    def copy(self, name: str) -> Desk:
        """A desk of its own, exactly as the prepared one."""
        return Desk(Path(shutil.copytree(self.home, self.folder / name, symlinks=True)))

    def again(self, desk: Desk) -> Ended:
        """Type the command once more, undisturbed."""
        return desk.run(self.command.words, self.command.who)

    def killed(self, desk: Desk, share: float) -> bool:
        """Type the command and kill it when this share of its work is done; whether it was still running."""
        if self.calls:
            calls, killed = self._traced(desk, 1 + int(share * self.calls))
            assert calls > 0
            return killed
        moment = (_STARTING + (1 - _STARTING) * share) * self.seconds
        return desk.run(self.command.words, self.command.who, after(moment)).killed

    def _traced(self, desk: Desk, nth: int) -> tuple[int, bool]:
        report = self.folder / f"{desk.home.name}.calls"
        tracer = (sys.executable, "-S", "-E", str(Path(__file__).with_name("killing_at.py")))
        ended = subprocess.run(
            [*tracer, str(report), str(nth), DSAR, *self.command.words, "--no-input"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            env={**environment(desk.home, self.command.who), "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=desk.home,
        )
        if ended.returncode == CANNOT:
            return -1, False
        assert ended.returncode == 0, ended.stderr
        calls, killed, code = (int(word) for word in report.read_text(encoding="ascii").split())
        assert killed or code in self.command.done, ended.stdout + ended.stderr
        return calls, bool(killed)

    def kill(
        self,
        times: int,
        seed: int,
        look: Callable[[Desk], None],
        finish: Callable[[Desk], None],
        prepare: Callable[[Desk], None] = lambda desk: None,
    ) -> None:
        """Kill it so often, evenly over its work: ``look`` sees what the kill left, ``finish`` types it again."""
        chance = random.Random(seed)
        shares = [(nth + chance.random()) / times for nth in range(times)]

        def once(nth: int) -> bool:
            desk = self.copy(f"killed-{nth}")
            prepare(desk)
            entries = desk.hashes()
            killed = self.killed(desk, shares[nth])
            try:
                mail = desk.mail()
                # every other time at a copy, so that the command itself meets what the kill left
                looked = self._beside(desk) if nth % 2 else desk
                assert Ledger.check_file(looked.home / "dsar.db").faults == ()
                entries = _grown(looked, entries)
                look(looked)
                finish(desk)
                _grown(desk, entries)
                checked = desk.type("audit", "check")
                assert checked.code == 0, checked.says
                now = desk.mail()
                assert {name: now[name] for name in mail if name in now} == {n: mail[n] for n in mail if n in now}
                left = leftovers(desk.home)
                assert left == [], left
            except BaseException as fault:
                fault.add_note(f"killed at share {shares[nth]:.4f} of {self.calls} calls, {desk.home}")
                raise
            for home in {desk.home, looked.home}:
                shutil.rmtree(home)
            return killed

        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                self.landed += sum(pool.map(once, range(times)))
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _beside(self, desk: Desk) -> Desk:
        return Desk(Path(shutil.copytree(desk.home, self.folder / "looked" / desk.home.name, symlinks=True)))

    def until_done(self, desk: Desk) -> None:
        """Type the command again until it ends well."""
        for _ in range(MOST_RUNS):
            ended = self.again(desk)
            if ended.code in self.command.done:
                return
        raise AssertionError(f"dsar {' '.join(self.command.words)} ended with {ended.code}: {ended.says}")


def _grown(desk: Desk, entries: list[str]) -> list[str]:
    """Nothing that stood in the chain was written again; gives the hashes that stand in it now."""
    now = desk.hashes()
    assert now[: len(entries)] == entries
    return now


def type_all(desk: Desk, *commands: Command) -> None:
    """Type commands one after the other, each of which must end as it should."""
    for command in commands:
        ended = desk.run(command.words, command.who)
        assert ended.code in command.done, f"dsar {' '.join(command.words)}: {ended.code} {ended.says}"


def facts_of(desk: Desk, case: str | None = None) -> list[str]:
    """The kinds of the facts, sorted; when they came does not matter."""
    with Ledger.open(desk.home / "dsar.db", readonly=True) as ledger:
        return sorted(entry.kind for entry in ledger.history(case))


def leftovers(home: Path) -> list[str]:
    """Half-written files and journals that nobody would ever look at again."""
    return sorted(str(path.relative_to(home)) for path in _files(home) if _left(path))


def _files(home: Path) -> Iterator[Path]:
    return (path for path in home.rglob("*") if path.is_file())


def _left(path: Path) -> bool:
    return path.suffix == ".tmp" or path.name.endswith(("-journal", "-wal", "-shm"))


class Servers:
    """A mail server on this machine for each desk that wants one; they kill nobody."""

    def __init__(self) -> None:
        self.boxes: dict[str, Postbox] = {}
        self._running: list[Controller] = []

    def serve(self, desk: Desk) -> None:
        """Let this desk send its letters through a server of its own."""
        box = self.boxes[desk.home.name] = Postbox()
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        controller = Controller(box, hostname="127.0.0.1", port=port)
        controller.start()
        self._running.append(controller)
        sends_through(desk, port)

    def stop(self) -> None:
        """Stop them all."""
        for controller in self._running:
            controller.stop()


def sends_through(desk: Desk, port: int) -> None:
    """Let a desk send its letters through this port of this machine; 0 is back to the folder."""
    settings = desk.home / "dsar.toml"
    text = settings.read_text(encoding="utf-8")
    over = f'transport = "smtp"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"' if port else _FOLDER
    new, count = re.subn(r'transport = "folder"|transport = "smtp"\n.*\n.*\nsecurity = "none"', over, text)
    assert count == 1
    settings.write_text(new, encoding="utf-8")


def copied_away(path: Path) -> Path:
    """A copy of a database with its journal, to read as any program would without touching the original."""
    folder = Path(tempfile.mkdtemp(prefix="dsar-read-"))
    for one in path.parent.glob(f"{path.name}*"):
        shutil.copy2(one, folder / one.name)
    return folder / path.name
