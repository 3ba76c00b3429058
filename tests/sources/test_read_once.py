"""What a search reads in its first round it has in the later ones, without the source being read again."""

from __future__ import annotations

import json
import resource
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.formats.mailbox import mbox_messages
from dsar.sources import files, mailbox
from dsar.sources.read_once import Placed, ReadOnce, remembering
from dsar.sources.search import search
from tests.sources.office import Office, field, kind_of, record_set, source_file, who
from tests.sources.test_mailbox import ANA, SIGNED, described, letter
from tests.sources.test_mailbox import mailbox as mailbox_of

ROWS: list[Placed] = [("a message 1", {"body": "two\nlines \x1f \u2028 \U0001f600 \udc80"}), ("a message 2", {})]


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """Any file that would grow larger is as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


class Read:
    """A source that counts how often it is read."""

    def __init__(self, rows: list[Placed]) -> None:
        self.times = 0
        self._rows = rows

    def __iter__(self) -> Iterator[Placed]:
        self.times += 1
        yield from self._rows


@given(rows=st.lists(st.tuples(st.text(), st.dictionaries(st.text(), st.text(), max_size=3)), max_size=4))
def test_every_row_comes_again_as_it_was(tmp_path_factory: pytest.TempPathFactory, rows: list[Placed]) -> None:
    folder, read = tmp_path_factory.getbasetemp(), Read(rows)
    with closing(ReadOnce(folder)) as once:
        assert [list(once.rows("mail", read)) for _ in range(3)] == [rows] * 3
    assert read.times == 1


def test_each_record_set_has_its_own_and_nothing_of_it_has_a_name(tmp_path: Path) -> None:
    with closing(ReadOnce(tmp_path)) as once:
        for name, rows in (("mail", ROWS), ("old", ROWS[:1]), ("mail", ROWS), ("old", ROWS[:1])):
            assert list(once.rows(name, rows)) == rows
        assert list(tmp_path.iterdir()) == []


def test_what_was_not_read_to_its_end_is_read_again(tmp_path: Path) -> None:
    read = Read(ROWS)
    with closing(ReadOnce(tmp_path)) as once:
        next(once.rows("mail", read))
        assert list(once.rows("mail", read)) == ROWS
    assert read.times == 2


@pytest.mark.parametrize("size", [10, 100_000])
def test_where_there_is_no_room_it_is_read_again(tmp_path: Path, size: int) -> None:
    # the first limit is met when the file is ended, the second while it is written
    read = Read([("a message", {"body": "x" * 50_000})] * 4)
    with closing(ReadOnce(tmp_path)) as once, no_file_beyond(size):
        assert [len(list(once.rows("mail", read))) for _ in range(2)] == [4, 4]
    assert read.times == 2


def test_where_nothing_may_be_written_it_is_read_again(tmp_path: Path) -> None:
    read = Read(ROWS)
    with closing(ReadOnce(tmp_path / "none")) as once:
        assert [list(once.rows("mail", read)) for _ in range(2)] == [ROWS, ROWS]
    assert read.times == 2


def test_a_search_in_rounds_reads_a_mailbox_once_and_the_next_search_anew(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []

    def counted(path: Path) -> Iterator[bytes]:
        opened.append(path)
        return mbox_messages(path)

    monkeypatch.setattr(mailbox, "mbox_messages", counted)
    later = letter(2, sender="Ana <ana.private@example.net>", body=SIGNED.replace("Ana Ruiz", "Ana"))
    by_number = letter(3, sender="Ben <ben@x.example>", body="Ana's number is +1 415 555 0142.\n")
    source = mailbox_of(office, letter(1), later, by_number)
    first = search([source], [ANA])
    assert [one.key for one in first.answers[0].records] == ["1@x", "2@x", "3@x"]
    assert [one.value for one in first.followed] == ["+14155550142"]
    assert len(opened) == 1
    mailbox_of(office, letter(1))
    assert [one.key for one in search([source], [ANA]).answers[0].records] == ["1@x"]
    assert len(opened) == 2


def test_whoever_asks_beside_a_search_sees_what_is_there_now(office: Office) -> None:
    source = mailbox_of(office, letter(1))
    record_set = source.settings.record_sets[0]
    with remembering([source, source]):
        assert len(list(source.find(record_set, [ANA]))) == 1
        mailbox_of(office)
        assert len(list(source.find(record_set, [ANA]))) == 1
    assert list(source.find(record_set, [ANA])) == []
    assert list(described(office, "data/help.mbox").find(record_set, [ANA])) == []


@pytest.mark.parametrize("kind", ["json", "sheet"])
def test_a_search_in_rounds_reads_a_whole_file_once_for_a_record_set(
    office: Office, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import openpyxl

    # from the e-mail to the account, and from there to another address and what was said there
    rows = [("ana@x.example", "A1"), ("ana.private@x.example", "A1"), ("ben@x.example", "B2"), ("", "Z")]
    path = office.home / "data" / ("people.json" if kind == "json" else "people.xlsx")
    if kind == "json":
        text = json.dumps([{"id": str(n), "email": email, "account": no} for n, (email, no) in enumerate(rows)])
        path.write_text(text, encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        for row in [("id", "email", "account"), *((str(n), *row) for n, row in enumerate(rows))]:
            book.active.append(row)
        book.save(path)
    fields = field("email", *kind_of("email", "emits = true")), field("account", *kind_of("account_id", "emits = true"))
    office.describe("people", source_file(record_set("people", *fields), kind=kind, path=str(path)))
    opened: list[Path] = []
    read_rows = files.read_rows
    monkeypatch.setattr(files, "read_rows", lambda path, **how: (opened.append(path), read_rows(path, **how))[1])
    source = office.source("people")
    for times in (1, 2):
        result = search([source], [who("email", "ana@x.example")])
        first = 2 if kind == "sheet" else 1
        places = [one.place for one in result.answers[0].records]
        assert places == [f"{path.name} line {first}", f"{path.name} line {first + 1}"]
        assert len(opened) == times
    path.unlink()
    assert search([source], [who("email", "ana@x.example")]).answers[0].state == "failed"
