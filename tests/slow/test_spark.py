"""Spark is searched through Spark Connect: every promise of the suite on a real server, and its faults in words."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dsar.case.identifiers import Identifier
from dsar.sources.answers import Answer, State
from dsar.sources.interface import SourceFailed, Why
from dsar.sources.search import search as search_all
from tests.slow.database_office import ANA, described, search
from tests.slow.servers import free_port
from tests.slow.spark_server import ELSEWHERE, Gateway, SparkServer, spark
from tests.sources import promises
from tests.sources.office import Office, field, kind_of, record_set, source_file, who
from tests.sources.people import COLUMNS, PEOPLE, describe
from tests.sources.spellings import ODD

pytestmark = pytest.mark.slow
CELLS = ["id", "email", "phone", "note"]
killable = pytest.mark.skipif(bool(ELSEWHERE), reason="the server is not the test's own")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkServer]:
    for part in ("pyspark", "pysail"):
        pytest.importorskip(part, reason=f"{part} is in an environment of its own, which make slow makes and uses")
    with spark(tmp_path_factory.mktemp("spark")) as server:
        server.run("CREATE SCHEMA IF NOT EXISTS office")
        yield server


@pytest.fixture
def gateway(service: SparkServer) -> Iterator[Gateway]:
    found = Gateway(service)
    yield found
    found.close()


def describe_tables(office: Office, address: str, *record_sets: str, more: str = "") -> None:
    office.describe("crm", source_file(*record_sets, kind="sql", path=address, more=more))


def named(name: str, place: str, *, normal: bool = False) -> str:
    """A record set with an e-mail, a phone number and a note, in a table with a schema."""
    return described(name, normal=normal, more=f'place = "{place}"')


def two_tables(office: Office, service: SparkServer, address: str = "", more: str = "") -> None:
    """Two tables with one record of Ana's each."""
    for name in ("orders", "people"):
        rows = [(1, "ana@example.com", "", ""), (2, "b@x.example", "", "")]
        service.table(f"office.{name}", CELLS, rows)
    sets = [named(name, f"office.{name}") for name in ("orders", "people")]
    describe_tables(office, address or service.address, *sets, more=more)


def answers(office: Office) -> dict[str, Answer]:
    """What a search for Ana says of each record set."""
    return {one.record_set.name: one for one in search_all(office.sources(), [ANA]).answers}


def fails(office: Office, says: str, why: Why, *, both: bool = False) -> None:
    """The people could not be searched for this reason; the orders could, unless the server itself is the reason."""
    found = answers(office)
    assert (found["people"].state, found["people"].why) == (State.FAILED, why), found["people"]
    assert says in found["people"].says
    assert not any(word in found["people"].says for word in ("ana@", "Traceback", "SELECT", "office."))
    assert found["orders"].state == (State.FAILED if both else State.SEARCHED)


def works(office: Office) -> None:
    """The same search again finds both."""
    assert [(one.state, one.found) for one in answers(office).values()] == [(State.SEARCHED, 1)] * 2


def test_every_promise_of_the_suite_is_kept(office: Office, service: SparkServer) -> None:
    service.table("office.people", COLUMNS, PEOPLE)
    describe(office, "sql", service.address, more='key = ["id"]\nplace = "office.people"')
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
    assert promises.found(source, ANA)["1"].place == "office.people 1"
    assert service.run("SELECT count(*) FROM office.people") == [(10,)]


@pytest.mark.parametrize("count", [1, 80])
def test_no_spelling_is_lost(office: Office, service: SparkServer, count: int) -> None:
    rows = [(n, *(cell if name == kind else "" for kind in CELLS[1:])) for n, (name, cell) in enumerate(ODD)]
    plain = [(n + 100, f"b{n}@x.example", f"+1212555{n:04}", f"order 12{n}") for n in range(200)]
    service.table("office.odd", CELLS, [*rows, *plain])
    describe_tables(office, service.address, named("odd", "office.odd"))
    others = [Identifier(kind=kind, value=value) for n in range(1, count) for kind, value in
              (("email", f"p{n}@x.example"), ("phone", f"+1415556{n:04}"))]  # fmt: skip
    found = search(office.source("crm"), ANA, who("phone", "+1 415 555 0100"), *others)
    assert {record.key for record in found} == {str(n) for n in range(len(ODD))}


