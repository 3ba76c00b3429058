"""The shop exported to files, where nothing says how its tables hang together: a scan proposes it, a person agrees."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from dsar.case.identifiers import Identifier
from dsar.sources.answers import State
from dsar.sources.registry import open_source
from dsar.sources.search import search
from dsar.sources.settings import load_sources
from dsar.workflow import source_scan
from dsar.workflow.source_scan import Wish
from dsar.workspace import Workspace
from tests.sources import eleven

Tables = Mapping[str, Sequence[Mapping[str, object]]]


def as_folder(home: Path, tables: Tables) -> str:
    (home / "data/export").mkdir()
    for name, rows in tables.items():
        with (home / "data/export" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return "data/export/*.csv"


def as_workbook(home: Path, tables: Tables) -> str:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append(list(row.values()))
    book.save(home / "data/export.xlsx")
    return "data/export.xlsx"


def as_json(home: Path, tables: Tables) -> str:
    (home / "data/export.json").write_text(json.dumps({"shop": tables}), encoding="utf-8")
    return "data/export.json"


@pytest.fixture
def tables(desk: Workspace) -> Tables:
    path = desk.home / "data/shop.sqlite"
    eleven.write_sqlite(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')]  # noqa: S608
            for name in names
        }


def found(ws: Workspace, asked: Sequence[Identifier]) -> str:
    """Which rows a search of the export brings, told as ``eleven`` tells them."""
    source = open_source({one.name: one for one in load_sources(ws.home / "sources")}["export"], ws.home)
    answers = search([source], asked).answers
    assert {one.state for one in answers} <= {State.SEARCHED, State.EXCLUDED}
    rows = []
    for one in answers:
        name, width = one.record_set.name, 2 if one.record_set.name == "order_items" else 1
        rows += [f"{name} {'|'.join(list(record.values.values())[:width])}" for record in one.records]
    return ", ".join(sorted(rows))


@pytest.mark.parametrize("export", [as_folder, as_workbook, as_json])
@pytest.mark.parametrize(("asked", "rows"), eleven.WHOSE)
def test_what_hangs_on_a_person_is_found_in_an_export_as_in_the_database(
    desk: Workspace, tables: Tables, asked: list[Identifier], rows: str, export: Callable[[Path, Tables], str]
) -> None:
    made = source_scan.scan(desk, export(desk.home, tables), Wish(country="US"), out="sources/export.toml")
    assert "by its name the number of customers: is it?" in made.text
    assert made.proposal.left_out == (("products", "nothing in it looks like a person's, and no link leads there"),)
    (desk.home / "sources/export.toml").write_text(eleven.edited(made.text), encoding="utf-8")
    # to where an order was sent leads a column that is called otherwise: no scan of files can tell
    sent = {eleven.ANA: "addresses 3, ", eleven.CORA: "addresses 1, "}.get(rows, "")
    assert found(desk, asked) == rows.replace(sent, "")
