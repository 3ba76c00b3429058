"""The questions of ``new --note``: what was said in a call becomes a note, which is kept and read like a letter."""

from __future__ import annotations

import typer

from dsar.cli.session import current
from dsar.cli.taken import Told
from dsar.errors import InputWrong
from dsar.inbox.dates import read_date
from dsar.workflow import intake as work


def take(
    name: str,
    phone: str,
    email: str,
    identifiers: list[str],
    received: str,
    language: str,
    text: str,
    *,
    dry_run: bool,
) -> Told:
    """Ask for what no option gave, and take the note in."""
    session = current()
    today = session.moment.on
    if session.interactive:
        name = name or typer.prompt("Who called (empty = not said)", default="", show_default=False)
        phone = phone or typer.prompt("From which number, or to call back on", default="", show_default=False)
        email = email or typer.prompt("An e-mail address, if they gave one", default="", show_default=False)
        received = received or typer.prompt("When", default=today.isoformat())
        language = language or typer.prompt("In which language (empty = yours)", default="", show_default=False)
        text = text or typer.prompt("What did they say, as near to their words as you can")
    if not text.strip():
        raise InputWrong(
            "Not done: a note needs what was said. Nothing was opened.",
            hint='dsar new --note --name "..." --phone ... --text "She asks for ..."',
        )
    day = read_date(received, order=session.workspace.config.desk.date_order) if received else today
    if day > today:
        raise InputWrong("Not done: that day lies ahead. Nothing was opened.", hint="Write the day of the call.")
    by = session.reader if dry_run else session.stamp
    said = {"Caller": name, "Number": phone, "E-mail": email, "Date": day.isoformat(), "Language": language}
    said |= {kind.replace("_", " "): value for kind, _, value in (one.partition("=") for one in identifiers)}
    lines = [f"{label}: {' '.join(value.split())}" for label, value in said.items() if value]
    taken = f"Taken by: {by.actor}, {by.recorded_at:%Y-%m-%d %H:%M:%S} UTC"
    note = "\n".join(["Phone note", *lines, taken, f"Said: {text}", ""])
    return Told.of(work.take_in(session.workspace, [note.encode()], by, dry_run=dry_run, name="phone note"))
