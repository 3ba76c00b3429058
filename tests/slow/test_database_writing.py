"""Rows of real database servers are changed as the plan says and no others, whatever the server puts in the way."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace

import pytest

from dsar.case.changes import Action, Result, Step
from dsar.errors import Refused
from dsar.sources.interface import SourceFailed, Why
from dsar.sources.writing import edits, writer
from tests.slow.database_office import describe_tables, search
from tests.slow.servers import PASSWORD, Server
from tests.sources.office import Office, field, kind_of, record_set, source_file
from tests.sources.rewriting import carry_out

pytestmark = pytest.mark.slow
ANA = {"id": "1", "email": "ana@example.com", "age": "40", "price": "12.50", "data": "(binary, 2 bytes)", "seen": ""}
ORDER = {"id": "7", "email": "ana@example.com", "person": "1"}


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DSAR_TEST_PASSWORD", PASSWORD)


def prepare(office: Office, server: Server, action: str = "") -> None:
    """Tables that point to each other."""
    blob, binary = ("bytea", "'\\x00ff'") if server.kind == "postgresql" else ("BLOB", "x'00ff'")
    server.run(
        "CREATE TABLE people (id VARCHAR(20) PRIMARY KEY, email VARCHAR(60) NOT NULL UNIQUE, "
        f"age INT CHECK (age < 150), price NUMERIC(10, 2), data {blob}, seen TIMESTAMP NULL)",
        f"INSERT INTO people VALUES ('1', 'ana@example.com', 40, 12.5, {binary}, NULL), "
        "('2', 'ben@example.com', 50, NULL, NULL, NULL)",
        "CREATE TABLE orders (id INT PRIMARY KEY, email VARCHAR(60), person VARCHAR(20), "
        f"CONSTRAINT theirs FOREIGN KEY (person) REFERENCES people (id) {action})",
        "INSERT INTO orders VALUES (7, 'ana@example.com', '1'), (8, 'ben@example.com', '2')",
        "CREATE TABLE pairs (id VARCHAR(20), part INT, email VARCHAR(60), PRIMARY KEY (id, part))",
        "INSERT INTO pairs VALUES ('1', 1, 'ana@example.com'), ('1', 2, 'ana@example.com')",
        "CREATE VIEW seen AS SELECT id, email FROM people",
    )
    describe(office, server)


def describe(office: Office, server: Server, more: str = "") -> None:
    tables = [record_set(name, field("email", *kind_of("email"))) for name in ("people", "orders", "pairs", "seen")]
    owner = server.address("postgres" if server.kind == "postgresql" else "owner")
    describe_tables(office, server, *tables, address=owner)
    if more:
        path = office.home / "sources" / "crm.toml"
        path.write_text(path.read_text().replace("[source.options]", f"[source.options]\n{more}"))


def step(place: str, number: int, before: Mapping[str, str], after: Mapping[str, str | None] | None = None) -> Step:
    return Step(
        id=f"S-{number:04d}", finding=f"F-{number:04d}", source="crm", record_set=place, place=place,
        key={"id": before["id"]}, action=Action.CHANGE if after else Action.DELETE, before=dict(before),
        after=dict(after or {}),
    )  # fmt: skip


def done(office: Office, *steps: Step) -> tuple[list[Result], dict[str, str]]:
    results, made = carry_out(office, steps, source="crm")
    return results, made.why


def test_the_plan_is_made_from_what_the_search_reads(office: Office, server: Server) -> None:
    prepare(office, server)
    source = office.source("crm")
    found = [dict(search(source, number=number)[0].values) for number in (0, 1)]
    assert found == [ANA, ORDER]
    assert edits(source.settings)


def test_a_record_others_point_to_waits_for_them_in_any_order(office: Office, server: Server) -> None:
    prepare(office, server)
    assert done(office, step("people", 1, ANA), step("orders", 2, ORDER)) == ([Result.DONE, Result.DONE], {})
    assert server.run("SELECT id FROM people") == [("2",)]
    assert server.run("SELECT id FROM orders") == [(8,)]
    assert done(office, step("people", 1, ANA), step("orders", 2, ORDER))[0] == [Result.ALREADY, Result.ALREADY]


def test_a_foreign_key_that_stays_fails_the_step_alone(office: Office, server: Server) -> None:
    prepare(office, server)
    server.run("INSERT INTO people VALUES ('3', 'cy@example.com', NULL, NULL, NULL, NULL)")
    cy = {"id": "3", "email": "cy@example.com"}
    results, why = done(office, step("people", 1, ANA), step("people", 2, cy))
    assert results == [Result.FAILED, Result.DONE]
    assert "foreign key" in why["S-0001"]
    assert sorted(server.run("SELECT id FROM people")) == [("1",), ("2",)]


def test_a_foreign_key_checked_last_fails_the_step_alone(office: Office, postgres_server: Server) -> None:
    postgres_server.empty()
    prepare(office, postgres_server, "DEFERRABLE INITIALLY DEFERRED")
    results, why = done(office, step("people", 1, ANA), step("orders", 2, {**ORDER, "id": "9"}))
    assert results == [Result.FAILED, Result.ALREADY]
    assert "foreign key" in why["S-0001"]


@pytest.mark.parametrize("action", ["ON DELETE CASCADE", "ON DELETE SET NULL"])
def test_what_would_reach_other_rows_is_not_done_until_it_is_allowed(
    office: Office, server: Server, action: str
) -> None:
    prepare(office, server, action)
    results, why = done(office, step("people", 1, ANA))
    assert results == [Result.FAILED]
    assert "1 other rows" in why["S-0001"]
    assert len(server.run("SELECT id FROM people")) == 2
    assert sorted(server.run("SELECT id, person FROM orders")) == [(7, "1"), (8, "2")]
    describe(office, server, 'cascades = "true"')
    assert done(office, step("people", 1, ANA)) == ([Result.DONE], {})


def test_a_trigger_that_copies_what_is_deleted_stops_it(office: Office, server: Server) -> None:
    prepare(office, server)
    server.run("CREATE TABLE kept (email VARCHAR(60))")
    if server.kind == "postgresql":
        body = "BEGIN INSERT INTO kept VALUES (old.email); RETURN old; END"
        server.run(
            f"CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $${body}$$",
            "CREATE TRIGGER t BEFORE DELETE ON orders FOR EACH ROW EXECUTE FUNCTION keep()",
        )
    else:
        server.run("CREATE TRIGGER t BEFORE DELETE ON orders FOR EACH ROW INSERT INTO kept VALUES (old.email)")
    results, why = done(office, step("orders", 2, ORDER))
    assert results == [Result.FAILED]
    assert "1 other rows" in why["S-0002"]
    assert server.run("SELECT count(*) FROM kept") == [(0,)]
    assert len(server.run("SELECT id FROM orders")) == 2


@pytest.mark.parametrize(
    ("after", "word"),
    [
        ({"email": "ben@example.com"}, "unique"), ({"age": "200"}, "does not allow"), ({"gone": "x"}, "no column"),
        ({"age": "old"}, "does not allow"), ({"email": "x" * 61}, "does not allow"),
        ({"seen": "soon"}, "does not allow"),
    ],
)  # fmt: skip
def test_a_value_the_database_refuses_is_told_in_words(
    office: Office, server: Server, after: Mapping[str, str | None], word: str
) -> None:
    prepare(office, server)
    results, why = done(office, step("people", 1, ANA, after))
    assert results == [Result.FAILED]
    assert word in why["S-0001"]
    assert server.run("SELECT email, age FROM people WHERE id = '1'") == [("ana@example.com", 40)]


def test_types_are_kept_and_never_empty_columns_get_an_empty_text(office: Office, server: Server) -> None:
    prepare(office, server)
    todo = step("people", 1, ANA, {"email": None, "age": "41", "price": None, "seen": "2026-03-29 01:30:00"})
    assert done(office, todo) == ([Result.DONE], {})
    (row,) = server.run("SELECT email, age, price, data FROM people WHERE id = '1'")
    assert (row[:3], bytes(row[3])) == (("", 41, None), b"\x00\xff")
    assert done(office, todo)[0] == [Result.ALREADY]


def test_a_row_that_moved_on_is_not_touched_and_its_neighbours_are(office: Office, server: Server) -> None:
    prepare(office, server)
    older = {**ANA, "age": "39"}
    ben = {"id": "2", "email": "ben@example.com", "age": "50"}
    results, why = done(office, step("people", 1, older, {"age": "1"}), step("people", 2, ben, {"age": "2"}))
    assert results == [Result.MOVED, Result.DONE]
    assert "no longer what the plan saw" in why["S-0001"]
    assert sorted(server.run("SELECT id, age FROM people")) == [("1", 40), ("2", 2)]
    assert done(office, step("people", 3, {**ANA, "price": "12.5"}))[0] == [Result.MOVED]


def test_part_of_a_key_reaches_only_what_the_plan_saw(office: Office, server: Server) -> None:
    prepare(office, server)
    one = step("pairs", 1, {"id": "1", "part": "2", "email": "ana@example.com"})
    assert done(office, one)[0] == [Result.DONE]
    assert server.run("SELECT id, part FROM pairs") == [("1", 1)]
    both = replace(one, key={"id": "1", "part": "1"}, before={**one.before, "part": "1"})
    assert done(office, both)[0] == [Result.DONE]
    assert server.run("SELECT id, part FROM pairs") == []


def test_a_view_is_not_written(office: Office, server: Server) -> None:
    prepare(office, server)
    results, why = done(office, step("seen", 1, {"id": "1", "email": "ana@example.com"}))
    assert results == [Result.FAILED]
    assert "view" in why["S-0001"]


def test_identical_rows_without_a_key_of_their_own_all_go(office: Office, server: Server) -> None:
    server.run("CREATE TABLE people (id INT, email VARCHAR(60), note TEXT)")
    ana = (5, "ana@example.com", None)
    server.fill("people", ["id", "email", "note"], [ana, ana, (5, "ben@example.com", None), (None, "x@x.example", "")])
    describe(office, server)
    assert done(office, step("people", 1, {"id": "5", "email": "ana@example.com"})) == ([Result.DONE], {})
    assert server.run("SELECT id, email FROM people WHERE id = 5") == [(5, "ben@example.com")]
    assert done(office, step("people", 2, {"id": "", "email": "x@x.example"}, {"note": "seen"}))[0] == [Result.DONE]
    assert server.run("SELECT note FROM people WHERE id IS NULL") == [("seen",)]


@pytest.mark.parametrize("key", ["' OR '1'='1", '"; DROP TABLE people; --', "%", "1 ", "\x00", "", "01", "1e0"])
def test_a_hostile_key_reaches_no_record(office: Office, server: Server, key: str) -> None:
    prepare(office, server)
    todo = [step(place, number, {**before, "id": key}) for number, (place, before) in
            enumerate([("people", ANA), ("orders", ORDER)])]  # fmt: skip
    assert done(office, *todo)[0] == [Result.ALREADY, Result.ALREADY]
    assert (len(server.run("SELECT id FROM people")), len(server.run("SELECT id FROM orders"))) == (2, 2)


def test_thousands_of_steps_take_few_statements_and_one_that_fails_fails_alone(office: Office, server: Server) -> None:
    server.run("CREATE TABLE people (id INT PRIMARY KEY, email VARCHAR(60), note VARCHAR(60) UNIQUE)")
    server.fill("people", ["id", "email", "note"], [(n, f"p{n}@x.example", f"n{n}") for n in range(1_200)])
    describe(office, server)
    begun = len(server.log)
    before = [{"id": str(n), "email": f"p{n}@x.example", "note": f"n{n}"} for n in range(1_100)]
    changes = [step("people", n, one, {"email": None, "note": f"m{n}"}) for n, one in enumerate(before)]
    changes[777] = replace(changes[777], after={"email": None, "note": "n1150"})
    results, why = done(office, *changes)
    assert results == [Result.FAILED if n == 777 else Result.DONE for n in range(1_100)]
    assert list(why) == ["S-0777"]
    assert server.log[begun:].count("UPDATE ") < 60
    if server.kind == "postgresql":
        assert "p5@x.example" not in server.log[begun:]
    assert server.run("SELECT count(*) FROM people WHERE email IS NULL AND note LIKE 'm%'") == [(1_099,)]
    gone = [step("people", n, {**one, "email": "", "note": f"m{n}"}) for n, one in enumerate(before) if n != 777]
    assert set(done(office, *gone)[0]) == {Result.DONE}
    assert server.run("SELECT count(*) FROM people") == [(101,)]


def test_a_row_locked_by_another_is_left_and_told(
    office: Office, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(office, server)
    module = "writing_postgres" if server.kind == "postgresql" else "writing_mysql"
    monkeypatch.setattr(f"dsar.sources.{module}.LOCK_SECONDS", 1)
    other = server.connect()
    try:
        cursor = other.cursor()
        cursor.execute("BEGIN")
        cursor.execute("UPDATE orders SET email = 'new@example.com' WHERE id = 7")
        with pytest.raises(SourceFailed, match="locked by another program") as failed:
            done(office, step("orders", 2, ORDER))
        assert failed.value.why is Why.TIMEOUT
        # the other is done while we wait: what it wrote is seen, and stays
        committing = threading.Timer(0.3, lambda: cursor.execute("COMMIT"))
        committing.start()
        assert done(office, step("orders", 2, ORDER))[0] == [Result.MOVED]
        # its line is not closed under it
        committing.join()
    finally:
        other.close()
    assert server.run("SELECT email FROM orders WHERE id = 7") == [("new@example.com",)]


def test_a_crash_before_the_result_is_told_goes_on_as_already_done(office: Office, server: Server) -> None:
    prepare(office, server)

    def killed(one: Step, result: Result) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        writer(office.source("crm").settings, office.home).apply([step("orders", 2, ORDER)], done=killed)
    assert len(server.run("SELECT id FROM orders")) == 1
    assert done(office, step("orders", 2, ORDER))[0] == [Result.ALREADY]


def test_a_column_the_database_computes_fails_its_step_alone(office: Office, server: Server) -> None:
    prepare(office, server)
    whole = "lower(email)" if server.kind == "postgresql" else "LOWER(email)"
    server.run(f"ALTER TABLE orders ADD COLUMN low VARCHAR(60) GENERATED ALWAYS AS ({whole}) STORED")
    before = {**ORDER, "low": "ana@example.com"}
    ben = {"id": "8", "email": "ben@example.com", "person": "2", "low": "ben@example.com"}
    results, why = done(office, step("orders", 2, before, {"low": "y"}), step("orders", 3, ben))
    assert results == [Result.FAILED, Result.DONE]
    assert "computes itself" in why["S-0002"]


def test_a_user_who_may_only_read_changes_nothing(office: Office, server: Server) -> None:
    prepare(office, server)
    tables = [record_set("orders", field("email", *kind_of("email")))]
    describe_tables(office, server, *tables)
    results, why = done(office, step("orders", 2, ORDER))
    assert results == [Result.FAILED]
    assert "may not change" in why["S-0002"]
    assert len(server.run("SELECT id FROM orders")) == 2


def test_a_database_of_another_kind_is_not_written(office: Office) -> None:
    office.database("crm.sqlite", {"people": [{"id": 1, "email": "ana@example.com"}]})
    people = record_set("people", field("email", *kind_of("email")))
    office.describe("crm", source_file(people, kind="sql", path="sqlite:///data/crm.sqlite"))
    with pytest.raises(Refused, match="can search and not write"):
        writer(office.source("crm").settings, office.home)


def test_a_table_that_cannot_take_back_a_change_is_not_written(office: Office, mariadb_server: Server) -> None:
    mariadb_server.empty()
    mariadb_server.run("CREATE TABLE people (id INT PRIMARY KEY, email VARCHAR(60)) ENGINE=MyISAM")
    mariadb_server.fill("people", ["id", "email"], [(1, "ana@example.com")])
    describe(office, mariadb_server)
    results, why = done(office, step("people", 1, {"id": "1", "email": "ana@example.com"}))
    assert results == [Result.FAILED]
    assert "MyISAM" in why["S-0001"]
