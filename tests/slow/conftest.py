"""What the slow tests share: one journey nobody disturbed, to compare the others with."""

from __future__ import annotations

import pytest

from tests.slow.desk import Desk


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk whose one case went from the letter to the closed file without a single kill. For looking only."""
    desk = Desk.sample(tmp_path_factory.mktemp("undisturbed") / "desk")
    desk.walk()
    return desk
