"""Parts what a person wrote now from the older messages and the signature that trail behind it.

It looks at plain text only; the words to look for are in ``reply_words``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dsar.formats import reply_words as words
from dsar.formats.disclaimers import without_disclaimer

_SIGNATURE_LINES = 25
_WROTE_LENGTH = 400
_VERB = re.compile(
    r"(?i)(?<!\w)(?:" + "|".join(re.escape(verb) for _, verb in words.WROTE) + r")(?!\w)|(?:"
    + "|".join(words.WROTE_JOINED) + r")[:：]$"
)  # fmt: skip
# in every language alike: a time of day, a name, an address in brackets, a colon
_DATED_ADDRESS = re.compile(r"\d{1,2}[:.]\d{2}.{0,200}<\s*(?:mailto:)?[^<>\s]+@[^<>\s]+\s*>\s*[:：]")
_BEGINS = re.compile(
    r"(?i)\W{0,3}(?:\d|(?:" + "|".join(re.escape(word) for word in sorted(words.WROTE_BEGINS, key=len)[::-1]) + r")\b)"
)
# an address, or a time of day: a line such as "On 3 March you wrote:" alone is the person's own sentence
_MACHINE_MADE = re.compile(r"\S@\S|(?<!\d)\d{1,2}[:.]\d{2}(?!\d)")
_FIELD = re.compile(r"[*_\s>]*([^\W\d][\w/ ]{0,24}?)[*_]*\s?(?::(?:[*_]*\s|$)|：)")
_RULE = re.compile(r"[_-]{5,}")
_DASHES = re.compile(r"[-_–—]{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """A body in four: what is new, the older text below or between it, the signature, the firm's notice."""

    text: str
    quoted: str
    signature: str
    notice: str


def part_reply(body: str) -> Parted:
    """Part a plain-text body; every line of it is in exactly one of the four parts.

    ``text`` is empty when the whole body is a forwarded message; read ``quoted`` then.
    """
    lines = body.split("\n")
    cut, marked = _first_older(lines)
    cut = cut if marked else _above_rule(lines, cut)
    fresh, older = lines[:cut], lines[cut:]
    if marked:
        # "> " lines follow: answers written below or between them are new text
        own = [place for place, line in enumerate(older) if not _is_quoted(line)]
        own = [place for place in own if place >= marked]
        kept = set(own)
        fresh += [line for place, line in enumerate(older) if place in kept]
        older = [line for place, line in enumerate(older) if place not in kept]
    fresh, signature = _part_signature(fresh)
    text, above = without_disclaimer(_trim(fresh))
    signed, below = without_disclaimer(_trim(signature))
    notice = "\n\n".join(filter(None, (above, below)))
    return Parted(text=text.strip(), quoted=_trim(older), signature=signed.strip(), notice=notice)


def _trim(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _is_quoted(line: str) -> bool:
    return line.lstrip(" ").startswith(">")


def _first_older(lines: list[str]) -> tuple[int, int]:
    """Where older text begins, and, if it is marked with ``>``, how many lines its introduction has (else 0)."""
    for place, line in enumerate(lines):
        if not line.strip():
            continue
        if _is_quoted(line):
            return place, 1
        if _is_marker(line) or _is_field_block(lines[place : place + 8]):
            return place, 0
        if length := _wrote_length(lines[place : place + 3]):
            after = [later for later in lines[place + length :] if later.strip()][:2]
            if any(_is_quoted(later) for later in after):
                return place, length
            if _MACHINE_MADE.search(" ".join(lines[place : place + length])):
                return place, 0
    return len(lines), 0


def _above_rule(lines: list[str], cut: int) -> int:
    """The cut moved above the drawn line that some programs put before an older message."""
    place = cut - 1
    while place >= 0 and not lines[place].strip():
        place -= 1
    return place if cut < len(lines) and place >= 0 and _RULE.fullmatch(lines[place].strip()) else cut


def _wrote_length(lines: list[str]) -> int:
    """How many lines an "On …, … wrote:" takes that starts at the first; 0 if there is none."""
    joined = ""
    for length, line in enumerate(lines, start=1):
        if not line.strip() or (length > 1 and _is_quoted(line)):
            return 0
        joined = f"{joined} {line.strip()}".strip()
        if len(joined) > _WROTE_LENGTH:
            return 0
        ends = joined.rstrip(" *_\xa0")
        if length == 1 and _DATED_ADDRESS.search(ends) and ends.endswith((":", "：")):
            return 1
        if ends.endswith((":", "：")) and _VERB.search(ends[-200:]) and re.search(r"\d|@", ends):
            return length if length == 1 or _BEGINS.match(joined) else 0
    return 0


def _is_marker(line: str) -> bool:
    bare = line.strip(" \t-_–—*:>").casefold()
    if bare not in words.MARKERS:
        return False
    return bool(_DASHES.search(line)) or bare.startswith(words.UNDASHED)


def _is_field_block(lines: list[str]) -> bool:
    """Whether a "From: … Sent: … Subject: …" block starts here."""
    first = _field_name(lines[0])
    if first not in words.FROM:
        return False
    names = {_field_name(line) for line in lines[1:]}
    return bool(names & words.DATED) and bool(names & words.ABOUT)


def _field_name(line: str) -> str:
    field = _FIELD.match(line[:200])
    return field[1].strip().lower() if field else ""


def _part_signature(lines: list[str]) -> tuple[list[str], list[str]]:
    for place, line in enumerate(lines):
        rest = len(lines) - place
        if line.rstrip() in ("--", "—") and rest <= _SIGNATURE_LINES:
            return lines[:place], lines[place + 1 :]
        if rest <= 4 and line.strip().casefold().startswith(words.SIGNED_BY_DEVICE):
            return lines[:place], lines[place:]
    return lines, []
