"""Table files lose the lines of the plan and no other byte, or stay as they are."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.case.changes import Action, Result, Step
from dsar.sources import writing_rows, writing_splice
from dsar.sources.interface import SourceSettings
from dsar.sources.writing import writer
from dsar.sources.writing_files import FileWriter


def step(
    before: Mapping[str, str], after: Mapping[str, str | None] | None = None, *, number: int = 1, place: str
) -> Step:
    return Step(
        id=f"S-{number:04d}", finding=f"F-{number:04d}", source="list", record_set="rows", place=place,
        key={"id": before["id"]}, action=Action.CHANGE if after else Action.DELETE, before=dict(before),
        after=dict(after or {}),
    )  # fmt: skip


def settings(place: str, **options: str) -> SourceSettings:
    kind = "jsonl" if "json" in place else "csv"
    return SourceSettings(
        name="list", kind=kind, title="List", owner="luis", path=place, record_sets=(), options=options
    )


def carry_out(home: Path, todo: list[Step], **options: str) -> tuple[list[Result], dict[str, str]]:
    made = writer(settings(todo[0].place, **options), home)
    results: dict[str, Result] = {}
    made.apply(todo, done=lambda step, result: results.update({step.id: result}))
    return [results[one.id] for one in todo], made.why


ANA = {"id": "1", "name": "Ana", "note": "n"}
BEN = {"id": "2", "name": "Ben", "note": "n"}

DELETIONS = {
    "plain": (b"id,name,note\n1,Ana,n\n2,Ben,n\n", b"id,name,note\n2,Ben,n\n"),
    "windows line ends": (b"id,name,note\r\n1,Ana,n\r\n2,Ben,n\r\n", b"id,name,note\r\n2,Ben,n\r\n"),
    "mixed line ends": (b"id,name,note\r\n2,Ben,n\n1,Ana,n\r\n3,x,y", b"id,name,note\r\n2,Ben,n\n3,x,y"),
    "no line end at the end": (b"id,name,note\n2,Ben,n\n1,Ana,n", b"id,name,note\n2,Ben,n\n"),
    "byte order mark": (b"\xef\xbb\xbfid,name,note\n1,Ana,n\n", b"\xef\xbb\xbfid,name,note\n"),
    "all marks set": (b'"id","name","note"\n"1","Ana","n"\n"2","Ben"," n "\n',
                      b'"id","name","note"\n"2","Ben"," n "\n'),
    "semicolons": (b"id;name;note\n1;Ana;n\n2;B,en;n\n", b"id;name;note\n2;B,en;n\n"),
    "Excel names the sign": (b"sep=;\nid;name;note\n1;Ana;n\n2;Ben;n\n", b"sep=;\nid;name;note\n2;Ben;n\n"),
    "empty lines": (b"\n\nid,name,note\n\n1,Ana,n\n\n\n2,Ben,n\n\n", b"\n\nid,name,note\n\n\n\n2,Ben,n\n\n"),
    "lines in a cell": (b'id,name,note\n2,"B\n1,Ana,n\nen",n\n1,Ana,n\n', b'id,name,note\n2,"B\n1,Ana,n\nen",n\n'),
    "old Mac": (b"id,name,note\r1,Ana,n\r2,Ben,n\r", b"id,name,note\r2,Ben,n\r"),
    "Windows-1252": (b"id,name,note\n1,Ana,n\n2,Caf\xe9,n\n", b"id,name,note\n2,Caf\xe9,n\n"),
    "UTF-16": tuple(f"\ufeffid,name,note\n{one}2,Ben,n\n".encode("utf-16-le") for one in ("1,Ana,n\n", "")),
    "twice the same": (b"id,name,note\n1,Ana,n\n2,Ben,n\n1,Ana,n\n", b"id,name,note\n2,Ben,n\n"),
    "a row too long elsewhere": (b"id,name,note\n1,Ana,n\n2,Ben,n,x,y\n", b"id,name,note\n2,Ben,n,x,y\n"),
    "broken marks elsewhere": (b'id,name,note\n1,Ana,n\n2,"B"en,n\n3,x,y\n', b'id,name,note\n2,"B"en,n\n3,x,y\n'),
    "an open mark elsewhere": (b'id,name,note\n2,"Ben,n\n1,Ana,n\n', b'id,name,note\n2,"Ben,n\n'),
}  # fmt: skip


@pytest.mark.parametrize("name", DELETIONS)
def test_deleting_takes_the_line_and_no_other_byte(tmp_path: Path, name: str) -> None:
    before, after = DELETIONS[name]
    path = tmp_path / "list.csv"
    path.write_bytes(before)
    assert carry_out(tmp_path, [step(ANA, place="list.csv")]) == ([Result.DONE], {})
    assert path.read_bytes() == after


CHANGES = {
    "plain": (b"id,name,note\n1,Ana,n\n", b"id,name,note\n1,Anna,n\n"),
    "marks stay": (b'"id","name","note"\r\n"1","Ana","n"\r\n', b'"id","name","note"\r\n"1","Anna","n"\r\n'),
    "other cells stay": (b'id,name,note\n"1",Ana,"n"\n', b'id,name,note\n"1",Anna,"n"\n'),
    "tabs": (b"id\tname\tnote\n1\tAna\tn\n", b"id\tname\tnote\n1\tAnna\tn\n"),
    "byte order mark": (b"\xef\xbb\xbfid,name,note\n1,Ana,n", b"\xef\xbb\xbfid,name,note\n1,Anna,n"),
    "lines in a cell": (b'name,id,note\nAna,1,"n"\n"B\nen",2,n\n', b'name,id,note\nAnna,1,"n"\n"B\nen",2,n\n'),
    "UTF-16": tuple(f"\ufeffid,name,note\n1,{one},n\n".encode("utf-16-be") for one in ("Ana", "Anna")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changing_writes_the_cell_and_no_other_byte(tmp_path: Path, name: str) -> None:
    before, after = CHANGES[name]
    file = "list.tsv" if name == "tabs" else "list.csv"
    (tmp_path / file).write_bytes(before)
    assert carry_out(tmp_path, [step(ANA, {"name": "Anna"}, place=file)]) == ([Result.DONE], {})
    assert (tmp_path / file).read_bytes() == after


@pytest.mark.parametrize(
    ("value", "written"), [('say "hi"', b'"say ""hi"""'), ("a,b", b'"a,b"'), ("a\nb", b'"a\nb"'), (None, b"")]
)
def test_a_new_value_is_put_in_marks_where_it_must_be(tmp_path: Path, value: str | None, written: bytes) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"id,name,note\n1,Ana,n\n")
    assert carry_out(tmp_path, [step(ANA, {"name": value}, place="list.csv")])[0] == [Result.DONE]
    assert path.read_bytes() == b"id,name,note\n1," + written + b",n\n"


