"""Finds the new values a person asks to have put right, in lists ("Address: new (was: old)") and in sentences.

Whether the correction is due is decided later; what identifies the person is read by ``identify``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dsar.case.identifiers import Identifier, normal_email, normal_phone
from dsar.case.rights import Right
from dsar.inbox.contacts import is_american
from dsar.inbox.dates import dates_in
from dsar.inbox.fields import kind_of_label
from dsar.inbox.signals import Signals

_KINDS = {
    "address": "address", "street": "address", "email": "email", "phone": "phone", "name": "name",
    "last_name": "surname", "first_name": "first_name", "birthdate": "birthdate", "zip": "zip", "city": "city",
    "username": "username", "country": "country",
}  # fmt: skip
_LINE = re.compile(r"^\s*(?:[-*•·–]\s*|\d{1,2}[.)]\s+)?([^\W\d_][^:：\n]{0,40}?)\s*[:：]\s*(.+?)\s*$")
_OLD_IN_BRACKETS = re.compile(r"^(.+?)\s*[（(](.{2,120})[)）]\.?$")
_ARROW = re.compile(r"^(.+?)\s*(?:->|→|=>|⇒)\s*(.+)$")
_EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"\+?[\d(][\d\s().\-/]{5,}\d")
_NAME_WORD = r"(?:[A-ZÀ-ÖØ-ÞĀ-ſΆ-ΩА-Я][\w'’.-]*|van|von|der|den|de|del|la|da|dos|di)"
_NAME = re.compile(rf"[\"'«„“]?({_NAME_WORD}(?:\s+{_NAME_WORD}){{0,4}})")
_INTRODUCES = re.compile(r"^[\s:：\-–,.\"'«„“]*")
# What is said after the new value about the old one, in the languages of the lexicons.
_INSTEAD = re.compile(
    r"[,;(]?\s*\(?\b(?:instead of|and not|not|rather than|no longer|formerly|previously|statt|anstatt|und nicht|nicht|"
    r"bisher|et non|au lieu|en vez|y no|invece|e non|in plaats|niet|em vez|e não|zamiast|a nie|místo|umjesto|αντί|"
    r"i stället|în loc)\b.*$"
)
# The verb that ends a Japanese sentence is not part of the value before it.
_POLITE_END = re.compile(r"(?:です|になります|となります|に変更してください|に変更をお願いします)?[。.\s]*$")


@dataclass(slots=True)
class Corrections:
    """The new values (kinds "correct.…") and which lines of the text they took."""

    found: list[Identifier] = field(default_factory=list)
    lines: set[int] = field(default_factory=set)

    def add(self, kind: str, value: str, raw: str) -> None:
        """Keeps the first new value of each kind."""
        if value and all(known.kind != f"correct.{kind}" for known in self.found):
            self.found.append(Identifier(kind=f"correct.{kind}", value=value, raw=raw))


def corrections(
    lines: Sequence[str], found: Signals, labels: Mapping[str, str], *, country: str, order: str
) -> Corrections:
    """Every new value the message gives; nothing where no correction is asked for."""
    result = Corrections()
    weight = found.rights.get(Right.EDIT)
    if weight is None:
        return result
    _from_lines(result, lines, labels, country, order)
    if weight.asked:
        _from_sentences(result, found, country, order)
    return result


def _from_lines(result: Corrections, lines: Sequence[str], labels: Mapping[str, str], country: str, order: str) -> None:
    for place, line in enumerate(lines):
        match = _LINE.match(line)
        kind = _KINDS.get(kind_of_label(match[1], labels)) if match else None
        if not match or not kind:
            continue
        new = _OLD_IN_BRACKETS.match(match[2])
        arrow = _ARROW.match(match[2])
        if not new and not arrow:
            continue
        raw = arrow[2] if arrow else new[1]  # type: ignore[index]
        result.add(kind, value_of(kind, raw, country=country, order=order), raw)
        result.lines.add(place)


def _from_sentences(result: Corrections, found: Signals, country: str, order: str) -> None:
    for kind, place, hit in sorted(found.changes, key=lambda change: (change[1], -change[2].end)):
        text = found.sentences[place].text[hit.end :]
        if found.sentences[place].subject and not text.strip(" :：."):
            continue
        if not text.strip(" :：.") and place + 1 < len(found.sentences):
            following = (
                found.sentences[place + 1 : place + 4] if kind == "address" else found.sentences[place + 1 : place + 2]
            )
            text = ", ".join(part.text.strip(" ,") for part in following if len(part.text) < 60)
        text = _POLITE_END.sub("", _INSTEAD.sub("", _INTRODUCES.sub("", text)))
        result.add(kind, _first_value(kind, text, country, order), text.strip())


def _first_value(kind: str, text: str, country: str, order: str) -> str:
    match kind:
        case "email":
            email = list(_EMAIL.finditer(text))
            return normal_email(email[-1].group()) if email else ""
        case "phone":
            phone = list(_PHONE.finditer(text))
            return value_of("phone", phone[-1].group(), country=country, order=order) if phone else ""
        case "birthdate":
            return value_of("birthdate", text, country=country, order=order)
        case "address":
            text = text.split("\n")[0].strip(" .,。")
            return text if 8 <= len(text) <= 160 and any(char.isdigit() for char in text[:80]) else ""
        case _:
            name = _NAME.match(text)
            return name[1].strip(" .,") if name else ""


def value_of(kind: str, raw: str, *, country: str, order: str) -> str:
    """The normal form of a labelled value: dates as ISO, e-mails and phones as the case room has them."""
    raw = raw.strip().strip("«»\"'„“”").strip()
    match kind:
        case "email" | "child_email" | "agent_email":
            return normal_email(raw)
        case "phone":
            return normal_phone(raw, country=country or ("US" if is_american(raw) else "")) or raw
        case "birthdate":
            days = dates_in(raw, order=order)
            return days[0].isoformat() if days else ""
        case _:
            return " ".join(raw.split()).strip(" ,;")
