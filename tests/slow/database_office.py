"""A workspace whose records lie in a real database server, for the tests of several files."""

from __future__ import annotations

from collections.abc import Sequence

from dsar.case.records import Record
from dsar.sources.interface import Source
from tests.slow.servers import Server
from tests.sources.office import Office, field, kind_of, record_set, source_file, who
from tests.sources.people import COLUMNS, PEOPLE, describe

ANA = who("email", "ana@example.com")
SECRET = 'password = "env:DSAR_TEST_PASSWORD"'


def write_people(office: Office, server: Server) -> None:
    """The people of the contract suite, in a table."""
    server.run("CREATE TABLE people (id VARCHAR(20) PRIMARY KEY, email VARCHAR(200), phone VARCHAR(60), note TEXT)")
    server.fill("people", COLUMNS, PEOPLE)
    describe(office, "sql", server.address(), options=f"[source.options]\n{SECRET}")


def describe_tables(office: Office, server: Server, *record_sets: str, more: str = "", address: str = "") -> None:
    """A source file over tables of this server."""
    options = f"{more}\n[source.options]\n{SECRET}"
    office.describe("crm", source_file(*record_sets, kind="sql", path=address or server.address(), more=options))


def described(name: str, *, normal: bool = False, more: str = "") -> str:
    """A table with an e-mail, a phone number and a note."""
    kept = ["normal = true"] if normal else []
    fields = [field("email", *kind_of("email", *kept)), field("phone", *kind_of("phone", *kept))]
    return record_set(name, *fields, *([] if normal else [field("note", "text = true")]), more=more)


def search(source: Source, *identifiers: object, number: int = 0) -> list[Record]:
    wanted: Sequence[object] = identifiers or [ANA]
    return list(source.find(source.settings.record_sets[number], wanted))  # type: ignore[arg-type]
