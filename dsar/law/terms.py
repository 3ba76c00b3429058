"""What the laws' own words mean in ours: ``rectification``, ``know_specific``, ``correct_erase``.

Finding the rule of one law that answers a right is left to ``rules``.
"""

from __future__ import annotations

from pathlib import Path

from dsar.law.calendar_files import DATA
from dsar.law.rules import law_files, load
from dsar.law.words import Right


def rights_called(word: str, *, data: Path = DATA) -> tuple[Right, ...]:
    """Every right some law means by this word, in our order; several where laws differ or one term covers them.

    Only law files in which the word stands are parsed, so that asking about an unknown word stays cheap.
    """
    typed = word.strip().casefold().replace(" ", "_").replace("-", "_")
    book = load(data)
    rules = [
        rule
        for path in law_files(data)
        if f'"{typed}"' in path.read_text(encoding="utf-8")
        for rule in book.rules(path.stem)
        if typed in (rule.term, *rule.words)
    ]
    found = {right for rule in rules for right in (rule.right, *rule.also)}
    return tuple(right for right in Right if right in found)
