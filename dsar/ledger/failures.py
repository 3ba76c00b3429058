"""Says in sentences what SQLite and the disk complain about, and how long ago something was.

Which of them is worth trying again is told by the exit code of the error raised.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from dsar.errors import Busy, DsarError, InputWrong, PartlyDone, Refused, StoreDamaged

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_FORBIDDEN = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH})
# What the disk refuses to take, such as more than a quota allows: what was there before is whole.
_NOT_TAKEN = frozenset({sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_TRUNCATE})
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def damaged() -> StoreDamaged:
    """The store cannot be trusted any more; nothing was written to it."""
    return StoreDamaged(
        "The case store is damaged, so I stopped before making it worse; the file is untouched.",
        hint="Put the newest good backup beside it: dsar restore BACKUP, then dsar doctor",
    )


def forbidden() -> Refused:
    """The account may not write the file."""
    return Refused(
        "You may look but not change: your account may not write the case store. Nothing was changed.",
        hint="Ask whoever looks after this workspace to make you an editor: dsar staff set NAME --role editor",
    )


def unfinished() -> Refused:
    """A writer's computer stopped in the middle; the rest must be undone by an account that may write."""
    return Refused(
        "The last one to write was stopped in the middle, and your account may not undo what was begun. "
        "Nothing is lost, and nothing was changed.",
        hint="Whoever may write here: dsar doctor",
    )


def busy(writer: str = "") -> Busy:
    """Somebody else has been writing for longer than we wait; ``writer`` is a clause about who, if known."""
    return Busy(
        f"Busy: {writer or 'somebody else is writing'}. Nothing of yours is lost.",
        hint="Wait a minute and press up-arrow, Enter.",
    )


def no_room() -> PartlyDone:
    """The disk is full."""
    return PartlyDone(
        "No room left: the disk of the case store is full. What was saved before is safe, nothing is half-written.",
        hint="Free some space, then run the same command again.",
    )


def undone() -> PartlyDone:
    """The disk failed in the middle, and SQLite took the whole transaction back by itself."""
    return PartlyDone(
        "The disk failed in the middle, so nothing of this step was saved, and nothing is half-written.",
        hint="Look at the free space and at your quota, then run the same command again.",
    )


@contextmanager
def told() -> Iterator[None]:
    """Turn SQLite's errors into ours; a mistake in our own SQL stays what it is, a bug."""
    try:
        yield
    except sqlite3.Error as error:
        ours = as_ours(error)
        if ours is None:
            raise
        raise ours from error


def as_ours(error: sqlite3.Error) -> DsarError | None:
    """Our error for one of SQLite's; None for a mistake in our own SQL."""
    # The low byte is the kind, the rest says more of it: SQLITE_IOERR_WRITE is an SQLITE_IOERR.
    extended = getattr(error, "sqlite_errorcode", 0) or 0
    code = extended & 0xFF
    if extended == sqlite3.SQLITE_READONLY_ROLLBACK:
        return unfinished()
    if extended in _NOT_TAKEN:
        return undone()
    if code in _BUSY:
        return busy()
    if code in _DAMAGED or code == sqlite3.SQLITE_IOERR or _shape_is_wrong(error):
        return damaged()
    if code in _FORBIDDEN:
        return forbidden()
    if code == sqlite3.SQLITE_FULL:
        return no_room()
    if code == sqlite3.SQLITE_TOOBIG:
        return too_large("That")
    return None


def _shape_is_wrong(error: sqlite3.Error) -> bool:
    # A table that our schema has and the file has not, or text that is not text: bytes were overwritten.
    says = str(error)
    return isinstance(error, sqlite3.OperationalError) and says.startswith(("no such", "Could not decode"))


@contextmanager
def understood() -> Iterator[None]:
    """Turn a stored value that is not what was written (a date that is no date) into StoreDamaged."""
    try:
        yield
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise damaged() from error


def too_large(what: str) -> InputWrong:
    """Something is larger than the store takes."""
    return InputWrong(f"{what} is larger than the case store takes. Nothing was changed.")


def age_words(since: datetime, now: datetime) -> str:
    """How long something has lasted, in the largest whole unit: "40 seconds", "2 hours"."""
    seconds = max(0, int((now - since) / timedelta(seconds=1)))
    for unit, size in _UNITS:
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "a moment"
