"""The workspace that the tests of the sources write into."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)
