"""Makes foreign text harmless on a screen, in a log line and in a header.

What the text says is for others; nothing here reads it.
"""

from __future__ import annotations

import re
import unicodedata

# Colour and cursor sequences (CSI), and title/link strings (OSC, DCS, …) that end as they should. An
# unfinished string is not matched whole: swallowing the rest would let a writer hide what follows.
_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,16}[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f\n]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]{0,16}[0-~]"
)
_LINE_ENDS = re.compile(r"\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_JOINERS = "\u200c\u200d"
# Everything `_shown` may change lies in here; most text has none of it, and then it is not walked.
_ODD = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff]"
)
# Visible although Unicode files them under "format": Arabic and Kaithi number signs, ends of verse.
_VISIBLE_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
# Invisible although Unicode files them under letters and marks.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0\u2800")
_DROPPED = frozenset({"Cc", "Cf"})


def printable(text: str, *, keep_newlines: bool = False) -> str:
    """The same text without anything a terminal or reader would obey instead of show.

    Gone are escape sequences, control, bidirectional, zero-width and other invisible characters; a
    broken half of a character becomes U+FFFD. The joiners U+200C and U+200D stay between letters,
    where Persian and Indic names need them. Without ``keep_newlines`` the result is one line; with it,
    every kind of line end becomes ``\\n`` and a tab four spaces. Calling it twice changes nothing more.
    """
    if not _ODD.search(text):
        return text if keep_newlines else text.replace("\n", " ")
    text = _SEQUENCES.sub("", text)
    text = _LINE_ENDS.sub("\n" if keep_newlines else " ", text)
    text = text.replace("\t", "    " if keep_newlines else " ")
    text = _ODD.sub(_shown_match, text)
    if "\u200c" in text or "\u200d" in text:
        text = "".join(_settle_joiners(text))
    return text


def _shown_match(odd: re.Match[str]) -> str:
    return _shown(odd[0])


def _shown(char: str) -> str:
    if char == "\n" or char in _JOINERS or char in _VISIBLE_FORMATS:
        return char
    if char in _INVISIBLE:
        return ""
    category = unicodedata.category(char)
    if category == "Cs":
        return "\ufffd"
    return "" if category in _DROPPED else char


def _settle_joiners(chars: str) -> list[str]:
    settled: list[str] = []
    for place, char in enumerate(chars):
        if char in _JOINERS:
            after = chars[place + 1] if place + 1 < len(chars) else ""
            if not (settled and _is_letter(settled[-1]) and _is_letter(after)):
                continue
        settled.append(char)
    return settled


def _is_letter(char: str) -> bool:
    return bool(char) and unicodedata.category(char)[0] in "LM"


def display_width(text: str) -> int:
    """Columns the text takes in a terminal: wide East Asian characters two, combining marks none."""
    return len(text) if text.isascii() else sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def shorten(text: str, width: int) -> str:
    """The text on one line in at most ``width`` columns, cut with ``..`` where it is longer."""
    text = printable(text)
    if display_width(text) <= width:
        return text
    if width <= 2:
        return ".."[: max(width, 0)]
    kept: list[str] = []
    room = width - 2
    for char in text:
        room -= _columns(char)
        if room < 0:
            break
        kept.append(char)
    return "".join(kept).rstrip() + ".."
