"""What Spark is asked, without a server: the statement holds nobody, finds what it must, and faults are sentences."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
import sqlglot

from dsar.case.identifiers import Identifier
from dsar.sources.database import SqlSource
from dsar.sources.interface import SourceFailed, Why
from dsar.sources.matching import Matcher
from dsar.sources.settings import load_sources
from dsar.sources.spark import name_of, select
from dsar.sources.spark_session import told
from dsar.sources.table import Table
from tests.sources.office import Office, field, kind_of, record_set, source_file, who
from tests.sources.people import PEOPLE
from tests.sources.spellings import ODD

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
ANA = who("email", "ana@example.com")
PHONE = who("phone", "+1 415 555 0100")
TABLE = Table(place="crm.people", columns={"id": "bigint", "email": "string", "phone": "string", "note": "string"})


def described(office: Office, path: str = "sc://127.0.0.1:1", more: str = "") -> SqlSource:
    fields = field("email", *kind_of("email")), field("phone", *kind_of("phone")), field("note", "text = true")
    people = record_set("people", *fields, more='place = "crm.people"')
    office.describe("crm", source_file(people, kind="sql", path=path, more=more))
    source = office.source("crm")
    assert isinstance(source, SqlSource)
    return source


def matcher(office: Office, *wanted: Identifier) -> Matcher:
    return Matcher(described(office).settings.record_sets[0], wanted)


@pytest.fixture
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(duckdb.connect()) as connection:
        connection.execute("CREATE SCHEMA crm")
        yield connection


def candidates(engine: duckdb.DuckDBPyConnection, people: Sequence[Sequence[object]], wanted: Matcher) -> set[str]:
    """The keys of the rows that the statement for Spark picks out, carried out by an engine of its kind."""
    text, lists = select(TABLE, wanted)
    engine.execute("CREATE TABLE crm.people (id BIGINT, email VARCHAR, phone VARCHAR, note VARCHAR)")
    engine.execute("CREATE TABLE dsar_wanted (list INTEGER, value VARCHAR)")
    engine.executemany("INSERT INTO crm.people VALUES (?, ?, ?, ?)", [list(one) for one in people])
    rows = [[number, value] for number, values in enumerate(lists) for value in values]
    engine.executemany("INSERT INTO dsar_wanted VALUES (?, ?)", rows)
    ours = sqlglot.transpile(text, read="spark", write="duckdb")[0]
    return {row[0].decode() for row in engine.execute(ours).fetchall()}


@pytest.mark.parametrize("count", [1, 80])
def test_the_statement_loses_no_spelling_and_leaves_the_others(
    office: Office, engine: duckdb.DuckDBPyConnection, count: int
) -> None:
    odd = [
        (n, *(cell if name == kind else None for kind in ("email", "phone", "note")))
        for n, (name, cell) in enumerate(ODD)
    ]
    plain = [(n + 100, f"b{n}@x.example", f"+1212557{n:04}", f"order {n}") for n in range(50)]
    others = [Identifier(kind=kind, value=value) for n in range(1, count) for kind, value in
              (("email", f"p{n}@x.example"), ("phone", f"+1415556{n:04}"))]  # fmt: skip
    found = candidates(engine, [*odd, *plain], matcher(office, ANA, PHONE, *others))
    assert {str(n) for n in range(len(ODD))} <= found
    assert not {str(n) for n, *_ in plain} & found


def test_of_the_people_only_those_who_might_be_meant_come(office: Office, engine: duckdb.DuckDBPyConnection) -> None:
    found = candidates(engine, PEOPLE, matcher(office, ANA))
    # the ninth holds signs that are no plain text, and is looked at
    assert found - {"9"} == {"1", "2", "10"}


def test_the_statement_is_the_same_however_many_are_looked_for(office: Office) -> None:
    one, _ = select(TABLE, matcher(office, who("email", "a0@secret.example"), PHONE))
    many = [Identifier(kind="email", value=f"a{n}@secret.example") for n in range(20_000)]
    text, lists = select(TABLE, matcher(office, *many, PHONE))
    assert sum(map(len, lists)) > 20_000
    assert "secret" not in text
    assert "5550100" not in text
    assert abs(len(text) - len(one)) < 200


@pytest.mark.parametrize(
    ("place", "written"),
    [
        ("people", "`people`"),
        ("lake.crm.people", "`lake`.`crm`.`people`"),
        ("a`b", "`a``b`"),
        ("parquet./lake/v1.2/people", "`parquet`.`/lake/v1.2/people`"),
        ("orc.s3a://lake.example/calls", "`orc`.`s3a://lake.example/calls`"),
    ],
)
def test_a_place_is_a_name_or_a_folder(place: str, written: str) -> None:
    assert name_of(place) == written


class _Said(Exception):
    """A fault as the client raises it: words, and sometimes a state."""

    def __init__(self, words: str, state: str = "") -> None:
        super().__init__(words)
        self._state = state

    def getSqlState(self) -> str:
        return self._state


@pytest.mark.parametrize(
    ("error", "why", "says"),
    [
        (_Said("[X] ana@example.com", "42501"), Why.REFUSED, "may not read this table"),
        (_Said("[X]", "42P01"), Why.BROKEN, "the table is gone"),
        (_Said("[X]", "42703"), Why.BROKEN, "a column is gone"),
        (_Said("[TABLE_OR_VIEW_NOT_FOUND] people"), Why.BROKEN, "the table is gone"),
        (_Said("StatusCode.UNAUTHENTICATED ana@example.com"), Why.REFUSED, "did not accept the user or the token"),
        (_Said("org.apache.hadoop AccessControlException: user ana"), Why.REFUSED, "may not read this table"),
        (_Said("DNS resolution failed for sparc"), Why.MISSING, "no machine of this name"),
        (_Said("[FAILED_READ_FILE] part-0001"), Why.UNREADABLE, "a file of the table is gone or damaged"),
        (_Said("ana@example.com is nobody"), Why.BROKEN, "the server refused the search (_Said)"),
    ],
)
def test_a_fault_is_a_sentence_without_the_servers_own_words(error: Exception, why: Why, says: str) -> None:
    reason = told(error)
    assert (reason.why, "ana" in reason.says) == (why, False)
    assert says in reason.says


def test_the_cause_beneath_a_fault_is_read_too() -> None:
    gave_up = _Said("gave up")
    gave_up.__cause__ = _Said("StatusCode.PERMISSION_DENIED")
    assert told(gave_up).why is Why.REFUSED


def test_a_client_that_is_not_installed_is_told_with_what_to_type(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(SourceFailed, match="kind Spark needs a part that is not installed") as failed:
        described(office).test()
    assert (failed.value.why, failed.value.hint) == (
        Why.PLUGIN,
        'Install it: pipx install --force "dsar-cli[spark]"',
    )


def test_trino_says_what_to_install(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trino", None)
    monkeypatch.setitem(sys.modules, "trino.sqlalchemy", None)
    with pytest.raises(SourceFailed, match="needs a part that is not installed") as failed:
        described(office, "trino://a@127.0.0.1/memory/crm").test()
    assert failed.value.hint.endswith('"dsar-cli[trino]"')


def test_what_was_never_tried_is_said(office: Office) -> None:
    (note,) = described(office).settings.notes
    assert "not on a cluster" in note
    (note,) = described(office, "trino://a@127.0.0.1/memory/crm").settings.notes
    assert "never tried against a Trino server" in note


def test_every_example_of_the_manual_is_a_whole_source_file() -> None:
    assert {one.name for one in load_sources(EXAMPLES)} == {path.stem for path in EXAMPLES.glob("*.toml")}
    assert (EXAMPLES / "warehouse.toml").is_file()
