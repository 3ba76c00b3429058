"""Compares stored phone numbers with a person's, cheaply first and exactly after.

The normal form itself is ``case.identifiers``; which fields hold numbers is said in the settings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from dsar.case.identifiers import normal_phone

# Longer than any number with an extension and a remark; what is longer is prose.
LONGEST = 120
KEY_LENGTH = 7
SEPARATORS = " -()./+\t\n\r\u00a0\u2007\u2009\u202f\u2010\u2011\u2012\u2013\u2014"
_STRIP = str.maketrans("", "", SEPARATORS)
_SEVERAL = re.compile(r"[,;|\n]| / ")
_RUN = re.compile(r"\+?\d(?:[ \-()./\u00a0\u2010-\u2014]{0,3}\d){5,16}")
# Written so, a number is its digits: where they are parted makes no difference.
_PLAIN = re.compile(r"\+?[0-9 ().-]*")
_TRUNK = "(0)"
_WHOLE = 10
_MEMORY = 50_000
# So many last digits of a number stand together in every country.
_UNBROKEN = 6


def bare(text: str) -> str:
    """The text without the signs people put between digits."""
    return text.translate(_STRIP)


def plain_digits(text: str) -> str:
    """The text with the digits of every script as 0 to 9."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)


def single_numbers(text: str) -> list[str]:
    """The numbers of a field that may hold several, split at commas and the like."""
    return [part for part in _SEVERAL.split(text) if part.strip()]


class Phones:
    """The numbers looked for, as E.164, read against stored ones in the country of their source."""

    def __init__(self, values: Iterable[str], country: str) -> None:
        self._values = frozenset(values)
        self._country = country
        self._digits = {value.removeprefix("+"): value for value in self._values}
        self._known: dict[str, tuple[str, ...]] = {}
        self.keys = _keys(self._values)

    @property
    def runs(self) -> frozenset[str]:
        """Digits that stand unbroken by other digits in every stored form of ours: the national number.

        Only its end where the number is dialled otherwise at home: with other digits inside it, or fewer before it.
        """
        return frozenset(_run(value, self._country) for value in self._values)

    def all_in(self, raw: str) -> list[str]:
        """The numbers of ours that a stored value holds: itself, or several parted by commas and the like."""
        digits = bare(raw)
        if digits.isascii() and digits.isdigit() and " / " not in raw and "\n" not in raw:
            # nearly every value ends here: digits that do not end as ours do
            return list(self.same(raw)) if self._ends_alike(digits) else []
        parts = single_numbers(raw)
        if len(parts) < 2:
            return list(self.same(raw))
        return list(dict.fromkeys(value for one in (raw, *parts) for value in self.same(one)))

    def _ends_alike(self, digits: str) -> bool:
        for length, keys in self.keys.items():  # noqa: SIM110 - asked of every value there is
            if digits[-length:] in keys:
                return True
        return False

    def likely(self, column: Sequence[str]) -> Iterable[bool] | None:
        """Which values of a column end as one of ours does; None where some are not plain digits after a plus or not.

        It is asked of very many, so it looks at all of them in a few steps.
        """
        if list(self.keys) != [KEY_LENGTH]:
            return None
        whole = "\n" + "\n".join(column)
        if not whole.isascii() or whole.encode("ascii").translate(None, b"0123456789+\n"):
            return None
        if whole.count("\n") != len(column) or whole.count("+") != whole.count("\n+"):
            return None
        ends = self.keys[KEY_LENGTH]
        return [value[-KEY_LENGTH:] in ends for value in column]

    def inside(self, bare_text: str) -> bool:
        """Whether prose without separators could hold one of ours."""
        bare_text = plain_digits(bare_text)
        return any(key in bare_text for keys in self.keys.values() for key in keys)

    def same(self, raw: str) -> tuple[str, ...]:
        """The numbers of ours that a stored one is: nearly always none or one."""
        if len(raw) > LONGEST:
            return ()
        if _PLAIN.fullmatch(raw) and _TRUNK not in raw:
            raw = "+" * raw.startswith("+") + bare(raw)
        if raw not in self._known:
            if len(self._known) >= _MEMORY:
                self._known.clear()
            self._known[raw] = self._compared(raw)
        return self._known[raw]

    def _compared(self, raw: str) -> tuple[str, ...]:
        # systems that drop the plus: the whole international number, digit for digit
        digits = re.sub(r"\D", "", plain_digits(raw))
        whole = self._digits.get(digits, "") if len(digits) >= _WHOLE else ""
        read = normal_phone(raw, country=self._country)
        return tuple(dict.fromkeys(value for value in (read, whole) if value in self._values))

    def in_prose(self, text: str) -> Iterator[str]:
        """The numbers of ours that are written somewhere in prose."""
        if not self._values or not self.inside(bare(text)):
            return
        import phonenumbers

        text = plain_digits(text)
        for run in _RUN.finditer(text):
            if self._ends_alike(bare(run.group())):
                yield from self.same(run.group())
        region = self._country.upper() or "ZZ"
        possible = phonenumbers.Leniency.POSSIBLE
        # by itself it gives up after 65,535 near misses, without saying so
        for found in phonenumbers.PhoneNumberMatcher(text, region, leniency=possible, max_tries=len(text)):
            yield from self.same(found.raw_string)


def _run(value: str, country: str) -> str:
    import phonenumbers

    national = _national(value)
    if national is None:
        return value.removeprefix("+")[-_UNBROKEN:]
    regions = [country.upper()]
    if value.startswith("+"):
        code = int(value.removeprefix("+").removesuffix(national))
        regions.append(phonenumbers.region_code_for_country_code(code))
    known = [phonenumbers.PhoneMetadata.metadata_for_region(region, None) for region in regions if region.isalpha()]
    return national[-_UNBROKEN:] if any(one and one.national_prefix_transform_rule for one in known) else national


def _national(value: str) -> str | None:
    """The number without its country; None if it is none that can be told."""
    if not value.startswith("+"):
        return value
    end = _end_of_code(value[1:4])
    return value[end + 1 :] if end else None


@cache
def _end_of_code(digits: str) -> int:
    """How many of these first digits are the code of a country; 0 if none are."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    # no code begins with another
    return next((end for end in (1, 2, 3) if _number(digits[:end]) in COUNTRY_CODE_TO_REGION_CODE), 0)


def _number(digits: str) -> int:
    return int(digits) if digits.isdigit() else 0


def _keys(values: Iterable[str]) -> dict[int, frozenset[str]]:
    """The last digits to compare by, per length: seven, or the whole national number where it is shorter."""
    keys: dict[int, set[str]] = {}
    for value in values:
        if (national := _national(value)) is None:
            continue
        key = national[-KEY_LENGTH:]
        keys.setdefault(len(key), set()).add(key)
    return {length: frozenset(found) for length, found in sorted(keys.items())}
