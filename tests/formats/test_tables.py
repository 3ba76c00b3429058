"""Every row is given as it is written, or told."""

import csv
import io
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path

import duckdb
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsar.errors import InputWrong
from dsar.formats import parquet
from dsar.formats import rows as row_limits
from dsar.formats.rows import Problems
from dsar.formats.tables import SURPLUS, Problem, Row, defuse, read_rows, write_csv


def read(
    path: Path, content: bytes, *, encoding: str | None = None, delimiter: str | None = None
) -> tuple[tuple[str, ...], list[Row], list[Problem]]:
    path.write_bytes(content)
    table = read_rows(path, encoding=encoding, delimiter=delimiter)
    return table.columns, list(table.rows), table.problems


def lines_told(problems: list[Problem]) -> list[int]:
    return [problem.line for problem in problems]


def test_values_stay_the_text_they_are(tmp_path: Path) -> None:
    columns, rows, problems = read(
        tmp_path / "a.csv", b'\xef\xbb\xbfid,when,note\r\n00123,31/12/1999,"a ""b"",\r\nc"\r\n1.10,,NULL\r\n'
    )
    assert columns == ("id", "when", "note")
    assert [row.values for row in rows] == [
        {"id": "00123", "when": "31/12/1999", "note": 'a "b",\r\nc'},
        {"id": "1.10", "when": "", "note": "NULL"},
    ]
    assert [row.number for row in rows] == [2, 4]
    assert problems == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"a;b\n1;2\n"),
        ("a.csv", b"a|b\n1|2\n"),
        ("a.tsv", b"a\tb\n1\t2\n"),
        ("a.csv", b"sep=;\r\na;b\r\n1;2\r\n"),
        ("a.csv", b"a,b\r1,2\r"),
        ("a.csv", "a,b\n1,2\n".encode("utf-16")),
        ("a.csv", b"\n\na,b\n\n1,2"),
    ],
)
def test_the_usual_dialects(tmp_path: Path, name: str, content: bytes) -> None:
    columns, rows, problems = read(tmp_path / name, content)
    assert columns == ("a", "b")
    assert [row.values for row in rows] == [{"a": "1", "b": "2"}]
    assert problems == []


def test_a_delimiter_can_be_given(tmp_path: Path) -> None:
    assert read(tmp_path / "a.csv", b"a,b;c\n1,2;3\n", delimiter=";")[0] == ("a,b", "c")
    with pytest.raises(InputWrong, match="one character"):
        read(tmp_path / "a.csv", b"a\n", delimiter="::")


def test_lines_that_are_not_utf8_are_read_as_windows_1252_and_counted(tmp_path: Path) -> None:
    _, rows, problems = read(tmp_path / "a.csv", "name\nZoë\n".encode() + "Müller\nWeiß €\n".encode("cp1252"))
    assert [row.values["name"] for row in rows] == ["Zoë", "Müller", "Weiß €"]
    assert problems == [
        Problem(file="a.csv", line=3, says="2 lines from here on are not UTF-8; they were read as Windows-1252.")
    ]


def test_an_encoding_can_be_given(tmp_path: Path) -> None:
    _, rows, problems = read(tmp_path / "a.csv", "имя\nЗоя\n".encode("koi8-r"), encoding="koi8-r")
    assert rows[0].values == {"имя": "Зоя"}
    assert problems == []
    _, rows, problems = read(tmp_path / "a.csv", b"a\n\xff\n", encoding="utf-8")
    assert rows[0].values == {"a": "\ufffd"}
    assert lines_told(problems) == [2]
    for name in ("zip", "unicode_escape", "nonsense"):
        with pytest.raises(InputWrong, match="not a character set"):
            read(tmp_path / "a.csv", b"a\n", encoding=name)


def test_ragged_rows_are_kept_and_told(tmp_path: Path) -> None:
    _, rows, problems = read(tmp_path / "a.csv", b"a,b\n1\n1,2,3,4\n5,6\n")
    assert [row.values for row in rows] == [
        {"a": "1", "b": ""},
        {"a": "1", "b": "2", SURPLUS: "3 4"},
        {"a": "5", "b": "6"},
    ]
    assert lines_told(problems) == [2, 3]


