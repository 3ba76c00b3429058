"""Walks the parts of an e-mail within limits: its text, its attachments, the messages inside it.

Headers are for ``mail_headers``; what is new and what is quoted in the text for ``quoting``.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from email.message import Message

from dsar.errors import InputWrong
from dsar.formats.charsets import decode
from dsar.formats.files import safe_name
from dsar.formats.html import read_html
from dsar.formats.inline_files import take_files
from dsar.formats.mail_headers import decoded
from dsar.formats.mail_parser import BROKEN, MAX_DEPTH, MAX_PARTS, parse
from dsar.formats.message import Attachment
from dsar.formats.plain import printable

MAX_TEXT = 1_000_000
# formatted text is several times as long as what it shows
MAX_SOURCE = 4 * MAX_TEXT
_ENDINGS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "text/plain": ".txt"} | {
    "text/html": ".html",
    "text/calendar": ".ics",
    "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s",
}
_SEALED_TEXT = re.compile(r"(?m)^-----BEGIN PGP MESSAGE-----$")
_ENCRYPTED = "The message is encrypted or sealed as a whole; its text cannot be read here."
_HIDDEN = "The formatted text holds words that its reader does not see; they were not read."
_NOT_HERE = {
    "application/pkcs7-mime": _ENCRYPTED,
    "application/x-pkcs7-mime": _ENCRYPTED,
    "multipart/encrypted": _ENCRYPTED,
    "message/partial": "This is one piece of a message sent in several; only what stands in it was read.",
    "message/external-body": "A part of the message lies elsewhere on the net; it was not fetched.",
}
_SHORT = 200
# fewer is a mark by which the sender's program knows its own mail again
_HIDDEN_WORDS = 4
_TYPE = re.compile(r"[\w!#$&^.+-]{1,60}/[\w!#$&^.+-]{1,100}")


@dataclass(slots=True, kw_only=True)
class Parts:
    """What the walk has found so far."""

    attachments: list[Attachment] = field(default_factory=list)
    inner: list[Message] = field(default_factory=list)
    reports: list[Message] = field(default_factory=list)
    returned_headers: str = ""
    defects: list[str] = field(default_factory=list)
    missing: str = ""
    count: int = 0

    def lack(self, says: str) -> None:
        """Note that words of the message are not here to be read."""
        self.missing = self.missing or says
        self.defects.append(says)


def walk(message: Message, parts: Parts, *, depth: int) -> str:
    """The body text of the message; attachments, inner messages and delivery reports go to ``parts``.

    Raises InputWrong beyond 200 parts or ten levels.
    """
    body = _body(message, parts, depth, top=True)
    if len(body) > MAX_TEXT:
        parts.defects.append("The text is very long; only its beginning was read.")
    body, files = take_files(printable(body[:MAX_TEXT], keep_newlines=True))
    parts.attachments += files
    if _SEALED_TEXT.search(body):
        parts.lack(_ENCRYPTED)
    return body


def content_type(part: Message) -> str:
    """The claimed type in lower case; text/plain where the claim is broken."""
    try:
        claimed = printable(part.get_content_type()).lower()
    except (ValueError, TypeError, IndexError, AttributeError, LookupError):
        return "text/plain"
    return claimed if _TYPE.fullmatch(claimed) else "text/plain"


def parameter(part: Message, name: str, header: str = "content-type") -> str:
    """A parameter of a header as plain text, empty if there is none or it is broken."""
    try:
        value = part.get_param(name, "", header)
    except (ValueError, TypeError, IndexError, AttributeError, LookupError):
        return ""
    if isinstance(value, tuple):
        charset, _, text = value
        raw = str(text).encode("latin-1", "replace")
        return printable(decode(raw, charset or "utf-8")[0])
    return decoded(str(value)[:1000])[0]


def _body(part: Message, parts: Parts, depth: int, *, top: bool = False) -> str:
    parts.count += 1
    if parts.count > MAX_PARTS:
        raise InputWrong(f"The e-mail has more than {MAX_PARTS} parts, which no letter has. Nothing was read.")
    if depth > MAX_DEPTH:
        raise InputWrong(f"The e-mail is packed more than {MAX_DEPTH} levels deep. Nothing was read.")
    kind = content_type(part)
    if kind in _NOT_HERE:
        parts.lack(_NOT_HERE[kind])
    if kind == "message/external-body":
        return ""
    if kind == "message/delivery-status":
        parts.reports += [block for block in _payload(part) if isinstance(block, Message)]
        return ""
    if kind == "message/rfc822":
        _take_inner(part, parts)
        return ""
    children = _payload(part) if part.is_multipart() else []
    if children:
        texts = [_body(child, parts, depth + 1) for child in children]
        if kind == "multipart/alternative":
            return _best(children, texts, parts)
        return "\n\n".join(text.strip("\n") for text in texts if text.strip())
    if kind == "text/rfc822-headers":
        parts.returned_headers = _text(part, parts)
        return ""
    if kind.startswith("multipart/"):
        parts.defects.append("The message says it has several parts and has none; it was read as plain text.")
        return _text(part, parts)
    if kind.startswith("text/") and (top or not _is_file(part, kind)):
        return _formatted(_text(part, parts), parts) if kind == "text/html" else _text(part, parts)
    _take_attachment(part, kind, parts)
    return ""


def _formatted(html: str, parts: Parts) -> str:
    page = read_html(html)
    if len(page.hidden.split()) >= _HIDDEN_WORDS:
        parts.defects.append(_HIDDEN)
    return page.text


def _payload(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _best(children: list[Message], texts: list[str], parts: Parts) -> str:
    """Of several forms of the same text the plain one, unless it is empty or only a note that there is another."""
    kinds = [content_type(child) for child in children]
    plain = next((text for kind, text in zip(kinds, texts, strict=True) if kind == "text/plain" and text.strip()), "")
    other = max((text for kind, text in zip(kinds, texts, strict=True) if kind != "text/plain"), key=len, default="")
    if plain and (len(plain.strip()) > _SHORT or len(other) < 3 * len(plain) + _SHORT):
        return plain
    if plain and other:
        parts.defects.append("The plain and the formatted form of the text differ; the formatted one was read.")
    return other or plain


def _text(part: Message, parts: Parts) -> str:
    raw = _bytes(part, parts)
    text, held = decode(raw, parameter(part, "charset"))
    if not held:
        parts.defects.append("The text is not in the character set it names; it was read as well as possible.")
    if len(text) > MAX_SOURCE:
        parts.defects.append("The text is very long; only its beginning was read.")
    return text[:MAX_SOURCE]


def _bytes(part: Message, parts: Parts) -> bytes:
    try:
        raw = part.get_payload(decode=True)
    except BROKEN:
        parts.defects.append("A part of the message is broken and was left out.")
        return b""
    return raw if isinstance(raw, bytes) else b""


def _file_name(part: Message) -> str:
    return parameter(part, "filename", "content-disposition") or parameter(part, "name")


def _is_file(part: Message, kind: str) -> bool:
    disposition = printable(str(part.get("content-disposition", ""))).strip().lower()
    return disposition.startswith("attachment") or bool(_file_name(part)) or kind not in ("text/plain", "text/html")


def _take_attachment(part: Message, kind: str, parts: Parts) -> None:
    data = _bytes(part, parts)
    if kind == "application/ms-tnef":
        parts.defects.append("The attachments are packed in winmail.dat, which only Outlook opens.")
    name = _file_name(part) or f"attachment-{len(parts.attachments) + 1}{_ENDINGS.get(kind, '')}"
    parts.attachments.append(Attachment(name=safe_name(name), content_type=kind, size=len(data), data=data))


def _take_inner(part: Message, parts: Parts) -> None:
    """Keep an inner message; some programs wrongly pack it in base64, which the parser leaves closed."""
    for inner in _payload(part)[:1]:
        encoding = printable(str(part.get("content-transfer-encoding", ""))).strip().lower()
        try:
            packed = inner.get_payload()
        except BROKEN:
            packed = None
        if encoding == "base64" and isinstance(packed, str) and not inner.keys():
            try:
                message, odd = parse(base64.b64decode(packed.encode("ascii", "ignore")), name="A forwarded message")
            except (binascii.Error, ValueError):
                parts.defects.append("A forwarded message is broken and was left out.")
            else:
                parts.inner.append(message)
                parts.defects += odd
        else:
            parts.inner.append(inner)
