"""The lock holds every dependency of pyproject.toml, each with its hashes, and names no index."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# the one extra with an environment of its own
SPARK = (ROOT / "requirements" / "spark.txt").read_text(encoding="utf-8")


def pins(lock: str) -> dict[str, tuple[str, int]]:
    return {
        canonicalize_name(name): (version, rest.count("--hash=sha256:"))
        for name, version, rest in re.findall(r"^([\w.-]+)==([^\s;]+)(.*(?:\n[ ]+.*)*)", lock, re.MULTILINE)
    }


PINS = pins(LOCK)


def declared() -> Iterator[Requirement]:
    for text in PROJECT["project"]["dependencies"]:
        yield Requirement(text)
    extras = PROJECT["project"]["optional-dependencies"]
    for group in [*(extras[name] for name in extras if name != "spark"), *PROJECT["dependency-groups"].values()]:
        yield from map(Requirement, group)


@pytest.mark.parametrize("wanted", list(declared()), ids=lambda wanted: wanted.name)
def test_every_dependency_is_locked_inside_its_range(wanted: Requirement) -> None:
    version, _ = PINS.get(canonicalize_name(wanted.name), ("", 0))
    assert version, f"{wanted.name} is not in the lock: run make lock"
    assert wanted.specifier.contains(version, prereleases=True), "run make lock"


@pytest.mark.parametrize("wanted", PROJECT["project"]["optional-dependencies"]["spark"])
def test_sparks_client_is_locked_apart_beside_the_same_versions(wanted: str) -> None:
    spark = pins(SPARK)
    version, _ = spark[canonicalize_name(Requirement(wanted).name)]
    assert Requirement(wanted).specifier.contains(version)
    assert {name: pin[0] for name, pin in spark.items() if name in PINS} == {
        name: pin[0] for name, pin in PINS.items() if name in spark
    }


@pytest.mark.parametrize("lock", [LOCK, SPARK], ids=["dev", "spark"])
def test_every_pin_has_a_hash(lock: str) -> None:
    assert [name for name, (_, hashes) in pins(lock).items() if not hashes] == []
    assert len(set(re.findall(r"(?m)^[\w.-]+==", lock))) >= len(pins(lock))


@pytest.mark.parametrize("lock", [LOCK, SPARK], ids=["dev", "spark"])
def test_the_lock_names_no_index(lock: str) -> None:
    assert "://" not in lock
    assert "index-url" not in lock
