"""Many messages are taken in together: as one by one, but in few transactions, each message whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dsar.errors import InputWrong
from dsar.inbox.arrival import Arrival
from dsar.ledger.vault import VALUE_LIMIT
from dsar.workflow import intake
from dsar.workflow.intake import State
from dsar.workspace import Workspace
from tests.workflow.office import TODAY, by

ROWS = 7
ASKS = "Please send me a copy of all personal data you hold about me under Article 15 GDPR."


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A form export: the last row is the first person again."""
    people = [f"person{nth % (ROWS - 1)}@example.com" for nth in range(ROWS)]
    lines = [f"Ann Other,{email},access,{ASKS} ({nth}),2026-11-20" for nth, email in enumerate(people)]
    path = tmp_path / "export.csv"
    path.write_text("\n".join(["Name,Email,Request type,Message,Date", *lines]) + "\n", encoding="utf-8")
    return path


def taken(ws: Workspace, path: Path) -> list[intake.Taken]:
    return list(intake.take_in(ws, [path], by(), dry_run=False))


def rows_of(ws: Workspace, path: Path) -> list[Arrival]:
    return list(intake.found_in(path, ws.inbox(TODAY)))


@pytest.mark.parametrize("together", [1, 3, 200])
def test_an_export_is_taken_in_whatever_the_size_of_a_batch(
    desk: Workspace, export: Path, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_BATCH", together)
    begun: list[str] = []
    desk.ledger._store._connection.set_trace_callback(begun.append)
    found = taken(desk, export)
    desk.ledger._store._connection.set_trace_callback(None)
    assert [one.state for one in found] == [State.OPENED] * ROWS
    assert [one.case for one in found] == [f"DSAR-2026-{nth:04d}" for nth in range(1, ROWS + 1)]
    assert any("DSAR-2026-0001" in says for says in found[-1].warnings)
    assert begun.count("BEGIN IMMEDIATE") == -(-ROWS // together)
    assert desk.ledger.case("DSAR-2026-0001").linked == (f"DSAR-2026-{ROWS:04d}",)
    assert desk.ledger.case(f"DSAR-2026-{ROWS:04d}").linked == ("DSAR-2026-0001",)
    assert desk.ledger.audit() == []
    assert [one.state for one in taken(desk, export)] == [State.KNOWN] * ROWS


def test_what_went_before_a_message_that_fails_is_kept_and_nothing_of_that_one(desk: Workspace, export: Path) -> None:
    first, second, third, *_ = rows_of(desk, export)
    broken = replace(second, raw=b" " * (VALUE_LIMIT + 1))
    settled: Iterator[intake.Taken] = intake.settle(desk, [first, broken, third], by(), dry_run=False)
    assert next(settled).case == "DSAR-2026-0001"
    with pytest.raises(InputWrong, match="larger than the case store takes"):
        next(settled)
    assert [row.case for row in desk.ledger.rows()] == ["DSAR-2026-0001"]
    assert desk.ledger.cases_of_person(["email:person1@example.com"]) == []
    assert desk.ledger.message_case("", second.sha256) is None
    assert desk.ledger.audit() == []
    again = list(intake.settle(desk, [second, third], by(), dry_run=False))
    assert [one.case for one in again] == ["DSAR-2026-0002", "DSAR-2026-0003"]


def test_large_messages_are_settled_in_smaller_batches(desk: Workspace, export: Path) -> None:
    large = [replace(one, raw=b" " * (intake._BATCH_BYTES // 2)) for one in rows_of(desk, export)]
    assert [len(batch) for batch in intake.batches(iter(large))] == [2, 2, 2, 1]
    assert list(intake.batches(iter(()))) == []


def test_a_dry_run_opens_no_transaction(desk: Workspace, export: Path) -> None:
    found = list(intake.take_in(desk, [export], by(), dry_run=True))
    assert [one.state for one in found] == [State.WOULD_OPEN] * ROWS
    assert desk.ledger.rows() == []
