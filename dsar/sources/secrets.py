"""Reads the secret that a source file refers to, at the moment it is needed; it is never kept or shown.

That a source file holds no secret itself is seen to by ``settings``.
"""

from __future__ import annotations

import os
from pathlib import Path

from dsar.formats.plain import printable, shorten
from dsar.sources.interface import SourceFailed, Why, located

REFERENCES = ("env:", "file:", "keyring:")
_LONGEST = 100_000


def secret(reference: str, *, home: Path, source: str) -> str:
    """The secret behind ``env:NAME``, ``file:PATH`` or ``keyring:NAME``; SourceFailed if it is not to be had.

    A relative path belongs to the workspace ``home``; line ends around the secret are no part of it.
    """
    kind, _, name = reference.partition(":")
    shown = f"{source}: the secret {shorten(printable(reference), 80)}"
    match kind:
        case "env":
            found = os.environ.get(name, "")
        case "file":
            found = _from_file(home, name)
        case "keyring":
            found = _from_keyring(name, shown)
        case _:
            raise SourceFailed(Why.BROKEN, f"{source}: a secret is written as env:NAME, file:PATH or keyring:NAME.")
    found = found.strip("\r\n")
    if not found:
        raise SourceFailed(Why.REFUSED, f"{shown} is not to be found, so nothing was asked.")
    return found


def _from_file(home: Path, name: str) -> str:
    try:
        with located(home, name).open(encoding="utf-8") as file:
            return file.read(_LONGEST)
    except (OSError, ValueError):
        return ""


def _from_keyring(name: str, shown: str) -> str:
    try:
        import keyring  # type: ignore[import-not-found,unused-ignore]
        from keyring.errors import KeyringError  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        says = f"{shown} needs a part that is not installed (pipx inject dsar-cli keyring)."
        raise SourceFailed(Why.PLUGIN, says) from None
    try:
        return keyring.get_password("dsar", name) or ""
    except KeyringError:
        return ""
