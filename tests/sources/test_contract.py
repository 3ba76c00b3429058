"""Every searchable kind of source keeps the same promises, on the same people written in each of their formats."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from dsar.sources.interface import SourceFailed, Why
from dsar.sources.registry import kinds
from tests.sources import promises
from tests.sources.more_kinds import MORE_WRITERS, OBJECTS
from tests.sources.office import Office, who
from tests.sources.people import WRITERS as FIRST_WRITERS
from tests.sources.people import Held
from tests.sources.promises import found

# Kinds that a server, a program or a person answers for; their tests run the same promises.
ELSEWHERE = {"person"}
WRITERS = {**FIRST_WRITERS, **MORE_WRITERS}


@pytest.fixture(params=list(WRITERS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def write(office: Office, kind: str) -> Path:
    """The people, in the format of this kind."""
    return held(office, kind).path


def held(office: Office, kind: str) -> Held:
    return WRITERS[kind](office)


def test_the_suite_knows_every_kind_there_is() -> None:
    assert set(kinds()) == {*WRITERS, *ELSEWHERE}


def test_an_email_is_found_in_any_case_and_in_prose(office: Office, kind: str) -> None:
    write(office, kind)
    promises.email_in_any_case_and_in_prose(office.source("people"), mail=kind == "mailbox")


@pytest.mark.parametrize("spelling", promises.SPELLINGS)
def test_a_number_is_found_in_every_spelling(office: Office, kind: str, spelling: str) -> None:
    write(office, kind)
    promises.number_in_every_spelling(office.source("people"), spelling, mail=kind == "mailbox")


def test_several_identifiers_are_searched_at_once(office: Office, kind: str) -> None:
    write(office, kind)
    promises.several_at_once(office.source("people"))


def test_nothing_held_is_an_empty_answer(office: Office, kind: str) -> None:
    write(office, kind)
    promises.nothing_held_is_an_empty_answer(office.source("people"))


def test_a_name_alone_finds_nothing(office: Office, kind: str) -> None:
    write(office, kind)
    promises.name_alone_finds_nothing(office.source("people"))


@pytest.mark.parametrize("raw", promises.HOSTILE)
def test_a_hostile_identifier_finds_no_one(office: Office, kind: str, raw: str) -> None:
    path = write(office, kind)
    before = path.read_bytes()
    promises.hostile_identifier_finds_no_one(office.source("people"), raw)
    assert path.read_bytes() == before


def test_hostile_content_comes_back_as_it_is_stored(office: Office, kind: str) -> None:
    write(office, kind)
    promises.hostile_content_comes_back(office.source("people"), "body" if kind == "mailbox" else "note")


def test_searching_changes_no_byte(office: Office, kind: str) -> None:
    path = write(office, kind)
    path.chmod(0o500)
    before = hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns
    assert found(office.source("people"), who("email", "ana@example.com"))
    assert (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) == before
    assert sorted(one.name for one in path.parent.iterdir()) == [path.name]


def test_a_missing_file_is_a_failure_not_an_empty_answer(office: Office, kind: str) -> None:
    write(office, kind).unlink()
    source = office.source("people")
    with pytest.raises(SourceFailed, match=r"there is no file|nothing at this address") as failed:
        found(source, who("email", "ana@example.com"))
    assert failed.value.why is Why.MISSING
    with pytest.raises(SourceFailed):
        source.test()


def test_a_file_of_another_kind_is_a_failure(office: Office, kind: str) -> None:
    write(office, kind).write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 20)
    with pytest.raises(SourceFailed) as failed:
        found(office.source("people"), who("email", "ana@example.com"))
    assert failed.value.why in (Why.UNREADABLE, Why.BROKEN)
    assert "ana@" not in str(failed.value)


def test_a_settings_error_is_a_failure_that_names_the_column(office: Office, kind: str) -> None:
    write(office, kind)
    path = office.home / "sources" / "people.toml"
    wrong = path.read_text(encoding="utf-8").replace('name = "email"', 'name = "emial"').replace('"from"', '"form"')
    path.write_text(wrong, encoding="utf-8")
    if kind in OBJECTS:
        # an object may leave out a field, so one missing field is no fault there
        assert found(office.source("people"), who("email", "ana@example.com")).keys() == {"10"}
        return
    with pytest.raises(SourceFailed, match="Did you mean") as failed:
        found(office.source("people"), who("email", "ana@example.com"))
    assert failed.value.why is Why.BROKEN


def test_the_trial_counts_rows(office: Office, kind: str) -> None:
    write(office, kind)
    promises.trial_counts_rows(office.source("people"))


def test_every_record_says_where_it_stands(office: Office, kind: str) -> None:
    line = held(office, kind).line
    record = found(office.source("people"), who("email", "ben@example.com"))["7"]
    assert record.place == line.format(id=7, below=8)
