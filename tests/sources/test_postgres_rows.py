"""Rows of PostgreSQL come many at once, and of long ones few are read at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import psycopg

from dsar.sources import postgres_rows
from dsar.sources.postgres_rows import joined_rows


class Fake:
    """A connection whose statement gives these rows."""

    def __init__(self, *rows: str) -> None:
        self._rows = rows

    def cursor(self) -> Fake:
        return self

    def stream(self, _text: str, *, size: int) -> Iterator[tuple[str]]:
        assert size <= postgres_rows._CHUNK
        return ((row,) for row in self._rows)


def batches(*rows: str) -> list[list[str]]:
    found = joined_rows(cast("psycopg.Connection[Any]", Fake(*rows)), "SELECT")
    return [[row for (row,) in batch] for batch in found]


def test_no_row_is_lost_between_two_batches() -> None:
    rows = [str(nth) for nth in range(2 * postgres_rows._JOINED + postgres_rows._CHUNK + 1)]
    found = batches(*rows)
    assert [row for batch in found for row in batch] == rows
    assert [len(batch) for batch in found] == [postgres_rows._JOINED] * 2 + [postgres_rows._CHUNK + 1]
    assert batches() == []


def test_of_long_rows_fewer_are_taken_at_once() -> None:
    rows = ["x" * (postgres_rows._SIGNS_AT_ONCE // postgres_rows._CHUNK)] * 3 * postgres_rows._CHUNK
    assert [len(batch) for batch in batches(*rows)] == [postgres_rows._CHUNK] * 3