@pytest.mark.parametrize("count", [1, 20_000])
def test_one_statement_a_table_and_it_names_nobody(
    office: Office, service: SparkServer, gateway: Gateway, count: int
) -> None:
    service.table("office.people", CELLS, [(1, "p0@secret.example", "+1 415 555 0000", "x")])
    describe_tables(office, gateway.address, named("people", "office.people"))
    source = office.source("crm")
    source.test()
    gateway.heard.clear()
    wanted = [Identifier(kind="email", value=f"p{n}@secret.example") for n in range(count)]
    wanted += [Identifier(kind="phone", value=f"+1415555{n:04}") for n in range(min(count, 10_000))]
    assert [record.key for record in search(source, *wanted)] == ["1"]
    plans = [request.plan for name, request in gateway.heard if name == "ExecutePlan"]
    sent, asked, read, dropped = plans
    assert sent.command.create_dataframe_view.input.local_relation.data
    assert (read.HasField("root"), dropped.HasField("root")) == (True, True)
    said = str(asked.command.sql_command)
    assert "office" in said
    assert not any(secret in str(plan) for plan in plans[1:] for secret in ("secret", "5550000"))
    assert len(said) < 10_000


TYPES = """
SELECT CAST(9007199254740993 AS BIGINT) AS id, 'ana@example.com' AS email,
  CAST('12345678901234567890.1234567890' AS DECIMAL(38, 10)) AS amount, TIMESTAMP '2026-03-29 01:30:00+02:00' AS seen,
  DATE '0044-03-15' AS born, X'00FF00' AS photo, array('x', 'y, z', NULL) AS tags,
  named_struct('b', 1.10D, 'a', array(1, 2)) AS doc, map('k', 'v') AS pairs, TRUE AS flag, CAST(0.1 AS DOUBLE) AS ratio,
  CAST(NULL AS STRING) AS nothing, 'tab\\there\\\\N' AS odd, CAST(7 AS TINYINT) AS small
"""
VALUES = {
    "id": "9007199254740993", "email": "ana@example.com", "amount": "12345678901234567890.1234567890",
    "seen": "2026-03-28 23:30:00", "born": "0044-03-15", "photo": "(binary, 3 bytes)", "tags": '["x","y, z",null]',
    "doc": '{"b":1.1,"a":[1,2]}', "pairs": '{"k":"v"}', "flag": "true", "ratio": "0.1", "nothing": "",
    "odd": "tab\there\\N", "small": "7",
}  # fmt: skip


def test_values_come_as_they_are_stored(office: Office, service: SparkServer) -> None:
    place = service.files("types", TYPES)
    fields = [field("email", *kind_of("email")), field("id", *kind_of("account_id")), field("tags", "text = true")]
    describe_tables(office, service.address, record_set("types", *fields, more=f'place = "{place}"'))
    source = office.source("crm")
    (record,) = search(source)
    assert dict(record.values) == VALUES
    assert search(source, who("account_id", "9007199254740993"))[0].key == "9007199254740993"


def test_tables_views_and_folders_are_searched(office: Office, service: SparkServer) -> None:
    service.table("office.people", CELLS, [(7, "ana@example.com", "", "")])
    service.run("CREATE OR REPLACE TEMP VIEW seen AS SELECT * FROM office.people")
    folder = service.files("lake.v1", "SELECT * FROM office.people")
    (catalogue,) = service.run("SELECT current_catalog()")[0]
    places = [f"{catalogue}.office.people", "seen", folder]
    describe_tables(office, service.address, *(named(f"n{n}", place) for n, place in enumerate(places)))
    source = office.source("crm")
    assert [search(source, number=number)[0].key for number in range(3)] == ["7"] * 3
    assert source.test().rows == {"n0": 1, "n1": 1, "n2": 1}


