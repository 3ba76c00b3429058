"""SQLite rows are changed one by one, behind a savepoint, and never more of them than the plan names."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from dsar.case.changes import Action, Result, Step
from dsar.sources.interface import SourceFailed
from dsar.sources.writing import writer
from tests.sources.office import Office, field, kind_of, record_set, source_file
from tests.sources.rewriting import carry_out

SCHEMA = """
CREATE TABLE people (id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, age INTEGER CHECK (age < 150), data BLOB);
INSERT INTO people VALUES ('1', 'ana@example.com', 40, x'00ff'), ('2', 'ben@example.com', 50, NULL);
CREATE TABLE orders (id INTEGER PRIMARY KEY, email TEXT, person TEXT REFERENCES people(id) {action});
INSERT INTO orders VALUES (7, 'ana@example.com', '1'), (8, 'ben@example.com', '2');
CREATE TABLE pairs (id TEXT, part, email TEXT, PRIMARY KEY (id, part)) WITHOUT ROWID;
INSERT INTO pairs VALUES ('1', 1, 'ana@example.com'), ('1', 2, 'ana@example.com');
CREATE VIEW seen AS SELECT id, email FROM people;
"""


def prepare(office: Office, action: str = "", more: str = "") -> Path:
    """A database with tables that point to each other."""
    path = office.home / "data" / "crm.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(SCHEMA.format(action=action) + more)
    tables = [record_set(name, field("email", *kind_of("email"))) for name in ("people", "orders", "pairs", "seen")]
    office.describe("people", source_file(*tables))
    return path


def step(place: str, number: int, before: Mapping[str, str], after: Mapping[str, str | None] | None = None) -> Step:
    return Step(
        id=f"S-{number:04d}", finding=f"F-{number:04d}", source="people", record_set=place, place=place,
        key={"id": before["id"]}, action=Action.CHANGE if after else Action.DELETE, before=dict(before),
        after=dict(after or {}),
    )  # fmt: skip


ANA = {"id": "1", "email": "ana@example.com", "age": "40", "data": "(binary, 2 bytes)"}
ORDER = {"id": "7", "email": "ana@example.com", "person": "1"}


def rows(path: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(" ".join(["SELECT * FROM", table])).fetchall()


def test_a_record_others_point_to_waits_for_them_in_any_order(office: Office) -> None:
    path = prepare(office)
    results, made = carry_out(office, [step("people", 1, ANA), step("orders", 2, ORDER)])
    assert (results, made.why) == ([Result.DONE, Result.DONE], {})
    assert [row[0] for row in rows(path, "people")] == ["2"]


def test_a_foreign_key_that_stays_fails_the_step_alone(office: Office) -> None:
    path = prepare(office)
    results, made = carry_out(office, [step("people", 1, ANA)])
    assert results == [Result.FAILED]
    assert "foreign key" in made.why["S-0001"]
    assert len(rows(path, "people")) == 2


def test_a_foreign_key_checked_last_fails_before_anything_is_kept(office: Office) -> None:
    path = prepare(office, "DEFERRABLE INITIALLY DEFERRED")
    assert carry_out(office, [step("people", 1, ANA)])[0] == [Result.FAILED]
    assert len(rows(path, "people")) == 2


@pytest.mark.parametrize("action", ["ON DELETE CASCADE", "ON DELETE SET NULL"])
def test_what_would_reach_other_rows_is_not_done(office: Office, action: str) -> None:
    path = prepare(office, action)
    results, made = carry_out(office, [step("people", 1, ANA)])
    assert results == [Result.FAILED]
    assert "1 other rows" in made.why["S-0001"]
    assert rows(path, "orders") == [(7, "ana@example.com", "1"), (8, "ben@example.com", "2")]
    assert len(rows(path, "people")) == 2


def test_a_trigger_that_copies_what_is_deleted_stops_it_until_it_is_allowed(office: Office) -> None:
    trigger = (
        "CREATE TABLE log (x); CREATE TRIGGER t AFTER DELETE ON orders BEGIN INSERT INTO log VALUES (old.email); END;"
    )
    path = prepare(office, more=trigger)
    assert carry_out(office, [step("orders", 2, ORDER)])[0] == [Result.FAILED]
    assert rows(path, "log") == []
    described = office.home / "sources" / "people.toml"
    described.write_text(
        described.read_text().replace("[[record_set]]", '[source.options]\ncascades = "true"\n[[record_set]]', 1)
    )
    assert carry_out(office, [step("orders", 2, ORDER)])[0] == [Result.DONE]


@pytest.mark.parametrize(
    ("after", "word"),
    [({"email": "ben@example.com"}, "unique"), ({"age": "200"}, "does not allow"), ({"gone": "x"}, "no column")],
)
def test_a_value_the_database_refuses_is_told_in_words(
    office: Office, after: Mapping[str, str | None], word: str
) -> None:
    path = prepare(office)
    results, made = carry_out(office, [step("people", 1, ANA, after)])
    assert results == [Result.FAILED]
    assert word in made.why["S-0001"]
    assert rows(path, "people")[0] == ("1", "ana@example.com", 40, b"\x00\xff")


def test_types_are_kept_and_never_empty_columns_get_an_empty_text(office: Office) -> None:
    path = prepare(office)
    todo = [step("people", 1, ANA, {"email": None, "age": "41"})]
    assert carry_out(office, todo)[0] == [Result.DONE]
    assert rows(path, "people")[0] == ("1", "", 41, b"\x00\xff")
    assert carry_out(office, todo)[0] == [Result.ALREADY]


def test_a_table_without_row_numbers_is_written_by_its_key(office: Office) -> None:
    path = prepare(office)
    todo = step("pairs", 1, {"id": "1", "part": "2", "email": "ana@example.com"})
    assert carry_out(office, [todo])[0] == [Result.DONE]
    assert rows(path, "pairs") == [("1", 1, "ana@example.com")]


def test_a_view_is_not_written(office: Office) -> None:
    prepare(office)
    results, made = carry_out(office, [step("seen", 1, {"id": "1", "email": "ana@example.com"})])
    assert results == [Result.FAILED]
    assert "view" in made.why["S-0001"]


def test_identical_rows_without_a_key_of_their_own_all_go(office: Office) -> None:
    rows_in = [{"id": 5, "email": "ana@example.com"}] * 2 + [{"id": 5, "email": "ben@example.com"}]
    path = office.database("crm.sqlite", {"people": rows_in})
    office.describe("people", source_file(record_set("people", field("email", *kind_of("email")))))
    todo = step("people", 1, {"id": "5", "email": "ana@example.com"})
    assert carry_out(office, [todo])[0] == [Result.DONE]
    assert rows(path, "people") == [(5, "ben@example.com")]


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_deleted_text_is_not_left_in_the_file_or_beside_it(office: Office, mode: str) -> None:
    row = "INSERT INTO orders VALUES (9, 'marigold@example.com', NULL);"
    path = prepare(office, more=f"{row} PRAGMA journal_mode = {mode};")
    assert carry_out(office, [step("orders", 2, {"id": "9", "email": "marigold@example.com"})])[0] == [Result.DONE]
    assert not [one.name for one in path.parent.iterdir() if b"marigold" in one.read_bytes()]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_locked_database_is_left_and_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    path = prepare(office)
    monkeypatch.setattr("dsar.sources.writing_sqlite.BUSY_SECONDS", 0.01)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SourceFailed, match="locked"):
            carry_out(office, [step("orders", 2, ORDER)])
    assert len(rows(path, "orders")) == 2


def test_a_file_that_is_no_database_is_told(office: Office) -> None:
    path = prepare(office)
    path.write_bytes(b"nothing of the kind" * 100)
    with pytest.raises(SourceFailed, match="damaged"):
        carry_out(office, [step("orders", 2, ORDER)])


def test_a_crash_before_the_result_is_told_goes_on_as_already_done(office: Office) -> None:
    path = prepare(office)
    todo = [step("orders", 2, ORDER)]

    def killed(step: Step, result: Result) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        writer(office.source("people").settings, office.home).apply(todo, done=killed)
    assert len(rows(path, "orders")) == 1
    assert carry_out(office, todo)[0] == [Result.ALREADY]


def test_a_column_the_database_computes_fails_its_step_alone(office: Office) -> None:
    path = prepare(office, more="ALTER TABLE orders ADD COLUMN twice AS (email || email);")
    before = {**ORDER, "twice": "ana@example.comana@example.com"}
    ben = {"id": "8", "email": "ben@example.com", "person": "2", "twice": "ben@example.comben@example.com"}
    results, made = carry_out(office, [step("orders", 2, before, {"twice": "y"}), step("orders", 3, ben)])
    assert results == [Result.FAILED, Result.DONE]
    assert "computes itself" in made.why["S-0002"]
    assert [row[0] for row in rows(path, "orders")] == [7]
