"""The calls are the same on every machine, their truth is known, and nobody is timed who does not find all of it."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import calls, gathering
from benchmarks.call_sources import describe_calls
from benchmarks.contest import Contest, Peers, last_number
from benchmarks.gather_run import Grown, found_in, gather, subjects_of
from benchmarks.timing import FailedRun
from dsar.case.identifiers import normal_phone
from dsar.sources.registry import open_source
from dsar.sources.settings import load_sources

ROWS = 4_000
TINY = replace(
    gathering.QUICK, rounds=1, large=ROWS, small=2_000, tickets=400, steps=(1, 2, 5), messy=20, identifiers=20, cases=2
)
# The first signs of the SHA-256 of each file.
DIGESTS = {
    "accounts.csv": "1f29526b51d0e7d6",
    "calls.csv": "63a9716fbeba7849",
    "calls.jsonl": "3a822ab4b790e00d",
    "messy.csv": "d1921147c4bc724c",
    "numbers.csv": "5fe10a2c3a4a4fb5",
    "tickets.jsonl": "346c14adeafd5da0",
}


@pytest.fixture
def contest(tmp_path: Path) -> Contest:
    return Contest(folder=tmp_path, peers=Peers(), rounds=1)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_same_bytes_come_each_time_on_every_machine(tmp_path: Path) -> None:
    calls.write_calls(tmp_path / "calls.csv", ROWS)
    calls.write_calls(tmp_path / "messy.csv", ROWS, messy=True)
    calls.write_calls(tmp_path / "calls.jsonl", ROWS)
    calls.write_tickets(tmp_path / "tickets.jsonl", ROWS)
    calls.write_links(tmp_path, ROWS)
    made = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in tmp_path.iterdir()}
    assert made == DIGESTS


def test_a_row_is_as_long_as_a_real_one_and_all_of_it_is_filled(tmp_path: Path) -> None:
    calls.write_calls(tmp_path / "calls.csv", ROWS)
    assert 115 < (tmp_path / "calls.csv").stat().st_size / ROWS < 125
    made = rows(tmp_path / "calls.csv")
    assert len({row["call_id"] for row in made}) == len(made) == ROWS
    assert all(tuple(row) == calls.COLUMNS and all(row.values()) for row in made)


def test_every_notation_is_read_as_the_number_it_is(tmp_path: Path) -> None:
    calls.write_calls(tmp_path / "calls.csv", ROWS)
    calls.write_calls(tmp_path / "messy.csv", ROWS, messy=True)
    shapes: dict[str, int] = defaultdict(int)
    for true, shown in zip(rows(tmp_path / "calls.csv"), rows(tmp_path / "messy.csv"), strict=True):
        for column in ("from_number", "to_number"):
            assert normal_phone(shown[column], country="US") == true[column]
            shape = "".join("9" if char.isdigit() else char for char in shown[column])
            shapes[shape if shown[column] != true[column] else ""] += 1
        assert {**true, "from_number": "", "to_number": ""} == {**shown, "from_number": "", "to_number": ""}
    assert len(shapes) == len(calls.SHAPES) + 1
    assert 0.57 < 1 - shapes[""] / (2 * ROWS) < 0.63


def test_what_there_is_to_find_is_what_the_file_holds(tmp_path: Path) -> None:
    calls.write_calls(tmp_path / "calls.csv", ROWS)
    people = calls.sampled(ROWS, 30)
    whose = {number: str(one.account) for one in people for number in one.numbers}
    held = {
        (whose[row[column]], row["call_id"])
        for row in rows(tmp_path / "calls.csv")
        for column in ("from_number", "to_number")
        if row[column] in whose
    }
    truth = calls.truths(ROWS, {"30": people, "none": []})
    assert calls.owned(ROWS, people) == held
    assert truth["30"] == calls.Truth(rows=len({call for _, call in held}), findings=len(held))
    assert truth["30"].findings > truth["30"].rows > 0
    assert truth["none"] == calls.Truth(rows=0, findings=0)


def test_one_has_many_more_rows_than_anybody_else() -> None:
    held = calls.truths(100_000, {"heavy": [calls.heavy(100_000)], "busy": calls.sampled(100_000, 2500)[:1]})
    assert held["heavy"].rows == 1_300
    assert 0 < held["busy"].rows < 600


def test_people_are_linked_to_their_numbers_by_their_account(tmp_path: Path) -> None:
    calls.write_links(tmp_path, ROWS)
    accounts, numbers = rows(tmp_path / "accounts.csv"), rows(tmp_path / "numbers.csv")
    for one in [*calls.sampled(ROWS, 9), calls.heavy(ROWS)]:
        linked = accounts[one.account]
        assert (linked["email"], linked["name"]) == (one.email, one.name)
        held = [row["number"] for row in numbers if row["account_id"] == linked["account_id"]]
        assert tuple(held) == one.numbers
    assert len({row["number"] for row in numbers}) == len(numbers) == 2 * len(accounts)


def test_a_letter_holds_what_its_truth_says(tmp_path: Path) -> None:
    calls.write_tickets(tmp_path / "tickets.jsonl", ROWS)
    letters = [json.loads(line)["body"] for line in (tmp_path / "tickets.jsonl").read_text().splitlines()]
    people = calls.sampled(ROWS, 40)
    digits = {number.removeprefix("+1") for one in people for number in one.numbers}

    def tells(body: str) -> bool:
        written = "".join(char for char in body if char.isdigit())
        return any(one.email in body.lower() for one in people) or any(number in written for number in digits)

    assert calls.ticket_truth(ROWS, people).rows == sum(map(tells, letters)) > 0


def test_a_missing_finding_and_one_too_many_end_the_benchmark() -> None:
    there = {("1", "a"), ("1", "b")}
    gathering.must_be_all(set(there), there)
    with pytest.raises(FailedRun, match=r"1 of 2 findings were missed: recall 50\.00%"):
        gathering.must_be_all({("1", "a")}, there)
    with pytest.raises(FailedRun, match="1 findings are of somebody else"):
        gathering.must_be_all({*there, ("2", "a")}, there)


def test_a_program_that_finds_another_number_is_not_compared(contest: Contest) -> None:
    calls.write_calls(contest.folder / "calls.csv", ROWS)
    people = calls.sampled(ROWS, 3)
    there = calls.truths(ROWS, {"": people})[""].rows
    right = contest.duckdb("raw DuckDB", contest.folder / "calls.csv", people, there)
    assert contest.time(right)["raw DuckDB"].median > 0
    with pytest.raises(FailedRun, match=f"raw DuckDB found {there:,} instead of {there + 1:,}"):
        contest.time(replace(right, finds=there + 1))


def test_few_and_many_numbers_are_the_same_rows_to_the_peer(contest: Contest) -> None:
    people = calls.sampled(ROWS, 100)[:100]
    there = calls.truths(ROWS, {"few": people[:99], "many": people})
    for kind in ("csv", "jsonl", "parquet"):
        file = contest.folder / f"calls.{kind}"
        calls.write_calls(file, ROWS)
        for who, those in (("few", people[:99]), ("many", people)):
            assert contest.what_finds(contest.duckdb(who, file, those, 0)).finds == there[who].rows


def test_what_is_found_is_written_with_where_it_came_from(tmp_path: Path) -> None:
    calls.write_calls(tmp_path / "calls.csv", ROWS)
    describe_calls(tmp_path, str(tmp_path / "calls.csv"), kind="csv")
    people = calls.sampled(ROWS, 5)
    asked = {str(one.account): [["phone", number] for number in one.numbers] for one in people}
    (tmp_path / "asked.json").write_text(json.dumps(asked))
    sources = [open_source(settings, tmp_path) for settings in load_sources(tmp_path / "sources")]
    there = calls.owned(ROWS, people)
    assert gather(sources, subjects_of(tmp_path / "asked.json"), tmp_path / "spool", again=True) == len(there)
    assert set(found_in(tmp_path / "spool")) == there
    first = (tmp_path / "spool").read_text(encoding="utf-8").splitlines()[0]
    own = calls.person(int(json.loads(first)["subject"])).numbers
    assert any(number in first for number in own)
    assert all(word in first for word in ('"calls"', '"key"', '"phone"', "calls.csv line ", '"exact"', '"route"'))


def test_memory_of_its_own_is_measured() -> None:
    grown = Grown()
    held = bytearray(b"x") * 40_000_000
    assert 39 < grown.stop() < 60
    assert len(held) == 40_000_000


@pytest.mark.parametrize("said", [b"12\n", b"3.5\n12\n", b"\n 12"])
def test_the_last_number_a_program_prints_is_what_it_found(said: bytes) -> None:
    assert last_number(said) == 12


def test_a_small_run_measures_every_part_that_needs_no_server(contest: Contest) -> None:
    parts = [part for part in gathering.PARTS if part != "postgres"]
    measured, notes = gathering.measure(replace(contest, judged=False), TINY, parts)
    names = [row.figure.name for row in measured]
    assert len(set(names)) == 16
    assert all(row.figure.median > 0 and row.floor.median > 0 for row in measured)
    assert {row.verdict for row in measured} == {"-"}
    assert [row.unit for row in measured if row.unit] == ["MB", "MB"]
    for word in ("large CSV", "--all-open", "13 notations", "Parquet", "JSON lines", "free text", "eleven tables"):
        assert any(word in name for name in names), word
    assert any("recall 100 %" in note for note in notes)
    assert any(re.search(r"csvkit \d.*, duckdb \d.*, psycopg \d", note) for note in notes)


def test_the_targets_are_those_of_the_whole_run(contest: Contest) -> None:
    measured, _ = gathering.measure(contest, TINY, ["messy"])
    assert [row.at_most for row in measured] == [1.7]
