"""Databases are searched on real servers: every promise of the suite, values as stored, and two statements a table."""

from __future__ import annotations

import re
import resource

import pytest

from dsar.case.identifiers import Identifier
from dsar.errors import InputWrong
from dsar.sources.interface import SourceFailed
from dsar.sources.matching import Matcher
from dsar.sources.postgres_select import select
from tests.slow.database_office import ANA, describe_tables, described, search, write_people
from tests.slow.servers import PASSWORD, Server
from tests.sources import promises
from tests.sources.office import Office, field, kind_of, record_set, who
from tests.sources.spellings import ODD

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DSAR_TEST_PASSWORD", PASSWORD)


def test_every_promise_of_the_suite_is_kept(office: Office, server: Server) -> None:
    write_people(office, server)
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
    assert promises.found(source, ANA)["1"].place == "people 1"
    assert server.run("SELECT count(*) FROM people") == [(10,)]


@pytest.mark.parametrize("count", [1, 80])
def test_no_spelling_is_lost_in_the_database(office: Office, server: Server, count: int) -> None:
    server.run("CREATE TABLE people (id INT PRIMARY KEY, email TEXT, phone TEXT, note TEXT)")
    rows = [
        (n, *(cell if name == kind else "" for kind in ("email", "phone", "note")))
        for n, (name, cell) in enumerate(ODD)
    ]
    plain = [(n + 100, f"b{n}@x.example", f"+1212555{n:04}", f"order 12{n}") for n in range(200)]
    server.fill("people", ["id", "email", "phone", "note"], [*rows, *plain])
    describe_tables(office, server, described("people"))
    others = [Identifier(kind=kind, value=value) for n in range(1, count) for kind, value in
              (("email", f"p{n}@x.example"), ("phone", f"+1415556{n:04}"))]  # fmt: skip
    found = search(office.source("crm"), ANA, who("phone", "+1 415 555 0100"), *others)
    assert {record.key for record in found} == {str(n) for n in range(len(ODD))}


@pytest.mark.parametrize("count", [1, 2_000])
def test_two_statements_a_table_and_none_names_anybody(office: Office, server: Server, count: int) -> None:
    tables = [f"people_{n}" for n in range(3)]
    for name in tables:
        server.run(f"CREATE TABLE {name} (id INT PRIMARY KEY, email VARCHAR(200), phone VARCHAR(60), note TEXT)")
        server.fill(name, ["id", "email", "phone", "note"], [(1, "p0@secret.example", "+1 415 555 0000", "x")])
    describe_tables(office, server, *(described(name) for name in tables))
    source = office.source("crm")
    source.test()
    begun = len(server.log)
    wanted = [Identifier(kind="email", value=f"p{n}@secret.example") for n in range(count)]
    wanted += [Identifier(kind="phone", value=f"+1415555{n:04}") for n in range(count)]
    for number, _ in enumerate(tables):
        assert [record.key for record in search(source, *wanted, number=number)] == ["1"]
    written = server.log[begun:]
    ours = re.findall(r"(?m)(?:statement: |execute [^:]*: |Query\t)(.+)", written)
    asked = [one for one in ours if not re.match(r"(?i)begin|commit|rollback|start transaction", one)]
    assert 3 <= len(asked) <= 6, asked
    assert "secret.example" not in written
    assert "4155550000" not in written
    assert len(max(ours, key=len)) < 40_000


