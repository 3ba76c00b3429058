"""The front door: takes the options that go anywhere, finds the command, and maps every failure once."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import Abort, TyperException

from dsar.cli.commands import BY_NAME, COMMANDS, overview_text
from dsar.cli.session import Session, begin, hoist
from dsar.errors import DsarError, InputWrong

STOPPED = 130


class Commands(TyperGroup):
    """The top group: knows all names, loads a command's file only when it is wanted."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every command, in the order of the help."""
        return [command.name for command in COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name, or None."""
        command = BY_NAME.get(cmd_name)
        if command is None:
            return None
        module = import_module(f"dsar.cli.{command.module}")
        built = typer.main.get_command(getattr(module, command.attribute))
        built.name = cmd_name
        return built

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """As Typer does it, but an unknown word is answered with one good suggestion."""
        if args and args[0] not in BY_NAME:
            near = get_close_matches(args[0], list(BY_NAME), n=1)
            meant = f" Did you mean: dsar {near[0]}?" if near else ""
            raise InputWrong(f'There is no command "{args[0]}".{meant}', hint="All commands: dsar help")
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The top help, one screen, without loading any command."""
        formatter.write(overview_text() + "\n")


app = typer.Typer(
    cls=Commands,
    name="dsar",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _bare(context: typer.Context, version: bool = typer.Option(False, "--version", help="Print the version.")) -> None:
    if version:
        from dsar import __version__

        typer.echo(f"dsar {__version__}")
        raise typer.Exit(0)
    if context.invoked_subcommand is None:
        from dsar.cli.overview import bare

        raise typer.Exit(bare())


def run(arguments: Sequence[str]) -> int:
    """Run one command line and give back its exit code; nothing it raises gets past."""
    session = Session()
    try:
        session, rest = hoist(list(arguments))
    except DsarError as error:
        from dsar.cli.emit import complain

        return complain(error, session)
    return run_here(rest, session)


def run_here(arguments: list[str], session: Session) -> int:
    """Run a command line whose options for the whole run are settled already."""
    begin(session)
    try:
        return _invoke(arguments)
    except DsarError as error:
        from dsar.cli.emit import complain

        return complain(error, session)
    except (KeyboardInterrupt, Abort):
        print("Stopped. What is done is saved; the same command goes on.", file=sys.stderr)  # noqa: T201
        return STOPPED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _invoke(arguments: list[str]) -> int:
    command = typer.main.get_command(app)
    try:
        code = command.main(args=arguments, prog_name="dsar", standalone_mode=False)
    except TyperException as wrong:
        raise _as_sentence(wrong) from None
    except SystemExit:
        # Typer leaves this way only when whoever read our output stopped reading (dsar due | head)
        raise BrokenPipeError from None
    if code == STOPPED:
        # Typer turns Ctrl-C into its exit code without a word
        raise KeyboardInterrupt
    return code if isinstance(code, int) else 0


def _as_sentence(wrong: TyperException) -> InputWrong:
    """Typer's own complaint about options, in our words."""
    says = wrong.format_message() if hasattr(wrong, "format_message") else str(wrong)
    context = getattr(wrong, "ctx", None)
    path = context.command_path if context is not None else "dsar"
    if says.startswith("Usage:") or not says.strip():
        return InputWrong(
            "Not done: this command needs one more word. Nothing was changed.", hint=f"Which: {path} --help"
        )
    words = says.rstrip(".").replace("No such option:", "there is no option").replace("Missing option", "it needs")
    words = words.replace("Missing argument", "it needs")
    return InputWrong(f"Not done: {words[:1].lower()}{words[1:]}. Nothing was changed.", hint=f"How: {path} --help")


def main() -> None:
    """What the ``dsar`` command runs."""
    _streams()
    try:
        code = run(sys.argv[1:])
    except Exception as fault:  # a bug in dsar itself: told without the values it was working on
        code = _bug(fault)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def _streams() -> None:
    """Files and pipes are always UTF-8; a terminal shows what it can."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if stream.isatty():
            reconfigure(errors="replace")
        else:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _bug(fault: Exception) -> int:
    """One sentence for a fault of ours: its kind and place, never its values, which may be personal data."""
    place = ""
    trace = fault.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if name.startswith("dsar"):
            place = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    if os.environ.get("DSAR_DEBUG"):
        raise fault
    says = f"This is a fault in dsar itself ({type(fault).__name__} at {place}). What was saved before is safe."
    print(says, file=sys.stderr)  # noqa: T201
    print("Look: dsar doctor. Please report the words in brackets; they hold no personal data.", file=sys.stderr)  # noqa: T201
    return 1
