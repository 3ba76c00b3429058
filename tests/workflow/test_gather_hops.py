"""What the search does not follow by itself is named without its value, and followed once somebody says yes."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable

import pytest

from dsar.case.facts import NoteAdded
from dsar.errors import InputWrong, Refused
from dsar.workflow import gather, hops, openings
from dsar.workspace import Workspace
from tests.workflow.office import EMAIL, RIVERA, by, facts_count

HOME = "+14155550999"
CLUB = """
[source]
kind = "csv"
title = "Club"
owner = "luis"
path = "data/club.csv"
country = "US"
[[record_set]]
name = "members"
title = "Members"
key = ["id"]
[[record_set.role]]
role = "controller"
purpose = "service"
[[record_set.field]]
name = "email"
meaning = "E-mail"
identifies = "email"
match = true
[[record_set.field]]
name = "home"
meaning = "Telephone of the household"
identifies = "phone"
match = true
emits = "ask"
"""


@pytest.fixture
def club(at: Callable[[str], Workspace]) -> Workspace:
    """Maria and her brother are members with one telephone."""
    ws = at("proven")
    with (ws.home / "data" / "club.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("id", "email", "home"), ("1", EMAIL, HOME), ("2", "j@rivera.example", HOME)])
    (ws.home / "sources" / "club.toml").write_text(CLUB, encoding="utf-8")
    return ws


def members(ws: Workspace) -> set[str]:
    return {one.record.key for one in ws.ledger.findings(RIVERA) if one.source == "club"}


def test_it_is_named_without_its_value_and_not_followed(club: Workspace) -> None:
    (one,) = gather.gather(club, RIVERA, by(), only=("club",)).not_followed
    assert one.identifier.value == HOME
    assert re.fullmatch("phone:[0-9a-f]{8}", one.name)
    assert members(club) == {"1"}


def test_with_a_yes_it_is_followed_and_the_file_tells_who_said_it(club: Workspace) -> None:
    (one,) = gather.gather(club, RIVERA, by(), only=("club",)).not_followed
    hops.agree(club, RIVERA, [one.name], by("sam"))
    told = list(club.ledger.history(RIVERA))[-1]
    assert isinstance(told.fact, NoteAdded)
    assert (told.actor, HOME in club.ledger.item(told.fact.item).text) == ("sam", True)
    done = gather.gather(club, RIVERA, by(), only=("club",))
    assert done.not_followed == ()
    assert members(club) == {"1", "2"}


def test_the_file_keeps_where_it_came_from(club: Workspace) -> None:
    (one,) = gather.gather(club, RIVERA, by(), only=("club",)).not_followed
    hops.agree(club, RIVERA, [one.name], by())
    kept = next(known for known in openings.identifiers_of(club, RIVERA) if known.value == HOME)
    assert (kept.found_in, kept.found_by) == ("club/members", f"1, found by email {EMAIL}")


def test_a_yes_twice_is_one_yes(club: Workspace) -> None:
    (one,) = gather.gather(club, RIVERA, by(), only=("club",)).not_followed
    hops.agree(club, RIVERA, [one.name], by())
    facts = facts_count(club)
    hops.agree(club, RIVERA, [one.name], by())
    assert facts_count(club) == facts
    assert club.ledger.kept(RIVERA, hops.AWAITING) == []


def test_a_search_of_something_else_forgets_no_question(club: Workspace) -> None:
    (one,) = gather.gather(club, RIVERA, by(), only=("club",)).not_followed
    gather.gather(club, RIVERA, by(), only=("tickets",))
    hops.agree(club, RIVERA, [one.name], by())
    assert HOME in {known.value for known in openings.identifiers_of(club, RIVERA)}


def test_what_an_organisation_or_several_people_hold_gets_no_name(club: Workspace) -> None:
    refused = gather.gather(club, RIVERA, by()).not_followed
    assert {one.identifier.holder.value: bool(one.name) for one in refused} == {
        "organisation": False, "shared": False, "person": True,
    }  # fmt: skip


def test_a_name_that_is_not_there_changes_nothing(club: Workspace) -> None:
    facts = facts_count(club)
    with pytest.raises(InputWrong, match="nothing of that name to follow"):
        hops.agree(club, RIVERA, ["phone:00000000"], by())
    with pytest.raises(Refused, match="needs the role editor"):
        hops.agree(club, RIVERA, ["phone:00000000"], by("luis"))
    assert facts_count(club) == facts


def test_a_count_keeps_no_question(club: Workspace) -> None:
    done = gather.gather(club, RIVERA, by(), count_only=True)
    assert {one.name for one in done.not_followed} == {""}
    assert club.ledger.kept(RIVERA, hops.AWAITING) == []
