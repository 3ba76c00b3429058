"""The people, records and package that the tests of this room share."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from dsar.case.facts import Decision
from dsar.case.identifiers import Identifier
from dsar.case.records import (
    DataRole,
    Disclose,
    Field,
    Finding,
    Proposal,
    Record,
    RecordSet,
    RolePeriod,
)
from dsar.disclosure.content import CoverageLine, PackageContent, Table, table_of
from dsar.disclosure.proposals import propose

FOLDERS = (Path(__file__).parents[2] / "templates",)
HASH = "$2b$12$Q9wE8rT7yU6iO5pA4sD3fu1G2h3J4k5L6z7X8c9V0b1N2m3Q4w5E6"
WITHHELD_CALLER = "+14155550177"
DIALLED = "+14155550123"
HELPLINE = "+18005550199"
OTHER_MAIL = "ben.ode@elsewhere.example"
CONTACT = "privacy@harbor.example"

OWN = (
    Identifier(kind="email", value="maria.rivera@example.com", raw="Maria.Rivera@example.com"),
    Identifier(kind="phone", value="+14155550142", raw="+1 415 555 0142"),
    Identifier(kind="name", value="maria rivera", raw="Maria Rivera"),
)
CONTROLLER = (RolePeriod(role=DataRole.CONTROLLER, purpose="providing the service you signed up for"),)

SEATS = RecordSet(
    source="crm",
    name="seats",
    title="Your user account",
    place="seats",
    key=("seat_id",),
    time_field="created_at",
    category="account",
    basis="contract",
    retention="as long as the account exists",
    recipients=("Harbor Hosting (hosting)",),
    roles=CONTROLLER,
    country="US",
    fields=(
        Field(name="seat_id", meaning="Number of your seat", origin="observed"),
        Field(name="name", meaning="Your name", identifies="name"),
        Field(name="email", meaning="Your e-mail address", identifies="email", match=True),
        Field(name="password_hash", meaning="Your password, in a form nobody can read", disclose=Disclose.NEVER),
        Field(
            name="status", meaning="State of the account", codes=(("A", "active"), ("C", "closed")), origin="observed"
        ),
        Field(name="score", meaning="Our guess how likely you are to leave", origin="inferred"),
        Field(name="note", meaning="Notes of our support", text=True, origin="observed"),
        Field(name="created_at", meaning="When it was opened", origin="observed"),
    ),
)
CALLS = RecordSet(
    source="calls",
    name="calls",
    title="Your calls",
    place="calls",
    key=("id",),
    time_field="at",
    category="traffic",
    retention="90 days",
    roles=CONTROLLER,
    country="US",
    omit_when=({"to_number": HELPLINE},),
    fields=(
        Field(name="id", meaning="Number of the call", origin="observed"),
        Field(name="at", meaning="When", origin="observed"),
        Field(name="direction", meaning="Direction", origin="observed"),
        Field(
            name="from_number",
            meaning="Who called",
            identifies="phone",
            origin="observed",
            disclose=Disclose.OTHER_PERSON,
            show_when=({"direction": "inbound", "presentation": "allowed"},),
            hide_when=({"presentation": "withheld"},),
        ),
        Field(
            name="to_number",
            meaning="Number dialled",
            identifies="phone",
            origin="observed",
            disclose=Disclose.OTHER_PERSON,
            show_when=({"direction": "outbound"},),
        ),
        Field(name="presentation", meaning="Whether the number was shown", origin="observed"),
    ),
)


def finding(record_set: RecordSet, number: int = 1, **values: str) -> Finding:
    record = Record(key=str(number), values=values, matched=())
    return Finding(id=f"F-{number:04}", source=record_set.source, record_set=record_set.name, record=record)


def seat(number: int = 1, **more: str) -> Finding:
    values = {
        "seat_id": "S-17",
        "name": "Maria Rivera",
        "email": "Maria.Rivera@example.com",
        "password_hash": HASH,
        "status": "A",
        "score": "0.2",
        "note": "",
        "created_at": "2024-02-03T09:30:00Z",
    }
    return finding(SEATS, number, **(values | more))


def call(number: int, direction: str, other: str, presentation: str = "allowed", at: str = "2026-03-01") -> Finding:
    mine = "+14155550142"
    numbers = (mine, other) if direction == "outbound" else (other, mine)
    return finding(
        CALLS,
        number,
        id=f"c{number}",
        at=f"{at}T10:00:00Z",
        direction=direction,
        from_number=numbers[0],
        to_number=numbers[1],
        presentation=presentation,
    )


FINDINGS = (
    (SEATS, seat(1, note=f"Maria asked Ben. From: Ben Ode <{OTHER_MAIL}>\nCall her at +1 415 555 0142.")),
    (CALLS, call(2, "outbound", DIALLED)),
    (CALLS, call(3, "inbound", WITHHELD_CALLER, "withheld", "2026-03-02")),
    (CALLS, call(4, "outbound", HELPLINE, at="2026-03-03")),
)


def proposals() -> list[tuple[RecordSet, Finding, Proposal]]:
    return [(record_set, one, propose(one, record_set, OWN)) for record_set, one in FINDINGS]


def tables() -> tuple[Table, ...]:
    made = proposals()
    return tuple(table_of(one, [p for held, _, p in made if held is one]) for one in (CALLS, SEATS))


def content(**changes: object) -> PackageContent:
    made = PackageContent(
        case="DSAR-2026-0036",
        organisation="Harbor Communications",
        contact=("Harbor Communications, Privacy Office", CONTACT),
        created_on=date(2026, 11, 21),
        expires_on=date(2026, 12, 5),
        person="Maria Rivera",
        laws=("eu-gdpr",),
        law_titles=("General Data Protection Regulation (EU)",),
        letter_text="Dear Maria Rivera,\n\nhere is your copy.\n",
        letter_html='<!DOCTYPE html><html lang="en"><title>Letter</title><body><p>Dear Maria</p></body></html>',
        tables=tables(),
        coverage=(
            CoverageLine(source="crm", record_set="seats", title="Your user account", state="searched", found=1),
            CoverageLine(source="calls", record_set="calls", title="Your calls", state="searched", found=3),
            CoverageLine(source="mail", record_set="mail", title="Support mails", state="searched"),
            CoverageLine(
                source="edge", record_set="traffic", title="Traffic of our customers", state="excluded", found=2,
                reason="We hold it for another organisation.",
            ),
        ),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def table_with(*rows: Mapping[str, str], fields: tuple[Field, ...] | None = None) -> Table:
    """A table of records all of whose values are shown."""
    names = fields or tuple(Field(name=name, meaning=name) for name in (rows[0] if rows else {}))
    record_set = RecordSet(
        source="crm", name="things", title="Things", place="things", key=("id",), fields=names, roles=CONTROLLER
    )
    shown = [
        Proposal(finding=f"F-{number}", decision=Decision.DISCLOSE, ground="", shown=row, marks={})
        for number, row in enumerate(rows)
    ]
    return Table(record_set=record_set, rows=tuple(shown), withheld={})


def files(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def text(path: Path, name: str) -> str:
    return files(path)[name].decode("utf-8-sig")


def rewritten(path: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """The package with one file changed and every hash made to fit, as a careless or sly builder would leave it."""
    held = files(path)
    held[name] = change(held[name])
    digest = {one: hashlib.sha256(raw).hexdigest() for one, raw in held.items()}
    manifest = json.loads(held["manifest.json"])
    for one in manifest["files"]:
        one["sha256"], one["bytes"] = digest[one["path"]], len(held[one["path"]])
    held["manifest.json"] = json.dumps(manifest).encode()
    digest["manifest.json"] = hashlib.sha256(held["manifest.json"]).hexdigest()
    held["SHA256SUMS"] = "".join(f"{digest[one]}  {one}\n" for one in sorted(held) if one != "SHA256SUMS").encode()
    return zipped(path, held)


def zipped(path: Path, held: Mapping[str, bytes]) -> Path:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in held.items():
            archive.writestr(zipfile.ZipInfo(name), raw)
    path.write_bytes(out.getvalue())
    return path
