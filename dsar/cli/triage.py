"""triage: a person decides on what the reading was unsure of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from dsar.case.rights import Right, right_named
from dsar.case.stages import Role
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit
from dsar.cli.intake import LawOption, ReceivedOption, RoleOption, TypeOption, day_typed, emit_case, role_named
from dsar.cli.options import SETTINGS, Reason, one_command
from dsar.cli.session import current
from dsar.cli.triage_screen import ASKS_NOTHING, draft_lines, known_keys
from dsar.errors import DsarError, InputWrong

if TYPE_CHECKING:
    from dsar.ledger.inflow import Draft
    from dsar.workflow.triage import Correction

app_triage = one_command()


@app_triage.command(context_settings=SETTINGS)
def triage(
    draft: Annotated[str, typer.Argument(metavar="[DRAFT]", help="As dsar triage shows it: D-0003.")] = "",
    accept: Annotated[bool, typer.Option("--accept", help="It is a request: open a case.")] = False,
    second: Annotated[bool, typer.Option("--second", help="Accept it as the second reading.")] = False,
    decline: Annotated[bool, typer.Option("--decline", help="It is none: delete the draft.")] = False,
    reason: Reason = "",
    to: Annotated[str, typer.Option("--to", metavar="CASE", help="It belongs to this case.")] = "",
    like: Annotated[bool, typer.Option("--like", help="The same for all letters like it, each its own case.")] = False,
    type_: TypeOption = None,
    law: LawOption = None,
    role: RoleOption = "",
    received: ReceivedOption = "",
) -> int:
    """Decide on messages the reading was unsure of: accept, correct, link to a case, or decline with a reason.

    Example: dsar triage D-0003 --accept --type access
    """
    session = current()
    if not draft:
        return _by_hand() if session.interactive else _drafts()
    if to:
        return _link(draft, to)
    if decline:
        return _decline(draft, reason, like)
    if not (accept or second):
        return _drafts(draft)
    return _accept(draft, _correction(draft, second, type_ or [], law or [], role, received), like)


def _correction(name: str, second: bool, types: list[str], laws: list[str], role: str, received: str) -> Correction:
    from dsar.workflow import triage as desk

    session = current()
    rights = tuple(right_named(one) for one in types)
    if second and not rights:
        found = desk.choices(session.workspace.ledger.draft(name))
        rights = desk.opens_as(found[1]) if len(found) > 1 else ()
        if not rights:
            raise InputWrong(
                f"Not done: the second reading of {name} opens no case. Nothing was opened.",
                hint=f"dsar triage {name} --accept --type access",
            )
    return desk.Correction(
        rights=rights,
        laws=tuple(laws),
        role=role_named(role) if role else None,
        received_on=day_typed(received, session.moment.on, session.workspace.config.desk.date_order)
        if received
        else None,
    )


def _accept(name: str, correction: Correction, like: bool) -> int:
    from dsar.workflow import triage as desk

    session = current()
    ws = session.workspace
    if not like:
        case = desk.accept(ws, name, correction, session.stamp)
        return emit_case(case.number, "triage", f"opened from {name}")
    group = [one.id for one in desk.alike(ws, name)]
    return _decided(desk.each(group, lambda one: desk.accept(ws, one, correction, session.stamp)), "opened from")


def _decline(name: str, reason: str, like: bool) -> int:
    from dsar.workflow import triage as desk

    session = current()
    ws = session.workspace
    why = desk.why_named(reason) if reason else desk.Why.NOT_A_REQUEST
    names = [one.id for one in desk.alike(ws, name)] if like else [name]
    if not like:
        desk.decline(ws, name, session.stamp, why)
        said = f"{name}: declined ({why.replace('_', ' ')})."
        return emit(Answer(schema="triage", data={"draft": name, "declined": True, "why": str(why)}, before=(said,)))
    return _decided(desk.each(names, lambda one: desk.decline(ws, one, session.stamp, why)), "declined")


def _link(name: str, to: str) -> int:
    from dsar.workflow import triage as desk

    session = current()
    number = session.workspace.ledger.resolve(to)
    desk.to_case(session.workspace, name, number, session.stamp)
    return emit(Answer(schema="triage", data={"draft": name, "case": number}, before=(f"{name}: filed to {number}.",)))


def _decided(decided: Any, verb: str) -> int:
    """What one decision for a group did, draft by draft."""
    lines: list[Line] = [f"{case} {verb} {name}" if case else f"{name}: {verb}" for name, case in decided.done]
    lines += [(Cell(f"{name} stays: {why}", "yellow"),) for name, why in decided.left]
    rows = [(name, case, "") for name, case in decided.done] + [(name, "", why) for name, why in decided.left]
    return emit(
        Answer(
            schema="triage",
            data={
                "done": [{"draft": name, "case": case or None} for name, case in decided.done],
                "left": [{"draft": name, "why": why} for name, why in decided.left],
            },
            before=tuple(lines),
            rows=Table((Column(title="draft"), Column(title="case"), Column(title="left")), rows),
            exit_code=4 if decided.left else 0,
        )
    )


def _drafts(only: str = "") -> int:
    from dsar.workflow import triage as desk

    session = current()
    groups = desk.campaigns(desk.waiting(session.workspace))
    size = {one.id: len(group) for group in groups for one in group}
    found = sorted((one for group in groups for one in group if only in ("", one.id)), key=lambda one: one.id)
    if only and not found:
        raise InputWrong(f'There is no draft "{only}".', hint="dsar triage")
    table = Table(
        (
            Column(title="DRAFT"),
            Column(title="RECEIVED"),
            Column(title="READ AS", shrink=True),
            Column(title="SURE", right=True),
            Column(title="ALIKE", right=True, drop=2),
            Column(title="BECAUSE", shrink=True, drop=1),
        ),
        [
            (
                one.id,
                str(one.body["received_on"]),
                str(one.body["primary_type"]).replace("_", " "),
                f"{float(one.body['confidence']):.0%}",
                str(size[one.id]) if size[one.id] > 1 else "",
                "; ".join(one.body["doubts"]),
            )
            for one in found
        ],
    )
    lines = draft_lines(found[0], len(size), size[only]) if only else ()
    return emit(
        Answer(
            schema="triage",
            data={"drafts": [{"draft": one.id, "alike": size[one.id], **_public(one.body)} for one in found]},
            before=tuple(lines) if only else (() if found else ("Nothing waits.",)),
            table=None if only else table,
            rows=table,
            hint=f"Next: dsar triage {only or 'DRAFT'}, then --accept, --to CASE or --decline" if found else "",
        )
    )


def _public(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in ("text", "name", "subject")}


def _by_hand() -> int:
    """One draft after the other, a key each; a group of letters that are alike is decided once."""
    from dsar.workflow import triage as desk

    groups = desk.campaigns(desk.waiting(current().workspace))
    waiting = sum(len(group) for group in groups)
    for group in groups:
        emit(Answer(schema="triage", data={}, before=tuple(draft_lines(group[0], waiting, len(group)))))
        while (answer := _key(group[0])) is None:
            pass
        if answer == "q":
            break
        waiting -= len(group)
    return _drafts()


def _key(one: Draft) -> str | None:
    """One key and what it does; None where nothing was decided and the same draft is asked about again."""
    typer.echo(known_keys(one))
    key = typer.getchar().casefold()
    try:
        match key:
            case "q" | "\x03" | "\x04":
                return "q"
            case "s" | " " | "\r" | "\n":
                return "s"
            case "1" | "a" if not one.body["rights"]:
                if one.body["primary_type"] not in ASKS_NOTHING:
                    emit(Answer(schema="triage", data={}, before=("l links it to its case; c says what it asks for.",)))
                    return None
                _decline(one.id, "", _for_all(one))
            case "1" | "a" | "2":
                _accept(one.id, _correction(one.id, key == "2", [], [], "", ""), _for_all(one))
            case "c":
                _accept(one.id, _corrected(one), _for_all(one))
            case "d":
                _decline(one.id, typer.prompt("Why", default="not_a_request"), _for_all(one))
            case "l":
                _link(one.id, typer.prompt("Case"))
            case _:
                return None
    except DsarError as fault:
        emit(Answer(schema="triage", data={}, before=((Cell(fault.message, "yellow"),),), hint=fault.hint))
        return None
    return key


def _corrected(one: Draft) -> Correction:
    kind = one.body["primary_type"]
    types = typer.prompt("Type", default=str(kind) if kind in set(Right) else "access")
    laws = typer.prompt("Law", default=",".join(one.body["laws"]) or "none")
    role = typer.prompt("Written by", default=str(one.body["role"] or Role.SELF))
    named = [law.strip() for law in laws.split(",") if law.strip() and law.strip() != "none"]
    return _correction(one.id, False, [word.strip() for word in types.split(",")], named, role, "")


def _for_all(one: Draft) -> bool:
    from dsar.workflow import triage as desk

    others = len(desk.alike(current().workspace, one.id)) - 1
    if others < 1:
        return False
    typer.echo(f"The same for the letters like it ({others}), each its own case?  y yes  n only this one")
    return typer.getchar().casefold() == "y"
