"""Looks at the file of the store from outside: whether its drive is a network drive, and who may read it.

What is inside the file is the store's business.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from pathlib import Path

from dsar.errors import InputWrong, Refused
from dsar.formats.plain import shorten
from dsar.ledger import failures

MOUNTS = Path("/proc/mounts")
NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afpfs", "afs", "ceph", "glusterfs", "lustre", "ncpfs"}
    | {"ocfs2", "webdav", "davfs", "fuse.davfs", "fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone"}
)


def filesystem_of(path: Path, mounts: Path = MOUNTS) -> str:
    """The kind of file system that holds ``path`` ("ext4", "nfs4"), or "" where the machine does not tell."""
    text = str(path)
    if text.startswith(("\\\\", "//")):
        return "smb"
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    whole = path.resolve()
    best, kind = -1, ""
    for line in lines:
        words = line.split(" ")
        if len(words) < 3:
            continue
        point = Path(_unescaped(words[1]))
        # the later of two mounts at one place hides the earlier
        if whole.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), words[2]
    return kind


def _unescaped(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match.group(1), 8)), text)


def refuse_network(path: Path, mounts: Path = MOUNTS) -> None:
    """Raise Refused if the store would lie on a network drive, whose locks cannot be relied on."""
    if filesystem_of(path, mounts) in NETWORK:
        raise Refused(
            "Not opened: the store is on a network drive, where two people writing at once can damage it. "
            "Nothing was changed. Keep it on one computer that all log in to.",
            hint="How: dsar help shared",
        )


def must_be_readable(path: Path) -> None:
    """Raise InputWrong where there is no file, and Refused where this account may not read it."""
    try:
        if not path.is_file():
            raise InputWrong(
                f"There is no case store {shorten(path.name, 80)} here. Nothing was changed.",
                hint="Make a workspace: dsar init",
            )
        with path.open("rb"):
            return
    except PermissionError:
        raise Refused(
            "Your account may not read the case store. Nothing was changed.",
            hint="Ask whoever looks after this workspace to let you in: dsar staff set NAME --role reader",
        ) from None


def discard(path: Path) -> None:
    """Delete a file that was begun; where that is not possible, the next one to make it says so."""
    with contextlib.suppress(OSError):
        path.unlink()


def reserve(path: Path, mode: int) -> None:
    """Make the empty file with this mode before a byte is in it; InputWrong if something is there already."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        # An empty file is a creation that was cut short: there is nothing in it to lose.
        if path.is_file() and not path.is_symlink() and path.stat().st_size == 0:
            return path.chmod(mode)
        raise InputWrong(
            f"There is already a file {shorten(path.name, 80)}. Nothing was changed.", hint="Name another place."
        ) from None
    except PermissionError:
        raise failures.forbidden() from None
    except OSError as error:
        raise InputWrong(
            f"{shorten(path.name, 80)} could not be made ({error.strerror}). Nothing was changed."
        ) from error
    # the umask may have taken bits away that a group workspace needs
    try:
        os.fchmod(handle, mode)
    finally:
        os.close(handle)


def copy(connection: sqlite3.Connection, path: Path, mode: int) -> None:
    """Copy a whole store, as of one moment, to a new file that is there whole or empty; others go on."""
    reserve(path, mode)
    beside = path.with_name(f".{path.name}.part")
    try:
        discard(beside)
        reserve(beside, mode)
        with failures.told():
            target = sqlite3.connect(f"{beside.resolve().as_uri()}?mode=rw", uri=True)
            try:
                target.execute("PRAGMA synchronous = FULL")
                connection.backup(target)
            finally:
                target.close()
        os.replace(beside, path)
    except BaseException:
        discard(path)
        discard(beside)
        raise
