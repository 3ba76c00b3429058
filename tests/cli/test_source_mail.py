"""source add for mail: the first file describes letters as they are, on a server as in a file."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.typing import Terminal
from tests.sources.eleven import finished
from tests.workflow.office import EMAIL


@pytest.fixture
def desk(typed: Callable[..., Terminal]) -> Terminal:
    return typed("proven")


def test_a_mailbox_file_needs_nothing_but_its_open_words(desk: Terminal) -> None:
    letter = f"From x@x.example Mon Jun  1 09:00:00 2026\nMessage-ID: <1@x>\nFrom: {EMAIL}\nSubject: Hi\n\nHi\n"
    (desk.home / "data/old.mbox").write_text(letter)
    words = ("--kind", "mailbox", "--path", "data/old.mbox", "--title", "Old mail", "--owner", "priya")
    assert desk("source", "add", "old", *words).code == 0
    unfinished = desk("gather", "1", "--source", "old", "--json")
    assert (unfinished.code, unfinished.json["coverage"][0]["why"]) == (4, "unfinished")
    path = desk.home / "sources/old.toml"
    path.write_text(finished(path.read_text()))
    found = desk("gather", "1", "--source", "old", "--retry", "--json")
    assert (found.code, found.json["records"]) == (0, 1)


def test_a_folder_on_a_server_is_added_with_where_its_password_is(desk: Terminal) -> None:
    words = ("--kind", "mailbox", "--path", "imaps://privacy@127.0.0.1:9/INBOX", "--owner", "priya", "--title", "Mail")
    refused = desk("source", "add", "mail", *words)
    assert refused.code == 2
    assert '"password" (or "token") is missing' in refused.says
    assert not (desk.home / "sources/mail.toml").exists()
    (desk.home / "secret").write_text("correct horse")
    assert desk("source", "add", "mail", *words, "--password", "file:secret").code == 0
    tried = desk("source", "test", "mail", width=80)
    assert tried.code == 6
    assert "correct horse" not in tried.says
    assert "mail: still to be decided: purpose of records" in tried.says
