"""Turns a letter on paper into an Arrival: typed as text, as a PDF, or a note somebody took on the telephone.

Opening the file is left to ``arrivals``; reading the words to ``reader``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dsar.errors import InputWrong
from dsar.formats.charsets import decode
from dsar.formats.pdf import read_pdf
from dsar.formats.plain import printable
from dsar.inbox.arrival import Arrival, InboxSettings, digest
from dsar.inbox.attach import case_in
from dsar.inbox.dates import dates_in
from dsar.inbox.language import language_of
from dsar.inbox.lexicon import lexicon
from dsar.inbox.mails import refused_arrival
from dsar.inbox.notes import is_note, read_note
from dsar.inbox.reader import read
from dsar.inbox.reading import Reading, plain

_HEAD_LINES = 25
_OLDEST = 3_660
_CALLED = ("phone", "call", "telefon", "anruf")
_NO_DATE = "It carries no date; today is taken as the day it was received. Check that."
_WHOSE_LANGUAGE = "The note does not say which language the caller spoke; the note's own is taken."


def letter(raw: bytes, name: str, settings: InboxSettings) -> Arrival:
    """A letter or typed note as plain text; its own date is taken where its head names one."""
    text = printable(decoded(raw), keep_newlines=True)
    if is_note(text):
        return phone_note(text, raw, name, settings)
    return _post(text, raw, name, settings)


def pdf_letter(raw: bytes, name: str, settings: InboxSettings) -> Arrival:
    """A letter as PDF by its text layer; a scan is kept and waits for somebody to type in what it says."""
    try:
        found = read_pdf(raw, name=name)
    except InputWrong as wrong:
        says = f"{wrong.message} Nothing was opened. Ask for it another way, or type it in: dsar new"
        return refused_arrival(raw, name, 0, settings, says)
    if found.is_scan:
        pages = "1 page" if found.pages == 1 else f"{found.pages} pages"
        says = f"It is a scan: {pages} of pictures without text. Open it, read it, and say in triage what it asks for."
        reading = plain("empty", why="the PDF holds pictures and no text", confidence=0.2).doubted(says)
        return _arrival(reading.warned(_NO_DATE), "", raw, name, settings, settings.today, "post")
    arrival = _post(found.text, raw, name, settings)
    if found.read < found.pages:
        says = f"Only the first {found.read} of its {found.pages} pages were read."
        return replace(arrival, reading=arrival.reading.doubted(says))
    return arrival


def _post(text: str, raw: bytes, name: str, settings: InboxSettings) -> Arrival:
    reading = read(text, country=settings.country, order=settings.date_order)
    written = _letter_date(text, _order(text, reading, settings), settings.today)
    warning = "The day it was received is not known; the date of the letter is taken. Check the stamp."
    head = text[:200].casefold()
    channel = "phone" if any(word in head for word in _CALLED) and ":" in head else "post"
    reading = reading.warned(warning if written else _NO_DATE)
    return _arrival(reading, text, raw, name, settings, written or settings.today, channel)


def _order(text: str, reading: Reading, settings: InboxSettings) -> str:
    told = settings.date_order or (lexicon(reading.language).date_order if language_of(text).known else "")
    return told or ("mdy" if settings.country == "US" else "dmy")


def _arrival(
    reading: Reading, text: str, raw: bytes, name: str, settings: InboxSettings, received: date, channel: str
) -> Arrival:
    return Arrival(
        file=name,
        raw=raw,
        sha256=digest(raw),
        channel=channel,
        received_on=received,
        text=text,
        reading=reading,
        case=case_in((text[:2_000],), prefix=settings.prefix),
    )


def _letter_date(text: str, order: str, today: date) -> date | None:
    for line in text.split("\n")[:_HEAD_LINES]:
        if len(line) > 60:
            continue
        for found in dates_in(line.strip(), order=order):
            if 0 <= (today - found).days <= _OLDEST or found > today:
                return found if found <= today else None
    return None


def phone_note(text: str, raw: bytes, name: str, settings: InboxSettings) -> Arrival:
    """A note of a call: who called, from which number, when, and what was said; the call's day is the receipt.

    The note is in the words of whoever took it, so its language need not be the caller's.
    """
    note = read_note(text)
    reading = read(note.said, fields=note.fields, country=settings.country, order=settings.date_order)
    order = _order(text, reading, settings)
    days = (dates_in(words, order=order) for words in (note.when, text[:600]))
    called = next((day for found in days for day in found if day <= settings.today), None)
    if note.language:
        reading = replace(reading, language=note.language)
    reading = reading.warned("" if note.language else _WHOSE_LANGUAGE, "" if called else _NO_DATE)
    return _arrival(reading, text, raw, name, settings, called or settings.today, "phone")


def decoded(raw: bytes) -> str:
    """A text file's words: UTF-16 or UTF-8 where it says or is so, else in what its bytes look like."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    return decode(raw.removeprefix(b"\xef\xbb\xbf"), "")[0]
