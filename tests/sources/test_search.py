"""The search follows one person through all sources and nobody else, and accounts for every record set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import pytest

from dsar.case.identifiers import Holder, Identifier
from dsar.case.records import Record, RecordSet
from dsar.errors import InputWrong
from dsar.sources import interface
from dsar.sources.answers import Answer, SearchResult, State
from dsar.sources.following import IN_TURN
from dsar.sources.matching import ORGANISATION, SHARED
from dsar.sources.search import search
from tests.sources.office import Office, field, kind_of, record_set, source_file, who

EMITS, NOT_OWN, COMMON = "emits = true", 'holder = "organisation"', 'holder = "shared"'


@pytest.fixture
def firm(office: Office) -> Office:
    """One organisation with five seats and one switchboard; calls are made by seat or by number."""
    seats = [
        {"id": f"S{n}", "account": "A1", "email": f"{name}@firm.example", "direct": f"+1 415 555 010{n}",
         "switchboard": "+1 415 555 0000"}
        for n, name in enumerate(["ana", "ben", "carl", "dora", "eve"], start=1)
    ]  # fmt: skip
    calls = [{"id": f"C{n}", "seat": f"S{n}", "number": f"1415555010{n}", "at": "2025-03-01"} for n in range(1, 6)]
    calls.append({"id": "C6", "seat": "", "number": "+14155550000", "at": "2025-03-02"})
    accounts = [{"id": "A1", "billing": "+1 415 555 0000", "contact": "ana@firm.example", "owner": "boss@firm.example"}]
    office.database("crm.sqlite", {"seats": seats, "calls": calls, "accounts": accounts})
    office.describe(
        "crm",
        source_file(
            record_set(
                "accounts",
                field("id", *kind_of("account_id", EMITS)),
                field("billing", *kind_of("phone", EMITS)),
                field("contact", *kind_of("email", EMITS)),
                field("owner", *kind_of("email", EMITS)),
                more=NOT_OWN,
            ),
            record_set(
                "seats",
                field("id", *kind_of("username", EMITS)),
                field("account", *kind_of("account_id", EMITS, NOT_OWN)),
                field("email", *kind_of("email", EMITS)),
                field("direct", *kind_of("phone", EMITS)),
                field("switchboard", *kind_of("phone", EMITS, COMMON)),
            ),
            record_set("calls", field("seat", *kind_of("username")), field("number", *kind_of("phone"))),
        ),
    )
    return office


def answers(result: SearchResult) -> dict[str, Answer]:
    return {answer.record_set.name: answer for answer in result.answers}


def keys(result: SearchResult) -> dict[str, list[str]]:
    return {name: [record.key for record in answer.records] for name, answer in answers(result).items()}


def test_an_organisation_account_gives_one_seat_and_no_colleague(firm: Office) -> None:
    result = search(firm.sources(), [who("email", "Ana@Firm.example")])
    assert keys(result) == {"accounts": ["A1"], "seats": ["S1"], "calls": ["C1"]}
    assert {one.value for one in result.followed} == {"S1", "+14155550101"}
    assert {(one.value, why) for one, why in result.not_followed} == {
        ("A1", ORGANISATION), ("+14155550000", ORGANISATION), ("boss@firm.example", ORGANISATION)
    }  # fmt: skip
    assert {one.found_in for one in result.followed} == {"crm/seats"}


@pytest.mark.parametrize(("kind", "raw"), [("account_id", "A1"), ("phone", "+1 415 555 0000")])
def test_what_stands_for_the_organisation_picks_nobody_out(firm: Office, kind: str, raw: str) -> None:
    result = search(firm.sources(), [who(kind, raw)], only=["crm"])
    assert keys(result)["seats"] == []
    assert all(one.holder is not Holder.PERSON or one.kind == kind for one, _ in result.not_followed)
    if kind == "account_id":
        assert [(one.value, "stands for an organisation" in why) for one, why in result.not_followed] == [("A1", True)]
        assert answers(result)["calls"].why == "no_identifier"


def test_a_shared_number_is_not_followed(firm: Office) -> None:
    switchboard = who("phone", "+1 415 555 0000", holder=Holder.SHARED)
    result = search(firm.sources(), [who("email", "ben@firm.example"), switchboard])
    assert keys(result) == {"accounts": [], "seats": ["S2"], "calls": ["C2"]}
    assert (switchboard, SHARED) in result.not_followed


def test_a_number_the_request_calls_its_own_is_let_go_where_the_seat_says_it_is_shared(firm: Office) -> None:
    result = search(firm.sources(), [who("email", "ben@firm.example"), who("phone", "+1 415 555 0000")])
    assert keys(result) == {"accounts": [], "seats": ["S2"], "calls": ["C2"]}
    assert [(one.value, why) for one, why in result.not_followed if one.kind == "phone"] == [("+14155550000", SHARED)]


def test_a_number_that_proves_shared_on_the_way_is_let_go(office: Office) -> None:
    office.database(
        "crm.sqlite",
        {
            "seats": [{"id": "S1", "email": "ana@firm.example", "phone": "+1 415 555 0000"}],
            "lines": [{"id": "L1", "number": "+1 415 555 0000"}],
            "calls": [{"id": "C1", "number": "+14155550000"}],
        },
    )
    office.describe(
        "crm",
        source_file(
            record_set("seats", field("email", *kind_of("email")), field("phone", *kind_of("phone", EMITS))),
            record_set("lines", field("number", *kind_of("phone", EMITS)), more=COMMON),
            record_set("calls", field("number", *kind_of("phone"))),
        ),
    )
    result = search(office.sources(), [who("email", "ana@firm.example")])
    assert keys(result) == {"seats": ["S1"], "lines": [], "calls": []}
    assert [(one.value, why) for one, why in result.not_followed] == [("+14155550000", SHARED)]
    assert result.followed == ()


@pytest.fixture
def reassigned(office: Office) -> Office:
    """A number that Omar had until 2023 and Nora has since 2024, with calls of both."""
    number = "+1 415 555 0100"
    office.database(
        "crm.sqlite",
        {
            "numbers": [
                {"id": "N1", "number": number, "seat": "omar", "since": "2020-01-01", "until": "2023-12-31"},
                {"id": "N2", "number": number, "seat": "nora", "since": "2024-01-01", "until": None},
            ],
            "seats": [
                {"id": "omar", "email": "omar@example.com"},
                {"id": "nora", "email": "nora@example.com"},
            ],
            "calls": [
                {"id": "C1", "number": "14155550100", "at": "2022-05-05T10:00:00Z"},
                {"id": "C2", "number": "14155550100", "at": "2025-05-05T10:00:00Z"},
            ],
        },
    )
    seat = kind_of("username", EMITS)
    office.describe(
        "crm",
        source_file(
            record_set(
                "numbers",
                field("number", *kind_of("phone", EMITS, 'since = "since"', 'until = "until"')),
                field("seat", *seat),
            ),
            record_set("seats", field("id", *seat), field("email", *kind_of("email", EMITS))),
            record_set("calls", field("number", *kind_of("phone")), more='time = "at"'),
        ),
    )
    return office


def test_a_reassigned_number_counts_for_its_days_only(reassigned: Office) -> None:
    by_mail = search(reassigned.sources(), [who("email", "nora@example.com")])
    assert keys(by_mail) == {"numbers": ["N2"], "seats": ["nora"], "calls": ["C2"]}
    before = search(reassigned.sources(), [who("email", "omar@example.com")])
    assert keys(before) == {"numbers": ["N1"], "seats": ["omar"], "calls": ["C1"]}


def test_a_number_proven_for_a_period_finds_only_that_period(reassigned: Office) -> None:
    proven = who("phone", "415-555-0100", since=date(2024, 6, 1), until=date(2026, 1, 1))
    assert keys(search(reassigned.sources(), [proven])) == {"numbers": ["N2"], "seats": ["nora"], "calls": ["C2"]}


def test_the_period_of_a_number_is_learned_from_the_persons_own_record(reassigned: Office) -> None:
    result = search(reassigned.sources(), [who("phone", "415-555-0100"), who("email", "nora@example.com")])
    assert keys(result) == {"numbers": ["N2"], "seats": ["nora"], "calls": ["C2"]}
    assert (date(2024, 1, 1), "+14155550100") in {(one.since, one.value) for one in result.followed}
    assert result.unclear == ()


def test_a_number_of_two_people_in_turn_leads_to_neither(reassigned: Office) -> None:
    result = search(reassigned.sources(), [who("phone", "415-555-0100")])
    assert keys(result)["seats"] == []
    assert {one.value for one, why in result.not_followed if why == IN_TURN} >= {"omar", "nora"}
    assert [one.value for one in result.unclear] == ["+14155550100"]
    assert "several people held in turn" in answers(result)["numbers"].says


def test_a_date_that_could_be_two_days_is_told(reassigned: Office) -> None:
    reassigned.home.joinpath("data/crm.sqlite").unlink()
    tables = {
        "numbers": [{"id": "N", "number": "", "seat": "nora", "since": "03/04/2024", "until": ""}],
        "seats": [{"id": "nora", "email": "nora@example.com"}],
        "calls": [{"id": "C", "number": "", "at": ""}],
    }
    reassigned.database("crm.sqlite", tables)
    numbers = answers(search(reassigned.sources(), [who("email", "nora@example.com")]))["numbers"]
    assert [problem.says[:27] for problem in numbers.problems] == ['A date in "since" cannot be']


ROLES = """
[[record_set.role]]
role = "processor"
purpose = "carrying our customer's traffic"
until = 2024-12-31
customer = "customer"
[[record_set.role]]
role = "controller"
purpose = "billing"
since = 2025-01-01
"""
PROCESSOR = '[[record_set.role]]\nrole = "processor"\npurpose = "carrying traffic"\ncustomer = "customer"\n'


@pytest.mark.parametrize(
    ("roles", "state", "found", "excluded"), [(ROLES, "searched", 1, 2), (PROCESSOR, "excluded", 3, 3)]
)
def test_processor_data_is_counted_and_never_shown(
    office: Office, roles: str, state: str, found: int, excluded: int
) -> None:
    rows = [
        {"id": "1", "to": "+14155550100", "seat": "S-secret", "customer": "Clinic", "at": "2023-01-01"},
        {"id": "2", "to": "+14155550100", "seat": "S-secret", "customer": "Clinic", "at": "(no day)"},
        {"id": "3", "to": "+14155550100", "seat": "", "customer": "Bank", "at": "2025-06-01"},
    ]
    office.database("crm.sqlite", {"messages": rows})
    fields = field("to", *kind_of("phone")), field("seat", *kind_of("username", EMITS))
    office.describe("crm", source_file(record_set("messages", *fields, more='time = "at"', roles=roles)))
    result = search(office.sources(), [who("phone", "415 555 0100")])
    (answer,) = result.answers
    assert (answer.state, answer.found, answer.excluded) == (state, found, excluded)
    assert [record.key for record in answer.records] == (["3"] if state == "searched" else [])
    assert answer.customers == (("Clinic",) if state == "searched" else ("Clinic", "Bank"))
    assert result.followed == ()
    assert "S-secret" not in repr(result)


def linked(office: Office, rows: Sequence[dict[str, str]]) -> None:
    """People with an alternative address that leads to the next."""
    office.database("crm.sqlite", {"people": rows})
    emails = [field(name, *kind_of("email", EMITS)) for name in ("email", "other")]
    office.describe("crm", source_file(record_set("people", *emails)))


def test_loops_and_records_that_name_themselves_come_to_an_end(office: Office) -> None:
    linked(
        office,
        [
            {"id": "1", "email": "a@x.example", "other": "b@x.example"},
            {"id": "2", "email": "b@x.example", "other": "c@x.example"},
            {"id": "3", "email": "c@x.example", "other": "a@x.example"},
            {"id": "4", "email": "c@x.example", "other": "C@X.example"},
        ],
    )
    result = search(office.sources(), [who("email", "a@x.example")])
    assert sorted(keys(result)["people"]) == ["1", "2", "3", "4"]
    assert len({record.key for record in result.answers[0].records}) == result.answers[0].found == 4


def test_a_long_chain_stops_and_says_so(office: Office) -> None:
    linked(office, [{"id": str(n), "email": f"p{n}@x.example", "other": f"p{n + 1}@x.example"} for n in range(9)])
    result = search(office.sources(), [who("email", "p0@x.example")], rounds=3)
    assert keys(result)["people"] == ["0", "1", "2"]
    assert [(one.value, why) for one, why in result.not_followed] == [
        ("p3@x.example", "the search stopped after 3 rounds")
    ]


def test_a_link_to_too_many_is_not_followed_at_all(office: Office) -> None:
    linked(office, [{"id": str(n), "email": "a@x.example", "other": f"p{n}@x.example"} for n in range(6)])
    result = search(office.sources(), [who("email", "a@x.example")], fan_out=5)
    assert (result.followed, len(result.not_followed)) == ((), 6)
    assert (result.answers[0].why, result.answers[0].found) == ("fan_out", 6)
    assert "6 more identifiers than one person has" in result.answers[0].says
    assert len(search(office.sources(), [who("email", "a@x.example")], fan_out=6).followed) == 6


def test_a_mention_in_prose_is_found_and_leads_nowhere(office: Office) -> None:
    row = {"id": "T1", "by": "colleague@x.example", "note": "She wrote from ANA@example.com, please call."}
    office.database("crm.sqlite", {"tickets": [row]})
    fields = field("by", *kind_of("email", EMITS)), field("note", "text = true")
    office.describe("crm", source_file(record_set("tickets", *fields)))
    result = search(office.sources(), [who("email", "ana@example.com")])
    assert (keys(result), result.followed) == ({"tickets": ["T1"]}, ())


class Breaking:
    """A plug-in whose search fails in the middle."""

    def __init__(self, settings: interface.SourceSettings) -> None:
        self.settings = settings
        self.problems: list[interface.Problem] = []

    def test(self) -> interface.Tested:
        return interface.Tested(source=self.settings.name, rows={})

    def find(self, record_set: RecordSet, identifiers: Sequence[Identifier]) -> Iterator[Record]:
        yield Record(key="1", values={"email": identifiers[0].value}, matched=())
        raise ValueError(identifiers[0].value)


def test_a_source_that_fails_leaves_the_others_as_they_are(firm: Office) -> None:
    seats = source_file(record_set("seats", field("email", *kind_of("email", EMITS)))).replace(
        "crm.sqlite", "gone.sqlite"
    )
    firm.describe("gone", seats)
    firm.describe("plug", seats)
    *sources, plug = firm.sources()
    broken: interface.Source = Breaking(plug.settings)
    result = search([*sources, broken], [who("email", "ana@firm.example")])
    states = {f"{one.source} {one.record_set.name}": (one.state, one.why, one.found) for one in result.answers}
    assert states == {
        "crm accounts": (State.SEARCHED, "", 1),
        "crm seats": (State.SEARCHED, "", 1),
        "crm calls": (State.SEARCHED, "", 1),
        "gone seats": (State.FAILED, "missing", 0),
        "plug seats": (State.FAILED, "plugin", 0),
    }
    assert result.incomplete == ("gone seats", "plug seats")
    assert "ana@" not in " ".join(answer.says for answer in result.answers)


def test_a_colleague_is_waited_for_and_never_searched(office: Office) -> None:
    settings = source_file(record_set("tapes", field("note", "text = true"))).replace(
        '"sqlite"', '"person"\nask = "luis"'
    )
    office.describe("cctv", settings)
    (answer,) = search(office.sources(), [who("email", "ana@example.com")]).answers
    assert (answer.state, answer.why, answer.found) == (State.WAITING, "person", 0)
    assert "luis" in answer.says


def test_a_count_holds_no_record(firm: Office) -> None:
    result = search(firm.sources(), [who("email", "ana@firm.example")], count_only=True)
    assert [(answer.found, answer.records) for answer in result.answers] == [(1, ()), (1, ()), (1, ())]


def test_each_answer_is_reported_once(firm: Office) -> None:
    reported: list[Answer] = []
    result = search(firm.sources(), [who("email", "ana@firm.example")], report=reported.append)
    assert sorted(map(repr, reported)) == sorted(map(repr, result.answers))


def test_only_the_sources_named_are_searched(firm: Office) -> None:
    firm.describe("more", source_file(record_set("calls", field("number", *kind_of("phone")))))
    result = search(firm.sources(), [who("phone", "+1 415 555 0101")], only={"more"})
    assert [(one.source, one.found) for one in result.answers] == [("more", 1)]
    with pytest.raises(InputWrong, match=r'no source "mor".*Did you mean "more"'):
        search(firm.sources(), [], only=["mor"])


def test_without_a_usable_identifier_nothing_counts_as_searched(firm: Office) -> None:
    result = search(firm.sources(), [who("name", "Ana Ruiz"), who("cookie", "abc")])
    assert {(answer.state, answer.why) for answer in result.answers} == {(State.EXCLUDED, "no_identifier")}
    assert [why for one, why in result.not_followed if one.kind == "name"] == [
        "a name alone is never enough to search by"
    ]


def test_one_key_with_two_contents_is_two_records(office: Office) -> None:
    rows = [{"id": "1", "email": "a@x.example", "other": other} for other in ("", "b@x.example", "")]
    linked(office, rows)
    assert keys(search(office.sources(), [who("email", "a@x.example")]))["people"] == ["1", "1#2"]
