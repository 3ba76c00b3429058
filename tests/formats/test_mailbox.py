"""Mailboxes are streamed message by message and left as they are."""

from pathlib import Path

import pytest

from dsar.errors import InputWrong
from dsar.formats import mailbox
from dsar.formats.mail import read_mail
from dsar.formats.mailbox import maildir_messages, mbox_messages

ENVELOPE = b"From z@x.example Sat Jun  6 10:00:00 2026\n"
HEAD = b"From: z@x.example\nSubject: s\n\n"


def test_messages_are_split_and_their_lines_restored(tmp_path: Path) -> None:
    path = tmp_path / "box"
    first = (
        HEAD + b"one\n>From here on\n>>From there\nFrom the middle of a paragraph 10:00 2026\n\nFrom me: a paragraph\n"
    )
    path.write_bytes(b"\n" + ENVELOPE + first + b"\n" + ENVELOPE + HEAD + b"two\n\n" + ENVELOPE + HEAD)
    before = path.stat()
    messages = list(mbox_messages(path))
    assert messages == [
        HEAD + b"one\nFrom here on\n>From there\nFrom the middle of a paragraph 10:00 2026\n\nFrom me: a paragraph\n",
        HEAD + b"two\n",
        HEAD.removesuffix(b"\n"),
    ]
    assert [read_mail(message).subject for message in messages] == ["s", "s", "s"]
    assert (path.stat().st_mtime_ns, path.stat().st_size) == (before.st_mtime_ns, before.st_size)


def test_windows_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "box"
    one = (ENVELOPE + HEAD + b"hi\n\n").replace(b"\n", b"\r\n")
    path.write_bytes(one * 2)
    assert list(mbox_messages(path)) == [(HEAD + b"hi\n").replace(b"\n", b"\r\n")] * 2


def test_an_empty_mailbox_and_no_mailbox(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes(b"")
    assert list(mbox_messages(path)) == []
    path.write_bytes(b"Dear all")
    with pytest.raises(InputWrong, match="box is not a mailbox"):
        list(mbox_messages(path))
    with pytest.raises(InputWrong, match="could not be read"):
        list(mbox_messages(tmp_path / "none"))


def test_a_message_beyond_the_limit_does_not_fill_memory_or_vanish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "MAX_SIZE", 1000)
    monkeypatch.setattr(mailbox, "_PIECE", 300)
    path = tmp_path / "box"
    path.write_bytes(ENVELOPE + HEAD + b"x" * 5000 + b"\n\n" + ENVELOPE + HEAD + b"two\n")
    assert [len(message) for message in mbox_messages(path)] == [1001, len(HEAD) + 4]


def test_a_maildir_is_read_once_each(tmp_path: Path) -> None:
    for folder in ("new", "cur", "tmp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "new" / "1.a").write_bytes(b"one")
    (tmp_path / "new" / "2.a").write_bytes(b"two")
    (tmp_path / "cur" / "0.a:2,S").write_bytes(b"zero")
    (tmp_path / "cur" / ".hidden").write_bytes(b"no")
    (tmp_path / "cur" / "folder").mkdir()
    (tmp_path / "tmp" / "3.a").write_bytes(b"half")
    found = maildir_messages(tmp_path)
    assert next(found) == b"one"
    # another program moves and flags messages meanwhile
    (tmp_path / "new" / "1.a").rename(tmp_path / "cur" / "1.a:2,S")
    (tmp_path / "new" / "2.a").rename(tmp_path / "cur" / "2.a:2,")
    assert sorted(found) == [b"two", b"zero"]


def test_a_message_deleted_meanwhile_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "cur").mkdir()
    for name in ("1", "2", "3"):
        (tmp_path / "cur" / name).write_bytes(name.encode())
    found = maildir_messages(tmp_path)
    assert next(found) == b"1"
    (tmp_path / "cur" / "2").unlink()
    (tmp_path / "cur" / "3").rename(tmp_path / "cur" / "3:2,S")
    assert list(found) == [b"3"]


def test_a_folder_that_is_no_maildir(tmp_path: Path) -> None:
    with pytest.raises(InputWrong, match="is not a Maildir"):
        list(maildir_messages(tmp_path))
