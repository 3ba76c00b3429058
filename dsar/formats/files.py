"""Writes files whole or not at all, privately, and reads them within limits.

What stands in them is for others; where they belong is for the workspace.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO, NoReturn

from dsar.errors import InputWrong, PartlyDone
from dsar.formats.plain import printable, shorten
from dsar.formats.sniffing import kind_words as kind_words
from dsar.formats.sniffing import sniff as sniff

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_NAME_LENGTH = 100
_ENDING_LENGTH = 16
_WINDOWS_NAMES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)")
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"})
# Flags that only some systems have: opening a pipe nobody writes to would wait for ever on Unix, and
# Windows would translate line ends.
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)
_BINARY = getattr(os, "O_BINARY", 0)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


_SHARED = stat.S_ISGID | stat.S_IRWXG


def shared(folder: Path) -> bool:
    """Whether a folder belongs to a group whose members all write there (setgid, as ``init --group`` makes it)."""
    mode = folder.stat().st_mode
    return mode & _SHARED == _SHARED and not mode & stat.S_IRWXO


def file_mode(folder: Path) -> int:
    """The mode of a new file in this folder: the owner's alone, or the group's where the folder is the group's."""
    return 0o660 if shared(folder) else 0o600


@contextmanager
def beside(path: Path, mode: int | None = None) -> Iterator[BinaryIO]:
    """A file to write into that takes the place of ``path`` at the end, whole; given up, it leaves nothing.

    It stays locked while its writer lives, so that what a killed one left can be told and is removed first.
    """
    folder = path.parent
    _remove_unfinished(folder)
    mode = file_mode(folder) if mode is None else mode
    unfinished, handle = _open_unfinished(folder, mode)
    try:
        with os.fdopen(handle, "w+b") as file:
            # the umask may have taken bits away that a group workspace needs
            if hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), mode)
            yield file
            file.flush()
            os.fsync(file.fileno())
            if fcntl is not None:
                # while it is still locked
                os.replace(unfinished, path)
        if fcntl is None:
            os.replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    _flush_folder(folder)


def _open_unfinished(folder: Path, mode: int) -> tuple[Path, int]:
    while True:
        unfinished = folder / f".{secrets.token_hex(8)}.tmp"
        handle = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, mode)
        if fcntl is None:
            return unfinished, handle
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return unfinished, handle
        # somebody tidied up between the two lines
        os.close(handle)


def _remove_unfinished(folder: Path) -> None:
    """Remove what killed writers left here; where files cannot be locked, it cannot be told and stays."""
    if fcntl is None:
        return
    for left in folder.glob(".????????????????.tmp"):
        with suppress(OSError):
            handle = os.open(left, os.O_RDWR)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left.unlink()
            finally:
                os.close(handle)


def write_atomic(path: Path, data: bytes | str, *, mode: int | None = None) -> str:
    """Put ``data`` at ``path`` in one step and return its SHA-256 in hex.

    Text is written as UTF-8. Written beside, flushed to disk, then renamed: after a crash there is the
    old file or the new one, never half of one. The mode holds from the first byte on.
    Raises PartlyDone when the disk is full and InputWrong when the place cannot be written.
    """
    content = data.encode("utf-8") if isinstance(data, str) else data
    try:
        with beside(path, mode) as file:
            file.write(content)
    except OSError as error:
        _tell_write(error, path)
    return hashlib.sha256(content).hexdigest()


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":
        # Windows cannot open a folder, and writes the rename through by itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _tell_write(error: OSError, path: Path) -> NoReturn:
    name = shorten(path.name, 80)
    if error.errno in _NO_ROOM:
        raise PartlyDone(
            f"No room left on the disk for {name}. What was there before is unchanged, nothing is half-written.",
            hint="Free some space, then run the same command again.",
        ) from error
    raise InputWrong(f"{name} could not be written ({error.strerror}). What was there before is unchanged.") from error


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file in hex, read in pieces."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        _tell_read(error, path)


