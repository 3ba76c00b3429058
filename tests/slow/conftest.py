"""What the slow tests share: one journey nobody disturbed, and the database servers, each started once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.slow import servers
from tests.slow.desk import Desk
from tests.sources.office import Office


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk whose one case went from the letter to the closed file without a single kill. For looking only."""
    desk = Desk.sample(tmp_path_factory.mktemp("undisturbed") / "desk")
    desk.walk()
    return desk


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[servers.Server]:
    """A PostgreSQL that writes every statement to its log, with what was bound."""
    if why := servers.missing("postgresql"):
        pytest.skip(why)
    with servers.postgres() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[servers.Server]:
    """A MariaDB that writes every statement to a log of its own."""
    if why := servers.missing("mariadb"):
        pytest.skip(why)
    with servers.mariadb() as server:
        yield server


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest) -> servers.Server:
    """Each kind of server in turn, without any table."""
    found: servers.Server = request.getfixturevalue(
        {"postgresql": "postgres_server"}.get(request.param, "mariadb_server")
    )
    found.empty()
    return found


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A workspace under test."""
    return Office(tmp_path)
