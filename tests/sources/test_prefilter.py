"""Picking lines by their bytes finds what reading the whole file finds, in files made to part the two."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsar.case.identifiers import Identifier
from dsar.case.records import Record
from dsar.formats.rows import Problem
from dsar.sources import files, prefilter
from dsar.sources.interface import Source, SourceFailed
from dsar.sources.matching import Matcher
from tests.sources.office import Office, field, kind_of, record_set, source_file, who

WANTED = [who("email", "ana@example.com"), who("email", "zo\u00eb@b\u00fccher.example"), who("account_id", "A-17")]
PIECES = [
    "ana@example.com", "ANA@Example.COM", " ana @example.com", "ana@ example.com", "Ana <ana@example.com>",
    "ana", "x@x.example|ana@example.com", "banana@example.com", "\uff41na@example.com", "ana\uff20example.com",
    "a-17", "A-17 ", "mailto:ana@example.com", "_ana@example.com.", "ana\t@example.com",
    "ana\u00a0@example.com", "zo\u00eb@b\u00fccher.example", "ZO\u00cb@XN--BCHER-KVA.example",
    "zoe\u0308@xn--bcher-kva.example", "\u212bna@example.com", "plain", "", "A-17", "A\u201317",
    "ana@example\u00ad.com", "call ana@example.com!", "\u0130", "\x1cana\x1c@example.com", "ana @ example.com",
    "\x85", "\u2028",
]  # fmt: skip
NASTY = ['"', '""', "\r", "\x00", ",", '"a\nb"', ";", '"ana@example.com"', "\n"]


def cells(pieces: Sequence[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(list(pieces)), min_size=1, max_size=2).map("".join)


def described(office: Office, path: Path, kind: str, encoding: str) -> Source:
    fields = (field("email", *kind_of("email")), field("account", *kind_of("account_id")), field("note", "text = true"))
    more = f'encoding = "{encoding}"' if encoding else ""
    office.describe("calls", source_file(record_set("calls", *fields), kind=kind, path=f"data/{path.name}", more=more))
    return office.source("calls")


def outcome(source: Source, wanted: Sequence[Identifier]) -> tuple[list[Record] | str, list[Problem]]:
    try:
        return list(source.find(source.settings.record_sets[0], wanted)), source.problems
    except SourceFailed as failed:
        return failed.message, []


def both(
    office: Office, path: Path, kind: str, encoding: str, *, first: int, wanted: Sequence[Identifier] = WANTED
) -> tuple[list[Record] | str, int]:
    """The outcome of both ways, which must be one; and how many of the lines were picked (-1: read whole)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "LEAST", 10**12)
        whole, all_told = outcome(described(office, path, kind, encoding), wanted)
        patch.setattr(files, "LEAST", 0)
        patch.setattr(prefilter, "BLOCK", 200)
        patch.setattr(prefilter, "FIRST_LINES", first)
        patch.setattr(prefilter, "FIRST_OBJECTS", first)
        source = described(office, path, kind, encoding)
        some, told = outcome(source, wanted)
        assert some == whole
        assert set(told) <= set(all_told)
        return some, len(picked(path, source, wanted))


def picked(path: Path, source: Source, wanted: Sequence[Identifier]) -> list[bytes]:
    matcher = Matcher(source.settings.record_sets[0], wanted)
    with path.open("rb") as file:
        parts = prefilter.Prefilter(path.suffix, matcher, source.settings.options).parts(file)
        return [line for part in parts or () for _, line in part.lines()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(st.tuples(cells(PIECES), cells(PIECES), cells(PIECES)), max_size=12),
    nasty=st.lists(st.sampled_from(NASTY), max_size=1),
    end=st.sampled_from(["\n", "\r\n"]),
    last=st.booleans(),
    charset=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    declared=st.booleans(),
)
def test_both_ways_find_the_same_in_delimited_files(
    office: Office,
    rows: list[tuple[str, str, str]],
    nasty: list[str],
    end: str,
    last: bool,
    charset: str,
    declared: bool,
) -> None:
    lines = [",".join([str(number), *row]) for number, row in enumerate(rows)]
    text = end.join(["id,email,account,note", *lines, *nasty]) + end * last
    path = office.home / "data" / "calls.csv"
    path.write_bytes(text.encode(charset, "replace"))
    both(office, path, "csv", charset if declared else "", first=1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(st.tuples(cells(PIECES), cells(PIECES), cells([*PIECES, *NASTY])), max_size=12),
    plain=st.booleans(),
    broken=st.sampled_from(["", "{", '{"id": 1, "email": "ana@example.com"', "[]"]),
)
def test_both_ways_find_the_same_in_lines_of_json(
    office: Office, rows: list[tuple[str, str, str]], plain: bool, broken: str
) -> None:
    objects = [
        {"id": number, "email": email, "account": account, "note": {"in": [note]}}
        for number, (email, account, note) in enumerate(rows)
    ]
    lines = [json.dumps(one, ensure_ascii=plain).replace("/", "\\/") for one in objects]
    path = office.home / "data" / "calls.jsonl"
    # halves of characters cannot be written, and nobody has them
    path.write_bytes("\n".join([*lines, broken]).encode("utf-8", "replace"))
    both(office, path, "jsonl", "", first=150)


