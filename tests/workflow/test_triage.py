"""Drafts: a person accepts, corrects, files or declines; nothing is decided twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dsar.case.facts import MessageFiled
from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.errors import InputWrong, Refused
from dsar.workflow import intake, openings, triage
from dsar.workflow.triage import Correction
from dsar.workspace import Workspace
from tests.workflow.office import RIVERA, by, facts_count, opening


@pytest.fixture
def waiting(desk: Workspace) -> Workspace:
    """Two messages wait: an advertisement, and a letter about a password."""
    files = [desk.home / "inbox" / name for name in ("18-spam.eml", "19-password-reset.eml")]
    assert [one.case for one in intake.take_in(desk, files, by(), dry_run=False)] == ["D-0001", "D-0002"]
    return desk


def test_they_wait_with_what_was_read(waiting: Workspace) -> None:
    drafts = triage.waiting(waiting)
    assert [one.id for one in drafts] == ["D-0001", "D-0002"]
    assert drafts[0].raw == (waiting.home / "inbox" / "18-spam.eml").read_bytes()
    assert {"primary_type", "confidence", "doubts", "evidence"} <= set(drafts[0].body)


def test_accepted_as_what_a_person_says_it_is(waiting: Workspace) -> None:
    told = Correction(rights=(Right.ACCESS,), laws=("uk-gdpr",), role=Role.AGENT, received_on=date(2026, 11, 17))
    case = triage.accept(waiting, "D-0002", told, by())
    assert list(case.claims) == ["access/uk-gdpr"]
    assert (case.role, case.received_on) == (Role.AGENT, date(2026, 11, 17))
    assert [one.id for one in triage.waiting(waiting)] == ["D-0001"]


def test_the_message_is_known_as_the_cases_from_then_on(waiting: Workspace) -> None:
    case = triage.accept(waiting, "D-0002", Correction(rights=(Right.ACCESS,)), by())
    (again,) = intake.take_in(waiting, [waiting.home / "inbox" / "19-password-reset.eml"], by(), dry_run=False)
    assert (again.state, again.case) == (intake.State.KNOWN, case.number)


def test_a_message_that_asks_for_nothing_needs_a_type(waiting: Workspace) -> None:
    with pytest.raises(InputWrong, match="say what it asks for") as refused:
        triage.accept(waiting, "D-0002", Correction(), by())
    assert "--type" in refused.value.hint
    assert facts_count(waiting) == 0
    assert len(triage.waiting(waiting)) == 2


def test_filed_to_a_case_once(waiting: Workspace) -> None:
    openings.typed(waiting, opening(), by())
    triage.to_case(waiting, "D-0002", RIVERA, by())
    filed = [entry.fact for entry in waiting.ledger.history(RIVERA) if isinstance(entry.fact, MessageFiled)]
    assert len(filed) == 1
    with pytest.raises(InputWrong, match="no draft"):
        triage.to_case(waiting, "D-0002", RIVERA, by())
    (again,) = intake.take_in(waiting, [waiting.home / "inbox" / "19-password-reset.eml"], by(), dry_run=False)
    assert (again.state, again.case) == (intake.State.KNOWN, RIVERA)


def test_declined_it_does_not_come_back(waiting: Workspace) -> None:
    triage.decline(waiting, "D-0001", by())
    assert [one.id for one in triage.waiting(waiting)] == ["D-0002"]
    (again,) = intake.take_in(waiting, [waiting.home / "inbox" / "18-spam.eml"], by(), dry_run=False)
    assert again.state is intake.State.KNOWN
    with pytest.raises(InputWrong, match="no draft"):
        triage.decline(waiting, "D-0001", by())


def test_a_case_that_does_not_exist_keeps_the_draft(waiting: Workspace) -> None:
    with pytest.raises((InputWrong, Refused)):
        triage.to_case(waiting, "D-0001", "DSAR-2026-0099", by())
    assert len(triage.waiting(waiting)) == 2


def test_a_row_of_a_table_is_read_again_as_that_row(desk: Workspace) -> None:
    taken = list(intake.take_in(desk, [desk.home / "inbox" / "forms.csv"], by(), dry_run=True))
    third = taken[2].arrival
    with desk.ledger.writing():
        name = desk.ledger.add_draft(intake.draft_body(third), third.raw, by().recorded_at)
    case = triage.accept(desk, name, Correction(rights=(Right.DELETE,)), by())
    assert case.received_on == third.received_on != by().on
    assert case.channel == third.channel
    kept = {one.value.decode() for one in desk.ledger.kept(case.number, "name")}
    assert kept == {third.reading.name}


def test_a_reader_decides_nothing(waiting: Workspace) -> None:
    for act in (
        lambda: triage.accept(waiting, "D-0001", Correction(rights=(Right.ACCESS,)), by("luis")),
        lambda: triage.decline(waiting, "D-0001", by("luis")),
        lambda: triage.to_case(waiting, "D-0001", RIVERA, by("luis")),
    ):
        with pytest.raises(Refused, match="needs the role editor"):
            act()
    assert len(triage.waiting(waiting)) == 2


def test_the_day_of_receipt_is_the_day_it_was_taken_in(desk: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("Somebody wants something about their data, it seems.", encoding="utf-8")
    (one,) = intake.take_in(desk, [path], by(on=date(2026, 11, 12)), dry_run=False)
    assert one.case == "D-0001"
    told = Correction(rights=(Right.ACCESS,), laws=("ccpa",))
    case = triage.accept(desk, "D-0001", told, by(on=date(2026, 11, 20)))
    assert case.received_on == date(2026, 11, 12)
