"""The tables of a package and the list of what is missing in them."""

from __future__ import annotations

from dataclasses import replace

from dsar.case.records import Mark
from dsar.disclosure.content import Table, table_of, withheld_lines
from tests.disclosure import scene
from tests.disclosure.scene import table_with


def test_tables_are_ordered_by_time_and_forget_ids() -> None:
    calls = [scene.call(number, "outbound", scene.DIALLED, at=f"2026-03-0{10 - number}") for number in (1, 2, 3)]
    table = table_of(scene.CALLS, [scene.propose(one, scene.CALLS, scene.OWN) for one in calls])
    assert [row.finding for row in table.rows] == ["F-0003", "F-0002", "F-0001"]


def test_what_is_missing_in_a_row_is_told_even_if_a_person_showed_the_rest() -> None:
    row = replace(table_with({"id": "1"}).rows[0], marks={"id": Mark.NEVER, "odd": Mark.CUT})
    other = replace(row, marks={"id": Mark.OTHER_PERSON})
    table = Table(record_set=table_with({"id": "1"}).record_set, rows=(row, other), withheld={})
    lines = withheld_lines((table,), language="en", laws=())
    assert {(line.ground, line.parts) for line in lines} == {
        ("third_party", 1),
        ("never_disclosed", 1),
        ("undescribed", 1),
    }
