"""Tells who wrote: the data subject, or somebody for them, or another organisation.

Whether that person may act is proven later, by the workflow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dsar.case.stages import Role
from dsar.inbox.signals import Signals, Weight

CHILD_BELOW = 13
_NUMBER_BEFORE = re.compile(r"(\d{1,2})\W{0,3}$")
# "I am 10 days late" states no age
_NUMBER_AFTER = re.compile(
    r"^\W{0,2}(\d{1,2})\b(?![./:-]\d)(?=\W*$|\s*[^\w\s%]|\s+(?:and|und|et|y|e|en|i|a|och|si|και|и|but|now|years?|yrs?|or|so|from)\b)"
)
_IN_BRACKETS = re.compile(r"[^\W\d_]\s?[(（](\d{1,2})[)）]")
# Where several roles are spoken of, the narrower one is who wrote.
_ORDER = ("executor", "processor", "controller", "parent", "child", "reporter", "agent")
_NEEDED = {"controller": 1.0, "processor": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRead:
    """Who wrote, the words that say so, and an age the message states (of the child, or of the writer)."""

    role: Role
    words: str
    age: int | None
    several: bool


def role_of(found: Signals) -> RoleRead:
    """The requester's role; the data subject where nothing says otherwise."""
    age = stated_age(found)
    spoken = [name for name in _ORDER if found.roles.get(name, Weight()).points >= _NEEDED.get(name, 1.0)]
    if "child" in spoken and (age is None or age >= CHILD_BELOW or "parent" in spoken):
        spoken.remove("child")
    if "parent" in spoken and age is not None and age >= 18:
        spoken.remove("parent")
    if "controller" in spoken and "processor" in spoken and "status_update" not in found.kinds:
        spoken.remove("processor")
    if not spoken and age is not None and age < CHILD_BELOW and _speaks_of_self(found):
        return RoleRead(role=Role.CHILD, words=_words_of_age(found), age=age, several=False)
    if not spoken:
        return RoleRead(role=Role.SELF, words="", age=age, several=False)
    # a lawyer for a parent or an heir is both; the one who acts for somebody is told as what they act for
    chosen = spoken[0]
    return RoleRead(role=Role(chosen), words=found.roles[chosen].words, age=age, several=len(spoken) > 1)


def stated_age(found: Signals) -> int | None:
    """An age from 3 to 17 that a sentence states, or None."""
    for name, place, hit in found.ages:
        folded = found.sentences[place].folded
        if name == "unit":
            number = _NUMBER_BEFORE.search(folded[max(0, hit.start - 6) : hit.start])
        else:
            number = _NUMBER_AFTER.search(folded[hit.end : hit.end + 14])
        if number and 3 <= int(number[1]) <= 17:
            return int(number[1])
    for place in sorted({place for name, place, _ in found.relations if name == "child_name"} | _parent_places(found)):
        bracketed = _IN_BRACKETS.search(found.sentences[place].text)
        if bracketed and 3 <= int(bracketed[1]) <= 17:
            return int(bracketed[1])
    return None


def _parent_places(found: Signals) -> set[int]:
    parent = found.roles.get("parent")
    return {parent.first} if parent else set()


def _speaks_of_self(found: Signals) -> bool:
    return any(name == "i_am" for name, _, _ in found.ages)


def _words_of_age(found: Signals) -> str:
    return " ".join(found.sentences[found.ages[0][1]].text.split())[:160]
