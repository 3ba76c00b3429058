"""What `make fuzz` installs is locked with hashes and names no index."""

from __future__ import annotations

import re
from pathlib import Path

LOCK = (Path(__file__).parents[2] / "requirements" / "fuzz.txt").read_text(encoding="utf-8")
PINS = re.findall(r"^([\w.-]+)==[^\n]*((?:\n[ ]+.*)*)", LOCK, re.MULTILINE)


def test_every_pin_of_the_fuzzer_has_hashes() -> None:
    assert {name for name, _ in PINS} == {"atheris"}
    assert all("--hash=sha256:" in rest for _, rest in PINS)


def test_it_names_no_index() -> None:
    assert "://" not in LOCK
    assert "index-url" not in LOCK
