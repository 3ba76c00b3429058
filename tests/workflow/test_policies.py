"""Which version of the published policy governs a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dsar.errors import CheckFailed
from dsar.workflow.policies import policy_on, read_policies
from dsar.workspace import Workspace


def test_the_version_in_force_governs(desk: Workspace) -> None:
    folder = desk.home / "policies"
    days = [date(2015, 3, 11), date(2015, 3, 12), date(2024, 6, 30), date(2024, 7, 1), date(2026, 11, 21)]
    found = [policy_on(folder, day) for day in days]
    began = [one.in_force_from if one else None for one in found]
    assert began == [None, date(2015, 3, 12), date(2015, 3, 12), date(2024, 7, 1), date(2024, 7, 1)]


def test_they_come_oldest_first(desk: Workspace) -> None:
    began = [one.in_force_from for one in read_policies(desk.home / "policies")]
    assert began == sorted(began)
    assert len(began) == 2


def test_no_policy_is_none(tmp_path: Path) -> None:
    assert policy_on(tmp_path, date(2026, 1, 1)) is None
    assert policy_on(tmp_path / "missing", date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    "text",
    [
        'title = "x"',
        "in_force_from = 2024-01-01",
        'title = "x"\nin_force_from = "2024-01-01"',
        "not toml at all",
        'title = "x"\nin_force_from = 2024-13-01',
    ],
)
def test_a_file_that_lacks_something_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "2024.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CheckFailed, match=r"policies/2024\.toml cannot be read"):
        policy_on(tmp_path, date(2026, 1, 1))


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "2024.toml").write_bytes(b"title = \xff\xfe")
    with pytest.raises(CheckFailed, match="cannot be read"):
        read_policies(tmp_path)
