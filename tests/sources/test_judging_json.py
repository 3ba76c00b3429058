"""Lines of JSON are judged many at once as they are one by one, however they are written."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsar.formats import json_rows
from dsar.sources import prefilter
from tests.sources.judged import COLUMNS, DAYS, EMAILS, NUMBERS, ROWS, alike, described, in_two_halves
from tests.sources.office import Office


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(rows=ROWS, plain=st.booleans())
def test_both_ways_find_the_same_in_lines_of_json(office: Office, rows: list[tuple[str, ...]], plain: bool) -> None:
    objects = [{name: cell for name, cell in zip(COLUMNS, row, strict=True) if cell} for row in rows]
    path = office.home / "data" / "calls.jsonl"
    text = "\n".join(json.dumps(one, ensure_ascii=plain) for one in [{"from": "1"}, *objects])
    path.write_text(text, encoding="utf-8")
    described(office, path, kind="jsonl")
    alike(office)


# How a program may write its objects, and what it may write between them.
WRITTEN_AS = {
    "plain": lambda one: json.dumps(one, ensure_ascii=False),
    "compact": lambda one: json.dumps(one, separators=(",", ":")),
    "sparse": lambda one: json.dumps({name: cell for name, cell in one.items() if cell}),
    "null": lambda one: json.dumps({name: cell or None for name, cell in one.items()}),
    "turned": lambda one: json.dumps(dict(reversed(one.items()))),
    "more": lambda one: json.dumps({**one, "more": 1}),
    "nested": lambda one: json.dumps({**one, "at": {"day": one["at"]}}),
    "twice": lambda one: json.dumps(one)[:-1] + f', "from": {json.dumps(one["to"])}}}',
    "number": lambda one: json.dumps({**one, "id": 1.10}),
    "cut": lambda one: json.dumps(one)[:-1],
    "blank": lambda one: " ",
    "list": lambda one: json.dumps(list(one.values())),
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)
@given(
    rows=ROWS,
    styles=st.lists(st.sampled_from(list(WRITTEN_AS)), min_size=14, max_size=14),
    mostly=st.sampled_from(["plain", "compact", "sparse", "null"]),
    ahead=st.sampled_from([1, 2, 5]),
)
def test_objects_written_in_any_way_are_read_as_they_are_one_by_one(
    office: Office, rows: list[tuple[str, ...]], styles: list[str], mostly: str, ahead: int
) -> None:
    objects = [dict(zip(COLUMNS, row, strict=True)) for row in [("0", "911", "911", "x", "2024-05-01"), *rows]]
    told = [style if nth % 3 == 2 else mostly for nth, style in enumerate(styles)]
    lines = [WRITTEN_AS[how](one) for how, one in zip(["plain", *told], objects, strict=False)]
    path = office.home / "data" / "calls.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    described(office, path, kind="jsonl")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_rows, "_LOOK_AHEAD", ahead)
        patch.setattr(prefilter, "FIRST_OBJECTS", ahead)
        alike(office)


@pytest.mark.parametrize("odd", ["", "{", "[]", '{"from": "+12025550100", "more": "z\u00fc"}', "\0", '{"from": null}'])
@pytest.mark.parametrize("at", [3, 60])
def test_two_processes_find_what_one_finds_in_lines_of_json(office: Office, odd: str, at: int) -> None:
    rows = [
        (str(nth % 40), NUMBERS[nth % len(NUMBERS)], NUMBERS[nth // 2 % len(NUMBERS)], EMAILS[nth % 3], DAYS[nth % 5])
        for nth in range(80)
    ]
    lines = [json.dumps(dict(zip(COLUMNS, row, strict=True))) for row in rows]
    lines.insert(at, odd)
    path = office.home / "data" / "calls.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    described(office, path, kind="jsonl")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_rows, "_LOOK_AHEAD", 2)
        patch.setattr(prefilter, "FIRST_OBJECTS", 2)
        alike(office)
        in_two_halves(office)
