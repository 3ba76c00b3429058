"""Of two ways to look the one stays whose quickest look was quicker, however slow the machine was meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import cast

import pytest

from dsar.sources.joining import Columns
from dsar.sources.needles import Needles
from dsar.sources.sieve import Sieve


@pytest.mark.parametrize(
    ("scanned", "in_columns", "stays"),
    [
        pytest.param([1, 1, 1, 1], [2, 2, 2, 2], "scanned", id="always"),
        pytest.param([9, 9, 1, 9], [2, 2, 2, 2], "scanned", id="once undisturbed"),
        pytest.param([3, 3, 3, 3], [9, 9, 2, 9], "in columns", id="the other"),
        pytest.param([2, 2, 2, 2], [2, 2, 2, 2], "in columns", id="alike"),
    ],
)
def test_the_quicker_way_stays(
    monkeypatch: pytest.MonkeyPatch, scanned: Sequence[int], in_columns: Sequence[int], stays: str
) -> None:
    ways: list[str] = []
    monkeypatch.setattr(Sieve, "_scanned", lambda *_args, **_options: ways.append("scanned"))
    monkeypatch.setattr(Sieve, "_in_columns", lambda *_args, **_options: ways.append("in columns"))
    ticks = chain.from_iterable((0, one, one + other) for one, other in zip(scanned, in_columns, strict=True))
    monkeypatch.setattr("dsar.sources.sieve.time.perf_counter", lambda: next(ticks))
    both = Sieve(Needles(texts=(b"+14155550100",), lettered=False, digits=()), None, cast("Columns", object()))
    for _ in scanned:
        both.look(bytearray(b"x\n"))
    assert ways == ["scanned", "in columns"] * len(scanned)
    ways.clear()
    both.look(bytearray(b"x\n"))
    assert ways == [stays]
