"""A database server that fails under `dsar gather`, as typed: a sentence, exit 4, and a retry that finishes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.cli.conftest import _own_environment as _own_environment
from tests.cli.conftest import typed as typed
from tests.cli.test_gather_faults import searched_since, states
from tests.cli.typing import Terminal
from tests.slow import servers
from tests.slow.servers import PASSWORD, READER, Server, free_port
from tests.workflow.conftest import snapshots as snapshots
from tests.workflow.office import EMAIL

pytestmark = pytest.mark.slow
COLUMNS = "(id INT PRIMARY KEY, email VARCHAR(200), note TEXT)"
SLOW = "CREATE VIEW bills AS SELECT id, email, note FROM old_bills WHERE {0} IS NOT NULL"
SOURCE = """[source]
kind = "sql"
title = "Billing"
owner = "priya"
path = "{path}"
{more}
[source.options]
password = "env:DSAR_TEST_PASSWORD"
"""
TABLE = """
[[record_set]]
name = "{name}"
title = "Your {name}"
key = ["id"]
[[record_set.role]]
role = "controller"
purpose = "billing"
[[record_set.field]]
name = "email"
meaning = "E-mail address"
identifies = "email"
match = true
[[record_set.field]]
name = "note"
meaning = "Note"
"""


@pytest.fixture
def desk(typed: Callable[..., Terminal], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("DSAR_TEST_PASSWORD", PASSWORD)
    terminal = typed("proven")
    terminal("gather", "1", "--from", "facilities", "--file", "none")
    return terminal


def describe(desk: Terminal, address: str, *tables: str, more: str = "") -> None:
    text = SOURCE.format(path=address, more=more) + "".join(TABLE.format(name=name) for name in tables)
    (desk.home / "sources/billing.toml").write_text(text, encoding="utf-8")


def two_tables(desk: Terminal, server: Server) -> None:
    for name in ("bills", "refunds"):
        server.run(f"CREATE TABLE {name} {COLUMNS}")
        server.fill(name, ["id", "email", "note"], [(1, EMAIL.upper(), "x"), (2, "b@x.example", "y")])
    describe(desk, server.address(), "bills", "refunds")


def fails(desk: Terminal, says: str, why: str, *, both: bool = False) -> None:
    """Gather ends with 4 and this sentence; everything else is done."""
    code, told = states(desk)
    assert code == 4
    bills, refunds = told.pop("billing/bills"), told.pop("billing/refunds", None)
    assert (bills["state"], bills["why"], bills["says"]) == ("failed", why, says)
    assert not any(word in str(bills) for word in (PASSWORD, EMAIL, READER, "SELECT", "Error"))
    if refunds:
        assert refunds["state"] == ("failed" if both else "searched")
    assert {one["state"] for one in told.values()} == {"searched", "excluded"}


def works(desk: Terminal, *sets: str) -> None:
    """A retry asks these record sets alone, finds what they hold, and ends with 0."""
    before, _, _ = desk.facts()
    code, told = states(desk, "--retry")
    assert code == 0
    assert [told[f"billing/{name}"]["found"] for name in sets] == [1] * len(sets)
    assert searched_since(desk, before) == ["billing"] * len(sets)


def test_a_table_nobody_may_read(desk: Terminal, server: Server) -> None:
    two_tables(desk, server)
    if server.kind == "postgresql":
        server.run(f"REVOKE ALL ON bills FROM {READER}")
        fails(desk, "billing: the user of the settings may not read this table.", "refused")
        server.run(f"GRANT SELECT ON bills TO {READER}")
    else:
        server.run(f"REVOKE ALL ON office.* FROM {READER}@'%'", f"GRANT SELECT ON office.refunds TO {READER}@'%'")
        # a table that was not granted is not even named to us
        fails(desk, 'billing: there is no table "bills" that our user may see.', "broken")
        server.run(f"GRANT SELECT ON office.* TO {READER}@'%'")
    works(desk, "bills")


def test_a_column_dropped(desk: Terminal, server: Server) -> None:
    two_tables(desk, server)
    server.run("ALTER TABLE bills DROP COLUMN email")
    fails(desk, 'billing: the table "bills" has no column "email".', "broken")
    server.run("DROP TABLE bills", f"CREATE TABLE bills {COLUMNS}")
    server.fill("bills", ["id", "email", "note"], [(1, EMAIL, "x")])
    works(desk, "bills")


def test_a_table_that_hangs(desk: Terminal, server: Server) -> None:
    two_tables(desk, server)
    server.run("ALTER TABLE bills RENAME TO old_bills")
    sleep = "(SELECT id FROM (SELECT 1 AS id, pg_sleep(20)) AS s)" if server.kind == "postgresql" else "SLEEP(20)"
    server.run(SLOW.format(sleep))
    describe(desk, server.address(), "bills", "refunds", more="timeout_seconds = 1")
    fails(desk, "billing: the database did not answer within 1 s.", "timeout")
    server.run("DROP VIEW bills", "ALTER TABLE old_bills RENAME TO bills")
    works(desk, "bills")


def test_nobody_there(desk: Terminal, server: Server) -> None:
    two_tables(desk, server)
    describe(desk, f"{server.kind}://{READER}@127.0.0.1:{free_port()}/office", "bills", "refunds")
    fails(desk, "billing: nothing answers there: the connection was refused.", "broken", both=True)
    describe(desk, server.address(), "bills", "refunds")
    works(desk, "bills", "refunds")


def test_a_wrong_password(desk: Terminal, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    two_tables(desk, server)
    monkeypatch.setenv("DSAR_TEST_PASSWORD", "hunter2")
    fails(desk, "billing: the database did not accept the user or the password.", "refused", both=True)
    monkeypatch.setenv("DSAR_TEST_PASSWORD", PASSWORD)
    works(desk, "bills", "refunds")


@pytest.fixture(params=["postgresql", "mariadb"])
def mortal(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server of the test's own, to be killed."""
    if why := servers.missing(request.param):
        pytest.skip(why)
    with servers.STARTED[request.param]() as server:
        yield server


def test_a_server_killed_while_it_is_read(desk: Terminal, mortal: Server) -> None:
    mortal.run(f"CREATE TABLE old_bills {COLUMNS}")
    rows = [(number, EMAIL if number == 200 else "b@x.example", "x" * 2_000) for number in range(1, 201)]
    mortal.fill("old_bills", ["id", "email", "note"], rows)
    sleep = "pg_sleep(0.1 + 0 * id)" if mortal.kind == "postgresql" else "SLEEP(0.1 + 0 * id)"
    mortal.run(SLOW.format(sleep))
    describe(desk, mortal.address(), "bills")
    killed = threading.Event()

    def kill() -> None:
        for _ in range(600):
            if _is_reading(mortal):
                mortal.kill()
                killed.set()
                return
            time.sleep(0.05)

    killer = threading.Thread(target=kill)
    killer.start()
    fails(desk, "billing: the connection broke before everything was read. Nothing of it was kept.", "broken")
    killer.join()
    assert killed.is_set()
    mortal.start()
    mortal.awake()
    mortal.run("DROP VIEW bills", "ALTER TABLE old_bills RENAME TO bills")
    works(desk, "bills")


def _is_reading(server: Server) -> bool:
    """Whether the reader's statement has been at work for a moment."""
    if server.kind == "postgresql":
        asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    else:
        asked = "SELECT count(*) FROM information_schema.processlist WHERE state = 'User sleep'"
    return bool(server.run(asked)[0][0])
