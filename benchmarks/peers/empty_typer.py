"""The floor for the command line: the least a Typer program can be. It leaves everything else out on purpose."""

import typer


def hello() -> None:
    """Say hello."""
    typer.echo("hello")


typer.run(hello)