@pytest.mark.parametrize(
    ("broken", "kept"),
    [
        (b'1,"open', {"a": "1", "b": "open"}),
        (b'"Ada,1', {"a": '"Ada', "b": "1"}),
        (b'1,"x"y', {"a": "1", "b": "xy"}),
    ],
)
def test_an_open_quotation_mark_swallows_nothing(tmp_path: Path, broken: bytes, kept: dict[str, str]) -> None:
    after = [f"{number},v{number}" for number in range(2, 4002)]
    _, rows, problems = read(tmp_path / "a.csv", b"a,b\n" + broken + b"\n" + "\n".join(after).encode() + b"\n")
    assert rows[0].values == kept
    assert [row.values["a"] for row in rows[1:]] == [str(number) for number in range(2, 4002)]
    assert lines_told(problems) == [2]
    assert "quotation mark" in problems[0].says


def test_a_mark_closed_by_the_next_rows_mark_is_seen_too(tmp_path: Path) -> None:
    # three cells come out of these two lines for a lenient reader: nothing would look wrong
    _, rows, problems = read(tmp_path / "a.csv", b'a,b,c\n"M\xc3\xbcller,12,x\n"Meier",13,y\n')
    assert [row.values["a"] for row in rows] == ['"Müller', "Meier"]
    assert lines_told(problems) == [2]


def test_headings_are_made_distinct_and_told(tmp_path: Path) -> None:
    columns, _, problems = read(tmp_path / "a.csv", b" id ,,id,id\n")
    assert columns == ("id", "column 2", "id (2)", "id (3)")
    assert lines_told(problems) == [1, 1]
    with pytest.raises(InputWrong, match="more than 2,000 columns"):
        read(tmp_path / "a.csv", b"x," * 2001)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.json"])
def test_an_empty_file_has_no_rows(tmp_path: Path, name: str) -> None:
    assert read(tmp_path / name, b"")[:2] == ((), [])
    assert read(tmp_path / name, b"\n\n")[:2] == ((), [])


def test_an_endless_line_is_left_out_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dsar.formats.lines.MAX_LINE", 1000)
    for end in (b"\n", b"\r"):
        _, rows, problems = read(tmp_path / "a.csv", end.join([b"a", b"x" * 5000, b"y", b""]))
        assert [row.values for row in rows] == [{"a": "y"}]
        assert lines_told(problems) == [2]


def test_a_field_beyond_the_limit_is_told_and_kept(tmp_path: Path) -> None:
    _, rows, problems = read(tmp_path / "a.csv", b"a,b\n1," + b"x" * (row_limits.MAX_FIELD + 1) + b"\n2,y\n")
    assert [row.values["a"] for row in rows] == ["1", "2"]
    assert lines_told(problems) == [2]


def test_problems_beyond_a_thousand_are_counted(tmp_path: Path) -> None:
    _, rows, problems = read(tmp_path / "a.csv", b"a,b\n" + b"1\n" * 1500)
    assert len(rows) == 1500
    assert len(problems) == 1001
    assert problems[-1].says == "500 more lines have such problems."


def test_json_lines_keep_digits_and_nesting(tmp_path: Path) -> None:
    content = (
        b'{"id": "007", "n": 1.10, "big": 12345678901234567890, "ok": true, "none": null}\n\n'
        b'{"tags": ["a", {"b": "\xc3\xbc"}], "late": 1e400}\nnot json\n[1]\n{"id": 1, "id": 2}\n{"x": "\\ud800"}\n'
    )
    columns, rows, problems = read(tmp_path / "a.jsonl", content)
    assert columns == ("id", "n", "big", "ok", "none", "tags", "late", "x")
    assert rows[0].values | {"tags": "", "late": ""} == rows[0].values
    assert {key: rows[0].values[key] for key in ("id", "n", "big", "ok", "none")} == {
        "id": "007", "n": "1.10", "big": "12345678901234567890", "ok": "true", "none": ""
    }  # fmt: skip
    assert (rows[1].values["tags"], rows[1].values["late"]) == ('["a",{"b":"ü"}]', "1e400")
    assert rows[1].data is not None
    assert rows[1].data["tags"] == ["a", {"b": "ü"}]
    assert rows[2].values["id"] == "2"
    assert rows[3].values["x"] == "?"
    assert [row.number for row in rows] == [1, 3, 6, 7]
    assert lines_told(problems) == [4, 5, 6]


