"""Takes stretches out of a file, or puts others in their place, leaving every other byte as it was.

Which stretches is for the writer of each file kind. The file is replaced in one step or stays as it is.
"""

from __future__ import annotations

import glob
import hashlib
import os
import secrets
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dsar.sources.writing_checks import Unwritable

_CHUNK = 1_000_000
_ENDING = ".dsar-tmp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """The bytes from ``start`` to before ``end`` become ``new``."""

    start: int
    end: int
    new: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A file as it was when it was read."""

    inode: int
    size: int
    changed_at: int
    sha256: str


class Meanwhile(Exception):
    """The file is not what was read before; nothing was changed."""


def seen(path: Path) -> Seen:
    """What the file is now; taken before it is read, and again before it is replaced."""
    with path.open("rb") as file:
        found = os.fstat(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Seen(inode=found.st_ino, size=found.st_size, changed_at=found.st_mtime_ns, sha256=digest)


def splice(path: Path, edits: Sequence[Edit], *, was: Seen, rows: int, count: Callable[[Path], int]) -> None:
    """Make the edits, which are in order and apart; ``count`` must find ``rows`` in the result.

    Written beside, flushed to disk, counted, then renamed: after a crash there is the old file or the new
    one. The file keeps its permissions. Raises Meanwhile if the file changed since ``was``, Unwritable with a
    sentence if it cannot be written; then it is as it was.
    """
    path = path.resolve()
    _sweep(path)
    beside = path.parent / f".{path.name}.{secrets.token_hex(6)}{_ENDING}"
    try:
        try:
            with path.open("rb") as old:
                mode = os.fstat(old.fileno())
                handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
                with os.fdopen(handle, "wb") as new:
                    if _copied(old, new, edits) != was.sha256:
                        raise Meanwhile
                    _same_access(new.fileno(), mode)
                    new.flush()
                    os.fsync(new.fileno())
            if count(beside) != rows:
                raise Unwritable("The result did not hold the rows it should, so the file was left as it was")
            now = path.stat()
            if (now.st_ino, now.st_size, now.st_mtime_ns) != (was.inode, was.size, was.changed_at):
                raise Meanwhile
            os.replace(beside, path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        _flush(path.parent)
    except OSError as error:
        raise Unwritable(f"The file could not be written ({error.strerror or 'it was refused'})") from error


def _copied(old: BinaryIO, new: BinaryIO, edits: Sequence[Edit]) -> str:
    """Copy the gaps between the edits; returns the SHA-256 of all that was read."""
    digest = hashlib.sha256()
    at = 0

    def take(length: int, into: BinaryIO | None) -> None:
        while length > 0 and (piece := old.read(min(_CHUNK, length))):
            digest.update(piece)
            length -= len(piece)
            if into:
                into.write(piece)

    for edit in edits:
        take(edit.start - at, new)
        take(edit.end - edit.start, None)
        new.write(edit.new)
        at = edit.end
    while piece := old.read(_CHUNK):
        digest.update(piece)
        new.write(piece)
    return digest.hexdigest()


def _same_access(handle: int, was: os.stat_result) -> None:
    if hasattr(os, "fchown"):
        # only root may give a file away; one's own stays one's own
        with suppress(OSError):
            os.fchown(handle, was.st_uid, was.st_gid)
    if hasattr(os, "fchmod"):
        os.fchmod(handle, stat.S_IMODE(was.st_mode))


def _sweep(path: Path) -> None:
    """Remove what a killed run left beside the file: it holds the same personal data."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*{_ENDING}"):
        left.unlink(missing_ok=True)


def _flush(folder: Path) -> None:
    if os.name == "nt":
        # Windows cannot open a folder, and writes the rename through by itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