@pytest.mark.parametrize(
    ("raw", "values", "after", "word"),
    [
        (b"id,name,note\n1,Ana\n", {**ANA, "note": ""}, {"note": "x"}, "fewer columns"),
        (b'id,name,note\n1,"A"na,n\n', {**ANA, "name": "Ana"}, None, "not written as it should"),
        (b"id,name,note\n1,Ana,n\x81\n", {**ANA, "note": "n\ufffd"}, {"name": "x"}, "character set"),
        (b"id,name,note\n1,Ana,\xe9\n", {**ANA, "note": "\xe9"}, {"name": "\u0142"}, "no sign"),
    ],
)
def test_a_row_that_cannot_be_written_for_certain_is_left(
    tmp_path: Path, raw: bytes, values: dict[str, str], after: dict[str, str | None] | None, word: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(raw)
    results, why = carry_out(tmp_path, [step(values, after, place="list.csv")])
    assert results == [Result.FAILED]
    assert word in why["S-0001"]
    assert path.read_bytes() == raw


def test_one_cell_a_row_leaves_no_empty_line(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"id\nana\nben\n")
    assert carry_out(tmp_path, [step({"id": "ana"}, {"id": None}, place="list.csv")])[0] == [Result.DONE]
    assert path.read_bytes() == b'id\n""\nben\n'


def test_steps_find_their_rows_in_several_files(tmp_path: Path) -> None:
    (tmp_path / "2026-01.csv").write_bytes(b"id,name,note\n1,Ana,n\n2,Ben,n\n")
    (tmp_path / "2026-02.csv").write_bytes(b"id,name,note\n1,Zoe,n\n3,Eve,n\n")
    (tmp_path / "2026-03.csv").write_bytes(b"id,name,note\n9,Kim,n\n")
    untouched = (tmp_path / "2026-03.csv").stat().st_mtime_ns
    # the key of the first stands in two files, and only one row is the one the plan saw
    todo = [step(ANA, place="2026-*.csv"), step({"id": "3", "name": "Eve", "note": "n"}, number=2, place="2026-*.csv")]
    assert carry_out(tmp_path, todo)[0] == [Result.DONE, Result.DONE]
    assert (tmp_path / "2026-01.csv").read_bytes() == b"id,name,note\n2,Ben,n\n"
    assert (tmp_path / "2026-02.csv").read_bytes() == b"id,name,note\n1,Zoe,n\n"
    assert (tmp_path / "2026-03.csv").stat().st_mtime_ns == untouched


@pytest.mark.parametrize("name", ["list.csv.gz", "list.json"])
def test_files_of_other_kinds_are_not_edited_and_nothing_is_called_gone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"[]")
    results, why = carry_out(tmp_path, [step(ANA, place=name)])
    assert results == [Result.FAILED]
    assert "not edited" in why["S-0001"]


