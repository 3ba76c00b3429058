"""The people of the contract suite in spreadsheets, Parquet, JSON, logs, behind a program and behind a service."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from tests.sources.office import Office
from tests.sources.people import COLUMNS, PEOPLE, Held, describe, rows
from tests.sources.services import serve

PAGE = 3
PATTERN = "^(?P<id>[0-9]+) <(?P<email>.*?)> <(?P<phone>.*?)> (?P<note>.*)$"
# The kinds whose records are objects, which may leave out a field.
OBJECTS = ("jsonl", "json", "command", "http")


def as_json(office: Office) -> Held:
    path = office.home / "data" / "people.json"
    path.write_text(json.dumps({"data": {"people": rows()}}), encoding="utf-8")
    describe(office, "json", "data/people.json", options='options = { rows = "data.people" }')
    return Held(path=path, line="people.json line {id}")


def sheet(office: Office) -> Held:
    import openpyxl

    path = office.home / "data" / "people.xlsx"
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (COLUMNS, *PEOPLE):
        page.append(list(row))
        for cell in page[page.max_row]:
            # as text, or the one that begins with = would be a formula
            cell.data_type = "s"
    book.save(path)
    describe(office, "sheet", "data/people.xlsx")
    return Held(path=path, line="people.xlsx line {below}")


def parquet(office: Office) -> Held:
    import duckdb

    path = office.home / "data" / "people.parquet"
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE people (id INTEGER, email VARCHAR, phone VARCHAR, note VARCHAR)")
        connection.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", [list(person) for person in PEOPLE])
        connection.table("people").write_parquet(str(path))
    describe(office, "parquet", "data/people.parquet")
    return Held(path=path, line="people.parquet line {id}")


def lines(office: Office) -> Held:
    path = office.home / "data" / "people.log"
    text = "".join(f"{number} <{email}> <{phone}> {note}\n" for number, email, phone, note in PEOPLE)
    path.write_text(text, encoding="utf-8")
    describe(office, "lines", "data/people.log", options=f"options = {{ pattern = '{PATTERN}' }}")
    return Held(path=path, line="people.log line {id}")


def command(office: Office) -> Held:
    path = office.home / "data" / "find-people"
    text = "".join(json.dumps(one) + "\n" for one in rows())
    path.write_text(
        f"#!{sys.executable}\nimport json, sys\nasked = json.loads(sys.stdin.readline())\n"
        f"people = {text!r}\n"
        "print(json.dumps({'rows': people.count('\\n')}) if asked['do'] == 'count' else people)\n",
        encoding="utf-8",
    )
    path.chmod(0o700)
    describe(office, "command", "data/find-people")
    return Held(path=path, line="people answer {id}")


def http(office: Office) -> Held:
    path = office.home / "data" / "people.json"
    path.write_text(json.dumps(rows()), encoding="utf-8")

    class Pages(BaseHTTPRequestHandler):
        """Three people a page, as the file holds them; whatever else the file holds as it is."""

        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                self.send_error(404)
                return
            try:
                first = PAGE * (int(asked["page"][0]) - 1)
                content = json.dumps({"people": json.loads(content)[first : first + PAGE]}).encode()
            except ValueError:
                pass
            self.send_response(200)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing is told of what is asked."""

    address, close = serve(Pages)
    office.closers.append(close)
    options = 'options = { paging = "page", rows = "people", requests_per_minute = 60000, pause_seconds = 0 }'
    describe(office, "http", address, options=options)
    return Held(path=path, line="people people record {id}")


MORE_WRITERS: dict[str, Callable[[Office], Held]] = {
    "json": as_json, "sheet": sheet, "parquet": parquet, "lines": lines, "command": command, "http": http,
}  # fmt: skip
