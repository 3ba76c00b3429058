"""The lists of ``data/words.toml``, each word with its meaning in plain English.

Checking files against them is left to ``parse``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dsar.errors import InputWrong
from dsar.law.calendar_files import DATA, read_calendars

_LISTS = ("notice", "contents", "grounds", "never_ask", "never_disclose")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The closed lists a law file may use: sections of words.toml, and the calendars there are."""

    notice: Mapping[str, str]
    contents: Mapping[str, str]
    grounds: Mapping[str, str]
    never_ask: Mapping[str, str]
    never_disclose: Mapping[str, str]
    calendars: Sequence[str]


@lru_cache(maxsize=8)
def read_vocabulary(data: Path) -> Vocabulary:
    """The vocabulary of a folder of law files; an office's own words.toml adds to ours, or may be left out."""
    path = data / "words.toml"
    ours = read_vocabulary(DATA) if data != DATA else None
    try:
        raw = {} if ours and not path.exists() else tomllib.loads(path.read_text(encoding="utf-8"))
        lists = {
            name: {**(getattr(ours, name) if ours else {}), **{str(word): str(says) for word, says in table.items()}}
            for name, table in ((name, raw.get(name, {}) if ours else raw[name]) for name in _LISTS)
        }
    except (OSError, ValueError, KeyError, AttributeError) as bad:
        raise InputWrong(f"{path.name} cannot be read: {bad}. No law file is used without it.") from bad
    return Vocabulary(**lists, calendars=tuple(read_calendars(data)))


def vocabulary_of(raw: object) -> Vocabulary:
    """A vocabulary that knows every word of one rule: what was accepted when it was kept is accepted now."""
    words = dict.fromkeys(_texts(raw), "")
    return Vocabulary(**dict.fromkeys(_LISTS, words), calendars=tuple(words))


def _texts(raw: object) -> Iterator[str]:
    if isinstance(raw, str):
        yield raw
    elif isinstance(raw, Mapping):
        for value in raw.values():
            yield from _texts(value)
    elif isinstance(raw, list):
        for value in raw:
            yield from _texts(value)


def in_words(word: str, *, data: Path = DATA) -> str:
    """What a word of the law files means in plain English; a word outside them is returned with spaces."""
    known = read_vocabulary(data)
    for meanings in (known.notice, known.contents, known.grounds, known.never_ask, known.never_disclose):
        if word in meanings:
            return meanings[word]
    return word.replace("_", " ")
