"""gather --all-open and --follow as they are typed."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from dsar.workspace import Workspace
from tests.cli.typing import Terminal
from tests.workflow.office import EMAIL
from tests.workflow.test_gather_all import three
from tests.workflow.test_gather_hops import CLUB, HOME


@pytest.fixture
def crowd(typed: Callable[..., Terminal]) -> Terminal:
    """Three proven people, and a club where Maria shares a telephone."""
    desk = typed("proven")
    ws = three(Workspace(desk.home))
    ws.ledger.close()
    (desk.home / "data" / "club.csv").write_text(f"id,email,home\n1,{EMAIL},{HOME}\n2,j@x.example,{HOME}\n")
    (desk.home / "sources" / "club.toml").write_text(CLUB, encoding="utf-8")
    return desk


def test_every_case_has_a_line_and_every_source_a_word_of_progress(crowd: Terminal) -> None:
    ran = crowd("gather", "--all-open", width=80)
    assert ran.code == 4
    assert "3 cases searched together" in ran.out
    assert "crm/seats: searched, 3 records for 3 cases" in ran.err
    again = crowd("gather", "--all-open", width=80)
    assert (again.code, again.err) == (0, "")
    assert "No open case waits for the search" in again.out


def test_as_data(crowd: Terminal) -> None:
    ran = crowd("gather", "--all-open", "--source", "club", "--json")
    told = json.loads(ran.out)
    assert told["schema"] == "dsar.gather/1"
    assert [one["found"] for one in told["reads"]] == [1]
    (first, *others) = told["cases"]
    assert (first["case"], first["records"]) == ("DSAR-2026-0001", 1)
    assert [one["records"] for one in others] == [0, 0]
    (hop,) = first["not_followed"]
    assert hop["name"].startswith("phone:")
    assert HOME not in ran.out


def test_a_yes_is_typed_as_it_is_shown(crowd: Terminal) -> None:
    ran = crowd("gather", "1", "--source", "club", width=80)
    (line,) = [line for line in ran.out.splitlines() if "--follow" in line]
    assert HOME not in ran.out
    command = line.partition("dsar ")[2].split()
    assert " 1 record" not in crowd(*command, "--source", "club").out
    done = json.loads(crowd("gather", "1", "--source", "club", "--json").out)
    assert (done["records"], done["not_followed"]) == (2, [])


def test_the_value_is_shown_where_names_are_asked_for(crowd: Terminal) -> None:
    assert HOME in crowd("gather", "1", "--source", "club", "--names", width=80).out


@pytest.mark.parametrize("more", [("1",), ("--count",), ("--reason", "x"), ("--follow", "phone:00000000")])
def test_it_goes_with_few_options(crowd: Terminal, more: tuple[str, ...]) -> None:
    ran = crowd("gather", "--all-open", *more)
    assert ran.code == 2
    assert "takes no case" in ran.err


def test_without_a_case_it_says_so(crowd: Terminal) -> None:
    ran = crowd("gather")
    assert ran.code == 2
    assert "the case is missing" in ran.err
