"""Lists come from the projection: in the right order, quickly, and never without what the facts say."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from dsar.case import facts as f
from dsar.case.case import LetterState
from dsar.case.rights import Right
from dsar.case.stages import Outcome, Role, Stage
from dsar.errors import StoreDamaged
from dsar.law.calendars import calendar_for
from dsar.law.rules import load
from dsar.ledger import Ledger, views
from tests.case import story as s
from tests.ledger import desk


def received(day: int) -> f.CaseOpened:
    return replace(s.OPENED, received_on=date(2026, 11, day))


COMPLAINT = replace(s.CLAIMED, right=Right.COMPLAINT)
DELETE = replace(s.CLAIMED, right=Right.DELETE, law="us-ca-ccpa")


@pytest.fixture
def busy(ledger: Ledger) -> Ledger:
    """Three open cases, one of them without a date, and a closed one."""
    with ledger.writing():
        desk.a_case(ledger, received(9), s.CLAIMED, f.CaseAssigned(owner="sam"))
        desk.a_case(ledger, received(2), DELETE, s.CLAIMED)
        desk.a_case(ledger, received(1), COMPLAINT)
        desk.a_case(ledger, *s.WHOLE)
    return ledger


def test_open_cases_the_most_urgent_first(busy: Ledger) -> None:
    rows = busy.rows()
    assert [row.case[-1] for row in rows] == ["2", "1", "3"]
    assert [row.next_on for row in rows] == [date(2026, 12, 2), date(2026, 12, 9), None]
    first = rows[0]
    assert (first.stage, first.role, first.received_on) == (Stage.VERIFY, Role.SELF, date(2026, 11, 2))
    assert (first.rights, first.laws) == (("delete", "access"), ("us-ca-ccpa", "eu-gdpr"))
    assert (first.facts, first.opened_on, first.closed_on) == (3, date(2026, 11, 21), None)
    assert (first.changed_at, first.changed_by) == (desk.MORNING, "priya")
    assert [row.case[-1] for row in busy.rows(limit=1)] == ["2"]
    assert [row.case[-1] for row in busy.rows(owner="sam")] == ["1"]


def test_closed_cases_are_there_when_asked_for(busy: Ledger) -> None:
    rows = busy.rows(open_only=False)
    (closed,) = [row for row in rows if row.closed_on]
    assert len(rows) == 4
    assert (closed.stage, closed.closed_on, closed.purge_on) == (
        Stage.CLOSED,
        date(2026, 11, 21),
        date(2027, 11, 20),
    )
    assert [row.case for row in busy.to_purge(date(2030, 1, 1))] == [closed.case]
    busy.record(closed.case, f.CaseReopened(item="V-1"), by=desk.stamp())
    assert len(busy.rows()) == 4
    assert busy.to_purge(date(2030, 1, 1)) == []


def test_the_queue_by_date_and_what_has_none_last(busy: Ledger) -> None:
    rows = busy.clock_rows()
    assert [(row.case[-1], row.right) for row in rows] == [
        ("2", "delete"),
        ("2", "access"),
        ("1", "access"),
        ("3", "complaint"),
    ]
    assert rows[-1].due_on is None
    assert rows[-1].standard == "without delay"
    assert (rows[2].owner, rows[2].stage, rows[2].obligation) == ("sam", "verify", "respond")
    assert (rows[2].next_says, rows[2].next_command, rows[2].open) == ("look", "dsar show", True)
    until = busy.clock_rows(until=date(2026, 12, 2))
    assert [row.case[-1] for row in until] == ["2", "2"]
    assert busy.clock_rows(open_only=False, until=date(2026, 12, 2)) == until
    assert busy.clock_rows(open_only=False) == rows
    assert busy.clock_rows(limit=1) == rows[:1]


def test_a_target_of_ours_counts_where_the_law_sets_no_date(path: Path) -> None:
    def ours(case: s.Case, pinned: object) -> list[desk.ClockRow]:
        rows = desk.thirty_days(case, lambda kind, version: "")
        return [replace(row, due_on=None, target_on=date(2026, 12, 1)) for row in rows]

    with Ledger.create(path, clocks=ours) as ledger:
        desk.a_case(ledger, s.OPENED, s.CLAIMED)
        assert ledger.rows()[0].next_on == date(2026, 12, 1)
        (row,) = ledger.clock_rows(until=date(2026, 12, 1))
        assert (row.by_on, row.due_on) == (date(2026, 12, 1), None)


def test_the_outbox_follows_each_letter(ledger: Ledger) -> None:
    number = desk.a_case(ledger, s.OPENED, s.CLAIMED)
    states = {
        s.QUEUED: LetterState.QUEUED,
        s.HANDED: LetterState.SENDING,
        f.LetterFailed(key="L-1", why="busy", final=False): LetterState.QUEUED,
        replace(s.HANDED): LetterState.SENDING,
        s.SENT: LetterState.SENT,
        f.LetterBounced(key="L-1"): LetterState.BOUNCED,
    }
    for minute, fact in enumerate([*list(states)[:3], s.HANDED, *list(states)[3:]]):
        if ledger.outbox() and fact == s.HANDED and ledger.outbox()[0].state is LetterState.SENDING:
            continue
        ledger.record(number, fact, by=desk.stamp(after=60 * minute))
        (row,) = ledger.outbox()
        assert row.state is states[fact]
        assert row.changed_at == desk.MORNING + timedelta(minutes=minute)
        assert (row.queued_at, row.key, row.case, row.kind, row.item) == (desk.MORNING, "L-1", number, "answer", "")
        assert ledger.outbox(row.state) == [row]
    assert ledger.outbox(LetterState.QUEUED) == []
    ledger.record(number, replace(s.QUEUED, key="L-2"), by=desk.stamp(after=999))
    assert [row.key for row in ledger.outbox()] == ["L-1", "L-2"]
    assert [row.key for row in ledger.outbox(LetterState.QUEUED, LetterState.BOUNCED)] == ["L-1", "L-2"]
    assert [row.key for row in ledger.outbox(LetterState.SENDING, LetterState.QUEUED)] == ["L-2"]
    assert ledger.outbox(LetterState.SENT, LetterState.FAILED) == []


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        (views._CASES[True], "case_row_open"),
        (views._DUES[True, False], "clock_row_open"),
        (views._DUES[True, True], "clock_row_open"),
    ],
)
def test_the_daily_lists_use_their_index_and_sort_nothing(ledger: Ledger, sql: str, index: str) -> None:
    values = {"owner": None, "limit": 100, "until": "2026-12-31"}
    plan = " | ".join(row[3] for row in ledger._store.rows(f"EXPLAIN QUERY PLAN {sql}", values))
    assert index in plan
    assert "B-TREE" not in plan


def test_a_case_named_without_a_closing_outcome_is_simply_open(ledger: Ledger) -> None:
    number = desk.a_case(ledger, s.OPENED, s.CLAIMED, f.OutcomeReached(claim=s.CLAIM, outcome=Outcome.REFUSED))
    assert ledger.clock_rows() == []
    assert [(row.case, row.stage, row.next_on) for row in ledger.rows()] == [(number, Stage.RESPOND, None)]


def test_the_clocks_of_the_law_are_the_ones_used(path: Path) -> None:
    rule = load().find("eu-gdpr", "access", on=date(2026, 11, 2))
    calendar = calendar_for(rule.calendar or "", [date(2026, 11, 2), date(2027, 11, 2)], "DE")
    claimed = replace(s.CLAIMED, rule=rule.id, rule_version=rule.version, calendar_version=calendar.version)
    with Ledger.create(path) as ledger:
        with ledger.writing():
            ledger.pin("rule", rule.version, rule.content)
            ledger.pin("calendar", calendar.version, json.dumps(calendar.pin(), sort_keys=True))
            desk.a_case(ledger, s.OPENED, claimed)
        (row,) = ledger.clock_rows()
        assert (row.obligation, row.due_on, row.by_on) == ("respond", date(2026, 12, 2), date(2026, 12, 2))
        assert row.next_command == "dsar verify 1"
        assert ledger.audit() == []
        ledger.rebuild()
        assert ledger.clock_rows() == [row]
        assert Ledger.check_file(path).faults == ()


def test_a_rule_that_is_gone_is_damage_and_nothing_is_recorded(path: Path) -> None:
    with Ledger.create(path) as ledger:
        number = desk.a_case(ledger)
        with pytest.raises(StoreDamaged):
            ledger.record(number, s.CLAIMED, by=desk.stamp())
        assert ledger.entries_count() == 1
