"""Cuts the data subject out of prose that stays for others: addresses, numbers, user names and names.

Which texts are cut is the plan's decision; other people are cut out by the disclosure room, never here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping

from dsar.case.identifiers import normal_email
from dsar.sources.phones import Phones, bare

REMOVED = "[removed]"
_LOCAL = re.compile(r"[^\s<>()\[\]\"',;:@|/\\=]{1,128}$")
_DOMAIN = re.compile(r"[^\s<>()\[\]\"',;:@|/\\?!*=&]{1,255}")
_AT = r"\s?(?:@|[\[(]\s?at\s?[\])]|%40)\s?"
_RUN = re.compile(r"\+?\(?\d(?:[ \-()./\u00a0\u2010-\u2014]{0,3}\d){5,16}")
_BESIDE = 24
_SHORTEST = 4
_LOOSE_NAME = 5

Span = tuple[int, int]


class Cutter:
    """Cuts with what is known of one person: normal forms by kind, names folded, numbers read in ``country``."""

    def __init__(self, held: Mapping[str, Iterable[str]], country: str) -> None:
        self._emails = frozenset(held.get("email", ()))
        self._phones = Phones(held.get("phone", ()), country)
        self._has_phones = bool(held.get("phone"))
        self._country = country
        self._names = [name.split() for name in held.get("name", ()) if name.strip()]
        others = [value for kind, values in held.items() if kind not in _OWN_WAY for value in values]
        self._words = [*_words(others), *map(_login, held.get("username", ())), *map(_written_email, self._emails)]

    def cut(self, text: str) -> str:
        """The text with a block where something of the person's stood; everything else stays as it is."""
        spans = sorted({*self._in_plain(text), *self._in_folded(text)})
        pieces: list[str] = []
        at = 0
        for start, end in spans:
            if end > at:
                pieces += (text[at:start], REMOVED) if start >= at else ()
                at = end
        return "".join([*pieces, text[at:]])

    def _in_plain(self, text: str) -> Iterator[Span]:
        plain, at = _mapped(text, _plain)
        for start, end in (*self._addresses(plain), *self._numbers(plain)):
            yield at[start], at[end - 1] + 1
        for pattern in self._words:
            for match in pattern.finditer(plain):
                yield at[match.start()], at[match.end() - 1] + 1

    def _addresses(self, plain: str) -> Iterator[Span]:
        for sign in re.finditer("@", plain) if self._emails else ():
            local = _LOCAL.search(plain[max(0, sign.start() - 128) : sign.start()])
            domain = _DOMAIN.match(plain, sign.end())
            if local and domain:
                before, after = local.group().lstrip("*_~`."), domain.group().rstrip(".*_~`")
                if normal_email(f"{before}@{after}") in self._emails:
                    yield sign.start() - len(before), sign.end() + len(after)

    def _numbers(self, plain: str) -> Iterator[Span]:
        if not self._has_phones or not self._phones.inside(bare(plain)):
            return
        import phonenumbers

        for run in _RUN.finditer(plain):
            if self._phones.same(run.group()):
                yield run.span()
        possible = phonenumbers.Leniency.POSSIBLE
        region = self._country.upper() or "ZZ"
        for found in phonenumbers.PhoneNumberMatcher(plain, region, leniency=possible, max_tries=len(plain)):
            if self._phones.same(found.raw_string):
                yield found.start, found.end

    def _in_folded(self, text: str) -> Iterator[Span]:
        """Whole names in any order and case; a part of one only as a name that stands by itself."""
        if not self._names:
            return
        folded, at = _mapped(text, _folded)
        for parts in self._names:
            for order in dict.fromkeys((tuple(parts), (parts[-1], *parts[:-1]))) if len(parts) > 1 else ():
                whole = r"[\s.,\-]{1,3}".join(map(re.escape, order))
                for match in re.finditer(rf"(?<!\w){whole}(?!\w)", folded):
                    yield at[match.start()], at[match.end() - 1] + 1
            for place, part in enumerate(parts):
                for match in re.finditer(rf"(?<!\w){re.escape(part)}(?!\w)", folded) if len(part) > 2 else ():
                    start, end = at[match.start()], at[match.end() - 1] + 1
                    if _alone(text, start, end, parts, last=place == len(parts) - 1 and place > 0):
                        yield start, end


_OWN_WAY = frozenset({"email", "phone", "name", "username"})


def _mapped(text: str, change: Callable[[str], str]) -> tuple[str, list[int]]:
    """The text changed character by character, and where each character of the result came from."""
    made: list[str] = []
    at: list[int] = []
    for place, char in enumerate(text):
        new = char if char.isascii() and change is _plain else change(char)
        made.append(new)
        at += [place] * len(new)
    return "".join(made), at


def _plain(char: str) -> str:
    text = unicodedata.normalize("NFKC", char)
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)


def _folded(char: str) -> str:
    if char.isascii():
        return char.lower()
    text = unicodedata.normalize("NFKD", char)
    return "".join(one for one in text if not unicodedata.combining(one)).casefold()


def _words(values: Iterable[str]) -> Iterator[re.Pattern[str]]:
    for value in values:
        if len(value) >= _SHORTEST:
            yield re.compile(rf"(?<![\w\-]){re.escape(value)}(?![\w\-])")


def _written_email(email: str) -> re.Pattern[str]:
    local, _, domain = email.rpartition("@")
    return re.compile(rf"(?i)(?<![\w.+\-]){re.escape(local)}{_AT}{re.escape(domain)}(?![\w\-]|\.\w)")


def _login(name: str) -> re.Pattern[str]:
    """A user name as a whole word; one that could be a word of the language only behind @ or as it is written."""
    if re.search(r"[\d_.\-]", name) and len(name) >= _SHORTEST:
        return re.compile(rf"(?<![\w@.\-])@?{re.escape(name)}(?![\w\-@])", re.IGNORECASE)
    bare_too = rf"|(?<![\w@.\-]){re.escape(name)}(?![\w\-@])" if len(name) >= _LOOSE_NAME else ""
    return re.compile(rf"(?<![\w@.\-])@(?i:{re.escape(name)})(?![\w\-@]){bare_too}")


def _alone(text: str, start: int, end: int, parts: list[str], *, last: bool) -> bool:
    """Whether a part of a name is this person's: written with a capital, and no part of somebody else's name."""
    if not text[start].isupper():
        return False
    if last:
        before = re.search(r"([^\W\d_]+)[ \u00a0]$", text[max(0, start - _BESIDE) : start])
        return not (before and len(before[1]) > 3 and before[1][0].isupper() and before[1].casefold() not in parts)
    after = re.match(r"[ \u00a0]([^\W\d_]+)", text[end : end + _BESIDE])
    return not (after and after[1][0].isupper() and after[1].casefold() not in parts)
