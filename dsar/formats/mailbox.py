"""Streams the raw messages of an mbox file or a Maildir folder, changing nothing in either.

Reading a message is for ``mail``; choosing among them for the sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from dsar.errors import InputWrong
from dsar.formats.files import sniff
from dsar.formats.mail import MAX_SIZE
from dsar.formats.plain import shorten

_PIECE = 1_000_000
_ENVELOPE = re.compile(rb"From \S.{0,300}\d{1,2}:\d{2}.{0,100}\d{4}|From \S+[ \t]+\S.{0,200}\d{4}")
_ESCAPED = re.compile(rb">+From ")


def mbox_messages(path: Path) -> Iterator[bytes]:
    """The messages of an mbox file one at a time, ``>From `` lines restored; memory holds one message.

    A message beyond 50 MB comes cut just above the limit, so that ``read_mail`` refuses it by name.
    Raises InputWrong if the file cannot be read or is no mailbox; an empty file has no messages.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_PIECE)
            if sniff(head) not in ("mbox", "empty"):
                raise InputWrong(f"{shorten(path.name, 80)} is not a mailbox. Nothing was read.")
            file.seek(0)
            yield from _split(file)
    except OSError as error:
        raise InputWrong(f"{shorten(path.name, 80)} could not be read ({error.strerror}).") from error


def _split(file: BinaryIO) -> Iterator[bytes]:
    message: bytearray | None = None
    at_line_start, after_blank = True, True
    while piece := file.readline(_PIECE):
        opens = at_line_start and after_blank and piece.startswith(b"From ")
        if opens and (message is None or _ENVELOPE.match(piece)):
            if message is not None:
                yield _finished(message)
            message = bytearray()
        elif message is not None and len(message) <= MAX_SIZE:
            message += piece[1:] if at_line_start and _ESCAPED.match(piece) else piece
        after_blank = at_line_start and piece in (b"\n", b"\r\n")
        at_line_start = piece.endswith(b"\n")
    if message is not None:
        yield _finished(message)


def _finished(message: bytearray) -> bytes:
    # the blank line before the next envelope belongs to the mailbox
    for ending in (b"\r\n\r\n", b"\n\n"):
        if message.endswith(ending):
            del message[-len(ending) // 2 :]
            break
    return bytes(message[: MAX_SIZE + 1])


def maildir_messages(path: Path) -> Iterator[bytes]:
    """The messages of a Maildir's ``new`` and ``cur``, in order of their names; subfolders are their own Maildirs.

    A message another program moves or flags meanwhile is read once, wherever it went; one that is
    deleted meanwhile is no longer there to be found. Raises InputWrong if the folder is no Maildir.
    """
    if not (path / "cur").is_dir() and not (path / "new").is_dir():
        raise InputWrong(f"{shorten(path.name, 80)} is not a Maildir (it has no cur and no new folder).")
    read: set[str] = set()
    for folder in ("new", "cur"):
        for name in _names(path / folder):
            key = name.partition(":")[0]
            if key in read:
                continue
            content = _content(path, folder, name)
            if content is not None:
                read.add(key)
                yield content


def _names(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    try:
        return sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise InputWrong(f"{shorten(folder.name, 80)} could not be read ({error.strerror}).") from error


def _content(path: Path, folder: str, name: str) -> bytes | None:
    place = path / folder / name
    for _ in range(3):
        try:
            if place.exists() and not place.is_file():
                return None
            with place.open("rb") as file:
                return file.read(MAX_SIZE + 1)
        except FileNotFoundError:
            key = name.partition(":")[0]
            now = [other for other in _names(path / "cur") if other.partition(":")[0] == key]
            if not now:
                return None
            place = path / "cur" / now[0]
        except OSError as error:
            raise InputWrong(f"{shorten(place.name, 80)} could not be read ({error.strerror}).") from error
    return None
