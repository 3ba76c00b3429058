"""Finds what identifies people inside prose: e-mail addresses, phone numbers, and names standing beside them.

Whether a trace is the data subject's own, and what is cut, is for the proposals and the check.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import getaddresses
from functools import lru_cache

from dsar.case.identifiers import Identifier, folded_name, normal_email, normal_phone
from dsar.disclosure.signs import header_line

_AT = r"(?:@|\uff20|\ufe6b|%40|\s?[\[(]\s?at\s?[\])]\s?)"
_EMAIL = re.compile(rf"(?i)(?<![\w.+-])[\w.!#$&'*+/=?^`{{|}}~-]{{1,64}}{_AT}(?:[\w-]{{1,63}}\.){{1,8}}[\w-]{{2,63}}")
_DIGITS = re.compile(r"\d")
_FEWEST_DIGITS = 7
_WORD = re.compile(r"[^\W\d_]{2,}")
# A display name before an address: words with a capital, or small ones that belong to names ("van der").
_NAME_WORD = r"[^\W\d_a-z][\w.'\u2019-]{0,40}"
_PARTICLE = r"(?:van|von|der|den|de|del|della|di|da|do|dos|du|la|le|ter|ten|bin|ibn|al|el|y|zu)"
_NAMED = re.compile(
    rf"(?:\"[^\"<>\n@]{{2,80}}\"|(?<![\w.]){_NAME_WORD}(?:[ ](?:{_PARTICLE}|{_NAME_WORD})){{0,4}})"
    r"\s{0,3}<[^<>\s@]{1,64}@[^<>\s@]{1,255}>"
)
_PARTS_OF_NAME = re.compile(r"[^\W\d_]{3,}(?:['\u2019-][^\W\d_]+)*")
# The letters of a case, invoice or order number ("INV-2026-0036"), whose figures follow.
_CODE = re.compile(r"(?<![A-Za-z])[A-Z]{2,8}[-#/]$")
_CODE_ROOM = 12
# Dates, instants, amounts, versions, and addresses of machines: figures, but nobody's number.
_NOT_A_NUMBER = re.compile(
    r"\d{4}[-./]\d{1,2}[-./]\d{1,2}(?:\D.*)?|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}(?:\D.*)?|(?:\d{1,3}\.){3}\d{1,3}|\d+[.,]\d{1,2}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A stretch of text that identifies somebody: where, of what kind, and its normal form."""

    start: int
    end: int
    kind: str
    value: str


def emails(text: str) -> Iterator[Trace]:
    """The e-mail addresses in a text, also written with "(at)" or %40."""
    if "@" not in text and not re.search(r"(?i)%40|[\uff20\ufe6b]|[\[(]\s?at\s?[\])]", text):
        return
    for match in _EMAIL.finditer(text):
        plain = re.sub(rf"(?i){_AT}", "@", match.group(), count=1)
        yield Trace(start=match.start(), end=match.end(), kind="email", value=normal_email(plain.lstrip("'/")))


def phones(text: str, countries: Sequence[str]) -> Iterator[Trace]:
    """The phone numbers in a text, read as in each of the countries; those with a country code always.

    A bare run of digits counts only where it is a number in use, because order numbers look the same.
    """
    if len(_DIGITS.findall(text[:100_000])) < _FEWEST_DIGITS and len(text) <= 100_000:
        return
    import phonenumbers

    seen: set[tuple[int, int]] = set()
    for country in countries or ("",):
        region = country.upper() or None
        matcher = phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.POSSIBLE)
        for match in matcher:
            span = (match.start, match.end)
            valid = phonenumbers.is_valid_number(match.number)
            if span in seen or not _is_like_a_number(match.raw_string, text[: match.start][-_CODE_ROOM:], valid=valid):
                continue
            seen.add(span)
            match.number.extension = None
            value = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
            yield Trace(start=match.start, end=match.end, kind="phone", value=value)


