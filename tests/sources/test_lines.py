"""Log files: taken apart by a pattern, searched whole where it does not fit, and never searched without end."""

from __future__ import annotations

import gzip

import pytest

from dsar.case.identifiers import Identifier
from dsar.case.records import Record
from dsar.sources.interface import Source, SourceFailed, Why
from tests.sources.office import ROLE, Office, field, kind_of, source_file, who

ANA = who("email", "ana@example.com")
LOG = """\
2026-01-02 03:04:05 INFO login user=ana@example.com ip=192.0.2.7
2026-01-02 03:04:06 INFO login user=ben@example.com ip=192.0.2.8
"""
PATTERN = r"^(?P<day>\S+) \S+ (?P<level>\w+) .*user=(?P<user>\S+)"


def described(office: Office, path: str, *fields: str, options: str = "", more: str = "") -> Source:
    described = fields or (field("user", *kind_of("email")), field("line", "text = true"))
    one = "\n".join(["[[record_set]]", 'name = "log"', 'title = "Log"', more, ROLE, *described])
    office.describe("log", source_file(one, kind="lines", path=path, more=options))
    return office.source("log")


def by_pattern(pattern: str = PATTERN, begins: str = "") -> str:
    return f"options = {{ pattern = '{pattern}'" + (f", begins = '{begins}'" if begins else "") + " }"


def found(source: Source, *identifiers: Identifier) -> list[Record]:
    return list(source.find(source.settings.record_sets[0], identifiers or [ANA]))


def test_named_groups_become_fields(office: Office) -> None:
    (office.home / "data" / "app.log").write_text(LOG, encoding="utf-8")
    (record,) = found(described(office, "data/app.log", options=by_pattern(), more='time = "day"'))
    assert dict(record.values) == {
        "day": "2026-01-02", "level": "INFO", "user": "ana@example.com", "line": LOG.splitlines()[0],
    }  # fmt: skip
    assert record.place == "app.log line 1"
    assert {(match.field, match.how) for match in record.matched} == {("user", "exact"), ("line", "text")}


def test_without_a_pattern_whole_lines_are_searched_as_prose(office: Office) -> None:
    text = "call from (415) 555-0100 to +1 415 555 0199\n\nno one here\n"
    (office.home / "data" / "app.log").write_text(text, encoding="utf-8")
    source = described(office, "data/app.log", field("line", "text = true"))
    assert [(record.place, record.matched[0].how) for record in found(source, who("phone", "+1 415 555 0100"))] == [
        ("app.log line 1", "text")
    ]
    assert source.test().rows == {"log": 2}


def test_a_line_that_does_not_fit_is_told_and_searched_all_the_same(office: Office) -> None:
    text = LOG + "panic: could not write to ana@example.com\nanother\n"
    (office.home / "data" / "app.log").write_text(text, encoding="utf-8")
    source = described(office, "data/app.log", field("user", *kind_of("email")), options=by_pattern())
    assert [record.place for record in found(source)] == ["app.log line 1", "app.log line 3"]
    assert [(problem.file, problem.line) for problem in source.problems] == [("app.log", 3)]
    assert source.problems[0].says.startswith("2 records from here on do not fit")


def test_records_of_several_lines_are_one_record_each(office: Office) -> None:
    text = (
        "2026-01-02 a ERROR user=x@x.example\n  trace line\n  for ana@example.com\n2026-01-03 b INFO user=y@x.example\n"
    )
    (office.home / "data" / "app.log").write_text(text, encoding="utf-8")
    source = described(office, "data/app.log", options=by_pattern(begins=r"\d{4}-\d\d-\d\d "))
    (record,) = found(source)
    assert record.values["line"].count("\n") == 2
    assert source.test().rows == {"log": 2}


def test_a_record_without_end_is_cut_and_told(office: Office) -> None:
    text = "2026-01-02 begin\n" + "more\n" * 5_000 + "ana@example.com\n"
    (office.home / "data" / "app.log").write_text(text, encoding="utf-8")
    options = "options = { begins = '2026' }"
    source = described(office, "data/app.log", field("line", "text = true"), options=options)
    assert len(found(source)) == 1
    assert source.problems
    assert all("far too long" in problem.says for problem in source.problems)


def test_rotated_files_are_searched_too_compressed_or_not(office: Office) -> None:
    (office.home / "data" / "app.log").write_text(LOG, encoding="utf-8")
    (office.home / "data" / "app.log.1").write_text(LOG, encoding="utf-8")
    (office.home / "data" / "app.log.2.gz").write_bytes(gzip.compress(LOG.encode()))
    source = described(office, "data/app.log*", options=by_pattern())
    assert [record.place.partition(" ")[0] for record in found(source)] == ["app.log", "app.log.1", "app.log.2.gz"]


def test_a_pattern_that_would_take_for_ever_elsewhere_ends(office: Office) -> None:
    # a backtracking engine would outlast the limit that every test has
    line = "user=" + "a" * 50_000 + "!\n"
    (office.home / "data" / "app.log").write_text(LOG + line, encoding="utf-8")
    assert (
        len(found(described(office, "data/app.log", options=by_pattern(r"^.*user=(?P<user>(\S+)+)$|^(a|aa)+$|x")))) <= 1
    )


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(?P<user>", "no pattern I can use"),
        ("(?=a)(?P<user>b)", "no pattern I can use"),
        (r"(?P<user>a)\1", "no pattern I can use"),
        ("(?P<user>(((a{1,900}){1,900}){1,900}))", "no pattern I can use"),
        ("a" * 3_000, "longer than"),
        ("(?P<uesr>a)", 'no group "user". Did you mean "uesr"'),
    ],
)
def test_a_wrong_pattern_is_a_sentence(office: Office, pattern: str, says: str) -> None:
    (office.home / "data" / "app.log").write_text(LOG, encoding="utf-8")
    with pytest.raises(SourceFailed) as failed:
        found(described(office, "data/app.log", options=by_pattern(pattern)))
    assert failed.value.why is Why.BROKEN
    assert says in failed.value.message


def test_a_pattern_that_fits_nothing_is_a_failure_not_an_empty_answer(office: Office) -> None:
    (office.home / "data" / "app.log").write_text(LOG, encoding="utf-8")
    with pytest.raises(SourceFailed, match=r"no line of app\.log fits the pattern"):
        found(described(office, "data/app.log", options=by_pattern("^nothing (?P<user>x)$")))


def test_what_is_not_text_is_not_searched_as_if_it_were(office: Office) -> None:
    (office.home / "data" / "app.log").write_bytes(b"\x7fELF\x00\x00 ana@example.com\n")
    with pytest.raises(SourceFailed, match="is not text"):
        found(described(office, "data/app.log", field("line", "text = true")))
