"""The planning view at the sample desk: weeks, shut days, load, missed aims, colleagues asked, people away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from dsar.case.facts import ColleagueAsked, RecordSetScoped, RecordSetSearched
from dsar.workflow import keeping, openings
from dsar.workflow.ahead import ahead
from dsar.workspace import Workspace
from tests.workflow.office import RIVERA, TODAY, by, somebody

Desk = Callable[[str], Workspace]


def off(home: Path, member: str, deputy: str = "") -> None:
    """Somebody is away."""
    path = home / "dsar.toml"
    line = f'id = "{member}"\n'
    text = path.read_text("utf-8")
    head, tail = text.split(line)
    own, _, others = tail.partition("[[staff]]")
    kept = "".join(f"{one}\n" for one in own.splitlines() if not one.startswith("deputy"))
    named = f'deputy = "{deputy}"\n' if deputy else ""
    path.write_text(f"{head}{line}off = true\n{named}{kept}[[staff]]{others}", "utf-8")


class TestWeeks:
    def test_what_is_in_no_week_is_counted_beside_them(self, at: Desk) -> None:
        ws = at("opened")
        found = ahead(ws, TODAY, 2)
        assert (found.open_cases, found.obligations, found.late, found.later, found.undated) == (1, 2, 0, 1, 0)
        assert [(week.due, week.acknowledge) for week in found.weeks] == [(0, 0), (1, 1)]
        late = ahead(ws, date(2026, 11, 26), 6)
        assert (late.late, late.later, sum(week.due for week in late.weeks)) == (1, 0, 1)

    def test_the_date_stays_and_the_day_to_plan_for_is_named(self, at: Desk) -> None:
        ws = at("opened")
        (day,) = ahead(ws, TODAY, 8).shut
        assert (day.on, day.why, day.plan_on, day.cases) == (
            date(2026, 12, 25),
            "Christmas Day",
            date(2026, 12, 24),
            (RIVERA,),
        )
        assert [row.due_on for row in ws.ledger.clock_rows()] == [date(2026, 11, 25), date(2026, 12, 25)]

    def test_the_offices_own_closing_days_count(self, at: Desk) -> None:
        ws = at("opened")
        path = ws.home / "dsar.toml"
        path.write_text(
            path.read_text("utf-8").replace("[desk]", '[desk]\nclosed = ["21 December..1 January"]'), "utf-8"
        )
        (day,) = ahead(ws, TODAY, 8).shut
        assert day.plan_on == date(2026, 12, 18)

    def test_an_office_of_its_own_calendar(self, at: Desk) -> None:
        ws = at("opened")
        laws = ws.home / "laws"
        laws.mkdir()
        (laws / "calendars.toml").write_text(
            '[[us-ca-business.change]]\nplace = "US-CA"\nadd = 2026-12-24\nname = "Eve"\nwhy = "ours"\n', "utf-8"
        )
        (day,) = ahead(ws, TODAY, 8).shut
        assert day.plan_on == date(2026, 12, 23)

    def test_an_empty_desk(self, desk: Workspace) -> None:
        found = ahead(desk, TODAY, 3)
        assert [week.due for week in found.weeks] == [0, 0, 0]
        assert (found.shut, found.missed, found.asked, found.away, found.unassigned) == ((), (), (), (), ())


class TestLoad:
    def test_by_the_earliest_date_of_each_case(self, at: Desk) -> None:
        ws = at("opened")
        openings.typed(
            ws, somebody("Petra Ames", "p@gone.example", received_on=date(2026, 10, 2), laws=("gdpr",)), by()
        )
        keeping.assign(ws, "DSAR-2026-0002", "sam", by())
        found = ahead(ws, TODAY, 8)
        assert [(one.owner, one.open, one.late, one.soon, one.later) for one in found.load] == [
            ("", 1, 0, 1, 1),
            ("sam", 1, 1, 0, 0),
            ("priya", 0, 0, 0, 0),
        ]
        assert found.unassigned == (RIVERA,)
        assert found.freest == "priya"


class TestMissed:
    def test_the_days_between_our_aim_and_the_laws_date(self, at: Desk) -> None:
        ws = at("opened")
        seen = {}
        for day in range(20, 28):
            on = date(2026, 11, day)
            seen[day] = [one.aimed_on.day for one in ahead(ws, on, 8).missed]
        assert seen == {20: [], 21: [], 22: [], 23: [22], 24: [22], 25: [22], 26: [], 27: []}
        (one,) = ahead(ws, date(2026, 11, 24), 8).missed
        assert (one.case, one.due_on, one.command) == (RIVERA, date(2026, 11, 25), "dsar letter send 1 acknowledgement")


class TestAsked:
    def test_how_much_of_their_time_is_over(self, at: Desk) -> None:
        ws = at("proven")
        facts = (
            RecordSetScoped(source="facilities", record_set="door_log", role="controller", asks=True),
            ColleagueAsked(source="facilities", record_set="door_log", who="luis", due_on=TODAY + timedelta(days=5)),
        )
        ws.ledger.record(RIVERA, *facts, by=by())
        told = {nth: [one.percent for one in ahead(ws, TODAY + timedelta(days=nth), 8).asked] for nth in (0, 2, 5, 9)}
        assert told == {0: [0], 2: [40], 5: [100], 9: [180]}
        (one,) = ahead(ws, TODAY, 8).asked
        assert (one.case, one.who, one.source, one.asked_on) == (RIVERA, "luis", "facilities", TODAY)
        answered = RecordSetSearched(source="facilities", record_set="door_log", found=0, identifiers=1)
        ws.ledger.record(RIVERA, answered, by=by())
        assert ahead(Workspace(ws.home), TODAY, 8).asked == ()


class TestAway:
    def test_the_deputy_is_named_with_the_command(self, at: Desk) -> None:
        ws = at("opened")
        keeping.assign(ws, RIVERA, "priya", by())
        off(ws.home, "priya", deputy="sam")
        (one,) = ahead(Workspace(ws.home), TODAY, 8).away
        assert (one.who, one.listed, one.deputy, one.cases) == ("priya", True, "sam", (RIVERA,))
        assert one.command == "dsar assign 1 sam"

    def test_a_deputy_who_is_away_has_a_deputy(self, at: Desk) -> None:
        ws = at("opened")
        keeping.assign(ws, RIVERA, "priya", by())
        off(ws.home, "priya", deputy="sam")
        off(ws.home, "sam", deputy="marta")
        (one,) = ahead(Workspace(ws.home), TODAY, 8).away
        assert (one.deputy, one.command) == ("marta", "dsar assign 1 marta")

    @pytest.mark.parametrize("deputy", ["priya", "", "nobody-here"])
    def test_deputies_that_turn_round_end_at_whoever_is_freest(self, at: Desk, deputy: str) -> None:
        ws = at("opened")
        keeping.assign(ws, RIVERA, "priya", by())
        off(ws.home, "priya", deputy=deputy)
        (one,) = ahead(Workspace(ws.home), TODAY, 8).away
        assert (one.deputy, one.command) == ("", "dsar assign 1 sam")

    def test_somebody_who_is_not_in_the_list_any_more(self, at: Desk) -> None:
        ws = at("opened")
        keeping.assign(ws, RIVERA, "luis", by())
        path = ws.home / "dsar.toml"
        path.write_text(path.read_text("utf-8").replace('id = "luis"', 'id = "lou"'), "utf-8")
        (one,) = ahead(Workspace(ws.home), TODAY, 8).away
        assert (one.who, one.listed) == ("luis", False)
