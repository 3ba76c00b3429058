"""What every test shares: settings of the property tests, a clean environment, and the optional shared folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

FUZZ_FACTOR = 20

# `make test` tries the same examples every time, and no test hangs on how quick the machine is.
settings.register_profile(
    "steady",
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
# `make fuzz` looks for new ones.
settings.register_profile(
    "fuzz", max_examples=60 * FUZZ_FACTOR, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_configure() -> None:
    """Nobody's own workspace, date or settings reach a test; only the shared folder's place may be named."""
    for name in [name for name in os.environ if name.startswith("DSAR_") and name != "DSAR_SHARED"]:
        del os.environ[name]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Under the fuzz profile, a test that sets its own number of examples gets a multiple of it."""
    if settings.get_current_profile_name() != "fuzz":
        return
    for test in {getattr(item.obj, "__func__", item.obj) for item in items if isinstance(item, pytest.Function)}:
        own = getattr(test, "_hypothesis_internal_use_settings", None)
        if own and own.max_examples != settings.get_profile("fuzz").max_examples:
            test._hypothesis_internal_use_settings = settings(own, max_examples=own.max_examples * FUZZ_FACTOR)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference material that some tests compare with; they are skipped where it is absent."""
    folder = Path(os.environ.get("DSAR_SHARED") or Path(__file__).parents[2] / "shared")
    if not folder.is_dir():
        pytest.skip("the shared reference folder is not on this machine (set DSAR_SHARED)")
    return folder
