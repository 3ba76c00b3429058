"""Who hears of what is not done: the colleague who was asked, deputies, managers, the DPO; never nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from dsar.case.facts import ColleagueAsked, IdentityProven, RecordSetScoped, RecordSetSearched
from dsar.config import Config, Staff
from dsar.ledger.notices import NoticeState
from dsar.workflow.remind_ladder import standing
from dsar.workspace import Workspace
from tests.remind import desk
from tests.remind.desk import DAY, Box, by, local, run, states

# ten days to answer, so that each rung has a day of its own: 50, 90, 100, 150 and 200 % of them
DAYS = 10


def ask(ws: Workspace, case: str, who: str = "carl") -> None:
    """A colleague is asked to look into the door log."""
    facts = (
        IdentityProven(level=2, method="account_login"),
        RecordSetScoped(source="door", record_set="log", role="controller", asks=True),
        ColleagueAsked(source="door", record_set="log", who=who, due_on=DAY + timedelta(days=DAYS)),
    )
    ws.ledger.record(case, *facts, by=by(local(DAY, 12)))


def change(home: Path, member: str, line: str) -> None:
    """Add a line to one member's settings."""
    path = home / "dsar.toml"
    path.write_text(path.read_text("utf-8").replace(f'id = "{member}"\n', f'id = "{member}"\n{line}\n'), "utf-8")


def told_of(ws: Workspace) -> dict[str, set[str]]:
    """Who got the notice of each rung about the colleague."""
    people: dict[str, set[str]] = {}
    for (rung, person), state in states(ws, "asked").items():
        if state is NoticeState.SENT:
            people.setdefault(rung, set()).add(person)
    return people


class TestAskedColleague:
    def test_from_the_colleague_up_to_the_dpo(self, ws: Workspace, case: str) -> None:
        ask(ws, case)
        days = {}
        for nth in range(1, 2 * DAYS + 3):
            before = set(told_of(ws))
            run(ws, DAY + timedelta(days=nth))
            days |= dict.fromkeys(set(told_of(ws)) - before, nth)
        assert days == {"50%": 5, "90%": 9, "100%": 10, "150%": 15, "200%": 20}
        assert told_of(ws) == {
            "50%": {"carl"},
            "90%": {"carl", "olga"},
            "100%": {"carl", "olga", "dee"},
            "150%": {"carl", "olga", "dee", "mick"},
            "200%": {"carl", "olga", "dee", "mick", "dora"},
        }

    def test_an_answer_ends_it(self, ws: Workspace, case: str, box: Box) -> None:
        ask(ws, case)
        run(ws, DAY + timedelta(days=9))
        searched = RecordSetSearched(source="door", record_set="log", found=0, identifiers=1)
        ws.ledger.record(case, searched, by=by(local(DAY + timedelta(days=9), 12)))
        for nth in range(10, 22):
            run(ws, DAY + timedelta(days=nth))
        assert set(told_of(ws)) == {"90%"}

    def test_after_downtime_the_highest_goes_out_alone(self, ws: Workspace, case: str) -> None:
        ask(ws, case)
        run(ws, DAY + timedelta(days=21))
        assert set(told_of(ws)) == {"200%"}
        assert {state for (rung, _), state in states(ws, "asked").items() if rung != "200%"} == {NoticeState.SUPERSEDED}

    def test_the_colleagues_deputy_hears_when_the_time_is_over(
        self, home: Path, reopen: Callable[[], Workspace], case: str
    ) -> None:
        change(home, "carl", 'deputy = "mick"')
        ws = reopen()
        ask(ws, case)
        run(ws, DAY + timedelta(days=9))
        assert told_of(ws)["90%"] == {"carl", "olga"}
        run(ws, DAY + timedelta(days=10))
        assert told_of(ws)["100%"] == {"carl", "mick", "olga", "dee"}

    def test_a_colleague_who_is_away_is_stood_in_for(
        self, home: Path, reopen: Callable[[], Workspace], case: str
    ) -> None:
        change(home, "carl", 'deputy = "dee"\noff = true')
        ws = reopen()
        ask(ws, case)
        run(ws, DAY + timedelta(days=5))
        assert told_of(ws) == {"50%": {"dee"}}


def member(name: str, *roles: str, email: bool = True, deputy: str = "") -> Staff:
    return Staff(id=name, email=f"{name}@office.example" if email else "", roles=roles, deputy=deputy)


class TestNobodyIsLeftOut:
    @pytest.mark.parametrize(
        ("staff", "roles", "owner", "told"),
        [
            # a desk of one editor: the late notice has no manager to go to
            ([member("one", "editor")], ("manager", "dpo"), "one", ["one"]),
            ([member("one", "editor"), member("two", "reader")], ("dpo",), "one", ["one"]),
            # the owner has no address, and neither has anybody above
            (
                [member("one", "editor", email=False, deputy="two"), member("two", "reader")],
                ("dpo",),
                "one",
                ["two"],
            ),
            ([member("two", "reader")], ("owner",), "gone", ["two"]),
            ([member("one", "editor"), member("boss", "manager")], ("dpo",), "one", ["boss"]),
            ([member("one", "editor"), member("yes", "approver")], ("manager", "dpo"), "one", ["yes"]),
            ([member("one", "editor", email=False)], ("owner", "manager"), "one", []),
        ],
    )
    def test_the_next_who_can_be_reached(
        self, staff: Sequence[Staff], roles: Sequence[str], owner: str, told: list[str]
    ) -> None:
        assert standing(Config(staff=tuple(staff)), roles, owner) == told

    def test_what_is_late_reaches_a_desk_of_one(
        self, home: Path, reopen: Callable[[], Workspace], case: str, box: Box
    ) -> None:
        path = home / "dsar.toml"
        text = path.read_text("utf-8")
        head, *people = text.split("[[staff]]")
        path.write_text(f"{head}[[staff]]{people[0]}", "utf-8")
        run(reopen(), desk.DUE + timedelta(days=1))
        assert [desk.to(mail) for mail in box.mails] == ["olga"]
        assert "late" in box.mails[0]["Subject"]
