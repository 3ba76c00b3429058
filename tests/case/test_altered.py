"""The quick copy is the copy that the standard library makes."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given

from dsar.case.altered import replace
from dsar.case.case import Moved
from tests.case import story as s


@given(s.walks)
def test_it_is_the_copy_that_dataclasses_make(walk: list[tuple[s.f.Fact, str]]) -> None:
    case = s.told(s.OPENED, s.CLAIMED, *(fact for fact, _ in walk))
    before = dataclasses.replace(case)
    assert replace(case, owner="ann", closed=True) == dataclasses.replace(case, owner="ann", closed=True)
    assert replace(case) == case == before
    assert replace(case) is not case


def test_a_field_that_there_is_not_is_told() -> None:
    with pytest.raises(TypeError, match="Case has no field ownr"):
        replace(s.told(s.OPENED), ownr="ann")


def test_what_is_no_plain_record_is_not_copied() -> None:
    @dataclasses.dataclass(frozen=True, slots=True)
    class Computed:
        one: int
        two: int

        def __post_init__(self) -> None:
            raise AssertionError

    with pytest.raises(TypeError, match="not a plain record"):
        replace(object.__new__(Computed), one=1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        replace(Moved(kind="a", on=s.CLOSED.purge_on, claim=""), kind="b").kind = "c"  # type: ignore[misc]
