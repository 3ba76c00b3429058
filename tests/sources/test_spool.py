"""What a spool keeps of many people comes back for each in its order."""

from __future__ import annotations

from pathlib import Path

from dsar.case.written import Written
from dsar.sources.spool import Spool


def one(number: int, values: str = "{}") -> Written:
    return Written(f'"{number}"', f'{{"values": {values}, "matched": [], "place": "calls line {number}"}}')


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
