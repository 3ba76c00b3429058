"""The values of what arrived: one per message, row or request, refused ones included.

Reading files into them is left to ``arrivals``; opening cases from them, to the workflow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fnmatch import fnmatch
from zoneinfo import ZoneInfo

from dsar.inbox.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSettings:
    """How the office's exports of one form are read: ``files`` is a pattern of names, as ``contact-*.csv``."""

    files: str
    columns: Mapping[str, str] = field(default_factory=dict)
    date_order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxSettings:
    """What the office knows that a message does not say.

    ``zone`` is where its days begin and end; ``country`` (ISO 3166) how numbers without a country code are
    read; ``columns`` maps the office's own column or field names to kinds of the lexicons' [labels];
    ``our_addresses`` are addresses or domains that are never a requester's; ``designated`` those a law
    names for its requests; ``date_order`` settles dates like 03/04/2026; ``prefix`` begins case numbers;
    ``forms`` say more about single exports.
    """

    zone: ZoneInfo
    today: date
    country: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    our_addresses: frozenset[str] = frozenset()
    designated: frozenset[str] = frozenset()
    date_order: str = ""
    prefix: str = "DSAR"
    forms: tuple[FormSettings, ...] = ()

    def for_file(self, name: str) -> InboxSettings:
        """The same for one file: the first form whose pattern its name fits adds its columns and date order."""
        for form in self.forms:
            if fnmatch(name.casefold(), form.files.casefold()):
                columns = {**self.columns, **form.columns}
                return replace(self, columns=columns, date_order=form.date_order or self.date_order, forms=())
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that came along: its name, safe to use, and its size in bytes. Its content stands in the message."""

    name: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One thing that arrived, as it came, and what is read in it.

    ``part`` is the row or message number within a file (0 for a file that is one message). ``channel`` is
    email, form, post, phone, sheet or protocol. ``case`` is the number of a case it says it belongs to.
    ``refused`` is a sentence where the file or row cannot be used, else ""; ``unreadable`` marks one that nobody
    could read and that is kept all the same, for a person.
    """

    file: str
    part: int = 0
    raw: bytes = field(repr=False)
    sha256: str
    message_id: str = ""
    references: tuple[str, ...] = ()
    channel: str
    received_on: date
    sender: str = ""
    recipients: tuple[str, ...] = ()
    to_designated: bool = False
    subject: str = ""
    text: str = field(default="", repr=False)
    reading: Reading
    case: str = ""
    bounce_of: str = ""
    automatic: bool = False
    unsigned: bool = False
    unreadable: bool = False
    attachments: tuple[Attached, ...] = ()
    problems: tuple[str, ...] = ()
    refused: str = ""


def digest(raw: bytes) -> str:
    """SHA-256 of the bytes as they came, in hex: the second import of the same message is known by it."""
    return hashlib.sha256(raw).hexdigest()
