"""Turns one e-mail into an Arrival: whose words count, when it was received, and whether it answers a case.

Parsing the bytes is done by ``formats.mail``; reading the words by ``reader``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from dsar.case.identifiers import normal_email
from dsar.errors import InputWrong
from dsar.formats import reply_words
from dsar.formats.charsets import decode
from dsar.formats.files import sniff
from dsar.formats.mail import Address, Attachment, Mail, read_mail
from dsar.formats.pdf import read_pdf
from dsar.formats.plain import printable
from dsar.inbox.arrival import Arrival, Attached, InboxSettings, digest
from dsar.inbox.attach import case_of_mail
from dsar.inbox.dates import dates_in
from dsar.inbox.identify import Sender
from dsar.inbox.reader import read
from dsar.inbox.reading import Reading, plain

_SERVICE = "It came through a sending service; the answer goes to the address in Reply-To."
_ELSEWHERE = (
    "Answers are asked to another address than the one it came from. They go to the one it came from, unless "
    "somebody checks whose the other one is."
)
_SHORT_NOTE = 400
_MOST_LETTERS = 2
_LONGEST_LETTER = 200_000
_DEPTH = 3
_HEADER = re.compile(r"[>\s*]*([^:：\n]{1,30}?)[\s*]*[:：]\s*\**\s*(\S.*)$")
_SUBJECT_FORWARD = re.compile(
    r"(?i)^\s*(?:fwd?|wg|tr|rv|i|doorst|enc|pd|vb|vs|vl|fs|πρθ|προω|прп|пересл|转发|轉寄|転送)\s*[:：]"
)
_ADDRESS = re.compile(r"^\W*(.*?)\W*<?\s*(?:mailto:)?([\w.+%'-]+@[\w.-]+\w)")


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
    words = _words(mail, settings)
    received, guessed = _received_on(words.received or mail.received or mail.date, settings)
    reading = _reading(mail, words, settings)
    case = case_of_mail(mail.subject, mail.text, mail.in_reply_to, mail.references, prefix=settings.prefix)
    answer_to = _answer_to(words, reading)
    if words.reply_to and words.sender.email and words.reply_to.casefold() != words.sender.email.casefold():
        reading = reading.warned(_SERVICE if answer_to == words.reply_to else _ELSEWHERE)
    reading = reading.warned(_clocks_differ(mail, settings) if words.received is None else "")
    if mail.missing:
        reading = reading.doubted(mail.missing)
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
        sender=answer_to or mail.sender.email,
        recipients=tuple(known.email for known in (*mail.to, *mail.cc) if known.email),
        to_designated=any(known.email.casefold() in settings.designated for known in mail.to),
        subject=mail.subject,
        text=words.text,
        reading=reading,
        case=case,
        bounce_of=mail.bounce.original_message_id if mail.bounce else "",
        automatic=mail.auto_submitted,
        attachments=tuple(Attached(name=known.name, size=known.size) for known in mail.attachments),
        problems=mail.defects,
    )


def _answer_to(words: _Words, reading: Reading) -> str:
    """The address it came from; behind a sending service, the one in Reply-To, if the reading takes it for theirs."""
    known = {one.value for one in reading.identifiers if one.kind.endswith("email")}
    sender, reply_to = normal_email(words.sender.email), normal_email(words.reply_to)
    return words.reply_to if reply_to in known and sender not in known else words.sender.email


def _clocks_differ(mail: Mail, settings: InboxSettings) -> str:
    """A warning where the day the sender's computer wrote and the day our server noted are more than one apart."""
    if mail.date is None or mail.received is None or abs(mail.received - mail.date) <= timedelta(days=1):
        return ""
    written, came = (moment.astimezone(settings.zone).date() for moment in (mail.date, mail.received))
    return (
        f"The mail says it was written on {written}, and the mail server took it in on {came}. "
        "The server's day counts, because nobody can have it before. Check it if the server was only moved."
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
    sender = Sender(
        name=words.sender.name, email=words.sender.email, reply_to=words.reply_to, ours=settings.our_addresses
    )
    if len(text.strip()) < _SHORT_NOTE and (attached := _attached_letter(mail, text, words.subject, sender, settings)):
        return _copied(attached, mail, settings)
    if not text.strip() and not words.subject.strip():
        if mail.attachments:
            return plain("empty", why="there is no text, only attachments").warned(
                "Open the attachments and read them."
            )
        return plain("empty", why="there is neither text nor subject")
    reading = read(text, subject=words.subject, sender=sender, country=settings.country, order=settings.date_order)
    return _copied(reading, mail, settings)


def _attached_letter(mail: Mail, note: str, subject: str, sender: Sender, settings: InboxSettings) -> Reading | None:
    """The reading of a letter that came as a file with a short note; a person looks at it, whatever it says.

    None where the note itself asks for something, and where no file holds a letter that does.
    """
    letters = [one for one in mail.attachments if one.size and one.name.lower().endswith((".pdf", ".txt"))]
    if not letters or read(note, subject=subject, country=settings.country, order=settings.date_order).rights:
        return None
    for one in letters[:_MOST_LETTERS]:
        text = _text_of(one)
        if text is None:
            # a locked or hostile file: the others are not worth the time it can take
            return None
        if not text.strip():
            continue
        whole = f"{note}\n\n{text}"
        reading = read(whole, subject=subject, sender=sender, country=settings.country, order=settings.date_order)
        if reading.rights:
            return reading.doubted(f"What it asks for stands in the attached {one.name}: open it and compare.")
    return None


def _text_of(attachment: Attachment) -> str | None:
    if sniff(attachment.data) == "pdf":
        try:
            return read_pdf(attachment.data, name=attachment.name).text
        except InputWrong:
            return None
    is_text = sniff(attachment.data) == "text" and attachment.size < _LONGEST_LETTER
    return printable(decode(attachment.data, "")[0], keep_newlines=True) if is_text else ""


def _copied(reading: Reading, mail: Mail, settings: InboxSettings) -> Reading:
    """A doubt where the message is addressed to somebody else and we only get a copy."""
    ours = settings.our_addresses
    to_us = any(_is_ours(known.email, ours) for known in mail.to)
    cc_us = any(_is_ours(known.email, ours) for known in mail.cc)
    return reading.doubted("It is addressed to somebody else; we are in copy.") if cc_us and not to_us else reading


def _is_ours(email: str, ours: frozenset[str]) -> bool:
    folded = email.casefold()
    return folded in ours or folded.partition("@")[2] in ours


def _words(mail: Mail, settings: InboxSettings, depth: int = 0) -> _Words:
    own = mail.text if not mail.signature else f"{mail.text}\n{mail.signature}"
    reply_to = mail.reply_to.email if mail.reply_to else ""
    if mail.forwarded and depth < _DEPTH and _only_passes_on(mail, settings):
        inner = _words(mail.forwarded[0], settings, depth + 1)
        received = inner.received or mail.forwarded[0].received or mail.forwarded[0].date
        return _Words(
            subject=inner.subject,
            text=inner.text,
            sender=inner.sender,
            reply_to=inner.reply_to,
            received=received,
            passed_on=True,
        )
    forwards = _SUBJECT_FORWARD.match(mail.subject) or _is_marked(mail.quoted[:500])
    if mail.quoted.strip() and forwards and _only_passes_on(mail, settings):
        return _inline(mail)
    if not mail.text.strip() and mail.quoted.strip():
        own = mail.quoted
    return _Words(subject=mail.subject, text=own, sender=mail.sender, reply_to=reply_to, received=None, passed_on=False)


def _only_passes_on(mail: Mail, settings: InboxSettings) -> bool:
    """Whether a mail's own words are a short note on what it forwards; a wish of the sender's own is none."""
    note = mail.text.strip()
    if len(note) >= _SHORT_NOTE:
        return False
    if not note or _is_colleague(mail.sender.email, settings.our_addresses):
        return True
    return not read(note, country=settings.country, order=settings.date_order).rights


def _is_colleague(email: str, ours: frozenset[str]) -> bool:
    domain = email.casefold().partition("@")[2]
    return bool(domain) and domain in {known.rpartition("@")[2] for known in ours}


def _is_marked(quoted: str) -> bool:
    """Whether a line says that what follows is a message passed on."""
    return any(line.strip(" ->*_=").casefold().rstrip(":") in reply_words.MARKERS for line in quoted.split("\n"))


def _inline(mail: Mail) -> _Words:
    """The message passed on below a short note: its header lines name the first writer."""
    told, end = _header_lines(mail.quoted[:3_000])
    address = _ADDRESS.match(told.get("from", ""))
    sender = Address(name=address[1].strip(" \"'<"), email=address[2]) if address else mail.sender
    # a date that can be two days is passed over; noon stays on the same day in nearly every zone
    days = dates_in(told.get("date", ""), order="")
    received = datetime(days[0].year, days[0].month, days[0].day, 12, tzinfo=UTC) if days else None
    body = "\n".join(line.lstrip("> ") for line in mail.quoted[end:].split("\n"))
    subject = told.get("subject", "").strip() or mail.subject
    return _Words(subject=subject, text=body, sender=sender, reply_to="", received=received, passed_on=True)


def _header_lines(quoted: str) -> tuple[dict[str, str], int]:
    """What the header lines of a quoted message say, in any language, and where they end."""
    told: dict[str, str] = {}
    place = end = 0
    for line in quoted.splitlines(keepends=True):
        place += len(line)
        header = _HEADER.match(line.rstrip("\r\n"))
        label = header[1].strip(" *>").casefold() if header else ""
        kind = next((kind for kind, words in _SAYS.items() if label in words), "")
        if header and (told or kind):
            told.setdefault(kind or label, header[2])
            end = place
        elif told:
            break
    return told, end


_SAYS = {"from": reply_words.FROM, "date": reply_words.DATED, "subject": reply_words.ABOUT}


def _received_on(moment: datetime | None, settings: InboxSettings) -> tuple[date, bool]:
    """The day of receipt in the office's zone, and whether it had to be guessed."""
    if moment is None:
        return settings.today, True
    return moment.astimezone(settings.zone).date(), False
