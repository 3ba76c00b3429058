"""Every input that once broke a promise, and one of each kind that arrives, keeps it."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.fuzz import __main__ as driver
from tests.fuzz.mutation import mutated
from tests.fuzz.targets import TARGETS, Broken, check, harmless

SEEDS = sorted(path for path in driver.SEEDS.glob("*/*") if path.is_file())


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_seed_holds(seed: Path) -> None:
    check(seed.parent.name, seed.read_bytes())


def test_every_target_has_seeds_and_a_share_of_the_time() -> None:
    assert {path.parent.name for path in SEEDS} == set(TARGETS) == set(driver.SHARES)
    assert sum(path.stat().st_size for path in SEEDS) < 2_000_000


@pytest.mark.parametrize("target", TARGETS)
def test_changed_seeds_hold(target: str) -> None:
    seeds = [path.read_bytes() for path in SEEDS if path.parent.name == target]
    for number in range(40):
        chance = Random(number)
        check(target, mutated(chance.choice(seeds), chance.choice(seeds), chance))


def test_a_broken_promise_is_seen() -> None:
    with pytest.raises(Broken):
        harmless("a\x1b[2J", "text")
