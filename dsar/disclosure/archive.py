"""Writes a zip in one step, privately, whose bytes depend on its content alone.

What goes into it is for the package; the fixed day, order and settings are what makes two of them equal.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

from dsar.errors import InputWrong, PartlyDone, Refused
from dsar.formats.files import beside

_LEVEL = 9
_LARGEST = 2_000_000_000
_UNIX = 3
_FIRST_YEAR = 1980


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of the archive as written; ``rows`` and ``source`` where it holds a table."""

    path: str
    bytes: int
    sha256: str
    rows: int | None = None
    source: str = ""


class Archive:
    """An open zip: ``text`` writes one file after another, ``entries`` tells what is in it so far."""

    def __init__(self, file: IO[bytes], made_on: date) -> None:
        self._zip = zipfile.ZipFile(file, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        self._day = (max(made_on.year, _FIRST_YEAR), made_on.month, made_on.day, 0, 0, 0)
        self._total = 0
        self.entries: list[Entry] = []

    @contextmanager
    def text(self, path: str, *, source: str = "") -> Iterator[TableText]:
        """A UTF-8 text file to write into, piece by piece; set ``rows`` on it where it is a table."""
        info = zipfile.ZipInfo(path, date_time=self._day)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system = _UNIX
        info.external_attr = 0o100600 << 16
        with self._zip.open(info, "w") as inside:
            hashing = _Hashing(inside, _LARGEST - self._total)
            text = TableText(hashing, encoding="utf-8", newline="")
            yield text
            text.flush()
            text.detach()
        self._total += hashing.size
        self.entries.append(
            Entry(path=path, bytes=hashing.size, sha256=hashing.digest.hexdigest(), rows=text.rows, source=source)
        )

    def close(self) -> None:
        """Write the directory at the end of the zip."""
        self._zip.close()


class TableText(io.TextIOWrapper):
    """A text file of the archive, with the number of rows in it if it is a table."""

    rows: int | None = None


class _Hashing(io.BufferedIOBase):
    """Counts and hashes what passes through it."""

    def __init__(self, inside: IO[bytes], room: int) -> None:
        self._inside = inside
        self._room = room
        self.name = ""
        self.size = 0
        self.digest = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        piece = bytes(data)
        self.size += len(piece)
        if self.size > self._room:
            raise Refused("The package would be larger than 2 GB. It was not made; nothing was changed.")
        self.digest.update(piece)
        self._inside.write(piece)
        return len(piece)


@contextmanager
def archive_at(path: Path, made_on: date) -> Iterator[Archive]:
    """An archive that is at ``path`` only once all of it is written and on the disk.

    Raises PartlyDone when the disk is full and InputWrong when the place cannot be written.
    """
    try:
        with beside(path) as file:
            archive = Archive(file, made_on)
            try:
                yield archive
            finally:
                archive.close()
    except OSError as error:
        kind = PartlyDone if error.errno in (28, 122) else InputWrong
        raise kind(
            f"The package could not be written ({error.strerror}). What was there before is unchanged.",
            hint="Make room or choose another place, then run: dsar package build CASE",
        ) from error
