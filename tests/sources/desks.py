"""A service on this machine that the tests ask over HTTP, and ways to say what it answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from dsar.case.identifiers import Identifier
from dsar.case.records import Record
from dsar.sources.interface import Source, SourceFailed
from tests.sources.office import Office, field, kind_of, record_set, source_file, who
from tests.sources.services import serve

ANA = who("email", "ana@example.com")
ROW = {"id": 1, "email": "ana@example.com", "note": "hi"}
QUICK = "requests_per_minute = 60000, pause_seconds = 0"


class Desk:
    """A service under test: ``answer`` gets each call and writes to its handler; what was asked is kept."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.answer: Callable[[Any], None] = lambda call: say(call, [ROW])
        desk = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                desk.asked.append(self.path)
                desk.headers.append({name.lower(): value for name, value in self.headers.items()})
                desk.bodies.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
                desk.answer(self)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                """Nothing is told of what is asked."""

        self.address, close = serve(Handler)
        office.closers.append(close)

    def source(self, place: str = "/people?email={email}", options: str = "", *, own: str = "") -> Source:
        fields = field("email", *kind_of("email")), field("note", "text = true")
        one = record_set("people", *fields, more=f'place = "{place}"\noptions = {{ {own} }}')
        more = f"options = {{ {', '.join(filter(None, [QUICK, options]))} }}"
        self.office.describe("desk", source_file(one, kind="http", path=f"{self.address}/v2", more=more))
        return self.office.source("desk")


def say(call: Any, content: object, status: int = 200, kind: str = "application/json", **headers: str) -> None:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    call.send_response(status)
    for name, value in {"Content-Type": kind, "Content-Length": str(len(raw)), **headers}.items():
        call.send_header(name.replace("_", "-"), value)
    call.end_headers()
    call.wfile.write(raw)


def found(source: Source, *identifiers: Identifier) -> list[Record]:
    return list(source.find(source.settings.record_sets[0], identifiers or [ANA]))


def failure(source: Source, *identifiers: Identifier) -> SourceFailed:
    with pytest.raises(SourceFailed) as failed:
        found(source, *identifiers)
    assert "ana" not in failed.value.message
    return failed.value
