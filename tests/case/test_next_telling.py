"""How an answer reaches the person: by a channel on file, else another way that is named; what a person decides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dsar.case import facts as f
from dsar.case.case import Case
from dsar.case.next import next_step
from dsar.case.rights import Right
from dsar.case.stages import Outcome, Role
from tests.case import plan_story as p
from tests.case import story as s

UNKNOWN = f.RecipientChecked(recipient="r1", on_file=False)
ON_FILE = f.RecipientChecked(recipient="r2", on_file=True)


def said(case: Case, claim: str) -> tuple[str, str]:
    step = next_step(case, case.claims[claim])
    return step.says, step.command


def of(right: Right, *facts: f.Fact, level: int = 0, role: Role = Role.SELF, channel: str = "mail") -> tuple[Case, str]:
    """A case about one right, and the claim's name."""
    opened = replace(s.OPENED, role=role, channel=channel)
    claimed = replace(s.CLAIMED, right=right, proof_level=level)
    return s.told(opened, claimed, *facts), f"{right}/eu-gdpr"


@pytest.mark.parametrize(
    ("facts", "channel", "expected"),
    [
        ((UNKNOWN,), "mail", ("send nothing by post", "dsar letter send 36 nothing --by post")),
        ((UNKNOWN, ON_FILE), "mail", ("send nothing", "dsar letter send 36 nothing")),
        ((UNKNOWN,), "post", ("send nothing", "dsar letter send 36 nothing")),
        ((), "mail", ("send nothing", "dsar letter send 36 nothing")),
    ],
)
def test_an_address_that_is_not_on_file(facts: tuple[f.Fact, ...], channel: str, expected: tuple[str, str]) -> None:
    ended = f.OutcomeReached(claim=s.CLAIM, outcome=Outcome.NOTHING_HELD)
    assert said(*of(Right.ACCESS, *facts, ended, level=1, channel=channel)) == expected


def test_a_list_of_third_parties_waits_for_an_address_on_file() -> None:
    proven = f.IdentityProven(level=1, method="account-login")
    assert said(*of(Right.THIRD_PARTIES, proven, level=1)) == (
        "check address",
        "dsar verify 36 --method email-control",
    )
    assert said(*of(Right.THIRD_PARTIES, proven, ON_FILE, level=1))[0] == "send recipients"


@pytest.mark.parametrize(
    ("right", "says"),
    [
        (Right.APPEAL, "decide appeal"),
        (Right.COMPLAINT, "decide complaint"),
        (Right.AUTOMATED_DECISION, "review decision"),
    ],
)
def test_what_a_person_decides_is_decided_first_and_then_told(right: Right, says: str) -> None:
    proven = (f.IdentityProven(level=1, method="account-login"), ON_FILE)
    level = 1 if right is Right.AUTOMATED_DECISION else 0
    assert said(*of(right, *proven, level=level)) == (says, "dsar decide 36")
    ended = f.OutcomeReached(claim=f"{right}/eu-gdpr", outcome=Outcome.GRANTED, ground="V-9")
    assert said(*of(right, *proven, ended, level=level)) == ("send decision", "dsar letter send 36 decision")


@pytest.mark.parametrize(
    ("right", "letter"), [(Right.NOTICE_1798_83, "notice"), (Right.PROCESSOR_RECEIVED, "redirect")]
)
def test_rights_with_a_letter_of_their_own(right: Right, letter: str) -> None:
    assert said(*of(right)) == (f"send {letter}", f"dsar letter send 36 {letter}")


def test_an_agents_authority_comes_before_an_answer_that_tells() -> None:
    ended = f.OutcomeReached(claim="access/eu-gdpr", outcome=Outcome.NOTHING_HELD)
    case, claim = of(Right.ACCESS, ended, level=1, role=Role.AGENT)
    assert said(case, claim) == ("check agent", "dsar verify 36 --agent")


def test_a_plan_that_was_carried_out_and_not_looked_at_again() -> None:
    case = p.until(p.FINISHED)
    (claim,) = [name for name in case.claims if name in next(iter(case.plans.values())).claims]
    assert said(case, claim) == ("look again", "dsar erase check 36")


def test_a_rule_taken_over_moves_one_claim_only() -> None:
    two = s.told(s.OPENED, s.CLAIMED, replace(s.CLAIMED, right=Right.DELETE))
    adopted = f.RuleAdopted(claim=s.CLAIM, rule_version="r2", calendar_version="", item="V-1")
    after = s.told(s.OPENED, s.CLAIMED, replace(s.CLAIMED, right=Right.DELETE), adopted)
    assert (after.claims[s.CLAIM].rule_version, after.claims[s.CLAIM].calendar_version) == ("r2", "")
    assert after.claims["delete/eu-gdpr"] == two.claims["delete/eu-gdpr"]
    stray = replace(adopted, claim="edit/eu-gdpr")
    assert s.told(s.OPENED, s.CLAIMED, stray).claims == s.told(s.OPENED, s.CLAIMED).claims