@pytest.mark.parametrize("name", ["a`b", "x; DROP TABLE y; --", "select", "a'b", "{0}", "%s", 'a"b', "100%"])
def test_any_name_is_only_a_name(office: Office, service: SparkServer, name: str) -> None:
    column = f"{name} mail".replace("`", "``")
    service.run(
        f"CREATE OR REPLACE TEMP VIEW `{name.replace('`', '``')}` AS SELECT 1 AS id, 'ANA@x.example' AS `{column}`"
    )
    mail = field("email", *kind_of("email")).replace('name = "email"', f"name = '''{name} mail'''")
    describe_tables(office, service.address, record_set("people", mail, more=f"place = '''{name}'''"))
    assert [record.key for record in search(office.source("crm"), who("email", "ana@x.example"))] == ["1"]
    assert office.source("crm").test().rows == {"people": 1}


def test_a_value_that_is_not_as_promised_is_told_by_the_trial(office: Office, service: SparkServer) -> None:
    rows = [("p1@x.example", "+14155550100"), (" P2@x.example", "4155550100"), (None, "14155550100"), ("", "")]
    service.table("office.kept", CELLS[:3], [(n, *row) for n, row in enumerate(rows)])
    describe_tables(office, service.address, named("kept", "office.kept", normal=True))
    tested = office.source("crm").test()
    assert tested.rows == {"kept": 4}
    assert [problem.says[:26] for problem in tested.problems] == [
        '1 values of the field "ema',
        '1 values of the field "pho',
    ]
    found = search(office.source("crm"), who("email", "p1@x.example"), who("phone", "+1 415 555 0100"))
    assert [record.key for record in found] == ["0", "2"]


def test_numbers_promised_as_e164_are_found_digit_for_digit_and_others_are_told(
    office: Office, service: SparkServer
) -> None:
    service.table("office.dialled", ["id", "phone"], [(str(nth), one) for nth, one in enumerate(promises.AS_E164)])
    phone = field("phone", *kind_of("phone", 'normal = "e164"'))
    describe_tables(office, service.address, record_set("dialled", phone, more='place = "office.dialled"'))
    promises.numbers_kept_as_e164(office.source("crm"))


def many(service: SparkServer, rows: int) -> str:
    """A folder with so many rows of Ana's, a thousand signs each."""
    select = "SELECT id, 'ana@example.com' AS email, '' AS phone, repeat('x', 1000) AS note FROM range(0, {})"
    return service.files("many", select.format(rows))


def test_memory_stays_bounded_however_much_is_found(office: Office, service: SparkServer) -> None:
    describe_tables(office, service.address, named("people", many(service, 200_000)))
    source = office.source("crm")
    next(iter(source.find(source.settings.record_sets[0], [ANA])))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in source.find(source.settings.record_sets[0], [ANA])) == 200_000
    # 200 MB of rows went through
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 96 * 1024


def test_a_table_or_column_that_is_not_there_is_named(office: Office, service: SparkServer) -> None:
    two_tables(office, service)
    path = office.home / "sources" / "crm.toml"
    written = path.read_text()
    path.write_text(written.replace('place = "office.people"', 'place = "office.peoples"'))
    found = answers(office)
    assert 'there is no table "office.peoples"' in found["people"].says
    assert 'Did you mean "office.people"' in found["people"].says
    assert found["orders"].state is State.SEARCHED
    path.write_text(written)
    service.run("DROP TABLE office.people")
    service.table("office.people", ["id", "email", "note"], [(1, "ana@example.com", "")])
    assert 'has no column "phone"' in answers(office)["people"].says
    two_tables(office, service)
    works(office)


