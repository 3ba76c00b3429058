"""CSV and JSON lines: what cannot be read is told with file and line, what is missing fails."""

from __future__ import annotations

import json

import pytest

from dsar.case.identifiers import Identifier
from dsar.case.records import Record
from dsar.sources.interface import Source, SourceFailed, Why
from dsar.sources.search import search
from tests.sources.office import Office, field, kind_of, record_set, source_file, who

ANA = who("email", "ana@example.com")


def described(office: Office, path: str, *, kind: str = "csv", name: str = "email", more: str = "") -> Source:
    fields = field(name, *kind_of("email")), field("note", "text = true")
    office.describe("calls", source_file(record_set("calls", *fields), kind=kind, path=path, more=more))
    return office.source("calls")


def found(source: Source, *identifiers: Identifier) -> list[Record]:
    return list(source.find(source.settings.record_sets[0], identifiers or [ANA]))


def told(source: Source) -> list[tuple[str, int]]:
    return [(problem.file, problem.line) for problem in source.problems]


def test_a_broken_row_is_told_and_the_others_are_read(office: Office) -> None:
    text = "id,email,note\n1,ana@example.com,a\n2,ana@example.com\n3,ana@example.com,c,more\n4,x@x.example,d\n"
    (office.home / "data" / "calls.csv").write_text(text, encoding="utf-8")
    source = described(office, "data/calls.csv")
    assert [record.key for record in found(source)] == ["1", "2", "3"]
    assert told(source) == [("calls.csv", 3), ("calls.csv", 4)]
    (answer,) = search([source], [ANA]).answers
    assert (answer.found, len(answer.problems), answer.says) == (3, 2, "2 places could not be read as they should.")


def test_what_stands_beyond_the_last_heading_is_searched_as_prose(office: Office) -> None:
    text = "id,email,note\n1,x@x.example,d,ana@example.com\n"
    (office.home / "data" / "calls.csv").write_text(text, encoding="utf-8")
    (record,) = found(described(office, "data/calls.csv"))
    assert [(match.field, match.how) for match in record.matched] == [("(surplus)", "text")]


def test_a_broken_line_of_json_is_told(office: Office) -> None:
    lines = [json.dumps({"id": n, "email": "ana@example.com", "note": ""}) for n in (1, 2)]
    (office.home / "data" / "calls.jsonl").write_text("\n".join([lines[0], "{broken", lines[1]]), encoding="utf-8")
    source = described(office, "data/calls.jsonl", kind="jsonl")
    assert [(record.key, record.place) for record in found(source)] == [
        ("1", "calls.jsonl line 1"),
        ("2", "calls.jsonl line 3"),
    ]
    assert told(source) == [("calls.jsonl", 2)]


def test_fields_inside_others_are_found_and_taken_apart(office: Office) -> None:
    row = {
        "id": 1,
        "user": {"email": "Ana@Example.com", "tags": ["a", "b"], "age": 7, "gone": None},
        "other": {"k": "v"},
    }
    (office.home / "data" / "calls.jsonl").write_text(json.dumps(row), encoding="utf-8")
    (record,) = found(described(office, "data/calls.jsonl", kind="jsonl", name="user.email"))
    assert dict(record.values) == {
        "id": "1", "other": '{"k":"v"}', "user.email": "Ana@Example.com", "user.tags": '["a","b"]', "user.age": "7",
        "user.gone": "",
    }  # fmt: skip


def test_an_object_of_another_shape_does_not_stop_the_search(office: Office) -> None:
    rows = [{"id": 1, "user": {"email": "ana@example.com"}}, {"id": 2, "user": "ana"}, {"id": 3}]
    (office.home / "data" / "calls.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    source = described(office, "data/calls.jsonl", kind="jsonl", name="user.email")
    assert [record.key for record in found(source)] == ["1"]


def test_a_pattern_names_every_file_and_each_is_named_in_turn(office: Office) -> None:
    for month in ("01", "02"):
        folder = office.home / "data" / "2026"
        folder.mkdir(exist_ok=True)
        (folder / f"calls-{month}.csv").write_text(f"id,email,note\n{month},ana@example.com,\n", encoding="utf-8")
    places = [record.place for record in found(described(office, "data/**/calls-*.csv"))]
    assert places == ["calls-01.csv line 2", "calls-02.csv line 2"]


def test_a_workspace_whose_name_looks_like_a_pattern_is_only_a_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("desk") / "[a]*"
    home.mkdir()
    office = Office(home)
    (home / "data" / "calls-1.csv").write_text("id,email,note\n1,ana@example.com,\n", encoding="utf-8")
    assert [record.key for record in found(described(office, "data/calls-*.csv"))] == ["1"]


def test_one_file_without_the_column_fails_the_record_set(office: Office) -> None:
    (office.home / "data" / "a.csv").write_text("id,email,note\n1,ana@example.com,\n", encoding="utf-8")
    (office.home / "data" / "b.csv").write_text("id,e-mail,note\n2,ana@example.com,\n", encoding="utf-8")
    source = described(office, "data/*.csv")
    with pytest.raises(SourceFailed, match=r'b\.csv has no column "email"\. Did you mean "e-mail"'):
        found(source)
    (answer,) = search([source], [ANA]).answers
    assert (answer.state, answer.why, answer.found, answer.records) == ("failed", "broken", 0, ())


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x00\x01\x02"])
def test_an_empty_or_binary_export_is_not_an_empty_answer(office: Office, content: bytes) -> None:
    (office.home / "data" / "calls.csv").write_bytes(content)
    with pytest.raises(SourceFailed) as failed:
        found(described(office, "data/calls.csv"))
    assert failed.value.why in (Why.UNREADABLE, Why.BROKEN)


def test_a_file_with_headings_and_no_rows_holds_nothing(office: Office) -> None:
    (office.home / "data" / "calls.csv").write_text("id,email,note\n", encoding="utf-8")
    assert found(described(office, "data/calls.csv")) == []


def test_objects_without_any_field_to_search_by_fail(office: Office) -> None:
    (office.home / "data" / "calls.jsonl").write_text('{"id": 1, "mail": "ana@example.com"}\n', encoding="utf-8")
    with pytest.raises(SourceFailed, match="none of the fields to search by"):
        found(described(office, "data/calls.jsonl", kind="jsonl"))


def test_the_settings_may_name_encoding_and_delimiter(office: Office) -> None:
    content = "id;email;note\n1;ana@example.com;Zo\u00eb\n".encode("utf-16")
    (office.home / "data" / "calls.csv").write_bytes(content)
    source = described(office, "data/calls.csv", more='encoding = "utf-16"\ndelimiter = ";"')
    assert [record.values["note"] for record in found(source)] == ["Zo\u00eb"]
    assert source.problems == []


def test_a_file_of_another_ending_is_refused(office: Office) -> None:
    (office.home / "data" / "calls.txt").write_text("id,email,note\n", encoding="utf-8")
    with pytest.raises(SourceFailed, match=r"calls\.txt is none of \.csv"):
        found(described(office, "data/calls.txt"))


def test_rows_without_a_key_are_told_apart_by_their_line(office: Office) -> None:
    text = "id,email,note\n,ana@example.com,same\n,ana@example.com,same\n,ana@example.com,other\n"
    (office.home / "data" / "calls.csv").write_text(text, encoding="utf-8")
    (answer,) = search([described(office, "data/calls.csv")], [ANA]).answers
    assert [record.key for record in answer.records] == ["calls.csv line 2", "calls.csv line 3", "calls.csv line 4"]
