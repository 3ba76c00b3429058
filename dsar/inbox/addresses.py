"""Finds postal addresses that carry no label: the block under a signature, a letter's head, "I live at …".

Labelled addresses are read by ``fields``; whether an address is right is for nobody here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dsar.inbox.folding import fold, is_cjk
from dsar.inbox.lexicon import table

_US_STATES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA "
    "RI SC SD TN TX UT VT VA WA WV WI WY DC"
)
_US = rf"\b(?:{_US_STATES.replace(' ', '|')}|California)[,.]?\s+\d{{5}}(?:-\d{{4}})?\b"
_UK = r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b"
_IE = r"\b[AC-FHKNPRTV-Y]\d[0-9W]\s?[0-9AC-FHKNPRTV-Y]{4}\b"
_NL = r"\b[1-9]\d{3}\s?[A-Z]{2}\s+[A-Z]"
_CA = r"\b[ABCEGHJ-NPRSTVXY]\d[A-Z]\s?\d[A-Z]\d\b"
_CITY = r"\s+[A-ZÀ-ÖØ-ÞĀ-ſΆ-ΩА-Я]"
_EUROPE = rf"(?:^|[\s,])(?:[A-Z]{{1,2}}-)?(?:\d{{5,6}}|\d{{4}}|\d{{3}}\s\d{{2}}|\d{{2}}-\d{{3}}|\d{{4}}-\d{{3}}){_CITY}"
_CITY_FIRST = r"[^\W\d_]{3,}[,\s]+(?:\d{4,5}|\d{3}\s\d{2}|\d{3}-\d{4})\s*$"
_EAST = r"〒\s?\d{3}-?\d{4}|[都道府県市区町村省縣县]\S{0,12}[路街道丁目番号號号町巷弄村]|\d+[号號番]"
_POSTCODE = re.compile("|".join((_US, _UK, _IE, _NL, _CA, _EUROPE, _CITY_FIRST, _EAST)), re.MULTILINE)
_COUNTRY_BY_CODE = (("US", re.compile(_US)), ("GB", re.compile(_UK)), ("NL", re.compile(_NL)))
_MAX_LINE = 70
_SENTENCE = re.compile(r"[.!?]\s+[A-Z]|\b(?:order|Bestellung|invoice)\b")


def has_postcode(line: str) -> bool:
    """Whether a line looks like the town line of an address, or a whole address in one line."""
    return bool(_POSTCODE.search(line))


def address_in(lines: Sequence[str], taken: set[int], names: Sequence[str]) -> str:
    """The first unlabelled address block: the town line with its street above it and its country below; or ""."""
    for place, line in enumerate(lines):
        text = line.strip().strip(",")
        if place in taken or not _possible(text) or not has_postcode(text):
            continue
        parts = [text]
        if not _whole(text):
            above = list(_above(lines, place, taken, names))
            if not above and not _east(text):
                continue
            parts = [*above, text]
        below = lines[place + 1].strip() if place + 1 < len(lines) else ""
        if country_named(below):
            parts.append(below)
        return ", ".join(parts)
    return ""


def _possible(text: str) -> bool:
    return 6 <= len(text) <= 110 and "@" not in text and ":" not in text and not _SENTENCE.search(text)


def _whole(text: str) -> bool:
    """Whether one line holds street and town: numbers in two of its parts between commas."""
    parts = [part for part in text.split(",") if any(char.isdigit() for char in part)]
    return len(parts) >= 2


def _east(text: str) -> bool:
    return any(is_cjk(char) for char in text)


def _above(lines: Sequence[str], place: int, taken: set[int], names: Sequence[str]) -> Iterator[str]:
    """The street lines above the town line: up to two, and at least one of them with a number."""
    found: list[str] = []
    for upper in range(place - 1, max(-1, place - 4), -1):
        text = lines[upper].strip().strip(",")
        if not text or upper in taken or len(text) > _MAX_LINE or text.endswith((".", "!", "?", ":")):
            break
        if fold(text) in names or "@" in text:
            break
        found.insert(0, text)
        if len(found) == 2:
            break
    while found and not any(char.isdigit() for char in found[0]):
        found.pop(0)
    return iter(found)


def country_named(text: str) -> str:
    """The ISO code of the country a text names, alone or after its last comma; or ""."""
    last = text.rsplit(",", 1)[-1]
    return str(table("countries")["names"].get(fold(last).strip(" .").replace(".", ""), "")) if last else ""


def country_of(address: str, language_country: str) -> str:
    """The country an address lies in, by its name or the shape of its code; else the language's own."""
    named = country_named(address)
    if named:
        return named
    return next((code for code, shape in _COUNTRY_BY_CODE if shape.search(address)), language_country)
