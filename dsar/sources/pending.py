"""Waits for a server's first rows in a thread, so that what they need can be made ready meanwhile.

What that is, is for those who get them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Generic, TypeVar

from dsar.sources.batches import Aside

Read = TypeVar("Read")
# So long it may take until a thread that was started runs.
_SECONDS = 0.5


class Pending(Aside, Generic[Read]):
    """Rows that were asked for: ``arrived`` tells whether the first of them, or that there are none, is known."""

    def __init__(self, rows: Iterator[Read]) -> None:
        self._rows = rows
        self._first: list[Read] = []
        self._error: BaseException | None = None
        # a thread that is joined when a signal comes would call itself ended
        self._known = Event()
        self._thread = Thread(target=self._fetch, daemon=True)

    def start(self) -> None:
        """Ask for them."""
        self._thread.start()

    def arrived(self) -> bool:
        """Whether there is nothing to wait for any more."""
        return self._known.is_set()

    def rows(self) -> Iterator[Read]:
        """All of them; whatever went wrong with the first is raised here."""
        self.wait()
        if self._error:
            # kept, it would keep the frames behind it, and with them a connection
            error, self._error = self._error, None
            raise error
        yield from self._first
        yield from self._rows

    def wait(self) -> None:
        """Until they arrived, if they were asked for."""
        while not self._known.wait(_SECONDS) and self._thread.ident is not None:
            pass

    def _fetch(self) -> None:
        try:
            for first in self._rows:
                self._first.append(first)
                break
        except BaseException as error:
            # it belongs to whoever asks for the rows
            self._error = error
        finally:
            self._known.set()


@contextmanager
def pending(rows: Generator[Read, None, None], cancel: Callable[[], object]) -> Iterator[Pending[Read]]:
    """Ask for rows; where nobody wants any, or more of them, the server has stopped in the end."""
    asked = Pending(rows)
    try:
        # what interrupts this may come when the thread runs already
        asked.start()
        yield asked
    finally:
        if not asked.arrived():
            # where the server is gone the wait has an end too
            with suppress(Exception):
                cancel()
            asked.wait()
        rows.close()
