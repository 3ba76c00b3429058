"""Mail addresses that can stand in a header and in an SMTP command without meaning anything else.

Whether an address belongs to the person is for the release gate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dsar.errors import InputWrong
from dsar.formats.plain import printable

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_IN_TEXT = re.compile(r"[^\s<>()\"',;:]{1,64}@[^\s<>()\"',;:]{1,255}")
_LONGEST = 254
_LONGEST_LOCAL = 64
_LONGEST_NAME = 120
MASKED = "(address)"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAddress:
    """One address with the name to show; build it with ``mail_address``."""

    email: str
    name: str = ""

    @property
    def domain(self) -> str:
        """What stands after the @, in ASCII."""
        return self.email.rpartition("@")[2]


def mail_address(email: str, name: str = "") -> MailAddress:
    """The address, its domain in lower-case ASCII and its name on one printable line.

    Raises InputWrong (without repeating the address) where no ordinary mail server could deliver to it.
    """
    local, at, domain = email.strip().rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower() if not domain.isascii() else domain.lower()
    except UnicodeError:
        ascii_domain = ""
    whole = f"{local}@{ascii_domain}"
    sound = (
        at
        and len(whole) <= _LONGEST
        and len(local) <= _LONGEST_LOCAL
        and _LOCAL.fullmatch(local)
        and all(_LABEL.fullmatch(label) for label in ascii_domain.split("."))
    )
    if not sound:
        raise InputWrong(
            "Not sent: the address is not a mail address that ordinary mail servers deliver to. Nothing has left.",
            hint="Correct the address, or send the letter by post.",
        )
    return MailAddress(email=whole, name=printable(name).strip()[:_LONGEST_NAME])


def masked(text: str) -> str:
    """A server's words, short, printable and without mail addresses, so that they may be logged."""
    return _IN_TEXT.sub(MASKED, printable(text)).strip()[:200]
