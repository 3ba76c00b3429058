"""Worked examples, ours and the shared ones, row by row through the same doors that commands use."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest

from dsar.law.calendars import calendar_for
from dsar.law.clocks import Clock, ClockFact, Obligation, clocks, zoned
from dsar.law.rules import load

OURS = Path(__file__).parent / "examples" / "authorities.csv"
REGIONS = {"E&W": "GB-ENG", "Scotland": "GB-SCT", "DE": "DE", "FR": "FR", "IE": "IE"}


def due(
    law: str, right: str, received: date, facts: list[ClockFact], region: str | None, designated: bool = True
) -> dict[str, Clock]:
    """The clocks of one request by obligation."""
    rule = load().find(law, right, on=received, designated=designated)
    calendar = None
    if rule.needs_calendar and rule.calendar:
        calendar = calendar_for(rule.calendar, [received, *(fact.on for fact in facts)], region)
    found = clocks(rule, received, facts, calendar=calendar)
    assert len({clock.obligation for clock in found}) == len(found)
    return {clock.obligation.value: clock for clock in found}


def day_of(clock: Clock | None) -> str:
    return clock.due_on.isoformat() if clock and clock.due_on else ""


def our_rows() -> list[dict[str, str]]:
    with OURS.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(
    "row", our_rows(), ids=lambda row: f"{row['law']}-{row['right']}-{row['received']}-{row['says']}"
)
def test_our_examples(row: dict[str, str]) -> None:
    facts = [
        ClockFact(kind=kind, on=date.fromisoformat(on)) for kind, on in (f.split("=") for f in row["facts"].split())
    ]
    found = due(row["law"], row["right"], date.fromisoformat(row["received"]), facts, row["region"] or None)
    for obligation in Obligation:
        assert day_of(found.get(obligation.value)) == row[obligation.value], obligation
    suspended = found["respond"].suspended_on
    assert (suspended.isoformat() if suspended else "") == row["suspended"]


def facts_in(notes: str) -> list[ClockFact]:
    """The facts that the shared table tells in words."""
    told = {
        "id_requested": r"ID (?:requested|asked) (\d{4}-\d\d-\d\d)",
        "id_received": r"ID .*?received (\d{4}-\d\d-\d\d)",
        "clarification_asked": r"clarification asked (\d{4}-\d\d-\d\d)",
        "clarification_answered": r"clarification .*?answered (\d{4}-\d\d-\d\d)",
        "fee_charged": r"cost share .*?announced (\d{4}-\d\d-\d\d)",
        "fee_confirmed": r"person confirms (\d{4}-\d\d-\d\d)",
        "forwarded": r"forwarded .*?on (\d{4}-\d\d-\d\d)",
    }
    found = {kind: re.search(pattern, notes) for kind, pattern in told.items()}
    return [ClockFact(kind=kind, on=date.fromisoformat(hit[1])) for kind, hit in found.items() if hit]


def test_the_shared_deadlines(shared: Path) -> None:
    table = shared / "examples" / "deadlines.csv"
    if not table.is_file():
        pytest.skip("the shared folder has no table of deadlines")
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert rows
    wrong = []
    for row in rows:
        notes = row["event_notes"]
        region = next((REGIONS[word] for word in REGIONS if f"{word} calendar" in notes), None)
        instant = re.search(r"arrives (\S+Z)", notes)
        received = zoned(instant[1], "Europe/London") if instant else date.fromisoformat(row["received"])
        assert received.isoformat() == row["received"]
        found = due(row["law"], row["request_type"], received, facts_in(notes), region, "undesignated" not in notes)
        for obligation, column in (
            ("acknowledge", "expected_ack_due"),
            ("respond", "expected_response_due"),
            ("extended", "extended_due"),
        ):
            if day_of(found.get(obligation)) != row[column]:
                wrong.append((row["law"], row["received"], obligation, row[column], day_of(found.get(obligation))))
    assert wrong == []
