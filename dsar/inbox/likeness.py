"""Finds letters that say the same in other people's names: campaigns, templates sent by many.

What is decided for such a group, and that each letter has its own case and clock, is left to the workflow.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from dsar.inbox.folding import fold

# Shorter messages are alike by chance: "please delete my account" is no campaign.
LEAST_WORDS = 20
# The share of common word groups from which two letters are one (Jaccard), and how many words a group has.
ALIKE = 0.6
_GROUP = 3
# The smallest hashes of a letter: two that are alike share one of them all but surely.
_SKETCH = 12
_LOOK = 6_000
_OWN = re.compile(r"\S*[@/]\S*|\S*\d\S*")
# a Chinese or Japanese character stands for a word of its own
_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\d_\u3040-\u30ff\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter's text, the texts that are its writer's own (name, subject), and what it was read as."""

    text: str
    own: tuple[str, ...]
    kind: tuple[str, ...]


def near_identical(letters: Sequence[Letter]) -> list[list[int]]:
    """The letters' places in groups of those alike, in order of each group's first.

    Every letter is compared only with the first of the groups it shares a small hash with, so that the
    time grows with the number of letters and not with its square.
    """
    groups: list[list[int]] = []
    firsts: list[frozenset[int]] = []
    by_hash: dict[tuple[tuple[str, ...], int], list[int]] = defaultdict(list)
    for place, letter in enumerate(letters):
        marks = _marks(letter)
        sketch = sorted(marks)[:_SKETCH]
        near = dict.fromkeys(group for mark in sketch for group in by_hash.get((letter.kind, mark), ()))
        found = next((group for group in near if _share(marks, firsts[group]) >= ALIKE), None)
        if found is not None:
            groups[found].append(place)
            continue
        groups.append([place])
        firsts.append(marks)
        for mark in sketch:
            by_hash[(letter.kind, mark)].append(len(groups) - 1)
    return groups


def _marks(letter: Letter) -> frozenset[int]:
    """Hashes of the groups of words a letter is made of, without names, numbers and addresses; none of a short one."""
    own = {word for text in letter.own for word in _WORDS.findall(fold(text))}
    words = [word for word in _WORDS.findall(_OWN.sub(" ", fold(letter.text[:_LOOK]))) if word not in own]
    if len(words) < LEAST_WORDS:
        return frozenset()
    grouped = (" ".join(words[at : at + _GROUP]) for at in range(len(words) - _GROUP + 1))
    return frozenset(crc32(group.encode()) for group in grouped)


def _share(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0
