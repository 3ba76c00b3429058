"""A plan is used once, by approval, and only the search after it lets the right move on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dsar.case import facts as f
from dsar.case.admit import NotAllowed, admit
from dsar.case.case import carried_out, stage_of
from dsar.case.changes import PlanKind, Result
from dsar.case.evolve import evolve
from dsar.case.next import Next, next_step
from dsar.case.rights import Right
from dsar.case.stages import Stage
from tests.case import plan_story as p
from tests.case import story as s


@pytest.mark.parametrize(
    ("last", "stage", "command"),
    [
        (s.SEARCHED, Stage.ACT, "dsar plan 36 --erase"),
        (p.PLAN, Stage.ACT, "dsar approve 36"),
        (p.YES, Stage.ACT, "dsar apply 36"),
        (p.HALF, Stage.ACT, "dsar apply 36"),
        (p.FINISHED, Stage.ACT, "dsar erase check 36"),
        (p.CLEAN, Stage.RESPOND, "dsar letter send 36 done"),
    ],
)
def test_the_way_of_an_erasure(last: f.Fact, stage: Stage, command: str) -> None:
    case = p.until(last)
    claim = case.claims[p.CLAIM]
    assert stage_of(case, claim) is stage
    assert next_step(case, claim).command == command


def test_an_unexplained_remainder_keeps_the_right_in_act() -> None:
    case = evolve(p.until(p.FINISHED), replace(p.CLEAN, explained=0))
    assert stage_of(case, case.claims[p.CLAIM]) is Stage.ACT
    assert not carried_out(case, case.claims[p.CLAIM])


def test_a_new_plan_takes_the_place_of_one_that_was_not_started() -> None:
    case = evolve(p.until(p.YES), replace(p.PLAN, plan="P-36-2", digest="p2"), s.MAKER)
    assert list(case.plans) == ["P-36-2"]
    with pytest.raises(NotAllowed):
        admit(case, replace(p.STARTED, plan="P-36-2"), s.MAKER)


def test_a_started_plan_stays_beside_a_new_one() -> None:
    case = evolve(p.until(p.STARTED), replace(p.PLAN, plan="P-36-2", digest="p2"), s.MAKER)
    assert list(case.plans) == ["P-36-1", "P-36-2"]


def test_a_hold_stops_an_erasure_that_was_approved() -> None:
    case = evolve(p.until(p.YES), p.HOLD)
    with pytest.raises(NotAllowed, match="legal hold"):
        admit(case, p.STARTED, s.MAKER)
    admit(evolve(case, f.HoldLifted(hold="H-1")), p.STARTED, s.MAKER)


@pytest.mark.parametrize("result", [Result.MOVED, Result.FAILED])
def test_a_step_that_failed_keeps_the_plan_open(result: Result) -> None:
    case = evolve(p.until(p.HALF), replace(p.REST, results=(("S-0002", result),)))
    with pytest.raises(NotAllowed, match="not done yet"):
        admit(case, p.FINISHED, s.MAKER)
    admit(evolve(case, p.REST), p.FINISHED, s.MAKER)


def test_what_is_done_by_hand_is_next_until_somebody_says_so() -> None:
    plan = replace(p.PLAN, by_hand=("crm/seats", "paper/folders"))
    case = evolve(evolve(p.until(s.SEARCHED), plan, s.MAKER), p.YES, s.actor_of(p.YES))
    assert next_step(case, case.claims[p.CLAIM]).command == "dsar apply 36"
    case = evolve(evolve(case, p.STARTED), p.HALF)
    assert next_step(case, case.claims[p.CLAIM]) == Next("do by hand", "dsar apply 36 --by-hand crm/seats")
    said = replace(p.REST, results=(("S-0002", Result.BY_HAND),), by_hand=("crm/seats",))
    with pytest.raises(NotAllowed, match="not done yet"):
        admit(case, p.FINISHED, s.MAKER)
    case = evolve(case, said)
    assert next_step(case, case.claims[p.CLAIM]).command == "dsar apply 36 --by-hand paper/folders"
    admit(case, p.FINISHED, s.MAKER)


def test_an_opt_out_needs_neither_proof_nor_search_nor_a_second_person() -> None:
    claim = replace(s.CLAIMED, right=Right.OPT_OUT_SALE, law="us-ca-ccpa", proof_level=0)
    plan = replace(
        p.PLAN, kind=PlanKind.SUPPRESS, claims=("opt_out_sale/us-ca-ccpa",), needs_approval=False, digest="p3"
    )
    case = s.told(s.OPENED, claim)
    admit(case, plan, s.MAKER)
    case = evolve(case, plan, s.MAKER)
    admit(case, p.STARTED, s.MAKER)
