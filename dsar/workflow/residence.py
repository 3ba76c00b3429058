"""Reads two things off a letter: whether its writer says to live in California, and to which address it went.

Both are signs for a person to weigh; neither decides anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from dsar.disclosure.register_rows import same_words

_READ = 20_000
_LIVES = re.compile(
    r"\b(?:resident|residents|resides?|residing|lives?|living|home|house|customer) (?:\w+ ){0,6}california\b"
)
_IS = re.compile(r"\bcalifornia resident|\bcalifornian\b(?! (?:privacy|law|code|rights))")
_ZIP = re.compile(r"\b(?:ca|california) (9[0-6]\d{3})\b")


def lives_in_california(texts: Iterable[str], *, ours: Iterable[str] = ()) -> bool:
    """Whether any of these texts says so in words, or holds a Californian address that is none of our own."""
    own = {code for address in ours for code in _ZIP.findall(same_words(address))}
    for text in texts:
        # a law's name is no place to live
        said = same_words(text[:_READ]).replace("california civil code", "civil code")
        if _LIVES.search(said) or _IS.search(said) or set(_ZIP.findall(said)) - own:
            return True
    return False


def addressed_to(text: str, designated: Iterable[str]) -> bool:
    """Whether the letter names one of the designated postal addresses, but for a part (the country, say)."""
    said = same_words(text[:_READ])
    for address in designated:
        parts = [folded for part in address.split(",") if (folded := same_words(part))]
        there = sum(part in said for part in parts)
        if "@" not in address and len(parts) > 1 and there >= max(2, len(parts) - 1):
            return True
    return False
