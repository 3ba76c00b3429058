"""What a source file says of a folder on a mail server; tests/slow/test_imap_source.py reads real ones."""

from __future__ import annotations

import socket
import sys

import pytest

from dsar.errors import InputWrong, Refused
from dsar.sources.interface import Source, SourceFailed, Why
from dsar.sources.settings import load_sources
from dsar.sources.writing import writer
from tests.sources.office import ROLE, Office, field, kind_of, source_file, who

SETS = f'[[record_set]]\nname = "mail"\ntitle = "Mail"\n{ROLE}' + field("from", *kind_of("email"))
SECRET = 'password = "env:BOX_PASSWORD"'


def described(office: Office, path: str, *options: str) -> Source:
    told = "\n".join(("[source.options]", *options))
    office.describe("desk", source_file(SETS, kind="mailbox", path=path, more=told))
    return office.source("desk")


def fails(source: Source) -> SourceFailed:
    with pytest.raises(SourceFailed) as failed:
        list(source.find(source.settings.record_sets[0], [who("email", "ana@example.com")]))
    return failed.value


@pytest.mark.parametrize(
    ("path", "options", "says"),
    [
        ("imaps://host.example/INBOX", [SECRET], "who logs in"),
        ("imaps:///INBOX", [SECRET, 'user = "desk"'], "names no server"),
        ("imaps://desk@host.example/INBOX", [], '"password" (or "token") is missing'),
        ("imaps://desk@host.example/INBOX", ['password = "hunter2"'], '"password" is a secret'),
        ("imaps://desk:hunter2@host.example/INBOX", [SECRET], '"path" holds a password'),
        ("imaps://desk@host.example:many/INBOX", [SECRET], "port must be a number"),
        ("imaps://desk@host.example/INBOX", [SECRET, 'host = "other.example"'], "leave one out"),
    ],
)
def test_an_address_that_cannot_be_right_is_told_before_anything_is_asked(
    office: Office, path: str, options: list[str], says: str
) -> None:
    with pytest.raises(InputWrong) as wrong:
        described(office, path, *options)
    assert says in wrong.value.message
    assert "hunter2" not in wrong.value.message


def test_a_mailbox_told_in_options_needs_no_path(office: Office) -> None:
    described(office, "", 'host = "host.example"', 'user = "desk"', SECRET)
    (settings,) = load_sources(office.home / "sources")
    assert (settings.path, settings.options["host"]) == ("", "host.example")


def test_an_option_there_is_none_of_is_not_passed_over(office: Office) -> None:
    failed = fails(described(office, "imaps://desk@host.example/INBOX", SECRET, 'certifcates = "x.pem"'))
    assert (failed.why, 'Did you mean "certificates"' in failed.message) == (Why.BROKEN, True)


def test_without_the_part_that_reads_it_it_is_not_counted_as_empty(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "imap_tools", None)
    monkeypatch.setitem(sys.modules, "imap_tools.errors", None)
    failed = fails(described(office, "imaps://desk@host.example/INBOX", SECRET))
    assert (failed.why, failed.hint) == (Why.PLUGIN, "pipx inject dsar-cli imap-tools")


def test_a_server_that_says_nothing_is_given_up_in_time(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("imap_tools")
    monkeypatch.setenv("BOX_PASSWORD", "x")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        path = f"imap://desk@127.0.0.1:{port}/INBOX"
        failed = fails(described(office, path, SECRET, 'security = "none"', 'timeout_seconds = "1"'))
    assert failed.why is Why.TIMEOUT
    assert "did not answer within 1 seconds. Nothing of it counts as searched." in failed.message


def test_it_is_never_written(office: Office) -> None:
    with pytest.raises(Refused, match="mailbox on a server"):
        writer(described(office, "imaps://desk@host.example/INBOX", SECRET).settings, office.home)
