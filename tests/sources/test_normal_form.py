"""A file that breaks the promise of its settings is told when it is tried, because a search would miss the value."""

from __future__ import annotations

import pytest

from dsar.sources.matching import in_normal_form
from tests.sources.office import Office, field, kind_of, record_set, source_file


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        ("phone", "+12025550100", True),
        ("phone", "12025550100", True),
        ("phone", "0012025550100", True),
        ("phone", "2025550100", False),
        ("phone", "+1 202 555 0100", False),
        ("phone", "", True),
        ("email", "ana@example.com", True),
        ("email", "Ana@example.com", False),
        ("email", " ana@example.com", False),
        ("email", "Ana <ana@example.com>", False),
        ("account_id", "A-17", True),
        ("account_id", "A-17 ", False),
    ],
)
def test_what_is_a_normal_form(kind: str, raw: str, kept: bool) -> None:
    assert in_normal_form(kind, raw) is kept


def test_the_trial_of_a_file_counts_what_breaks_the_promise(office: Office) -> None:
    fields = field("phone", *kind_of("phone"), "normal = true"), field("email", *kind_of("email"), "normal = true")
    office.describe("calls", source_file(record_set("calls", *fields), kind="csv", path="data/calls.csv"))
    path = office.home / "data" / "calls.csv"
    path.write_text(
        "id,phone,email\n1,+12025550100,a@x.example\n2,202 555 0100,a@x.example\n3,911,\n", encoding="utf-8"
    )
    tested = office.source("calls").test()
    assert tested.rows == {"calls": 3}
    (problem,) = tested.problems
    assert (problem.file, problem.line) == ("data/calls.csv", 0)
    assert problem.says.startswith('2 values of the field "phone" are not in their normal form')
