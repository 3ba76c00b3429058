"""A date on which nobody works is told while somebody still does, once, and the date itself stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.config import Config
from dsar.law.office_days import office_days
from dsar.ledger.notices import NoticeState
from dsar.settings import Reminders
from dsar.workflow import outbox
from dsar.workflow.remind_ladder import Moment, passed
from dsar.workspace import Workspace
from tests.remind import desk
from tests.remind.desk import DAY, DUE, Box, by, local, opened, run, states

PLAN = DUE - timedelta(days=2)
LADDER = Reminders().ladder


def close_office(home: Path, *texts: str) -> None:
    """Write closing days into the settings."""
    path = home / "dsar.toml"
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("closed = ")]
    at = lines.index("[desk]") if "[desk]" in lines else len(lines)
    lines[at : at + 1] = ["[desk]", f"closed = {list(texts)}".replace("'", '"')]
    path.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.fixture
def shut(home: Path, reopen: Callable[[], Workspace], box: Box) -> Callable[[], Workspace]:
    """A case due on Friday 4 December, when the office is closed from Thursday to Sunday."""
    close_office(home, f"{DUE - timedelta(days=1)}..{DUE + timedelta(days=2)}")
    ws = reopen()
    number = opened(ws, local(DAY, 10), "ann")
    outbox.send(ws, number, "acknowledgement", by(local(DAY, 12)))
    box.arrived.clear()
    return reopen


class TestPlan:
    def test_all_who_stand_on_the_due_rung_are_told_before_the_office_closes(
        self, shut: Callable[[], Workspace], box: Box
    ) -> None:
        ws = shut()
        run(ws, PLAN)
        mine = {desk.to(mail): desk.body(mail) for mail in box.mails}
        assert sorted(mine) == ["dee", "dora", "mick", "olga"]
        first = mine["olga"].splitlines()[0]
        assert "Fri 4 Dec" in first, "the date itself does not move"
        assert first.endswith("you: verify (we are shut then: by Wed 2 Dec)")
        assert {state for (rung, _), state in states(ws).items() if rung == "plan"} == {NoticeState.SENT}

    def test_the_due_day_is_told_besides(self, shut: Callable[[], Workspace], box: Box) -> None:
        ws = shut()
        for nth in range(20, 0, -1):
            run(ws, DUE - timedelta(days=nth))
        box.arrived.clear()
        run(ws, DUE, 9)
        assert sorted(desk.to(mail) for mail in box.mails) == ["dee", "dora", "mick", "olga"]

    def test_nothing_else_leaves_while_everybody_is_away(self, shut: Callable[[], Workspace], box: Box) -> None:
        ws = shut()
        for nth in range(20, 1, -1):
            run(ws, DUE - timedelta(days=nth))
        box.arrived.clear()
        assert run(ws, DUE - timedelta(days=1)).sent == 0
        assert box.arrived == []
        told = {rung for (rung, person), state in states(ws).items() if person == "dora" if state is NoticeState.SENT}
        assert told == {"plan"}, "the notice of the day before went out with it"

    def test_any_number_of_runs_tell_once(self, shut: Callable[[], Workspace], box: Box) -> None:
        ws = shut()
        for hour in range(6, 20):
            run(ws, PLAN, hour)
        assert len(box.arrived) == 4

    def test_new_closing_days_tell_nobody_twice(self, home: Path, shut: Callable[[], Workspace], box: Box) -> None:
        run(shut(), PLAN)
        close_office(home, f"{DUE - timedelta(days=3)}..{DUE + timedelta(days=2)}")
        before = len(box.arrived)
        run(shut(), PLAN, 10)
        close_office(home, "2027-05-05")
        run(shut(), PLAN, 11)
        assert len(box.arrived) == before

    def test_closing_days_set_late_are_told_at_once(
        self, home: Path, ws: Workspace, case: str, box: Box, reopen: Callable[[], Workspace]
    ) -> None:
        run(ws, DUE - timedelta(days=3))
        box.arrived.clear()
        close_office(home, f"{DUE - timedelta(days=4)}..{DUE}")
        run(reopen(), DUE - timedelta(days=3), 12)
        assert sorted(desk.to(mail) for mail in box.mails) == ["dee", "dora", "mick", "olga"]

    def test_the_last_day_for_an_extension_is_planned_for_too(self, shut: Callable[[], Workspace], box: Box) -> None:
        ws = shut()
        run(ws, PLAN)
        assert ("plan", "olga") in states(ws, "extension")


class TestRungs:
    """The ladder alone, against what the days mean."""

    @staticmethod
    def names(due_on: date, day: date, *closed: str, hour: int = 9) -> list[str]:
        found = passed(Config(), LADDER, due_on, Moment(day=day, hour=hour), office_days("", closed))
        return [rung.name for rung in found]

    def test_a_date_after_a_long_closing_is_told_before_it(self) -> None:
        monday = date(2027, 1, 4)
        closed = "2026-12-24..2027-01-03"
        assert self.names(monday, date(2026, 12, 23), closed) == ["14d", "7d", "3d", "1d"]
        assert self.names(monday, date(2026, 12, 22), closed) == ["14d"]
        assert self.names(monday, date(2026, 12, 23)) == ["14d"]

    def test_a_weekend_has_its_friday(self) -> None:
        sunday = date(2026, 11, 29)
        assert self.names(sunday, date(2026, 11, 27), hour=6) == ["14d", "7d", "3d", "1d", "plan"]
        assert self.names(sunday, date(2026, 11, 28)) == ["14d", "7d", "3d", "1d", "plan"]
        assert self.names(sunday, sunday) == ["14d", "7d", "3d", "1d", "plan", "due"]
        assert self.names(sunday, sunday, hour=8)[-1] == "plan"

    def test_a_ladder_without_a_due_rung_has_no_plan(self) -> None:
        sunday = Moment(day=date(2026, 11, 29), hour=12)
        found = passed(Config(), ("7 owner", "late dpo"), sunday.day, sunday, office_days("", ()))
        assert [rung.name for rung in found] == ["7d"]

    @given(
        due_on=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
        back=st.integers(-10, 30),
        first=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
        days=st.integers(0, 20),
    )
    def test_rungs_only_pass_and_closing_only_brings_them_forward(
        self, due_on: date, back: int, first: date, days: int
    ) -> None:
        closed = f"{first}..{first + timedelta(days=days)}"
        day = due_on - timedelta(days=back)
        today, before = self.names(due_on, day, closed), self.names(due_on, day - timedelta(days=1), closed)
        mondays = {name for name in before if name.startswith("late")}
        assert set(before) - set(today) <= mondays
        assert set(self.names(due_on, day)) <= set(today), "a closing day makes nobody hear of it later"
        assert len(today) == len(set(today)), "a name is a key"
