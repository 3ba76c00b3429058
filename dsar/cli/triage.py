"""triage: a person decides on what the reading was unsure of."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dsar.case.rights import Right, right_named
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit
from dsar.cli.intake import LawOption, ReceivedOption, RoleOption, TypeOption, day_typed, emit_case, role_named
from dsar.cli.options import SETTINGS, one_command
from dsar.cli.session import current
from dsar.errors import InputWrong

app_triage = one_command()


@app_triage.command(context_settings=SETTINGS)
def triage(
    draft: Annotated[str, typer.Argument(metavar="[DRAFT]", help="As dsar triage shows it: D-0003.")] = "",
    accept: Annotated[bool, typer.Option("--accept", help="It is a request: open a case.")] = False,
    decline: Annotated[bool, typer.Option("--decline", help="It is none: delete the draft.")] = False,
    to: Annotated[str, typer.Option("--to", metavar="CASE", help="It belongs to this case.")] = "",
    type_: TypeOption = None,
    law: LawOption = None,
    role: RoleOption = "",
    received: ReceivedOption = "",
) -> int:
    """Decide on messages the reading was unsure of: accept, correct, file to a case, or decline.

    Example: dsar triage D-0003 --accept --type access
    """
    from dsar.workflow import triage as desk

    session = current()
    ws = session.workspace
    if not draft and session.interactive:
        return _by_hand()
    if not draft:
        return _drafts()
    if to:
        number = ws.ledger.resolve(to)
        desk.to_case(ws, draft, number, session.stamp)
        return emit(
            Answer(schema="triage", data={"draft": draft, "case": number}, before=(f"{draft}: filed to {number}.",))
        )
    if decline:
        desk.decline(ws, draft, session.stamp)
        return emit(Answer(schema="triage", data={"draft": draft, "declined": True}, before=(f"{draft}: declined.",)))
    if not accept:
        return _drafts(draft)
    correction = desk.Correction(
        rights=tuple(right_named(one) for one in type_ or []),
        laws=tuple(law or []),
        role=role_named(role) if role else None,
        received_on=day_typed(received, session.moment.on, ws.config.desk.date_order) if received else None,
    )
    case = desk.accept(ws, draft, correction, session.stamp)
    return emit_case(case.number, "triage", f"opened from {draft}")


def _drafts(only: str = "") -> int:
    from dsar.workflow import triage as desk

    found = [one for one in desk.waiting(current().workspace) if only in ("", one.id)]
    if only and not found:
        raise InputWrong(f'There is no draft "{only}".', hint="dsar triage")
    lines: list[Line] = []
    for one in found if only else []:
        lines += _draft_lines(one.body)
    table = Table(
        (
            Column(title="DRAFT"),
            Column(title="RECEIVED"),
            Column(title="READ AS", shrink=True),
            Column(title="SURE", right=True),
            Column(title="BECAUSE", shrink=True, drop=1),
        ),
        [
            (
                one.id,
                str(one.body["received_on"]),
                str(one.body["primary_type"]).replace("_", " "),
                f"{float(one.body['confidence']):.0%}",
                "; ".join(one.body["doubts"]),
            )
            for one in found
        ],
    )
    return emit(
        Answer(
            schema="triage",
            data={"drafts": [{"draft": one.id, **_public(one.body)} for one in found]},
            before=tuple(lines) if only else (() if found else ("Nothing waits.",)),
            table=None if only else table,
            rows=table,
            hint="Next: dsar triage DRAFT, then --accept, --to CASE or --decline" if found else "",
        )
    )


def _public(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in ("text", "name", "subject")}


def _draft_lines(body: dict[str, Any]) -> list[Line]:
    lines: list[Line] = [
        (Cell("Subject   ", "bold"), Cell(str(body["subject"]))),
        f"Received  {body['received_on']}, language {body['language']}, written by: {body['role']}",
        "",
        str(body["text"])[:4000],
        "",
        (
            Cell("Read as   ", "bold"),
            Cell(
                f"{body['primary_type']} ({float(body['confidence']):.0%}), or {body['second_type'] or 'nothing else'}"
            ),
        ),
    ]
    lines += [f"  {says}: {why}" for says, why in body["evidence"]]
    lines += [(Cell(f"  but: {doubt}", "yellow"),) for doubt in body["doubts"]]
    return lines


def _by_hand() -> int:
    """One draft after the other, a key each."""
    from dsar.workflow import triage as desk

    session = current()
    ws = session.workspace
    for one in desk.waiting(ws):
        emit(Answer(schema="triage", data={}, before=((Cell(one.id, "bold"),), *_draft_lines(one.body))))
        answer = typer.prompt(
            "a accept  t accept as another type  c file to a case  d decline  s skip  q stop", default="s"
        )
        match answer.strip().casefold():
            case "q":
                break
            case "a":
                desk.accept(ws, one.id, desk.Correction(), session.stamp)
            case "t":
                right: Right = right_named(typer.prompt("Type (access, edit, delete, notice, child)"))
                desk.accept(ws, one.id, desk.Correction(rights=(right,)), session.stamp)
            case "c":
                desk.to_case(ws, one.id, ws.ledger.resolve(typer.prompt("Case")), session.stamp)
            case "d":
                desk.decline(ws, one.id, session.stamp)
            case _:
                continue
    return _drafts()
