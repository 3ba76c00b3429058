"""Messages written for the tests, in every language of the lexicons, read as a careful person would."""

from __future__ import annotations

import re
import tomllib
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest

from dsar.inbox.identify import Sender
from dsar.inbox.lexicon import languages
from dsar.inbox.reader import read
from dsar.inbox.reading import Reading

MESSAGES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "corpus.toml").read_text(encoding="utf-8"))[
    "message"
]


def _read(message: dict[str, Any]) -> Reading:
    name, email = parseaddr(message.get("sender", ""))
    return read(
        message["text"],
        subject=message.get("subject", ""),
        sender=Sender(name=name, email=email),
        country=message.get("country", ""),
    )


def _same(text: str) -> str:
    return re.sub(r"[\s,]+", " ", text).strip()


@pytest.mark.parametrize("message", MESSAGES, ids=[f"{m['language']}-{m['subject'][:24]}" for m in MESSAGES])
def test_each_message_is_read_as_a_careful_person_would(message: dict[str, Any]) -> None:
    reading = _read(message)
    assert reading.primary_type in message["type"].split("|"), reading
    assert reading.language == message["language"]
    assert reading.requester_role in message.get("role", "self").split("|")
    further = {right.right.value for right in reading.rights} - {reading.primary_type}
    assert set(message.get("also", [])) <= further
    found = {(known.kind, _same(known.value)) for known in reading.identifiers}
    for wanted in message.get("ids", []):
        kind, value = wanted.split("=", 1)
        assert (kind, _same(value)) in found, (wanted, found)
    assert set(message.get("laws", [])) <= set(reading.laws)


def test_no_deletion_is_read_where_none_is_asked_for() -> None:
    for message in MESSAGES:
        if message["type"] in ("delete", "child_delete") or "delete" in message.get("also", []):
            continue
        rights = {right.right.value for right in _read(message).rights}
        assert not rights & {"delete", "child_delete"}, message


def test_every_language_of_the_lexicons_has_messages() -> None:
    assert {message["language"] for message in MESSAGES} == set(languages())


def test_every_right_that_is_read_carries_words_of_the_message() -> None:
    for message in MESSAGES:
        whole = " ".join(f"{message['subject']} {message['text']}".split())
        for right in _read(message).rights:
            assert right.words.removesuffix(" ...") in whole
            assert right.why
