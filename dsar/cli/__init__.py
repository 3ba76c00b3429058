"""The command line: Typer in, text or JSON out. Everything it does is a call into the workflow."""
