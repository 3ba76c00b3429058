"""A desk for each test, copied from one that was made once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dsar.workspace import Workspace
from tests.remind import desk


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("remind") / "desk"
    desk.make_desk(home)
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "desk")
    return tmp_path / "desk"


@pytest.fixture
def box() -> desk.Box:
    return desk.Box()


@pytest.fixture
def reopen(home: Path, box: desk.Box) -> Iterator[Callable[[], Workspace]]:
    """The desk as a new process opens it; the one before is abandoned as it stands."""
    open_: list[Workspace] = []

    def again() -> Workspace:
        for ws in open_:
            if "ledger" in vars(ws):
                ws.ledger.close()
        open_.append(desk.open_desk(home, box))
        return open_[-1]

    yield again
    for ws in open_:
        if "ledger" in vars(ws):
            ws.ledger.close()


@pytest.fixture
def ws(reopen: Callable[[], Workspace]) -> Workspace:
    return reopen()


@pytest.fixture
def case(ws: Workspace, box: desk.Box) -> str:
    """A case whose acknowledgement has left, so that only the answer is due."""
    from dsar.workflow import outbox

    number = desk.opened(ws, desk.local(desk.DAY, 10), "ann")
    outbox.send(ws, number, "acknowledgement", desk.by(desk.local(desk.DAY, 12)))
    box.arrived.clear()
    return number
