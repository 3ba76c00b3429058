"""What an appeal does to a case: it opens it again, contests one decision, and is decided by somebody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dsar.case.admit import NotAllowed, admit
from dsar.case.case import stage_of, told
from dsar.case.evolve import evolve
from dsar.case.next import next_step
from dsar.case.stages import Outcome, Stage
from tests.case import appeal_story as a
from tests.case import story as s


def test_a_closed_case_is_open_again_and_its_decision_stands() -> None:
    case = a.until(a.MADE)
    assert not case.closed
    assert case.purge_on is None
    contested = case.claims[a.CONTESTED]
    assert contested.outcome is Outcome.REFUSED
    assert told(case, contested), "the letter that refused still answers"


def test_only_somebody_else_decides_it() -> None:
    case = a.until(a.CAME)
    for outcome in (Outcome.GRANTED, Outcome.GRANTED_IN_PART, Outcome.REFUSED):
        with pytest.raises(NotAllowed, match="somebody else must decide"):
            admit(case, replace(a.UPHELD, outcome=outcome), a.REFUSER)
        admit(case, replace(a.UPHELD, outcome=outcome), a.JUDGE)
    # that the person takes the appeal back decides nothing
    admit(case, replace(a.UPHELD, outcome=Outcome.WITHDRAWN), a.REFUSER)


def test_what_it_wins_back_starts_anew() -> None:
    case = a.until(a.WON)
    won = case.claims[a.CONTESTED]
    assert (won.outcome, won.ground, won.revived_by) == (None, "", a.APPEAL)
    assert not told(case, won), "the letter that refused answers no more"
    assert stage_of(case, won) is Stage.VERIFY


def test_a_right_that_was_not_contested_is_not_won_back() -> None:
    case = a.until(a.UPHELD)
    with pytest.raises(NotAllowed, match="in favour"):
        admit(case, replace(a.WON, claim="delete/us-va"), a.JUDGE)


def test_refused_again_it_can_be_appealed_again() -> None:
    case = evolve(a.until(a.WON), a.REFUSED, a.JUDGE)
    admit(case, a.MADE, a.REFUSER)
    again = evolve(case, a.MADE, a.REFUSER)
    assert a.APPEAL not in again.claims
    assert not [move for move in again.moves if move.claim == a.APPEAL]
    admit(again, a.APPEALED, a.REFUSER)


def test_the_next_steps_name_what_to_type() -> None:
    case = a.until(a.CAME)
    assert next_step(case, case.claims[a.APPEAL]).command == "dsar decide 36"
    case = a.until(a.WON)
    assert next_step(case, case.claims[a.APPEAL]).command == "dsar letter send 36 decision"
    assert next_step(case, case.claims[a.CONTESTED]).command == "dsar verify 36"
    assert s.NUMBER.endswith("36")


def test_a_ground_alone_is_a_refusal_and_reasons_of_ones_own_are_a_decision() -> None:
    for ground, letter in (("V-9", "decision"), ("not_covered", "refusal")):
        case = evolve(a.until(a.CAME), replace(a.UPHELD, outcome=Outcome.REFUSED, ground=ground), a.JUDGE)
        assert next_step(case, case.claims[a.APPEAL]).command == f"dsar letter send 36 {letter}"