def test_an_unreadable_file_among_others_makes_no_record_gone(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"id,name,note\n1,Ana,n\n")
    (tmp_path / "b.csv").mkdir()
    (tmp_path / "c.csv").write_bytes(b"%PDF\x00\x00")
    (tmp_path / "c.csv").chmod(0o600)
    assert carry_out(tmp_path, [step(ANA, place="?.csv")])[0] == [Result.DONE]
    (tmp_path / "d.txt").write_bytes(b"id,name,note\n2,Ben,n\n")
    assert carry_out(tmp_path, [step(BEN, place="?.???")])[0] == [Result.FAILED]


JSON = {
    "a number stays one": ('{"id": 1, "name":"Ana", "n": 1.10}', {"n": "2"}, '{"id": 1, "name":"Ana", "n": 2}'),
    "a truth stays one": ('{"id": 1,"n":false,"x":[1, 2]}', {"n": "true"}, '{"id": 1,"n":true,"x":[1, 2]}'),
    "text in ASCII": ('{"id": 1, "n": "\\u00e9", "m": "\\u00e9"}', {"n": "ü"},
                      '{"id": 1, "n": "\\u00fc", "m": "\\u00e9"}'),
    "text as it is": ('{"id": 1, "n": "é"}', {"n": "ü"}, '{"id": 1, "n": "ü"}'),
    "emptied": ('{"n" : "Ana" ,  "id": 1}', {"n": None}, '{"n" : null ,  "id": 1}'),
    "inside": ('{"id": 1, "u": {"n": "Ana", "m": {"n": 1}}}', {"u.n": "x"},
               '{"id": 1, "u": {"n": "x", "m": {"n": 1}}}'),
    "a key with a dot": ('{"id": 1, "u.n": "Ana"}', {"u.n": "x"}, '{"id": 1, "u.n": "x"}'),
    "named twice": ('{"id": 1, "n": "Ana", "n": "Ana"}', {"n": None}, '{"id": 1, "n": null, "n": null}'),
    "a mark that is new": ('{"id": 1, "n": "Ana" }', {"stop": "1"}, '{"id": 1, "n": "Ana", "stop": "1" }'),
    "a trap in a text": ('{"id": 1, "t": "\\"n\\": \\"}", "n": "Ana"}', {"n": "x"},
                         '{"id": 1, "t": "\\"n\\": \\"}", "n": "x"}'),
}  # fmt: skip


@pytest.mark.parametrize("name", JSON)
def test_an_object_keeps_everything_but_the_value(tmp_path: Path, name: str) -> None:
    line, after, expected = JSON[name]
    path = tmp_path / "list.jsonl"
    other = '{ "id":2,"n" : "Ben" }\r\n\n'
    path.write_text(f"\ufeff{other}{line}\n", encoding="utf-8", newline="")
    held = json.loads(line)
    before = {"id": "1"}
    for key in after:
        value = held.get(key, held["u"].get("n", "") if "u" in held else "")
        before[key] = value if isinstance(value, str) else {1.10: "1.10", False: "false"}[value]
    assert carry_out(tmp_path, [step(before, after, place="list.jsonl")]) == ([Result.DONE], {})
    assert path.read_bytes().decode("utf-8") == f"\ufeff{other}{expected}\n"


