"""The values of what arrived: one per message, row or request, refused ones included.

Reading files into them is left to ``arrivals``; opening cases from them, to the workflow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from dsar.inbox.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxSettings:
    """What the office knows that a message does not say.

    ``zone`` is where its days begin and end; ``country`` (ISO 3166) how numbers without a country code are
    read; ``columns`` maps the office's own column or field names to kinds of the lexicons' [labels];
    ``our_addresses`` are addresses or domains that are never a requester's; ``designated`` those a law
    names for its requests; ``date_order`` settles dates like 03/04/2026; ``prefix`` begins case numbers.
    """

    zone: ZoneInfo
    today: date
    country: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    our_addresses: frozenset[str] = frozenset()
    designated: frozenset[str] = frozenset()
    date_order: str = ""
    prefix: str = "DSAR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One thing that arrived, as it came, and what is read in it.

    ``part`` is the row or message number within a file (0 for a file that is one message). ``channel`` is
    email, form, post, phone, sheet or protocol. ``case`` is the number of a case it says it belongs to.
    ``refused`` is a sentence where the file or row cannot be used, else "".
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
    attachments: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    refused: str = ""


def digest(raw: bytes) -> str:
    """SHA-256 of the bytes as they came, in hex: the second import of the same message is known by it."""
    return hashlib.sha256(raw).hexdigest()