POSTGRES_TYPES = """
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TABLE odd (
  id bigint PRIMARY KEY, email text, amount numeric(30, 10), seen timestamptz, born date, forever date, span interval,
  photo bytea, doc jsonb, raw json, token uuid, tags text[], feeling mood, address inet, flag boolean, ratio float8,
  padded char(6), nothing text, odd text
);
INSERT INTO odd VALUES (
  9007199254740993, 'ana@example.com', 12345678901234567890.1234567890, '2026-03-29 01:30:00+02', '0044-03-15 BC',
  'infinity', '1 day 02:03:04', '\\x00ff00', '{"b": 1.10, "a": [1, 2]}', '{"z":1,  "z":2}',
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{x,"y,z"}', 'glad', '10.1.2.3', true, 0.1, 'ab', NULL, E'tab\\there\\\\N'
)
"""
POSTGRES_VALUES = {
    "id": "9007199254740993", "email": "ana@example.com", "amount": "12345678901234567890.1234567890",
    "seen": "2026-03-28 23:30:00+00", "born": "0044-03-15 BC", "forever": "infinity", "span": "1 day 02:03:04",
    "photo": "(binary, 3 bytes)", "doc": '{"a": [1, 2], "b": 1.10}', "raw": '{"z":1,  "z":2}',
    "token": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "tags": '{x,"y,z"}', "feeling": "glad", "address": "10.1.2.3",
    "flag": "true", "ratio": "0.1", "padded": "ab", "nothing": "", "odd": "tab\there\\N",
}  # fmt: skip
MARIADB_TYPES = """
CREATE TABLE odd (
  id BIGINT PRIMARY KEY, email VARCHAR(200), amount DECIMAL(40, 10), seen TIMESTAMP NULL, zero DATE, span TIME,
  photo BLOB, doc JSON, bits BIT(4), tags SET('x', 'y'), feeling ENUM('glad', 'sad'), address INET6, flag BOOLEAN,
  ratio DOUBLE, latin VARCHAR(20) CHARACTER SET latin1, token UUID, nothing TEXT
);
SET SESSION sql_mode = '', time_zone = '+02:00';
INSERT INTO odd VALUES (
  9007199254740993, 'ana@example.com', 12345678901234567890.1234567890, '2026-03-29 01:30:00', '0000-00-00',
  '-800:00:01', x'00ff00', '{"b": 1.10,  "a": [1]}', b'1010', 'x,y', 'glad', '::ffff:10.1.2.3', TRUE, 0.1, 'Zo\u00eb',
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', NULL
)
"""
MARIADB_VALUES = {
    "id": "9007199254740993", "email": "ana@example.com", "amount": "12345678901234567890.1234567890",
    "seen": "2026-03-28 23:30:00", "zero": "0000-00-00", "span": "-800:00:01", "photo": "(binary, 3 bytes)",
    "doc": '{"b": 1.10,  "a": [1]}', "bits": "(binary, 1 bytes)", "tags": "x,y", "feeling": "glad",
    "address": "::ffff:10.1.2.3", "flag": "1", "ratio": "0.1", "latin": "Zo\u00eb",
    "token": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "nothing": "",
}  # fmt: skip


def test_values_come_as_they_are_stored(office: Office, server: Server) -> None:
    postgres = server.kind == "postgresql"
    server.run(*(POSTGRES_TYPES if postgres else MARIADB_TYPES).split(";\n"))
    fields = [field("email", *kind_of("email")), field("id", *kind_of("account_id"))]
    if postgres:
        fields += [field("token", *kind_of("cookie")), field("address", *kind_of("ip"))]
    describe_tables(office, server, record_set("odd", *fields))
    source = office.source("crm")
    (record,) = search(source)
    assert dict(record.values) == (POSTGRES_VALUES if postgres else MARIADB_VALUES)
    assert search(source, who("account_id", "9007199254740993"))[0].key == "9007199254740993"
    if postgres:
        assert search(source, who("ip", "10.1.2.3"))
        assert search(source, who("cookie", record.values["token"]))


def test_a_table_in_a_schema_and_a_view_are_searched(office: Office, server: Server) -> None:
    create = "CREATE TABLE billing.invoices (id INT PRIMARY KEY, email VARCHAR(99), phone VARCHAR(60), note TEXT)"
    if server.kind == "postgresql":
        server.run("CREATE SCHEMA billing", "GRANT USAGE ON SCHEMA billing TO reader", create)
        server.run("GRANT SELECT ON billing.invoices TO reader")
    else:
        server.run("CREATE OR REPLACE DATABASE billing", "GRANT SELECT ON billing.* TO reader@'%'", create)
    server.fill("billing.invoices", ["id", "email", "phone", "note"], [(7, "ana@example.com", "", "")])
    server.run("CREATE VIEW seen AS SELECT * FROM billing.invoices")
    more = 'place = "billing.invoices"'
    describe_tables(office, server, described("invoices", more=more), described("seen"))
    source = office.source("crm")
    assert [search(source, number=number)[0].place for number in (0, 1)] == ["billing.invoices 7", "seen 7"]


