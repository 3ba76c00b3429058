"""Trino is asked in one statement per table, which the real client sends to a stand-in and DuckDB carries out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dsar.case.identifiers import Identifier
from dsar.case.records import Record
from dsar.sources.answers import Answer, State
from dsar.sources.interface import Source, SourceFailed, Why
from dsar.sources.search import search as search_all
from tests.sources import promises
from tests.sources.coordinator import PAGE, WHOLE, Coordinator
from tests.sources.office import Office, field, kind_of, record_set, source_file, who
from tests.sources.people import COLUMNS, PEOPLE, describe
from tests.sources.spellings import ODD

ANA = who("email", "ana@example.com")


@pytest.fixture
def trino() -> Iterator[Coordinator]:
    found = Coordinator()
    yield found
    found.close()


def described(name: str, *, normal: bool = False, more: str = "") -> str:
    kept = ["normal = true"] if normal else []
    fields = [field("email", *kind_of("email", *kept)), field("phone", *kind_of("phone", *kept))]
    return record_set(name, *fields, *([] if normal else [field("note", "text = true")]), more=more)


def source_over(office: Office, trino: Coordinator, *record_sets: str, more: str = "") -> Source:
    office.describe("crm", source_file(*record_sets, kind="sql", path=trino.address, more=more))
    return office.source("crm")


def search(source: Source, *identifiers: Identifier) -> list[Record]:
    return list(source.find(source.settings.record_sets[0], identifiers or [ANA]))


def test_every_promise_of_the_suite_is_kept(office: Office, trino: Coordinator) -> None:
    trino.table("people", COLUMNS, PEOPLE)
    describe(office, "sql", trino.address)
    source = office.source("people")
    promises.email_in_any_case_and_in_prose(source)
    promises.several_at_once(source)
    promises.nothing_held_is_an_empty_answer(source)
    promises.name_alone_finds_nothing(source)
    promises.hostile_content_comes_back(source)
    promises.trial_counts_rows(source)
    for spelling in promises.SPELLINGS:
        promises.number_in_every_spelling(source, spelling)
    for raw in promises.HOSTILE:
        promises.hostile_identifier_finds_no_one(source, raw)


@pytest.mark.parametrize("count", [1, 80])
def test_no_spelling_is_lost(office: Office, trino: Coordinator, count: int) -> None:
    rows = [
        (n, *(cell if name == kind else None for kind in ("email", "phone", "note")))
        for n, (name, cell) in enumerate(ODD)
    ]
    plain = [(n + 100, f"b{n}@x.example", f"+1212555{n:04}", f"order 12{n}") for n in range(200)]
    trino.table("people", COLUMNS, [*rows, *plain])
    source = source_over(office, trino, described("people"))
    others = [Identifier(kind=kind, value=value) for n in range(1, count) for kind, value in
              (("email", f"p{n}@x.example"), ("phone", f"+1415556{n:04}"))]  # fmt: skip
    found = search(source, ANA, who("phone", "+1 415 555 0100"), *others)
    assert {record.key for record in found} == {str(n) for n in range(len(ODD))}


@pytest.mark.parametrize("count", [1, 20_000])
def test_few_rows_come_by_one_statement_and_nobody_is_to_be_read_in_it(
    office: Office, trino: Coordinator, count: int
) -> None:
    others = [(str(n), f"q{n}@x.example", f"+1 212 556 {n:04}", "order 12") for n in range(300)]
    trino.table("people", COLUMNS, [("p0", "p0@secret.example", "+1 415 555 0000", "x"), *others])
    source = source_over(office, trino, described("people"))
    source.test()
    wanted = [Identifier(kind="email", value=f"p{n}@secret.example") for n in range(count)]
    wanted += [Identifier(kind="phone", value=f"+1415555{n:04}") for n in range(min(count, 10_000))]
    trino.heard.clear()
    given = list(source._reader().rows(source._tables["people"], _matcher(source, wanted)))  # type: ignore[attr-defined]
    assert [row.values["id"] for row in given if row.values["id"] == "p0"] == ["p0"]
    assert count > 1 or len(given) == 1
    (asked,) = trino.heard
    assert "secret" not in asked
    assert "5550000" not in asked
    assert len(asked) < 1_000_000


def _matcher(source: Source, wanted: list[Identifier]) -> object:
    from dsar.sources.matching import Matcher

    return Matcher(source.settings.record_sets[0], wanted)


def test_a_list_that_is_too_long_for_a_statement_is_compared_here(
    office: Office, trino: Coordinator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dsar.sources.trino._LONGEST", 9_000)
    trino.table("people", COLUMNS, PEOPLE)
    source = source_over(office, trino, described("people"))
    wanted = [Identifier(kind="email", value=f"p{n}@x.example") for n in range(1_000)]
    assert [record.key for record in search(source, ANA, *wanted)] == ["1", "2", "10"]
    assert "sums" not in trino.heard[-1]


def test_values_come_as_they_are_stored(office: Office, trino: Coordinator) -> None:
    trino.run("""CREATE TABLE odd AS SELECT 9007199254740993::BIGINT AS id, 'ana@example.com' AS email,
        CAST('12345678901234567890.1234567890' AS DECIMAL(38, 10)) AS amount, DATE '0044-03-15' AS born,
        '\\x00\\xFF\\x00'::BLOB AS photo, ['x', 'y, z'] AS tags, MAP {'k': 'v'} AS pairs, true AS flag,
        0.1::DOUBLE AS ratio, NULL::VARCHAR AS nothing, '{"b":1}'::JSON AS doc""")
    fields = [field("email", *kind_of("email")), field("id", *kind_of("account_id")), field("photo", "text = true")]
    source = source_over(office, trino, record_set("odd", *fields))
    (record,) = search(source)
    assert dict(record.values) == {
        "id": "9007199254740993", "email": "ana@example.com", "amount": "12345678901234567890.1234567890",
        "born": "0044-03-15", "photo": "(binary, 3 bytes)", "tags": '["x","y, z"]', "pairs": '{"k":"v"}',
        "flag": "true", "ratio": "0.1", "nothing": "", "doc": '{"b":1}',
    }  # fmt: skip
    assert search(source, who("account_id", "9007199254740993"))[0].key == "9007199254740993"


def test_tables_of_other_schemas_and_catalogues_are_searched(office: Office, trino: Coordinator) -> None:
    trino.run("CREATE SCHEMA billing")
    trino.table("billing.invoices", COLUMNS, [("7", "ana@example.com", "", "")])
    trino.run("CREATE VIEW seen AS SELECT * FROM billing.invoices")
    places = ["billing.invoices", "memory.billing.invoices", "seen", "Billing.Invoices"]
    sets = [described(f"n{n}", more=f'place = "{place}"') for n, place in enumerate(places)]
    source = source_over(office, trino, *sets)
    found = [[one.key for one in source.find(each, [ANA])] for each in source.settings.record_sets]
    assert found == [["7"]] * 4


@pytest.mark.parametrize("name", ['a"b', "x; DROP TABLE y; --", "select", "a'b", "{0}", "%s", "a?b"])
def test_any_name_is_only_a_name(office: Office, trino: Coordinator, name: str) -> None:
    table, column = ('"' + one.replace('"', '""') + '"' for one in (name.lower(), f"{name} mail"))
    trino.table(table, ["id", column], [("1", "ANA@example.com")])
    mail = field("email", *kind_of("email")).replace('name = "email"', f"name = '''{name} mail'''")
    source = source_over(office, trino, record_set("people", mail, more=f"place = '''{name}'''"))
    assert [record.key for record in search(source)] == ["1"]


def test_a_value_that_is_not_as_promised_is_told_by_the_trial(office: Office, trino: Coordinator) -> None:
    rows = [("p1@x.example", "+14155550100"), (" P2@x.example", "4155550100"), (None, "14155550100"), ("", "")]
    trino.table("people", COLUMNS[:3], [(n, *row) for n, row in enumerate(rows)])
    source = source_over(office, trino, described("people", normal=True))
    tested = source.test()
    assert tested.rows == {"people": 4}
    assert [problem.says[:26] for problem in tested.problems] == [
        '1 values of the field "ema',
        '1 values of the field "pho',
    ]
    found = search(source, who("email", "p1@x.example"), who("phone", "+1 415 555 0100"))
    assert [record.key for record in found] == ["0", "2"]


def two_tables(office: Office, trino: Coordinator, more: str = "") -> None:
    for name in ("orders", "people"):
        trino.table(name, COLUMNS, [("1", "ana@example.com", "", ""), ("2", "b@x.example", "", "")])
    source_over(office, trino, described("orders"), described("people"), more=more)


def answers(office: Office) -> dict[str, Answer]:
    return {one.record_set.name: one for one in search_all(office.sources(), [ANA]).answers}


@pytest.mark.parametrize(
    ("error", "says", "why"),
    [
        ("PERMISSION_DENIED", "may not read this table", Why.REFUSED),
        ("TABLE_NOT_FOUND", "the table is gone", Why.BROKEN),
        ("COLUMN_NOT_FOUND", "a column is gone", Why.BROKEN),
        ("EXCEEDED_TIME_LIMIT", "did not answer within 7 s", Why.TIMEOUT),
        ("ADMINISTRATIVELY_KILLED", "called off at the server", Why.BROKEN),
        ("GENERIC_INTERNAL_ERROR", "refused the search (GENERIC_INTERNAL_ERROR)", Why.BROKEN),
    ],
)
def test_one_table_that_fails_is_told_in_words_and_leaves_the_other(
    office: Office, trino: Coordinator, error: str, says: str, why: Why
) -> None:
    two_tables(office, trino, more="timeout_seconds = 7")
    trino.fails = {'FROM "people" AS t': error}
    found = answers(office)
    assert (found["people"].state, found["people"].why) == (State.FAILED, why)
    assert says in found["people"].says
    assert "ana@" not in found["people"].says
    assert (found["orders"].state, found["orders"].found) == (State.SEARCHED, 1)
    trino.fails = {}
    assert [one.found for one in answers(office).values()] == [1, 1]


def test_a_table_or_column_that_is_not_there_is_named(office: Office, trino: Coordinator) -> None:
    two_tables(office, trino)
    trino.run("ALTER TABLE people RENAME TO peoples")
    assert 'there is no table "people"' in answers(office)["people"].says
    assert 'Did you mean "peoples"' in answers(office)["people"].says
    trino.table("people", ["id", "email", "note"], [("1", "", "")])
    assert 'has no column "phone"' in answers(office)["people"].says


def test_a_user_who_is_not_let_in_and_a_server_that_is_gone_are_told(office: Office, trino: Coordinator) -> None:
    two_tables(office, trino)
    trino.status = 401
    assert "did not accept the user or the password" in answers(office)["people"].says
    trino.close()
    assert "nothing answers there" in answers(office)["people"].says


def test_a_server_cut_off_in_mid_read_leaves_nothing_half(office: Office, trino: Coordinator) -> None:
    trino.table("people", COLUMNS, [(n, "ana@example.com", "", "") for n in range(4 * PAGE)])
    source = source_over(office, trino, described("people"))
    assert len(search(source)) == 4 * PAGE
    trino.pages = 2
    with pytest.raises(SourceFailed, match="the connection broke before everything was read"):
        search(source)
    assert answers(office)["people"].state is State.FAILED
    trino.pages = WHOLE
    assert len(search(source)) == 4 * PAGE


def test_a_search_that_is_given_up_ends_its_statement(office: Office, trino: Coordinator) -> None:
    trino.table("people", COLUMNS, [(n, "ana@example.com", "", "") for n in range(4 * PAGE)])
    source = source_over(office, trino, described("people"))
    reading = source.find(source.settings.record_sets[0], [ANA])
    assert next(reading).key == "0"
    assert trino.ended == []
    reading.close()  # type: ignore[attr-defined]
    assert len(trino.ended) == 1


def test_a_password_is_sent_over_https_only(
    office: Office, trino: Coordinator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DSAR_TEST_PASSWORD", "hunter2")
    two_tables(office, trino, more='[source.options]\npassword = "env:DSAR_TEST_PASSWORD"')
    found = answers(office)["people"]
    assert found.state is State.FAILED
    assert "hunter2" not in found.says
    assert trino.heard == []


def test_numbers_promised_as_e164_are_found_digit_for_digit_and_others_are_told(
    office: Office, trino: Coordinator
) -> None:
    trino.table("people", ["id", "phone"], [(str(nth), number) for nth, number in enumerate(promises.AS_E164)])
    described = record_set("people", field("phone", *kind_of("phone", 'normal = "e164"')))
    promises.numbers_kept_as_e164(source_over(office, trino, described))