def test_a_json_list(tmp_path: Path) -> None:
    columns, rows, problems = read(tmp_path / "a.json", b'[{"a": "00"}, 5, {"b": [1]}]')
    assert columns == ("a", "b")
    assert [(row.number, row.values) for row in rows] == [(1, {"a": "00", "b": ""}), (3, {"a": "", "b": "[1]"})]
    assert lines_told(problems) == [2]
    assert len(read(tmp_path / "a.json", b'{"a": 1}')[1]) == 1
    with pytest.raises(InputWrong, match=r"a\.json line 2 is not sound JSON"):
        read(tmp_path / "a.json", b'[{"a": 1},\n oops]')
    with pytest.raises(InputWrong, match="nested too deeply"):
        read(tmp_path / "a.json", b"[" * 100_000)


def test_a_json_list_in_another_character_set(tmp_path: Path) -> None:
    _, rows, problems = read(tmp_path / "a.json", '[{"a": "ü"}]'.encode("cp1252"))
    assert rows[0].values == {"a": "ü"}
    assert lines_told(problems) == [0]


@pytest.mark.parametrize("deep", [b"[" * 100_000, b"[" * 200 + b"]" * 200 + b"}"])
def test_a_line_nested_without_end_is_told(tmp_path: Path, deep: bytes) -> None:
    _, rows, problems = read(tmp_path / "a.jsonl", b'{"a": ' + deep + b'\n{"a": 1}\n')
    assert [row.values for row in rows] == [{"a": "1"}]
    assert lines_told(problems) == [1]
    if deep.endswith(b"}"):
        _, rows, problems = read(tmp_path / "a.json", b'[{"a": ' + deep + b', {"a": 1}]')
        assert [row.values for row in rows] == [{"a": "1"}]
        assert lines_told(problems) == [1]


def test_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (
        [],
        ["id", "n", "x", "when", "day", "ok"],
        ["00123", 42, 1.5, datetime.fromisoformat("2026-03-03T10:15:00"), date(2026, 3, 3), True],
        [],
        ["z", 4915112345678901234, None, None, None, None],
    ):
        sheet.append(cells)
    book.create_sheet("second")
    path = tmp_path / "a.xlsx"
    book.save(path)
    table = read_rows(path)
    rows = list(table.rows)
    assert table.columns == ("id", "n", "x", "when", "day", "ok")
    assert list(rows[0].values.values()) == ["00123", "42", "1.5", "2026-03-03 10:15:00", "2026-03-03", "TRUE"]
    assert rows[1].values["id"] == "z"
    assert [row.number for row in rows] == [3, 5]
    assert [problem.line for problem in table.problems] == [0, 5]
    assert list(read_rows(path, sheet="second").rows) == []
    with pytest.raises(InputWrong, match="no sheet of that name"):
        read_rows(path, sheet="third")


