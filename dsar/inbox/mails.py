"""Turns one e-mail into an Arrival: whose words count, when it was received, and whether it answers a case.

Parsing the bytes is done by ``formats.mail``; reading the words by ``reader``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from dsar.errors import InputWrong
from dsar.formats.mail import Address, Mail, read_mail
from dsar.inbox.arrival import Arrival, InboxSettings, digest
from dsar.inbox.attach import case_of_mail
from dsar.inbox.dates import dates_in
from dsar.inbox.identify import Sender
from dsar.inbox.reader import read
from dsar.inbox.reading import Reading, plain

_SHORT_NOTE = 400
_DEPTH = 3
_FORWARD = re.compile(
    r"(?im)^[->\s*]*(?:forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado|"
    r"messaggio inoltrato|doorgestuurd bericht|mensagem encaminhada|original message|ursprüngliche nachricht)"
)
_HEADER = re.compile(
    r"(?im)^[>\s*]*(from|von|de|da|van|od|från|to|cc|an|aan|para|till|komu|"
    r"date|datum|gesendet|sent|date d'envoi|fecha|data|"
    r"subject|betreff|objet|asunto|oggetto|onderwerp|assunto)\s*:\s*\**\s*(.+)$"
)
_SUBJECT_FORWARD = re.compile(r"(?i)^\s*(?:fwd?|wg|tr|rv|i|doorst|enc)\s*:")
_ADDRESS = re.compile(r"^\W*(.*?)\W*<?\s*(?:mailto:)?([\w.+%'-]+@[\w.-]+\w)")
_FROM_WORDS = frozenset({"from", "von", "de", "da", "van", "od", "från"})
_DATE_WORDS = frozenset({"date", "datum", "gesendet", "sent", "date d'envoi", "fecha", "data"})
_SUBJECT_WORDS = frozenset({"subject", "betreff", "objet", "asunto", "oggetto", "onderwerp", "assunto"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """The words that count in a mail: its own, or those of the message it passes on."""

    subject: str
    text: str
    sender: Address
    reply_to: str
    received: datetime | None
    passed_on: bool


def mail_arrival(raw: bytes, name: str, part: int, settings: InboxSettings) -> Arrival:
    """The Arrival of one raw message; a message that cannot be read is one too, with ``refused``."""
    try:
        mail = read_mail(raw, name=name)
    except InputWrong as refused:
        return refused_arrival(raw, name, part, settings, refused.message)
    words = _words(mail)
    received, guessed = _received_on(words.received or mail.received or mail.date, settings)
    reading = _reading(mail, words, settings)
    case = case_of_mail(mail.subject, mail.text, mail.in_reply_to, mail.references, prefix=settings.prefix)
    if mail.reply_to and mail.sender.email and mail.reply_to.email not in ("", mail.sender.email):
        reading = reading.warned("Answers are asked to another address than the one it came from.")
    if words.passed_on:
        reading = reading.warned("It was passed on by somebody; the first receipt counts, and the first writer.")
    if guessed:
        reading = reading.warned("It carries no date; today is taken as the day it was received. Check that.")
    return Arrival(
        file=name,
        part=part,
        raw=raw,
        sha256=digest(raw),
        message_id=mail.message_id,
        references=tuple(dict.fromkeys(filter(None, (mail.in_reply_to, *mail.references)))),
        channel="email",
        received_on=received,
        sender=words.sender.email or mail.sender.email,
        recipients=tuple(known.email for known in (*mail.to, *mail.cc) if known.email),
        to_designated=any(known.email.casefold() in settings.designated for known in mail.to),
        subject=mail.subject,
        text=words.text,
        reading=reading,
        case=case,
        bounce_of=mail.bounce.original_message_id if mail.bounce else "",
        automatic=mail.auto_submitted,
        attachments=tuple(known.name for known in mail.attachments),
        problems=mail.defects,
    )


def refused_arrival(raw: bytes, name: str, part: int, settings: InboxSettings, sentence: str) -> Arrival:
    """An Arrival that says in words why a file or row cannot be used; nothing of it is read."""
    reading = plain("invalid", why=sentence, confidence=1.0).warned(sentence)
    return Arrival(
        file=name,
        part=part,
        raw=raw,
        sha256=digest(raw),
        channel="file",
        received_on=settings.today,
        reading=reading,
        refused=sentence,
    )


def _reading(mail: Mail, words: _Words, settings: InboxSettings) -> Reading:
    if mail.bounce:
        return plain("bounce", why=f"a mail server reports that delivery failed ({mail.bounce.status or 'no code'})")
    if mail.auto_submitted and not mail.forwarded:
        return plain("not_request", why="the message was sent by a machine (an automatic reply)")
    text = words.text
    if not text.strip() and not words.subject.strip():
        if mail.attachments:
            return plain("empty", why="there is no text, only attachments").warned(
                "Open the attachments and read them."
            )
        return plain("empty", why="there is neither text nor subject")
    sender = Sender(
        name=words.sender.name, email=words.sender.email, reply_to=words.reply_to, ours=settings.our_addresses
    )
    reading = read(text, subject=words.subject, sender=sender, country=settings.country, order=settings.date_order)
    return _copied(reading, mail, settings)


def _copied(reading: Reading, mail: Mail, settings: InboxSettings) -> Reading:
    """A doubt where the message is addressed to somebody else and we only get a copy."""
    ours = settings.our_addresses
    to_us = any(_is_ours(known.email, ours) for known in mail.to)
    cc_us = any(_is_ours(known.email, ours) for known in mail.cc)
    return reading.doubted("It is addressed to somebody else; we are in copy.") if cc_us and not to_us else reading


def _is_ours(email: str, ours: frozenset[str]) -> bool:
    folded = email.casefold()
    return folded in ours or folded.partition("@")[2] in ours


def _words(mail: Mail, depth: int = 0) -> _Words:
    own = mail.text if not mail.signature else f"{mail.text}\n{mail.signature}"
    reply_to = mail.reply_to.email if mail.reply_to else ""
    if mail.forwarded and depth < _DEPTH and len(mail.text.strip()) < _SHORT_NOTE:
        inner = _words(mail.forwarded[0], depth + 1)
        received = inner.received or mail.forwarded[0].received or mail.forwarded[0].date
        return _Words(
            subject=inner.subject,
            text=inner.text,
            sender=inner.sender,
            reply_to=inner.reply_to,
            received=received,
            passed_on=True,
        )
    forwards = _SUBJECT_FORWARD.match(mail.subject) or _FORWARD.search(mail.quoted[:500])
    if mail.quoted.strip() and len(mail.text.strip()) < _SHORT_NOTE and forwards:
        return _inline(mail)
    if not mail.text.strip() and mail.quoted.strip():
        own = mail.quoted
    return _Words(subject=mail.subject, text=own, sender=mail.sender, reply_to=reply_to, received=None, passed_on=False)


def _inline(mail: Mail) -> _Words:
    """The message passed on below a short note: its header lines name the first writer."""
    sender, subject, end = mail.sender, mail.subject, 0
    received: datetime | None = None
    for header in _HEADER.finditer(mail.quoted[:3_000]):
        word = header[1].casefold()
        end = header.end()
        if word in _FROM_WORDS and (address := _ADDRESS.match(header[2])):
            sender = Address(name=address[1].strip(" \"'<"), email=address[2])
        elif word in _SUBJECT_WORDS:
            subject = header[2].strip()
        elif word in _DATE_WORDS and received is None:
            # a date that can be two days is passed over; noon stays on the same day in nearly every zone
            days = dates_in(header[2], order="")
            received = datetime(days[0].year, days[0].month, days[0].day, 12, tzinfo=UTC) if days else None
    body = "\n".join(line.lstrip("> ") for line in mail.quoted[end:].split("\n"))
    return _Words(subject=subject, text=body, sender=sender, reply_to="", received=received, passed_on=True)


def _received_on(moment: datetime | None, settings: InboxSettings) -> tuple[date, bool]:
    """The day of receipt in the office's zone, and whether it had to be guessed."""
    if moment is None:
        return settings.today, True
    return moment.astimezone(settings.zone).date(), False
