"""Looks for people in a package's strings: words that were cut, and addresses or numbers that are not the person's.

Which files are read is for the check; the strings come from texts.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from dsar.case.identifiers import Identifier, normal_email, normal_phone
from dsar.disclosure.traces import Own, Trace, countries_of, emails, phones

_ROOM = re.compile(r"\s+")
_WORD = re.compile(r"\w+")
# Scripts that set no blank between words: a name is found inside the running text.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_LONGEST_KEPT = 200
_MOST_KEPT = 500_000
# Instants are by far the most common figures of a package, and nobody's number.
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")


class Known:
    """Who may stand in the package: the person, and what was allowed by a rule or by a person."""

    def __init__(self, own: Sequence[Identifier], allowed: Sequence[str], countries: Sequence[str]) -> None:
        self._own = Own(own)
        self.countries = tuple(countries) or countries_of("", own)
        texts = [*allowed]
        self._forms = {normal_email(text) for text in texts}
        for text in texts:
            self._forms.update(trace.value for trace in (*emails(text), *phones(text, self.countries)))
            self._forms.update(normal_phone(text, country=country) for country in self.countries or ("",))
        self._words = {folded(text) for text in texts} | {folded(one.raw) for one in own} | {
            folded(one.value) for one in own
        }  # fmt: skip
        self._forms.discard("")

    def knows(self, kind: str, value: str) -> bool:
        """Whether an address or number in normal form may stand there."""
        return value in self._forms or self._own.has(kind, value)

    def knows_word(self, text: str) -> bool:
        """Whether a word that was cut elsewhere may stand in the package after all."""
        if folded(text) in self._words:
            return True
        found: list[Trace] = [*emails(text), *phones(text, self.countries)]
        return bool(found) and all(self.knows(trace.kind, trace.value) for trace in found)


def folded(text: str) -> str:
    """A text as two of them are compared: one case, one kind of blank, one spelling of each character."""
    return _ROOM.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


class Forbidden:
    """Words that must be nowhere, found however they are set apart, and numbers however they are grouped.

    A phrase is looked up by its first word, so that ten thousand of them cost no more than ten.
    """

    def __init__(self, words: Iterable[str], known: Known) -> None:
        self._phrases: dict[str, set[tuple[str, ...]]] = {}
        self._unspaced: list[str] = []
        self._forms: set[str] = set()
        for word in {word for word in words if word.strip() and not known.knows_word(word)}:
            plain = folded(word)
            if _UNSPACED.search(plain):
                self._unspaced.append(plain)
            elif phrase := tuple(_WORD.findall(plain)):
                self._phrases.setdefault(phrase[0], set()).add(phrase)
            self._forms.add(normal_email(word))
            self._forms.update(normal_phone(word, country=country) for country in known.countries or ("",))
        self._forms.discard("")

    def stands_in(self, text: str, traces: Sequence[Trace]) -> bool:
        """Whether one of the words stands in a string with these traces of people."""
        if any(trace.value in self._forms for trace in traces):
            return True
        if not self._phrases and not self._unspaced:
            return False
        plain = folded(text)
        if any(word in plain for word in self._unspaced):
            return True
        words = _WORD.findall(plain)
        return any(
            tuple(words[place : place + len(phrase)]) == phrase
            for place, word in enumerate(words)
            for phrase in self._phrases.get(word, ())
        )


class Looked:
    """Looks through strings and remembers the clean ones: every value stands in a package several times."""

    def __init__(self, known: Known, forbidden: Forbidden) -> None:
        self._known = known
        self._forbidden = forbidden
        self._clean: set[tuple[str, bool, bool]] = set()

    def faults(self, text: str, *, people: bool, numbers: bool) -> list[str]:
        """The codes of what is wrong with a string: redacted, other_email, other_phone."""
        key = (text, people, numbers)
        if key in self._clean:
            return []
        traces = self._traces(text)
        codes = ["redacted"] if self._forbidden.stands_in(text, traces) else []
        if people:
            kinds = {trace.kind for trace in traces if not self._known.knows(trace.kind, trace.value)}
            if not numbers or self._known.knows_word(text):
                kinds.discard("phone")
            codes += [f"other_{kind}" for kind in sorted(kinds)]
        if not codes and len(text) <= _LONGEST_KEPT and len(self._clean) < _MOST_KEPT:
            self._clean.add(key)
        return codes

    def _traces(self, text: str) -> list[Trace]:
        found = list(emails(text))
        if not _INSTANT.fullmatch(text):
            found += phones(text, self._known.countries)
        return found
