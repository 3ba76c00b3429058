"""Loads the lexicons: what people write in one language when they ask, complain, sign or give their details.

The words are data (lexicons/*.toml) that a speaker can review; how they are weighed is left to the readers.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from dsar.errors import InputWrong
from dsar.inbox.folding import fold
from dsar.inbox.phrases import PhraseBook

_NOT_LANGUAGES = {"laws", "others", "services", "countries", "situations"}
_SECTIONS = {
    "language", "title", "stopwords", "letters", "words", "right", "aside", "unless", "kind", "role", "sign",
    "scope", "labels", "closings", "months", "change", "relation", "young", "country", "date_order", "situation",
}  # fmt: skip
# a word with a star, or with part of a macro, is not a whole one
_PLAIN = re.compile(r"(?<![\w<*])[^\W\d_]+(?![\w*>])")
_LEAST_LETTERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """The phrases and labels of one language, ready for searching."""

    language: str
    title: str
    stopwords: frozenset[str]
    vocabulary: frozenset[str]
    letters: frozenset[str]
    book: PhraseBook
    labels: Mapping[str, str]
    closings: tuple[str, ...]
    months: Mapping[str, int]
    country: str
    date_order: str


@cache
def languages() -> tuple[str, ...]:
    """The languages there is a lexicon for, as ISO 639 codes."""
    names = (entry.name for entry in files("dsar.inbox").joinpath("lexicons").iterdir())
    return tuple(sorted(name[:-5] for name in names if name.endswith(".toml") and name[:-5] not in _NOT_LANGUAGES))


@cache
def table(name: str) -> dict[str, Any]:
    """One TOML file of the lexicons folder as it is written."""
    return tomllib.loads(files("dsar.inbox").joinpath("lexicons", f"{name}.toml").read_text(encoding="utf-8"))


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of one language; raises InputWrong where the file has a section nobody reads."""
    raw = table(language)
    unknown = sorted(set(raw) - _SECTIONS)
    if unknown:
        raise InputWrong(f'Not read: the lexicon "{language}" has a section nobody reads: {", ".join(unknown)}.')
    return Lexicon(
        language=raw["language"],
        title=raw["title"],
        stopwords=frozenset(fold(raw["stopwords"]).split()),
        vocabulary=frozenset(_vocabulary(raw)),
        letters=frozenset(raw.get("letters", "")),
        book=_book(raw),
        labels=_labels(raw.get("labels", {})),
        closings=tuple(fold(closing) for closing in raw.get("closings", ())),
        months=_months(raw.get("months", ())),
        country=raw.get("country", ""),
        date_order=raw.get("date_order", "dmy"),
    )


def _book(raw: Mapping[str, Any]) -> PhraseBook:
    words: Mapping[str, str] = raw.get("words", {})
    book = PhraseBook()
    for right, lists in raw.get("right", {}).items():
        for strength, phrases in lists.items():
            book.add(f"right.{strength}.{right}", phrases, words)
    for section in ("kind", "role", "sign", "situation", "scope", "change", "relation", "young", "unless"):
        for name, phrases in raw.get(section, {}).items():
            book.add(f"{section}.{name}", phrases, words)
    book.add("aside", raw.get("aside", ()), words)
    return book


def _vocabulary(raw: Mapping[str, Any]) -> Iterator[str]:
    """The whole words of a lexicon's phrases and labels: they tell the language of a letter of few words."""
    for section in ("right", "kind", "role", "words", "labels", "relation"):
        for text in _texts(raw.get(section, {})):
            yield from (word for word in _PLAIN.findall(fold(text)) if len(word) >= _LEAST_LETTERS)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        return
    for inner in value.values() if isinstance(value, Mapping) else value:
        yield from _texts(inner)


def _labels(raw: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {fold(" ".join(label.split())): kind for kind, labels in raw.items() for label in labels}


def _months(raw: Iterable[str]) -> dict[str, int]:
    """Month words to numbers: each entry lists the forms of one month, separated by blanks."""
    return {word: number for number, forms in enumerate(raw, 1) for word in fold(forms).split()}


@cache
def all_labels() -> Mapping[str, str]:
    """The labels of every language together, for forms and sheets whose language is not known yet."""
    merged: dict[str, str] = {}
    for language in ("en", *languages()):
        for label, kind in lexicon(language).labels.items():
            merged.setdefault(label, kind)
    return merged


@cache
def all_months() -> Mapping[str, int]:
    """The month words of every language together."""
    merged: dict[str, int] = {}
    for language in ("en", *languages()):
        for word, number in lexicon(language).months.items():
            merged.setdefault(word, number)
    return merged
