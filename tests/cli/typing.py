"""Types commands: in this process with the streams caught, or as the real command in a pseudo-terminal."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pexpect
import pytest

from dsar.cli.main import run
from dsar.workspace import Workspace

TODAY = "2026-11-21"


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Whether somebody reads it directly."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one document on standard output."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def says(self) -> str:
        """Everything that can be read, on one line."""
        return " ".join((self.out + " " + self.err).split())


@dataclass(slots=True, kw_only=True)
class Terminal:
    """A keyboard at one workspace."""

    home: Path
    monkeypatch: pytest.MonkeyPatch

    def __call__(
        self, *words: str, who: str = "priya", today: str = TODAY, stdin: str = "", width: int = 0, colour: bool = False
    ) -> Ran:
        """Type a command line; ``width`` makes standard output a terminal of so many columns."""
        with self.monkeypatch.context() as patch:
            patch.setenv("DSAR_HOME", str(self.home))
            for name, value in (("DSAR_AS", who), ("DSAR_TODAY", today), ("COLUMNS", str(width or ""))):
                patch.setenv(name, value) if value else patch.delenv(name, raising=False)
            if not colour:
                patch.setenv("NO_COLOR", "1")
            patch.setattr(sys, "stdin", io.StringIO(stdin))
            out, err = (Screen() if width else io.StringIO()), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = run(words)
        return Ran(code=code, out=out.getvalue(), err=err.getvalue())

    def facts(self) -> tuple[int, str, int]:
        """The state of the store, to compare before and after: entries, head, drafts."""
        ws = Workspace(self.home)
        state = (ws.ledger.entries_count(), ws.ledger.head(), len(ws.ledger.drafts()))
        ws.ledger.close()
        return state


def real(home: Path, *words: str, width: int = 80, env: dict[str, str] | None = None) -> tuple[int, str]:
    """The real command in a pseudo-terminal of so many columns: exit code and what the screen got."""
    script = Path(sys.executable).with_name("dsar")
    command = [str(script)] if script.exists() else [sys.executable, "-m", "dsar"]
    places = {"DSAR_HOME": str(home), "DSAR_TODAY": TODAY, "DSAR_AS": "priya", "TERM": "xterm-256color"}
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "PYTHONPATH")}
    child = pexpect.spawn(
        command[0], [*command[1:], *words], env={**kept, **places, **(env or {})}, dimensions=(50, width), timeout=30
    )
    child.expect(pexpect.EOF)
    child.close()
    assert isinstance(child.before, bytes)
    return int(child.exitstatus or 0), child.before.decode(
        "latin-1" if (env or {}).get("PYTHONIOENCODING") else "utf-8"
    )


SURNAMES = ("Rivera", "Maria", "goldengate", "555-0142", "5550142")


def refused(terminal: Terminal, *words: str, code: int, says: str, **how: str) -> Ran:
    """Type it: it ends with this code and words, nothing changed, no traceback, nobody named, and a command to type."""
    before = terminal.facts()
    ran = terminal(*words, **how)  # type: ignore[arg-type]
    assert ran.code == code, ran.says
    assert says in ran.says, ran.says
    assert ran.out == "" or code in (4, 6)
    assert "Traceback" not in ran.says
    assert not any(name in ran.err for name in SURNAMES)
    assert terminal.facts() == before
    return ran
