"""The dated facts of one right in order, and those that go when a letter turns out never to have arrived.

What they do to a date is reckoned in the law room.
"""

from __future__ import annotations

from dsar.case.case import Case, Claim, LetterLine, Moved
from dsar.law.waits import ClockFact, FactKind, Story, arrange

# What a letter of this kind makes happen to the clocks of its rights on the day it leaves.
MOVED_BY = {
    "identity": FactKind.ID_REQUESTED,
    "clarification": FactKind.CLARIFICATION_ASKED,
    "extension": FactKind.EXTENDED,
}
_ANSWER_TO: dict[str, FactKind] = {
    FactKind.ID_REQUESTED: FactKind.ID_RECEIVED,
    FactKind.CLARIFICATION_ASKED: FactKind.CLARIFICATION_ANSWERED,
}


def story_of(case: Case, claim: Claim) -> Story:
    """The dated facts of one right; raises InputWrong where they cannot be put in order."""
    moves = (move for move in case.moves if move.claim in ("", claim.name))
    return arrange(case.received_on, [ClockFact(kind=move.kind, on=move.on) for move in moves])


def without(case: Case, line: LetterLine) -> tuple[Moved, ...]:
    """The clock facts that are left when this letter did not arrive.

    A question that was answered did arrive, whatever came back; the date an extension names goes with its notice.
    """
    kind = MOVED_BY.get(line.kind)
    gone: set[Moved] = set()
    for claim in (case.claims[name] for name in line.claims if name in case.claims):
        if kind is FactKind.EXTENDED:
            gone |= {move for move in case.moves if move.kind == FactKind.EXTENDED_TO and move.claim == claim.name}
        if kind is not None and line.sent_on is not None:
            asked = Moved(kind=kind, on=line.sent_on, claim=claim.name)
            gone |= set() if _answered(case, claim, asked) else {asked}
    return tuple(move for move in case.moves if move not in gone)


def _answered(case: Case, claim: Claim, asked: Moved) -> bool:
    """Whether taking the question away would leave an answer to nothing."""
    answer = _ANSWER_TO.get(asked.kind)
    later = (move for move in case.moves if move.on >= asked.on and move.claim in ("", claim.name))
    return any(move.kind == answer for move in later)
