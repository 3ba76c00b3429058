"""Turns bytes of mail into text by the character set they claim, or by the one they are evidently in.

Where the bytes come from and what the text is for is the mail reader's business.
"""

from __future__ import annotations

import codecs
import re

# Families of real character sets. Python also calls compressions, punycode and escapes "codecs": never those, and
# not utf-7 either, which turns harmless letters into markup.
_FAMILIES = (
    "utf-8", "utf-16", "utf-32", "iso8859", "cp1", "cp4", "cp7", "cp8", "cp9", "koi8", "iso2022", "gb", "big5",
    "shift_jis", "euc_", "hz", "johab", "mac-", "tis-620", "ascii", "ptcp154", "kz1048",
)  # fmt: skip
# What senders say, and what the bytes then really are (as browsers read them).
_REALLY = {"ascii": "utf-8", "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "iso8859-9": "cp1254"}

# Claims that programs make without knowing, and sets of one byte a letter, in which UTF-8 is read without a fault.
_WEAK = ("utf-8", "ascii", "cp1252", "")
_ONE_BYTE = ("cp1252", "iso8859-15", "cp1250", "iso8859-2", "cp1254", "cp1251", "cp1253", "iso8859-7", "koi8-r")
_SCRIPTS = ("cp1251", "koi8-r", "cp1253", "shift_jis", "gb18030", "euc_jp", "big5", "euc_kr")
_META = re.compile(rb"""(?i)<meta[^>]{0,200}charset=["']?([A-Za-z0-9_-]{1,40})""")
_SAMPLE = 4_000
_LIKELY = 0.35
_TELLING = 4
# Names that mails use and Python does not know.
_ALIASES = {
    "x-sjis": "cp932", "windows-31j": "cp932", "ms_kanji": "cp932", "cswindows31j": "cp932", "x-euc-jp": "euc-jp",
    "x-gbk": "gbk", "x-big5": "big5", "unicode-1-1-utf-8": "utf-8", "x-unknown": "utf-8", "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8", "x-mac-roman": "mac-roman", "x-macroman": "mac-roman", "windows-949": "cp949",
    "x-windows-949": "cp949", "windows-874": "cp874", "x-cp1250": "cp1250", "x-cp1251": "cp1251", "x-cp1252": "cp1252",
}  # fmt: skip


def known_charset(name: str) -> str:
    """Python's name of the character set to use for a claimed one, empty when the claim means nothing."""
    asked = name.strip(" \t\"'").split("*")[0][:40].lower()
    try:
        found = codecs.lookup(_ALIASES.get(asked, asked)).name
    except (LookupError, ValueError, UnicodeError):
        return ""
    return _REALLY.get(found, found) if found.startswith(_FAMILIES) else ""


def decode(raw: bytes, claimed: str) -> tuple[str, bool]:
    """The text, and whether the claim held; otherwise it is read as UTF-8, then as what its bytes look like."""
    charset = known_charset(claimed) if claimed else "utf-8"
    if charset in _WEAK and b"\x1b$" in raw:
        # seven bits all the same, but Japanese
        return _read_as(raw, "iso2022_jp_ext", held=False) or (raw.decode("utf-8", "replace"), False)
    if charset in _ONE_BYTE and not raw.isascii() and (found := _read_as(raw, "utf-8", held=False)):
        # text in a one-byte set is hardly ever sound UTF-8 by chance
        return found
    for candidate in (charset, "utf-8"):
        if candidate and (found := _read_as(raw, candidate, held=candidate == charset)):
            return found
    return raw.decode(_looks_like(raw), "replace"), False


def _read_as(raw: bytes, charset: str, *, held: bool) -> tuple[str, bool] | None:
    try:
        return raw.decode(charset), held
    except (UnicodeError, ValueError):
        return None


def _looks_like(raw: bytes) -> str:
    """The character set of undeclared bytes: the one a page names itself, else the most likely; last Windows-1252."""
    named = _META.search(raw[:2_000])
    if named and (charset := known_charset(named[1].decode("ascii"))) and _read_as(raw, charset, held=True):
        return charset
    sample = raw[:_SAMPLE]
    high = sum(byte > 127 for byte in sample)
    latin = sum(65 <= byte & 0xDF <= 90 for byte in sample if byte < 128)
    if high < _TELLING or high * 2 < latin:
        # a Latin script with some accents
        return "cp1252"
    best = max(_SCRIPTS, key=lambda charset: _likeness(sample, charset))
    return best if _likeness(sample, best) > _LIKELY * high else "cp1252"


def _likeness(sample: bytes, charset: str) -> float:
    """How much the bytes look like words in this character set; a byte counts the same in each."""
    # a character cut in two at the sample's end is no fault
    text = sample.decode(charset, "replace").rstrip("\ufffd")
    if "\ufffd" in text:
        return -1
    points, before = 0.0, " "
    for char in text:
        if char > "\x7f":
            points += -1 if before.isascii() and before.isalpha() else _points(char, before, charset)
        before = char
    return points


def _points(char: str, before: str, charset: str) -> float:
    if "\u3041" <= char <= "\u30fe" or "\u3000" <= char <= "\u3002":
        return 2
    if "\u4e00" <= char <= "\u9fff":
        # Korean letters have hardly any
        return -1 if charset == "euc_kr" else 1
    if "\uac00" <= char <= "\ud7a3":
        return 1.5
    if char in "\u03b0\u0390" or "\uff61" <= char <= "\uff9f":
        return -1
    if char.isalpha() and "\u0370" <= char <= "\u04ff":
        # a capital inside a word is a sign of the wrong set
        return 1 if char.islower() or not before.isalpha() else -1
    return 0 if char.isalpha() or char.isspace() else -0.5
