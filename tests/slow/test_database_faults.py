"""Whatever a database server does, what it concerns fails in words, the rest is done, and a retry finishes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dsar.sources.answers import Answer, State
from dsar.sources.interface import SourceFailed, Why
from dsar.sources.search import search as search_all
from tests.slow import servers
from tests.slow.database_office import ANA, SECRET, describe_tables, described, search
from tests.slow.servers import PASSWORD, READER, Server, free_port
from tests.sources.office import Office, field, kind_of, record_set, source_file

pytestmark = pytest.mark.slow
COLUMNS = "(id INT PRIMARY KEY, email VARCHAR(200), phone VARCHAR(60), note TEXT)"


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DSAR_TEST_PASSWORD", PASSWORD)


def two_tables(office: Office, server: Server, more: str = "") -> None:
    """Two tables with one record of Ana's each."""
    for name in ("orders", "people"):
        server.run(f"CREATE TABLE {name} {COLUMNS}")
        server.fill(
            name, ["id", "email", "phone", "note"], [(1, "ana@example.com", "", ""), (2, "b@x.example", "", "")]
        )
    describe_tables(office, server, described("orders"), described("people"), more=more)


def answers(office: Office) -> dict[str, Answer]:
    """What a search for Ana says of each record set."""
    return {one.record_set.name: one for one in search_all(office.sources(), [ANA]).answers}


def fails(office: Office, says: str, why: Why, *, both: bool = False) -> None:
    """The people could not be searched for this reason; the orders could, unless the server itself is the reason."""
    found = answers(office)
    assert (found["people"].state, found["people"].why) == (State.FAILED, why), found["people"]
    assert says in found["people"].says
    assert not any(word in found["people"].says for word in (PASSWORD, "ana@", "Traceback", "SELECT"))
    assert found["orders"].state == (State.FAILED if both else State.SEARCHED)


def works(office: Office) -> None:
    """The same search again finds both."""
    assert [(one.state, one.found) for one in answers(office).values()] == [(State.SEARCHED, 1)] * 2


def test_one_table_that_may_not_be_read_leaves_the_other(office: Office, server: Server) -> None:
    two_tables(office, server)
    if server.kind == "postgresql":
        server.run(f"REVOKE SELECT ON people FROM {READER}")
        fails(office, "may not read this table", Why.REFUSED)
        server.run(f"GRANT SELECT ON people TO {READER}")
    else:
        server.run(f"REVOKE SELECT ON office.* FROM {READER}@'%'", f"GRANT SELECT ON office.orders TO {READER}@'%'")
        # a table nobody granted is not even named there
        fails(office, "there is no table", Why.BROKEN)
        server.run(f"GRANT SELECT ON office.* TO {READER}@'%'")
    works(office)


def test_a_column_dropped_is_named(office: Office, server: Server) -> None:
    two_tables(office, server)
    server.run("ALTER TABLE people DROP COLUMN phone")
    fails(office, 'has no column "phone"', Why.BROKEN)
    server.run("ALTER TABLE people ADD COLUMN phone VARCHAR(60)")
    works(office)


def test_a_column_or_table_gone_in_mid_search_is_told(office: Office, server: Server) -> None:
    two_tables(office, server)
    source = office.source("crm")
    assert len(search(source, number=1)) == 1
    server.run("ALTER TABLE people DROP COLUMN phone")
    with pytest.raises(SourceFailed, match="a column is gone"):
        search(source, number=1)
    server.run("DROP TABLE people")
    with pytest.raises(SourceFailed, match=r"table is gone|there is no table"):
        search(source, number=1)
    fails(office, "there is no table", Why.BROKEN)


