"""A store on disk for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dsar.ledger import Ledger
from tests.ledger import desk


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "dsar.db"
    desk.create(path).close()
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dsar.db"


@pytest.fixture
def ledger(path: Path, empty: Path) -> Iterator[Ledger]:
    """A new store; copying one that was just made is quicker than making it."""
    shutil.copy(empty, path)
    with desk.open_(path) as opened:
        yield opened
