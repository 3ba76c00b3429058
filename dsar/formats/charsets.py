"""Turns bytes of mail into text by the character set they claim, or by the one they are evidently in.

Where the bytes come from and what the text is for is the mail reader's business.
"""

from __future__ import annotations

import codecs

# Families of real character sets. Python also calls compressions, punycode and escapes "codecs": never those.
_FAMILIES = (
    "utf-8", "utf-16", "utf-32", "utf-7", "iso8859", "cp1", "cp4", "cp7", "cp8", "cp9", "koi8", "iso2022", "gb", "big5",
    "shift_jis", "euc_", "hz", "johab", "mac-", "tis-620", "ascii", "ptcp154", "kz1048",
)  # fmt: skip
# What senders say, and what the bytes then really are (as browsers read them).
_REALLY = {"ascii": "utf-8", "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "iso8859-9": "cp1254"}


def known_charset(name: str) -> str:
    """Python's name of the character set to use for a claimed one, empty when the claim means nothing."""
    try:
        found = codecs.lookup(name.strip(" \t\"'").split("*")[0][:40]).name
    except (LookupError, ValueError, UnicodeError):
        return ""
    return _REALLY.get(found, found) if found.startswith(_FAMILIES) else ""


def decode(raw: bytes, claimed: str) -> tuple[str, bool]:
    """The text, and whether the claim held; otherwise it is read as UTF-8 and last as Windows-1252."""
    charset = known_charset(claimed) if claimed else "utf-8"
    for candidate in (charset, "utf-8"):
        if candidate:
            try:
                return raw.decode(candidate), candidate == charset
            except (UnicodeError, ValueError):
                continue
    return raw.decode("cp1252", "replace"), False
