"""What an appeal does to a case: the decisions it is against are contested, and those it wins back are open again.

Whether a fact may be added is ``admit``'s question.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from dsar.case import facts as f
from dsar.case.case import Case


def contested(case: Case, fact: f.AppealMade) -> Case:
    """The case, open again, with an appeal to be claimed next.

    An earlier appeal under the same law was decided, and the right has ended anew since: it makes room.
    """
    case = _forgotten(case, fact.claim)
    return replace(
        case,
        closed=False,
        purge_on=None,
        claims=MappingProxyType({name: claim for name, claim in case.claims.items() if name != fact.claim}),
        moves=tuple(move for move in case.moves if move.claim != fact.claim),
        appeals=MappingProxyType({**case.appeals, fact.claim: fact.against}),
    )


def won_back(case: Case, fact: f.RightRevived) -> Case:
    """The case in which this right has no outcome any more; what was reviewed and planned for it is done anew."""
    claim = case.claims.get(fact.claim)
    if claim is None:
        return case
    revived = replace(claim, outcome=None, ground="", revived_by=fact.appeal)
    case = _forgotten(case, fact.claim)
    return replace(case, claims=MappingProxyType({**case.claims, fact.claim: revived}), reviewed="")


def _forgotten(case: Case, claim: str) -> Case:
    """The case in which no letter and no plan answers this right."""
    letters = {
        key: replace(line, claims=tuple(name for name in line.claims if name != claim))
        for key, line in case.letters.items()
    }
    plans = {
        key: replace(line, claims=tuple(name for name in line.claims if name != claim))
        for key, line in case.plans.items()
    }
    return replace(case, letters=MappingProxyType(letters), plans=MappingProxyType(plans))