@pytest.mark.parametrize("column", [0, 1, 2])
@pytest.mark.parametrize("piece", PIECES)
def test_both_ways_find_every_spelling_among_plain_rows(office: Office, piece: str, column: int) -> None:
    rows = [["plain", "B-1", "none"] for _ in range(20)]
    rows[15][column] = piece
    path = office.home / "data" / "calls.csv"
    lines = [",".join([str(number), *row]) for number, row in enumerate(rows)]
    path.write_text("\n".join(["id,email,account,note", *lines]), encoding="utf-8", newline="")
    _, few = both(office, path, "csv", "", first=2)
    assert few < 10
    names = ("email", "account", "note")
    objects = [json.dumps({"id": number, **dict(zip(names, row, strict=True))}) for number, row in enumerate(rows)]
    path = office.home / "data" / "calls.jsonl"
    path.write_text("\n".join(objects), encoding="utf-8")
    # rows are alike, so the columns are known from the first two
    _, few = both(office, path, "jsonl", "", first=2)
    assert few < 10


def test_few_lines_are_picked_from_a_file_that_can_be_picked_from(office: Office) -> None:
    rows = [f"{number},x{number}@x.example,B-{number},nothing" for number in range(500)]
    rows[300] = "300,ANA@example.com,A-1,"
    rows[400] = "400,,A-17,\u00fcber"
    path = office.home / "data" / "calls.csv"
    path.write_text("\n".join(["id,email,account,note", *rows]), encoding="utf-8")
    found, few = both(office, path, "csv", "", first=2)
    assert [record.place for record in found if isinstance(record, Record)] == [
        "calls.csv line 302",
        "calls.csv line 402",
    ]
    assert few < 20


@pytest.mark.parametrize(
    ("name", "content", "encoding"),
    [
        ("open.csv", b'id,email,account,note\n1,"ana@example.com,,\n2,",,\n', ""),
        ("inside.csv", b'id,email,account,note\n1,5" pipe,"ana@example.com,,\n', ""),
        ("returns.csv", b"id,email,account,note\n1,ana@example.com,,\r2,x,,\n", ""),
        ("wide.csv", "id,email,account,note\n1,ana@example.com,,\n".encode("utf-16"), ""),
        ("nul.csv", b"id,email,account,note\n1,ana@example.com,,\0\n", ""),
        ("other.csv", b"id,email,account,note\n1,ana@example.com,,\n", "shift_jis"),
    ],
)
def test_where_bytes_cannot_tell_the_file_is_read_whole(
    office: Office, name: str, content: bytes, encoding: str
) -> None:
    path = office.home / "data" / name
    path.write_bytes(content)
    source = described(office, path, "csv", encoding)
    matcher = Matcher(source.settings.record_sets[0], WANTED)
    with path.open("rb") as file:
        parts = prefilter.Prefilter(".csv", matcher, source.settings.options).parts(file)
        assert parts is None or not any(part.rows for part in parts)


def test_a_row_that_is_too_short_is_told_though_nothing_in_it_is_looked_for(office: Office) -> None:
    rows = [f"{number},x@x.example,B,n" for number in range(5_000)]
    rows[4_000] = "4000,x@x.example"
    (office.home / "data" / "calls.csv").write_text("\n".join(["id,email,account,note", *rows]), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "LEAST", 0)
        patch.setattr(prefilter, "BLOCK", 10_000)
        source = described(office, office.home / "data" / "calls.csv", "csv", "")
        assert outcome(source, WANTED)[0] == []
    assert [(problem.file, problem.line) for problem in source.problems] == [("calls.csv", 4_002)]


def test_lines_of_many_blocks_are_put_together_and_never_very_much(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = office.home / "data" / "long.csv"
    note = "x" * 700
    path.write_text("id,email,account,note\n" + "".join(f"{n},,{'A-17' * (n % 3 == 0)},{note}\n" for n in range(300)))
    source = described(office, path, "csv", "")
    monkeypatch.setattr(prefilter, "BLOCK", 1_000)
    monkeypatch.setattr(prefilter, "_MOST_TOGETHER", 5_000)
    matcher = Matcher(source.settings.record_sets[0], [who("account_id", "A-17")])
    with path.open("rb") as file:
        parts = prefilter.Prefilter(".csv", matcher, source.settings.options).parts(file)
        assert parts is not None
        held = [(len(part.seen.block), part.numbers, part.last) for part in parts]
    sizes = [size for size, _, _ in held[1:]]
    assert max(sizes) < 5_000 + 1_000
    assert sum(size > 1_000 for size in sizes) > 5
    picked = [number for _, numbers, _ in held for number in numbers]
    assert picked == sorted(set(picked))
    assert {n + 2 for n in range(0, 300, 3)} <= set(picked)
    assert [last for _, _, last in held] == sorted(last for _, _, last in held)
    assert held[-1][2] == 301
