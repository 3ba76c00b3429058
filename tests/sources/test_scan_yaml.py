"""YAML that others wrote is text, lists and mappings; nothing in it acts, and nothing in it is endless."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.errors import InputWrong
from dsar.sources.scan_yaml import MAX_VALUES, read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: yes\nb: 2026-01-01\nc: 0123", {"a": "yes", "b": "2026-01-01", "c": "0123"}),
        ("a: ~\nb: null\nc:\nd: 'null'", {"a": "", "b": "", "c": "", "d": "null"}),
        ("- [1, two]\n- {a: b}", [["1", "two"], {"a": "b"}]),
        ("x: &here [1]\ny: *here", {"x": ["1"], "y": ["1"]}),
        ("", ""),
        ("!!python/object/apply:os.system ['true']", ["true"]),
        ("a: !!binary aGk=", {"a": "aGk="}),
        ("<<: {a: b}\nc: d", {"<<": {"a": "b"}, "c": "d"}),
    ],
)
def test_every_scalar_is_the_text_it_is(text: str, value: object) -> None:
    assert read_yaml(text) == value


def test_a_file_that_stands_for_billions_of_values_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(InputWrong, match="more than 200,000 values"):
        read_yaml("\n".join(lines))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: &a [*a]", "refers to itself"),
        ("a: *nobody", "refers to itself"),
        ("[" * 200 + "]" * 200, "deeper than 40"),
        ("- x\n" * (MAX_VALUES + 1), "more than"),
        ("a: 1\na: 2", "stands twice in the YAML .line 2."),
        ("{[1]: 2}", "is no text"),
        ("a: 1\n---\nb: 2", "several YAML documents"),
        ("a: [1", "not YAML .line"),
        ("a: b: c", "not YAML"),
        ('a: "\\UFFFFFFFF"', "not YAML"),
        ("a: \x00", "not YAML"),
        ("%YAML 9" + "9" * 5000 + ".1\n---\na", "not YAML"),
    ],
)
def test_what_is_refused(text: str, says: str) -> None:
    with pytest.raises(InputWrong, match=says):
        read_yaml(text)


def test_without_the_part_that_reads_it_the_part_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(InputWrong) as refused:
        read_yaml("a: b")
    assert "dsar-cli[fides]" in refused.value.hint


@given(st.text(alphabet=" \n\t-:[]{}&*!|>'\"#%@`,?ab01\\xU", max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    said = "Nothing was read."
    try:
        read_yaml(text)
    except InputWrong as error:
        said = str(error)
    assert said.endswith("Nothing was read.")
