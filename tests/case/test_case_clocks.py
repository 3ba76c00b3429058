"""The clocks of a case: under the rule it was opened with, as long as somebody is owed something."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date

import pytest

from dsar.case import facts as f
from dsar.case.case import Case
from dsar.case.clocks import calendar_of, claim_clocks, clock_rows, earliest, open_obligations, rule_of
from dsar.case.evolve import evolve
from dsar.law.calendars import calendar_for
from dsar.law.rules import load
from tests.case import story as s

RULE = load().find("eu-gdpr", "access", on=date(2026, 11, 2))
CALENDAR = calendar_for(RULE.calendar, [date(2026, 11, 2), date(2027, 11, 2)], "DE") if RULE.calendar else None
PINS = {("rule", RULE.version): RULE.content}
if CALENDAR:
    PINS["calendar", CALENDAR.version] = json.dumps(CALENDAR.pin())
CLAIMED = replace(
    s.CLAIMED,
    law=RULE.law,
    rule=RULE.id,
    rule_version=RULE.version,
    calendar_version=CALENDAR.version if CALENDAR else "",
    must_acknowledge=True,
)
OPEN = s.told(s.OPENED, CLAIMED)


def pinned(kind: str, version: str) -> str:
    return PINS[kind, version]


def dues(case: Case) -> dict[str, date | None]:
    return {row.obligation: row.due_on for row in clock_rows(case, pinned)}


def test_the_rule_and_calendar_are_those_of_the_opening() -> None:
    claim = OPEN.claims[s.CLAIM]
    assert rule_of(claim, pinned) == RULE
    assert calendar_of(claim, pinned) == CALENDAR
    assert calendar_of(replace(claim, calendar_version=""), pinned) is None
    assert hashlib.sha256(RULE.content.encode()).hexdigest().startswith(RULE.version)


def test_an_answer_is_owed_until_it_has_left() -> None:
    assert dues(OPEN)["respond"] == date(2026, 12, 2)
    answered = OPEN
    for fact in (s.QUEUED, s.HANDED):
        answered = evolve(answered, fact)
        assert "respond" in dues(answered)
    answered = evolve(answered, s.SENT)
    assert dues(answered) == {}
    # it came back: it is owed again
    assert "respond" in dues(evolve(answered, f.LetterBounced(key="L-1")))


def test_an_ended_or_closed_case_owes_nothing_and_a_reopened_one_does() -> None:
    closed = s.told(s.OPENED, CLAIMED, s.QUEUED, s.HANDED, s.SENT, s.ENDED, s.CLOSED)
    assert clock_rows(closed, pinned) == ()
    assert "respond" in dues(evolve(closed, f.CaseReopened(item="V-1")))


def test_an_acknowledgement_is_owed_until_any_letter_has_left() -> None:
    claim = OPEN.claims[s.CLAIM]
    every = {clock.obligation for clock in claim_clocks(OPEN, claim, pinned)}
    told = evolve(evolve(evolve(OPEN, replace(s.QUEUED, kind="acknowledgement", claims=())), s.HANDED), s.SENT)
    assert ("acknowledge" in dues(OPEN)) == ("acknowledge" in every)
    assert "acknowledge" not in dues(told)
    assert [clock.obligation for clock in open_obligations(told, claim, pinned)] == ["respond"]


def test_a_clock_counts_what_concerns_its_right() -> None:
    extended = evolve(OPEN, f.ClockMoved(kind="extended", on=date(2026, 11, 20), claim=s.CLAIM))
    other = evolve(OPEN, f.ClockMoved(kind="extended", on=date(2026, 11, 20), claim="delete/eu-gdpr"))
    assert list(dues(extended)) == ["extended"]
    assert dues(extended)["extended"] == date(2027, 2, 2)
    assert dues(other) == dues(OPEN)


def test_rows_tell_all_a_list_shows_and_the_earliest_leads() -> None:
    rows = clock_rows(OPEN, pinned)
    row = earliest(rows)
    assert row is not None
    assert row == min(rows, key=lambda one: one.due_on or date.max)
    assert (row.claim, row.right, row.law, row.stage) == (s.CLAIM, "access", "eu-gdpr", "intake")
    assert (row.next_says, row.next_command) == ("acknowledge", "dsar letter send 36 acknowledgement")
    assert earliest(()) is None


def test_a_version_that_was_not_pinned_is_an_error() -> None:
    with pytest.raises(KeyError):
        clock_rows(s.told(s.OPENED, replace(CLAIMED, rule_version="0" * 12)), pinned)
