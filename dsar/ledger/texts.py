"""Keeps texts beside the facts: the rules and calendars that dates were computed with, and notes about the store.

What the texts say is for those who wrote them.
"""

from __future__ import annotations

from dsar.ledger import failures
from dsar.ledger.audit import names
from dsar.ledger.store import Store

_PIN = "INSERT INTO pin (kind, version, body) VALUES (?, ?, ?)"
_SET_META = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
_META_LIMIT = 64_000


class Texts:
    """The pinned texts and the notes of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def pin(self, kind: str, version: str, body: str) -> None:
        """Keep the text of a rule or calendar for ever, under the first 12 or more digits of its SHA-256."""
        about = ("pin", kind, version)
        if self._store.known(about, lambda: self._pin_body(kind, version)) == body:
            return
        if not names(version, body):
            raise ValueError(f"{kind} {version} is not named by its content")
        with self._store.writing():
            if self._store.known(about, lambda: self._pin_body(kind, version)) is None:
                self._store.add(_PIN, (kind, version, body), about=about)
                self._store.note(about, body)

    def pinned(self, kind: str, version: str) -> str:
        """The pinned text; StoreDamaged if it is gone, because dates cannot be computed without it."""
        found = self._store.known(("pin", kind, version), lambda: self._pin_body(kind, version))
        if found is None:
            raise failures.damaged()
        return found

    def _pin_body(self, kind: str, version: str) -> str | None:
        sql = "SELECT body FROM pin WHERE kind = ? AND version = ?"
        found = self._store.one(sql, (kind, version), about=("pin", kind, version))
        return str(found[0]) if found else None

    def pins(self, kind: str) -> list[tuple[str, str]]:
        """Every pinned text of a kind, with its version."""
        return [(row[0], row[1]) for row in self._store.rows("SELECT version, body FROM pin WHERE kind = ?", (kind,))]

    def meta(self, key: str) -> str | None:
        """A note about the store itself, such as its last heartbeat."""
        found = self._store.one("SELECT value FROM meta WHERE key = ?", (key,))
        return str(found[0]) if found else None

    def set_meta(self, key: str, value: str) -> None:
        """Write such a note; never personal data."""
        if len(value) > _META_LIMIT:
            raise failures.too_large("That note")
        with self._store.writing():
            self._store.execute(_SET_META, (key, value))
