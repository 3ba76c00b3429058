"""Knows the statute's categories of personal information by number and by words (Civil Code 1798.83(e)(6)).

The statute's own words are law data; which recipient got which category is the register's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from dsar.formats.plain import printable
from dsar.law.rules import load

LAW = "us-ca-stl"

# What people write for the statute's words; the number is the place in the law's list.
_ALSO: dict[int, tuple[str, ...]] = {
    1: ("name", "address", "postal address", "name and postal address", "names and addresses"),
    2: ("e-mail", "email", "e-mail address", "email address", "mail address"),
    3: ("age", "date of birth", "birth date"),
    4: ("children's names",),
    5: ("addresses of children", "e-mail addresses of children", "children's addresses"),
    7: ("age of children", "gender of children"),
    10: ("race or ethnicity",),
    13: ("phone", "phone number", "telephone", "telephone numbers"),
    15: ("political party",),
    17: ("drugs", "therapies", "medical products", "medical equipment"),
    18: ("kind of product", "products bought", "product purchased"),
    19: ("real property",),
    20: ("kind of service", "services used"),
    21: ("ssn", "social security"),
    22: ("bank account",),
    23: ("credit card",),
    24: ("debit card",),
    25: ("balance", "balances", "account balance"),
    26: ("payments",),
    27: ("creditworthiness", "assets", "income", "liabilities"),
}
_DERIVED = re.compile(r"(?:derived from\s+(?P<before>.+)|(?P<after>.+?)\s*\(derived\))", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One of the statute's categories. ``derived``: a list was made from it, and the recipient can tell ((e)(6)(B))."""

    number: int
    words: str
    derived: bool = False


@lru_cache(maxsize=1)
def categories() -> tuple[Category, ...]:
    """The statute's categories in its order, the first with number 1."""
    return tuple(Category(number=at, words=words) for at, words in enumerate(load().law(LAW).categories, start=1))


def category_named(text: str) -> Category | None:
    """The category a number, the statute's words or usual ones mean; ``derived from 18`` and ``18 (derived)`` as well.

    None for anything else: a guess would end up in a legal notice.
    """
    text = " ".join(printable(text).split())
    if match := _DERIVED.fullmatch(text):
        found = _plain(match["before"] or match["after"])
        return replace(found, derived=True) if found else None
    return _plain(text)


def _plain(text: str) -> Category | None:
    known = categories()
    if text.isascii() and text.isdigit():
        at = int(text[:4])
        return known[at - 1] if 1 <= at <= len(known) and len(text) <= 2 else None
    return _by_words().get(_folded(text))


@lru_cache(maxsize=1)
def _by_words() -> dict[str, Category]:
    by_words = {_folded(category.words): category for category in categories()}
    for category in categories():
        by_words |= {_folded(words): category for words in _ALSO.get(category.number, ())}
    return by_words


def _folded(text: str) -> str:
    """Letters and digits alone, so that hyphens, commas and capitals make no difference."""
    return re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()
