"""Keeps what was read of a record set while a search asks it round after round, so that it is read once.

It lies in a file without a name in the workspace; where there is no room for it, the source is read again.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol, runtime_checkable

from dsar.sources.interface import Source

Placed = tuple[str, Mapping[str, str]]


@runtime_checkable
class Remembers(Protocol):
    """Offered by a source that takes long to read and is always read whole."""

    def remembering(self) -> AbstractContextManager[None]:
        """While this is open nothing is read a second time; what the source holds later is not seen."""
        ...


@contextmanager
def remembering(sources: Collection[Source]) -> Iterator[None]:
    """While this is open none of these sources that can remember is read a second time."""
    with ExitStack() as stack:
        for source in {id(source): source for source in sources}.values():
            if isinstance(source, Remembers):
                stack.enter_context(source.remembering())
        yield


class ReadOnce:
    """What was read to its end, by the name of its record set: rows as text, each with its place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[str, IO[bytes]] = {}
        self._files: list[IO[bytes]] = []

    def close(self) -> None:
        """Forget all of it."""
        self._kept.clear()
        while self._files:
            # what did not fit is not missed
            with suppress(OSError):
                self._files.pop().close()

    def rows(self, name: str, read: Iterable[Placed]) -> Iterator[Placed]:
        """The rows that ``read`` gives the first time; from then on the same ones, without it."""
        kept = self._kept.get(name)
        if kept is None:
            yield from self._first(name, read)
            return
        kept.seek(0)
        for line in kept:
            place, values = json.loads(line)
            yield place, values

    def _first(self, name: str, read: Iterable[Placed]) -> Iterator[Placed]:
        file = self._new()
        for row in read:
            if file and not _took(file, json.dumps(row).encode("ascii") + b"\n"):
                file = None
            yield row
        if file and _took(file):
            self._kept[name] = file

    def _new(self) -> IO[bytes] | None:
        try:
            self._files.append(tempfile.TemporaryFile(dir=self._folder, prefix="dsar-"))  # noqa: SIM115 - closed with the others
        except OSError:
            # the workspace may only be read
            return None
        return self._files[-1]


class KeepsWhatItRead:
    """What a source that is always read whole adds to itself so that it ``Remembers``."""

    _home: Path
    _once: ReadOnce | None = None

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """While this is open each record set is read once, however often it is asked for."""
        with closing(ReadOnce(self._home)) as self._once:
            try:
                yield
            finally:
                self._once = None

    def _kept(self, name: str, read: Iterable[Placed]) -> Iterable[Placed]:
        """The rows of a record set as they are read, or as they were."""
        return self._once.rows(name, read) if self._once else read


def _took(file: IO[bytes], line: bytes = b"") -> bool:
    """Whether there was room for a line, or without one for all before."""
    try:
        file.write(line)
        if not line:
            file.flush()
    except OSError:
        return False
    return True
