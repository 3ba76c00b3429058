"""Gathering for every case that waits: one pass, the same findings as one by one, and nothing lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dsar.case.case import Look
from dsar.case.facts import RecordSetSearched
from dsar.errors import InputWrong, Refused
from dsar.workflow import gather, openings, verify
from dsar.workflow.gather_all import NOT_SEARCHABLE, Read, gather_all
from dsar.workspace import Workspace
from tests.workflow.office import RIVERA, by, facts_count, opening, somebody

WESLEY, ANA = "DSAR-2026-0002", "DSAR-2026-0003"
SECOND = ("wesley.tan@harbormail.example", "ana.lindqvist@goldengateflorists.example")


def prove(ws: Workspace, number: str) -> None:
    verify.confirm(ws, number, verify.Shown(method=verify.method_named("account-login")), by())


def three(ws: Workspace) -> Workspace:
    """Two more people beside Maria, all proven."""
    for name, email in zip(("Wesley Tan", "Ana Lindqvist"), SECOND, strict=True):
        prove(ws, openings.typed(ws, somebody(name, email), by()))
    return ws


@pytest.fixture
def crowd(at: Callable[[str], Workspace]) -> Workspace:
    return three(at("proven"))


def held(ws: Workspace, number: str) -> dict[str, Any]:
    """What a case holds after a search: its ledger, its findings, what it is searched by."""
    case = ws.ledger.case(number)
    return {
        "coverage": {key: (line.state, line.found, line.excluded, line.ground) for key, line in case.coverage.items()},
        "findings": {
            (one.source, one.record_set, one.record.key, one.record.matched) for one in ws.ledger.findings(number)
        },
        "identifiers": {one.key for one in openings.identifiers_of(ws, number)},
    }


def test_together_is_the_same_as_one_by_one(at: Callable[[str], Workspace]) -> None:
    alone, together = three(at("proven")), three(at("proven"))
    for number in (RIVERA, WESLEY, ANA):
        gather.gather(alone, number, by())
    done = gather_all(together, by())
    assert [case.number for case in done.cases] == [RIVERA, WESLEY, ANA]
    for number in (RIVERA, WESLEY, ANA):
        assert held(together, number) == held(alone, number)
        assert together.ledger.case(number).recipients.keys() != set()
    assert held(together, WESLEY)["findings"]
    assert held(together, ANA)["findings"]


def test_each_record_set_is_told_once_for_all(crowd: Workspace) -> None:
    told: list[Read] = []
    done = gather_all(crowd, by(), report=told.append)
    places = [(one.source, one.record_set) for one in told]
    assert len(places) == len(set(places)) == len(crowd.ledger.case(RIVERA).coverage)
    assert {one.cases for one in told} == {3}
    assert sum(one.found for one in told) == sum(
        line.found for case in done.cases for line in case.coverage.values() if line.state is Look.SEARCHED
    )


def test_what_is_accounted_for_is_not_searched_again(crowd: Workspace) -> None:
    gather_all(crowd, by())
    facts = facts_count(crowd)
    assert gather_all(crowd, by()).cases == ()
    assert facts_count(crowd) == facts


def test_a_case_not_proven_is_left_alone(crowd: Workspace) -> None:
    number = openings.typed(crowd, somebody("Ivo New", "ivo@new.example"), by())
    assert number not in {case.number for case in gather_all(crowd, by()).cases}
    assert not crowd.ledger.case(number).coverage


def test_a_case_reviewed_already_is_not_opened_again_by_a_new_source(at: Callable[[str], Workspace]) -> None:
    ws = at("reviewed")
    text = (ws.home / "sources" / "tickets.toml").read_text(encoding="utf-8")
    (ws.home / "sources" / "chats.toml").write_text(text, encoding="utf-8")
    assert gather_all(ws, by()).cases == ()


def test_a_source_that_fails_leaves_the_others_done_and_retry_asks_only_it(crowd: Workspace) -> None:
    tickets = crowd.home / "data" / "tickets.jsonl"
    tickets.rename(crowd.home / "data" / "elsewhere")
    done = gather_all(crowd, by())
    for case in done.cases:
        lines = {line.source: line.state for line in case.coverage.values()}
        assert (lines["tickets"], lines["newsletter"]) == (Look.FAILED, Look.SEARCHED)
    (crowd.home / "data" / "elsewhere").rename(tickets)
    before = crowd.ledger.entries_count()
    done = gather_all(crowd, by(), retry=True)
    assert len(done.cases) == 3
    recorded = [entry.fact for entry in crowd.ledger.history() if entry.seq > before]
    assert {fact.source for fact in recorded if isinstance(fact, RecordSetSearched)} == {"tickets"}
    assert crowd.ledger.case(RIVERA).coverage[("tickets", "tickets")].found == 4


def test_an_answer_that_leads_on_is_followed_at_the_second_try(at: Callable[[str], Workspace]) -> None:
    alone, together = three(at("proven")), three(at("proven"))
    for ws in (alone, together):
        (ws.home / "data" / "crm.sqlite").rename(ws.home / "data" / "crm.away")
    for number in (RIVERA, WESLEY, ANA):
        gather.gather(alone, number, by())
    gather_all(together, by())
    for ws in (alone, together):
        (ws.home / "data" / "crm.away").rename(ws.home / "data" / "crm.sqlite")
    for number in (RIVERA, WESLEY, ANA):
        gather.gather(alone, number, by(), retry=True)
    gather_all(together, by(), retry=True)
    for number in (RIVERA, WESLEY, ANA):
        assert held(together, number) == held(alone, number)


def test_broken_off_what_was_filed_stays_and_the_next_run_goes_on(crowd: Workspace) -> None:
    told: list[Read] = []

    def stop(read: Read) -> None:
        told.append(read)
        if len(told) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gather_all(crowd, by(), report=stop)
    lines = crowd.ledger.case(ANA).coverage
    assert sum(line.state is not Look.OPEN for line in lines.values()) == 4
    again: list[Read] = []
    gather_all(crowd, by(), retry=True, report=again.append)
    done = {(one.source, one.record_set) for one in told}
    assert not crowd.ledger.audit()
    assert {line.source for line in crowd.ledger.case(ANA).unexplained} == {"facilities"}
    assert done.isdisjoint({(one.source, one.record_set) for one in again})


def test_only_the_source_named(crowd: Workspace) -> None:
    done = gather_all(crowd, by(), only=("tickets",))
    assert {line.source for case in done.cases for line in case.coverage.values()} == {"tickets"}
    with pytest.raises(InputWrong, match='no source "payroll"'):
        gather_all(crowd, by(), only=("payroll",))


def test_a_name_alone_is_told_and_the_others_are_searched(crowd: Workspace) -> None:
    number = openings.typed(crowd, opening(name="Otto", identifiers=(), reply_to="", channel="post"), by())
    prove(crowd, number)
    done = gather_all(crowd, by())
    assert done.troubles == {number: NOT_SEARCHABLE}
    assert crowd.ledger.case(ANA).coverage[("newsletter", "subscribers")].found == 1


def test_a_reader_may_not(crowd: Workspace) -> None:
    facts = facts_count(crowd)
    with pytest.raises(Refused, match="needs the role editor"):
        gather_all(crowd, by("luis"))
    assert facts_count(crowd) == facts
