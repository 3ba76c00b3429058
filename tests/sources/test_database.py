"""Databases without a server: addresses and their faults, and any engine SQLAlchemy knows, read row by row."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing

import pytest

from dsar.errors import InputWrong
from dsar.sources.database import SqlSource
from dsar.sources.interface import SourceFailed, Why
from tests.sources.office import Office, field, kind_of, record_set, source_file, who

PEOPLE = record_set("people", field("email", *kind_of("email")), field("photo"))
ANA = who("email", "ana@example.com")


def described(office: Office, path: str, more: str = "") -> SqlSource:
    office.describe("crm", source_file(PEOPLE, kind="sql", path=path, more=more))
    source = office.source("crm")
    assert isinstance(source, SqlSource)
    return source


def filled(office: Office) -> SqlSource:
    """One person, with values that a typed read would damage."""
    with closing(sqlite3.connect(office.home / "data" / "crm.sqlite")) as connection, connection:
        connection.execute(
            "CREATE TABLE people (id INTEGER, email TEXT, photo BLOB, born DATE, price NUMERIC, flag BOOLEAN)"
        )
        row = (1, " ANA@Example.com", b"\x00\xff", "31/12/1999", "12.10", 1)
        connection.execute("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?)", row)
        connection.execute("INSERT INTO people VALUES (2, 'ana@example.com', NULL, '', CAST(x'e9' AS TEXT), NULL)")
    return described(office, "sqlite:///data/crm.sqlite")


def test_values_come_untyped(office: Office) -> None:
    source = filled(office)
    first, second = source.find(source.settings.record_sets[0], [ANA])
    assert dict(first.values) == {
        "id": "1", "email": " ANA@Example.com", "photo": "(binary, 2 bytes)", "born": "31/12/1999", "price": "12.1",
        "flag": "1",
    }  # fmt: skip
    assert (second.values["price"], second.values["photo"]) == ("\\xe9", "")


def test_the_search_cannot_write(office: Office) -> None:
    source = filled(office)
    reader = source._reader()
    with pytest.raises(SourceFailed), reader._session() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("DELETE FROM people")


def test_a_search_beyond_its_time_is_given_up(office: Office) -> None:
    filled(office)
    with closing(sqlite3.connect(office.home / "data" / "crm.sqlite")) as connection, connection:
        endless = "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n)"
        connection.execute("DROP TABLE people")
        connection.execute(" ".join(["CREATE VIEW people AS", endless, "SELECT id, '' AS email, '' AS photo FROM n"]))
    source = described(office, "sqlite:///data/crm.sqlite", more="timeout_seconds = 1")
    with pytest.raises(SourceFailed, match="did not answer within 1 s") as failed:
        list(source.find(source.settings.record_sets[0], [ANA]))
    assert failed.value.why is Why.TIMEOUT


@pytest.mark.parametrize(
    ("path", "more", "says"),
    [
        ("", "", '"path" is missing'),
        ("crm.db", "", "no address of a database"),
        ("postgresql://ana:hunter2@host/db", "", "holds a password"),
        ("postgresql://ana@host/db", '[source.options]\npassword = "hunter2"', "a secret and stands here"),
        ("postgresql://ana@host/db", '[source.options]\nport = "many"', '"port" must be a number'),
        ("", '[source.options]\ndialect = "postgresql"\nhost = "h"', '"path" is missing'),
    ],
)
def test_an_address_that_cannot_be_is_told_before_anything_is_asked(
    office: Office, path: str, more: str, says: str
) -> None:
    with pytest.raises(InputWrong, match=says) as wrong:
        described(office, path, more)
    assert "hunter2" not in wrong.value.message


def test_an_engine_nobody_tried_is_said_to_be_untested(office: Office) -> None:
    (note,) = described(office, "oracle://ana@host/db").settings.notes
    assert note.startswith("Databases of the kind oracle are read whole")
    (note,) = described(office, "mysql://ana@host/db").settings.notes
    assert "only MariaDB is tested" in note
    assert described(office, "postgresql://ana@host/db").settings.notes == ()


@pytest.mark.parametrize(
    ("path", "module", "hint"),
    [
        ("postgresql://a@127.0.0.1/db", "psycopg", 'pipx install --force "dsar-cli[postgres]"'),
        ("mariadb://a@127.0.0.1/db", "pymysql", 'pipx install --force "dsar-cli[mysql]"'),
        ("mssql://a@127.0.0.1/db", "pymssql", "pipx inject dsar-cli sqlalchemy pymssql"),
        ("nonesuch://a@127.0.0.1/db", "nonesuch", "pipx inject dsar-cli sqlalchemy"),
        ("sqlite:///x", "sqlalchemy", "pipx inject dsar-cli sqlalchemy"),
    ],
)
def test_a_driver_that_is_not_installed_is_told_with_what_to_type(
    office: Office, monkeypatch: pytest.MonkeyPatch, path: str, module: str, hint: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    source = described(office, path)
    with pytest.raises(SourceFailed, match="needs a part that is not installed") as failed:
        source.test()
    assert (failed.value.why, failed.value.hint.endswith(hint)) == (Why.PLUGIN, True)


def test_a_secret_that_is_not_to_be_found_is_told(office: Office) -> None:
    source = described(office, "postgresql://a@127.0.0.1/db", '[source.options]\npassword = "env:NO_SUCH_SECRET"')
    with pytest.raises(SourceFailed, match="env:NO_SUCH_SECRET") as failed:
        list(source.find(source.settings.record_sets[0], [ANA]))
    assert failed.value.why is Why.REFUSED


def test_a_field_in_normal_form_must_be_one_to_search_by(office: Office) -> None:
    wrong = PEOPLE.replace('name = "photo"', 'name = "photo"\nnormal = true')
    office.describe("crm", source_file(wrong, kind="sql", path="sqlite:///data/crm.sqlite"))
    with pytest.raises(InputWrong, match='"normal" is true, but "identifies" does not say'):
        office.sources()
