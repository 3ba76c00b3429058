"""Makes text comparable letter by letter, so that a match in the folded text points to the words as written.

What the words mean is left to the lexicons.
"""

from __future__ import annotations

import unicodedata

# Letters that Unicode does not take apart, and marks that people type in several ways.
_LOOKALIKES = {
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "a", "œ": "o", "þ": "t", "ß": "s", "ς": "σ",
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "–": "-", "—": "-", "‐": "-", "‑": "-", "\u00a0": " ", "\u202f": " ", "\u3000": " ",
}  # fmt: skip
_ACCENTS = ("\u0300", "\u036f")


class _Fold(dict[int, str]):
    """A translation table that learns each character once; every entry is exactly one character."""

    def __missing__(self, code: int) -> str:
        folded = _folded(chr(code))
        self[code] = folded
        return folded


def _folded(char: str) -> str:
    lower = char.casefold()
    lower = lower if len(lower) == 1 else char.lower()[:1]
    if lower in _LOOKALIKES:
        return _LOOKALIKES[lower]
    parts = [part for part in unicodedata.normalize("NFKD", lower) if not _ACCENTS[0] <= part <= _ACCENTS[1]]
    # only accents may be dropped: a syllable or voiced kana that comes apart into letters stays whole
    return _LOOKALIKES.get(parts[0], parts[0].casefold()[:1] or parts[0]) if len(parts) == 1 else lower


_TABLE = _Fold()


def composed(text: str) -> str:
    """The text with accents joined to their letters and soft hyphens and zero-width marks gone."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    return text.translate({0xAD: None, 0x200B: None, 0x200E: None, 0x200F: None, 0x2060: None, 0xFEFF: None})


def fold(text: str) -> str:
    """The text in lower case without accents, of the same length as the text given."""
    # most texts: what the table would do to them, in one step of the interpreter
    return text.lower().replace("`", "'") if text.isascii() else text.translate(_TABLE)


def is_cjk(char: str) -> bool:
    """Whether a character belongs to a script written without blanks between words."""
    return "\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff"
