"""Reads one header of an e-mail at a time, so that a broken one never hides the others.

The values come as the raw text the parser kept; bodies and parts are for ``mail_parts``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from dsar.formats.charsets import decode
from dsar.formats.message import Address
from dsar.formats.plain import printable

_TEXT_LIMIT = 8_000
_ADDRESSES_LIMIT = 60_000
_ID_LIMIT = 998
_MAX_ADDRESSES = 1_000
_MAX_REFERENCES = 200
_ID = re.compile(r"<\s*([^<>\s]{1,998})\s*>")
_ANGLE = re.compile(r"<\s*([^<>\s@]{1,320}@[^<>\s@]{1,255})\s*>")
_EMAIL = re.compile(r"[^\s@<>(),;:\"\[\]]{1,256}@[^\s@<>(),;:\"]{1,255}")
_YEARS = range(1980, 2200)


class Headers:
    """The headers of one message; what is odd about them is added to ``defects`` in plain words."""

    def __init__(self, message: Message, defects: list[str]) -> None:
        self._fields: dict[str, list[str]] = {}
        for name, value in message.raw_items():
            self._fields.setdefault(str(name).strip().lower(), []).append(str(value))
        self._defects = defects

    def raw(self, name: str) -> str:
        """The first value of a header as it came, empty if there is none."""
        values = self._fields.get(name, [])
        return values[0] if values else ""

    def text(self, name: str, limit: int = _TEXT_LIMIT) -> str:
        """A header's words on one line, decoded."""
        raw = self.raw(name)
        if len(raw) > limit:
            self._defects.append(f"The {name} line is too long; its beginning was read.")
        return self._decoded(raw[:limit], name)

    def single(self, name: str) -> None:
        """Note it when a header that must be there once is there more often."""
        if (count := len(self._fields.get(name, []))) > 1:
            self._defects.append(f"There are {count} {name} lines; the first was read.")

    def message_id(self, name: str) -> str:
        """The first message id of a header, without its angle brackets."""
        ids = self.message_ids(name)
        return ids[0] if ids else ""

    def message_ids(self, name: str) -> tuple[str, ...]:
        """All message ids of a header in order, without angle brackets and repeats."""
        raw = printable(_unbroken(self.raw(name))[:_ADDRESSES_LIMIT])
        bare = raw.strip("<> ")
        found = _ID.findall(raw) or ([bare[:_ID_LIMIT]] if bare and " " not in bare else [])
        return tuple(dict.fromkeys(found))[-_MAX_REFERENCES:]

    def addresses(self, name: str) -> tuple[Address, ...]:
        """The addresses of a header; one that cannot be taken apart is kept as a name without address."""
        raw = _unbroken(", ".join(self._fields.get(name, [])))
        if len(raw) > _ADDRESSES_LIMIT:
            self._defects.append(f"The {name} line is too long; its beginning was read.")
            raw = raw[:_ADDRESSES_LIMIT]
        if not raw.strip():
            return ()
        angles = _ANGLE.findall(raw)
        if len(angles) == 1 and raw.count("@") == 1:
            # one address, whatever commas or quotes its name holds: nothing is guessed from the name
            shown = raw[: raw.index("<")].strip().strip('"').replace('\\"', '"')
            return (self._address(shown, angles[0], name),)
        try:
            pairs = getaddresses([raw])[:_MAX_ADDRESSES]
        except (RecursionError, ValueError, IndexError, AttributeError, TypeError):
            pairs = [("", found) for found in _EMAIL.findall(raw)[:_MAX_ADDRESSES]]
        read = tuple(self._address(shown, email, name) for shown, email in pairs if shown or email)
        if any(address.email for address in read):
            return tuple(address for address in read if address.email)
        self._defects.append(f"The {name} line holds no address that could be read.")
        return (Address(name=self._decoded(raw[:_TEXT_LIMIT], name), email=""),)

    def _address(self, shown: str, email: str, header: str) -> Address:
        email = printable(_eight_bit(email)[0]).strip()
        valid = _EMAIL.fullmatch(email)
        return Address(name=self._decoded(shown[:_TEXT_LIMIT], header), email=email if valid else "")

    def date(self, name: str) -> datetime | None:
        """The instant a header names (a Received line: after its last semicolon), None if it names none."""
        raw = self.raw(name)
        if not raw.strip():
            return None
        found = instant(raw.rpartition(";")[2] if name == "received" else raw)
        if found is None:
            self._defects.append(f"The {name} line holds no date that could be read.")
        return found

    def _decoded(self, raw: str, name: str) -> str:
        text, sound = decoded(raw)
        if not sound:
            self._defects.append(f"The {name} line is not encoded as it says; it was read as well as possible.")
        return text


def instant(raw: str) -> datetime | None:
    """A mail date as an instant with its zone; without one it is UTC, and outside 1980-2199 it is no date."""
    try:
        found = parsedate_to_datetime(printable(raw[:200]).strip())
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    return found if found.year in _YEARS else None


def decoded(raw: str) -> tuple[str, bool]:
    """A raw header as one line of text, and whether its encodings were as they claim."""
    text, sound = _eight_bit(_unbroken(raw))
    if "=?" in text:
        try:
            chunks = decode_header(text)
        except (HeaderParseError, MessageError, ValueError):
            return printable(text).strip(), False
        words = []
        for chunk, charset in chunks:
            if isinstance(chunk, str):
                words.append(chunk)
            elif charset is None:
                # decode_header hands plain stretches over as raw-unicode-escape
                words.append(chunk.decode("raw-unicode-escape", "replace"))
            else:
                word, held = decode(chunk, charset)
                sound = sound and held
                words.append(word)
        text = "".join(words)
    return printable(text).strip(), sound


def _unbroken(raw: str) -> str:
    return re.sub(r"\r?\n[ \t]*", " ", raw)


def _eight_bit(raw: str) -> tuple[str, bool]:
    """Text whose bytes above 127 the parser smuggled through as surrogates, decoded."""
    try:
        return decode(raw.encode("ascii", "surrogateescape"), "")
    except UnicodeError:
        return raw, True


def first_real(addresses: Sequence[Address]) -> Address | None:
    """The first that has an address, else the first at all."""
    return next((address for address in addresses if address.email), addresses[0] if addresses else None)
