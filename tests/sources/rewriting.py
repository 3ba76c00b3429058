"""What the tests of the writers share: people written in each format, steps over them, and results by key."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from dsar.case.changes import Action, Result, Step
from dsar.formats.mailbox import mbox_messages
from dsar.sources.interface import Source
from dsar.sources.writing import Writer, writer
from tests.sources.office import Office, field, kind_of, record_set, source_file, who

PEOPLE = {
    "1": {"email": "ana@example.com", "note": 'said "hi", twice'},
    "2": {"email": "ben@example.com", "note": "two\nlines"},
    "3": {"email": "ana@example.com", "note": "café"},
    "4": {"email": "eve@example.com", "note": ""},
}
ANA = who("email", "ana@example.com")
FILES = {"sqlite": "people.db", "csv": "people.csv", "jsonl": "people.jsonl", "mailbox": "people.mbox"}


def write(office: Office, kind: str) -> Path:
    """The people in the format of this kind, with a source file that describes them."""
    path = office.home / "data" / FILES[kind]
    rows = [{"id": key, **values} for key, values in PEOPLE.items()]
    match kind:
        case "sqlite":
            office.database(path.name, {"people": rows})
        case "csv":
            with path.open("w", newline="", encoding="utf-8") as file:
                table = csv.DictWriter(file, fieldnames=list(rows[0]))
                table.writeheader()
                table.writerows(rows)
        case "jsonl":
            path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        case "mailbox":
            path.write_text("".join(mail(row) for row in rows), encoding="utf-8")
    names = {"email": "from", "note": "body"} if kind == "mailbox" else {"email": "email", "note": "note"}
    fields = [field(names["email"], *kind_of("email")), field(names["note"], "text = true")]
    more = "" if kind == "sqlite" else f'place = "data/{path.name}"'
    key = "message_id" if kind == "mailbox" else "id"
    office.describe(
        "people", source_file(record_set("people", *fields, more=more, key=key), kind=kind, path=f"data/{path.name}")
    )
    return path


def mail(row: Mapping[str, str]) -> str:
    """One message of an mbox file."""
    return (
        f"From {row['id']}@desk Mon Jun  1 09:00:00 2026\nMessage-ID: <{row['id']}>\nFrom: {row['email']}\n"
        f"Date: Mon, 01 Jun 2026 09:00:00 +0000\nContent-Type: text/plain; charset=utf-8\n\n"
        f">From the start:\n{row['note']}\n\n"
    )


def steps(source: Source, action: Action = Action.DELETE, after: Mapping[str, str | None] | None = None) -> list[Step]:
    """One step for each of Ana's records, in the order they are found."""
    return [
        Step(
            id=f"S-{number:04d}", finding=f"F-{number:04d}", source=source.settings.name, record_set=one.name,
            place=one.place, key={name: record.values[name] for name in one.key}, action=action,
            before=dict(record.values), after=dict(after or {}),
        )
        for one in source.settings.record_sets
        for number, record in enumerate(source.find(one, [ANA]), start=1)
    ]  # fmt: skip


def carry_out(office: Office, todo: Sequence[Step], *, source: str = "people") -> tuple[list[Result], Writer]:
    """The result of each step, in the steps' order, and the writer that gave it."""
    made = writer(office.source(source).settings, office.home)
    results: dict[str, Result] = {}

    def done(step: Step, result: Result) -> None:
        assert step.id not in results, "a step is told once"
        results[step.id] = result

    made.apply(todo, done=done)
    return [results[step.id] for step in todo], made


def held(path: Path) -> dict[str, tuple[object, ...]]:
    """Everything the file holds, record by record, as another program reads it."""
    match path.suffix:
        case ".db":
            with closing(sqlite3.connect(path)) as connection:
                return {str(row[0]): row for row in connection.execute("SELECT * FROM people")}
        case ".mbox":
            raw = [message.decode() for message in mbox_messages(path)]
            return {text.partition("<")[2].partition(">")[0]: (text,) for text in raw}
        case ".jsonl":
            found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            return {row["id"]: tuple(row.values()) for row in found}
        case _:
            with path.open(newline="", encoding="utf-8") as file:
                return {row[0]: tuple(row) for row in csv.reader(file)}
