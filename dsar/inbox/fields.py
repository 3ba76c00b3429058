"""Reads what people put behind a label: "Name: …", "Address:" and the lines below it, a form's cells.

Unlabelled details in running text are for ``identify``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dsar.inbox.folding import fold
from dsar.inbox.lexicon import Lexicon

MAX_LINES = 2_000
_MOST_ADDRESS_LINES = 5
_LINE = re.compile(r"^\s*(?:[-*•·–>]\s*|\d{1,2}[.)]\s+)?([^\W\d_][^:：\t=]{0,48}?)\s*(?:[:：]|\t+|\s=\s)\s*(.*?)\s*$")
_BRACKETED = re.compile(r"\s*[（(](?:[^()（）]*)[)）]\s*$")
_STRUCTURED = "street city zip country state street2"


@dataclass(slots=True)
class Fields:
    """Labelled values by what they are (kinds of the lexicons' [labels]), and which lines they took."""

    values: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    lines: set[int] = field(default_factory=set)

    def get(self, kind: str) -> str:
        """The first value given for a kind, or ""."""
        return self.values.get(kind, "")


def kind_of_label(label: str, known: Mapping[str, str]) -> str:
    """What a label stands for, or "": brackets, stars and endings of forms do not matter."""
    folded = fold(label).strip(" *:#.·-–_\"'")
    kind = known.get(folded)
    if kind is None:
        kind = known.get(_BRACKETED.sub("", folded).strip(" .*"))
    if kind is None and ("_" in folded or "-" in folded):
        kind = known.get(folded.replace("_", " ").replace("-", " "))
    return kind or ""


def labels_of(lexicons: Sequence[Lexicon]) -> dict[str, str]:
    """The labels of several languages together; the first language wins."""
    merged: dict[str, str] = {}
    for known in lexicons:
        for label, kind in known.labels.items():
            merged.setdefault(label, kind)
    return merged


def read_fields(text: str, known: Mapping[str, str]) -> Fields:
    """Every labelled line of a text; an address may go on over the lines below its label."""
    found = Fields()
    lines = text.split("\n")[:MAX_LINES]
    for place, line in enumerate(lines):
        match = _LINE.match(line)
        kind = kind_of_label(match[1], known) if match else ""
        if not match or not kind:
            continue
        value = match[2]
        taken = {place}
        if kind in ("address", "street"):
            below = _lines_below(lines, place + 1, known, started=bool(value))
            value = ", ".join(part for part in (value.rstrip(","), *below) if part)
            taken |= set(range(place + 1, place + 1 + len(below)))
            kind = "address" if below else kind
        elif not value and place + 1 < len(lines):
            following = lines[place + 1].strip()
            if following and not _LINE.match(following) and len(following) < 80:
                value, taken = following, {place, place + 1}
        if value and kind not in found.values:
            found.values[kind] = value
            found.labels[kind] = match[1].strip()
            found.lines |= taken
    return found


def _lines_below(lines: Sequence[str], start: int, known: Mapping[str, str], *, started: bool) -> list[str]:
    below: list[str] = []
    for line in lines[start : start + _MOST_ADDRESS_LINES]:
        text = line.strip().strip(",")
        label = _LINE.match(line)
        if not text or len(text) > 60 or (label and kind_of_label(label[1], known)) or "@" in text or "://" in text:
            break
        if text.endswith((".", "!", "?", "。")) and len(text) > 45:
            break
        if started and not below and not any(char.isdigit() for char in text) and len(text) > 40:
            break
        below.append(text)
    return below


def joined_address(found: Fields) -> str:
    """One address of what a form keeps in several fields, or the address line as it is."""
    if found.get("address") and not (found.get("city") or found.get("zip")):
        return found.get("address")
    street = ", ".join(part for part in (found.get("address") or found.get("street"), found.get("street2")) if part)
    if not street:
        return ""
    town = " ".join(part for part in (found.get("zip"), found.get("city")) if part)
    if found.get("state"):
        town = ", ".join(part for part in (found.get("city"), found.get("state")) if part)
        town = " ".join(part for part in (town, found.get("zip")) if part)
    return ", ".join(part for part in (street, town, found.get("country")) if part)