def test_an_object_the_value_has_no_place_in_is_left(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    path.write_text('{"id": 1, "u": 5}\n')
    results, why = carry_out(tmp_path, [step({"id": "1", "u.n": ""}, {"u.n": "x"}, place="list.jsonl")])
    assert (results, path.read_text()) == ([Result.FAILED], '{"id": 1, "u": 5}\n')
    assert "not there" in why["S-0001"]


def test_deleting_an_object_takes_its_line(tmp_path: Path) -> None:
    path = tmp_path / "list.ndjson"
    path.write_bytes(b'{"id":1}\r\nno json\r\n{"id":2}')
    assert carry_out(tmp_path, [step({"id": "2"}, place="list.ndjson")])[0] == [Result.DONE]
    assert path.read_bytes() == b'{"id":1}\r\nno json\r\n'


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_stop_before_the_file_is_replaced_leaves_the_old_one_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"id,name,note\n1,Ana,n\n2,Ben,n\n")
    before = path.read_bytes(), path.stat().st_ino

    def stopped(old: object, new: object) -> None:
        raise error

    monkeypatch.setattr(writing_splice.os, "replace", stopped)
    if isinstance(error, OSError):
        results, why = carry_out(tmp_path, [step(ANA, place="list.csv")])
        assert results == [Result.FAILED]
        assert "No space left" in why["S-0001"]
    else:
        with pytest.raises(KeyboardInterrupt):
            carry_out(tmp_path, [step(ANA, place="list.csv")])
    assert (path.read_bytes(), path.stat().st_ino) == before
    assert [one.name for one in tmp_path.iterdir()] == ["list.csv"]
    monkeypatch.undo()
    assert carry_out(tmp_path, [step(ANA, place="list.csv")])[0] == [Result.DONE]


def test_what_a_killed_run_left_is_swept(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"id,name,note\n1,Ana,n\n")
    (tmp_path / ".list.csv.0123456789ab.dsar-tmp").write_bytes(b"1,Ana,n\n")
    (tmp_path / ".other.csv.0123456789ab.dsar-tmp").write_bytes(b"x")
    assert carry_out(tmp_path, [step(ANA, place="list.csv")])[0] == [Result.DONE]
    assert sorted(one.name for one in tmp_path.iterdir()) == [".other.csv.0123456789ab.dsar-tmp", "list.csv"]


@pytest.mark.parametrize("same_size", [True, False])
def test_a_file_changed_meanwhile_is_not_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, same_size: bool
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"id,name,note\n1,Ana,n\n2,Ben,n\n")
    changed = b"id,name,note\n1,Ana,n\n2,Bob,n\n" if same_size else b"id,name,note\n1,Ana,n\n2,Ben,n\n3,Eve,n\n"
    copied = writing_splice._copied

    def meanwhile(*given: object) -> str:
        digest = copied(*given)  # type: ignore[arg-type]
        path.write_bytes(changed)
        return digest

    monkeypatch.setattr(writing_splice, "_copied", meanwhile)
    results, why = carry_out(tmp_path, [step(ANA, place="list.csv")])
    assert (results, path.read_bytes()) == ([Result.MOVED], changed)
    assert "changed by somebody else" in why["S-0001"]


def test_a_result_with_too_few_rows_never_replaces_the_file(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"id\n1\n2\n")
    with pytest.raises(writing_splice.Unwritable, match="rows"):
        writing_splice.splice(path, [], was=writing_splice.seen(path), rows=2, count=lambda one: 1)
    assert path.read_bytes() == b"id\n1\n2\n"


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    real = tmp_path / "deep" / "real.csv"
    real.write_bytes(b"id,name,note\n1,Ana,n\n")
    (tmp_path / "list.csv").symlink_to(real)
    assert carry_out(tmp_path, [step(ANA, place="list.csv")])[0] == [Result.DONE]
    assert (tmp_path / "list.csv").is_symlink()
    assert real.read_bytes() == b"id,name,note\n"


def test_a_settings_encoding_and_delimiter_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("id^name^note\n1^Ana^n\n2^Łukasz^n\n".encode("cp1250"))
    todo = [step(ANA, {"name": "Łucja"}, place="list.csv")]
    assert carry_out(tmp_path, todo, encoding="cp1250", delimiter="^")[0] == [Result.DONE]
    assert path.read_bytes() == "id^name^note\n1^Łucja^n\n2^Łukasz^n\n".encode("cp1250")


