"""Judging many rows at once finds what going through the records one by one finds, in files made to part the two."""

from __future__ import annotations

import gzip
import time
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsar.formats import parquet
from dsar.sources import beside, files, sieve
from tests.sources.judged import (
    COLUMNS,
    DAYS,
    EMAILS,
    NUMBERS,
    PEOPLE,
    ROWS,
    alike,
    answers,
    described,
    in_two_halves,
)
from tests.sources.office import Office, field, kind_of, record_set, source_file, who


def delimited(rows: Sequence[Sequence[str]], quoting: str, end: str, mark: str) -> str:
    def cell(text: str) -> str:
        quoted = quoting == "all" or (quoting == "needed" and any(sign in text for sign in (mark, '"', "\n")))
        return '"' + text.replace('"', '""') + '"' if quoted else text.replace(mark, " ")

    return end.join(mark.join(map(cell, row)) for row in [COLUMNS, *rows])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=ROWS,
    quoting=st.sampled_from(["none", "needed", "all"]),
    end=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from([",", ";"]),
    odd=st.sampled_from(
        ["", "7,+12025550100", '8,"ana', "9,+12025550100,,,,,surplus +12025550100", "\n\n", '5"x,,,,', "\0"]
    ),
    last=st.booleans(),
    charset=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_both_ways_find_the_same_in_delimited_files(
    office: Office, rows: list[tuple[str, ...]], quoting: str, end: str, mark: str, odd: str, last: bool, charset: str
) -> None:
    text = delimited(rows, quoting, end, mark) + end + odd + end * last
    path = office.home / "data" / "calls.csv"
    path.write_bytes(text.encode(charset))
    described(office, path, kind="csv")
    alike(office)


@pytest.mark.parametrize("number", NUMBERS)
def test_every_spelling_of_a_number_is_found_among_many_lines(office: Office, number: str) -> None:
    rows = [(str(nth), "+442071838750", "+12125550199", "", "2024-05-01") for nth in range(40)]
    rows[30] = ("30", number, "", "", "2024-05-01")
    path = office.home / "data" / "calls.csv"
    path.write_text(delimited(rows, "needed", "\n", ","), encoding="utf-8")
    described(office, path, kind="csv")
    alike(office)


def test_a_row_of_two_people_is_both_of_theirs_and_says_why_to_each(office: Office) -> None:
    rows = [("1", "+12025550100", "+12025550101", "ana@example.com", "2024-05-01")]
    path = office.home / "data" / "calls.csv"
    path.write_text(delimited(rows, "none", "\n", ","), encoding="utf-8")
    described(office, path, kind="csv")
    found = alike(office)
    assert {name: answer.found for name, (answer, _) in found.items()} == {
        "ana": 1,
        "ben": 1,
        "call": 0,
        "nobody": 0,
        "same": 1,
    }
    (written,) = found["ana"][1]
    assert [match.field for match in written.record.matched] == ["from", "email"]  # type: ignore[attr-defined]


def test_a_row_that_is_told_twice_is_one_and_the_same_key_with_another_content_two(office: Office) -> None:
    row = ("1", "+12025550100", "", "", "2024-05-01")
    other = ("1", "+12025550100", "+12025550101", "", "2024-05-01")
    path = office.home / "data" / "calls.csv"
    path.write_text(delimited([row, row, other], "none", "\n", ","), encoding="utf-8")
    described(office, path, kind="csv")
    answer, records = alike(office)["ana"]
    assert answer.found == 2
    assert [one.record.key for one in records] == ["1", "1#2"]  # type: ignore[attr-defined]


def test_a_day_that_cannot_be_read_is_told_to_those_whose_record_it_is_in(office: Office) -> None:
    rows = [("1", "+12025550100", "", "", "01/02/2024"), ("2", "+12025550101", "", "", "2024-05-01")]
    path = office.home / "data" / "calls.csv"
    path.write_text(delimited(rows, "none", "\n", ","), encoding="utf-8")
    described(office, path, kind="csv")
    found = alike(office)
    assert {name for name, (answer, _) in found.items() if answer.problems} == {"ana", "same"}


def test_a_number_that_was_the_persons_for_a_time_counts_for_these_days(office: Office) -> None:
    rows = [("1", "+12025550100", "", "", "2024-05-01"), ("2", "+12025550100", "", "", "2025-05-01")]
    path = office.home / "data" / "calls.csv"
    path.write_text(delimited(rows, "none", "\n", ","), encoding="utf-8")
    described(office, path, kind="csv")
    own = who("phone", "+12025550100", since=date(2025, 1, 1))
    assert alike(office, {"ana": [own]})["ana"][0].found == 1


