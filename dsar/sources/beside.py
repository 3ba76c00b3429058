"""Lets another process do a part of the reading meanwhile, where the machine has a processor to spare.

What is read, and what becomes of it, is for those who hand it over.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dsar.sources.batches import Aside, Rows
from dsar.sources.interface import Problem, SourceFailed, Why

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

# Of mallopt(3): M_MMAP_THRESHOLD and M_TRIM_THRESHOLD, and so many bytes.
_NOT_APART_BELOW, _NOT_GIVEN_BACK_BELOW = -3, -1
_KEPT = 32_000_000
_BROKEN = "{0}: the process that read a part of it was ended. Nothing of it was kept: search again."


def may_work_beside() -> bool:
    """Whether a process can be split off: it shares all that is in memory, so there must be no other thread."""
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1 and threading.active_count() == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Besides(Aside):
    """What the other process made of its rows, before which so many lines came."""

    found: object
    before: int


class Beside(Aside):
    """Rows that another process reads and judges; what they come to is fetched by ``result``.

    ``problems`` are what is wrong in them, once there is a result.
    """

    def __init__(self, name: str, rows: Callable[[], tuple[Iterator[Rows], Callable[[], list[Problem]]]]) -> None:
        self.problems: list[Problem] = []
        self._name = name
        self._rows = rows
        self._process: BaseProcess | None = None
        self._answer: Connection | None = None

    def start(self, judged: Callable[[Iterator[Rows]], object]) -> None:
        """Begin; ``judged`` makes of the rows what is to come back."""
        from multiprocessing import get_context

        around = get_context("fork")
        self._answer, theirs = around.Pipe(duplex=False)
        self._process = around.Process(target=_work, args=(self._rows, judged, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def result(self) -> object:
        """Wait for what the rows came to; SourceFailed if the process did not come to its end."""
        assert self._answer
        assert self._process
        try:
            failed, found, self.problems = self._answer.recv()
        except (EOFError, OSError) as error:
            raise SourceFailed(Why.BROKEN, _BROKEN.format(self._name)) from error
        finally:
            self.drop()
        if failed:
            raise SourceFailed(Why(failed[0]), failed[1])
        return found

    def drop(self) -> None:
        """End the process, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None
        if self._answer is not None:
            self._answer.close()
            self._answer = None


def _keep_memory() -> None:
    """What is let go of stays with this process: to get a block's memory anew each time takes as long as to read it."""
    import ctypes

    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_NOT_APART_BELOW, _KEPT)
        library.mallopt(_NOT_GIVEN_BACK_BELOW, _KEPT)


def _work(
    rows: Callable[[], tuple[Iterator[Rows], Callable[[], list[Problem]]]],
    judged: Callable[[Iterator[Rows]], object],
    answer: Connection,
) -> None:
    _keep_memory()
    try:
        read, problems = rows()
        answer.send((None, judged(read), problems()))
    except SourceFailed as failed:
        answer.send(((failed.why.value, failed.message), None, []))
    finally:
        # nothing that belongs to the other process is to be ended here
        answer.close()
        os._exit(0)
