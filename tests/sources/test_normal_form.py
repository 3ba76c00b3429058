"""A file that breaks the promise of its settings is told when it is tried, because a search would miss the value."""

from __future__ import annotations

import json

import pytest

from dsar.case.records import Normal
from dsar.errors import InputWrong
from dsar.sources.matching import in_normal_form
from tests.sources import promises
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


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("+12025550100", True),
        ("+911", True),
        ("", True),
        ("12025550100", False),
        ("0012025550100", False),
        ("+012025550100", False),
        ("+1 202 555 0100", False),
        ("+1234567890123456", False),
    ],
)
def test_what_is_a_number_as_e164_has_it(raw: str, kept: bool) -> None:
    assert in_normal_form("phone", raw, Normal.E164) is kept


def test_e164_is_a_form_of_numbers_alone(office: Office) -> None:
    for kind, says in (("email", "which is a form of telephone numbers; for other kinds: true"), ("phone", "")):
        office.describe("calls", source_file(record_set("calls", field("who", *kind_of(kind), 'normal = "e164"'))))
        if not says:
            assert [one.normal for one in office.sources()[0].settings.record_sets[0].fields][-1] is Normal.E164
            continue
        with pytest.raises(InputWrong, match=says):
            office.sources()


def test_what_else_may_be_promised_is_said(office: Office) -> None:
    office.describe("calls", source_file(record_set("calls", field("who", *kind_of("phone"), 'normal = "e123"'))))
    with pytest.raises(InputWrong, match="must be one of true, false, e164"):
        office.sources()


@pytest.mark.parametrize("kind", ["csv", "jsonl", "sqlite"])
def test_numbers_promised_as_e164_are_found_digit_for_digit_and_others_are_told(office: Office, kind: str) -> None:
    path = office.home / "data" / f"people.{kind}"
    rows = [{"id": str(nth), "phone": number} for nth, number in enumerate(promises.AS_E164)]
    if kind == "sqlite":
        office.database(path.name, {"people": rows})
    elif kind == "jsonl":
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    else:
        path.write_text("id,phone\n" + "".join(f"{row['id']},{row['phone'] or ''}\n" for row in rows), encoding="utf-8")
    described = record_set("people", field("phone", *kind_of("phone", 'normal = "e164"')))
    office.describe("crm", source_file(described, kind=kind, path=str(path)))
    promises.numbers_kept_as_e164(office.source("crm"))


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
