"""Turns a finished letter into an e-mail: the same letter, key and date always give the same bytes.

Handing it to a server is in transport.py; whether it may leave is for the release gate.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.generator import BytesGenerator
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from io import BytesIO

from dsar.errors import InputWrong
from dsar.formats.files import safe_name
from dsar.formats.plain import printable
from dsar.letters.address import MailAddress
from dsar.letters.compose import Composed

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.@:\[\]-]{3,250}>")
_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
_MOST_REFERENCES = 20
# "=_" cannot occur in quoted-printable or base64, so a boundary is never found inside a part
_BOUNDARY = "=_dsar_{digest}_{place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with the letter."""

    name: str
    content_type: str
    data: bytes


def message_id(key: str, sender: MailAddress) -> str:
    """The Message-ID of the letter with this outbox key: always the same, and it tells nothing."""
    return f"<dsar.{hashlib.sha256(key.encode()).hexdigest()[:32]}@{sender.domain}>"


def to_mail(
    composed: Composed,
    *,
    sender: MailAddress,
    recipient: MailAddress,
    message_id: str,
    date: datetime,
    attachments: Sequence[Attachment] = (),
    in_reply_to: str = "",
    references: Sequence[str] = (),
    reply_to: MailAddress | None = None,
    automatic: bool = False,
) -> bytes:
    """The letter as the bytes of one e-mail (text and HTML side by side, then the files).

    ``in_reply_to`` and ``references`` are those of the request, so that replies stay in one thread; what is
    no Message-ID there is left out, since strangers wrote it. ``automatic`` marks what no person released.
    Raises InputWrong for a date without zone, a Message-ID that is none, or an unfit attachment type.
    """
    if date.utcoffset() is None:
        raise InputWrong("Not written: the date of the e-mail has no time zone.")
    if not _MESSAGE_ID.fullmatch(message_id):
        raise InputWrong("Not written: the Message-ID of the e-mail is not well-formed.")
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _shown(sender)
    mail["To"] = _shown(recipient)
    if reply_to:
        mail["Reply-To"] = _shown(reply_to)
    mail["Subject"] = printable(composed.subject)
    mail["Date"] = format_datetime(date)
    mail["Message-ID"] = message_id
    _thread(mail, in_reply_to, references)
    if automatic:
        mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(composed.text, cte="quoted-printable")
    mail.add_alternative(composed.html, subtype="html", cte="quoted-printable")
    for attachment in attachments:
        _attach(mail, attachment)
    # only now, because adding a part moves the Content-* headers there are into the first part
    mail["Content-Language"] = composed.language
    _fix_boundaries(mail, message_id)
    return _bytes(mail)


def _shown(address: MailAddress) -> Address:
    return Address(display_name=address.name, addr_spec=address.email)


def _thread(mail: EmailMessage, in_reply_to: str, references: Sequence[str]) -> None:
    answered = in_reply_to.strip()
    line = [ref for ref in dict.fromkeys((*references, answered)) if _MESSAGE_ID.fullmatch(ref)]
    if _MESSAGE_ID.fullmatch(answered):
        mail["In-Reply-To"] = answered
    if line:
        # the first one names the thread, the last ones the branch
        mail["References"] = " ".join([line[0], *line[1:][-(_MOST_REFERENCES - 1) :]])


def _attach(mail: EmailMessage, attachment: Attachment) -> None:
    if not _TYPE.fullmatch(attachment.content_type):
        raise InputWrong("Not written: a file to enclose has no known content type.")
    main, _, sub = attachment.content_type.partition("/")
    if main in ("message", "multipart"):
        main, sub = "application", "octet-stream"
    # bytes are always base64 here: a text file must arrive as it left, its checksum is in the letter
    mail.add_attachment(attachment.data, maintype=main, subtype=sub, filename=safe_name(attachment.name))


def _fix_boundaries(mail: EmailMessage, key: str) -> None:
    digest = hashlib.sha256(key.encode()).hexdigest()[:24]
    for place, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(_BOUNDARY.format(digest=digest, place=place))


def _bytes(mail: EmailMessage) -> bytes:
    stream = BytesIO()
    BytesGenerator(stream, policy=SMTP, mangle_from_=False).flatten(mail)
    return stream.getvalue()
