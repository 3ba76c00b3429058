"""Several hundred labelled messages in every language of the lexicons: how many are read right."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest

from dsar.inbox.identify import Sender
from dsar.inbox.judgement import NEVER_ERASES
from dsar.inbox.lexicon import languages
from dsar.inbox.reader import read
from dsar.inbox.reading import Reading, is_sure

Message = dict[str, Any]
ERASES = {"delete", "child_delete"}
FILES = sorted((Path(__file__).parent / "corpus").glob("*.jsonl"))
MESSAGES: list[Message] = [json.loads(line) for path in FILES for line in path.read_text(encoding="utf-8").splitlines()]


def _reading(message: Message) -> Reading:
    name, email = parseaddr(message["sender"])
    sender = Sender(name=name, email=email)
    return read(message["text"], subject=message["subject"], sender=sender, country=message.get("country", ""))


@pytest.fixture(scope="module")
def readings() -> list[tuple[Message, Reading]]:
    return [(message, _reading(message)) for message in MESSAGES]


@pytest.fixture(params=[False, True], ids=["seen", "held-out"])
def part(request: pytest.FixtureRequest, readings: list[tuple[Message, Reading]]) -> list[tuple[Message, Reading]]:
    return [pair for pair in readings if bool(pair[0].get("held_out")) is request.param]


def _wanted(message: Message) -> set[str]:
    return {*message["primary_type"].split("|"), *message.get("also_types", ())}


def _rights(reading: Reading) -> set[str]:
    return {right.right.value for right in reading.rights}


def _share(part: list[tuple[Message, Reading]], right: Callable[[Message, Reading], bool]) -> float:
    return sum(right(message, reading) for message, reading in part) / len(part)


def test_the_primary_type_is_right(part: list[tuple[Message, Reading]]) -> None:
    assert _share(part, lambda message, reading: reading.primary_type in message["primary_type"].split("|")) >= 0.95


def test_the_role_and_the_language_are_right(part: list[tuple[Message, Reading]]) -> None:
    roles = _share(part, lambda message, reading: reading.requester_role in message["requester_role"].split("|"))
    named = _share(part, lambda message, reading: reading.language in message["language"].split("|"))
    assert roles >= 0.95
    assert named >= 0.95


def test_further_rights_are_found(part: list[tuple[Message, Reading]]) -> None:
    pairs = [(right, reading) for message, reading in part for right in message.get("also_types", ())]
    assert sum(right in _rights(reading) for right, reading in pairs) >= 0.9 * len(pairs) > 0


def test_identifiers_are_found_in_normal_form(part: list[tuple[Message, Reading]]) -> None:
    wanted = found = 0
    for message, reading in part:
        known = {(one.kind, _same(one.value)) for one in reading.identifiers}
        for pair in message.get("identifiers", ()):
            kind, value = pair.split("=", 1)
            wanted += 1
            found += (kind, _same(value)) in known
    assert found >= 0.95 * wanted > 0


def test_the_laws_named_or_pointed_to_are_found(part: list[tuple[Message, Reading]]) -> None:
    pairs = [(law, reading) for message, reading in part for law in message.get("law_hints", ())]
    assert sum(law in reading.laws for law, reading in pairs) >= 0.9 * len(pairs) > 0


def test_no_deletion_is_read_where_none_is_asked_for(part: list[tuple[Message, Reading]]) -> None:
    wrong = [
        message["file"] for message, reading in part if ERASES & _rights(reading) and not ERASES & _wanted(message)
    ]
    assert wrong == []


def test_what_asks_for_nothing_of_ours_opens_nothing(readings: list[tuple[Message, Reading]]) -> None:
    nothing = {"not_request", "auto_reply", "authority_request", "status_update", "preservation", "withdrawal"}
    assert nothing - {"auto_reply"} <= NEVER_ERASES
    opened = [message["file"] for message, reading in readings if _wanted(message) <= nothing and is_sure(reading)]
    assert opened == []


def test_a_language_without_a_lexicon_falls_to_a_person_by_its_name(readings: list[tuple[Message, Reading]]) -> None:
    unread = [(message, reading) for message, reading in readings if message.get("to_a_person")]
    assert {message["language"] for message, _ in unread} >= {"uk", "tr", "ko", "ar"}
    for message, reading in unread:
        assert reading.language == message["language"]
        assert not is_sure(reading)
        assert any("not read here" in doubt for doubt in reading.doubts)


def test_the_corpus_is_wide() -> None:
    assert len(MESSAGES) >= 500
    assert {code for message in MESSAGES for code in message["language"].split("|")} >= set(languages())
    assert sum(bool(message.get("held_out")) for message in MESSAGES) >= 120


def _same(text: str) -> str:
    return re.sub(r"[\s,]+", " ", text).strip()
