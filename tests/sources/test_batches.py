"""Rows come many at once, never all: what a table holds is found as by going through its records one by one."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsar.sources.batches import batched
from dsar.sources.matching import Matcher
from dsar.sources.sqlite import SqliteSource
from tests.sources.judged import DAYS, EMAILS, KEYS, NUMBERS, alike
from tests.sources.office import Office, field, kind_of, record_set, source_file, who

CELLS = [*NUMBERS, 2025550100, 12025550100, 12025550100.0, None, b"+12025550100", "two\nlines", "z\u00fc", "\x1f"]
COLUMNS = ("id", "from", "to", "email", "at", "more")
ROWS = st.lists(
    st.tuples(
        st.sampled_from([*KEYS, None, 7]), st.sampled_from(CELLS), st.sampled_from(CELLS), st.sampled_from(EMAILS),
        st.sampled_from([*DAYS, None]), st.sampled_from(["", None, 1.5, "a\x1fb", "\n"]),
    ),
    max_size=14,
)  # fmt: skip


def written(office: Office, rows: list[tuple[object, ...]], *, index: bool = False) -> SqliteSource:
    """A table of calls, described and opened."""
    path = office.home / "data" / "calls.sqlite"
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute('CREATE TABLE calls (id, "from" TEXT, "to", email TEXT, at, more)')
        connection.executemany("INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?)", rows)
        if index:
            connection.execute("CREATE INDEX by_email ON calls (email)")
        connection.commit()
    fields = [
        field("from", *kind_of("phone")), field("to", *kind_of("phone")), field("email", *kind_of("email")),
    ]  # fmt: skip
    text = source_file(record_set("calls", *fields, more='time = "at"\n'), kind="sqlite", path=str(path))
    office.describe("calls", text)
    source = office.source("calls")
    assert isinstance(source, SqliteSource)
    return source


def texts(count: int, size: int) -> Iterator[tuple[str, str]]:
    """So many rows with so many signs each."""
    return ((str(nth), "x" * size) for nth in range(count))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=ROWS)
def test_both_ways_find_the_same_in_a_table(office: Office, rows: list[tuple[object, ...]]) -> None:
    written(office, rows)
    alike(office)


@pytest.mark.parametrize(
    ("count", "size", "sizes"),
    [(0, 1, []), (3, 1, [3]), (500, 1, [500]), (1_130, 1, [500, 500, 130]), (120, 9_000, [50, 50, 20])],
)
def test_rows_come_in_batches_of_some_size(count: int, size: int, sizes: list[int]) -> None:
    batches = list(batched(texts(count, size), ("id", "text"), "calls"))
    assert [len(one.rows) for one in batches] == sizes
    assert [cell for one in batches for cell in one.column(0)] == [str(nth) for nth in range(count)]


def test_a_search_that_is_left_lets_go_of_the_file(office: Office) -> None:
    source = written(office, [(nth, "+12025550100", "", "", "", "") for nth in range(2_000)])
    one = source.settings.record_sets[0]
    batches = source.batches(one, Matcher(one, [who("phone", "+12025550100")]))
    assert isinstance(batches, Generator)
    with closing(sqlite3.connect(office.home / "data" / "calls.sqlite", timeout=0)) as other:
        assert len(next(batches).column(0)) == 500
        other.execute("UPDATE calls SET more = 'later'")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.commit()
        batches.close()
        other.commit()


def test_who_cannot_be_searched_for_is_not(office: Office) -> None:
    source = written(office, [(1, "+12025550100", "", "", "", "")])
    one = source.settings.record_sets[0]
    assert list(source.batches(one, Matcher(one, [who("account_id", "7")]))) == []
