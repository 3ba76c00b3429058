"""The page for lawyers names every word that the law files use."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

from dsar.law.calendar_files import DATA

FREE = {"conditions"}  # its keys are methods


def keys(table: Mapping[str, object]) -> Iterator[str]:
    for key, value in table.items():
        yield key
        if key in FREE:
            continue
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, Mapping):
                yield from keys(inner)


def test_every_word_of_every_law_file_is_explained() -> None:
    explained = set(re.findall(r"`\[*([\w.]+)\]*`", (DATA / "README.md").read_text(encoding="utf-8")))
    explained |= {"law", "rule", "authority", "site", "id", "name"}
    used = {
        key
        for path in DATA.glob("*.toml")
        if path.name not in ("words.toml", "calendars.toml")
        for key in keys(tomllib.loads(path.read_text(encoding="utf-8")))
    }
    assert used - explained == set()
