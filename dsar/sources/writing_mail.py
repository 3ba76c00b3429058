"""Deletes whole messages from an mbox file or a Maildir; a message is never edited.

Finding messages is ``mailbox``; the replacement of a file is ``writing_splice``.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path

from dsar.case.changes import Action, Result, Step
from dsar.errors import InputWrong
from dsar.formats.mail import MAX_SIZE, read_mail
from dsar.formats.mailbox import mbox_messages
from dsar.sources.files import files_of
from dsar.sources.interface import SourceSettings
from dsar.sources.writing_checks import FILE_MOVED, MOVED, Done, Unwritable, best
from dsar.sources.writing_splice import Edit, Meanwhile, seen, splice

NOT_EDITED = "Mail is not edited: a message is deleted whole or stays."
_UNSURE = "The mailbox changes while it is read, or cannot be taken apart for certain"
_ESCAPED = re.compile(rb">+From ")


class MailWriter:
    """Writes a mailbox: an mbox file is replaced in one step, a message of a Maildir is its own file."""

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self.why: dict[str, str] = {}
        self._settings = settings
        self._home = home

    def apply(self, steps: Sequence[Step], *, done: Done) -> None:
        """Delete messages by the check figure the plan saw; any other change is refused."""
        deletions = []
        for step in steps:
            if step.action is Action.DELETE:
                deletions.append(step)
            elif step.action is Action.KEEP:
                done(step, Result.KEPT)
            else:
                self.why[step.id] = NOT_EDITED
                done(step, Result.FAILED)
        for place in dict.fromkeys(step.place for step in deletions):
            self._place([step for step in deletions if step.place == place], place, done)

    def _place(self, steps: Sequence[Step], place: str, done: Done) -> None:
        met: dict[str, list[Result]] = {step.id: [] for step in steps}
        blind = ""
        for path in files_of(self._home, place or self._settings.path, self._settings.name):
            try:
                (_from_folder if path.is_dir() else _from_file)(path, steps, met)
            except Meanwhile:
                blind = FILE_MOVED
            except (Unwritable, InputWrong, OSError) as error:
                blind = f"{error if isinstance(error, Unwritable) else 'The mailbox could not be read or written'}."
        for step in steps:
            result = best(met[step.id])
            if blind and result is not Result.DONE:
                # a message that might stand in a box that could not be read must not be called gone
                result = Result.MOVED if blind == FILE_MOVED else Result.FAILED
                self.why[step.id] = blind
            elif result is Result.MOVED:
                self.why[step.id] = MOVED
            done(step, result)


def _judged(raw: bytes, steps: Sequence[Step]) -> list[tuple[Step, Result]]:
    """The steps a message concerns: DONE where it is the one the plan saw, MOVED where only its number is."""
    digest = hashlib.sha256(raw).hexdigest()
    found = [(step, Result.DONE) for step in steps if step.before.get("sha256") == digest]
    if found:
        return found
    named = [step for step in steps if (number := step.key.get("message_id", "")) and number.encode() in raw]
    if named:
        number = read_mail(raw, name="Message").message_id
        return [(step, Result.MOVED) for step in named if step.key["message_id"] == number]
    return []


def _from_file(path: Path, steps: Sequence[Step], met: dict[str, list[Result]]) -> None:
    was = seen(path)
    edits: list[Edit] = []
    found: list[tuple[Step, Result]] = []
    messages = 0
    with closing(_stretches(path)) as stretches:
        for start, end, raw in stretches:
            messages += 1
            judged = _judged(raw, steps)
            found += judged
            if any(result is Result.DONE for _, result in judged):
                edits.append(Edit(start=start, end=end))
    if edits:
        splice(path, edits, was=was, rows=messages - len(edits), count=lambda one: sum(1 for _ in mbox_messages(one)))
    for step, result in found:
        met[step.id].append(result)


def _stretches(path: Path) -> Generator[tuple[int, int, bytes], None, None]:
    """Each message with where it stands, its envelope and the blank line behind it included."""
    with path.open("rb") as file:
        line = file.readline()
        while line and not line.startswith(b"From "):
            line = file.readline()
        for raw in mbox_messages(path):
            start = file.tell() - len(line)
            if not line.startswith(b"From ") or len(raw) > MAX_SIZE:
                raise Unwritable(_UNSURE)
            content = bytearray()
            while len(content) < len(raw) and (line := file.readline()):
                content += line[1:] if _ESCAPED.match(line) else line
            if content != raw:
                raise Unwritable(_UNSURE)
            line = file.readline()
            end = file.tell() - len(line)
            if line in (b"\n", b"\r\n"):
                end = file.tell()
                line = file.readline()
            yield start, end, raw
        if line:
            raise Unwritable(_UNSURE)


def _from_folder(path: Path, steps: Sequence[Step], met: dict[str, list[Result]]) -> None:
    for folder in sorted(one for name in ("cur", "new") for one in path.glob(f"**/{name}") if one.is_dir()):
        gone = False
        for file in sorted(folder.iterdir()):
            if file.name.startswith(".") or not file.is_file():
                continue
            with file.open("rb") as opened:
                raw = opened.read(MAX_SIZE + 1)
            for step, result in _judged(raw, steps):
                if result is Result.DONE:
                    file.unlink(missing_ok=True)
                    gone = True
                met[step.id].append(result)
        if gone and os.name != "nt":
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