def test_a_table_that_is_slow_is_given_up_in_time(office: Office, server: Server) -> None:
    two_tables(office, server, more="timeout_seconds = 1")
    server.run("ALTER TABLE people RENAME TO slow_people")
    sleep = "(SELECT id FROM (SELECT 1 AS id, pg_sleep(20)) AS s)" if server.kind == "postgresql" else "SLEEP(20)"
    server.run(f"CREATE VIEW people AS SELECT id, email, phone, note FROM slow_people WHERE {sleep} IS NOT NULL")
    fails(office, "did not answer within 1 s", Why.TIMEOUT)
    server.run("DROP VIEW people", "ALTER TABLE slow_people RENAME TO people")
    works(office)


def test_a_wrong_password_is_told_without_it(office: Office, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    two_tables(office, server)
    monkeypatch.setenv("DSAR_TEST_PASSWORD", "hunter2")
    fails(office, "did not accept the user or the password", Why.REFUSED, both=True)
    assert "hunter2" not in repr(answers(office))
    monkeypatch.delenv("DSAR_TEST_PASSWORD")
    fails(office, "env:DSAR_TEST_PASSWORD is not to be found", Why.REFUSED, both=True)
    monkeypatch.setenv("DSAR_TEST_PASSWORD", PASSWORD)
    works(office)


def test_nobody_there_is_told(office: Office, server: Server) -> None:
    two_tables(office, server)
    nowhere = f"{server.kind}://{READER}@127.0.0.1:{free_port()}/office"
    describe_tables(office, server, described("orders"), described("people"), address=nowhere)
    fails(office, "nothing answers there", Why.BROKEN, both=True)
    describe_tables(office, server, described("orders"), described("people"), address=server.address(database="offic"))
    found = answers(office)["people"]
    assert found.why in (Why.MISSING, Why.REFUSED)
    describe_tables(office, server, described("orders"), described("people"))
    works(office)


@pytest.fixture(params=["postgresql", "mariadb"])
def mortal(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server of the test's own, to be killed."""
    if why := servers.missing(request.param):
        pytest.skip(why)
    with servers.STARTED[request.param]() as server:
        yield server


def test_a_server_killed_in_mid_read_leaves_nothing_half(office: Office, mortal: Server) -> None:
    mortal.run(f"CREATE TABLE people {COLUMNS}")
    rows = [(n, "ana@example.com", "", "x" * 2_000) for n in range(20_000)]
    mortal.fill("people", ["id", "email", "phone", "note"], rows)
    describe_tables(office, mortal, described("people"))
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
    mortal.awake()
    # the same source again, as a retry does, and one opened anew
    assert len(search(source)) == 20_000
    assert answers(office)["people"].found == 20_000


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "WIN1252"])
def test_a_row_that_is_no_text_is_told_with_its_key_and_not_dropped(
    office: Office, postgres_server: Server, encoding: str
) -> None:
    server = postgres_server
    server.run("DROP DATABASE IF EXISTS odd", database="postgres")
    server.run(f"CREATE DATABASE odd ENCODING {encoding} LOCALE 'C' TEMPLATE template0", database="postgres")
    # 0xe9 is no UTF-8, 0x81 nothing in Windows-1252; the sign before the letter looks like an escape
    wrong = "\\xe9" if encoding == "SQL_ASCII" else "\\x81"
    with server.connect("odd", client_encoding=encoding) as connection:
        connection.execute(f"CREATE TABLE people {COLUMNS}".encode())
        connection.execute(f"GRANT SELECT ON people TO {READER}".encode())
        for row in ("1, 'ana@example.com', '', 'plain'", "2, 'ana@example.com', '', E'caf{0}\\\\t\\\\{0}!'"):
            connection.execute(f"INSERT INTO people VALUES ({row.format(wrong)})".encode())
    tables = record_set("people", field("email", *kind_of("email")))
    options = f"[source.options]\n{SECRET}"
    office.describe("crm", source_file(tables, kind="sql", path=server.address(database="odd"), more=options))
    source = office.source("crm")
    assert [record.values["note"] for record in search(source)] == ["plain", f"caf{wrong}\\t\\{wrong}!"]
    (problem,) = source.problems
    assert (problem.file, "The record 2 " in problem.says) == ("people", True)