def test_what_is_compressed_is_picked_from_as_it_is_unpacked(office: Office) -> None:
    rows = [(str(nth), f"+1202555{nth:04d}", "", "", "") for nth in range(3_000)]
    path = office.home / "data" / "calls.csv.gz"
    path.write_bytes(gzip.compress(delimited(rows, "none", "\n", ",").encode()))
    described(office, path, kind="csv")
    assert alike(office)["ana"][0].found == 1


# What stands only in columns that promise no normal form.
WRITTEN = {
    "phone": (
        "(202) 555-0100", "1-202-555-0101 x7", "+1 202 555 0100", "202.555.01.00", "call (202) 555-0100 after six",
        "at home, from the second of May on and never before noon: +1 (202) 555-0100 or +44 20 7183 8750, thank you",
        "202-555-CALL",
    ),
    "email": (
        "<Ana@Example.com>", " ana@example.com ", "Ana Ruiz <ana@example.com>", "ana@EXAMPLE.com; b@x.example",
        "ask for ana@example.com at the desk on the left, on the second floor, between nine and eleven in the morning",
    ),
    "account_id": (" A7", "a7", "customer-1234567 "),
}  # fmt: skip
KEPT = {
    "phone": ("+12025550100", "12025550101", "0012025550100", "+442071838750", "", "911"),
    "email": ("ana@example.com", "ANA@example.com", "b@x.example", "", "anna@example.com"),
    "account_id": ("A7", "A70", "7", "customer-1234567", "", "xcustomer-1234567", "stomer-1234567"),
}


@st.composite
def columns(draw: st.DrawFn) -> tuple[dict[str, str], list[tuple[str, ...]]]:
    """What is promised of the columns, and rows of what they may hold."""
    normal = {kind: draw(st.sampled_from(["", "true", *(['"e164"'] if kind == "phone" else [])])) for kind in KEPT}
    cells = [st.sampled_from(KEPT[kind] + (() if normal[kind] else WRITTEN[kind])) for kind in KEPT]
    numbers = st.sampled_from(["1", "2", "33", "4444444444"])
    return normal, draw(st.lists(st.tuples(numbers, *cells), min_size=1, max_size=20))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=120)
