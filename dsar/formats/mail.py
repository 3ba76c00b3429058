"""Reads an e-mail from bytes a stranger made, and says in plain words what was broken in it.

Built on the standard library's parser; what the message asks for is for the inbox to find out.
"""

from __future__ import annotations

import hashlib
import re
from email.message import Message

from dsar.errors import InputWrong
from dsar.formats.bounces import find_bounce, is_automatic
from dsar.formats.files import kind_words, size_words, sniff
from dsar.formats.mail_headers import Headers, first_real
from dsar.formats.mail_parser import BROKEN, DAMAGED, MAX_HEADERS, parse
from dsar.formats.mail_parts import Parts, walk
from dsar.formats.message import Address as Address
from dsar.formats.message import Attachment as Attachment
from dsar.formats.message import Bounce as Bounce
from dsar.formats.message import Mail as Mail
from dsar.formats.plain import shorten
from dsar.formats.quoting import part_reply

MAX_SIZE = 50_000_000
_SECOND = re.compile(rb"\n\r?\nFrom \S[^\n]{0,200}\d{4}\r?\n[!-9;-~]+:")
_ONCE = ("from", "subject", "date", "message-id", "reply-to", "in-reply-to")
# What the parser reports, as a paralegal would say it; what is not here is told in general.
_DEFECTS = {
    "NoBoundaryInMultipartDefect": "The message does not say where its parts begin.",
    "StartBoundaryNotFoundDefect": "The parts the message announces were not found.",
    "CloseBoundaryNotFoundDefect": "The message ends before its last part does; it may be cut off.",
    "MultipartInvariantViolationDefect": "The message says it has several parts and has none.",
    "InvalidBase64PaddingDefect": "A part of the message may be cut off.",
    "InvalidBase64CharactersDefect": "A part of the message holds characters that do not belong there.",
    "InvalidBase64LengthDefect": "A part of the message is cut off.",
    "MissingHeaderBodySeparatorDefect": "The empty line between header and text is missing.",
    "FirstHeaderLineIsContinuationDefect": "The header begins in the middle of a line.",
    "MisplacedEnvelopeHeaderDefect": "A mailbox line stands in the middle of the header.",
}


def read_mail(raw: bytes, *, name: str = "This file") -> Mail:
    """Read one e-mail; InputWrong, with ``name`` in the sentence, if it is none or beyond the limits.

    Limits: 50 MB, 1.5 million lines, 2,000 headers, 200 parts, ten levels. Anything else that is broken
    is read as well as possible and told in ``defects``.
    """
    name = shorten(name, 60)
    if len(raw) > MAX_SIZE:
        raise InputWrong(f"{name} is larger than {size_words(MAX_SIZE)}, the most an e-mail may have. It was not read.")
    raw_mail = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    kind = sniff(raw_mail)
    if kind == "mbox":
        if _SECOND.search(raw_mail):
            raise InputWrong(f"{name} is a mailbox with several e-mails, not one e-mail. It was not read.")
        # a single message saved with its mailbox line is still a message
        raw_mail = raw_mail.partition(b"\n")[2]
    elif kind != "mail":
        looks = kind_words(kind) if kind == "empty" else f"it looks like {kind_words(kind)}"
        raise InputWrong(f"{name} is not an e-mail ({looks}). It was not read.")
    message, odd = parse(raw_mail, name=name)
    return _mail(message, hashlib.sha256(raw).hexdigest(), depth=0, defects=odd)


def _mail(message: Message, sha256: str, *, depth: int, defects: list[str]) -> Mail:
    if len(message.keys()) > MAX_HEADERS:
        raise InputWrong(f"The e-mail has more than {MAX_HEADERS} header lines. It was not read.")
    headers = Headers(message, defects)
    for once in _ONCE:
        headers.single(once)
    parts = Parts(defects=defects)
    body = walk(message, parts, depth=depth)
    defects += _told(message)
    sender = first_real(headers.addresses("from")) or first_real(headers.addresses("sender"))
    if sender is None:
        defects.append("The message does not say who sent it.")
        sender = Address(name="", email="")
    parted = part_reply(body)
    return Mail(
        message_id=headers.message_id("message-id"),
        in_reply_to=headers.message_id("in-reply-to"),
        references=headers.message_ids("references"),
        sender=sender,
        reply_to=first_real(headers.addresses("reply-to")),
        to=headers.addresses("to"),
        cc=headers.addresses("cc"),
        subject=headers.text("subject"),
        date=headers.date("date"),
        received=headers.date("received"),
        text=parted.text,
        quoted=parted.quoted,
        signature=parted.signature,
        auto_submitted=is_automatic(headers, message),
        bounce=find_bounce(headers, sender.email, parts, body),
        forwarded=tuple(_mail(inner, _sha256(inner), depth=depth + 1, defects=[]) for inner in parts.inner),
        attachments=tuple(parts.attachments),
        missing=parts.missing,
        defects=tuple(dict.fromkeys(defects)),
        sha256=sha256,
    )


def _sha256(inner: Message) -> str:
    try:
        return hashlib.sha256(inner.as_bytes()).hexdigest()
    except BROKEN:
        return ""


def _told(message: Message) -> list[str]:
    found = [defect for part in message.walk() for defect in part.defects]
    return [_DEFECTS.get(type(defect).__name__, DAMAGED) for defect in found]
