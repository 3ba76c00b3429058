"""Remembers which messages were read already, and keeps drafts until somebody settles them.

What a message says is the inbox's business; a draft's body is whatever reading it was given.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dsar.errors import InputWrong
from dsar.formats.plain import shorten
from dsar.ledger import failures
from dsar.ledger.instants import instant_text
from dsar.ledger.store import Store
from dsar.ledger.vault import STORE_KEY, VALUE_LIMIT, Vault

_REMEMBER = "INSERT OR REPLACE INTO message (digest, owner) VALUES (?, ?)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message that waits for a person: ``body`` is its reading as JSON values, ``raw`` the original."""

    id: str
    body: dict[str, Any]
    raw: bytes
    at: datetime


class Inflow:
    """Messages and drafts of one store."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    def owner_of(self, message_id: str, sha256: str) -> str | None:
        """The case or draft that holds this message, by its exact bytes or else by its Message-ID; None if new."""
        for digest in self._digests(message_id, sha256):
            sql = "SELECT owner FROM message WHERE digest = ?"
            found = self._store.one(sql, (digest,), about=("message", digest))
            if found:
                return str(found[0])
        return None

    def remember(self, owner: str, message_id: str, sha256: str) -> None:
        """Say that a message is in a case or draft from now on."""
        with self._store.writing():
            for digest in self._digests(message_id, sha256):
                self._store.add(_REMEMBER, (digest, owner), about=("message", digest))

    def _digests(self, message_id: str, sha256: str) -> list[str]:
        # Bytes first: anybody can write somebody else's Message-ID into a letter. Blank ones say nothing.
        marks = [("sha256", sha256.strip().lower()), ("id", message_id.strip())]
        return [self._vault.digest(STORE_KEY, f"{kind}:{mark}") for kind, mark in marks if mark]

    def add(self, body: dict[str, Any], raw: bytes, at: datetime) -> str:
        """Keep a reading and its original as a draft and return its id; ids are never used twice."""
        text = json.dumps(body)
        if len(raw) > VALUE_LIMIT or len(text) > VALUE_LIMIT:
            raise failures.too_large("That message")
        with self._store.writing():
            self._store.execute("INSERT INTO draft (body, raw, at) VALUES (?, ?, ?)", (text, raw, instant_text(at)))
            found = self._store.rows("SELECT max(number) FROM draft")
        return f"D-{found[0][0]:04d}"

    def drafts(self) -> list[Draft]:
        """The drafts that wait, oldest first."""
        return [_read(row) for row in self._store.rows("SELECT number, body, raw, at FROM draft ORDER BY number")]

    def draft(self, name: str) -> Draft:
        """One draft; InputWrong if it was settled or never was."""
        found = self._store.one("SELECT number, body, raw, at FROM draft WHERE number = ?", (_number(name),))
        if found is None:
            raise _unknown(name)
        return _read(found)

    def settle(self, name: str, owner: str = "") -> None:
        """Delete a draft; its message then belongs to ``owner``, or stays known so that it is not read again."""
        number = _number(name)
        with self._store.writing():
            if not self._store.execute("DELETE FROM draft WHERE number = ?", (number,)):
                raise _unknown(name)
            if owner:
                self._store.execute("UPDATE message SET owner = ? WHERE owner = ?", (owner, f"D-{number:04d}"))


def _number(name: str) -> int:
    digits = name.strip().upper().removeprefix("D-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise _unknown(name)
    return int(digits)


def _unknown(name: str) -> InputWrong:
    return InputWrong(
        f"There is no draft {shorten(name, 20)}; it was settled or never was. Nothing was changed.",
        hint="All drafts: dsar triage",
    )


def _read(row: Any) -> Draft:
    number, body, raw, at = row
    with failures.understood():
        return Draft(id=f"D-{number:04d}", body=json.loads(body), raw=bytes(raw), at=datetime.fromisoformat(at))
