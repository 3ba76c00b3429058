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

PINS = {
    canonicalize_name(name): (version, rest.count("--hash=sha256:"))
    for name, version, rest in re.findall(r"^([\w.-]+)==([^\s;]+)(.*(?:\n[ ]+.*)*)", LOCK, re.MULTILINE)
}


def declared() -> Iterator[Requirement]:
    for text in PROJECT["project"]["dependencies"]:
        yield Requirement(text)
    for group in [*PROJECT["project"]["optional-dependencies"].values(), *PROJECT["dependency-groups"].values()]:
        yield from map(Requirement, group)


@pytest.mark.parametrize("wanted", list(declared()), ids=lambda wanted: wanted.name)
def test_every_dependency_is_locked_inside_its_range(wanted: Requirement) -> None:
    version, _ = PINS.get(canonicalize_name(wanted.name), ("", 0))
    assert version, f"{wanted.name} is not in the lock: run make lock"
    assert wanted.specifier.contains(version, prereleases=True), "run make lock"


def test_every_pin_has_a_hash() -> None:
    assert [name for name, (_, hashes) in PINS.items() if not hashes] == []
    assert len(PINS) == sum("==" in line and not line.startswith(" ") for line in LOCK.splitlines())


def test_the_lock_names_no_index() -> None:
    assert "://" not in LOCK
    assert "index-url" not in LOCK
