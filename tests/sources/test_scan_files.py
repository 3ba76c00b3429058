"""What a scan makes of files: a table for each file, sheet or list that is one, and one of files that are alike."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dsar.formats.json_rows import ways_to_lists
from dsar.formats.rows import Problems
from dsar.sources import scan_files as module
from dsar.sources.interface import SourceFailed, SourceSettings
from dsar.sources.scan_files import scan_files
from dsar.sources.scan_tables import Scanned


def scanned(home: Path, path: str, kind: str, **options: str) -> Scanned:
    settings = SourceSettings(
        name="s", kind=kind, title="", owner="", path=path, options=options, record_sets=()
    )  # fmt: skip
    return scan_files(settings, home)


def told(found: Scanned) -> list[tuple[str, str | None, dict[str, str], list[str]]]:
    return [(one.place, one.where, dict(one.options), [c.name for c in one.columns]) for one in found.tables]


def write(home: Path, **files: str) -> None:
    for name, text in files.items():
        stem, _, ending = name.rpartition("_")
        (home / f"{stem}.{ending}").write_text(text, encoding="utf-8")


def workbook(path: Path, **sheets: list[list[object]]) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


def test_files_with_much_the_same_columns_are_one_table(tmp_path: Path) -> None:
    write(tmp_path, calls1_csv="id,caller,to\n1,a,b\n", calls2_csv="id,caller,to,price\n2,c,d,1\n")
    (only,) = scanned(tmp_path, "*.csv", "csv").tables
    assert told(scanned(tmp_path, "calls*.csv", "csv")) == [("calls", "", {}, ["id", "caller", "to", "price"])]
    assert [column.samples for column in only.columns] == [("1", "2"), ("a", "c"), ("b", "d"), ("1",)]


def test_files_with_other_columns_are_a_table_each(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    write(tmp_path / "data", people_csv="id,email\n1,a@x.example\n", orders_csv="order,day,sum\n1,x,y\n")
    assert told(scanned(tmp_path, "data/*.csv", "csv")) == [
        ("orders", "data/orders.csv", {}, ["order", "day", "sum"]),
        ("people", "data/people.csv", {}, ["id", "email"]),
    ]
    whole = str(tmp_path / "data" / "*.csv")
    assert [where for _, where, _, _ in told(scanned(tmp_path, whole, "csv"))] == [
        str(tmp_path / "data" / "orders.csv"), str(tmp_path / "data" / "people.csv"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "tables"),
    [
        ("id,email", "id,total", 2),
        ("id,name,email,phone", "id,person,total,email", 2),
        ("id,name,email", "id,name,total", 1),
        ("id,name,email", "id,email", 1),
    ],
)
def test_files_are_alike_where_they_share_more_than_half(tmp_path: Path, one: str, other: str, tables: int) -> None:
    write(tmp_path, a_csv=f"{one}\n1{',x' * one.count(',')}\n", b_csv=f"{other}\n1{',x' * other.count(',')}\n")
    assert len(scanned(tmp_path, "*.csv", "csv").tables) == tables


def test_files_of_one_name_in_two_folders_are_told_apart(tmp_path: Path) -> None:
    for folder, text in (("a", "id,email\n1,x\n"), ("b", "day,sum\n1,x\n")):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, list_csv=text)
    found = told(scanned(tmp_path, "**/*.csv", "csv"))
    assert [where for _, where, _, _ in found] == ["a/list.csv", "b/list.csv"]
    assert len({name for name, _, _, _ in found}) == 2


def test_each_sheet_of_a_workbook_is_a_table(tmp_path: Path) -> None:
    people: list[list[object]] = [["id", "email"], [1, "a@x.example"]]
    workbook(tmp_path / "a.xlsx", People=people, Empty=[], **{"Orders v1.2": [["order", "sum"], [1, 2]]})
    found = scanned(tmp_path, "a.xlsx", "sheet")
    assert told(found) == [
        ("People", "", {"sheet": "People"}, ["id", "email"]),
        ("Orders v1.2", "", {"sheet": "Orders v1.2"}, ["order", "sum"]),
    ]
    assert found.not_looked_at == ("a.xlsx, Empty: The sheet is empty.",)
    assert told(scanned(tmp_path, "a.xlsx", "sheet", sheet="People")) == [("a", "", {}, ["id", "email"])]


def test_a_workbook_of_one_sheet_is_one_table(tmp_path: Path) -> None:
    workbook(tmp_path / "a.xlsx", Only=[["id", "email"], [1, "a@x.example"]])
    assert told(scanned(tmp_path, "a.xlsx", "sheet")) == [("a", "", {}, ["id", "email"])]


def test_the_same_sheet_of_two_workbooks_is_one_table(tmp_path: Path) -> None:
    for name, key in (("a", 1), ("b", 2)):
        workbook(tmp_path / f"{name}.xlsx", People=[["id", "email"], [key, "x"]], Orders=[["order", "sum"], [key, 3]])
    found = scanned(tmp_path, "*.xlsx", "sheet")
    assert [(one.place, dict(one.options), one.columns[0].samples) for one in found.tables] == [
        ("People", {"sheet": "People"}, ("1", "2")), ("Orders", {"sheet": "Orders"}, ("1", "2")),
    ]  # fmt: skip


def test_each_list_in_a_json_file_is_a_table(tmp_path: Path) -> None:
    whole = {"made": "today", "data": {"people": [{"id": 1}], "orders": [{"order": 2}, 3]}, "tags": ["a"], "none": []}
    write(tmp_path, a_json=json.dumps(whole))
    assert told(scanned(tmp_path, "a.json", "json")) == [
        ("people", "", {"rows": "data.people"}, ["id"]), ("orders", "", {"rows": "data.orders"}, ["order"]),
    ]  # fmt: skip
    assert told(scanned(tmp_path, "a.json", "json", rows="data.people")) == [("a", "", {}, ["id"])]


@pytest.mark.parametrize("text", ['[{"id": 1}]', '{"id": 1, "tags": ["a"]}', '{"id": 1, "in.": [{"a": 1}]}'])
def test_a_json_file_that_is_a_list_or_one_object_is_one_table(tmp_path: Path, text: str) -> None:
    write(tmp_path, a_json=text)
    ((name, where, options, columns),) = told(scanned(tmp_path, "a.json", "json"))
    assert (name, where, options, columns[0]) == ("a", "", {}, "id")


def test_lists_are_looked_for_so_deep_and_so_many(tmp_path: Path) -> None:
    deep = {"a": {"b": {"c": {"d": [{"id": 1}], "e": {"f": [{"id": 1}]}}}}}
    write(tmp_path, a_json=json.dumps(deep), b_json=json.dumps({str(n): [{"id": 1}] for n in range(300)}))
    assert ways_to_lists(tmp_path / "a.json", None, Problems("a.json")) == ["a.b.c.d"]
    assert len(ways_to_lists(tmp_path / "b.json", None, Problems("b.json"))) == 200
    write(tmp_path, c_json="")
    assert ways_to_lists(tmp_path / "c.json", None, Problems("c.json")) == []


def test_of_very_many_files_the_first_are_looked_at_and_the_rest_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_TABLES", 2)
    write(tmp_path, **{f"f{n}_csv": f"a{n},b{n}\n1,2\n" for n in range(4)})
    found = scanned(tmp_path, "*.csv", "csv")
    assert [one.place for one in found.tables] == ["f0", "f1"]
    assert found.not_looked_at == ("2 more files, sheets or lists, after the first 2",)


def test_a_file_that_cannot_be_read_fails_the_scan(tmp_path: Path) -> None:
    write(tmp_path, a_json="{", b_xlsx="no workbook", c_csv="")
    for name, kind in (("a.json", "json"), ("b.xlsx", "sheet"), ("c.csv", "csv")):
        with pytest.raises(SourceFailed):
            scanned(tmp_path, name, kind)
