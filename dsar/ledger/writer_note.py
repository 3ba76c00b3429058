"""A small file beside the store that tells a colleague who is writing, and what, while they wait.

The lock itself is SQLite's; a note without a lock means nothing and is never believed.
"""

from __future__ import annotations

import contextlib
import json
import os
from datetime import datetime
from pathlib import Path

from dsar.case.stamp import Stamp
from dsar.formats.plain import shorten
from dsar.ledger.failures import age_words

_LARGEST = 2_000


class WriterNote:
    """The note of one store; nothing here ever fails a command, because it is only a courtesy."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._path = store.with_name(f"{store.name}-writer")

    def put(self, by: Stamp | None, what: str) -> None:
        """Say that ``by`` is writing; without a stamp, take away what another writer may have left."""
        if by is None:
            return self.remove()
        text = json.dumps({"actor": by.actor, "what": what, "since": by.recorded_at.isoformat()})
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
            mode = self._store.stat().st_mode & 0o777
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(handle, "wb") as file:
                # the umask may have taken bits away that a group workspace needs
                os.fchmod(file.fileno(), mode)
                file.write(text.encode("ascii"))

    def remove(self) -> None:
        """Take the note away."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    def clause(self, now: datetime | None) -> str:
        """Who is writing, as `marta's "apply 43" has been writing for 12 seconds`; "" if nobody says."""
        try:
            with self._path.open("rb") as file:
                said = json.loads(file.read(_LARGEST))
            actor, what = shorten(str(said["actor"]), 40), shorten(str(said["what"]), 60)
            since = datetime.fromisoformat(said["since"])
            lasted = f"has been writing for {age_words(since, now)}" if now else "is writing"
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return ""
        return f'{actor}\'s "{what}" {lasted}' if what else f"{actor} {lasted}"
