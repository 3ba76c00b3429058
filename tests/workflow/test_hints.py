"""Hints of rooms that know no case name the case when they reach a person."""

from __future__ import annotations

import pytest

from dsar.errors import InputWrong
from dsar.workflow import outbox
from dsar.workflow.hints import about
from dsar.workspace import Workspace
from tests.workflow.office import RIVERA, by


def test_the_number_stands_where_the_placeholder_stood() -> None:
    with pytest.raises(InputWrong) as wrong, about("DSAR-2026-0036"):
        raise InputWrong("Not done.", hint="dsar show CASE, or CASEBOOK")
    assert wrong.value.hint == "dsar show 36, or CASEBOOK"


@pytest.mark.parametrize("kind", ["extension", "clarification", "answer"])
def test_no_letter_that_lacks_something_says_case(rivera: Workspace, kind: str) -> None:
    from dsar.errors import DsarError

    with pytest.raises(DsarError) as wrong:
        outbox.send(rivera, RIVERA, kind, by())
    assert "CASE" not in str(wrong.value)