@given(
    table=columns(),
    end=st.sampled_from(["\n", "\r\n"]),
    last=st.booleans(),
    odd=st.sampled_from(["", "z\u00fc,,,A7", "1,+12025550100", '"1",+12025550100,,', "1,2,3,4,5", "\r,,,A7"]),
    by_columns=st.booleans(),
)
def test_both_ways_of_looking_find_the_same(
    office: Office,
    table: tuple[dict[str, str], list[tuple[str, ...]]],
    end: str,
    last: bool,
    odd: str,
    by_columns: bool,
) -> None:
    normal, rows = table
    names = ("id", "phone", "email", "account")
    lines = [",".join(row) for row in [names, *rows]]
    lines.insert(len(lines) // 2 + 1, odd)
    path = office.home / "data" / "calls.csv"
    path.write_bytes((end.join(lines) + end * last).encode())
    fields = [
        field(name, *kind_of(kind), *([f"normal = {normal[kind]}"] if normal[kind] else []))
        for name, kind in zip(names[1:], KEPT, strict=True)
    ]
    office.describe("calls", source_file(record_set("calls", *fields), kind="csv", path=str(path)))
    people = {
        "ana": [who("phone", "+12025550100"), who("account_id", "A7")],
        "ben": [who("email", "ana@example.com"), who("account_id", "customer-1234567")],
        "cy": [who("account_id", "7")],
    }
    with pytest.MonkeyPatch.context() as patch:
        # which way is quicker is not for a test to say
        patch.setattr(sieve.Sieve, "look", sieve.Sieve._in_columns if by_columns else sieve.Sieve._scanned)
        alike(office, people)


@pytest.mark.parametrize(
    "odd", ["", "7,+12025550100", "\u00e9,+12025550100,,,", ",+12025550100,,,", '8,"ana', '9,"a\nb",,,']
)
@pytest.mark.parametrize("at", [3, 60])
def test_two_processes_find_what_one_finds(office: Office, odd: str, at: int) -> None:
    rows = [
        (str(nth % 40), NUMBERS[nth % len(NUMBERS)], NUMBERS[nth // 2 % len(NUMBERS)], EMAILS[nth % 3], DAYS[nth % 5])
        for nth in range(80)
    ]
    lines = delimited(rows, "none", "\n", ",").split("\n")
    lines.insert(at, odd)
    path = office.home / "data" / "calls.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    described(office, path, kind="csv")
    in_two_halves(office)


def test_a_process_that_is_ended_makes_the_search_fail_and_not_come_out_short(office: Office) -> None:
    rows = [(str(nth), "+12025550100", "", "", "") for nth in range(80)]
    path = office.home / "data" / "calls.csv"
    path.write_text(delimited(rows, "none", "\n", ","), encoding="utf-8")
    described(office, path, kind="csv")
    start = beside.Beside.start

    def killed(self: beside.Beside, judged: object) -> None:
        start(self, judged)  # type: ignore[arg-type]
        assert self._process is not None
        self._process.kill()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "LEAST", 0)
        patch.setattr(files, "SPLIT", 0)
        patch.setattr(files, "may_work_beside", lambda: True)
        patch.setattr(beside, "_work", lambda *_: time.sleep(60))
        patch.setattr(beside.Beside, "start", killed)
        answer, records = answers(office, PEOPLE)["ana"]
    assert (answer.state, answer.why, records) == ("failed", "broken", [])
    assert answer.says.endswith("Nothing of it was kept: search again.")


@pytest.mark.parametrize("few", [0, 200])
@pytest.mark.parametrize("promised", ["", "normal = true", 'normal = "e164"'])
def test_of_a_parquet_file_only_rows_that_could_match_are_taken_where_values_are_kept_in_one_form(
    office: Office, promised: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    duckdb = pytest.importorskip("duckdb")
    monkeypatch.setattr(parquet, "_FEW", few)
    path = office.home / "data" / "calls.parquet"
    rows = [
        (
            str(nth),
            NUMBERS[nth % 3],
            EMAILS[nth % 3].strip().lower(),
            f"A{nth % 9}",
            ["x", 'y"z'] if nth % 2 else None,
            date(2024, 5, 1 + nth % 7) if nth % 4 else None,
        )
        for nth in range(60)
    ]
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE calls (id VARCHAR, phone VARCHAR, email VARCHAR, account VARCHAR, tags VARCHAR[], day DATE)"
        )
        connection.executemany("INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.execute(f"COPY calls TO '{path}' (FORMAT parquet)")
    more = "normal = true" if promised else ""
    fields = field("phone", *kind_of("phone"), promised), field("email", *kind_of("email"), more)
    account = field("account", *kind_of("account_id"), more)
    office.describe("calls", source_file(record_set("calls", *fields, account), kind="parquet", path=str(path)))
    people = {"ana": [who("phone", "+12025550100")], "ben": [who("email", "BEN@example.com"), who("account_id", "A7")]}
    found = alike(office, people)
    assert {name: answer.found for name, (answer, _) in found.items()} == {
        "ana": 20 if "e164" in promised else 60,
        "ben": 26,
    }
    assert found["ben"][1][0].record.place == "calls.parquet line 3"  # type: ignore[attr-defined]


@pytest.mark.parametrize("odd", [(0,), (9,), (11,), (0, 1, 11), ()])
@pytest.mark.parametrize("key", ["{}", "1", ""])
def test_of_a_parquet_file_a_cell_may_hold_what_parts_the_cells(
    office: Office, odd: tuple[int, ...], key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    duckdb = pytest.importorskip("duckdb")
    monkeypatch.setattr(parquet, "_BATCH", 4)
    path = office.home / "data" / "calls.parquet"
    columns = ", ".join(f'"{name}" VARCHAR' for name in COLUMNS)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE calls ({columns})")
        for nth in range(12):
            number = "+12025550100" + "\x1f" * (nth in odd)
            row = (key.format(nth), number, "", EMAILS[nth % 3], DAYS[nth % 5])
            connection.execute("INSERT INTO calls VALUES (?, ?, ?, ?, ?)", row)
        connection.execute(f"COPY calls TO '{path}' (FORMAT parquet)")
    described(office, path, kind="parquet")
    assert alike(office)["same"][0].found == 12


def test_of_a_parquet_file_with_too_many_rows_nothing_is_kept(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb")
    monkeypatch.setattr(parquet, "MAX_ROWS", 2)
    monkeypatch.setattr(parquet, "_BATCH", 2)
    path = office.home / "data" / "calls.parquet"
    with duckdb.connect() as connection:
        chosen = """SELECT '1' AS "id", '+12025550100' AS "from", '' AS "to", '' AS email, '' AS at FROM range(5)"""
        connection.sql(chosen).write_parquet(str(path))
    described(office, path, kind="parquet")
    answer, records = alike(office)["ana"]
    assert (answer.state, records) == ("failed", [])
    assert "more than 2 rows" in answer.says
