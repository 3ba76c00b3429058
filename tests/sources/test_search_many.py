"""Many people searched together are each found exactly as if searched for alone, and each source is read once."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.case.identifiers import Holder, Identifier
from dsar.case.records import Match, Record, RecordSet
from dsar.sources import interface
from dsar.sources.answers import Answer, SearchResult, State
from dsar.sources.search import Subject, search, search_many
from tests.sources.office import Office, field, kind_of, record_set, source_file, who

EMITS = "emits = true"
EMAILS = ("ana@x.example", "ANA@X.example ", "Ben <ben@x.example>", "ben@x.example", "c@x.example; ana@x.example", "")
PHONES = ("+14155550100", "(415) 555-0100", "001 415 555 0101", "4155550101, 415-555-0100", "4930123456", "")
NAMES = ("ana_1", "ben_2", "")
DAYS = ("2024-05-01", "2025-05-01", "")
NOTES = ("", "ask ana@x.example", "ring 415 555 0101 or ben_2", "+49 30 123456")
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "email": st.sampled_from(EMAILS),
            "other": st.sampled_from(EMAILS),
            "phone": st.sampled_from(PHONES),
            "since": st.sampled_from(DAYS),
            "login": st.sampled_from(NAMES),
            "shared": st.sampled_from(PHONES),
        }
    ),
    min_size=1,
    max_size=7,
)
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "email": st.sampled_from(EMAILS),
            "phone": st.sampled_from(PHONES),
            "login": st.sampled_from(NAMES),
            "at": st.sampled_from(DAYS),
            "note": st.sampled_from(NOTES),
        }
    ),
    min_size=1,
    max_size=7,
)
ONE = st.one_of(
    st.sampled_from(["ana@x.example", "ben@x.example", "C@x.example"]).map(lambda raw: who("email", raw)),
    st.sampled_from(["+1 415 555 0100", "415 555 0101", "+49 30 123456"]).map(lambda raw: who("phone", raw)),
    st.sampled_from(["+1 415 555 0100", "415 555 0101"]).map(
        lambda raw: who("phone", raw, since=date(2025, 1, 1), until=date(2025, 12, 31))
    ),
    st.sampled_from(["ana_1", "ben_2"]).map(lambda raw: who("username", raw)),
    st.just(who("phone", "415 555 0100", holder=Holder.SHARED)),
)
SUBJECTS = st.lists(st.lists(ONE, max_size=3), min_size=1, max_size=5)


def firm(home: Path, people: Sequence[dict[str, str]], events: Sequence[dict[str, str]]) -> Office:
    """People in a database who lead to each other, and what they did in a file and in a database."""
    office = Office(home)
    office.database(
        "crm.sqlite",
        {
            "people": [{"id": str(number), **one} for number, one in enumerate(people)],
            "events": [{"id": str(number), **one} for number, one in enumerate(events)],
        },
    )
    with (home / "data" / "events.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["id", *events[0]])
        writer.writeheader()
        writer.writerows({"id": str(number), **one} for number, one in enumerate(events))
    fields = (
        field("email", *kind_of("email")),
        field("phone", *kind_of("phone")),
        field("login", *kind_of("username")),
        field("note", "text = true"),
    )
    office.describe(
        "crm",
        source_file(
            record_set(
                "people",
                field("email", *kind_of("email", EMITS)),
                field("other", *kind_of("email", EMITS)),
                field("phone", *kind_of("phone", EMITS, 'since = "since"')),
                field("shared", *kind_of("phone", EMITS, 'holder = "shared"')),
                field("login", *kind_of("username", EMITS)),
                field("since"),
            ),
            record_set("events", *fields, field("at"), more='time = "at"'),
        ),
    )
    office.describe(
        "file",
        source_file(record_set("events", *fields, field("at"), more='time = "at"'), kind="csv", path="data/events.csv"),
    )
    return office


def plain(result: SearchResult) -> object:
    """A result without the time it took and the order in which records came."""
    answers = []
    for one in result.answers:
        records = {
            (record.key, record.place, *record.values.items(), *sorted(map(repr, record.matched)))
            for record in one.records
        }
        answers.append((replace(one, seconds=0, records=()), records))
    return answers, set(result.followed), set(result.not_followed), result.incomplete, set(result.unclear)


@settings(deadline=None, max_examples=40)
@given(people=PEOPLE, events=EVENTS, subjects=SUBJECTS)
def test_together_is_the_same_as_one_by_one(
    people: list[dict[str, str]], events: list[dict[str, str]], subjects: list[list[Identifier]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        office = firm(Path(folder), people, events)
        sources = office.sources()
        together = search_many(sources, {str(n): Subject(identifiers=own) for n, own in enumerate(subjects)}, fan_out=3)
        for number, own in enumerate(subjects):
            assert plain(together[str(number)]) == plain(search(sources, own, fan_out=3))


class Counted:
    """A source that counts how often each record set is read."""

    def __init__(self, inner: interface.Source) -> None:
        self.inner, self.settings, self.problems = inner, inner.settings, inner.problems
        self.read: list[str] = []

    def test(self) -> interface.Tested:
        return self.inner.test()

    def find(self, record_set: RecordSet, identifiers: Sequence[Identifier]) -> Iterator[Record]:
        self.read.append(record_set.name)
        yield from self.inner.find(record_set, identifiers)


@pytest.fixture
def chain(tmp_path: Path) -> Office:
    """Twenty people, each with a second address that stands on a second record, and a call each."""
    blank = {"since": "", "login": "", "shared": "", "phone": ""}
    people = [{"email": f"p{n}@x.example", "other": f"q{n}@x.example", **blank} for n in range(20)]
    people += [{"email": f"q{n}@x.example", "other": f"p{n}@x.example", **blank} for n in range(20)]
    events = [{"email": f"q{n}@x.example", "phone": "", "login": "", "at": "", "note": ""} for n in range(20)]
    return firm(tmp_path, people, events)


def crowd() -> dict[str, Subject]:
    return {str(n): Subject(identifiers=[who("email", f"p{n}@x.example")]) for n in range(20)}


def test_each_record_set_is_read_once_a_round_for_everybody(chain: Office) -> None:
    counted = [Counted(source) for source in chain.sources()]
    found = search_many(counted, crowd())
    assert {name: read.read for name, read in zip(("crm", "file"), counted, strict=True)} == {
        "crm": ["people", "people", "events"],
        "file": ["events"],
    }
    for number, result in found.items():
        assert [[record.key for record in one.records] for one in result.answers] == [
            [number, str(int(number) + 20)], [number], [number]
        ]  # fmt: skip


def test_a_row_may_be_two_peoples(chain: Office) -> None:
    people = {name: Subject(identifiers=[who("email", "q3@x.example")]) for name in ("one", "two")}
    found = search_many(chain.sources(), people)
    assert plain(found["one"]) == plain(found["two"])
    assert [one.found for one in found["two"].answers] == [2, 1, 1]


def test_each_record_set_is_settled_once_after_what_was_followed(chain: Office) -> None:
    told: list[object] = []

    def settled(answers: object) -> None:
        assert isinstance(answers, dict)
        first: Answer = answers["0"]
        told.append((f"{first.source} {first.record_set.name}", len(answers), len(list(first.written()))))

    found = search_many(
        chain.sources(),
        crowd(),
        followed=lambda each: told.append([one.value for one in each["7"]]),
        settled=settled,
        keep_records=False,
    )
    assert told == [["q7@x.example"], ("crm people", 20, 2), ("crm events", 20, 1), ("file events", 20, 1)]
    assert [(len(one.records), one.found) for one in found["7"].answers] == [(0, 2), (0, 1), (0, 1)]


def test_a_source_that_fails_leaves_the_others_for_everybody(chain: Office) -> None:
    (chain.home / "data" / "events.csv").unlink()
    found = search_many(chain.sources(), crowd())
    for result in found.values():
        assert [one.state for one in result.answers] == [State.SEARCHED, State.SEARCHED, State.FAILED]


def test_people_may_be_searched_in_different_sources(chain: Office) -> None:
    people = {
        "file": Subject(identifiers=[who("email", "q1@x.example")], sources={"file"}),
        "all": Subject(identifiers=[who("email", "q1@x.example")]),
    }
    found = search_many(chain.sources(), people)
    assert [one.source for one in found["file"].answers] == ["file"]
    assert [one.found for one in found["all"].answers] == [2, 1, 1]
    assert found["file"].followed == ()


def test_nobody_at_all_reads_nothing(chain: Office) -> None:
    counted = [Counted(source) for source in chain.sources()]
    assert search_many(counted, {}) == {}
    assert [one.read for one in counted] == [[], []]


def test_where_an_answer_does_not_say_for_whom_it_is_each_is_asked_for_alone(chain: Office) -> None:
    path = chain.home / "sources" / "file.toml"
    text = path.read_text(encoding="utf-8").replace(
        "[[record_set]]", '[source.options]\nexact = "true"\n[[record_set]]', 1
    )
    path.write_text(text, encoding="utf-8")
    counted = [Counted(source) for source in chain.sources()]
    search_many(counted, crowd())
    assert [one.read for one in counted] == [["people", "people", "events"], ["events"] * 20]


class Naming(Counted):
    """A source that says itself for whom a record is, whatever is written in it."""

    def find(self, record_set: RecordSet, identifiers: Sequence[Identifier]) -> Iterator[Record]:
        named = Match(field="for", kind="email", value="p1@x.example", how="exact")
        yield Record(key="1", values={"email": "q2@x.example"}, matched=(named,))


def test_what_a_source_names_itself_is_theirs_and_theirs_whose_address_stands_in_it(chain: Office) -> None:
    people = {
        name: Subject(identifiers=[who("email", f"{name}@x.example")], sources={"file"}) for name in ("p1", "q2", "q3")
    }
    found = search_many([Naming(chain.source("file"))], people)
    fields = {
        name: [[match.field for match in record.matched] for one in result.answers for record in one.records]
        for name, result in found.items()
    }
    assert fields == {"p1": [["for"]], "q2": [["email"]], "q3": []}
