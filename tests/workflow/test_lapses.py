"""An announced share of the cost that nobody agreed to: the owner hears before the request counts as withdrawn."""

from __future__ import annotations

from datetime import UTC, date, datetime

from dsar.case.facts import ClockMoved
from dsar.case.rights import Right
from dsar.workflow.openings import hold, open_case
from dsar.workflow.remind_duties import Duty, duties
from dsar.workflow.remind_ladder import Moment
from dsar.workspace import Workspace
from tests.workflow.office import by, opening

# Thursday the 26th is Thanksgiving at this office, so Wednesday is the day to plan for.
CHARGED, LAPSES = date(2026, 11, 16), date(2026, 11, 26)


def lapse(ws: Workspace, number: str, day: date) -> Duty | None:
    rows = [row for row in ws.ledger.clock_rows() if row.case == number]
    now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    found = [one for one in duties(ws, number, rows, Moment(day=day, hour=12), now) if one.kind == "lapse"]
    return found[0] if found else None


def charged(ws: Workspace) -> str:
    asked = opening(rights=(Right.ACCESS,), laws=("ch-fadp",), sha256="fe" * 32)
    number = open_case(ws, asked, hold(ws, asked), by()).number
    ws.ledger.record(number, ClockMoved(kind="fee_charged", on=CHARGED), by=by())
    return number


def test_it_is_told_before_on_and_after_the_day(every_law: Workspace) -> None:
    number = charged(every_law)
    found = {day: lapse(every_law, number, date(2026, 11, day)) for day in (17, 23, 26, 27)}
    assert None not in found.values()
    rungs = {day: {rung.name for rung, _ in one.rungs} for day, one in found.items() if one}
    assert rungs == {17: set(), 23: {"3d"}, 26: {"3d", "plan", "1d", "due"}, 27: {"3d", "plan", "1d", "due"}}
    assert {one.due_on for one in found.values() if one} == {LAPSES}
    before, after = found[26], found[27]
    assert before is not None
    assert after is not None
    assert before.command == "dsar fee 1 --confirmed"
    assert after.command == "dsar refuse 1 --withdrawn"
    assert before.about == after.about, "one key: nobody is told a rung twice"


def test_a_yes_ends_it_and_other_laws_know_none(every_law: Workspace) -> None:
    number = charged(every_law)
    every_law.ledger.record(number, ClockMoved(kind="fee_confirmed", on=date(2026, 11, 20)), by=by())
    assert lapse(every_law, number, date(2026, 11, 26)) is None
    other = opening(rights=(Right.ACCESS,), laws=("eu-gdpr",), sha256="ff" * 32)
    second = open_case(every_law, other, hold(every_law, other), by()).number
    every_law.ledger.record(second, ClockMoved(kind="fee_charged", on=CHARGED), by=by())
    assert lapse(every_law, second, date(2026, 11, 26)) is None
