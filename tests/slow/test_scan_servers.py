"""A scan of real servers: other schemas where they are asked for, views, and tables nobody may read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dsar.sources.interface import SourceFailed, Why
from dsar.sources.registry import open_source
from dsar.sources.settings import load_sources
from dsar.workflow import source_scan
from dsar.workflow.setup import Wishes, make
from dsar.workflow.source_scan import Described, Wish
from dsar.workspace import Workspace
from tests.slow.servers import PASSWORD, READER, Server
from tests.sources import eleven
from tests.sources.office import who

pytestmark = pytest.mark.slow
SECRET = {"password": "env:DSAR_TEST_PASSWORD"}
PEOPLE = "CREATE TABLE people (id INT PRIMARY KEY, email VARCHAR(200))"
INVOICES = (
    "CREATE TABLE billing.invoices (number INT PRIMARY KEY, person INT, note VARCHAR(200), FOREIGN KEY (person) "
    "REFERENCES {0}.people (id))"
)


@pytest.fixture
def desk(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """People in the usual schema, their invoices in another, a view of them, and a table nobody may read."""
    monkeypatch.setenv("DSAR_TEST_PASSWORD", PASSWORD)
    usual = "public" if server.kind == "postgresql" else "office"
    made = [PEOPLE, "INSERT INTO people VALUES (1, 'ana@example.com'), (2, 'ben@example.com')"]
    made += ["CREATE SCHEMA billing", INVOICES.format(usual)]
    made += ["INSERT INTO billing.invoices VALUES (7, 1, 'paid'), (8, 2, 'open')"]
    made += ["CREATE VIEW seen AS SELECT id, email FROM people", "CREATE TABLE secrets (id INT, email VARCHAR(200))"]
    if server.kind == "postgresql":
        made += [f"GRANT USAGE ON SCHEMA billing TO {READER}", f"GRANT SELECT ON billing.invoices TO {READER}"]
        made += ["CREATE MATERIALIZED VIEW kept AS SELECT id, email FROM people"]
        made += [f"GRANT SELECT ON kept TO {READER}", f"REVOKE ALL ON secrets FROM {READER}"]
    else:
        made += [f"GRANT SELECT ON billing.* TO {READER}@'%'"]
    server.run(*made)
    make(tmp_path / "desk", Wishes(country="US"))
    yield Workspace(tmp_path / "desk")
    server.run("DROP SCHEMA billing" + (" CASCADE" if server.kind == "postgresql" else ""))


def scanned(desk: Workspace, server: Server, *schemas: str, out: str = "") -> Described:
    return source_scan.scan(desk, server.address(), Wish(options=SECRET, schemas=schemas), out=out)


def test_the_usual_schema_with_its_views_and_what_was_not_looked_at(desk: Workspace, server: Server) -> None:
    made = scanned(desk, server)
    sets = {one.place: one for one in made.proposal.sets}
    views = {place for place, one in sets.items() if one.asks and one.asks[0].startswith("a view")}
    assert sets["people"].key == ("id",)
    if server.kind == "postgresql":
        assert (set(sets), views) == ({"people", "seen", "kept"}, {"seen", "kept"})
        assert "not looked at: tables and views that cannot be read: secrets" in made.told
    else:
        assert (set(sets), views) == ({"people", "secrets", "seen"}, {"seen"})
    assert "not looked at: schemas (to look at one: --schema NAME): billing" in made.told


def test_another_schema_is_linked_to_the_usual_one_and_searched(desk: Workspace, server: Server) -> None:
    usual = "public" if server.kind == "postgresql" else "office"
    made = scanned(desk, server, usual, "billing", out="sources/shop.toml")
    sets = {one.place: one for one in made.proposal.sets}
    assert sets["billing.invoices"].name == "billing-invoices"
    assert not any(said.startswith("not looked at: schemas") for said in made.told)
    (desk.home / made.written).write_text(eleven.finished(made.text), encoding="utf-8")
    (settings,) = load_sources(desk.home / "sources")
    found = eleven.found(open_source(settings, desk.home), [who("email", "Ana@Example.com")])
    assert "people 1" in found
    assert "billing.invoices 7" in found
    assert "invoices 8" not in found


def test_one_schema_alone_or_all(desk: Workspace, server: Server) -> None:
    places = [one.place for one in scanned(desk, server, "*").proposal.sets]
    assert {"people", "billing.invoices"} <= set(places)
    assert places.index("people") < places.index("billing.invoices"), "the usual schema comes first"
    with pytest.raises(SourceFailed) as failed:
        scanned(desk, server, "biling")
    assert (failed.value.why, failed.value.message) == (
        Why.MISSING,
        'There is no schema "biling" that our user may see. Did you mean "billing"?',
    )
