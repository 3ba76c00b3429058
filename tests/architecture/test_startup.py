"""A command that a person types all day starts without the libraries it does not need."""

from __future__ import annotations

import os
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest

DSAR = Path(sys.executable).with_name("dsar")
NEVER_AT_START = frozenset(
    {"babel", "duckdb", "holidays", "icalendar", "jinja2", "nh3", "numpy", "pandas", "pydantic", "requests"}
    | {"sqlalchemy", "sqlite_utils"}
)
NOT_FOR_THE_VERSION = NEVER_AT_START | {"rich", "markdown_it", "openpyxl"}


def loaded(*command: str, home: Path | None = None) -> set[str]:
    """The top-level names of every module a Python command imports, by Python's own report."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DSAR_")}
    if home:
        environment["DSAR_HOME"] = str(home)
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command], capture_output=True, text=True, env=environment, check=False
    )
    lines = done.stderr.splitlines()
    complaint = "\n".join(line for line in lines if not line.startswith("import time:"))
    assert done.returncode == 0, done.stdout + complaint
    return {line.rpartition("|")[2].strip().split(".")[0] for line in lines if line.startswith("import time:")}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one open case, made by the commands themselves."""
    home = tmp_path_factory.mktemp("office") / "desk"
    letter = EmailMessage()
    letter["From"] = "Ada Example <ada@example.com>"
    letter["To"] = "privacy@example.org"
    letter["Subject"] = "Request under the GDPR"
    letter["Date"] = "Mon, 01 Jun 2026 09:00:00 +0000"
    letter["Message-ID"] = "<startup@example.com>"
    letter.set_content("Under Article 15 GDPR, please send me a copy of all personal data you hold about me.\n")
    mail = home.with_name("letter.eml")
    mail.write_bytes(bytes(letter))
    loaded(str(DSAR), "init", str(home), "--no-input")
    loaded(str(DSAR), "new", "--file", str(mail), "--no-input", home=home)
    return home


def test_the_report_tells_what_was_imported() -> None:
    seen = loaded("-c", "def f():\n    import email.utils\nf()")
    assert "email" in seen
    assert "sqlite3" not in seen


def test_the_version_is_told_by_very_little() -> None:
    assert loaded(str(DSAR), "--version") & NOT_FOR_THE_VERSION == set()


@pytest.mark.parametrize("command", [(), ("due", "--plain")], ids=["bare", "due"])
def test_the_daily_commands_load_no_heavy_library(workspace: Path, command: tuple[str, ...]) -> None:
    assert loaded(str(DSAR), *command, home=workspace) & NEVER_AT_START == set()
