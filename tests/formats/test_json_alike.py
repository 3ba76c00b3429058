"""What is taken apart without reading JSON is what a reader of JSON says, and what is not said is asked of one."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.formats.json_alike import Alike, alike_to
from dsar.formats.json_rows import read_json_lines, read_object, row_of
from dsar.formats.rows import Problems

NAMES = ("id", "e mail", "a.b", "x-y", "count", "ok")
FIRST = {"id": "1", "e mail": "ana@example.com", "a.b": None, "x-y": "z", "count": 7, "ok": True}
VALUES = (
    '"1"', '""', '"ana@example.com"', '"a\\"b"', '"\\u0041"', '"a\tb"', '"a\x1fb"', '"a{}[],:b"', '"\x7f"', "null",
    "true", "false", "0", "-0", "7", "-7", "007", "1.10", "-0.5", "1e3", "9" * 18, "9" * 19, "1." + "1" * 18, "{}",
    "[1]", '{"a": 1}', "NaN", "nul", '"a', "",
)  # fmt: skip
BLANKS = ("", " ", "\t", "  \n", "\x0b", "\xa0")


def learned(*objects: Mapping[str, object]) -> Alike:
    lines = [(number, json.dumps(one)) for number, one in enumerate(objects, start=1)]
    columns, _ = read_json_lines(lines, Problems("f"))
    found = alike_to(columns, objects)
    assert found
    return found


def told(line: str) -> tuple[dict[str, str], int]:
    """What a reader of JSON says of a line, empty where it says nothing, and how many problems it tells."""
    problems = Problems("f")
    _, rows = read_json_lines([(1, json.dumps(FIRST)), (2, line)], problems)
    values = [row.values for row in rows][1:]
    return (values[0] if values else {}), len(problems.told)


@settings(deadline=None, max_examples=300)
@given(
    members=st.lists(st.tuples(st.sampled_from((*NAMES, "other")), st.sampled_from(VALUES)), max_size=7),
    blanks=st.lists(st.sampled_from(BLANKS), min_size=3, max_size=3),
    in_order=st.booleans(),
    ends=st.sampled_from(["}", "},", "", "} x", ",}"]),
)
def test_what_is_said_of_a_line_is_what_a_reader_of_json_says(
    members: list[tuple[str, str]], blanks: list[str], in_order: bool, ends: str
) -> None:
    if in_order:
        members = sorted(dict(members).items(), key=lambda one: (*NAMES, "other").index(one[0]))
    first, second, third = blanks
    inside = f"{third},{first}".join(f'"{name}"{second}:{first}{value}' for name, value in members)
    line = f"{first}{{{second}{inside}{third}{ends}{first}"
    cells = learned(FIRST).cells(line)
    if cells is not None:
        assert (dict(zip(NAMES, cells, strict=True)), 0) == told(line)


@pytest.mark.parametrize(
    "line",
    [
        json.dumps(FIRST),
        json.dumps(FIRST, separators=(",", ":")) + "\r\n",
        '{"id":"2","e mail":"","a.b":"x","x-y":null,"count":-12.50,"ok":false}\n',
        '{"id":"2","count":0}',
        '{"ok":true}',
        "{}",
    ],
)
def test_what_is_written_alike_need_not_be_read(line: str) -> None:
    cells = learned(FIRST).cells(line)
    assert cells is not None
    found = read_object(line)
    assert found is not None
    assert dict(zip(NAMES, cells, strict=True)) == dict.fromkeys(NAMES, "") | row_of(1, found).values


def test_the_order_of_names_is_learned_from_the_fullest_object() -> None:
    alike = learned({"a": "1", "c": "3"}, {"a": "1", "b": "2", "c": "3"})
    # columns stand as they were first met
    assert alike.cells('{"a":"1","b":"2","c":"3"}') == ("1", "3", "2")
    assert alike.cells('{"a":"1","c":"3"}') == ("1", "3", "")
    assert alike.cells('{"b":"2","a":"1","c":"3"}') is None


@pytest.mark.parametrize("value", [{}, [], {"a": "b"}, ["a"]])
def test_nothing_is_said_of_objects_in_objects(value: object) -> None:
    assert alike_to(("a",), [{"a": value}]) is None


@pytest.mark.parametrize("name", ['a"b', "a\\b", "z\u00fc", "a\nb"])
def test_nothing_is_said_where_a_name_is_not_plain(name: str) -> None:
    assert alike_to((name,), [{name: "1"}]) is None


def test_a_line_that_nearly_fits_is_given_up_at_once() -> None:
    names = [f"n{number}" for number in range(1_000)]
    alike = learned(dict.fromkeys(names, "x"))
    line = json.dumps(dict.fromkeys(names, "x"))
    assert alike.cells(line[:-1] + ",") is None
    assert alike.cells(line) == ("x",) * 1_000
