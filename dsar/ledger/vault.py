"""Keeps what is personal under ids that say nothing, with each case's own random key, and forgets it for good.

Facts name vault items; who may read them is the file's mode and the workflow's business.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dsar.errors import InputWrong, Refused
from dsar.ledger import failures
from dsar.ledger.instants import instant_text
from dsar.ledger.store import Store

VALUE_LIMIT = 100_000_000
STORE_KEY = "store"
_KEY_BYTES = 32
_SMALL = 64_000
_INSERT = "INSERT INTO vault (item, case_number, kind, value, at) VALUES (?, ?, ?, ?, ?)"
_INSERT_KEY = "INSERT INTO vault_key (owner, key) VALUES (?, ?)"
_SELECT = "SELECT item, case_number, kind, value, at FROM vault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One vault row; ``value`` is text as UTF-8, or the bytes of a file."""

    item: str
    case: str
    kind: str
    value: bytes
    at: datetime

    @property
    def text(self) -> str:
        """The value as text; bytes that are none become U+FFFD."""
        return self.value.decode("utf-8", "replace")


class Vault:
    """The personal side of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, case: str, kind: str, value: str | bytes, *, at: datetime) -> str:
        """Put a value away and return its item id."""
        content = value.encode("utf-8", "replace") if isinstance(value, str) else value
        if len(content) > VALUE_LIMIT:
            raise failures.too_large("That file")
        item = f"V-{os.urandom(12).hex()}"
        row = (item, case, kind, content, instant_text(at))
        if len(content) < _SMALL:
            self._store.put(_INSERT, row)
        else:
            with self._store.writing():
                # many of these would fill the memory while they wait
                self._store.execute(_INSERT, row)
        return item

    def kept(self, case: str, kind: str | None = None) -> list[Kept]:
        """What is kept for a case, of one kind or of all, oldest first."""
        if kind is None:
            found = self._store.rows(f"{_SELECT} WHERE case_number = ? ORDER BY rowid", (case,))
        else:
            found = self._store.rows(f"{_SELECT} WHERE case_number = ? AND kind = ? ORDER BY rowid", (case, kind))
        return [_read(row) for row in found]

    def item(self, item: str) -> Kept:
        """One vault row; InputWrong if it was forgotten or never was."""
        found = self._store.one(f"{_SELECT} WHERE item = ?", (item,))
        if found is None:
            raise InputWrong("That paper is not in the file any more; it was purged or destroyed. Nothing was changed.")
        return _read(found)

    def forget(self, item: str) -> None:
        """Delete one vault row; one that is gone already stays gone."""
        with self._store.writing():
            self._store.execute("DELETE FROM vault WHERE item = ?", (item,))

    def attach(self, case: str, letter: str, item: str) -> None:
        """Say which vault row of this case is the letter with this key."""
        if self.item(item).case != case:
            raise InputWrong("That letter belongs to another case. Nothing was changed.")
        with self._store.writing():
            self._store.execute(
                "INSERT OR REPLACE INTO letter_item (case_number, key, item) VALUES (?, ?, ?)", (case, letter, item)
            )

    def digest(self, owner: str, value: str | bytes) -> str:
        """HMAC-SHA256 in hex with the owner's random key, made at first use; Refused once it was destroyed."""
        content = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        return hmac.digest(self._key(owner), content, "sha256").hex()

    def _key(self, owner: str) -> bytes:
        about = ("vault_key", owner)
        found = self._store.known(about, lambda: self._key_row(owner))
        if found is None:
            with self._store.writing():
                # A colleague may have made it since we looked.
                found = self._store.known(about, lambda: self._key_row(owner))
                if found is None:
                    found = (os.urandom(_KEY_BYTES),)
                    self._store.add(_INSERT_KEY, (owner, found[0]), about=about)
                    self._store.note(about, found)
        if found[0] is None:
            raise Refused(
                f"The personal data of {owner} was purged, and its key with it. Nothing was changed.",
                hint=f"What remains: dsar audit log {owner}",
            )
        return bytes(found[0])

    def _key_row(self, owner: str) -> Any:
        return self._store.one("SELECT key FROM vault_key WHERE owner = ?", (owner,), about=("vault_key", owner))

    def purge(self, case: str) -> None:
        """Delete everything personal of a case and destroy its key; the tombstone keeps a new one from being made."""
        with self._store.writing():
            for sql in (
                "DELETE FROM letter_item WHERE case_number = ?",
                "DELETE FROM vault WHERE case_number = ?",
                "DELETE FROM finding WHERE case_number = ?",
                "DELETE FROM message WHERE owner = ?",
                "DELETE FROM person WHERE case_number = ?",
                "INSERT OR REPLACE INTO vault_key (owner, key) VALUES (?, NULL)",
            ):
                self._store.execute(sql, (case,))
            self._store.note(("vault_key", case), (None,))


def _read(row: Any) -> Kept:
    item, case, kind, value, at = row
    with failures.understood():
        return Kept(item=item, case=case, kind=kind, value=bytes(value), at=datetime.fromisoformat(at))
