"""The arguments that several commands share, so that one option means one thing everywhere."""

from __future__ import annotations

from typing import Annotated, Any

import typer

CaseNumber = Annotated[str, typer.Argument(metavar="CASE", help="The case: 36, or DSAR-2026-0036.")]
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would happen; change nothing.")]
Reason = Annotated[str, typer.Option("--reason", "--why", help="The reason, for the file.")]
Confirm = Annotated[str, typer.Option("--confirm", metavar="CASE-NUMBER", help="The case number, typed on purpose.")]

SETTINGS: dict[str, Any] = {"help_option_names": ["-h", "--help"]}


def one_command() -> typer.Typer:
    """A Typer app for a single verb."""
    return typer.Typer(rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False)


def group(says: str) -> typer.Typer:
    """A Typer app for a noun with verbs."""
    app = typer.Typer(
        help=says,
        no_args_is_help=True,
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings=SETTINGS,
    )
    # without a callback, Typer takes a noun with a single verb for the verb itself
    app.callback()(_nothing)
    return app


def _nothing() -> None:
    pass
