"""note, attach, link, assign."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from dsar.case.next import short
from dsar.cli.emit import Answer, emit
from dsar.cli.options import SETTINGS, CaseNumber, one_command
from dsar.cli.session import current
from dsar.workflow import keeping

app_note, app_attach, app_link, app_assign = (one_command() for _ in range(4))


@app_note.command(context_settings=SETTINGS)
def note(
    case: CaseNumber,
    text: Annotated[str, typer.Argument(help='The note; "-" reads it from standard input.')] = "-",
) -> int:
    """Write to the file. The text is kept apart and goes with the purge.

    Example: dsar note 36 "called back, wants the answer by post"
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    content = sys.stdin.read(keeping.LONGEST_NOTE + 1) if text == "-" else text
    keeping.note(ws, number, content, session.stamp)
    return emit(Answer(schema="note", data={"case": number, "noted": True}, before=(f"{number}: noted.",)))


@app_attach.command(context_settings=SETTINGS)
def attach(
    case: CaseNumber,
    file: Annotated[Path | None, typer.Argument(help="A message or paper.")] = None,
    identifier: Annotated[
        list[str] | None, typer.Option("--identifier", metavar="KIND=VALUE", help="Something to search by.")
    ] = None,
) -> int:
    """Put a message, a paper, or a further identifier into a case.

    Example: dsar attach 36 reply.eml
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    lines, already = [], False
    for text in identifier or []:
        keeping.add_identifier(ws, number, text, session.stamp)
        lines.append(f"{number}: will be searched by that too. Next: dsar gather {short(number)}")
    if file is not None:
        _, already = keeping.attach(ws, number, file, session.stamp)
        lines.append(f"{number}: {'already in the file' if already else 'filed'}.")
    data = {"case": number, "already": already, "identifiers": len(identifier or [])}
    return emit(Answer(schema="attach", data=data, before=tuple(lines) or (f"{number}: nothing was given to file.",)))


@app_link.command(context_settings=SETTINGS)
def link(
    case: CaseNumber,
    other: Annotated[str, typer.Argument(help="The other case.")],
    duplicate: Annotated[
        bool, typer.Option("--duplicate", help="The same wish again; each keeps its own gates.")
    ] = False,
) -> int:
    """Say that two cases are about one person or wish.

    Example: dsar link 36 39 --duplicate
    """
    session = current()
    ws = session.workspace
    first, second = ws.ledger.resolve(case), ws.ledger.resolve(other)
    keeping.link(ws, first, second, session.stamp, duplicate=duplicate)
    data = {"case": first, "other": second, "duplicate": duplicate}
    return emit(
        Answer(schema="link", data=data, before=(f"{first} and {second} are linked; each keeps its own clocks.",))
    )


@app_assign.command(context_settings=SETTINGS)
def assign(case: CaseNumber, who: Annotated[str, typer.Argument(help="A member of staff.")]) -> int:
    """Give a case to a colleague.

    Example: dsar assign 36 priya
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    keeping.assign(ws, number, who, session.stamp)
    return emit(Answer(schema="assign", data={"case": number, "owner": who}, before=(f"{number}: {who} has it.",)))