def _is_like_a_number(raw: str, before: str, *, valid: bool) -> bool:
    digits = len(_DIGITS.findall(raw))
    if digits < _FEWEST_DIGITS or _NOT_A_NUMBER.fullmatch(raw):
        return False
    if raw.startswith(("+", "00", "(", "\uff0b")):
        return True
    if _CODE.search(before):
        return False
    if valid:
        return True
    return digits > 8 and bool(re.search(r"[\s./-]", raw))


def countries_of(country: str, own: Iterable[Identifier]) -> tuple[str, ...]:
    """The countries to read numbers in: the source's, else those of the person's own numbers."""
    if country:
        return (country,)
    import phonenumbers

    found = set()
    for one in own:
        if one.kind == "phone" and one.value.startswith("+"):
            try:
                found.add(phonenumbers.region_code_for_number(phonenumbers.parse(one.value)) or "")
            except phonenumbers.NumberParseException:
                continue
    return tuple(sorted(found - {"", "001"}))


def names_beside(text: str, own: Own) -> set[str]:
    """Names that stand beside other people's addresses, whole: "Ben Ode <ben@…>", and lists in mail headers."""
    lines = [match.group(1) for match in header_line().finditer(text)]
    lines += [match.group() for match in _NAMED.finditer(text)]
    return {name for line in lines for name in addresses_named(line, own)}


def addresses_named(value: str, own: Own) -> set[str]:
    """The names in a value that is itself a list of addresses."""
    if "@" not in value:
        return set()
    pairs = getaddresses([value])
    return {name.strip() for name, email in pairs if name.strip() and not own.has("email", normal_email(email))}


def name_spans(text: str, names: Iterable[str], own: Own) -> Iterator[Trace]:
    """Where a name, or a part of one that is not also the person's own, stands in a text as a word."""
    wanted: dict[str, None] = {}
    for name in sorted(names, key=len, reverse=True):
        whole = " ".join(name.split())
        if len(whole) > 1 and not own.has("name", folded_name(whole)):
            wanted[whole] = None
        for part in _PARTS_OF_NAME.findall(whole):
            # capitals only: "will" and "may" are words before they are names
            if part[0].isupper() and folded_name(part) not in own.name_parts:
                wanted[part] = None
    if not wanted:
        return
    either = "|".join(r"\s+".join(map(re.escape, name.split())) for name in list(wanted)[:500])
    for match in re.finditer(rf"(?<!\w)(?:{either})(?!\w)", text):
        yield Trace(start=match.start(), end=match.end(), kind="name", value=folded_name(match.group()))


class Own:
    """The data subject's own identifiers, looked up by normal form."""

    def __init__(self, identifiers: Iterable[Identifier]) -> None:
        held = tuple(identifiers)
        self._keys = {_key(one.kind, one.value) for one in held}
        self.countries = countries_of("", held)
        self.name_parts = {part for kind, value in self._keys if kind == "name" for part in value.split()}

    def has(self, kind: str, value: str) -> bool:
        """Whether an identifier in normal form is the person's."""
        return bool(value) and _key(kind, value) in self._keys

    def is_whole(self, value: str, kind: str, country: str) -> bool:
        """Whether a value is one identifier of the person and nothing else beside it."""
        found = {trace.value for trace in emails(value)}
        if found:
            numbers = phones(value, (country,) if country else self.countries)
            mine = all(self.has("email", one) for one in found) and all(self.has("phone", n.value) for n in numbers)
            return mine and not addresses_named(value, self)
        if kind in ("", "phone") and not _WORD.search(value.removeprefix("tel:")):
            return self.has("phone", normal_phone(value, country=country))
        if kind in ("", "name") and self.has("name", folded_name(value)):
            return True
        return bool(kind) and self.has(kind, value.strip())


def _key(kind: str, value: str) -> tuple[str, str]:
    match kind:
        case "child_email":
            return ("email", value)
        case "child" | "name":
            return ("name", folded_name(value))
        case _:
            return (kind, value)


@lru_cache(maxsize=64)
def own_of(identifiers: tuple[Identifier, ...]) -> Own:
    """The same as Own(identifiers), made once for the many records of a case."""
    return Own(identifiers)
