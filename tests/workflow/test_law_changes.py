"""What today's rules would do to open cases is listed, and only a person's word moves a date."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dsar.case.case import Case
from dsar.case.clocks import claim_clocks
from dsar.errors import InputWrong, Refused
from dsar.law.calendar_files import DATA
from dsar.workflow.law_changes import Shift, adopt, changed
from dsar.workflow.openings import hold, open_case
from dsar.workspace import LAWS, Workspace
from tests.workflow.office import by, opening

CLAIM = "access/us-ca-ccpa"


def opened(ws: Workspace) -> Case:
    asked = opening()
    return open_case(ws, asked, hold(ws, asked), by())


def amend(ws: Workspace, law: str, *changes: tuple[str, str]) -> Workspace:
    """The same office tomorrow, with its own reading of a law."""
    folder = ws.home / LAWS
    folder.mkdir(exist_ok=True)
    text = (DATA / f"{law}.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / f"{law}.toml").write_text(text, encoding="utf-8")
    ws.ledger.close()
    return Workspace(ws.home)


def due(ws: Workspace, number: str) -> date | None:
    case = ws.ledger.case(number)
    return {c.obligation.value: c.due_on for c in claim_clocks(case, case.claims[CLAIM], ws.ledger.pinned)}["respond"]


def test_nothing_changed_lists_nothing_and_reads_no_case(desk: Workspace) -> None:
    opened(desk)
    assert changed(desk) == ()


def test_a_changed_rule_is_listed_with_both_dates_and_moves_nothing(desk: Workspace) -> None:
    number = opened(desk).number
    before = due(desk, number)
    ws = amend(desk, "us-ca-ccpa", ('respond = { within = "45 days"', 'respond = { within = "40 days"'))
    found = {one.claim: one for one in changed(ws)}
    assert found[CLAIM].why == "rule changed"
    shift = Shift(obligation="respond", now_on=date(2026, 12, 25), would_be_on=date(2026, 12, 20))
    assert found[CLAIM].shifts == (shift,)
    assert due(ws, number) == before == date(2026, 12, 25)
    adopt(ws, number, "the section was amended for pending requests", by())
    assert due(ws, number) == date(2026, 12, 20)
    assert changed(ws) == ()
    (row,) = [row for row in ws.ledger.clock_rows() if row.case == number and row.obligation == "respond"]
    assert row.due_on == date(2026, 12, 20)
    assert not ws.ledger.audit()


def test_a_rule_that_reads_differently_with_the_same_dates_is_listed_as_such(desk: Workspace) -> None:
    opened(desk)
    ws = amend(desk, "us-ca-ccpa", ('name = "Request to know: specific pieces"', 'name = "Request to know"'))
    (one,) = changed(ws)
    assert one.rule
    assert one.shifts == ()


def test_a_region_that_was_set_later_counts_as_another_calendar(desk: Workspace) -> None:
    asked = opening(laws=("eu-gdpr",), received_on=date(2026, 3, 3), sha256="ef" * 32)
    number = open_case(desk, asked, hold(desk, asked), by()).number
    settings = desk.home / "dsar.toml"
    text = settings.read_text(encoding="utf-8")
    assert 'region = "' in text
    lines = ['region = "DE"' if line.startswith("region = ") else line for line in text.splitlines()]
    settings.write_text("\n".join(lines) + "\n", encoding="utf-8")
    ws = Workspace(desk.home)
    (one,) = [one for one in changed(ws) if one.case == number]
    assert one.calendar
    assert not one.rule
    assert ("respond", date(2026, 4, 7)) in [(shift.obligation, shift.would_be_on) for shift in one.shifts]


def test_a_rule_that_is_gone_is_said_and_cannot_be_taken_over(desk: Workspace) -> None:
    number = opened(desk).number
    ws = amend(desk, "us-ca-ccpa", ('term = "know_specific"', 'term = "know_all"'))
    (one,) = changed(ws)
    assert (one.gone, one.why) == (True, "the rule is gone")
    with pytest.raises(Refused, match="keeps its own"):
        adopt(ws, number, "because", by())
    assert due(ws, number) == date(2026, 12, 25)


def test_taking_over_needs_a_reason_a_change_and_a_role(desk: Workspace, tmp_path: Path) -> None:
    number = opened(desk).number
    with pytest.raises(InputWrong, match="needs a reason"):
        adopt(desk, number, " ", by())
    with pytest.raises(Refused, match="reads differently today"):
        adopt(desk, number, "because", by())
    with pytest.raises(Refused, match="not in the staff list"):
        adopt(desk, number, "because", by("nobody"))
