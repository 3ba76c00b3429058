"""Lists go to PostgreSQL as arrays, each in one line of a COPY; no list that a statement does not read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.case.identifiers import Identifier
from dsar.sources.matching import Matcher
from dsar.sources.postgres_select import array_of, escaped, select
from dsar.sources.table import Table
from tests.sources.office import Office, field, kind_of, record_set, source_file

WANTED = [Identifier(kind="phone", value="+14155550100"), Identifier(kind="phone", value="+4520123456")]


def test_an_array_is_written_as_the_server_reads_it() -> None:
    assert array_of([]) == "{}"
    assert array_of(["a", "b", ""]) == '{"a","b",""}'
    assert array_of(["with\0nothing"]) == "{}"
    assert array_of(["a", 'b"', "c\\", "with\0nothing", "d,e", ""]) == '{"a","b\\"","c\\\\","d,e",""}'


@given(st.text(st.sampled_from("ab\\\t\n\rnt"), max_size=8))
def test_a_value_takes_one_cell_of_one_line(value: str) -> None:
    line = escaped(value)
    assert not {"\t", "\n", "\r"} & set(line)
    # the escapes that COPY knows are Python's own
    assert line.encode().decode("unicode_escape") == value


def test_a_scan_and_an_index_are_asked_for_lists_of_their_own(tmp_path: Path) -> None:
    office = Office(tmp_path)
    tables = record_set("calls", field("caller", *kind_of("phone", "normal = true")))
    office.describe("crm", source_file(tables, kind="sql", path="postgresql://reader@localhost/office"))
    (settings,) = [source.settings for source in office.sources()]
    matcher = Matcher(settings.record_sets[0], WANTED)
    columns = {"id": "bigint", "caller": "text"}
    scan = select(Table(place="calls", columns=columns), matcher)
    probe = select(Table(place="calls", columns=columns, indexes=frozenset({"caller"})), matcher)
    # all that an index can be asked for is the whole value; of a scan the end of it is enough
    assert [sorted(one) for one in probe.lists.values()] == [
        ["+14155550100", "+4520123456", "0014155550100", "004520123456", "14155550100", "4520123456"]
    ]
    assert [sorted(one) for one in scan.lists.values()] == [["+4520123456", "04520123456", "14155550100", "4520123456"]]
    for one in (scan, probe):
        assert "4155550100" not in one.text
        assert all(f"dsar.wanted{number}'" in one.text for number in one.lists)


@pytest.mark.parametrize("indexes", [frozenset(), frozenset({"caller"})])
def test_of_numbers_kept_as_e164_one_form_is_asked_for(tmp_path: Path, indexes: frozenset[str]) -> None:
    office = Office(tmp_path)
    tables = record_set("calls", field("caller", *kind_of("phone", 'normal = "e164"')))
    office.describe("crm", source_file(tables, kind="sql", path="postgresql://reader@localhost/office"))
    (settings,) = [source.settings for source in office.sources()]
    matcher = Matcher(settings.record_sets[0], WANTED)
    asked = select(Table(place="calls", columns={"id": "bigint", "caller": "text"}, indexes=indexes), matcher)
    assert list(asked.lists.values()) == [["+14155550100", "+4520123456"]]


def test_a_joined_row_has_its_columns_in_order_however_many(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.describe(
        "crm",
        source_file(
            record_set("calls", field("caller", *kind_of("phone"))), kind="sql", path="postgresql://r@h/office"
        ),
    )
    (settings,) = [source.settings for source in office.sources()]
    matcher = Matcher(settings.record_sets[0], WANTED)
    columns = {"id": "bigint", "caller": "text", **{f"c{nth}": "text" for nth in range(300)}}
    joined = select(Table(place="calls", columns=columns), matcher, joined=True)
    apart = select(Table(place="calls", columns=columns), matcher)
    assert joined.columns == apart.columns == tuple(columns)
    assert joined.lists == apart.lists
    head, cells = joined.text.partition(" FROM ")[0], apart.text.partition(" FROM ")[0].removeprefix("SELECT ")
    assert joined.text.partition(" FROM ")[2] == apart.text.partition(" FROM ")[2]
    # what is compared comes once more, so that most rows need not be taken apart; the key stands in front
    assert (joined.again, apart.again) == ((1,), ())
    again = """, coalesce(t."caller"::text, '')"""
    assert head.endswith(again)
    head = head.removesuffix(again)
    # no call has more arguments than the server takes
    parts = re.split(r"concat_ws\(E'\\x1f', ", head)[2:]
    assert max(part.count("coalesce") for part in parts) == 90
    assert ", ".join(part.rstrip("), ") + ")" for part in parts) == cells
