"""The command line as it is typed: in this process, on a desk copied from the workflow's snapshots."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.typing import Terminal
from tests.workflow import office
from tests.workflow.conftest import at, desk, rivera, snapshots

__all__ = ["at", "desk", "rivera", "snapshots"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest tests/cli --update-screens` writes tests/cli/golden again; read what changed before keeping it."""
    parser.addoption("--update-screens", action="store_true", help="write the golden screens again")


@pytest.fixture
def update_screens(request: pytest.FixtureRequest) -> bool:
    """Whether the golden screens are to be written instead of compared."""
    # the option is unknown where the whole suite is run, because pytest reads this file too late then
    return bool(request.config.getoption("--update-screens", default=False))


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "TERM", "COLUMNS", "SUDO_USER", "DSAR_AS", "DSAR_HOME", "DSAR_TODAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def typed(snapshots: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Terminal]:
    """A terminal at a copy of the desk after a step of Maria's case."""

    def sit_down(step: str = "opened", *, live: bool = False) -> Terminal:
        home = tmp_path / step
        if not home.exists():
            shutil.copytree(snapshots(step), home)
        if live:
            settings = home / "dsar.toml"
            text = settings.read_text(encoding="utf-8").replace("rehearsal = true", "rehearsal = false")
            settings.write_text(text, encoding="utf-8")
        return Terminal(home=home, monkeypatch=monkeypatch)

    return sit_down


@pytest.fixture(scope="session")
def crowd(snapshots: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with several people's cases, an unsure message, and a letter that waits."""
    home = tmp_path_factory.mktemp("crowd") / "desk"
    shutil.copytree(snapshots("gathered"), home)
    office.crowd(home)
    return home


@pytest.fixture
def busy(crowd: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal at a copy of that desk."""
    shutil.copytree(crowd, tmp_path / "desk")
    return Terminal(home=tmp_path / "desk", monkeypatch=monkeypatch)
