"""A calendar program of somebody else imports the file, and shows the dates, what moved and what ended."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from dsar.case.facts import ClockMoved
from dsar.case.rights import Right
from dsar.workflow import openings, outbox
from dsar.workflow.calendar import export, save
from dsar.workflow.setup import make_sample
from dsar.workspace import Workspace
from tests.workflow.office import RIVERA, TODAY, by, opened, somebody

KHAL = shutil.which("khal")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(KHAL is None, reason="khal is not installed (Debian: apt-get install khal)"),
]

SETTINGS = """\
[calendars]
[[office]]
path = {home}/calendar
type = calendar
[default]
default_calendar = office
[sqlite]
path = {home}/khal.db
[locale]
local_timezone = America/Los_Angeles
default_timezone = America/Los_Angeles
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
"""
SHOWN = "{start-date-long}|{title}|{cancelled}|{start-time}"


class Khal:
    """The program in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        (home / "calendar").mkdir(parents=True)
        (home / "khal.conf").write_text(SETTINGS.format(home=home), "utf-8")

    def run(self, *words: str) -> str:
        """What it prints; fails where it complains."""
        moved = {"HOME": str(self.home), "XDG_CACHE_HOME": str(self.home), "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            [str(KHAL), "-c", str(self.home / "khal.conf"), *words],
            env={"PATH": os.environ["PATH"], **moved},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def take_in(self, path: Path) -> None:
        """Import the file; an entry that is there already is replaced."""
        self.run("import", "--batch", "-a", "office", str(path))

    def shown(self) -> dict[str, tuple[str, bool]]:
        """Title -> day and whether it is cancelled, of everything in the months around."""
        lines = self.run("list", "-df", "", "-f", SHOWN, "2026-11-01", "200d").splitlines()
        found = {}
        for day, title, cancelled, hour in (line.split("|") for line in lines):
            assert hour == "", "a due date is a whole day"
            found[title] = (day, bool(cancelled.strip()))
        assert len(found) == len(lines), "nothing stands in it twice"
        return found


@pytest.fixture
def khal(tmp_path: Path) -> Khal:
    return Khal(tmp_path / "khal")


@pytest.fixture
def exported(tmp_path: Path) -> Callable[[Callable[[Workspace], object]], Path]:
    """The sample desk after something happened there, as a file."""
    home = tmp_path / "desk"
    make_sample(home)

    def after(happens: Callable[[Workspace], object]) -> Path:
        ws = Workspace(home)
        happens(ws)
        save(export(ws, TODAY), tmp_path / "due.ics")
        ws.ledger.close()
        return tmp_path / "due.ics"

    return after


def two_cases(ws: Workspace) -> None:
    opened(ws)
    openings.typed(ws, somebody("Petra Ames", "p@gone.example", rights=(Right.DELETE,), laws=("gdpr",)), by())


def test_import_and_list(khal: Khal, exported: Callable[[Callable[[Workspace], object]], Path]) -> None:
    khal.take_in(exported(two_cases))
    first = {
        f"{RIVERA} access (CCPA): acknowledgement due": ("2026-11-25", False),
        f"{RIVERA} access (CCPA): answer due": ("2026-12-25", False),
        "DSAR-2026-0002 delete (GDPR): answer due": ("2026-12-10", False),
    }
    assert khal.shown() == first

    def goes_on(ws: Workspace) -> None:
        outbox.send(ws, RIVERA, "acknowledgement", by())
        ws.ledger.record(RIVERA, ClockMoved(kind="extended", on=TODAY, claim="access/us-ca-ccpa"), by=by())

    khal.take_in(exported(goes_on))
    assert khal.shown() == {
        f"{RIVERA} access (CCPA): acknowledgement due": ("2026-11-25", True),
        f"{RIVERA} access (CCPA): answer due": (date(2027, 2, 8).isoformat(), False),
        "DSAR-2026-0002 delete (GDPR): answer due": ("2026-12-10", False),
    }
