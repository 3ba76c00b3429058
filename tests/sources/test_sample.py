"""The invented firm's own sources: the search finds what a careful person wrote down that it must find."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dsar.case.records import Record
from dsar.sources.answers import Answer, SearchResult
from dsar.sources.registry import open_source
from dsar.sources.scripts import load_script
from dsar.sources.search import search
from dsar.sources.settings import load_sources
from tests.sources.office import who

SAMPLE = Path(__file__).parents[2] / "sample_data"
EXPECTED: dict[str, Any] = tomllib.loads((SAMPLE / "expected.toml").read_text(encoding="utf-8"))
CONTENT_FREE = ("excluded", "waiting")


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> SearchResult:
    home = tmp_path_factory.mktemp("firm") / "desk"
    shutil.copytree(SAMPLE / "workspace", home)
    for script in (home / "data").glob("*.sql"):
        load_script(script, script.with_suffix(".sqlite"))
    sources = [open_source(one, home) for one in load_sources(home / "sources")]
    subject = EXPECTED["subject"]["identifier"]
    return search(sources, [who(one["kind"], one["raw"]) for one in subject])


def answer(result: SearchResult, expected: dict[str, Any]) -> Answer:
    return next(
        one
        for one in result.answers
        if (one.source, one.record_set.name) == (expected["source"], expected["record_set"])
    )


def as_shown(found: Answer, record: Record) -> Iterator[str]:
    """The values of a record, and what the settings say its codes mean."""
    for name, value in record.values.items():
        field = found.record_set.field(name)
        yield value
        yield dict(field.codes).get(value, "") if field else ""


@pytest.mark.parametrize(
    "expected", EXPECTED["record_set"], ids=lambda one: f"{one['source']} {one.get('record_set', one.get('name'))}"
)
def test_each_record_set_answers_as_written_down(result: SearchResult, expected: dict[str, Any]) -> None:
    found = answer(result, {"record_set": expected.get("name"), **expected})
    assert (found.state, found.found) == (expected["state"], expected.get("found", 0))
    assert found.excluded == expected.get("excluded", 0)
    assert sorted(found.customers) == sorted(expected.get("customers", []))
    if expected["state"] not in CONTENT_FREE:
        text = "\n".join(value for record in found.records for value in as_shown(found, record))
        assert [word for word in expected["must_appear"] if word not in text] == []


def test_the_trail_is_as_written_down(result: SearchResult) -> None:
    followed = {(one.kind, one.value, one.since, one.until) for one in result.followed}
    assert followed == {(one["kind"], one["value"], one.get("since"), one.get("until")) for one in EXPECTED["followed"]}
    assert {(one.kind, one.value) for one, _ in result.not_followed} == {
        (one["kind"], one["value"]) for one in EXPECTED["not_followed"]
    }
    assert (result.incomplete, result.unclear) == ((), ())
