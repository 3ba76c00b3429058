"""What a spool keeps of many people comes back for each in its order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from dsar.case.written import Written
from dsar.sources.spool import Spool


def one(number: int, values: str = "{}") -> Written:
    return Written(f'"{number}"', f'{{"values": {values}, "matched": [], "place": "calls line {number}"}}')


class Bare:
    """Rows whose only cell is their key."""

    def record(self, why: int, line: int, cells: Sequence[str]) -> Written:
        """The row as a record."""
        matched = f'["cell", "reason", "{why}", "exact"]'
        return Written(json.dumps(cells[0]), f'{{"values": {{}}, "matched": [{matched}], "place": "line {line}"}}')


class TestSpool:
    def test_each_person_has_their_own_in_order(self, tmp_path: Path) -> None:
        with Spool("calls", tmp_path) as spool:
            for number in range(50):
                spool.put(number * 7 % 5, one(number))
            for person in range(5):
                found = [record.key for record in spool.of(person)]
                assert found == [f'"{number}"' for number in range(50) if number * 7 % 5 == person]
                assert spool.count(person) == 10
            assert spool.count(5) == 0
            assert list(spool.of(5)) == []

    def test_what_comes_later_is_counted_too(self, tmp_path: Path) -> None:
        with Spool("calls", tmp_path) as spool:
            spool.put(1, one(1))
            assert spool.count(1) == 1
            spool.put(1, one(2))
            spool.put(0, one(3))
            assert (spool.count(1), spool.count(0)) == (2, 1)

    def test_a_record_put_twice_is_one(self, tmp_path: Path) -> None:
        with Spool("calls", tmp_path) as spool:
            spool.put(1, one(1))
            spool.put(1, one(1))
            spool.put(1, one(1, '{"a": "b"}'))
            assert spool.count(1) == 2
            assert [record.key for record in spool.of(1)] == ['"1"', '"1#2"']

    def test_what_is_forgotten_is_one_persons(self, tmp_path: Path) -> None:
        with Spool("calls", tmp_path) as spool:
            for number in range(6):
                spool.put(number % 2, one(number))
            spool.forget(0)
            spool.put(0, one(9))
            assert [record.key for record in spool.of(0)] == ['"9"']
            assert spool.count(1) == 3

    def test_nothing_is_left_when_it_is_closed(self, tmp_path: Path) -> None:
        with Spool("calls", tmp_path) as spool:
            spool.put(1, one(1))
        assert spool.count(1) == 0
        assert list(spool.of(1)) == []
        assert list(tmp_path.iterdir()) == []

    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 5)), max_size=30))
    def test_as_many_are_counted_as_there_are_to_read(self, put: list[tuple[int, int, int]]) -> None:
        with Spool("calls") as spool:
            number = spool.layout(Bare())
            for first, second, row in put:
                owners = spool.owners(tuple((person, 0) for person in sorted({first, second})))
                spool.put_rows(number, [owners], [0], [f"row {row}"])
            for person in range(4):
                own = {row for first, second, row in put if person in (first, second)}
                assert spool.count(person) == len(own)
                assert [record.key for record in spool.of(person)] == [
                    f'"row {row}"' for row in dict.fromkeys(row for one, two, row in put if person in (one, two))
                ]

    def test_many_are_counted_right_where_each_comes_twice(self) -> None:
        with Spool("calls") as spool:
            number = spool.layout(Bare())
            one, both = spool.owners(((0, 0),)), spool.owners(((0, 1), (1, 1)))
            rows = [f"row {row}" for row in range(5_000)]
            for owners in (one, both):
                spool.put_rows(number, [owners] * 5_000, [0] * 5_000, rows)
            spool.put_rows(number, [one] * 7, [0] * 7, [f"other {row}" for row in range(7)])
            assert (spool.count(0), spool.count(1)) == (5_007, 5_000)
