"""ZIP archives: a download of the deletion platform waits for a person; nothing is ever unpacked."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from dsar.inbox.archives import archive
from dsar.inbox.arrival import InboxSettings
from dsar.inbox.reading import is_sure

SETTINGS = InboxSettings(zone=ZoneInfo("UTC"), today=date(2026, 11, 21))


def packed(files: dict[str, bytes]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return into.getvalue()


def test_a_download_of_the_platform_is_a_draft_that_says_so() -> None:
    raw = packed({"20261101_12345_Email.csv": b"ID,Hash\n1,x\n", "20261101_12345_Phone.csv": b"ID,Hash\n"})
    arrival = archive(raw, "drop.zip", SETTINGS)
    assert (arrival.refused, arrival.unsigned, arrival.channel) == ("", True, "protocol")
    assert "California's DROP (Email, Phone)" in arrival.reading.doubts[0]
    assert arrival.reading.rights == (), "nobody may open an erasure from it with one key"
    assert not is_sure(arrival.reading)
    assert [one.name for one in arrival.attachments] == ["20261101_12345_Email.csv", "20261101_12345_Phone.csv"]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (packed({"letter.txt": b"Please delete my account."}), "not opened here"),
        (packed({"x.csv": bytes(50_000_000)}), "not opened here"),
        (b"PK\x03\x04 broken", "damaged ZIP"),
    ],
)
def test_any_other_archive_is_refused_in_words(raw: bytes, words: str) -> None:
    assert words in archive(raw, "x.zip", SETTINGS).refused
