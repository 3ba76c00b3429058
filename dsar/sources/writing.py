"""Carries out the steps of a plan in a source: what every writer promises, and which kind has one.

How each kind writes is in the ``writing_*`` modules; choosing, approving and journalling steps is for others.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from dsar.case.changes import Action, Result, Step
from dsar.errors import Refused
from dsar.formats.plain import printable, shorten
from dsar.sources.files import files_of
from dsar.sources.imap import on_server
from dsar.sources.interface import SourceFailed, SourceSettings, located
from dsar.sources.settings import MAILBOX, PERSON, SQL
from dsar.sources.writing_checks import Done as Done
from dsar.sources.writing_database import DatabaseWriter
from dsar.sources.writing_files import FileWriter
from dsar.sources.writing_mail import MailWriter
from dsar.sources.writing_sqlite import SqliteWriter


class Writer(Protocol):
    """Changes records exactly as the steps say, or leaves them untouched and says why."""

    why: dict[str, str]
    """Why a step MOVED or FAILED, by step id, in sentences without personal data; known before it is reported."""

    def apply(self, steps: Sequence[Step], *, done: Done) -> None:
        """Carry out steps of this source, telling each result once it is safe on disk.

        A record that is no longer there, or already as the step leaves it, is ALREADY; one that differs from
        what the plan saw is MOVED and untouched. Running again after a crash at any point goes on. Raises
        SourceFailed when the source cannot be opened; results told before that stand.
        """
        ...


class PersonWriter:
    """Stands for a source that only a colleague can change: every step is theirs to do."""

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self.why: dict[str, str] = {}
        self._who = settings.options.get("ask", settings.owner)

    def apply(self, steps: Sequence[Step], *, done: Done) -> None:
        """Nothing is written; the workflow asks the colleague."""
        for step in steps:
            if step.action is Action.KEEP:
                done(step, Result.KEPT)
            else:
                self.why[step.id] = f"A colleague must do it: {self._who}."
                done(step, Result.FAILED)


_WRITERS: dict[str, Callable[[SourceSettings, Path], Writer]] = {
    "sqlite": SqliteWriter, SQL: DatabaseWriter, "csv": FileWriter, "jsonl": FileWriter, MAILBOX: MailWriter,
    PERSON: PersonWriter,
}  # fmt: skip
_EDITS = ("sqlite", SQL, "csv", "jsonl", PERSON)


def edits(settings: SourceSettings) -> bool:
    """Whether single fields of its records can be changed; elsewhere, as in mail, a record goes whole or stays."""
    return settings.kind in _EDITS


def writer(settings: SourceSettings, home: Path) -> Writer:
    """The writer of a source in the workspace ``home``; nothing is opened for writing yet.

    Raises Refused where the source is set ``read_only``, may not be written, or is of a kind that nothing
    here can write.
    """
    name = settings.name
    made = _WRITERS.get(settings.kind)
    if made is None or (settings.kind == MAILBOX and on_server(settings.path, settings.options)):
        kind = shorten(printable(settings.kind), 60) if made is None else "mailbox on a server"
        raise Refused(
            f'The source {name} is of the kind "{kind}", in which dsar can search and not write. Nothing was changed.',
            hint=f"Ask its owner to do it by hand: {settings.owner}",
        )
    if settings.options.get("read_only", "").casefold() == "true":
        raise Refused(
            f"The source {name} is set read-only, so nothing may be changed in it. Nothing was changed.",
            hint=f"Ask its owner to do it by hand ({settings.owner}), or take read_only out of sources/{name}.toml.",
        )
    for path in _paths(settings, home):
        if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
            shown = shorten(printable(path.name), 80)
            raise Refused(
                f"The source {name} may not be written: the permissions of {shown}, or of its folder, forbid it. "
                "Nothing was changed.",
                hint=f"Ask its owner for permission: {settings.owner}",
            )
    return made(settings, home)


def _paths(settings: SourceSettings, home: Path) -> Iterator[Path]:
    """The files that would be written, as far as they are there."""
    if settings.kind in (PERSON, SQL):
        return
    if settings.kind == "sqlite":
        yield from (path for path in (located(home, settings.path),) if path.exists())
        return
    for place in dict.fromkeys(one.place or settings.path for one in settings.record_sets):
        try:
            yield from files_of(home, place, settings.name)
        except SourceFailed:
            # a file that is missing is told when the steps are carried out
            continue
