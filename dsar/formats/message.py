"""The values a read e-mail consists of.

How they are taken from bytes is for ``mail``; what they mean for a case is for the inbox.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A mail address as written: the shown name, and the address proper (empty if there is none that could work)."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a message; ``name`` is safe to use as a file name."""

    name: str
    content_type: str
    size: int
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A mail server's word that a message of ours was not delivered.

    ``status`` is the enhanced code (``5.1.1``) or the plain one (``550``); ``permanent`` is false for a delay.
    """

    recipient: str
    status: str
    original_message_id: str
    permanent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One e-mail, harmless to show and store.

    Message ids are without angle brackets. ``text`` is what the sender wrote now, ``quoted`` the older
    messages behind it (the whole body of an inline forward), ``signature`` its signature; a firm's
    confidentiality notice is in none of them. ``date`` is what
    the sender's computer claims, ``received`` what the last server wrote; both carry a zone. ``defects``
    are sentences about what could not be read as it should; ``missing`` is one where words of the sender's
    are not here at all (encrypted, in another piece, elsewhere on the net). ``sha256`` is of the bytes as
    they came; for a forwarded message, of its bytes as written out again.
    """

    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    sender: Address
    reply_to: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    date: datetime | None
    received: datetime | None
    text: str = field(repr=False)
    quoted: str = field(repr=False)
    signature: str = field(repr=False)
    auto_submitted: bool
    bounce: Bounce | None
    forwarded: tuple[Mail, ...] = field(repr=False)
    attachments: tuple[Attachment, ...] = field(repr=False)
    defects: tuple[str, ...]
    sha256: str
    missing: str = ""
