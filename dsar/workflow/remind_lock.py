"""One run at a time: a lock of the operating system on a file, which dies with the process that holds it.

A lock that is held is told as Busy; nothing ever waits for it, because the next hour comes anyway.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dsar.errors import Busy, InputWrong


@contextmanager
def only_run(path: Path, what: str) -> Iterator[None]:
    """Hold this file's lock meanwhile; Busy, in one line, where another run of ``what`` holds it."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise InputWrong(
            f"Not done: {path.name} could not be opened ({error.strerror}). Nothing was sent.", hint="dsar doctor"
        ) from error
    try:
        if not _locked(handle):
            raise Busy(f"Another {what} is running here and does the work. This one did nothing.")
        # The lock goes with the handle, also when the process is killed; the file itself means nothing.
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
