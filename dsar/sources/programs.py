"""Runs a program within bounds of time and output, and gives its lines as they come; it leaves nothing running.

What the lines mean, and what its exit code, is for the kind of source.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from dsar.formats.rows import MAX_LINE
from dsar.sources.interface import Why

# Of our own environment: what finds programs, languages and folders, and on Windows what any program needs.
_KEPT = (
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "SYSTEMROOT", "COMSPEC", "PATHEXT",
    "TEMP", "TMP", "USERPROFILE",
)  # fmt: skip
PATH = os.environ.get("PATH", os.defpath)
_CHUNK = 65_536
_AHEAD = 16
_GRACE = 10.0


class Ended(Exception):
    """The program was stopped, or could not be started: ``why`` in one word, ``says`` in the middle of a sentence."""

    def __init__(self, why: Why, says: str) -> None:
        super().__init__(says)
        self.why = why
        self.says = says


class Program:
    """One run of a program; ``code`` is what it ended with, known when its lines are used up."""

    def __init__(
        self, words: Sequence[str], environment: Mapping[str, str], *, folder: Path, seconds: float, limit: int
    ) -> None:
        self.code = 0
        self._words = list(words)
        own = {name: os.environ[name] for name in _KEPT if name in os.environ}
        self._environment = {**own, **environment}
        self._folder = folder
        self._seconds = seconds
        self._limit = limit

    def lines(self, told: bytes) -> Iterator[bytes]:
        """The lines of its output, without line ends and empty ones, while ``told`` goes to its input.

        Raises Ended when it takes too long, says too much, or cannot be started. However it ends, the program and
        what it started is gone afterwards.
        """
        end = time.monotonic() + self._seconds
        running = self._start()
        try:
            pieces: queue.Queue[bytes | None] = queue.Queue(_AHEAD)
            gone = threading.Event()
            threading.Thread(target=_tell, args=(running.stdin, told), daemon=True).start()
            threading.Thread(target=_listen, args=(running.stdout, pieces, gone), daemon=True).start()
            try:
                yield from self._split(self._pieces(pieces, end))
                self.code = self._waited(running, end)
            finally:
                gone.set()
        finally:
            _stop(running)

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self._words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=self._folder,
                env=self._environment,
                start_new_session=True,
            )
        except PermissionError:
            raise Ended(Why.REFUSED, "the file may not be run (is it executable?)") from None
        except (OSError, ValueError) as error:
            raise Ended(Why.BROKEN, f"it cannot be started ({type(error).__name__})") from None

    def _late(self) -> Ended:
        return Ended(Why.TIMEOUT, f"it was stopped, since it did not end within {self._seconds:g} s")

    def _pieces(self, pieces: queue.Queue[bytes | None], end: float) -> Iterator[bytes]:
        size = 0
        while True:
            try:
                piece = pieces.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise self._late() from None
            if piece is None:
                return
            size += len(piece)
            if size > self._limit:
                raise Ended(Why.BROKEN, f"it was stopped, since it answered with more than {self._limit:,} bytes")
            yield piece

    def _split(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        rest: list[bytes] = []
        held = 0
        for piece in pieces:
            *whole, last = piece.split(b"\n")
            for line in whole:
                joined = b"".join([*rest, line])
                rest, held = [], 0
                if joined.strip():
                    yield joined
            rest.append(last)
            held += len(last)
            if held > MAX_LINE:
                raise Ended(Why.BROKEN, "it was stopped, since a line of its answer has no end")
        if (joined := b"".join(rest)).strip():
            yield joined

    def _waited(self, running: subprocess.Popen[bytes], end: float) -> int:
        try:
            return running.wait(timeout=max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise self._late() from None


def _tell(stdin: IO[bytes] | None, told: bytes) -> None:
    # a program may end, or close its input, without reading it
    if stdin:
        with suppress(OSError, ValueError):
            stdin.write(told)
        with suppress(OSError, ValueError):
            stdin.close()


def _listen(stdout: IO[bytes] | None, pieces: queue.Queue[bytes | None], gone: threading.Event) -> None:
    """Passes on what the program says until it says no more, or nobody listens; closes what it heard it by.

    A process that left the group can keep the pipe open: then this thread, and nobody else, waits for it.
    """
    piece: bytes | None = b" "
    while piece and stdout and not gone.is_set():
        try:
            piece = os.read(stdout.fileno(), _CHUNK)
        except OSError:
            piece = b""
        waiting = True
        while waiting and not gone.is_set():
            with suppress(queue.Full):
                pieces.put(piece or None, timeout=0.2)
                waiting = False
    if stdout:
        stdout.close()


def _stop(running: subprocess.Popen[bytes]) -> None:
    """End the program with everything in its group."""
    if hasattr(os, "killpg"):
        # even after its own end: what it left running must not go on in its name
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(running.pid, signal.SIGKILL)
    else:
        running.kill()
    with suppress(subprocess.TimeoutExpired):
        running.wait(timeout=_GRACE)
