"""What must stand in the bytes of a line that matches, so that most lines need not be read at all.

It may be too little to tell, never too much: what is picked by it is compared exactly. ``prefilter`` looks for it.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dsar.case.records import Normal
from dsar.sources.matching import Matcher

if TYPE_CHECKING:
    import numpy as np
    from ahocorasick_rs import BytesAhoCorasick

# Every ASCII sign that text is split at.
_BLANKS = string.whitespace + "\x1c\x1d\x1e\x1f"
_IN_JSON = frozenset('{}[]",:\\')
# Numbers may be spelt in letters as on a keypad.
_KEYPAD = dict(zip(string.ascii_lowercase, "22233344455566677778889999", strict=True))
# What makes a capital letter small.
SMALL = 0x20
_UNLETTERED = 0x3F
# Of texts with so many signs together the quickest automaton takes some ten megabytes.
_QUICKEST = 100_000


@dataclass(frozen=True, slots=True)
class Needles:
    """Texts as ``folded`` makes them, and digits as they stand in ``DIGITS``; a line that matches has one of them.

    Unless ``lettered``, the texts stand in it sign for sign, and nothing need be folded.
    """

    texts: tuple[bytes, ...] = ()
    digits: tuple[bytes, ...] = ()
    lettered: bool = True


def _digit_table() -> bytes:
    table = bytearray(256)
    for sign in string.digits + "\n":
        table[ord(sign)] = ord(sign)
    for letter, digit in _KEYPAD.items():
        table[ord(letter)] = table[ord(letter.upper())] = ord(digit)
    return bytes(table)


# How bytes become digits, and which are left out: all that people put between digits, and all that they do not.
DIGITS = _digit_table()
NO_DIGITS = bytes(sign for sign in range(256) if not DIGITS[sign])


def folded(text: bytes) -> bytes:
    """A text in which capital and small letters are alike; so are some other signs."""
    return bytes(sign | SMALL for sign in text)


def needles_of(matcher: Matcher) -> Needles | None:
    """What stands in every plain ASCII line that matches; None if that cannot be told by its bytes."""
    kinds = {kind for _, kind in matcher.fields}
    # where numbers are kept in one form, they stand there digit for digit
    kept = not matcher.prose and all(field.normal for field, kind in matcher.fields if kind == "phone")
    if matcher.prose:
        kinds |= matcher.wanted.keys() & {"email", "phone", "username"}
    texts: set[str] = set()
    for kind in kinds - {"phone"}:
        for value in matcher.wanted[kind]:
            found = list(_of_email(value, matcher) if kind == "email" and "@" in value else [value])
            if any(not text.strip() or _IN_JSON & set(text) for text in found):
                return None
            texts.update(text for text in found if text.isascii())
    if "phone" in kinds and kept:
        plus = all(field.normal is Normal.E164 for field, kind in matcher.fields if kind == "phone")
        texts.update(value if plus else value.removeprefix("+") for value in matcher.wanted["phone"])
    digits = matcher.phones.runs if "phone" in kinds and not kept else frozenset()
    raw = [text.encode() for text in texts]
    return Needles(
        texts=tuple(sorted({folded(text) for text in raw})),
        # digits and most other signs are what they are, large or small
        lettered=any(folded(text) != text or any(sign > _UNLETTERED for sign in text) for text in raw),
        digits=tuple(sorted(run.encode() for run in digits)),
    )


def _of_email(email: str, matcher: Matcher) -> Iterator[str]:
    local, _, domain = email.rpartition("@")
    ignored = {part for field, _ in matcher.fields for part in field.ignores}
    if "dots" in ignored:
        # no more of it is sure to stand there; a domain of another script is written in several ways
        yield domain if domain.isascii() and "xn--" not in domain else ""
    elif "plus" in ignored:
        yield local.partition("+")[0] or local
    else:
        # blanks around the @ are forgiven
        yield from (local + sign for sign in ("@", *_BLANKS))


def automaton(texts: Sequence[bytes]) -> BytesAhoCorasick:
    """What looks for all of them at once: the quickest kind, unless it would take much memory."""
    from ahocorasick_rs import BytesAhoCorasick, Implementation

    small = sum(map(len, texts)) <= _QUICKEST
    return BytesAhoCorasick(texts, implementation=Implementation.DFA if small else None)


def begins(hits: Sequence[tuple[int, int, int]]) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Where each of the texts that an automaton found begins."""
    import numpy as np

    return np.fromiter((start for _, start, _ in hits), np.intp, len(hits))