def read_limited(path: Path, limit: int) -> bytes:
    """The bytes of an ordinary file of at most ``limit`` bytes; InputWrong for anything else.

    A pipe, device or folder is refused instead of waited for.
    """
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | _NO_WAIT | _BINARY), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise InputWrong(f"{shorten(path.name, 80)} is not an ordinary file. Nothing was read.")
            content = file.read(limit + 1)
    except (OSError, ValueError) as error:
        _tell_read(error, path)
    if len(content) > limit:
        raise InputWrong(f"{shorten(path.name, 80)} is larger than {size_words(limit)}. Nothing was read.")
    return content


def _tell_read(error: OSError | ValueError, path: Path) -> NoReturn:
    why = error.strerror if isinstance(error, OSError) else "not a file name"
    raise InputWrong(f"{shorten(path.name, 80)} could not be read ({why}). Nothing was changed.") from error


def size_words(size: int) -> str:
    """A number of bytes as people say it: ``50 MB``, ``12 kB``, ``7 bytes``."""
    for unit, factor in (("MB", 1_000_000), ("kB", 1_000)):
        if size >= factor:
            return f"{size / factor:.3g} {unit}"
    return f"{size} bytes"


def contained(folder: Path, name: str) -> Path:
    """The path of ``name`` inside ``folder``, which need not exist yet; InputWrong if it would lie outside.

    Refused are absolute names, drive letters, ``..``, NUL, and links that lead out of the folder.
    """
    parts = PurePosixPath(name).parts
    wrong = (
        not parts
        or printable(name) != name
        or ".." in parts
        or ".." in PureWindowsPath(name).parts
        or PurePosixPath(name).is_absolute()
        or bool(PureWindowsPath(name).anchor)
    )
    root = folder.resolve()
    if not wrong:
        try:
            path = (root / name).resolve()
        except (OSError, RuntimeError):
            wrong = True
        else:
            wrong = path == root or not path.is_relative_to(root)
    if wrong:
        raise InputWrong(f'"{shorten(name, 60)}" does not lie inside the folder it belongs to. Nothing was touched.')
    return path


def safe_name(text: str) -> str:
    """A file name of plain ASCII made from any text: no folders, no hidden files, at most 100 characters."""
    base = re.split(r"[/\\]", printable(text))[-1].translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", base).encode("ascii", "ignore").decode("ascii")
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", plain)
    plain = re.sub(r"\.{2,}", ".", re.sub(r"-*\.-*", ".", re.sub(r"-{2,}", "-", plain)))
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > _ENDING_LENGTH:
        stem, dot, ending = plain, "", ""
    stem = stem.strip("-.") or "file"
    if _WINDOWS_NAMES.match(stem):
        stem = f"file-{stem}"
    ending = ending.strip("-.")
    dot = dot if ending else ""
    return stem[: _NAME_LENGTH - len(dot + ending)].rstrip("-.") + dot + ending


def private_folder(path: Path, mode: int | None = None) -> Path:
    """Make the folder (and those above it) or tighten it to ``mode``; InputWrong if a link or file is in the way.

    Without ``mode`` it is the owner's alone, or the group's where the folder above is the group's.
    """
    try:
        if mode is None:
            above = next(folder for folder in path.parents if folder.exists())
            mode = 0o2770 if shared(above) else 0o700
        if path.is_symlink():
            raise InputWrong(f"{shorten(path.name, 80)} is a link, not a folder of its own. Nothing was changed.")
        for above in reversed([folder for folder in path.parents if not folder.exists()]):
            above.mkdir(mode=mode, exist_ok=True)
        path.mkdir(mode=mode, exist_ok=True)
        if stat.S_IMODE(path.stat().st_mode) != mode:
            path.chmod(mode)
    except OSError as error:
        _tell_write(error, path)
    return path
