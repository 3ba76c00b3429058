"""The little language in which lexicons write phrases, and the search for many of them at once.

    delete my account        these words, with blanks or punctuation between
    delet*                   any ending
    delete|erase|remove      one of these words
    <data>                   a list of words the lexicon names under [words]
    ?my                      this word or none
    delete .. account        up to seven words between (fifteen characters in Japanese and Chinese)
    not ~ delete             up to three words between, with no comma among them (eight characters)

The first word must always be there, so it cannot be ?optional.

Phrases are compared in folded text (no accents, lower case). What a match means is left to the callers.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from dsar.errors import InputWrong
from dsar.inbox.folding import fold, is_cjk

# A letter of a script that parts words by blanks: "GDPR" is a word in "根据GDPR第17条" too.
_LETTER = r"[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
_STARTS = re.compile(_LETTER + "+")
# How many letters of a stem ("delet*") it is looked up by; shorter stems by all they have.
_STEMS = (4, 3, 2, 1)
_MOST_MET = 20_000
_GAP = r"(?:\W+\w+){0,7}?\W+"
_NEAR = r"(?:[^\w,;:()\n]+\w+){0,3}?[^\w,;:()\n]+"
_CJK_GAP = r".{0,15}?"
_CJK_NEAR = r"[^、，。,;:()]{0,8}?"
_MACRO = re.compile(r"<([a-z_]+)>")


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: what it stands for, and from where to where in the text."""

    sense: str
    start: int
    end: int


class _Phrase:
    """One phrase; its pattern is made when a text first comes near it, as most never are."""

    __slots__ = ("_cjk", "_match", "_spelled", "sense")

    def __init__(self, sense: str, spelled: str, cjk: bool) -> None:
        self.sense = sense
        self._spelled = spelled
        self._cjk = cjk
        self._match: Callable[[str, int], re.Match[str] | None] | None = None

    def end(self, folded: str, start: int) -> int:
        """Where the phrase ends if it stands at ``start``, else 0."""
        if self._match is None:
            self._match = re.compile(_regex(self._spelled, cjk=self._cjk), re.DOTALL).match
        found = self._match(folded, start)
        return found.end() if found else 0


class PhraseBook:
    """Many phrases, each standing for a sense, found in one walk over the words of a text."""

    def __init__(self) -> None:
        self._by_word: dict[str, list[_Phrase]] = defaultdict(list)
        self._by_stem: dict[str, list[_Phrase]] = defaultdict(list)
        self._cjk: dict[str, list[_Phrase]] = defaultdict(list)
        self._met: dict[str, tuple[_Phrase, ...]] = {}

    def add(self, sense: str, phrases: Iterable[str], words: Mapping[str, str]) -> None:
        """Adds phrases under a sense; raises InputWrong where a phrase names words the lexicon lacks."""
        for phrase in phrases:
            spelled = _spelled(phrase, words)
            cjk = any(is_cjk(char) for char in spelled)
            found = _Phrase(sense, spelled, cjk)
            for start, whole in _starts(spelled, cjk=cjk):
                index = self._cjk if cjk else self._by_word if whole else self._by_stem
                index[start].append(found)

    def find(self, folded: str) -> Iterator[Hit]:
        """Every phrase in a folded text, in order of where it starts; the shortest match of each."""
        met = self._met
        for word in _STARTS.finditer(folded):
            letters = word.group()
            phrases = met.get(letters)
            if phrases is None:
                phrases = self._meet(letters)
            for phrase in phrases:
                start = word.start()
                end = phrase.end(folded, start)
                if end:
                    yield Hit(phrase.sense, start, end)
        if self._cjk and not folded.isascii():
            for place, char in enumerate(folded):
                for phrase in self._cjk.get(char, ()):
                    end = phrase.end(folded, place)
                    if end:
                        yield Hit(phrase.sense, place, end)

    def _meet(self, word: str) -> tuple[_Phrase, ...]:
        """The phrases that may begin with a word, remembered, as most words of a text come again."""
        stems = [self._by_stem.get(word[:size], ()) for size in _STEMS if size <= len(word)]
        found = (*self._by_word.get(word, ()), *(phrase for stem in stems for phrase in stem))
        if len(self._met) >= _MOST_MET:
            self._met.clear()
        self._met[word] = found
        return found

    def senses(self, folded: str) -> set[str]:
        """The senses of all phrases in a folded text."""
        return {hit.sense for hit in self.find(folded)}


def _spelled(phrase: str, words: Mapping[str, str]) -> str:
    def named(match: re.Match[str]) -> str:
        try:
            return words[match[1]]
        except KeyError:
            raise InputWrong(
                f'Not read: the phrase "{phrase}" uses <{match[1]}>, which [words] does not list. Nothing was changed.'
            ) from None

    return fold(_MACRO.sub(named, phrase)).strip()


def _choice(word: str, *, cjk: bool) -> str:
    options = [re.escape(option).replace(r"\*", "" if cjk else r"\w*") for option in word.split("|") if option]
    # a listed option may hold several words ("personal_data"): the underscore stands for the blank
    return "(?:" + "|".join(option.replace("_", r"\W+") for option in options) + ")"


def _regex(phrase: str, *, cjk: bool) -> str:
    before, after = ("", "") if cjk else (f"(?<!{_LETTER})", f"(?!{_LETTER})")
    space = r"\s*" if cjk else r"\W+"
    built = joint = ""
    for word in phrase.split():
        if word == "..":
            joint = _CJK_GAP if cjk else _GAP
        elif word == "~":
            joint = _CJK_NEAR if cjk else _NEAR
        elif word.startswith("?"):
            built += f"(?:{space}{before}{_choice(word[1:], cjk=cjk)}{after})?"
        else:
            built += joint + before + _choice(word, cjk=cjk) + after
            joint = space
    return built


def _starts(phrase: str, *, cjk: bool) -> set[tuple[str, bool]]:
    """What a phrase is looked up by: the whole word it begins with (True), or the first letters of its stem."""
    first = phrase.split()[0]
    if first.startswith(("?", "..", "~")):
        raise InputWrong(f'Not read: the phrase "{phrase}" must begin with a word that is always there.')
    starts = set()
    for option in first.split("|"):
        word = option.rstrip("*")
        if not word:
            raise InputWrong(f'Not read: the phrase "{phrase}" has an empty word.')
        if cjk:
            starts.add((word[0], True))
            continue
        # words are walked as runs of letters, so "j'ai" is met at its "j"
        run = (_STARTS.match(word.replace("_", " ")) or [word])[0]
        whole = "*" not in option or len(run) < len(word)
        starts.add((run if whole else run[: max(_STEMS)], whole))
    return starts
