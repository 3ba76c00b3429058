"""The SQLite source: one statement whatever is asked, no row missed, values as they are stored, nothing written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.case.identifiers import Identifier
from dsar.case.records import DataRole, Field, RecordSet, RolePeriod
from dsar.sources.dialects import SqliteDialect
from dsar.sources.interface import SourceFailed, Why
from dsar.sources.matching import Matcher
from dsar.sources.search import search
from dsar.sources.sql import conditions, quoted
from dsar.sources.sqlite import SqliteSource, _worth_probing, select
from tests.sources.office import Office, field, kind_of, record_set, source_file, who

PEOPLE = source_file(
    record_set(
        "people",
        field("email", *kind_of("email", "emits = true")),
        field("phone", *kind_of("phone", "emits = true")),
        field("note", "text = true"),
    )
)


def people(office: Office, *rows: tuple[object, object, object]) -> SqliteSource:
    """A table of people, described and opened."""
    found = [{"id": n, "email": e, "phone": p, "note": t} for n, (e, p, t) in enumerate(rows, start=1)]
    office.database("crm.sqlite", {"people": found})
    office.describe("crm", PEOPLE)
    source = office.source("crm")
    assert isinstance(source, SqliteSource)
    return source


@pytest.mark.parametrize("count", [1, 50, 5_000])
def test_one_statement_finds_any_number_of_identifiers(
    office: Office, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    source = people(office, ("p1@x.example", "", ""), ("", "+1 415 555 0001", ""), ("", "", "tell p0@x.example"))
    statements: list[str] = []
    connect = sqlite3.connect

    def traced(*args: object, **options: object) -> sqlite3.Connection:
        connection = connect(*args, **options)  # type: ignore[call-overload]
        # what SQLite runs inside a statement is traced as a comment
        connection.set_trace_callback(lambda text: None if text.startswith("--") else statements.append(text))
        return connection  # type: ignore[no-any-return]

    monkeypatch.setattr("dsar.sources.sqlite.sqlite3.connect", traced)
    several = [Identifier(kind="email", value=f"p{n}@x.example") for n in range(count)]
    several += [Identifier(kind="phone", value=f"+1415555{n:04}") for n in range(count)]
    several += [Identifier(kind="username", value=f"user_{n}") for n in range(count)]
    first = list(source.find(source.settings.record_sets[0], several))
    assert 1 <= len(first) <= 3
    assert len(statements) == 2
    again = list(source.find(source.settings.record_sets[0], several))
    assert (again, len(statements)) == (first, 3)


def test_a_round_asks_only_what_is_new(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    people(office, ("a@x.example", "+1 415 555 0001", ""), ("", "415.555.0001", ""))
    asked: list[list[str]] = []
    find = SqliteSource.find

    def noted(self: SqliteSource, one: RecordSet, several: list[Identifier]) -> object:
        asked.append([identifier.value for identifier in several])
        return find(self, one, several)

    monkeypatch.setattr(SqliteSource, "find", noted)
    result = search(office.sources(), [who("email", "a@x.example")])
    assert asked == [["a@x.example"], ["+14155550001"]]
    assert [record.key for record in result.answers[0].records] == ["1", "2"]


_WANTED = [
    Identifier(kind="email", value="ana@example.com"),
    Identifier(kind="email", value="ana@xn--exmple-cua.com"),
    Identifier(kind="email", value="j\u00fcrgen@example.com"),
    Identifier(kind="phone", value="+14155550100"),
    Identifier(kind="username", value="ana_r1"),
    Identifier(kind="account_id", value="4155550100"),
]


def seen(kind: str, cell: object) -> tuple[bool, bool]:
    """Whether a value in a field of this kind matches, and whether the cheap filter lets it through."""
    described = Field(name="v", meaning="m", text=True) if kind == "text" else None
    one = RecordSet(
        source="s",
        name="t",
        title="t",
        place="t",
        key=("v",),
        roles=(RolePeriod(role=DataRole.CONTROLLER, purpose="p"),),
        country="US",
        fields=(described or Field(name="v", meaning="m", identifies=kind, match=True),),
    )
    matcher = Matcher(one, _WANTED)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (v)")
        connection.execute("INSERT INTO t VALUES (?)", (cell,))
        kept = connection.execute(*select("t", conditions(matcher, SqliteDialect()))).fetchall()
    return bool(matcher.match({"v": "" if cell is None else str(cell)})), bool(kept)


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("email", "ana@example.com"),
        ("email", " ANA@Example.COM. "),
        ("email", "Ana <ana@example.com>"),
        ("email", "b@x.example;ana@example.com"),
        ("email", "ana @ example.com"),
        ("email", "mailto:ana@example.com"),
        ("email", "ana@ex\u00e4mple.com"),
        ("email", "J\u00dcRGEN@example.com"),
        ("email", "\uff41na@example.com"),
        ("email", "ana@example.com\n"),
        ("email", "ana@example.com!"),
        ("email", "mailto ana@example.com?subject=hi"),
        ("phone", 14155550100),
        ("phone", 4155550100),
        ("phone", "415-555-0100"),
        ("phone", "+1 (415) 555 01 00"),
        ("phone", "415.555.0100 "),
        ("phone", "4155550 1 0 0"),
        ("phone", "415-555-0100 x1234"),
        ("phone", "415-555-0100, 212-555-0199"),
        ("phone", "415\u2011555\u20110100"),
        ("phone", "\uff14\uff11\uff15 555 0100"),
        ("phone", "415\t5550100"),
        ("phone", "\u0664\u0661\u0665 \u0665\u0665\u0665 \u0660\u0661\u0660\u0660"),
        ("username", "ana_r1"),
        ("username", "\tana_r1\n"),
        ("username", "\u00a0ana_r1 "),
        ("account_id", 4155550100),
        ("account_id", " 4155550100"),
        ("text", "write to ANA@EXAMPLE.COM"),
        ("text", "write to ana@ex\u00e4mple.com"),
        ("text", "write to J\u00dcRGEN@example.com"),
        ("text", "write to ana\uff20example.com"),
        ("text", "ring 415 555\u20110100 now"),
        ("text", "ring (415) 555.01.00 now"),
        ("text", "ring \u0664\u0661\u0665-\u0665\u0665\u0665-\u0660\u0661\u0660\u0660 now"),
        ("text", "user Ana_R1 wrote"),
    ],
)
def test_the_cheap_filter_lets_every_spelling_through(kind: str, cell: object) -> None:
    assert seen(kind, cell) == (True, True)


@pytest.mark.parametrize("kind", ["email", "phone", "username", "account_id", "text"])
@pytest.mark.parametrize("cell", [None, "", "+12125550199", 12125550199, "(212) 555-0199"])
def test_the_cheap_filter_stops_plain_values_of_others(kind: str, cell: object) -> None:
    assert seen(kind, cell) == (False, False)


_PIECE = st.one_of(
    st.sampled_from(["ana", "@", "example.com", "ex\u00e4mple.com", "EXAMPLE", "j\u00fcrgen", "ana_r1", "mailto:"]),
    st.sampled_from(["415", "555", "0100", "01", "00", "1", "+", "x12", " ext 4", "\uff14", "\u2011"]),
    st.sampled_from([*" -()./,;<>:|\t\n", "\u00a0", "\uff20"]),
)
_CELL = st.one_of(
    st.none(),
    st.integers(min_value=10**9, max_value=10**12),
    st.lists(_PIECE, max_size=9).map("".join),
    st.lists(st.sampled_from([*" -()./+", "\u2011", "\u00a0", ""]), min_size=10, max_size=10).map(
        lambda gaps: "".join(map("".join, zip("4155550100", gaps, strict=True)))
    ),
)


@settings(max_examples=300)
@given(kind=st.sampled_from(["email", "phone", "username", "account_id", "text"]), cell=_CELL)
def test_the_cheap_filter_never_loses_a_row_that_matches(kind: str, cell: object) -> None:
    matches, kept = seen(kind, cell)
    assert kept or not matches


def test_values_come_as_they_are_stored(office: Office) -> None:
    path = office.home / "data" / "crm.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE people (id TEXT, email TEXT, phone INTEGER, note, photo BLOB, price)")
        odd = "CAST(x'4dfc6c6c6572' AS TEXT), x'00ff00', 12.5"
        connection.execute(" ".join(["INSERT INTO people VALUES ('007', 'a@x.example', 4155550100,", odd, ")"]))
        connection.execute("INSERT INTO people VALUES ('', NULL, NULL, 'ask a@x.example', NULL, 1)")
    office.describe("crm", PEOPLE)
    source = office.source("crm")
    first, second = source.find(source.settings.record_sets[0], [who("email", "a@x.example")])
    assert first.key == "007"
    assert dict(first.values) == {
        "id": "007", "email": "a@x.example", "phone": "4155550100", "note": "M\\xfcller",
        "photo": "(binary, 3 bytes)", "price": "12.5",
    }  # fmt: skip
    assert (second.key, second.values["phone"], second.values["price"]) == ("", "", "1")


def test_a_number_stored_as_a_number_is_found(office: Office) -> None:
    source = people(office, ("", 14155550100, ""), ("", 4155550100, ""), ("", 41555501, ""))
    found = source.find(source.settings.record_sets[0], [who("phone", "+1 415 555 0100")])
    assert [record.key for record in found] == ["1", "2"]


@pytest.mark.parametrize("name", ['a"b', "x; DROP TABLE y; --", "select", "Ünï cödé", "a'b", "{0}", "%s"])
def test_any_table_name_is_only_a_name(office: Office, name: str) -> None:
    office.database("crm.sqlite", {"plain": [{"id": 1}]})
    with closing(sqlite3.connect(office.home / "data" / "crm.sqlite")) as connection, connection:
        table, column = quoted(name), quoted(f"{name} mail")
        connection.execute(f"CREATE TABLE {table} (id, {column})")
        connection.execute(" ".join(["INSERT INTO", table, "VALUES (1, 'a@x.example')"]))
    toml = PEOPLE.replace('name = "email"', f"name = '''{name} mail'''")
    toml = toml.replace('key = ["id"]', f"key = ['id']\nplace = '''{name}'''")
    office.describe(
        "crm", toml.replace('name = "phone"', 'name = "id"').split('[[record_set.field]]\nname = "note"')[0]
    )
    source = office.source("crm")
    assert [record.key for record in source.find(source.settings.record_sets[0], [who("email", "a@x.example")])] == [
        "1"
    ]


@pytest.mark.parametrize(
    ("wrong", "says"), [('place = "poeple"', "there is no table"), ('time = "att"', 'no column "att"')]
)
def test_settings_that_do_not_fit_the_database_fail(office: Office, wrong: str, says: str) -> None:
    people(office, ("a@x.example", "", ""))
    office.describe("crm", PEOPLE.replace('key = ["id"]', f'key = ["id"]\n{wrong}'))
    source = office.source("crm")
    with pytest.raises(SourceFailed, match=says) as failed:
        list(source.find(source.settings.record_sets[0], [who("email", "a@x.example")]))
    assert failed.value.why is Why.BROKEN


def test_a_locked_database_is_a_timeout(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    source = people(office, ("a@x.example", "", ""))
    monkeypatch.setattr("dsar.sources.sqlite.BUSY_SECONDS", 0)
    with closing(sqlite3.connect(office.home / "data" / "crm.sqlite", isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SourceFailed, match="locked by another program") as failed:
            list(source.find(source.settings.record_sets[0], [who("email", "a@x.example")]))
        writer.execute("ROLLBACK")
    assert failed.value.why is Why.TIMEOUT


def test_a_search_beyond_its_time_is_given_up(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.database("crm.sqlite", {"plain": [{"id": 1}]})
    with closing(sqlite3.connect(office.home / "data" / "crm.sqlite")) as connection, connection:
        endless = "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n)"
        empty = "SELECT id, '' email, '' phone, '' note FROM n"
        connection.execute(" ".join(["CREATE VIEW people AS", endless, empty]))
    office.describe("crm", PEOPLE)
    source = office.source("crm")
    monkeypatch.setattr(source, "_seconds", 0)
    with pytest.raises(SourceFailed, match="did not answer within 0 s") as failed:
        list(source.find(source.settings.record_sets[0], [who("email", "a@x.example")]))
    assert failed.value.why is Why.TIMEOUT


def test_a_damaged_database_is_a_failure(office: Office) -> None:
    source = people(office, *[(f"p{n}@x.example", "", "x" * 500) for n in range(200)])
    path = office.home / "data" / "crm.sqlite"
    raw = bytearray(path.read_bytes())
    raw[8192:16384] = b"\xff" * 8192
    path.write_bytes(bytes(raw))
    with pytest.raises(SourceFailed) as failed:
        list(source.find(source.settings.record_sets[0], [who("email", "p1@x.example")]))
    assert failed.value.why is Why.BROKEN


def test_the_source_cannot_be_written(office: Office) -> None:
    source = people(office, ("a@x.example", "", ""))
    with source._reading() as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM people")


def test_a_view_is_searched_like_a_table(office: Office) -> None:
    source = people(office, ("a@x.example", "", ""))
    with closing(sqlite3.connect(office.home / "data" / "crm.sqlite")) as connection, connection:
        connection.execute("CREATE VIEW folk AS SELECT * FROM people")
    office.describe("crm", PEOPLE.replace('key = ["id"]', 'key = ["id", "email"]\nplace = "folk"'))
    source = office.source("crm")  # type: ignore[assignment]
    (record,) = source.find(source.settings.record_sets[0], [who("email", "a@x.example")])
    assert record.key == '["1", "a@x.example"]'


def test_a_path_with_odd_signs_opens_that_file(office: Office) -> None:
    name = "crm ?mode=rwc#%41.sqlite"
    office.database(name, {"people": [{"id": 1, "email": "a@x.example", "phone": "", "note": ""}]})
    office.describe("crm", PEOPLE.replace("crm.sqlite", name))
    assert office.source("crm").test().rows == {"people": 1}
    assert [one.name for one in Path(office.home / "data").iterdir()] == [name]


def big(office: Office, index: str, count: int = 2_000) -> SqliteSource:
    """A table whose e-mails and account numbers are kept in one form."""
    path = office.home / "data" / "crm.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, account INTEGER)")
        rows = ((n, f"p{n}@x.example", 70_000 + n) for n in range(1, count + 1))
        connection.executemany("INSERT INTO people VALUES (?, ?, ?)", rows)
        connection.executescript(index)
    fields = [
        field("email", *kind_of("email", "normal = true")),
        field("account", *kind_of("account_id", "normal = true")),
    ]
    office.describe("crm", source_file(record_set("people", *fields)))
    source = office.source("crm")
    assert isinstance(source, SqliteSource)
    return source


INDEXES = "CREATE INDEX a ON people (email); CREATE INDEX b ON people (account, id);"


@pytest.mark.parametrize(
    ("index", "asked", "probed"),
    [(INDEXES, 3, True), (INDEXES, 90, False), ("CREATE INDEX a ON people (email);", 3, False), ("", 3, False)],
)
def test_an_index_is_asked_for_few_and_all_rows_are_read_for_many(
    office: Office, index: str, asked: int, probed: bool
) -> None:
    source = big(office, index)
    wanted = [Identifier(kind="email", value=f"p{n}@x.example") for n in range(1, asked)]
    wanted += [Identifier(kind="account_id", value=str(71_000 + n)) for n in range(asked)]
    one = source.settings.record_sets[0]
    assert len(list(source.find(one, wanted))) == 2 * asked - 1
    found = conditions(Matcher(one, wanted), SqliteDialect())
    with source._reading() as connection:
        assert _worth_probing(connection, "people", found) == probed
        plan = connection.execute(*_explained(select("people", found, probed=probed))).fetchall()
    assert any("SEARCH people USING" in step[3] and "INDEX a" in step[3] for step in plan) == probed


def _explained(statement: tuple[str, list[str]]) -> tuple[str, list[str]]:
    return f"EXPLAIN QUERY PLAN {statement[0]}", statement[1]


def test_a_value_that_is_not_as_promised_is_told_by_the_trial(office: Office) -> None:
    source = big(office, INDEXES, 3)
    with closing(sqlite3.connect(office.home / "data" / "crm.sqlite")) as connection, connection:
        connection.execute("UPDATE people SET email = ' P1@X.example' WHERE id = 1")
    (problem,) = source.test().problems
    assert 'the field "email"' in problem.says
    assert "1 " in problem.says
