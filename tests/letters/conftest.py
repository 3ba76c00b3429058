"""The flag that writes the golden letters again, and the templates that come with the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsar.letters.compose import template_folders


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest tests/letters --update-golden` writes tests/letters/golden again; read what changed before keeping it."""
    parser.addoption("--update-golden", action="store_true", help="write the golden letters again")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether the golden letters are to be written instead of compared."""
    # the option is unknown where the whole suite is run, because pytest reads this file too late then
    return bool(request.config.getoption("--update-golden", default=False))


@pytest.fixture
def folders() -> tuple[Path, ...]:
    """Only the templates that come with the program."""
    return template_folders()
