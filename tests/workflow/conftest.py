"""The sample desk at every step of Maria's case; each step is made once, and every test works on its own copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dsar.workflow.setup import make_sample
from dsar.workspace import Workspace
from tests.workflow import office

Open = Callable[[Path], Workspace]


@pytest.fixture(scope="session")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of the desk after a step ("empty", "opened" ... "answered"), made when first asked for."""
    root = tmp_path_factory.mktemp("desk")
    made = root / "empty"
    make_sample(made)
    names = ["empty", *(step.__name__ for step in office.STEPS)]

    def snapshot(name: str) -> Path:
        folder = root / name
        if folder.exists():
            return folder
        before = names[names.index(name) - 1]
        shutil.copytree(snapshot(before), folder)
        ws = Workspace(folder)
        office.STEPS[names.index(name) - 1](ws)
        ws.ledger.close()
        return folder

    return snapshot


@pytest.fixture
def at(snapshots: Callable[[str], Path], tmp_path: Path) -> Iterator[Callable[[str], Workspace]]:
    """A copy of the desk after a step."""
    open_: list[Workspace] = []

    def copy(name: str) -> Workspace:
        home = tmp_path / f"{name}{len(open_)}"
        shutil.copytree(snapshots(name), home)
        open_.append(Workspace(home))
        return open_[-1]

    yield copy
    for ws in open_:
        if "ledger" in vars(ws):
            ws.ledger.close()


@pytest.fixture
def desk(at: Callable[[str], Workspace]) -> Workspace:
    """The sample desk before any request."""
    return at("empty")


@pytest.fixture
def rivera(at: Callable[[str], Workspace]) -> Workspace:
    """The desk with Maria's case open and nothing done yet."""
    return at("opened")


@pytest.fixture
def every_law(desk: Workspace) -> Workspace:
    """The sample desk, held to every law there is."""
    settings = desk.home / "dsar.toml"
    lines = settings.read_text(encoding="utf-8").splitlines()
    settings.write_text(
        "\n".join("laws = []" if line.startswith("laws = ") else line for line in lines), encoding="utf-8"
    )
    return Workspace(desk.home)
