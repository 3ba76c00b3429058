"""A colleague as a source: asked with the least there is, and their answer read whole or not at all."""

from __future__ import annotations

from datetime import date

import pytest

from dsar.case.identifiers import Holder, Identifier
from dsar.case.records import Record
from dsar.errors import InputWrong
from dsar.sources.interface import AnswerAwaited, Problem
from dsar.sources.person import PersonSource, answered, least
from tests.sources.office import Office, field, record_set, source_file, who


def tapes(office: Office) -> PersonSource:
    one = record_set("tapes", field("day"), field("seen", "text = true"), key="day")
    office.describe("cctv", source_file(one, kind="person", path="", more='ask = "sam"\nanswer_days = 3'))
    source = office.source("cctv")
    assert isinstance(source, PersonSource)
    return source


def filed(office: Office, name: str, content: str | bytes, problems: list[Problem] | None = None) -> list[Record]:
    source = tapes(office)
    file = office.home / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(answered(source.settings, source.settings.record_sets[0], file, problems=problems))


def test_a_person_is_never_searched(office: Office) -> None:
    source = tapes(office)
    with pytest.raises(AnswerAwaited, match="sam has to look"):
        source.find(source.settings.record_sets[0], [who("email", "ana@example.com")])
    assert (source.ask, source.answer_days, source.test().rows) == ("sam", 3, {})


def test_a_colleague_is_given_one_identifier_an_email_if_there_is_one() -> None:
    email, phone = who("email", "ana@example.com"), who("phone", "+14155550100")
    old = who("email", "old@example.com", until=date(2020, 1, 1))
    shared = who("email", "info@example.com", holder=Holder.SHARED)
    assert least([phone, shared, old, email]) == email
    assert least([phone, shared]) == phone
    assert least([shared, Identifier(kind="name", value="ana ruiz")]) is None


def test_a_table_becomes_records_with_keys_of_their_own(office: Office) -> None:
    records = filed(office, "answer.csv", "day,seen\n2026-01-01,at the door\n,at the gate\n")
    assert [(record.key, record.place, record.matched) for record in records] == [
        ("2026-01-01", "answer.csv line 2", ()),
        ("answer.csv line 3", "answer.csv line 3", ()),
    ]


def test_a_workbook_is_read_like_a_table(office: Office) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["day", "seen"])
    book.active.append(["2026-01-01", "at the door"])
    book.save(office.home / "answer.xlsx")
    source = tapes(office)
    (record,) = answered(source.settings, source.settings.record_sets[0], office.home / "answer.xlsx")
    assert dict(record.values) == {"day": "2026-01-01", "seen": "at the door"}


def test_a_text_is_one_record_in_the_field_of_prose(office: Office) -> None:
    (first,) = filed(office, "answer.txt", "Seen at the door.\nTwice.")
    (second,) = filed(office, "answer.txt", "Seen at the gate.")
    assert (dict(first.values), first.place) == ({"seen": "Seen at the door.\nTwice."}, "answer.txt")
    assert first.key.startswith("sha256:")
    assert first.key != second.key


def test_a_table_of_something_else_is_not_filed(office: Office) -> None:
    with pytest.raises(InputWrong, match="none of the columns described for tapes: day, seen"):
        filed(office, "answer.csv", "a,b\n1,2\n")


def test_a_table_with_faults_is_refused_or_told(office: Office) -> None:
    ragged = "day,seen\n2026-01-01\n"
    with pytest.raises(InputWrong, match="1 problems, the first at line 2"):
        filed(office, "answer.csv", ragged)
    problems: list[Problem] = []
    assert len(filed(office, "answer.csv", ragged, problems)) == 1
    assert [(problem.file, problem.line) for problem in problems] == [("answer.csv", 2)]


@pytest.mark.parametrize("content", [b"%PDF-1.7\n\x00", b"PK\x03\x04\x00", b"", b"\x00\x01\x02"])
def test_what_is_no_text_is_not_filed(office: Office, content: bytes) -> None:
    with pytest.raises(InputWrong, match="Nothing was filed"):
        filed(office, "answer.pdf", content)


def test_a_file_that_is_not_there_is_said_so(office: Office) -> None:
    source = tapes(office)
    for name in ("gone.txt", "gone.csv"):
        with pytest.raises(InputWrong, match="could not be read"):
            list(answered(source.settings, source.settings.record_sets[0], office.home / name))
