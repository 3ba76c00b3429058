"""outbox list, retry, resolve, cancel."""

from __future__ import annotations

from typing import Annotated

import typer

from dsar.case.case import LetterState
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit
from dsar.cli.options import SETTINGS, group
from dsar.cli.session import current
from dsar.errors import InputWrong
from dsar.workflow import outbox as work

app_outbox = group("Letters on their way: list, retry, resolve, cancel.")
Key = Annotated[str, typer.Argument(metavar="LETTER", help="As dsar outbox list shows it.")]


@app_outbox.command("list", context_settings=SETTINGS)
def list_(all_: Annotated[bool, typer.Option("--all", help="Sent ones too.")] = False) -> int:
    """Letters that are queued, unsure, failed or came back.

    Example: dsar outbox list
    """
    rows = [row for row in current().workspace.ledger.outbox() if all_ or row.state is not LetterState.SENT]
    shown = {LetterState.SENDING: Cell("unsure", "yellow"), LetterState.FAILED: Cell("failed", "red")}
    table = Table(
        (Column(title="LETTER"), Column(title="STATE"), Column(title="SINCE")),
        [
            (row.key, shown.get(row.state, Cell(str(row.state))), row.changed_at.isoformat(timespec="minutes"))
            for row in rows
        ],
    )
    return emit(
        Answer(
            schema="outbox-list",
            data={
                "letters": [
                    {
                        "key": row.key,
                        "case": row.case,
                        "kind": row.kind,
                        "state": row.state,
                        "since": row.changed_at.isoformat(),
                    }
                    for row in rows
                ]
            },
            table=table,
            before=() if rows else ("Nothing is waiting.",),
        )
    )


@app_outbox.command(context_settings=SETTINGS)
def retry() -> int:
    """Hand over every letter that waits. Unsure ones are never sent again by themselves.

    Example: dsar outbox retry
    """
    session = current()
    done = work.retry(session.workspace, session.stamp)
    lines: list[Line] = [f"{done.sent} sent, {len(done.failed)} failed, {len(done.unsure)} unsure."]
    lines += [(Cell(text, "red"),) for text in done.failed]
    lines += [(Cell(f"unsure: {key}", "yellow"),) for key in done.unsure]
    return emit(
        Answer(
            schema="outbox-retry",
            data={"sent": done.sent, "failed": list(done.failed), "unsure": list(done.unsure)},
            before=tuple(lines),
            exit_code=5 if done.failed else (4 if done.unsure else 0),
        )
    )


@app_outbox.command(context_settings=SETTINGS)
def resolve(
    letter: Key,
    sent: Annotated[bool, typer.Option("--sent", help="It left: you saw it in the sent mail.")] = False,
    resend: Annotated[bool, typer.Option("--resend", help="It did not leave: send it now.")] = False,
) -> int:
    """Your word on an unsure letter: it left, or it did not and is sent again.

    Example: dsar outbox resolve DSAR-2026-0036:answer --sent
    """
    if sent == resend:
        raise InputWrong("Not done: say which: --sent, or --resend. Nothing was changed.")
    session = current()
    done = work.resolve(session.workspace, letter, session.stamp, was_sent=sent)
    data = {"key": done.key, "case": done.case.number, "state": done.state}
    return emit(Answer(schema="outbox-resolve", data=data, before=(f"{done.key}: {done.state}.",)))


@app_outbox.command(context_settings=SETTINGS)
def cancel(letter: Key) -> int:
    """Take a waiting letter out of the outbox.

    Example: dsar outbox cancel DSAR-2026-0036:answer
    """
    session = current()
    case = work.cancel(session.workspace, letter, session.stamp)
    done = words.counted(1, "letter")
    return emit(
        Answer(
            schema="outbox-cancel", data={"key": letter, "case": case.number}, before=(f"{done} taken out: {letter}.",)
        )
    )
