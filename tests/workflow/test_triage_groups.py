"""Letters of a campaign are decided once, each its own case; two readings to choose from; a reason for declining."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsar.case.next import next_step
from dsar.case.rights import Right
from dsar.errors import InputWrong
from dsar.workflow import intake, triage
from dsar.workflow.triage import Correction, Why
from dsar.workspace import Workspace
from tests.workflow.office import by

CAMPAIGN = (
    "Dear Sir or Madam, somebody at our association told its members that your company may or may not be holding some "
    "information, and so I wonder what I should be doing about all of that. It also says what to do. {name}"
)


def _mail(number: int, name: str, text: str, *, subject: str = "a question", address: str = "") -> bytes:
    return (
        f"From: {name} <{address or f'w{number}@post.example'}>\nTo: privacy@larkspurconnect.example\n"
        f"Subject: {subject}\nDate: Fri, 20 Nov 2026 10:00:0{number} +0000\n"
        f"Message-ID: <m{number}@post.example>\n\n{text}\n"
    ).encode()


@pytest.fixture
def campaign(desk: Workspace) -> Workspace:
    """Three letters of one campaign wait, and one that says something else."""
    names = ("Ann Poe", "Tom Ashby", "Lena Voss")
    mails = [_mail(n, name, CAMPAIGN.format(name=name), subject="my data") for n, name in enumerate(names)]
    mails.append(_mail(7, "Cyril Novak", "I cannot log in, my password is wrong. Order 5512."))
    taken = list(intake.take_in(desk, mails, by(), dry_run=False))
    assert [one.state for one in taken] == [intake.State.DRAFT] * 4
    return desk


def test_the_letters_of_a_campaign_are_found_from_any_of_them(campaign: Workspace) -> None:
    assert [one.id for one in triage.alike(campaign, "D-0002")] == ["D-0002", "D-0001", "D-0003"]
    assert [one.id for one in triage.alike(campaign, "D-0004")] == ["D-0004"]


def test_each_letter_gets_its_own_case_and_clock(campaign: Workspace) -> None:
    told = Correction(rights=(Right.OBJECTION,), laws=("gdpr",))
    names = [one.id for one in triage.alike(campaign, "D-0001")]
    decided = triage.each(names, lambda name: triage.accept(campaign, name, told, by()))
    assert [name for name, _ in decided.done] == names
    assert decided.left == ()
    cases = [campaign.ledger.case(number) for _, number in decided.done]
    assert len({case.number for case in cases}) == 3
    assert all(list(case.claims) == ["objection/eu-gdpr"] for case in cases), [list(case.claims) for case in cases]
    assert [one.id for one in triage.waiting(campaign)] == ["D-0004"]


def test_one_that_cannot_be_decided_so_stays_and_says_why(campaign: Workspace) -> None:
    names = [one.id for one in triage.waiting(campaign)][:2]
    triage.decline(campaign, names[0], by())
    decided = triage.each(names, lambda name: triage.decline(campaign, name, by(), Why.ADVERTISING))
    assert [name for name, _ in decided.done] == names[1:]
    assert "no draft" in decided.left[0][1]


def test_the_reason_for_declining_is_remembered(campaign: Workspace) -> None:
    triage.decline(campaign, "D-0004", by(), Why.CUSTOMER_SERVICE)
    again = _mail(7, "Cyril Novak", "I cannot log in, my password is wrong. Order 5512.")
    (taken,) = intake.take_in(campaign, [again], by(), dry_run=False)
    assert (taken.state, taken.case) == (intake.State.KNOWN, "declined: customer service")


def test_a_reason_that_is_none_is_told_the_reasons() -> None:
    assert triage.why_named("Customer service") is Why.CUSTOMER_SERVICE
    with pytest.raises(InputWrong, match="not a reason") as refused:
        triage.why_named("because")
    assert all(why in refused.value.hint for why in Why)


def test_the_two_best_readings_are_offered(campaign: Workspace) -> None:
    draft = campaign.ledger.draft("D-0001")
    first, second = triage.choices(draft)
    assert (first, second) == ("not_request", "access")
    assert triage.opens_as(first) == ()
    assert triage.opens_as(second) == (Right.ACCESS,)


def test_a_copy_first_keeps_its_order_in_the_case(desk: Workspace) -> None:
    text = "First send me a copy of all my personal data, then delete my account please. My number is KV-1042."
    mail = _mail(1, "Ellen Roper", text, subject="my data")
    (taken,) = intake.take_in(desk, [mail], by(), dry_run=False)
    assert taken.state is intake.State.OPENED
    case = desk.ledger.case(taken.case)
    rights = [claim.right for claim in case.claims.values()]
    assert rights.index(Right.ACCESS) < rights.index(Right.DELETE)
    erasure = next(claim for claim in case.claims.values() if claim.right is Right.DELETE)
    assert "erase" not in next_step(case, erasure).command


def test_the_same_wish_by_two_channels_is_linked_and_neither_absorbs_the_other(desk: Workspace, tmp_path: Path) -> None:
    mail = _mail(1, "Ellen Roper", "Please delete my account and all my data.", address="ellen@roper.example")
    letter = tmp_path / "letter.txt"
    letter.write_text(
        "Ellen Roper\n\n20 November 2026\n\nPlease delete my account and all my personal data. You hold it under "
        "ellen@roper.example.\n\nEllen Roper\n",
        encoding="utf-8",
    )
    taken = list(intake.take_in(desk, [mail, letter], by(), dry_run=False))
    assert [one.state for one in taken] == [intake.State.OPENED, intake.State.OPENED]
    assert taken[0].case != taken[1].case
    assert any(taken[0].case in warning for warning in taken[1].warnings)