def test_a_table_or_column_gone_in_mid_search_is_told(office: Office, service: SparkServer) -> None:
    two_tables(office, service)
    source = office.source("crm")
    assert len(search(source, number=1)) == 1
    service.table("office.people", ["id", "email", "note"], [(1, "ana@example.com", "")])
    with pytest.raises(SourceFailed, match="a column is gone"):
        search(source, number=1)
    service.run("DROP TABLE office.people")
    with pytest.raises(SourceFailed, match="the table is gone"):
        search(source, number=1)
    two_tables(office, service)
    assert len(search(source, number=1)) == 1


def test_a_table_that_may_not_be_read_leaves_the_other(office: Office, service: SparkServer, gateway: Gateway) -> None:
    two_tables(office, service, gateway.address)

    def no_people(name: str, request: Any, context: Any) -> None:
        if name == "AnalyzePlan" and "`people`" in str(request):
            refuse(context, "PERMISSION_DENIED", "ana@example.com may not SELECT office.people")

    gateway.refuses = no_people
    fails(office, "may not read this table", Why.REFUSED)
    gateway.refuses = lambda name, request, context: None
    works(office)


def refuse(context: Any, code: str, words: str) -> None:
    import grpc

    context.abort(grpc.StatusCode[code], words)


def test_a_token_that_is_not_accepted_is_told(office: Office, service: SparkServer, gateway: Gateway) -> None:
    two_tables(office, service, gateway.address)
    gateway.refuses = lambda name, request, context: refuse(context, "UNAUTHENTICATED", "bad token of ana@example.com")
    fails(office, "did not accept the user or the token", Why.REFUSED, both=True)


def test_a_secret_that_is_not_to_be_found_is_told(office: Office, service: SparkServer) -> None:
    two_tables(office, service, more='[source.options]\npassword = "env:NO_SUCH_SECRET"')
    fails(office, "env:NO_SUCH_SECRET is not to be found", Why.REFUSED, both=True)


def test_a_token_is_sent_over_tls_only(
    office: Office, service: SparkServer, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DSAR_TEST_TOKEN", "hunter2")
    two_tables(office, service, gateway.address, more='[source.options]\npassword = "env:DSAR_TEST_TOKEN"')
    fails(office, "no secure connection", Why.REFUSED, both=True)
    assert gateway.heard == []


def test_a_server_that_does_not_answer_is_given_up_in_time(
    office: Office, service: SparkServer, gateway: Gateway
) -> None:
    two_tables(office, service, gateway.address, more="timeout_seconds = 1")
    gateway.refuses = lambda name, request, context: time.sleep(4) if name == "ExecutePlan" else None
    fails(office, "did not answer within 1 s", Why.TIMEOUT, both=True)
    gateway.refuses = lambda name, request, context: None
    works(office)


def test_nobody_there_is_told(office: Office, service: SparkServer) -> None:
    two_tables(office, service, f"sc://127.0.0.1:{free_port()}")
    fails(office, "nothing answers there", Why.BROKEN, both=True)
    two_tables(office, service)
    works(office)


@killable
def test_a_server_killed_in_mid_read_leaves_nothing_half(office: Office, service: SparkServer, tmp_path: Path) -> None:
    (tmp_path / "mortal").mkdir()
    with spark(tmp_path / "mortal") as mortal:
        describe_tables(office, mortal.plain, named("people", many(mortal, 60_000)))
        source = office.source("crm")
        reading = source.find(source.settings.record_sets[0], [ANA])
        assert next(reading).key
        mortal.kill()
        with pytest.raises(SourceFailed, match="the connection broke before everything was read") as failed:
            list(reading)
        assert failed.value.why is Why.BROKEN
        found = answers(office)["people"]
        assert (found.state, found.found, found.records) == (State.FAILED, 0, ())
        mortal.start()
        # the same source again, as a retry does, and one opened anew
        assert len(search(source)) == 60_000
        assert answers(office)["people"].found == 60_000