def failed(home: Path, raw: bytes, **options: str) -> str:
    """Why nothing is deleted from a file of these bytes, which stay."""
    path = home / "list.csv"
    path.write_bytes(raw)
    results, why = carry_out(home, [step(ANA, place="list.csv")], **options)
    assert (results, path.read_bytes()) == ([Result.FAILED], raw)
    return why["S-0001"]


def test_a_file_that_cannot_be_taken_apart_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = "\ufeffid,name,note\n1,Ana,n\n".encode("utf-16-le")
    assert "not in its character set" in failed(tmp_path, wide + b"\x00\xd8")
    monkeypatch.setattr(writing_rows, "_MAX_WHOLE", 20)
    assert "too large" in failed(tmp_path, wide)
    monkeypatch.setattr(writing_rows, "MAX_LINE", 12)
    assert "far too long" in failed(tmp_path, b"id,name,note\n1,Ana,n\n")


def test_a_heading_with_broken_marks_is_left(tmp_path: Path) -> None:
    assert "heading" in failed(tmp_path, b'id,"na"me,note\n1,Ana,n\n')


def test_wide_characters_without_a_mark_are_kept_where_the_settings_name_them(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("id,name,note\n1,Ana,n\n2,Łu,n\n".encode("utf-16-le"))
    todo = [step(ANA, {"name": "Łu"}, place="list.csv")]
    assert carry_out(tmp_path, todo, encoding="utf-16-le") == ([Result.DONE], {})
    assert path.read_bytes() == "id,name,note\n1,Łu,n\n2,Łu,n\n".encode("utf-16-le")


def test_a_file_of_headings_or_of_nothing_holds_no_record(tmp_path: Path) -> None:
    for raw in (b"id,name,note\n", b"", b"\n\n"):
        (tmp_path / "list.csv").write_bytes(raw)
        assert carry_out(tmp_path, [step(ANA, place="list.csv")])[0] == [Result.ALREADY]


def test_a_file_changed_between_reading_and_copying_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"id\n1\n2\n")
    was = writing_splice.seen(path)
    path.write_bytes(b"id\n1\n3\n")
    with pytest.raises(writing_splice.Meanwhile):
        writing_splice.splice(path, [writing_splice.Edit(start=3, end=5)], was=was, rows=1, count=lambda one: 1)
    assert path.read_bytes() == b"id\n1\n3\n"


CELL = st.text(st.sampled_from('ab ,;"\n\r\té1\x0b\u2028'), max_size=6)
ROW = st.tuples(st.sampled_from(["1", "2", "3"]), CELL, CELL)


@given(
    rows=st.lists(ROW, min_size=1, max_size=8),
    end=st.sampled_from(["\n", "\r\n"]),
    always=st.booleans(),
    mark=st.booleans(),
    new=st.one_of(st.none(), CELL),
    delete=st.booleans(),
)
def test_a_splice_is_what_rewriting_the_whole_table_would_be(
    rows: list[tuple[str, str, str]], end: str, always: bool, mark: bool, new: str | None, delete: bool
) -> None:
    def text(some: list[tuple[str, ...]]) -> str:
        def cell(value: str) -> str:
            marked = always or any(sign in value for sign in ',"\r\n')
            return '"' + value.replace('"', '""') + '"' if marked else value

        return "".join(",".join(map(cell, row)) + end for row in some)

    head = ("id", "name", "note")
    target = rows[0]
    before = dict(zip(head, target, strict=True))
    todo = step(before, None if delete else {"name": new}, place="list.csv")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        bom = b"\xef\xbb\xbf" if mark else b""
        path.write_bytes(bom + text([head, *rows]).encode())
        results: list[Result] = []
        FileWriter(settings("list.csv"), Path(folder)).apply([todo], done=lambda _, result: results.append(result))
        made = path.read_bytes()
    if delete:
        assert results == [Result.DONE]
        assert made == bom + text([head, *(row for row in rows if row != target)]).encode()
        return
    same_name = [row for row in rows if row[0] == target[0] and row[1] == target[1]]
    expected = [(row[0], new or "", row[2]) if row in same_name else row for row in rows]
    assert results == [Result.ALREADY if target[1] == (new or "") else Result.DONE]
    assert made.startswith(bom)
    read = list(csv.reader(io.StringIO(made.removeprefix(bom).decode(), newline=""), strict=True))
    assert [tuple(row) for row in read] == [head, *expected]
    for row in rows:
        if row not in same_name:
            assert text([row]).encode() in made
