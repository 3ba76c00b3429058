"""What lies outside the program and is wrong: settings, store, mail server, files; told in sentences, nothing lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dsar.workspace import Workspace
from tests.cli.typing import SURNAMES, Terminal, refused
from tests.workflow.office import RIVERA
from tests.workflow.post import Server, through


class TestSettings:
    """ux rows 11 and 12."""

    def spoil(self, terminal: Terminal, old: str, new: str) -> list[str]:
        path = terminal.home / "dsar.toml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return path.read_text(encoding="utf-8").splitlines()

    def test_a_slip_of_the_pen_is_told_with_its_line_and_the_right_word(self, typed: Callable[..., Terminal]) -> None:
        terminal = typed()
        lines = self.spoil(terminal, "rehearsal = true", "rehersal = true")
        ran = terminal("due", who="")
        assert ran.code == 6
        assert f"dsar.toml line {lines.index('rehersal = true') + 1}" in ran.err
        assert 'Did you mean "rehearsal"' in ran.err
        assert "dsar config check" in ran.err

    def test_config_check_lists_them_all(self, typed: Callable[..., Terminal]) -> None:
        terminal = typed()
        self.spoil(terminal, "rehearsal = true", "rehersal = true")
        self.spoil(terminal, 'laws = ["eu-gdpr",', 'laws = ["CCPPA",')
        ran = terminal("config", "check", "--json", who="")
        assert ran.code == 6
        assert len(ran.json["faults"]) >= 2

    def test_text_without_quotation_marks(self, typed: Callable[..., Terminal]) -> None:
        terminal = typed()
        self.spoil(terminal, 'transport = "folder"', "transport = folder")
        ran = terminal("config", "check", who="")
        assert ran.code == 6
        assert "needs quotation marks" in ran.says
        assert 'Write: transport = "folder"' in ran.says


class TestStore:
    """ux rows 13 and 14."""

    def test_damaged(self, typed: Callable[..., Terminal]) -> None:
        terminal = typed()
        store = terminal.home / "dsar.db"
        store.write_bytes(b"SQLite format 3\x00" + b"\xff" * 8000)
        before = store.read_bytes()
        ran = terminal("due")
        assert ran.code == 7
        assert "damaged" in ran.err
        assert "dsar restore" in ran.err
        assert store.read_bytes() == before

    def test_made_by_a_newer_one(self, typed: Callable[..., Terminal]) -> None:
        terminal = typed()
        store = terminal.home / "dsar.db"
        with closing(sqlite3.connect(store)) as raw:
            table = next(
                name
                for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                if "migrations" in name
            )
            columns = [row[1] for row in raw.execute(f'PRAGMA table_info("{table}")')]
            row = dict(zip(columns, raw.execute(f'SELECT * FROM "{table}"').fetchone(), strict=True))  # noqa: S608
            row |= {"name": "m999_from_the_future"}
            if "id" in row:
                row["id"] = 999
            marks = ", ".join("?" * len(row))
            raw.execute(f'INSERT INTO "{table}" ({", ".join(row)}) VALUES ({marks})', list(row.values()))  # noqa: S608
            raw.commit()
        ran = terminal("due")
        assert ran.code == 7
        assert "newer" in ran.err or "update dsar" in ran.err

    def test_there_is_none(self, typed: Callable[..., Terminal]) -> None:
        terminal = typed()
        (terminal.home / "dsar.db").unlink()
        ran = terminal("due")
        assert ran.code == 2
        assert "no case store" in ran.err
        assert "dsar init" in ran.err

    def test_no_workspace_at_all(self, typed: Callable[..., Terminal], tmp_path: Path) -> None:
        ran = typed()("due", "--home", str(tmp_path))
        assert ran.code == 2
        assert "is not a workspace" in ran.err


class TestMail:
    """ux rows 8 and 24, and 9 beside them."""

    @pytest.fixture
    def mailing(self, typed: Callable[..., Terminal]) -> Iterator[tuple[Terminal, Server]]:
        terminal, server = typed(), Server()
        through(Workspace(terminal.home), server.port)
        server.start()
        yield terminal, server
        server.stop()

    def test_down(self, mailing: tuple[Terminal, Server]) -> None:
        terminal, server = mailing
        server.stop()
        ran = terminal("letter", "send", "1", "acknowledgement")
        assert ran.code == 5
        assert f"127.0.0.1:{server.port} cannot be reached" in ran.err
        assert "waits in the outbox" in ran.err
        assert "dsar outbox" in ran.err
        assert not any(name in ran.err for name in SURNAMES)
        server.start()
        assert terminal("outbox", "retry").code == 0
        assert len(server.post.arrived) == 1

    def test_refused_for_good(self, mailing: tuple[Terminal, Server]) -> None:
        terminal, server = mailing
        server.post.mood = "gone"
        ran = terminal("letter", "send", "1", "acknowledgement")
        assert ran.code == 3
        assert "will not be tried again" in ran.err
        assert "dsar letter send 1 acknowledgement --by post" in ran.err
        assert not any(name in ran.err for name in SURNAMES)

    def test_unsure(self, mailing: tuple[Terminal, Server]) -> None:
        terminal, server = mailing
        server.post.mood = "hang_up"
        ran = terminal("letter", "send", "1", "acknowledgement")
        assert ran.code == 4
        assert "I will not send it twice" in ran.err
        assert f"dsar outbox resolve {RIVERA}:acknowledgement --sent (or --resend)" in ran.err
        assert "unsure" in terminal("outbox", "list").out
        server.post.mood = "ok"
        assert terminal("outbox", "resolve", f"{RIVERA}:acknowledgement", "--sent").code == 0
        assert len(server.post.arrived) == 1


class TestFiles:
    """ux row 23."""

    def test_one_odd_file_among_others(self, typed: Callable[..., Terminal], tmp_path: Path) -> None:
        terminal = typed("empty")
        odd = tmp_path / "scan7.eml"
        odd.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        inbox = terminal.home / "inbox"
        ran = terminal("new", "--file", str(odd), str(inbox / "01-access-rivera.eml"), "--json")
        assert ran.code == 4
        assert [one["state"] for one in ran.json["results"]] == ["refused", "opened"]
        assert any("scan7.eml" in says for says in ran.json["results"][0]["warnings"])

    def test_in_a_dry_run_it_is_a_result(self, typed: Callable[..., Terminal], tmp_path: Path) -> None:
        odd = tmp_path / "scan7.eml"
        odd.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        ran = typed("empty")("new", "--file", str(odd), "--dry-run", "--json")
        assert ran.code == 0
        (result,) = ran.json["results"]
        assert (result["state"], result["primary_type"]) == ("refused", "invalid")

    def test_a_name_mistyped(self, typed: Callable[..., Terminal]) -> None:
        refused(typed(), "new", "--file", "gone.eml", code=2, says="gone.eml")
