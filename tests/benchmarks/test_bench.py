"""The benchmark's sums and its table are right, and what the README says about speed is what was measured."""

from __future__ import annotations

import os
import re
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.__main__ import environment
from benchmarks.archive import FACTS, make_archive
from benchmarks.office import TODAY, copy_rows, make_office, openings
from benchmarks.table import HEAD, Figure, Row, cells, markdown, page
from benchmarks.timing import FailedRun, Run, must_say_the_same, time_all, time_one
from dsar.workspace import STORE, Workspace

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
FLOOR = Figure(name="floor", seconds=(0.10, 0.08, 0.12))


def row(*seconds: float, at_most: float | None = None) -> Row:
    return Row(figure=Figure(name="`ours`", seconds=seconds), floor=FLOOR, at_most=at_most)


def python(code: str, name: str = "python", *, terminal: bool = False) -> Run:
    return Run(name=name, command=(sys.executable, "-c", code), environment=dict(os.environ), terminal=terminal)


def test_a_ratio_is_of_medians_and_the_other_of_the_quickest_runs() -> None:
    measured = row(0.9, 0.2, 0.16)
    assert measured.figure.median == 0.2
    assert measured.ratio == pytest.approx(2.0)
    assert measured.least_ratio == pytest.approx(2.0)
    assert row(0.3, 0.1, 0.1, 0.3).figure.median == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("seconds", "verdict", "met"),
    [(0.13, "≤ 1.3 met", True), (0.1304, "≤ 1.3 met", True), (0.131, "≤ 1.3 missed", False)],
)
def test_a_target_is_met_up_to_what_the_table_shows(seconds: float, verdict: str, met: bool) -> None:
    measured = row(seconds, at_most=1.3)
    assert (measured.verdict, measured.met) == (verdict, met)


def test_a_row_without_target_misses_none() -> None:
    assert row(99.0).met
    assert row(99.0).verdict == "-"


def test_a_row_shows_milliseconds_and_its_floor() -> None:
    assert cells(row(0.2, at_most=3)) == (
        "`ours`", "200 ms", "200 ms", "floor", "100 ms", "2.00 x", "2.50 x", "≤ 3 met",
    )  # fmt: skip


def test_a_row_of_many_things_shows_how_many_a_second() -> None:
    many = Row(figure=Figure(name="intake", seconds=(0.5,)), floor=FLOOR, per=1000, unit="cases")
    assert cells(many)[1] == "2,000 cases/s"
    assert cells(many)[4] == "10,000 cases/s"
    assert many.ratio == pytest.approx(5.0)


def test_a_row_of_something_else_shows_its_unit() -> None:
    memory = Row(figure=Figure(name="memory", seconds=(32.4,)), floor=Figure(name="most", seconds=(64,)), unit="MB")
    assert cells(memory)[1:6] == ("32 MB", "32 MB", "most", "64 MB", "0.51 x")


def test_the_table_is_markdown_with_its_columns_in_line() -> None:
    lines = markdown([row(0.2, at_most=3), row(12.0)]).splitlines()
    assert len(lines) == 4
    assert len({len(line) for line in lines}) == 1
    assert re.fullmatch(r"\|(-+\|)+", lines[1])
    assert [cell.strip() for cell in lines[0].strip("|").split("|")] == list(HEAD)
    assert len({tuple(place for place, sign in enumerate(line) if sign == "|") for line in lines}) == 1


def test_the_page_says_where_it_was_measured() -> None:
    text = page([row(0.2)], about=("measured on 2026-11-21", "machine: four cores"))
    assert "\n- measured on 2026-11-21\n- machine: four cores\n\n|" in text
    assert not re.search(r"(?m)^#", text)
    assert text.endswith(markdown([row(0.2)]))


def test_programs_run_in_turns_and_the_warm_up_is_not_counted(tmp_path: Path) -> None:
    log = tmp_path / "log"
    runs = [python(f"open({str(log)!r}, 'a').write({name!r})", name) for name in ("A", "B")]
    figures = time_all(runs, rounds=2)
    assert log.read_text(encoding="utf-8") == "ABABAB"
    assert {name: len(figure.seconds) for name, figure in figures.items()} == {"A": 2, "B": 2}
    assert all(seconds > 0 for figure in figures.values() for seconds in figure.seconds)


def test_what_is_prepared_before_each_run_and_what_each_prints(tmp_path: Path) -> None:
    log, heard = tmp_path / "log", list[bytes]()

    def before() -> None:
        log.write_text(log.read_text() + "b" if log.exists() else "b")

    run = replace(python(f"f = open({str(log)!r}, 'a+'); f.write('r'); f.seek(0); print(f.read())"), before=before)
    time_all([run], rounds=1, heard=lambda _, said: heard.append(said.strip()))
    assert heard == [b"br", b"brbr"]


