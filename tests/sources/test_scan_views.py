"""A view is proposed like a table, with the questions that only a view has; one that cannot be read is told."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dsar.errors import InputWrong
from dsar.sources.interface import SourceSettings
from dsar.sources.scan_databases import scan_sqlite
from dsar.sources.scan_proposing import propose
from dsar.workflow import source_scan
from dsar.workflow.setup import Wishes, make
from dsar.workflow.source_scan import Wish
from dsar.workspace import Workspace

STATEMENTS = """
CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT);
INSERT INTO people VALUES (1, 'ana@example.com'), (2, 'ben@example.com');
CREATE TABLE gone (x);
CREATE VIEW addresses AS SELECT id, upper(email) AS email FROM people;
CREATE VIEW broken AS SELECT x FROM gone;
DROP TABLE gone;
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(STATEMENTS)
    return path


def test_a_view_has_no_key_of_its_own_and_says_so(shop: Path) -> None:
    settings = SourceSettings(
        name="shop", kind="sqlite", title="", owner="", path=shop.name, record_sets=(), options={}
    )  # fmt: skip
    found = scan_sqlite(settings, shop.parent)
    assert found.not_looked_at == ("tables and views that cannot be read: broken",)
    table, view = propose("shop", found.tables).sets
    assert (table.place, table.key, table.asks) == ("people", ("id",), ())
    assert (view.place, view.key) == ("addresses", ("id",))
    assert view.asks == (
        "a view, which shows what lies in tables: where those are searched themselves, delete this one",
        "the source names no key: is one record told from another by id?",
    )
    assert [one.name for one in view.fields if one.match] == ["email"]


def test_the_file_it_is_written_to_loads(shop: Path, tmp_path: Path) -> None:
    make(tmp_path / "desk", Wishes(country="US"))
    ws = Workspace(tmp_path / "desk")
    made = source_scan.scan(ws, str(shop), Wish(), out="sources/shop.toml")
    assert "# ? a view, which shows what lies in tables" in made.text
    assert made.told == ("not looked at: tables and views that cannot be read: broken",)


def test_a_file_has_no_schemas(shop: Path, tmp_path: Path) -> None:
    make(tmp_path / "desk", Wishes(country="US"))
    with pytest.raises(InputWrong, match="only a database server has schemas"):
        source_scan.scan(Workspace(tmp_path / "desk"), str(shop), Wish(schemas=("main",)))
