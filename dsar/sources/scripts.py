"""Makes an SQLite file from a script of SQL: how sample and training data travel as readable text."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from dsar.errors import InputWrong


def load_script(script: Path, target: Path) -> Path:
    """Run the script into a new database file, readable by its owner alone; InputWrong if one is there."""
    if target.exists():
        raise InputWrong(f"Not done: {target.name} is there already. Nothing was changed.")
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(target)) as connection:
        connection.executescript(script.read_text(encoding="utf-8"))
        connection.commit()
    return target