@pytest.mark.parametrize("terminal", [True, False])
def test_a_program_gets_a_terminal_only_where_that_is_asked_for(terminal: bool) -> None:
    assert time_one(python(f"import sys; sys.exit(sys.stdout.isatty() is not {terminal})", terminal=terminal)) > 0


@pytest.mark.parametrize("terminal", [True, False])
def test_a_program_may_say_more_than_a_pipe_holds(terminal: bool) -> None:
    assert time_one(python("print('x' * 1_000_000)", terminal=terminal)) > 0


def test_a_program_that_fails_is_not_timed() -> None:
    with pytest.raises(FailedRun, match="ended with 3: too bad"):
        time_one(python("import sys; print('too bad'); sys.exit(3)"))


def test_the_office_has_its_open_cases_and_the_floor_holds_the_same_rows(tmp_path: Path) -> None:
    assert make_office(tmp_path / "office", 6) > 0
    assert copy_rows(tmp_path / "office", tmp_path / "copy.db") > 0
    counts = []
    for store in (tmp_path / "office" / "dsar.db", tmp_path / "copy.db"):
        with closing(sqlite3.connect(store)) as connection:
            counts.append(
                [
                    connection.execute(sql).fetchall()
                    for sql in (
                        "SELECT number, received_on FROM case_row WHERE closed_on IS NULL ORDER BY number",
                        "SELECT seq, hash FROM fact ORDER BY seq",
                        "SELECT case_number, obligation, due_on, by_on FROM clock_row ORDER BY 1, 2",
                        "SELECT count(*) FROM vault",
                    )
                ]
            )
    assert counts[0] == counts[1]
    assert len(counts[0][0]) == 6


def test_invented_requests_are_all_of_other_people_and_of_the_last_days() -> None:
    made = list(openings(40))
    assert len({opening.reply_to for opening in made}) == 40
    assert all(0 <= (TODAY - opening.received_on).days < 30 for opening in made)


def test_programs_that_do_not_say_the_same_are_not_compared() -> None:
    must_say_the_same(python("print(1)"), python("print(2 - 1)"))
    with pytest.raises(FailedRun, match="A and B do not say the same"):
        must_say_the_same(python("print(1)", "A"), python("print(2)", "B"))


def test_the_archive_is_what_the_program_itself_would_have_written(tmp_path: Path) -> None:
    make_archive(tmp_path / "archive", cases=400, open_cases=100)
    workspace = Workspace(tmp_path / "archive")
    ledger = workspace.ledger
    assert ledger.audit() == []
    assert ledger.entries_count() == 400 * FACTS
    rows = ledger.rows(open_only=False)
    assert (len(rows), len(ledger.rows())) == (400, 100)
    assert {row.case for row in ledger.rows()} == {f"DSAR-2026-{nth:04d}" for nth in range(301, 401)}
    assert ledger.cases_of_person(["email:person7@example.com"], closed=True) == ["DSAR-2026-0008"]
    assert ledger.new_number(2026) == "DSAR-2026-0401"
    ledger.close()


def test_the_peer_prints_what_the_queue_prints(tmp_path: Path) -> None:
    home = tmp_path / "archive"
    make_archive(home, cases=50, open_cases=40)
    peer = (sys.executable, str(ROOT / "benchmarks" / "peers" / "due_query.py"), str(home / STORE), TODAY.isoformat())
    ours = (sys.executable, "-m", "dsar", "due")
    must_say_the_same(
        Run(name="ours", command=ours, environment=environment(home), cwd=ROOT),
        Run(name="peer", command=peer, environment=environment(home), cwd=ROOT),
    )


def table_rows(text: str) -> list[str]:
    """The rows of the tables in a Markdown text, without their padding."""
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith("|")]
    return [re.sub(r"\s*\|\s*", "|", line) for line in lines if not re.fullmatch(r"[|:\- ]+", line)]


def test_the_readme_quotes_what_was_measured() -> None:
    found = re.search(r"(?ms)^## Speed\n(.*?)(?=^## |\Z)", (ROOT / "README.md").read_text(encoding="utf-8"))
    if not found:
        pytest.skip("the README has no section on speed")
    if not RESULTS.is_file():
        pytest.skip("nothing has been measured here yet: make bench")
    quoted, measured = table_rows(found[1]), table_rows(RESULTS.read_text(encoding="utf-8"))
    assert quoted
    assert [line for line in quoted if line not in measured] == []
