"""Recognises a mail server's notice that a message of ours was not delivered.

What follows from it (another channel, a later try) is for the workflow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.message import Message

from dsar.formats.machine_words import AUTOMATIC, UNDELIVERED
from dsar.formats.mail_headers import Headers
from dsar.formats.mail_parts import Parts
from dsar.formats.message import Bounce

_ROBOTS = re.compile(r"(?i)(mailer-daemon|postmaster|mail-daemon|mailerdaemon|microsoftexchange[0-9a-f]{8,64})(@|$)")
_ENHANCED = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_PLAIN = re.compile(r"(?<![\d.])([45]\d\d)[ -](?=\D)")
_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w.-]{1,255}\w")
_MESSAGE_ID = re.compile(r"(?im)^message-id:\s*<([^<>\s]{1,998})>")
_LOOK = 20_000
_MAIL_LINE = re.compile(r"(?m)^\s*<?([\w.+%-]{1,64}@[\w.-]{1,255}\w)>?:?\s*$")

_AUTOMATIC_FIELDS = ("x-autoreply", "x-autoreply-from", "x-autorespond", "x-auto-reply", "x-mail-autoreply")


def find_bounce(headers: Headers, sender: str, parts: Parts, text: str) -> Bounce | None:
    """The non-delivery a message reports, or None; a report of success is not one.

    Read from the delivery report where there is one, else from Exim's header, else from the prose of a mail
    server (Exchange, qmail, Postfix and others before them), known by its address, subject and code.
    """
    original = _original_id(parts, text)
    for report in parts.reports:
        told = Headers(report, [])
        action = told.text("action").lower()
        recipient = _recipient(told)
        if not recipient or action in ("delivered", "relayed", "expanded"):
            continue
        status = (_ENHANCED.search(told.text("status")) or _ENHANCED.search(told.text("diagnostic-code")) or [""])[0]
        permanent = action == "failed" or (action != "delayed" and status.startswith("5"))
        return Bounce(recipient=recipient, status=status, original_message_id=original, permanent=permanent)
    if parts.reports:
        return None
    return _from_prose(headers, sender, text[:_LOOK], original)


def _from_prose(headers: Headers, sender: str, text: str, original: str) -> Bounce | None:
    failed = [address.email for address in headers.addresses("x-failed-recipients") if address.email]
    code = _ENHANCED.search(text) or _PLAIN.search(text)
    subject = headers.text("subject").lower()
    told = any(words in subject for words in UNDELIVERED)
    robot = bool(_ROBOTS.match(sender))
    # servers answer with an empty return path, and so do people's holiday replies: there the subject decides
    nobody = headers.raw("return-path").strip() == "<>"
    if not failed and not (robot and (code or told)) and not (nobody and told):
        return None
    status = code[1] if code else ""
    named = _MAIL_LINE.findall(text) + _EMAIL.findall(text)
    recipient = failed[0] if failed else _first_other(named, sender)
    permanent = not status.startswith("4") and "delay" not in subject
    return Bounce(recipient=recipient, status=status, original_message_id=original, permanent=permanent)


def _first_other(found: Sequence[str], sender: str) -> str:
    return next((email for email in found if email.lower() != sender.lower() and not _ROBOTS.match(email)), "")


def _recipient(report: Headers) -> str:
    for name in ("original-recipient", "final-recipient"):
        address = report.text(name).rpartition(";")[2].strip().strip("<>")
        if "@" in address and " " not in address:
            return address
    return ""


def _original_id(parts: Parts, text: str) -> str:
    for inner in parts.inner:
        if found := Headers(inner, []).message_id("message-id"):
            return found
    for source in (parts.returned_headers, text[:_LOOK]):
        if match := _MESSAGE_ID.search(source):
            return match[1]
    return ""


def is_automatic(headers: Headers, message: Message) -> bool:
    """Whether headers or subject say that a program sent the message by itself (RFC 3834 and its forerunners)."""
    said = headers.text("auto-submitted").lower()
    if said:
        return not said.startswith("no")
    if any(name in message for name in _AUTOMATIC_FIELDS):
        return True
    if headers.text("precedence").lower() in ("auto_reply", "auto-reply"):
        return True
    return headers.text("subject").lower().startswith(AUTOMATIC)
