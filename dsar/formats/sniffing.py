"""Tells from its first bytes what kind of file somebody handed over, whatever its name says.

Reading it is for the module of that kind.
"""

from __future__ import annotations

import re

_LOOK = 65_536
_HEADER = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_KNOWN = frozenset(
    b"from to cc subject date message-id received return-path delivered-to mime-version content-type reply-to "
    b"sender x-original-to in-reply-to references envelope-to authentication-results dkim-signature "
    b"content-transfer-encoding x-mailer list-id auto-submitted arc-seal resent-from".split()
)
_ENVELOPE = re.compile(rb"From \S.*")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_JSON = re.compile(rb"""\{\s*(?:"|\}|$)|\[\s*(?:["\[{\]]|-?\d|true\b|false\b|null\b|$)""")
_WORDS = {
    "mail": "an e-mail",
    "mbox": "a mailbox with several e-mails",
    "pdf": "a PDF",
    "zip": "a ZIP archive",
    "xlsx": "an Excel workbook",
    "json": "JSON data",
    "text": "plain text",
    "binary": "a binary file",
    "empty": "empty",
}


def sniff(raw: bytes) -> str:
    """The kind of content: ``mail mbox pdf zip xlsx json text binary empty``."""
    head = raw[:_LOOK].removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    if not head:
        return "empty"
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "xlsx" if b"xl/workbook.xml" in raw or b"xl/worksheets/" in raw else "zip"
    if _ENVELOPE.match(head):
        _, _, rest = head.partition(b"\n")
        if _has_header_block(rest):
            return "mbox"
    if _has_header_block(head):
        return "mail"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text"
    if _BINARY.search(head):
        return "binary"
    return "json" if _JSON.match(head) else "text"


def kind_words(kind: str) -> str:
    """How a paralegal would call that kind of file: ``a PDF``, ``plain text``."""
    return _WORDS[kind]


def _has_header_block(head: bytes) -> bool:
    """Whether the bytes start as an e-mail does: field lines, at least one of them a field of e-mails."""
    known = 0
    for line in head.split(b"\n"):
        line = line.rstrip(b"\r")
        if not line:
            return known > 0
        if line[:1] in b" \t":
            continue
        field = _HEADER.match(line)
        if not field:
            # one stray line in a real header block is forgiven, a letter that begins "From: " is not one
            return known > 1
        known += field[1].lower() in _KNOWN
    return known > 0
