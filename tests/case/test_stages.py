"""The path of each right: what it waits for, and what it never waits for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dsar.case import facts as f
from dsar.case.case import needs_authority, proven, stage, stage_of
from dsar.case.evolve import evolve
from dsar.case.rights import ALIASES, PATHS, TITLES, Right, right_named
from dsar.case.stages import NEEDS_NO_LETTER, ORDER, Outcome, Role, Stage
from dsar.errors import InputWrong
from tests.case import story as s


def claimed(right: Right, **more: object) -> f.RightClaimed:
    return replace(s.CLAIMED, right=right, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("right", Right)
def test_every_right_has_a_title_and_a_path_in_the_order_of_work(right: Right) -> None:
    path = PATHS[right]
    assert TITLES[right]
    assert list(path) == sorted(set(path), key=ORDER.index)
    assert path[0] is Stage.INTAKE
    assert path[-2:] == (Stage.RESPOND, Stage.CLOSE)


@pytest.mark.parametrize("right", Right)
def test_a_new_right_waits_at_the_first_stage_its_facts_do_not_fulfil(right: Right) -> None:
    case = s.told(s.OPENED, claimed(right, must_acknowledge=True))
    assert stage(case) is Stage.INTAKE
    case = evolve(evolve(evolve(case, s.QUEUED), s.HANDED), s.SENT)
    assert stage(case) is next(step for step in PATHS[right][1:])


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("outcome", Outcome)
def test_an_ended_right_waits_for_its_letter_and_then_for_closing(right: Right, outcome: Outcome) -> None:
    name = f"{right}/eu-gdpr"
    case = s.told(s.OPENED, claimed(right), f.OutcomeReached(claim=name, outcome=outcome))
    silent = outcome in NEEDS_NO_LETTER
    assert stage_of(case, case.claims[name]) is (Stage.CLOSE if silent else Stage.RESPOND)
    letter = replace(s.QUEUED, claims=(name,))
    told = evolve(evolve(evolve(case, letter), s.HANDED), s.SENT)
    assert stage_of(told, told.claims[name]) is Stage.CLOSE
    assert stage(evolve(told, s.CLOSED)) is Stage.CLOSED


def test_an_answer_to_another_right_does_not_count() -> None:
    case = s.told(s.OPENED, s.CLAIMED, s.ENDED, replace(s.QUEUED, claims=("delete/eu-gdpr",)), s.HANDED, s.SENT)
    assert stage(case) is Stage.RESPOND


@pytest.mark.parametrize("right", [Right.OPT_OUT_SALE, Right.OBJECTION, Right.WITHDRAW_CONSENT, Right.CHILD_DELETE])
def test_these_never_wait_for_proof(right: Right) -> None:
    assert Stage.VERIFY not in PATHS[right]


def test_a_case_shows_its_least_advanced_right() -> None:
    case = s.told(s.OPENED, claimed(Right.OPT_OUT_SALE, law="us-ca-ccpa", proof_level=0), s.CLAIMED)
    assert stage_of(case, case.claims["opt_out_sale/us-ca-ccpa"]) is Stage.ACT
    assert stage(case) is Stage.VERIFY
    assert stage(s.told(s.OPENED)) is Stage.INTAKE


@pytest.mark.parametrize("role", Role)
def test_whoever_writes_for_another_shows_that_they_may(role: Role) -> None:
    case = s.told(replace(s.OPENED, role=role), s.CLAIMED, s.PROVEN)
    claim = case.claims[s.CLAIM]
    assert needs_authority(case) == (role in (Role.AGENT, Role.PARENT, Role.EXECUTOR))
    assert proven(case, claim) != needs_authority(case)
    assert proven(evolve(case, f.AuthorityProven(role=role, method="signed")), claim)


def test_proof_counts_only_at_the_level_asked() -> None:
    case = s.told(s.OPENED, replace(s.CLAIMED, proof_level=2), s.PROVEN)
    assert not proven(case, case.claims[s.CLAIM])
    assert proven(evolve(case, replace(s.PROVEN, level=2)), case.claims[s.CLAIM])


def test_a_package_of_an_earlier_review_does_not_count() -> None:
    built = s.until(s.BUILT)
    assert stage(built) is Stage.RESPOND
    again = [s.DECIDED, replace(s.REVIEWED, digest="d2"), replace(s.APPROVED, digest="d2")]
    for fact in again:
        built = evolve(built, fact, s.actor_of(fact))
    assert stage(built) is Stage.ACT


@pytest.mark.parametrize("right", Right)
def test_each_right_is_found_by_its_own_word(right: Right) -> None:
    assert right_named(right) is right
    assert right_named(f"  {right.upper().replace('_', '-')} ") is right


@pytest.mark.parametrize(("word", "right"), ALIASES.items())
def test_each_other_word_is_understood(word: str, right: Right) -> None:
    assert right_named(word) is right


def test_a_wrong_word_is_met_with_the_nearest_right_one() -> None:
    with pytest.raises(InputWrong, match=r'"acess" is not a kind of request I know\. Did you mean "access"\?'):
        right_named("acess")
    with pytest.raises(InputWrong) as caught:
        right_named("qqqq")
    assert "Did you mean" not in caught.value.message