@pytest.mark.parametrize(
    "name", ['a"b', "x; DROP TABLE y; --", "select", "Ünï cödé", "a'b", "{0}", "%s", "a`b", "100%"]
)
def test_any_name_is_only_a_name(office: Office, server: Server, name: str) -> None:
    mark = '"' if server.kind == "postgresql" else "`"
    quoted, column = (mark + one.replace(mark, mark * 2) + mark for one in (name, f"{name} mail"))
    server.run(f"CREATE TABLE {quoted} (id INT, {column} TEXT)", f"INSERT INTO {quoted} VALUES (1, 'ANA@example.com')")
    mail = field("email", *kind_of("email")).replace('name = "email"', f"name = '''{name} mail'''")
    describe_tables(office, server, record_set("people", mail, more=f"place = '''{name}'''"))
    assert [record.key for record in search(office.source("crm"))] == ["1"]
    assert office.source("crm").test().rows == {"people": 1}


def test_the_search_cannot_write(office: Office, server: Server) -> None:
    write_people(office, server)
    describe_tables(
        office,
        server,
        described("people"),
        address=server.address("postgres" if server.kind == "postgresql" else "owner"),
    )
    reader = office.source("crm")._reader()  # type: ignore[attr-defined]
    with pytest.raises(SourceFailed), reader._session() as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM people")
    assert server.run("SELECT count(*) FROM people") == [(10,)]


def test_memory_stays_bounded_however_much_is_found(office: Office, server: Server) -> None:
    server.run("CREATE TABLE people (id INT PRIMARY KEY, email VARCHAR(99), phone VARCHAR(60), note TEXT)")
    tens = "(" + " UNION ".join(f"SELECT {n} AS n" for n in range(10)) + ")"
    number = "a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n"
    joined = ", ".join(f"{tens} {name}" for name in "abcde")
    server.run(f"INSERT INTO people SELECT {number}, 'ana@example.com', '', REPEAT('x', 1000) FROM {joined}")
    describe_tables(office, server, described("people"))
    source = office.source("crm")
    next(iter(source.find(source.settings.record_sets[0], [ANA])))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in source.find(source.settings.record_sets[0], [ANA])) == 100_000
    # 100 MB of rows went through
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


@pytest.mark.parametrize(("index", "used"), [("(lower(email))", "lower"), ("(email)", "email"), ("", "")])
def test_an_index_is_used_where_values_are_kept_in_normal_form(
    office: Office, postgres_server: Server, index: str, used: str
) -> None:
    server = postgres_server
    server.empty()
    server.run("CREATE TABLE people (id bigint PRIMARY KEY, email text, phone text, note text)")
    server.run(
        "INSERT INTO people SELECT n, 'p' || n || '@x.example', '+1415' || n, 'x' FROM generate_series(1, 50000) n"
    )
    if index:
        server.run(f"CREATE INDEX by_mail ON people {index}", "CREATE INDEX by_phone ON people (phone)")
    server.run("ANALYZE people")
    describe_tables(office, server, described("people", normal=True))
    source = office.source("crm")
    wanted = [who("email", "P7@x.example"), who("email", "p8@x.example"), Identifier(kind="phone", value="+14158")]
    assert [record.key for record in search(source, *wanted)] == ["7", "8"]
    one = source.settings.record_sets[0]
    reader = source._reader()  # type: ignore[attr-defined]
    asked = select(source._table(one), Matcher(one, wanted))  # type: ignore[attr-defined]
    with reader._session() as connection:
        reader._send(connection, asked)
        plan = "\n".join(line for (line,) in connection.execute(f"EXPLAIN {asked.text}"))
    assert ("by_mail" in plan, "by_phone" in plan) == (bool(index), bool(index)), plan
    assert ("Seq Scan on people" in plan) == (not index)


