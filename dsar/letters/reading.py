"""Reads a finished letter the way a person does: line ends do not count, a value stands in it or does not.

What must stand in a letter is for lint.py and lint_others.py.
"""

from __future__ import annotations

import re

from dsar.formats.plain import printable


def flat(text: str) -> str:
    """The text on one line, with single spaces."""
    return " ".join(text.split())


def says(text: str, value: str) -> bool:
    """Whether a flat text holds this value as the letter prints it."""
    return flat(printable(value, keep_newlines=True)) in text


def names(text: str, person: str) -> bool:
    """Whether a flat text holds this name as words of its own, in upper or lower case."""
    return re.search(rf"(?i)(?<!\w){re.escape(flat(printable(person)))}(?!\w)", text) is not None
