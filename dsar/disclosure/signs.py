"""Words and shapes that ask for care: legal privilege, mail headers, and columns or values that open a door.

What is done about them is for the proposals.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files

from dsar.case.identifiers import folded_name

# Stored forms of passwords, and keys with a published prefix.
_SECRET_VALUES = re.compile(
    r"\$(?:2[abxy]?|1|5|6|7|y|argon2(?:id|i|d)?|scrypt|pbkdf2[a-z0-9-]*)\$\S{8,512}"
    r"|\b(?:pbkdf2_sha\d+|bcrypt_sha\d+|argon2)\$\S{8,512}"
    r"|\{S?SHA(?:256|512)?\}[A-Za-z0-9+/=]{20,200}"
    r"|\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8,128}|\bgh[pousr]_[A-Za-z0-9]{20,128}|\bxox[abprs]-[A-Za-z0-9-]{10,128}"
    r"|\beyJ[A-Za-z0-9_-]{10,2048}\.eyJ[A-Za-z0-9_-]{10,4096}\.[A-Za-z0-9_-]{0,1024}"
    r"|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----"
)


@cache
def _data() -> dict[str, list[str]]:
    text = files("dsar.disclosure").joinpath("data", "signs.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def header_line() -> re.Pattern[str]:
    """A line of a mail's header inside prose; group 1 holds the addresses."""
    names = "|".join(map(re.escape, _data()["headers"]))
    return re.compile(rf"(?im)^[>\s]{{0,20}}(?:{names})[ \t]?:[ \t]*(\S.{{0,2000}})$")


def privileged(text: str) -> bool:
    """Whether prose has words that lawyers' advice is marked with."""
    folded = folded_name(text)
    return any(words in folded for words in _data()["privileged"])


@lru_cache(maxsize=4096)
def names_a_secret(column: str) -> bool:
    """Whether a column is called as what opens a door is called ("sip_password", "apiKey")."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column)
    words = re.sub(r"[^a-z0-9]+", "_", words.casefold()).strip("_")
    return any(words == name or words.endswith(f"_{name}") for name in _data()["secret_names"])


def secrets_in(text: str) -> list[tuple[int, int]]:
    """Where stored passwords, tokens and keys stand in a value."""
    return [match.span() for match in _SECRET_VALUES.finditer(text)]
