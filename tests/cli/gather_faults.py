"""Faults that a source can have, each with the sentence it is told in and what mends it."""

from __future__ import annotations

import gzip
import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from itertools import cycle
from pathlib import Path

from tests.sources.services import serve
from tests.workflow.office import EMAIL

SOURCE = """[source]
kind = "{kind}"
title = "Old shop"
owner = "priya"
path = "{path}"
{more}

[[record_set]]
name = "people"
title = "Your entry"
key = ["id"]
[[record_set.role]]
role = "controller"
purpose = "{purpose}"
[[record_set.field]]
name = "id"
meaning = "Number"
[[record_set.field]]
name = "email"
meaning = "E-mail address"
identifies = "email"
match = true
"""
ROWS = [{"id": "1", "email": EMAIL}, {"id": "2", "email": "somebody.else@coastmail.example"}]

QUICK = 'options = { paging = "none", requests_per_minute = 60000, pause_seconds = 0 }'
CSV = f"id,email\n1,{EMAIL}\n".encode()


@dataclass(slots=True, kw_only=True)
class Shop:
    """One more source of the desk; ``close`` stops what was started for it."""

    home: Path
    closers: list[Callable[[], None]] = field(default_factory=list)

    def describe(self, kind: str, path: str, more: str = "", purpose: str = "selling") -> None:
        text = SOURCE.format(kind=kind, path=path, more=more, purpose=purpose)
        (self.home / "sources/shop.toml").write_text(text, encoding="utf-8")

    @property
    def data(self) -> Path:
        return self.home / "data"

    def close(self) -> None:
        while self.closers:
            self.closers.pop()()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How it comes about, the word and the sentence it is told in, and how it is mended."""

    breaks: Callable[[Shop], Callable[[], None]]
    why: str
    says: str


def file_gone(shop: Shop) -> Callable[[], None]:
    shop.describe("csv", "data/shop.csv")
    return lambda: _write(shop.data / "shop.csv", CSV)


def column_dropped(shop: Shop) -> Callable[[], None]:
    _table(shop, "ALTER TABLE people RENAME COLUMN email TO mail")
    return lambda: _run(shop, "ALTER TABLE people RENAME COLUMN mail TO email")


def table_dropped(shop: Shop) -> Callable[[], None]:
    _table(shop, "ALTER TABLE people RENAME TO people_2025")
    return lambda: _run(shop, "ALTER TABLE people_2025 RENAME TO people")


def database_damaged(shop: Shop) -> Callable[[], None]:
    path = _table(shop)
    sound = path.read_bytes()
    path.write_bytes(sound[:100] + b"\xff" * (len(sound) - 100))
    return lambda: _write(path, sound)


def cut_short(shop: Shop) -> Callable[[], None]:
    shop.describe("jsonl", "data/shop.jsonl.gz")
    path = shop.data / "shop.jsonl.gz"
    sound = gzip.compress("\n".join(map(json.dumps, ROWS)).encode())
    path.write_bytes(sound[:-12])
    return lambda: _write(path, sound)


def no_permission(shop: Shop) -> Callable[[], None]:
    shop.describe("csv", "data/shop.csv")
    path = shop.data / "shop.csv"
    path.write_bytes(CSV)
    path.chmod(0)
    return lambda: path.chmod(0o600)


def hangs(shop: Shop) -> Callable[[], None]:
    return _program(shop, "import time\ntime.sleep(60)", more="timeout_seconds = 1")


def stops_halfway(shop: Shop) -> Callable[[], None]:
    return _program(shop, f"print({json.dumps(ROWS[0])!r})\nraise SystemExit(4)")


def busy_then_nonsense(shop: Shop) -> Callable[[], None]:
    return _service(shop, [429, 429, b"<html>Please log in</html>"])


def always_busy(shop: Shop) -> Callable[[], None]:
    return _service(shop, [429] * 5)


def broken_off(shop: Shop) -> Callable[[], None]:
    return _service(shop, [b'[{"id": "1", "em', *[None] * 4])


def nobody_there(shop: Shop) -> Callable[[], None]:
    mend = _service(shop, [])
    address = (shop.home / "sources/shop.toml").read_text()
    shop.describe("http", "http://127.0.0.1:9", QUICK)

    def mended() -> None:
        mend()
        (shop.home / "sources/shop.toml").write_text(address)

    return mended


def not_finished(shop: Shop) -> Callable[[], None]:
    _table(shop)
    shop.describe("sqlite", "data/shop.sqlite", purpose="?")
    return lambda: shop.describe("sqlite", "data/shop.sqlite")


def no_mail_server(shop: Shop) -> Callable[[], None]:
    options = '[source.options]\npassword = "file:data/secret"'
    shop.data.joinpath("secret").write_text("correct horse")
    shop.describe("mailbox", "imaps://desk@127.0.0.1:9/INBOX", options)
    path = shop.home / "sources/shop.toml"
    path.write_text(path.read_text().replace('"email"\nmeaning', '"from"\nmeaning').replace('key = ["id"]\n', ""))
    path.write_text(path.read_text().replace('name = "id"', 'name = "subject"'))

    def mended() -> None:
        letter = f"From x@x.example Mon Jun  1 09:00:00 2026\nMessage-ID: <1@x>\nFrom: {EMAIL}\nSubject: Hi\n\nHi\n"
        shop.data.joinpath("shop.mbox").write_text(letter)
        path.write_text(path.read_text().replace("imaps://desk@127.0.0.1:9/INBOX", "data/shop.mbox"))

    return mended


FAULTS = {
    "file_gone": Fault(
        breaks=file_gone,
        why="missing",
        says="shop: there is no file data/shop.csv.",
    ),
    "column_dropped": Fault(
        breaks=column_dropped,
        why="broken",
        says='shop: the table "people" has no column "email". Did you mean "mail"?',
    ),
    "table_dropped": Fault(
        breaks=table_dropped,
        why="broken",
        says='shop: there is no table "people".',
    ),
    "database_damaged": Fault(
        breaks=database_damaged,
        why="broken",
        says="shop: the database is damaged.",
    ),
    "cut_short": Fault(
        breaks=cut_short,
        why="unreadable",
        says="shop: shop.jsonl.gz is cut off or damaged: it cannot be unpacked to its end.",
    ),
    "no_permission": Fault(
        breaks=no_permission,
        why="unreadable",
        says="shop: shop.csv could not be read (Permission denied).",
    ),
    "hangs": Fault(
        breaks=hangs,
        why="timeout",
        says="shop: the program find-people gave no whole answer: it was stopped, since it did not end within 1 s.",
    ),
    "stops_halfway": Fault(
        breaks=stops_halfway,
        why="broken",
        says="shop: the program find-people gave no whole answer: "
        "it could read only a part (code 4), and a part is no answer.",
    ),
    "busy_then_nonsense": Fault(
        breaks=busy_then_nonsense,
        why="broken",
        says="shop: GET / at 127.0.0.1 was not answered: its answer is not sound JSON, or is cut off.",
    ),
    "always_busy": Fault(
        breaks=always_busy,
        why="timeout",
        says="shop: GET / at 127.0.0.1 was not answered: it reports too many requests (429).",
    ),
    "broken_off": Fault(
        breaks=broken_off,
        why="broken",
        says="shop: GET / at 127.0.0.1 was not answered: the connection broke off (RemoteDisconnected).",
    ),
    "nobody_there": Fault(
        breaks=nobody_there,
        why="broken",
        says="shop: GET / at 127.0.0.1 was not answered: nothing answers at that address.",
    ),
    "not_finished": Fault(
        breaks=not_finished,
        why="unfinished",
        says="sources/shop.toml is not finished: purpose of people still to be said. It was not searched.",
    ),
    "no_mail_server": Fault(
        breaks=no_mail_server,
        why="broken",
        says="shop: The mailbox 127.0.0.1:9 cannot be reached. Nothing of it counts as searched.",
    ),
}


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _table(shop: Shop, *more: str) -> Path:
    shop.describe("sqlite", "data/shop.sqlite")
    _run(shop, "CREATE TABLE people (id TEXT PRIMARY KEY, email TEXT)", "INSERT INTO people VALUES ('1', ?)", *more)
    return shop.data / "shop.sqlite"


def _run(shop: Shop, *statements: str) -> None:
    with closing(sqlite3.connect(shop.data / "shop.sqlite")) as connection, connection:
        for statement in statements:
            connection.execute(statement, (EMAIL,) if "?" in statement else ())


def _program(shop: Shop, does: str, more: str = "") -> Callable[[], None]:
    path = shop.data / "find-people"
    shop.describe("command", "data/find-people", more)

    def write(text: str) -> None:
        path.write_text(f"#!{sys.executable}\n{text}\n")
        path.chmod(0o700)

    write(does)
    return lambda: write("".join(f"print({json.dumps(row)!r})\n" for row in ROWS))


def _service(shop: Shop, answers: list[int | bytes | None]) -> Callable[[], None]:
    """A service that gives these answers in turn (a number is a refusal, None hangs up), mended what it holds."""
    turns = cycle(answers)

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = next(turns) if answers else json.dumps(ROWS).encode()
            if isinstance(answer, int):
                self.send_error(answer)
            elif answer is not None:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(max(len(answer), 24)))
                self.end_headers()
                self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nothing is told of what is asked."""

    address, close = serve(Answers)
    shop.closers.append(close)
    shop.describe("http", address, QUICK)
    return answers.clear
