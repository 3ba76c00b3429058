"""Finds what is missing in a refusal, a decision or a list of recipients: what the law of each says it must state.

Which words count as saying it stands in data/lint.toml; other letters, and what all must say, are checked in lint.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dsar.case.rights import Right
from dsar.letters.compose import Composed
from dsar.letters.kinds import Kind
from dsar.letters.letter import Letter, Verdict
from dsar.letters.reading import says
from dsar.letters.words import words

_CONTACT = "attorney_general_contact"
# Said only where it is so; what it depends on is a value of the letter.
_ONLY_IF = {"offer_opt_out_if_business_sells_or_shares": "sells_or_shares"}


def refuses(kind: Kind, letter: Letter) -> bool:
    """Whether the letter says no to anything."""
    return kind is Kind.REFUSAL or (kind is Kind.DECISION and letter.verdict is not Verdict.UPHELD)


def stated(letter: Letter, composed: Composed, text: str, known: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    """What the law of a refusal wants stated and the letter does not state; ``known`` is lint.toml's must_state."""
    for law in letter.laws:
        for code in law.must_state:
            if code in _ONLY_IF and not getattr(letter, _ONLY_IF[code]):
                continue
            row = known.get(code)
            if row is None:
                yield f'Nobody has said which words state "{code}", which {law.name} asks for.'
                continue
            patterns: Mapping[str, list[str]] = row["words"]  # type: ignore[assignment]
            if not any(re.search(rf"(?i)(?<!\w){pattern}", text) for pattern in patterns[composed.language]):
                yield f"The letter does not state {row['says']}, as {law.name} asks."
        if _CONTACT in law.must_state:
            if law.authority is None or not says(text, law.authority.name):
                yield f"The letter does not name the authority to turn to under {law.name}."
            elif not law.authority.contact or not says(text, law.authority.contact):
                yield f"The letter does not say how to reach {law.authority.name}, as {law.name} asks."


def decision(letter: Letter, composed: Composed, text: str) -> Iterator[str]:
    """What somebody would have to ask back after an appeal, a complaint or a review."""
    day = words(composed.language).day
    shown = words(composed.language)
    for item in letter.again:
        if item.due_on and not says(text, day(item.due_on)):
            yield f"The letter does not say by when it goes on ({item.right})."
    for item in letter.appealed:
        if not says(text, shown.right(item.right, of_another=False)) and not says(
            text, shown.right(item.right, of_another=True)
        ):
            yield f"The letter does not say which decision the appeal is about ({item.right})."
    if letter.verdict is Verdict.UPHELD and letter.appealed and not letter.again:
        yield "The appeal is upheld and the letter does not say what happens next."
    if any(asked.right is Right.COMPLAINT for asked in letter.rights) and not any(law.authority for law in letter.laws):
        yield "The letter does not say where a complaint goes after us."


def recipients(letter: Letter, text: str) -> Iterator[str]:
    """Who received data and is not in the list as the register has it."""
    for party in letter.third_parties:
        if not all(says(text, value) for value in (party.name, party.address, *party.categories) if value):
            yield f"The letter leaves out part of the entry for {party.name}."
