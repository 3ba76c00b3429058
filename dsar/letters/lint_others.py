"""Finds what is wrong in letters to somebody else than whoever wrote: a processor or recipient, the channel on file.

Letters to requesters, and what every letter must say, are checked in lint.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsar.formats.plain import printable
from dsar.letters.compose import Composed
from dsar.letters.letter import Letter
from dsar.letters.reading import flat, names, says
from dsar.letters.words import words

_ADDRESS = re.compile(r"\S+@\S+")
# Seven digits in a row, however they are grouped: a telephone, customer or account number. Dates have fewer.
_NUMBER = re.compile(r"\d(?:[ ()/.\-\u2013\u2011]{0,2}\d){6,}")


def instruction(letter: Letter, composed: Composed, text: str) -> Iterator[str]:
    """What a processor or recipient would have to ask back."""
    if letter.reply_by and not says(text, words(composed.language).day(letter.reply_by)):
        yield "The letter does not say by when it must be done."
    if letter.reply_by and letter.reply_by < letter.today:
        yield "The day by which it must be done has passed."
    if letter.search_term and not says(text, letter.search_term.value):
        yield "The letter does not say whose data it is about."
    for place in letter.places:
        if not says(text, place):
            yield f'The letter leaves out "{place}".'
    for field in letter.new_values:
        if not (says(text, field.label) and says(text, field.value)):
            yield f'The letter does not give the right value for "{field.label}".'


def old_channel(letter: Letter, composed: Composed, text: str) -> Iterator[str]:
    """What the holder of the channel on file would miss, and what tells more than that something was asked."""
    day = words(composed.language).day
    if letter.reply_by and not says(text, day(letter.reply_by)):
        yield "The letter does not say until when to tell us."
    if letter.reply_by and letter.reply_by < letter.today:
        yield "The day until which to tell us has passed."
    if letter.channel_changed_on and not says(text, day(letter.channel_changed_on)):
        yield "The letter does not say when contact data was changed."
    if any(says(text, law.name) for law in letter.laws):
        yield "The letter names a law, which tells where the person lives."
    rest = _without_ours(letter, composed, text)
    if any(value and names(rest, value) for value in _values(letter)) or any(
        says(rest, title) for title in _titles(letter)
    ):
        yield "The letter tells more than that something was asked: it gives a name, a value or a place of records."
    if _ADDRESS.search(rest) or _NUMBER.search(rest):
        yield "The letter holds an address or a number that is not ours; the case number is enough."


def _values(letter: Letter) -> Iterator[str]:
    yield letter.requester
    yield letter.salutation.rstrip(" ,")
    yield letter.customer
    yield letter.colleague
    if letter.search_term:
        yield letter.search_term.value
    yield from (field.value for field in letter.new_values)
    yield from letter.told


def _titles(letter: Letter) -> Iterator[str]:
    yield from letter.places
    for lines in (letter.actions, letter.kept, letter.tables, letter.coverage):
        yield from (line.title for line in lines)


def _without_ours(letter: Letter, composed: Composed, text: str) -> str:
    """The text without our own name and contacts, the case number and the dates: a name or number left is another's."""
    us, signed = letter.organisation, letter.signatory
    day = words(composed.language).day
    dates = (letter.today, letter.received_on, letter.reply_by, letter.channel_changed_on)
    ours = [us.email, us.phone, us.post_address, us.name, letter.case_number, signed.name if signed else ""]
    ours += [day(date) for date in dates if date]
    for value in ours:
        if value:
            text = text.replace(flat(printable(value, keep_newlines=True)), "\n")
    return text
