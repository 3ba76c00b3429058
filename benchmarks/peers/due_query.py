"""The peer of ``dsar due``: a Typer script that asks the store the same question in SQL and prints the same rows."""

import sqlite3
import sys

import typer

QUERY = """
SELECT coalesce(due_on, ''), coalesce(CAST(CAST(julianday(due_on) - julianday(?) AS INTEGER) AS TEXT), ''),
  case_number, right_word, law, obligation, stage, owner, next_command
FROM clock_row WHERE is_open = 1 ORDER BY by_on NULLS LAST, case_number, line
"""

app = typer.Typer(rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def due(store: str, today: str) -> None:
    """Print every open obligation by date, tab-separated."""
    rows = sqlite3.connect(f"file:{store}?mode=ro", uri=True).execute(QUERY, (today,))
    sys.stdout.write("".join(["\t".join(row) + "\n" for row in rows]))


app()
