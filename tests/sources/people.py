"""The people of the contract suite, and how each kind of source holds them: one function per kind.

A kind joins the suite with one entry in ``WRITERS``; the promises it must keep are in ``test_contract``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.sources.office import Office

# id, e-mail, phone, note: Ana in several spellings, then others who must never be hers.
PEOPLE = [
    ("1", "ana@example.com", "+1 415 555 0100", "Hello."),
    ("2", "ANA@Example.COM", "", "Hello again."),
    ("3", "other@example.com", "(415) 555-0100", "Call me."),
    ("4", "", "415.555.0100", "Call me."),
    ("5", "", "0014155550100", "Call me."),
    ("6", "", "14155550100", "Call me."),
    ("7", "ben@example.com", "+1 415 555 0199", "Ana said hello."),
    ("8", "banana@example.com", "+1 915 555 0100", "anaexample.com"),
    ("9", "eve@example.com", "", "=cmd|'/c calc'!A0 \u202egnp.exe <script>x</script> ' OR 1=1 --"),
    ("10", "carl@example.com", "", "Please tell Ana@example.com, or ring 415-555-0100 after six."),
]
COLUMNS = ("id", "email", "phone", "note")
FIELDS = """
[[record_set.field]]
name = "{email}"
meaning = "E-mail"
identifies = "email"
match = true
[[record_set.field]]
name = "{phone}"
meaning = "Phone"
identifies = "phone"
match = true
[[record_set.field]]
name = "{note}"
meaning = "What was said"
text = true
"""
HEAD = """
[source]
kind = "{kind}"
title = "People"
owner = "luis"
path = "{path}"
country = "US"
{options}
[[record_set]]
name = "people"
title = "People"
{more}
[[record_set.role]]
role = "controller"
purpose = "service"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Where a kind keeps the people; ``path`` is the file, ``line`` where a record stands, by its number."""

    path: Path
    line: str


def describe(
    office: Office,
    kind: str,
    path: str,
    *,
    more: str = 'key = ["id"]',
    options: str = "",
    fields: Mapping[str, str] | None = None,
) -> None:
    """The source file of the people; ``fields`` are this kind's names for what the others call e-mail and so on."""
    names = fields or {name: name for name in COLUMNS}
    office.describe("people", HEAD.format(kind=kind, path=path, more=more, options=options) + FIELDS.format(**names))


def rows() -> list[dict[str, str]]:
    return [dict(zip(COLUMNS, person, strict=True)) for person in PEOPLE]


def sqlite(office: Office) -> Held:
    path = office.database("people.db", {"people": rows()})
    describe(office, "sqlite", "data/people.db")
    return Held(path=path, line="people {id}")


def sql(office: Office) -> Held:
    """SQLite again, through SQLAlchemy, as every engine without a search of its own is read."""
    path = office.database("people.db", {"people": rows()})
    describe(office, "sql", "sqlite:///data/people.db")
    return Held(path=path, line="people {id}")


def csv(office: Office) -> Held:
    path = office.home / "data" / "people.csv"
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in (COLUMNS, *PEOPLE)]
    path.write_text("\n".join(quoted) + "\n", encoding="utf-8")
    describe(office, "csv", "data/people.csv")
    return Held(path=path, line="people.csv line {below}")


def jsonl(office: Office) -> Held:
    path = office.home / "data" / "people.jsonl"
    path.write_text("\n".join(map(json.dumps, rows())) + "\n", encoding="utf-8")
    describe(office, "jsonl", "data/people.jsonl")
    return Held(path=path, line="people.jsonl line {id}")


def mailbox(office: Office) -> Held:
    path = office.home / "data" / "people.mbox"
    path.write_text("".join(mail(*person) for person in PEOPLE), encoding="utf-8")
    fields = {"email": "from", "phone": "signature_phone", "note": "body"}
    describe(office, "mailbox", "data/people.mbox", more="", fields=fields)
    return Held(path=path, line="people.mbox message {id}")


def mail(number: str, sender: str, phone: str, note: str) -> str:
    return (
        f"From {number}@desk Mon Jun  1 09:00:00 2026\nMessage-ID: <{number}@desk>\n"
        f"From: {sender or 'nobody@desk.example'}\n"
        "To: help@desk.example\nDate: Mon, 01 Jun 2026 09:00:00 +0000\nSubject: hi\nMIME-Version: 1.0\n"
        f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{note}\n\n-- \n{phone}\n\n"
    )


WRITERS: dict[str, Callable[[Office], Held]] = {
    "sqlite": sqlite, "sql": sql, "csv": csv, "jsonl": jsonl, "mailbox": mailbox,
}  # fmt: skip
