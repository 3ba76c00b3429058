"""A copy of the sample workspace with its database made, as `dsar demo` starts from."""

from __future__ import annotations

import shutil
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).parents[2] / "sample_data"


@pytest.fixture(scope="session")
def expected() -> dict[str, Any]:
    """What a careful person finds, shows and keeps back."""
    return tomllib.loads((SAMPLE / "expected.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace, copied, with crm.sqlite made as the README says."""
    home = tmp_path_factory.mktemp("sample") / "workspace"
    shutil.copytree(SAMPLE / "workspace", home)
    with closing(sqlite3.connect(home / "data" / "crm.sqlite")) as made:
        made.executescript((home / "data" / "crm.sql").read_text(encoding="utf-8"))
    return home
