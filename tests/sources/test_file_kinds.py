"""Files by pattern, compressed, in every character set and shape: read as they are, or told why not."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from dsar.case.identifiers import Identifier
from dsar.case.records import Record
from dsar.sources.interface import Source, SourceFailed, Why
from tests.sources.office import Office, field, kind_of, record_set, source_file, who

ANA = who("email", "ana@example.com")
CSV = "id,email,note\n1,ana@example.com,Zo\u00eb\n2,x@x.example,d\n"


def described(office: Office, path: str, *, kind: str = "csv", name: str = "email", more: str = "") -> Source:
    fields = field(name, *kind_of("email")), field("note", "text = true")
    office.describe("calls", source_file(record_set("calls", *fields), kind=kind, path=path, more=more))
    return office.source("calls")


def found(source: Source, *identifiers: Identifier) -> list[Record]:
    return list(source.find(source.settings.record_sets[0], identifiers or [ANA]))


def refused(source: Source) -> SourceFailed:
    with pytest.raises(SourceFailed) as failed:
        found(source)
    return failed.value


def test_a_link_out_of_the_folder_of_a_pattern_is_refused(office: Office) -> None:
    (office.home / "payroll.csv").write_text(CSV, encoding="utf-8")
    (office.home / "data" / "a.csv").write_text(CSV, encoding="utf-8")
    (office.home / "data" / "b.csv").symlink_to(office.home / "payroll.csv")
    failed = refused(described(office, "data/*.csv"))
    assert failed.why is Why.REFUSED
    assert "b.csv is a link that leads out of the folder" in failed.message


def test_a_folder_that_links_out_is_refused_too(office: Office, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "a.csv").write_text(CSV, encoding="utf-8")
    (office.home / "data" / "old").symlink_to(elsewhere)
    assert refused(described(office, "data/*/*.csv")).why is Why.REFUSED


def test_a_link_inside_the_folder_is_the_same_file_once(office: Office) -> None:
    (office.home / "data" / "a.csv").write_text(CSV, encoding="utf-8")
    (office.home / "data" / "b.csv").symlink_to("a.csv")
    assert [record.place for record in found(described(office, "data/*.csv"))] == ["a.csv line 2"]


def test_a_pattern_of_links_that_turn_in_a_circle_ends(office: Office) -> None:
    (office.home / "data" / "a.csv").write_text(CSV, encoding="utf-8")
    (office.home / "data" / "again").symlink_to(office.home / "data")
    assert [record.key for record in found(described(office, "data/**/*.csv"))] == ["1"]


def test_an_address_that_is_no_file_is_said_to_be_none(office: Office) -> None:
    assert "neither a file nor an address in S3" in refused(described(office, "ftp://host/calls.csv")).message


@pytest.mark.parametrize(
    ("ending", "pack"), [("gz", gzip.compress), ("zst", lambda raw: zstandard.ZstdCompressor().compress(raw))]
)
def test_a_compressed_file_is_read_like_a_plain_one(
    office: Office, ending: str, pack: Callable[[bytes], bytes]
) -> None:
    # two parts one after the other, as rotation and appending leave them
    raw = pack(CSV.encode()) + pack(b"3,ana@example.com,later\n")
    (office.home / "data" / f"calls.csv.{ending}").write_bytes(raw)
    source = described(office, "data/calls.csv*")
    assert [(record.key, record.place) for record in found(source)] == [
        ("1", f"calls.csv.{ending} line 2"),
        ("3", f"calls.csv.{ending} line 4"),
    ]
    assert source.problems == []


@pytest.mark.parametrize("ending", ["gz", "zst"])
def test_a_compressed_file_that_is_cut_off_fails_whole(office: Office, ending: str) -> None:
    rows = "".join(f"{number},ana@example.com,{'x' * 50}{number}\n" for number in range(5_000))
    pack = gzip.compress if ending == "gz" else zstandard.ZstdCompressor().compress
    raw = pack(f"id,email,note\n{rows}".encode())
    path = office.home / "data" / f"calls.csv.{ending}"
    path.write_bytes(raw[: len(raw) // 2])
    failed = refused(described(office, f"data/calls.csv.{ending}"))
    assert (failed.why, "cut off or damaged" in failed.message) == (Why.UNREADABLE, True)
    path.write_bytes(b"this was never compressed")
    assert "cut off or damaged" in refused(described(office, f"data/calls.csv.{ending}")).message


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("utf-8", "Zo\u00eb"), ("utf-8-sig", "Zo\u00eb"), ("utf-16", "Zo\u00eb"), ("utf-16-le", "Zo\u00eb"),
        ("utf-16-be", "Zo\u00eb"), ("utf-32", "Zo\u00eb"), ("cp1252", "Zo\u00eb \u20ac"), ("iso-8859-15", "\u20ac"),
        ("iso-8859-2", "\u0141\u00f3d\u017a"), ("cp1251", "\u0417\u043e\u044f"), ("shift_jis", "\u5c71\u7530"),
        ("gb18030", "\u5f20"),
    ],
)  # fmt: skip
def test_a_declared_character_set_is_read_as_it_was_written(office: Office, charset: str, text: str) -> None:
    (office.home / "data" / "calls.csv").write_bytes(f"id,email,note\n1,ana@example.com,{text}\n".encode(charset))
    source = described(office, "data/calls.csv", more=f'encoding = "{charset}"')
    assert [record.values["note"] for record in found(source)] == [text]
    assert source.problems == []


@pytest.mark.parametrize(
    ("charset", "declared", "says"),
    [
        ("utf-16", "utf-8", "begins with the mark of UTF-16, but the settings say utf-8"),
        ("utf-8", "utf-16", "is not utf-16, as the settings say"),
        ("utf-16-le", "", "looks like utf-16-le"),
        ("utf-16-be", "cp1252", "looks like utf-16-be"),
        ("utf-8", "klingon", "not a character set I know"),
    ],
)
def test_a_wrong_character_set_is_a_sentence(office: Office, charset: str, declared: str, says: str) -> None:
    (office.home / "data" / "calls.csv").write_bytes(CSV.encode(charset))
    more = f'encoding = "{declared}"' if declared else ""
    failed = refused(described(office, "data/calls.csv", more=more))
    assert failed.why is Why.UNREADABLE
    assert says in failed.message


@pytest.mark.parametrize("declared", ["cp1252", "iso-8859-1", "iso-8859-2"])
def test_utf8_in_a_file_said_to_be_in_single_bytes_is_told_and_not_garbled(office: Office, declared: str) -> None:
    (office.home / "data" / "calls.csv").write_text(CSV, encoding="utf-8")
    source = described(office, "data/calls.csv", more=f'encoding = "{declared}"')
    assert [record.values["note"] for record in found(source)] == ["Zo\u00eb"]
    ((line, says),) = [(problem.line, problem.says) for problem in source.problems]
    assert (line, "are UTF-8 and not" in says) == (2, True)


def test_bytes_outside_the_declared_set_are_told_with_their_line(office: Office) -> None:
    (office.home / "data" / "calls.csv").write_bytes(CSV.encode("cp1252"))
    source = described(office, "data/calls.csv", more='encoding = "utf-8"')
    assert [record.key for record in found(source)] == ["1"]
    assert [(problem.file, problem.line) for problem in source.problems] == [("calls.csv", 2)]


def test_records_deep_in_a_json_file_are_found_by_their_way(office: Office) -> None:
    people = [{"id": "007", "who": {"email": "Ana@Example.com", "age": 1.10}}, {"id": 2}]
    (office.home / "data" / "calls.json").write_text(json.dumps({"data": {"items": people}}), encoding="utf-8")
    more = 'options = { rows = "data.items" }'
    (record,) = found(described(office, "data/calls.json", kind="json", name="who.email", more=more))
    assert dict(record.values) == {"id": "007", "who.email": "Ana@Example.com", "who.age": "1.1"}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('{"data": {}}', "nothing at"),
        ('{"data": [1]}', "nothing at"),
        ('{"data": {"items": [1, 2]}}', "not an object"),
        ('{"data": {"items": [{"id": 1, "email": "ana@example.com"}', "not sound JSON"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_json_file_of_another_shape_fails(office: Office, content: str, why: str) -> None:
    (office.home / "data" / "calls.json").write_text(content, encoding="utf-8")
    failed = refused(described(office, "data/calls.json", kind="json", more='options = { rows = "data.items" }'))
    assert why in failed.message


def test_an_empty_list_in_a_json_file_holds_nothing(office: Office) -> None:
    (office.home / "data" / "calls.json").write_text('{"data": {"items": []}}', encoding="utf-8")
    assert found(described(office, "data/calls.json", kind="json", more='options = { rows = "data.items" }')) == []


def test_the_cells_of_a_spreadsheet_are_text_and_days_are_iso(office: Office) -> None:
    from datetime import date, datetime

    import openpyxl

    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "Cover"
    calls = book.create_sheet("Calls")
    calls.append(["id", "email", "note", "born", "seen"])
    row = ["00123", "ana@example.com", 1.5, date(1990, 2, 3), datetime(2026, 1, 2, 3, 4, 5)]  # noqa: DTZ001
    calls.append(row)
    book.save(office.home / "data" / "calls.xlsx")
    source = described(office, "data/calls.xlsx", kind="sheet", more='options = { sheet = "Calls" }')
    (record,) = found(source)
    assert dict(record.values) | {"born": record.values["born"][:10]} == {
        "id": "00123", "email": "ana@example.com", "note": "1.5", "born": "1990-02-03", "seen": "2026-01-02 03:04:05",
    }  # fmt: skip
    assert (
        "no sheet of that name"
        in refused(described(office, "data/calls.xlsx", kind="sheet", more='options = { sheet = "Gone" }')).message
    )


def parquet(path: Path, select: str) -> None:
    import duckdb

    with duckdb.connect() as connection:
        connection.sql(select).write_parquet(str(path))


def test_a_parquet_file_keeps_every_value_as_it_is(office: Office) -> None:
    parquet(
        office.home / "data" / "calls.parquet",
        "SELECT '00123' AS id, {'email': 'Ana@Example.com', 'tags': ['a', 'b']} AS who, 1.10::DECIMAL(9, 2) AS note, "
        "DATE '2026-01-02' AS day, TIMESTAMPTZ '2026-01-02 03:04:05+02' AS at, NULL::INTEGER AS gone, true AS on",
    )
    (record,) = found(described(office, "data/calls.parquet", kind="parquet", name="who.email"))
    assert dict(record.values) == {
        "id": "00123", "who.email": "Ana@Example.com", "who.tags": '["a","b"]', "note": "1.10", "day": "2026-01-02",
        "at": "2026-01-02 01:04:05+00", "gone": "", "on": "true",
    }  # fmt: skip


def test_a_parquet_file_that_is_cut_off_or_lacks_a_column_fails(office: Office) -> None:
    path = office.home / "data" / "calls.parquet"
    parquet(path, "SELECT '1' AS id, 'ana@example.com' AS mail, 'x' AS note")
    assert 'no column "email"' in refused(described(office, "data/calls.parquet", kind="parquet")).message
    path.write_bytes(path.read_bytes()[:200])
    assert "damaged" in refused(described(office, "data/calls.parquet", kind="parquet")).message


def test_a_parquet_file_whose_name_looks_like_a_pattern_is_one_file(office: Office) -> None:
    select = "SELECT '{}' AS id, 'ana@example.com' AS email, '' AS note"
    parquet(office.home / "data" / "a[1]*.parquet", select.format(1))
    parquet(office.home / "data" / "a1b.parquet", select.format(2))
    assert [record.key for record in found(described(office, "data/a[1]*.parquet", kind="parquet"))] == ["1"]
