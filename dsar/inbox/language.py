"""Tells which language a message is written in, by its script and its small words.

Languages without a lexicon are named where they can be, so that a person who reads them can be found.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache

from dsar.inbox.folding import composed, fold
from dsar.inbox.lexicon import languages, lexicon, table

LOOK = 6_000
UNKNOWN = "und"
# A letter only one or few languages use counts like this many small words.
_LETTER_WEIGHT = 0.6
_MOST_LETTERS = 5
# What a word of the lexicons says for its language, beside a small word.
_SPOKEN_WEIGHT = 0.6
_LEAST_SCORE = 1.0
_WORDS = re.compile(r"[^\W\d_]+")
_NOISE = re.compile(r"\S*[@/]\S*|https?:\S+")
_SCRIPTS = {
    "GREEK": "el", "HANGUL": "ko", "ARABIC": "ar", "HEBREW": "he", "THAI": "th", "DEVANAGARI": "hi",
    "ARMENIAN": "hy", "GEORGIAN": "ka", "BENGALI": "bn", "TAMIL": "ta", "GURMUKHI": "pa",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language by its ISO 639 code, how sure that is (0 to 1), and whether there is a lexicon for it."""

    code: str
    sure: float

    @property
    def known(self) -> bool:
        """Whether there is a lexicon for it."""
        return self.code in languages()


def language_of(text: str) -> Language:
    """The language most of a text is written in; code "und" where nothing tells."""
    text = _NOISE.sub(" ", composed(text[:LOOK]))
    script = _script(text)
    if script in _SCRIPTS:
        return Language(code=_SCRIPTS[script], sure=0.95)
    if script == "KANA":
        return Language(code="ja", sure=0.95)
    if script == "CJK":
        return Language(code="zh", sure=0.9)
    return _by_words(text, cyrillic=script == "CYRILLIC")


def title(code: str) -> str:
    """The name of a language in English, or its code where it has no name here."""
    if code in languages():
        return lexicon(code).title
    other = table("others").get(code)
    return str(other["title"]) if other else code


def read_like(code: str) -> str:
    """The language whose lexicon comes nearest to a language without one (Norwegian is read like Danish), or ""."""
    return str(table("others").get(code, {}).get("read_like", ""))


def _script(text: str) -> str:
    """The script of most letters; kana decides for Japanese even among many Chinese characters."""
    counts: Counter[str] = Counter()
    for char, times in Counter(text).items():
        if char.isalpha():
            counts[_script_of(char)] += times
    if not counts:
        return ""
    east = counts["KANA"] + counts["CJK"]
    # one character says as much as half a word, so a Latin address under a letter does not outvote it
    if east * 3 >= counts["LATIN"] and east:
        return "KANA" if counts["KANA"] * 8 >= east else "CJK"
    most, _ = max(counts.items(), key=lambda item: (item[1], item[0]))
    return most


@cache
def _script_of(letter: str) -> str:
    if letter.isascii():
        return "LATIN"
    name = unicodedata.name(letter, "").split(" ")[0].split("-")[0]
    return "KANA" if name in ("HIRAGANA", "KATAKANA") else name


@cache
def _small_words(cyrillic: bool) -> tuple[dict[str, tuple[str, ...]], dict[str, frozenset[str]], dict[str, float]]:
    """Word to languages, language to letters of its own, and nothing else, for one of the two alphabets."""
    words: dict[str, list[str]] = {}
    letters: dict[str, frozenset[str]] = {}
    for code in languages():
        known = lexicon(code)
        _add(words, letters, code, known.stopwords, known.letters)
    for code, other in table("others").items():
        if "stopwords" in other:
            _add(words, letters, code, fold(other["stopwords"]).split(), other.get("letters", ""))
    shared = {word: tuple(codes) for word, codes in words.items() if _is_cyrillic(word) == cyrillic}
    weights = {word: 1 / len(codes) ** 0.7 for word, codes in shared.items()}
    return shared, letters, weights


@cache
def _spoken_words(cyrillic: bool) -> dict[str, tuple[str, ...]]:
    """The words of requests to the languages whose lexicon knows them, those in any list of small words left out."""
    small = _small_words(cyrillic)[0]
    words: dict[str, list[str]] = {}
    for code in languages():
        for word in lexicon(code).vocabulary:
            if word not in small and _is_cyrillic(word) == cyrillic:
                words.setdefault(word, []).append(code)
    return {word: tuple(codes) for word, codes in words.items()}


def _add(
    words: dict[str, list[str]], letters: dict[str, frozenset[str]], code: str, own: object, marks: object
) -> None:
    for word in own:  # type: ignore[attr-defined]
        words.setdefault(word, []).append(code)
    letters[code] = frozenset(marks)  # type: ignore[call-overload]


def _is_cyrillic(word: str) -> bool:
    return any("\u0400" <= char <= "\u04ff" for char in word)


def _by_words(text: str, *, cyrillic: bool) -> Language:
    shared, letters, weights = _small_words(cyrillic)
    spoken = _spoken_words(cyrillic)
    scores: Counter[str] = Counter()
    seen: Counter[str] = Counter(_WORDS.findall(fold(text)))
    for word, count in seen.items():
        for code in shared.get(word, ()):
            scores[code] += weights[word] * min(count, 4)  # type: ignore[assignment]
        for code in spoken.get(word, ()):
            scores[code] += _SPOKEN_WEIGHT / len(spoken[word])  # type: ignore[assignment]
    marks = Counter(text.lower())
    for code, own in letters.items():
        found = sum(marks[letter] for letter in own if _is_cyrillic(letter) == cyrillic)
        if found:
            scores[code] += _LETTER_WEIGHT * min(found, _MOST_LETTERS)  # type: ignore[assignment]
    ranked = scores.most_common(2)
    if not ranked or ranked[0][1] < _LEAST_SCORE:
        return Language(code=UNKNOWN, sure=0.0)
    best, score = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    return Language(code=best, sure=round(min(0.98, (score - second) / score * 0.5 + 0.5), 2))
