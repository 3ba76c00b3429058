"""Requests for the 1798.83 notice at the sample desk, and registers to answer them from."""

from __future__ import annotations

from datetime import date
from typing import Any

from dsar.case.rights import Right
from dsar.disclosure.register_rows import COLUMNS
from dsar.workflow import openings
from dsar.workflow.drafts import Draft, draft
from dsar.workflow.notice import verdict
from dsar.workspace import Workspace
from tests.workflow.office import by, somebody

LUCILLE = "lucille.ferrante@sunmail.example"
ASKS = "I am a customer and a resident of Sacramento, California. Under Civil Code 1798.83 please tell me the names."
HEADER = ",".join(COLUMNS)


def ask(ws: Workspace, name: str = "Lucille Ferrante", email: str = LUCILLE, **changes: Any) -> str:
    """A request for the notice, opened as somebody at the desk would type it."""
    values: dict[str, Any] = {
        "rights": (Right.NOTICE_1798_83,),
        "laws": ("us-ca-stl",),
        "received_on": date(2026, 11, 6),
        "text": ASKS,
    }
    opening = somebody(name, email, **{**values, **changes})
    return openings.open_case(ws, opening, openings.hold(ws, opening), by()).number


def settle(ws: Workspace, *, policy: bool = True, **settings: str) -> Workspace:
    """The same desk with these settings of the organisation; without ``policy`` it publishes none."""
    path = ws.home / "dsar.toml"
    lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
    path.write_text(path.read_text(encoding="utf-8").replace("[organisation]\n", f"[organisation]\n{lines}", 1))
    if not policy:
        for file in (ws.home / "policies").glob("*.toml"):
            file.unlink()
    if "ledger" in vars(ws):
        ws.ledger.close()
    return Workspace(ws.home)


def register(ws: Workspace, *rows: str) -> None:
    """Write these rows as the register."""
    (ws.home / "recipients.csv").write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")


def codes(ws: Workspace, number: str) -> dict[str, bool]:
    """What is remarked on, and whether a person must look."""
    return {remark.code: remark.person for remark in verdict(ws, number).remarks}


def clean(ws: Workspace, number: str, kind: str = "notice") -> Draft:
    """The letter, which must be ready to leave."""
    made = draft(ws, number, kind, by())
    assert made.problems == ()
    assert made.verdict.allowed, made.verdict.reasons
    return made


def text_of(made: Draft) -> str:
    """Its words on one line."""
    return " ".join(made.composed.text.split())


NOBODY = "2,,,Host Cooperative,3 Fabled Quay,2023-01-01,,no,,"
ONE = '2,,,"Maple Lists, Inc.","1 Elm Street, Reno, NV 89599, USA",2025-12-31,,yes,,tents'
CHOICE = {
    "marketing_alternative": '"opt_out"',
    "marketing_means": '"Answer this letter with NO. It is free of charge."',
}