def test_where_no_temporary_table_may_be_made_the_lists_are_bound(office: Office, postgres_server: Server) -> None:
    server = postgres_server
    server.empty()
    server.run("REVOKE TEMPORARY ON DATABASE office FROM PUBLIC")
    try:
        write_people(office, server)
        source = office.source("people")
        promises.email_in_any_case_and_in_prose(source)
        promises.number_in_every_spelling(source, "+14155550100")
        assert not source._reader()._temporary  # type: ignore[attr-defined]
    finally:
        server.run("GRANT TEMPORARY ON DATABASE office TO PUBLIC")


def test_an_address_of_parts_needs_no_url(office: Office, server: Server) -> None:
    write_people(office, server)
    path = office.home / "sources" / "people.toml"
    parts = (
        f'dialect = "{server.kind}"\nhost = "127.0.0.1"\nport = {server.port}\ndatabase = "office"\nuser = "reader"\n'
    )
    text = (
        path.read_text()
        .replace(f'path = "{server.address()}"\n', "")
        .replace("[source.options]", f"[source.options]\n{parts}")
    )
    path.write_text(text)
    assert promises.found(office.source("people"), ANA).keys() == {"1", "2", "10"}
    path.write_text(text.replace('host = "127.0.0.1"\n', ""))
    with pytest.raises(InputWrong, match='"path" is missing'):
        office.sources()


def test_a_value_that_is_not_as_promised_is_told_by_the_trial(office: Office, server: Server) -> None:
    server.run("CREATE TABLE people (id INT PRIMARY KEY, email VARCHAR(99), phone VARCHAR(60))")
    rows = [("p1@x.example", "+14155550100"), (" P2@x.example", "4155550100"), (None, "14155550100"), ("", "")]
    server.fill("people", ["id", "email", "phone"], [(n, *row) for n, row in enumerate(rows)])
    describe_tables(office, server, described("people", normal=True))
    tested = office.source("crm").test()
    assert tested.rows == {"people": 4}
    assert [problem.says[:26] for problem in tested.problems] == [
        '1 values of the field "ema',
        '1 values of the field "pho',
    ]
    found = search(office.source("crm"), who("email", "p1@x.example"), who("phone", "+1 415 555 0100"))
    assert [record.key for record in found] == ["0", "2"]


def test_numbers_promised_as_e164_are_found_digit_for_digit_and_others_are_told(office: Office, server: Server) -> None:
    server.run("CREATE TABLE people (id INT PRIMARY KEY, phone VARCHAR(60))")
    server.fill("people", ["id", "phone"], list(enumerate(promises.AS_E164)))
    described = record_set("people", field("phone", *kind_of("phone", 'normal = "e164"')))
    describe_tables(office, server, described)
    for index in ("", "CREATE INDEX by_phone ON people (phone)"):
        if index:
            server.run(index)
        promises.numbers_kept_as_e164(office.source("crm"))


WIDE = ["1541815603606036480", "9223372036854775807", "-9223372036854775808", "-7", "7"]


@pytest.mark.parametrize("index", ["", "CREATE INDEX by_account ON people (account)"])
def test_a_number_of_any_width_is_found_and_what_is_none_disturbs_nobody(
    office: Office, server: Server, index: str
) -> None:
    server.run("CREATE TABLE people (id INT PRIMARY KEY, account BIGINT)", *([index] if index else []))
    server.fill("people", ["id", "account"], list(enumerate(WIDE)))
    describe_tables(office, server, record_set("people", field("account", *kind_of("account_id", "normal = true"))))
    source = office.source("crm")
    odd = ["9223372036854775808", "1" * 30, "007", "7a", "x" * 200, "--7", "1e3"]
    found = search(source, *(who("account_id", one) for one in [*WIDE, *odd]))
    assert sorted(record.key for record in found) == list("01234")
    assert [record.key for record in search(source, who("account_id", WIDE[0]))] == ["0"]
    assert search(source, *(who("account_id", one) for one in odd)) == []
