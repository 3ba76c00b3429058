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
from dsar.inbox.phrases import PhraseBook
from dsar.inbox.sentences import Sentence

_GDPR = "gdpr"
_CHURCH = ("dsg-ekd", "kdg")
_CALIFORNIAN = ("ccpa", "ca-1798.83")
_AND = r"(?:\s*(?:,|/|&|and|und|et|y|e|en|i|oraz|och|si|και|og|ja|и|a|及|と|和)\s*(?:art\w*\.?\s*)?(\d{1,2}))?"
_SECTION_1798 = re.compile(r"1798[.\s]?(\d{2,3})(?!\d)")


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
        for hit in _names().find(sentence.folded):
            named.setdefault(hit.sense)
        for section in _SECTION_1798.finditer(sentence.folded):
            named.setdefault("ca-1798.83" if section[1] in ("82", "83") else "ccpa")
    if "uk-gdpr" in named and _GDPR in named:
        named.pop(_GDPR)
    return list(named)


def rights_cited(sentence: Sentence, laws: Sequence[str]) -> Iterator[Cited]:
    """The rights whose articles a sentence names, read under the laws the message names."""
    law = next((church for church in _CHURCH if church in laws), _GDPR)
    pattern, rights = _articles(law)
    for match in pattern.finditer(sentence.folded):
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
