"""While the first rows are awaited something else is done; they come whole, and what fails with them is not lost."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from inspect import GEN_CLOSED, getgeneratorstate
from threading import Event, current_thread

import pytest

from dsar.sources.pending import pending


def never() -> None:
    raise AssertionError("nothing was to be cancelled")


def numbers(many: int) -> Generator[int, None, None]:
    yield from range(many)


class TestPending:
    def test_all_come_in_their_order(self) -> None:
        with pending(numbers(5), never) as asked:
            assert list(asked.rows()) == [0, 1, 2, 3, 4]
            assert asked.arrived()

    def test_there_may_be_none(self) -> None:
        with pending(numbers(0), never) as asked:
            assert list(asked.rows()) == []

    def test_only_the_first_is_fetched_by_another(self) -> None:
        threads = []

        def rows() -> Generator[int, None, None]:
            for one in range(3):
                threads.append(current_thread())
                yield one

        with pending(rows(), never) as asked:
            assert list(asked.rows()) == [0, 1, 2]
        assert threads[0] is not current_thread()
        assert threads[1:] == [current_thread()] * 2

    def test_until_then_there_is_time(self) -> None:
        answer = Event()

        def rows() -> Generator[str, None, None]:
            answer.wait()
            yield "first"

        with pending(rows(), never) as asked:
            assert not asked.arrived()
            answer.set()
            assert list(asked.rows()) == ["first"]

    @pytest.mark.parametrize("before", [0, 1])
    def test_what_goes_wrong_is_told_to_who_asks_for_the_rows(self, before: int) -> None:
        def rows() -> Generator[int, None, None]:
            yield from range(before)
            raise ConnectionError("the server is gone")

        with pending(rows(), never) as asked:
            asked.wait()
            with pytest.raises(ConnectionError, match="is gone"):
                list(asked.rows())

    def test_who_leaves_before_has_it_cancelled_and_waits_for_that(self) -> None:
        answer = Event()
        ended = []

        def rows() -> Generator[int, None, None]:
            answer.wait()
            ended.append(True)
            yield 1

        with pytest.raises(KeyboardInterrupt), pending(rows(), answer.set):
            raise KeyboardInterrupt
        assert ended

    def test_a_signal_while_they_are_awaited_ends_the_wait_and_not_before_they_stopped(self) -> None:
        answer = Event()
        ended = []

        def rows() -> Generator[int, None, None]:
            os.kill(os.getpid(), signal.SIGINT)
            answer.wait()
            ended.append(True)
            yield 1

        # a job in the background of a shell is started deaf to it
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            with pytest.raises(KeyboardInterrupt), pending(rows(), answer.set) as asked:
                list(asked.rows())
        finally:
            signal.signal(signal.SIGINT, before)
        assert ended

    def test_that_it_cannot_be_cancelled_hides_nothing(self) -> None:
        answer = Event()

        def rows() -> Generator[int, None, None]:
            answer.wait()
            yield 1

        def gone() -> None:
            answer.set()
            raise ConnectionError

        with pytest.raises(KeyboardInterrupt), pending(rows(), gone):
            raise KeyboardInterrupt

    def test_who_wants_no_more_has_them_closed_before_what_they_come_from(self) -> None:
        rows = numbers(3)
        with pending(rows, never) as asked:
            assert next(asked.rows()) == 0
        assert getgeneratorstate(rows) == GEN_CLOSED
