"""``dsar help``, ``dsar version`` and ``dsar completion``."""

from __future__ import annotations

from typing import Annotated

import typer

from dsar import __version__
from dsar.cli.commands import BY_NAME, overview_text
from dsar.cli.emit import Answer, emit
from dsar.errors import EXIT_CODES, InputWrong

app_help = typer.Typer(rich_markup_mode=None)
app_version = typer.Typer(rich_markup_mode=None)
app_completion = typer.Typer(rich_markup_mode=None)

TOPICS = {
    "exit-codes": "\n".join(f"{code:>4}  {says}" for code, says in EXIT_CODES.items()),
    "dates": (
        "Write dates as 2026-02-28 or 28 Feb 2026. 28/02/2026 is understood where only one reading is possible;\n"
        "03/04/2026 is not, unless date_order is set in dsar.toml.\n"
        "The day of receipt is day 0, in the time zone of your office. --today 2026-12-01 shows a screen as of that\n"
        "day; on a live workspace a moved date may read, never send."
    ),
    "cron": (
        "Every changing command may be repeated. For cron use --quiet, full paths and DSAR_HOME.\n"
        "  30 2 * * *  dsar backup --quiet && dsar audit check --quiet\n"
        "  50 8 * * 1-5  dsar due --check --quiet   (exit 6 if something is late)"
    ),
    "mailbox": (
        "dsar intake reads every mailbox that stands in dsar.toml; it never deletes, moves or marks a mail.\n"
        "  [[mailbox]]\n"
        '  name = "privacy"\n'
        '  host = "imap.example.com"            # or path = "/var/mail/privacy" for a Maildir or mbox file\n'
        '  user = "privacy@example.com"\n'
        '  password = "file:/etc/dsar/imap"     # or token = "env:NAME" for OAuth; never the password itself\n'
        '  folders = ["INBOX", "Forms"]\n'
        "For cron: 10 * * * *  dsar intake --quiet   (exit 4: a mail needs a person, 5: the server is down)\n"
        "Look whether it answers: dsar doctor"
    ),
    "json": (
        'Every command takes --json and prints one document with "schema": "dsar.<command>/1"; keys are only added.\n'
        "Errors are one JSON line on standard error. --csv is made for Excel: formulas in cells are defused."
    ),
    "shared": (
        "Keep the workspace on one computer that all log in to; network drives can damage it.\n"
        "Each person uses an own login, named in the staff list, so that an approval is somebody else's.\n"
        "On one shared login --as says who acts: four eyes are then a record, not a control."
    ),
}


@app_help.command(context_settings={"help_option_names": ["-h", "--help"]})
def show_help(
    topic: Annotated[
        list[str] | None, typer.Argument(help="A command, or commands, exit-codes, dates, cron, json, shared.")
    ] = None,
) -> int:
    """Help on a command or a topic.

    Example: dsar help letter send
    """
    if not topic:
        return emit(Answer(schema="help", data={"text": overview_text()}, before=(overview_text(),)))
    if topic == ["commands"]:
        text = overview_text(whole=True)
        return emit(Answer(schema="help", data={"text": text}, before=(text,)))
    if topic[0] in TOPICS:
        return emit(Answer(schema="help", data={"text": TOPICS[topic[0]]}, before=(TOPICS[topic[0]],)))
    if topic[0] not in BY_NAME:
        listed = ", ".join(TOPICS)
        raise InputWrong(f'There is no help on "{topic[0]}".', hint=f"A command (dsar help), or: {listed}")
    from dsar.cli.main import app

    command = typer.main.get_command(app)
    return int(command.main(args=[*topic, "--help"], prog_name="dsar", standalone_mode=False) or 0)


@app_version.command(context_settings={"help_option_names": ["-h", "--help"]})
def show_version() -> int:
    """The version of dsar."""
    return emit(Answer(schema="version", data={"version": __version__}, before=(f"dsar {__version__}",)))


@app_completion.command(context_settings={"help_option_names": ["-h", "--help"]})
def completion(shell: Annotated[str, typer.Argument(help="bash, zsh or fish")] = "bash") -> int:
    """Print a script that completes commands; nothing is installed.

    Example: dsar completion bash >> ~/.bashrc
    """
    from typer._completion_shared import get_completion_script

    if shell not in ("bash", "zsh", "fish"):
        raise InputWrong(f'Not done: "{shell}" is not a shell I know.', hint="dsar completion bash, zsh or fish")
    script = get_completion_script(prog_name="dsar", complete_var="_DSAR_COMPLETE", shell=shell)
    return emit(Answer(schema="completion", data={"shell": shell, "script": script}, before=(script,)))
