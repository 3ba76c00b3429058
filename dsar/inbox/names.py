"""Finds the names a message goes by: its sender, its signature, the client or child it speaks for.

Whether the name belongs to somebody we know is left to the search; a name alone identifies nobody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from dsar.case.identifiers import folded_name
from dsar.inbox.folding import fold, is_cjk
from dsar.inbox.lexicon import Lexicon, table
from dsar.inbox.signals import Signals

_LOOK_BELOW = 3
_MAX_NAME = 60
_UPPER = "A-ZÀ-ÖØ-ÞĀ-ſȘȚΆ-ΩА-ЯЁЇІЄҐ"
_PARTICLE = "van|von|der|den|de|del|la|da|dos|di|le|du|ter|ten|zu|al|bin|af|av|y|e|i"
_WORD = rf"[{_UPPER}][^\W\d_]*(?:['’-][^\W\d_]+)*\.?"
_PERSON = re.compile(rf"{_WORD}(?:\s+(?:(?:{_PARTICLE})\s+)*{_WORD}){{0,4}}")
_TITLES = re.compile(
    r"^(?:(?:mr|mrs|ms|miss|dr|prof|herr|herrn|frau|monsieur|madame|mme|m|sr|sra|d|da|dña|don|doña|señor|señora|sig|"
    r"sig\.ra|signora|signor|dott|dott\.ssa|dhr|de heer|mevrouw|mevr|pan|pana|pani|paní|panem|g|gđa|gospodin|gospođa|"
    r"κ|κα|κος|κυρία|"
    r"κύριο|domnul|doamna|господин|госпожа|г-н|г-жа|herr|fru|the late)\.?[ªº]?\s+)+",
    re.IGNORECASE,
)
_CLUTTER = re.compile(r"[<>\"“”„«»♥❤☺()\[\]]|<3|:\)")
_LAST_FIRST = re.compile(rf"^({_WORD}(?:\s{_WORD})*),\s*({_WORD}(?:\s{_WORD})*)$")


@cache
def _company_words() -> frozenset[str]:
    return frozenset(table("services")["company_words"])


def is_machine(email: str) -> bool:
    """Whether an address belongs to a sending service or form, not to a person."""
    local, _, domain = email.partition("@")
    services = table("services")
    local = local.partition("+")[0]
    parts = set(re.split(r"[._-]", local))
    robots = set(services["robots"])
    return local in robots or bool(parts & robots) or any(part in services["services"] for part in domain.split("."))


def is_person(name: str) -> bool:
    """Whether a shown name can be a person's: words, no digits, none of a company's words."""
    plain = _CLUTTER.sub(" ", name).strip()
    if not plain or len(plain) > _MAX_NAME or "@" in plain or any(char.isdigit() for char in plain):
        return False
    words = [word.strip(".,") for word in fold(plain).split()]
    if any(word in _company_words() for word in words) or any(
        part in _company_words() for w in words for part in w.split("-")
    ):
        return False
    return bool(words) and (len(words) <= 6)


def tidy(name: str) -> str:
    """A name without quotes, hearts, titles and doubled blanks; "Last, First" is turned round."""
    plain = " ".join(_CLUTTER.sub(" ", name).replace(" 3 ", " ").split()).strip(" ,;.-–")
    plain = _TITLES.sub("", plain)
    turned = _LAST_FIRST.match(plain)
    return f"{turned[2]} {turned[1]}" if turned else plain


def signed_name(lines: Sequence[str], lexicons: Sequence[Lexicon]) -> str:
    """The name under the closing words ("Yours sincerely"), or the last short line of the letter."""
    closings = tuple(closing for known in lexicons for closing in known.closings)
    for place in range(len(lines) - 1, -1, -1):
        folded = fold(lines[place]).strip(" ,.!-–*_")
        if not any(
            folded == closing or (folded.startswith(closing) and len(folded) <= len(closing) + 6)
            for closing in closings
        ):
            for closing in closings:
                # "Groet, Sjoerd": closing and name in one line
                start = folded.rfind(closing + ", ")
                if start >= 0 and (start == 0 or folded[start - 1] in " .,"):
                    rest = fold(lines[place]).find(closing + ", ", max(0, start - 3)) + len(closing) + 2
                    name = person_in(lines[place][rest:])
                    if name and len(lines[place][rest:].strip()) <= _MAX_NAME:
                        return name
            continue
        for line in lines[place + 1 : place + 1 + _LOOK_BELOW + 1]:
            name = _as_name(line)
            if name:
                return name
    return _last_line_name(lines)


def _last_line_name(lines: Sequence[str]) -> str:
    filled = [line for line in lines if line.strip()]
    for line in reversed(filled[-5:] if len(filled) > 1 else []):
        name = _as_name(line)
        if name and (len(name.split()) >= 2 or is_cjk(name[0])):
            return name
    return ""


def _as_name(line: str) -> str:
    """The line as a person's name, without what follows a comma; "" where it is none."""
    text = line.strip(" ,.-–*_")
    text = re.split(r"[,(|/]| - | – ", text)[0].strip()
    if not text or not is_person(text) or len(text.split()) > 5:
        return ""
    if is_cjk(text[0]):
        return text if 2 <= len(text) <= 12 and not re.search(r"[。、，！？]", text) else ""
    text = tidy(text)
    return text if _PERSON.fullmatch(text) or (len(text.split()) <= 2 and text.isalpha() and len(text) > 2) else ""


def person_in(text: str) -> str:
    """The person's name a text begins with ("Herr Karl Weiß, geboren …"), or ""."""
    text = _TITLES.sub("", text.lstrip(' ,:;–-("“„'))
    match = _PERSON.match(text)
    return tidy(match.group()) if match else ""


def related_name(found: Signals, relation: str) -> str:
    """The name after "my son", "on behalf of my client …": the longest found."""
    best = ""
    for name, place, hit in found.relations:
        if name != relation:
            continue
        text = found.sentences[place].text[hit.end :]
        person = person_in(
            re.sub(r"^[\s,:]*(?:(?:is|was|named|called|heisst|heißt|namens|nommée?|llamad[oa])\s+)?", "", text)
        )
        # a client has at least two names, or the next word ("I") would be taken for one
        if relation == "client_name" and len(person.split()) < 2:
            continue
        if len(person) > 1 and len(person.split()) > len(best.split()):
            best = person
    return best


def closer(sender: str, signed: str) -> str:
    """The fuller of two forms of one name; the sender's where they differ altogether."""
    if not sender or not signed:
        return sender or signed
    one, other = set(folded_name(sender).split()), set(folded_name(signed).split())
    return signed if one & other and len(other) > len(one) else sender
