"""Normal forms of what identifies a person, so that the same e-mail or number compares equal.

The raw text is always kept beside the normal form; where a value came from is the search's business.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Holder(StrEnum):
    """Whose an identifier or record is: an account is not a person."""

    PERSON = "person"
    ORGANISATION = "organisation"
    SHARED = "shared"


_NUMBER_OF_A_TABLE = re.compile(r"record_id\.[a-z0-9][a-z0-9_-]{0,79}")


class _Kinds(frozenset[str]):
    """Kinds by name, and besides them the numbers of one table each: ``record_id.crm-orders``.

    The same number stands for another thing in every table, so each has a kind of its own.
    """

    def __contains__(self, kind: object) -> bool:
        return super().__contains__(kind) or (isinstance(kind, str) and bool(_NUMBER_OF_A_TABLE.fullmatch(kind)))


# Kinds that are enough to search by. A name or an address alone never is.
SEARCHABLE = _Kinds(
    {"email", "phone", "customer_no", "account_id", "username", "cookie", "ip", "device_id", "child_email", "record_id"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """One identifier in normal form; ``since`` and ``until`` bound the days it was this person's.

    ``found_in`` is "request", "staff", or the record set it came from; then ``found_by`` tells the record, and by which
    identifier that was found: the way back to the request, one step at a time.
    """

    kind: str
    value: str
    raw: str = ""
    holder: Holder = Holder.PERSON
    since: date | None = None
    until: date | None = None
    found_in: str = "request"
    found_by: str = field(default="", compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """What two identifiers are compared by."""
        return (self.kind, self.value)

    def covers(self, day: date | None) -> bool:
        """Whether the identifier was this person's on a day (an unknown day counts as yes)."""
        if day is None:
            return True
        return not ((self.since and day < self.since) or (self.until and day > self.until))


def identifier(kind: str, raw: str, *, country: str = "", **more: object) -> Identifier | None:
    """The identifier in normal form, or None where the text holds none (blank, or no such number)."""
    value = normal(kind, raw, country=country)
    return Identifier(kind=kind, value=value, raw=raw, **more) if value else None  # type: ignore[arg-type]


def normal(kind: str, raw: str, *, country: str = "") -> str:
    """The normal form of a value: e-mail folded, phone E.164, name folded, anything else trimmed."""
    match kind:
        case "email" | "child_email":
            return normal_email(raw)
        case "phone":
            return normal_phone(raw, country=country)
        case "name" | "child":
            return folded_name(raw)
        case "address":
            return " ".join(raw.replace(",", " ").split()).casefold()
        case _:
            return raw.strip()


# begins where a word begins and is bounded, so that no long text can make it slow
_EMAIL = re.compile(r"(?<![^\s<>()\"',;:@])[^\s<>()\"',;:@]{1,128}@[^\s<>()\"',;:@]{1,255}")


def normal_email(raw: str) -> str:
    """The first e-mail address in a text, in lower case, with its domain in ASCII; "" if there is none.

    Blanks around the @ are forgiven; others part words, so that two people's addresses never melt into one.
    """
    text = unicodedata.normalize("NFKC", raw).strip().strip("<>").removeprefix("mailto:")
    match = _EMAIL.search(" ".join(text.split()).replace(" @", "@").replace("@ ", "@")) if "@" in text else None
    if match is None:
        return ""
    local, _, domain = match.group().rpartition("@")
    return f"{local.casefold()}@{_ascii_domain(domain.casefold().rstrip('.'))}"


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def normal_phone(raw: str, *, country: str = "") -> str:
    """A phone number as E.164, read in ``country`` (ISO 3166) where it has no country code; else "".

    Reserved and invented numbers count: only the length and code must be possible.
    """
    import phonenumbers

    text = " ".join(unicodedata.normalize("NFKC", raw).split())
    digits = re.sub(r"\D", "", text)
    if not 6 <= len(digits) <= 17:
        return ""
    if digits.startswith("00") and not text.startswith("+"):
        text = "+" + digits[2:]
    elif text.startswith("+"):
        text = "+" + digits if not re.search(r"(?i)(x|ext)", text) else text
    try:
        number = phonenumbers.parse(re.sub(r"\(0\)", "", text), country.upper() or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    number.extension = None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def folded_name(raw: str) -> str:
    """A name in lower case, without accents or doubled blanks: for display order and hints, never as proof."""
    plain = unicodedata.normalize("NFKD", raw)
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(plain.casefold().split())


def short_name(raw: str) -> str:
    """A name as lists show it: "M. Rivera"; one word stays as it is."""
    words = raw.split()
    if len(words) < 2:
        return raw.strip()
    return f"{words[0][0]}. {words[-1]}"
