"""letter preview, list, send."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from dsar.case.next import short
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit
from dsar.cli.options import SETTINGS, CaseNumber, Confirm, DryRun, group
from dsar.cli.session import current
from dsar.errors import InputWrong, Refused
from dsar.inbox.dates import read_date
from dsar.letters.kinds import Kind
from dsar.workflow import outbox
from dsar.workflow.drafts import draft
from dsar.workflow.letters import Details
from dsar.workflow.subject import reply_address

app_letter = group("Letters: see exactly what leaves, then send it once.")

KindWord = Annotated[
    str, typer.Argument(metavar="KIND", help="acknowledgement, identity, answer, nothing, extension ...")
]
Because = Annotated[list[str] | None, typer.Option("--because", help="A reason for the letter, in its own words.")]
Ask = Annotated[list[str] | None, typer.Option("--ask", help="A question (clarification).")]
Until = Annotated[str, typer.Option("--until", help="The new date (extension).")]
Customer = Annotated[str, typer.Option("--customer", help="The customer to name (redirect), if that may be.")]


def details(because: list[str] | None, ask: list[str] | None, until: str, customer: str) -> Details:
    """What the options add to a letter."""
    order = current().workspace.config.desk.date_order
    day: date | None = read_date(until, order=order) if until else None
    return Details(
        reasons=tuple(because or ()),
        questions=tuple(ask or ()),
        reason=" ".join(because or ()),
        until=day,
        customer=customer,
    )


@app_letter.command(context_settings=SETTINGS)
def preview(
    case: CaseNumber,
    kind: KindWord,
    because: Because = None,
    ask: Ask = None,
    until: Until = "",
    customer: Customer = "",
    html: Annotated[Path | None, typer.Option("--html", help="Write the HTML letter to a file.")] = None,
) -> int:
    """A letter exactly as it would leave, what it lacks, and what the gate says. Sends nothing.

    Example: dsar letter preview 36 answer
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    made = draft(ws, number, kind, session.stamp, details(because, ask, until, customer))
    if html is not None:
        from dsar.formats.files import write_atomic

        write_atomic(html, made.composed.html)
    lines: list[Line] = [
        (Cell("To        ", "bold"), Cell(reply_address(ws, number) or "by post")),
        (Cell("Subject   ", "bold"), Cell(made.composed.subject)),
        "",
        made.composed.text,
    ]
    lines += [(Cell(f"Missing: {problem}", "yellow"),) for problem in made.problems]
    lines += [(Cell(f"Gate: {reason.says}", "yellow"),) for reason in made.verdict.reasons if reason.code != "lint"]
    return emit(
        Answer(
            schema="letter-preview",
            data={
                "case": number,
                "kind": made.kind,
                "language": made.composed.language,
                "subject": made.composed.subject,
                "text": made.composed.text,
                "html": made.composed.html,
                "content": made.composed.content,
                "problems": list(made.problems),
                "may_leave": made.verdict.allowed,
                "reasons": [{"code": one.code, "says": one.says} for one in made.verdict.reasons],
            },
            before=tuple(lines),
            hint=f"Next: dsar letter send {short(number)} {made.kind}" if made.verdict.allowed else "",
        )
    )


@app_letter.command(context_settings=SETTINGS)
def send(
    case: CaseNumber,
    kind: KindWord,
    because: Because = None,
    ask: Ask = None,
    until: Until = "",
    customer: Customer = "",
    by: Annotated[str, typer.Option("--by", help="post: write the letter for the post instead of mailing it.")] = "",
    again: Annotated[str, typer.Option("--again", metavar="REASON", help="Send a second one, for a reason.")] = "",
    confirm: Confirm = "",
    dry_run: DryRun = False,
) -> int:
    """Send a letter, once. A letter with personal data asks for the case number to be typed.

    Example: dsar letter send 36 answer --confirm DSAR-2026-0036
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    if by not in ("", "post", "mail"):
        raise InputWrong(f'Not done: a letter does not go by "{by}".', hint="--by post, or leave it out for mail")
    more = details(because, ask, until, customer)
    if dry_run:
        return preview(case, kind, because, ask, until, customer, None)
    if kind in (Kind.ANSWER, Kind.NOTHING, Kind.DONE) and not _sent_already(number, kind, again):
        _confirmed(number, kind, confirm)
    done = outbox.send(ws, number, kind, session.stamp, more, by_post=by == "post", again=again)
    verb = "was sent already" if done.already else ("written for the post" if by == "post" else "sent")
    where = {"folder": " (as a file in outbox/)", "smtp": ""}.get(done.transport, "")
    return emit(
        Answer(
            schema="letter-send",
            data={"case": number, "kind": done.kind, "key": done.key, "state": done.state, "already": done.already},
            before=((Cell(f"{number}: {done.kind.replace('_', ' ')} {verb}"), Cell(f"{where}.")),),
            hint=f"Next: dsar next {short(number)}",
        )
    )


def _sent_already(number: str, kind: str, again: str) -> bool:
    case = current().workspace.ledger.case(number)
    return not again and case.letter_sent(kind) is not None and not outbox.answers_more(case, kind)


def _confirmed(number: str, kind: str, confirm: str) -> None:
    session = current()
    # what the letter waits for is said before anything is asked
    made = draft(session.workspace, number, kind, session.stamp) if not confirm else None
    if made and session.interactive:
        address = reply_address(session.workspace, number) or "by post"
        typer.echo(f"To        {address}\nSubject   {made.composed.subject}")
        confirm = typer.prompt("Type the case number to send, or Enter to stop", default="", show_default=False)
        if not confirm:
            raise Refused("Stopped: nothing was sent.")
    if not confirm:
        raise InputWrong(
            "This step needs an answer and there is no keyboard here (cron, pipe). Nothing was sent.",
            hint=f"Add --confirm {number}",
        )
    if confirm.strip().upper() != number:
        raise Refused(f"Not sent: {confirm} is not the number of this case.", hint=f"Add --confirm {number}")


@app_letter.command("list", context_settings=SETTINGS)
def list_(case: CaseNumber) -> int:
    """The letters of a case and where each is.

    Example: dsar letter list 36
    """
    session = current()
    ws = session.workspace
    found = ws.ledger.case(ws.ledger.resolve(case))
    rows = [
        (line.key, line.kind, str(line.state), words.day(line.sent_on) if line.sent_on else "")
        for line in found.letters.values()
    ]
    columns = (Column(title="LETTER"), Column(title="KIND"), Column(title="STATE"), Column(title="SENT"))
    data = [
        {"key": line.key, "kind": line.kind, "state": line.state, "sent_on": str(line.sent_on or "") or None}
        for line in found.letters.values()
    ]
    return emit(
        Answer(
            schema="letter-list",
            data={"case": found.number, "letters": data},
            table=Table(columns, rows),
            before=() if rows else (f"{found.number}: no letter yet.",),
        )
    )
