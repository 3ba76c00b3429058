"""remind: what is due is told once, by mail; made for cron."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from dsar.case.stamp import Stamp
from dsar.cli import remind_setup
from dsar.cli.emit import Answer, Line, emit
from dsar.cli.options import SETTINGS, DryRun, one_command
from dsar.cli.session import Session, current
from dsar.errors import InputWrong, Refused
from dsar.formats.plain import printable
from dsar.ledger.notices import StaffMail
from dsar.workflow import heartbeat
from dsar.workflow import remind as work

app_remind = one_command()


@app_remind.command(context_settings=SETTINGS)
def remind(
    check: Annotated[bool, typer.Option("--check", help="Only say whether reminders ran well in 26 hours.")] = False,
    dry_run: DryRun = False,
    show_setup: Annotated[
        str, typer.Option("--show-setup", metavar="|".join(remind_setup.KINDS), help="Print what to install.")
    ] = "",
) -> int:
    """Tell staff what is due and send the letters that wait. Hourly is safe: whatever was told is not told again.

    Example: dsar remind --quiet
    """
    session = current()
    if show_setup:
        return _setup(show_setup, session)
    if check:
        return _check(session)
    return _dry(session) if dry_run else _run(session)


def _by(session: Session) -> Stamp:
    """Whoever runs it; cron's own account need not be in the staff list, because it decides nothing."""
    try:
        return session.stamp
    except Refused:
        return replace(session.reader, actor="system")


def _run(session: Session) -> int:
    done = work.remind(session.workspace, _by(session), session.moment.at)
    line = f"remind: {done.sent} sent, {done.already} already sent, {len(done.failed)} failed"
    if done.letters:
        line += f", {done.letters} letter{'s' if done.letters > 1 else ''} handed over"
    for says in (*done.failed, *done.unsure, *done.problems, done.down):
        _tell(says, session)
    return emit(
        Answer(
            schema="remind",
            data={**_counts(done), "exit_code": done.exit_code, "mails": [_mail(mail) for mail in done.mails]},
            before=(line,),
            exit_code=done.exit_code,
        )
    )


def _counts(done: work.Reminded) -> dict[str, object]:
    return {
        "sent": done.sent,
        "already": done.already,
        "superseded": done.superseded,
        "cancelled": done.cancelled,
        "letters": done.letters,
        "failed": list(done.failed),
        "unsure": list(done.unsure),
        "problems": list(done.problems),
        "down": done.down,
    }


def _mail(mail: StaffMail) -> dict[str, str]:
    return {"key": mail.key, "person": mail.person, "subject": mail.subject}


def _tell(says: str, session: Session) -> None:
    """What a person must act on: on standard error, with --quiet too, so that cron mails it."""
    if says and not session.json:
        print(printable(says), file=sys.stderr)  # noqa: T201


def _dry(session: Session) -> int:
    done = work.rehearse(session.workspace, _by(session), session.moment.at)
    lines: list[Line] = []
    for mail in done.mails:
        lines += ["", f"To {mail.person}: {mail.subject}", *mail.text.splitlines()]
    lines.append(f"remind: {done.sent} new, {done.already} already sent. Nothing was sent; this was a dry run.")
    return emit(
        Answer(
            schema="remind",
            data={**_counts(done), "dry_run": True, "mails": [_mail(mail) for mail in done.mails]},
            before=tuple(lines),
        )
    )


def _check(session: Session) -> int:
    well, says = heartbeat.check(session.workspace, session.moment.recorded_at)
    if not well:
        _tell(says, session)
    return emit(
        Answer(
            schema="remind-check",
            data={"well": well, "says": says},
            before=(says,) if well else (),
            exit_code=0 if well else 6,
        )
    )


def _setup(kind: str, session: Session) -> int:
    if kind not in remind_setup.KINDS:
        raise InputWrong(
            f'Not shown: there is no set-up for "{kind}". Nothing was installed.',
            hint=f"Choose one of {', '.join(remind_setup.KINDS)}: dsar remind --show-setup cron",
        )
    text = remind_setup.text(kind, _program(), session.workspace.home)
    if session.json or session.csv:
        return emit(Answer(schema="remind-setup", data={"kind": kind, "text": text}))
    # it is copied into another file as it stands, so the terminal breaks the lines, not we
    print(text, end="")  # noqa: T201
    return 0


def _program() -> Path:
    """The whole path of the dsar that runs now, because cron has almost no PATH."""
    typed = Path(sys.argv[0])
    found = typed if typed.is_file() else Path(shutil.which(typed.name) or shutil.which("dsar") or sys.executable)
    beside = Path(sys.executable).with_name("dsar")
    return (beside if found.name not in ("dsar", "dsar.exe") and beside.is_file() else found).absolute()
