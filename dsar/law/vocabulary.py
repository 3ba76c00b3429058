"""The lists of ``data/words.toml``, each word with its meaning in plain English.

Checking files against them is left to ``parse``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
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
    """The vocabulary of a folder of law files."""
    path = data / "words.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        lists = {name: {str(word): str(says) for word, says in raw[name].items()} for name in _LISTS}
    except (OSError, ValueError, KeyError, AttributeError) as bad:
        raise InputWrong(f"{path.name} cannot be read: {bad}. No law file is used without it.") from bad
    return Vocabulary(**lists, calendars=tuple(read_calendars(data)))


def in_words(word: str, *, data: Path = DATA) -> str:
    """What a word of the law files means in plain English; a word outside them is returned with spaces."""
    known = read_vocabulary(data)
    for meanings in (known.notice, known.contents, known.grounds, known.never_ask, known.never_disclose):
        if word in meanings:
            return meanings[word]
    return word.replace("_", " ")