def test_a_damaged_or_bloated_workbook_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    for content in (b"", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0" + bytes(600)):
        path.write_bytes(content)
        with pytest.raises(InputWrong, match=r"a\.xlsx"):
            read_rows(path)
    monkeypatch.setattr("dsar.formats.sheets.MAX_UNPACKED", 1_000_000)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", bytes(2_000_000))
    with pytest.raises(InputWrong, match="too large for a spreadsheet"):
        read_rows(path)
    with pytest.raises(InputWrong):
        read_rows(tmp_path / "none.xlsx")


ODS = """<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>
<office:spreadsheet><table:table table:name="S">
<table:table-row><table:table-cell office:value-type="string"><text:p>id</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>007</text:p></table:table-cell></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def test_an_open_document_sheet(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", ODS)
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
    table = read_rows(tmp_path / "a.ods")
    assert [(row.number, row.values) for row in table.rows] == [(2, {"id": "007"})]
    assert table.problems == []


def test_without_the_spreadsheet_part_the_command_to_install_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(InputWrong) as told:
        read_rows(tmp_path / "a.xlsx")
    assert told.value.hint == 'Install it: pipx install --force "dsar-cli[xlsx]"'


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputWrong, match="not a table I can read"):
        read(tmp_path / "a.exe", b"x")
    with pytest.raises(InputWrong, match="could not be read"):
        read_rows(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputWrong, match="not an ordinary file"):
        read_rows(tmp_path / "folder.csv")


def test_too_many_rows_are_refused_not_cut_silently(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_limits, "MAX_ROWS", 2)
    with pytest.raises(InputWrong, match="more than 2 rows"):
        read(tmp_path / "a.csv", b"a\n1\n2\n3\n")


@pytest.mark.parametrize("wanted", [None, {"a": {"1", "4"}}])
def test_too_many_rows_of_a_parquet_file_are_refused_by_their_place_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: dict[str, set[str]] | None
) -> None:
    path = tmp_path / "a.parquet"
    with duckdb.connect() as connection:
        connection.sql("SELECT * FROM range(1, 5) AS t(a)").write_parquet(str(path))
    monkeypatch.setattr(parquet, "MAX_ROWS", 4)
    cells = parquet.read_cells(path, Problems("a.parquet"), wanted=wanted)
    assert [row[0] for batch in cells.batches for row in batch] == ([1, 4] if wanted else [1, 2, 3, 4])
    monkeypatch.setattr(parquet, "MAX_ROWS", 3)
    cells = parquet.read_cells(path, Problems("a.parquet"), wanted=wanted)
    read_first = next(cells.batches)
    assert [row[0] for row in read_first] == ([1] if wanted else [1, 2, 3])
    with pytest.raises(InputWrong, match="more than 3 rows"):
        next(cells.batches)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+14155550100", "'+14155550100"),
        ("-cmd|x", "'-cmd|x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("＝1", "'＝1"),
        ("-12.50", "-12.50"),
        ("-1.234,50", "-1.234,50"),
        ("-1+1", "'-1+1"),
        ("-", "'-"),
        ("12.50", "12.50"),
        ("", ""),
    ],
)
def test_defuse(cell: str, written: str) -> None:
    assert defuse(cell) == written


def test_write_csv_opens_in_a_spreadsheet() -> None:
    stream = io.StringIO(newline="")
    count = write_csv(stream, ["a", "=b"], [{"a": 1, "c": 2}, ["x,y", "\ud800\0"]], bom=True)
    assert stream.getvalue() == '\ufeffa,\'=b\r\n1,\r\n"x,y",?\r\n'
    assert count == 2
    with pytest.raises(ValueError, match="a row of 1 cells for 2 columns"):
        write_csv(io.StringIO(), ["a", "b"], [["x"]], bom=False)


CELLS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), max_size=6), st.booleans())
def test_what_is_written_is_read_back(tmp_path: Path, cells: list[tuple[str, str]], bom: bool) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        write_csv(stream, ["one", "two"], cells, bom=bom)
    table = read_rows(path, delimiter=",")
    assert [tuple(row.values.values()) for row in table.rows] == [(defuse(a), defuse(b)) for a, b in cells]
    assert table.problems == []


ENDINGS = st.sampled_from([".csv", ".tsv", ".jsonl", ".json", ".xlsx", ".ods"])


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(ENDINGS, st.binary(max_size=200) | st.text(alphabet='a1,;\t"\n\r\0{}[]:é', max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused(tmp_path: Path, ending: str, content: bytes) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes(content)
    try:
        table = read_rows(path)
        rows = list(table.rows)
    except InputWrong:
        return
    assert all(set(table.columns) <= set(row.values) for row in rows)
    assert all(isinstance(value, str) for row in rows for value in row.values.values())


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.text(alphabet='ab,"', max_size=8), max_size=8))
def test_every_line_of_a_broken_file_is_in_a_row(tmp_path: Path, lines: list[str]) -> None:
    marked = [f"{place}m,{line}" for place, line in enumerate(lines)]
    _, rows, _ = read(tmp_path / "a.csv", "\n".join(["h,i", *marked]).encode())
    said = " ".join(value for row in rows for value in row.values.values())
    assert all(f"{place}m" in said for place in range(len(lines)))


def test_csv_written_here_is_read_by_others() -> None:
    stream = io.StringIO(newline="")
    write_csv(stream, ["a"], [{"a": 'x"y\nz'}], bom=False)
    stream.seek(0)
    assert list(csv.reader(stream)) == [["a"], ['x"y\nz']]
