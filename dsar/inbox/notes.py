"""Takes a telephone note apart: who called, from which number, when, what was said.

The words to look for stand in ``notes.toml``. What the caller wants is for ``reader`` to find out.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from dsar.inbox.fields import Fields, kind_of_label, read_fields
from dsar.inbox.folding import fold
from dsar.inbox.lexicon import all_labels, languages, lexicon

_MOST_LINES = 400
_LABEL = re.compile(r"^\s*([^\W\d_][^:：\n]{0,40}?)\s*[:：]\s*(.*)$")
# what such a label holds is about the note or its writer, not about the caller
_NOT_THE_CALLER = frozenset({"message", "received", "type", "language", "agent", "channel", "status"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note in parts; ``when`` is as written, ``language`` the code of the one the caller spoke, or ""."""

    said: str = field(repr=False)
    fields: Fields = field(repr=False)
    when: str
    language: str


@cache
def _words(question: str) -> frozenset[str]:
    table = tomllib.loads(files("dsar.inbox").joinpath("notes.toml").read_text(encoding="utf-8"))
    return frozenset(table[question])


def is_note(text: str) -> bool:
    """Whether the first line with words is the heading of a telephone note."""
    first = next((line for line in text.split("\n")[:20] if any(char.isalpha() for char in line)), "")
    heading = fold(first).strip(" *#=-_:.")
    return any(heading == words or heading.startswith(f"{words} ") for words in _words("headings"))


def read_note(text: str) -> Note:
    """The parts of a note by its labels; without a label, what was said is every line that is not labelled."""
    labelled: dict[str, str] = {}
    for line in text.split("\n")[:_MOST_LINES]:
        if match := _LABEL.match(line):
            labelled.setdefault(fold(match[1]).strip(), match[2].strip())
    values = {
        kind: value for kind, value in read_fields(text, all_labels()).values.items() if kind not in _NOT_THE_CALLER
    }
    for kind, question in (("name", "caller"), ("phone", "number")):
        if answer := _answer(labelled, question):
            values.setdefault(kind, answer)
    return Note(
        said=_said(text),
        fields=Fields(values=values),
        when=_answer(labelled, "when"),
        language=_language(_answer(labelled, "language")),
    )


def _answer(labelled: dict[str, str], question: str) -> str:
    return next((value for label, value in labelled.items() if value and label in _words(question)), "")


def _said(text: str) -> str:
    lines = text.split("\n")
    for place, line in enumerate(lines):
        match = _LABEL.match(line)
        if match and fold(match[1]).strip() in _words("said"):
            return "\n".join([match[2], *lines[place + 1 :]]).strip()
    free = [line for line in lines if not (_is_labelled(line) or is_note(line))]
    return "\n".join(free).strip() or text


def _is_labelled(line: str) -> bool:
    match = _LABEL.match(line)
    if not match:
        return False
    label = fold(match[1]).strip()
    asked = any(label in _words(question) for question in ("caller", "number", "when", "language"))
    return asked or bool(kind_of_label(match[1], all_labels()))


def _language(told: str) -> str:
    folded = fold(told)
    known = (code for code in languages() if folded in (code, fold(lexicon(code).title)))
    return next(known, "") if folded else ""
