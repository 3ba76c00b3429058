"""Says whether a corrected value can be one of its kind, and how it is then written.

Where it is written is for the correction plan.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from dsar.case.identifiers import normal_email, normal_phone
from dsar.errors import InputWrong
from dsar.formats.plain import printable

KINDS = ("email", "phone", "name", "address", "birth_date", "username", "child_email", "child")
_OTHER_WORDS = {
    "e-mail": "email", "mail": "email", "telephone": "phone", "birthdate": "birth_date", "birthday": "birth_date",
    "date_of_birth": "birth_date", "user_name": "username",
}  # fmt: skip
_EMAIL = re.compile(r"[^\s<>()\"',;:@]{1,64}@(?:[^\s<>()\"',;:@.]{1,63}\.){1,8}[^\s<>()\"',;:@.]{2,63}")
_LONGEST = 500


def kind_named(typed: str) -> str:
    """The kind a person means by a word, "" if none."""
    word = typed.strip().casefold().replace(" ", "_")
    return _OTHER_WORDS.get(word, word if word in KINDS else "")


def checked(kind: str, new: str, *, country: str = "", codes: Sequence[tuple[str, str]] = ()) -> str:
    """The value as it is written into a source; InputWrong, without the value, where it cannot be one of its kind."""
    value = " ".join(new.split()) if kind in ("name", "child", "address") else new.strip()
    if not value:
        raise _wrong("The new value is empty")
    if len(value) > _LONGEST or printable(value) != value:
        raise _wrong("The new value is too long, or holds signs that cannot be seen")
    if codes and value not in dict(codes):
        raise _wrong(f"This field holds one of {', '.join(code for code, _ in codes)}")
    match kind:
        case "email" | "child_email":
            if not _EMAIL.fullmatch(value) or not normal_email(value):
                raise _wrong("The new value is not an e-mail address")
        case "phone":
            return _phone(value, country)
        case "birth_date":
            try:
                return date.fromisoformat(value).isoformat()
            except ValueError:
                raise _wrong("The new value is not a date such as 1984-03-09") from None
        case "name" | "child":
            if not any(char.isalpha() for char in value):
                raise _wrong("The new value is not a name")
        case _:
            pass
    return value


def _phone(value: str, country: str) -> str:
    number = normal_phone(value, country=country)
    if number:
        return number
    if not country and not value.startswith(("+", "00")) and 6 <= sum(char.isdigit() for char in value) <= 17:
        # a national number: it is read again in the country of each source it goes to
        return value
    raise _wrong("The new value is not a telephone number that can exist")


def _wrong(says: str) -> InputWrong:
    return InputWrong(f"{says}. No plan was made.", hint="Correct the new value, and plan again.")
