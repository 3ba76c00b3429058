"""The labelled example requests, where the shared folder is on this machine: how many are read right."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dsar.inbox.arrival import Arrival, InboxSettings
from dsar.inbox.arrivals import arrivals
from dsar.inbox.judgement import NEVER_ERASES
from dsar.inbox.reading import is_sure

SETTINGS = InboxSettings(zone=ZoneInfo("Europe/Berlin"), today=date(2026, 11, 21))


@pytest.fixture(scope="module")
def read(shared: Path) -> list[tuple[dict[str, str], Arrival]]:
    folder = shared / "examples" / "requests"
    if not (folder / "labels.csv").is_file():
        pytest.skip("the labelled examples are not in the shared folder")
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(row, next(iter(arrivals(folder / row["file"], settings=SETTINGS)))) for row in rows]


def _parts(text: str) -> list[str]:
    return [part for part in text.split("|") if part]


def _same(text: str) -> str:
    return re.sub(r"[\s,]+", " ", text).strip()


def test_the_primary_type_is_right(read: list[tuple[dict[str, str], Arrival]]) -> None:
    right = sum(arrival.reading.primary_type in _parts(row["primary_type"]) for row, arrival in read)
    assert right >= 0.95 * len(read)


def test_further_rights_are_found(read: list[tuple[dict[str, str], Arrival]]) -> None:
    wanted = found = 0
    for row, arrival in read:
        rights = {right.right.value for right in arrival.reading.rights}
        wanted += len(_parts(row["also_types"]))
        found += len(rights & set(_parts(row["also_types"])))
    assert found >= 0.9 * wanted


def test_identifiers_are_found(read: list[tuple[dict[str, str], Arrival]]) -> None:
    wanted = found = 0
    for row, arrival in read:
        known = {(kept.kind, _same(value)) for kept in arrival.reading.identifiers for value in (kept.value, kept.raw)}
        for pair in _parts(row["identifiers"]):
            kind, value = pair.split("=", 1)
            wanted += 1
            found += (kind, _same(value)) in known
    assert found >= 0.95 * wanted


def test_roles_and_languages_are_right(read: list[tuple[dict[str, str], Arrival]]) -> None:
    assert sum(arrival.reading.requester_role == row["requester_role"] for row, arrival in read) >= 0.95 * len(read)
    assert sum(arrival.reading.language == row["language"] for row, arrival in read) >= 0.95 * len(read)


def test_no_wrong_deletion_at_all(read: list[tuple[dict[str, str], Arrival]]) -> None:
    for row, arrival in read:
        asked = _parts(row["primary_type"]) + _parts(row["also_types"])
        if not {"delete", "child_delete"} & set(asked):
            rights = {right.right.value for right in arrival.reading.rights}
            assert not rights & {"delete", "child_delete"}, row["file"]


def test_what_asks_for_nothing_opens_nothing(read: list[tuple[dict[str, str], Arrival]]) -> None:
    for row, arrival in read:
        if set(_parts(row["primary_type"])) & NEVER_ERASES:
            assert not is_sure(arrival.reading), row["file"]
        if row["primary_type"] == "invalid":
            assert arrival.refused
