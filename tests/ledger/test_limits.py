"""A disk that takes no more (a quota, a limit on a file) is no damage: nothing half is kept, and it goes on later."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsar.errors import PartlyDone
from dsar.ledger import Ledger
from tests.ledger import desk
from tests.limits import no_file_beyond


def test_a_quota_is_told_as_one_and_not_as_damage(path: Path, ledger: Ledger) -> None:
    number = desk.a_case(ledger)
    with no_file_beyond(path.stat().st_size + 50_000):
        with pytest.raises(PartlyDone, match="nothing is half-written") as told, ledger.writing():
            ledger.keep(number, "request", b"x" * 400_000, at=desk.MORNING)
        assert "quota" in told.value.hint
        assert ledger.kept(number) == []
        assert ledger.audit() == []
    ledger.keep(number, "request", b"x" * 400_000, at=desk.MORNING)
    assert len(ledger.kept(number)) == 1
