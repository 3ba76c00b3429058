"""Finds the laws a message names and the rights its articles stand for.

Which law in fact applies, and until when an answer is due, is left to the law room.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from dsar.case.rights import Right
from dsar.inbox.folding import fold
from dsar.inbox.lexicon import table
from dsar.inbox.phrases import Hit, PhraseBook
from dsar.inbox.sentences import Sentence

_GDPR = "gdpr"
_LIKE_GDPR = frozenset({"uk-gdpr", "uk-dpa-1998"})
_CALIFORNIAN = ("ccpa", "ca-1798.83")
_AND = r"(?:\s*(?:,|/|&|and|und|et|y|e|en|i|oraz|och|si|και|og|ja|и|a|及|と|和)\s*(?:art\w*\.?\s*)?(\d{1,2}))?"
_SECTION_1798 = re.compile(r"1798[.\s]?(\d{2,3})(?!\d)")


@dataclass(frozen=True, slots=True)
class Misnamed:
    """A law named that is another one by now, or that does not reach where the writer lives, and what it points to."""

    law: str
    points_to: str
    says: str


@dataclass(frozen=True, slots=True)
class Cited:
    """An article that stands for a right, and where in the sentence it is named."""

    right: Right
    words: str
    start: int


@cache
def _names() -> PhraseBook:
    book = PhraseBook()
    for law, entry in table("laws").items():
        book.add(law, entry["names"], {})
    return book


@cache
def _implied() -> PhraseBook:
    book = PhraseBook()
    for law, entry in table("laws").items():
        book.add(law, entry.get("implied_by", ()), {})
    return book


@cache
def _articles(law: str) -> tuple[re.Pattern[str], dict[str, Right]]:
    entry = table("laws")[law]
    words = "|".join(re.escape(fold(word)) for word in sorted(entry["article_words"].split("|"), key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{words})\.?\s*(\d{{1,2}})(?!\d)(\s?[(,]\s?3\s?\))?{_AND}")
    return pattern, {number: Right(right) for number, right in entry["articles"].items()}


def title(law: str) -> str:
    """The law's name in English."""
    return str(table("laws")[law]["title"]) if law in table("laws") else law


def laws_named(found: Sequence[Sentence]) -> list[str]:
    """The ids of the laws named, in order of first mention; the narrower name wins over the wider."""
    named: dict[str, None] = {}
    for sentence in found:
        hits = list(_names().find(sentence.folded))
        for hit in hits:
            if not any(_within(hit, other) for other in hits):
                named.setdefault(hit.sense)
        for section in _SECTION_1798.finditer(sentence.folded):
            named.setdefault("ca-1798.83" if section[1] in ("82", "83") else "ccpa")
    if "uk-gdpr" in named and _GDPR in named:
        named.pop(_GDPR)
    return list(named)


def _law_of_articles(laws: Sequence[str]) -> str:
    """Whose articles bare numbers are: the named law's, the GDPR's where none is named, else nobody's."""
    own = next((law for law in laws if law != _GDPR and "article_words" in table("laws")[law]), "")
    return own or (_GDPR if not laws or _GDPR in laws or _LIKE_GDPR & set(laws) else "")


def _within(hit: Hit, other: Hit) -> bool:
    """Whether a name is only part of another law's longer one: "(Digital Personal) Data Protection Act"."""
    longer = other.end - other.start > hit.end - hit.start
    return longer and other.sense != hit.sense and other.start <= hit.start and hit.end <= other.end


def laws_implied(found: Sequence[Sentence], named: Sequence[str]) -> list[str]:
    """The laws the facts point to where none is named: "I live in California", or an article that gives a right."""
    hits = [hit.sense for sentence in found for hit in _implied().find(sentence.folded)]
    if hits or named:
        return list(dict.fromkeys(hits))
    return [_GDPR] if any(True for sentence in found for _ in rights_cited(sentence, ())) else []


def misnamed(named: Sequence[str], implied: Sequence[str], country: str) -> list[Misnamed]:
    """The laws named that are not the writer's: repealed ones, and those of another country.

    ``country`` (ISO 3166) is where the letter says its writer lives, "" where it says nothing.
    """
    told = []
    for law in named:
        entry = table("laws")[law]
        if entry.get("now"):
            says = f"{entry['title']} is named; {title(entry['now'])} has taken its place."
            told.append(Misnamed(law, entry["now"], says))
            continue
        where = entry.get("where", ())
        own = next((other for other in implied if other not in named), "") or _law_of(country)
        lives = next(iter(table("laws")[own].get("where", ())), "") if own else ""
        if where and lives and lives not in where and country not in where and own not in named:
            says = f"{entry['title']} is named, and the writer seems to live where {title(own)} applies."
            told.append(Misnamed(law, own, says))
    return told


def _law_of(country: str) -> str:
    """The law of a country that reaches everybody in it, where the laws file has one."""
    laws = table("laws").items()
    return next(
        (law for law, entry in laws if country and country in entry.get("where", ()) and entry.get("general")), ""
    )


def given_by(right: Right) -> frozenset[str]:
    """The laws that alone give a right under its own name; empty where it needs no law to be named."""
    return frozenset(law for law, entry in table("laws").items() if right.value in entry.get("gives", ()))


def rights_cited(sentence: Sentence, laws: Sequence[str]) -> Iterator[Cited]:
    """The rights whose articles a sentence names, read under the laws the message names."""
    law = _law_of_articles(laws)
    pattern, rights = _articles(law or _GDPR)
    for match in pattern.finditer(sentence.folded) if law else ():
        numbers = [f"{match[1]}({3})" if match[2] else match[1], match[3]]
        for number in numbers:
            right = rights.get(number or "") or rights.get((number or "").split("(")[0])
            if right:
                yield Cited(right, sentence.text[match.start() : match.end()].strip(), match.start())
    for section in _SECTION_1798.finditer(sentence.folded):
        for californian in _CALIFORNIAN:
            right = table("laws")[californian]["articles"].get(f"1798.{section[1]}")
            if right:
                yield Cited(Right(right), section.group(), section.start())
