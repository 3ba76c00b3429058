"""intake: the office's mailboxes, read into cases and drafts; made for cron."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dsar.cli.emit import Answer, emit
from dsar.cli.options import SETTINGS, DryRun, one_command
from dsar.cli.session import Session, current
from dsar.cli.taken import Told
from dsar.cli.words import counted
from dsar.errors import Refused
from dsar.formats.plain import printable

if TYPE_CHECKING:
    from dsar.case.stamp import Stamp
    from dsar.workflow.mailboxes import Report

app_intake = one_command()


@app_intake.command(context_settings=SETTINGS)
def intake(
    imap: Annotated[
        list[str] | None, typer.Option("--imap", metavar="NAME", help="Only this mailbox of dsar.toml; repeatable.")
    ] = None,
    mbox: Annotated[list[str] | None, typer.Option("--mbox", metavar="FILE", help="An mbox file; repeatable.")] = None,
    maildir: Annotated[
        list[str] | None, typer.Option("--maildir", metavar="DIR", help="A Maildir folder; repeatable.")
    ] = None,
    dry_run: DryRun = False,
) -> int:
    """Read what has arrived in every mailbox set up: requests become cases or drafts, replies go to their case.

    Mail is never deleted, moved or marked as read. Hourly is safe: what was read is not read again.

    Example: dsar intake --quiet
    """
    from dsar.workflow import mailboxes as work

    session = current()
    wanted = work.Wanted(names=tuple(imap or ()), files=tuple(map(Path, (*(mbox or ()), *(maildir or ())))))
    report, told = work.Report(), Told()
    by = session.reader if dry_run else _by(session, work.SYSTEM)
    for taken in work.intake(session.workspace, wanted, by, report, dry_run=dry_run):
        told.add(taken)
    for says in (*report.down, *report.faults):
        _tell(says, session)
    if report.unreadable and (session.quiet or not session.terminal):
        _tell(f"{counted(report.unreadable, 'mail')} could not be read and wait for you: dsar triage", session)
    return emit(
        Answer(
            schema="intake",
            data=_data(report, told, dry_run),
            before=(_line(report),),
            # one line says it, also in cron's mail; the single mails are for a person who looks, and for a sheet
            table=told.table if session.terminal else None,
            rows=told.rows if session.csv else None,
            after=told.remarks if session.terminal else (),
            hint=told.hint(dry_run=dry_run),
            exit_code=report.exit_code,
        )
    )


def _by(session: Session, system: str) -> Stamp:
    """Whoever runs it; cron's own account need not be in the staff list, because it opens nothing by hand."""
    try:
        return session.stamp
    except Refused:
        return replace(session.reader, actor=system)


def _line(report: Report) -> str:
    counts = {str(sort): count for sort, count in report.counts.items()}
    kinds = [
        counted(counts["request"], "request"),
        f"{counts['reply']} {'reply' if counts['reply'] == 1 else 'replies'}",
        f"{counts['other']} other",
    ]
    line = f"{counted(report.mails, 'mail')}: {', '.join(kinds)}" if report.mails else "No new mail"
    return f"{line}, {counts['known']:,} already here" if counts["known"] else line


def _data(report: Report, told: Told, dry_run: bool) -> dict[str, object]:
    counts = {str(sort): count for sort, count in report.counts.items()}
    return {
        "mails": report.mails,
        "requests": counts["request"],
        "replies": counts["reply"],
        "other": counts["other"],
        "known": counts["known"],
        "drafts": report.drafts,
        "unreadable": report.unreadable,
        "down": list(report.down),
        "faults": list(report.faults),
        "dry_run": dry_run,
        "exit_code": report.exit_code,
        "results": told.results,
    }


def _tell(says: str, session: Session) -> None:
    """What a person must act on: on standard error, with --quiet too, so that cron mails it."""
    if not session.json:
        print(printable(says), file=sys.stderr)  # noqa: T201
