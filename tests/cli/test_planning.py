"""The planning screens as they are typed: a pipe gets the calendar itself, eighty columns are enough."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import icalendar
import pytest

from dsar.formats.plain import display_width
from tests.cli.typing import TODAY, Terminal, refused
from tests.workflow.office import RIVERA


class TestCalendar:
    def test_a_pipe_gets_the_bytes_of_the_file(self, busy: Terminal) -> None:
        out = busy.home / "due.ics"
        assert busy("calendar", "--out", str(out)).out.splitlines() == [
            "5 entries.",
            f"Written to {out}.",
        ]
        environment = {"DSAR_HOME": str(busy.home), "DSAR_TODAY": TODAY, "DSAR_AS": "priya", "PATH": "/usr/bin:/bin"}
        piped = subprocess.run(
            [sys.executable, "-m", "dsar", "calendar"], env=environment, capture_output=True, check=True, cwd=Path.cwd()
        )
        assert piped.stderr == b""
        assert piped.stdout == out.read_bytes()
        assert b"\r\r" not in piped.stdout
        assert len(icalendar.Calendar.from_ical(piped.stdout).walk("VEVENT")) == 5

    def test_again_it_says_that_nothing_changed(self, busy: Terminal) -> None:
        out = busy.home / "due.ics"
        assert busy("calendar", "--out", str(out), "--json").json["written"] is True
        ran = busy("calendar", "--out", str(out))
        assert (ran.code, "says just that already" in ran.out) == (0, True)

    def test_a_person_sees_the_entries_and_what_to_type(self, busy: Terminal) -> None:
        ran = busy("calendar", width=80)
        assert RIVERA in ran.out
        assert "BEGIN:VCALENDAR" not in ran.out
        assert "Next: dsar calendar --out due.ics" in ran.out

    def test_mine(self, busy: Terminal) -> None:
        cases = {one["case"] for one in busy("calendar", "--mine", "--json", who="sam").json["entries"]}
        assert cases == {"DSAR-2026-0003"}

    @pytest.mark.parametrize("typed", ["soon", "-3", "2w", "60 days"])
    def test_a_time_that_is_none(self, busy: Terminal, typed: str) -> None:
        refused(busy, "calendar", f"--within={typed}", code=2, says="is not a number of days")

    def test_a_folder_that_is_not_there(self, busy: Terminal) -> None:
        refused(busy, "calendar", "--out", "/nowhere/at/all/due.ics", code=2, says="could not be written")


class TestAhead:
    def test_the_screen(self, busy: Terminal) -> None:
        out = busy("ahead", width=80).out
        assert "Fri 25 Dec  Christmas Day  plan for Thu 24 Dec" in out
        assert "nobody yet" in out
        assert max(display_width(line) for line in out.splitlines()) <= 80

    @pytest.mark.parametrize("width", [60, 80, 200])
    def test_every_width(self, busy: Terminal, width: int) -> None:
        out = busy("ahead", "--weeks", "53", width=width, today="2026-12-24").out
        assert max(display_width(line) for line in out.splitlines()) <= width

    def test_the_command_it_names_works(self, busy: Terminal) -> None:
        out = busy("ahead", width=80).out
        typed = next(line for line in out.splitlines() if "Give one away: dsar" in line).split("dsar ")[1].split()
        assert busy(*typed).code == 0

    def test_rows_name_their_part(self, busy: Terminal) -> None:
        rows = [line.split("\t") for line in busy("ahead", "--weeks", "6").out.splitlines()]
        assert len({len(row) for row in rows}) == 1
        assert [row[0] for row in rows].count("week") == 6
        assert ["shut", "2026-12-25", "2026-12-24"] in [row[:3] for row in rows]

    def test_json(self, busy: Terminal) -> None:
        found = busy("ahead", "--json").json
        assert found["schema"] == "dsar.ahead/1"
        assert found["weeks"][0]["first"] == "2026-11-16"
        assert {"late", "later", "undated", "shut", "load", "missed", "asked", "away"} <= set(found)

    @pytest.mark.parametrize("weeks", ["0", "54", "x"])
    def test_weeks_there_are_not(self, typed: Callable[..., Terminal], weeks: str) -> None:
        ran = typed("opened")("ahead", "--weeks", weeks)
        assert ran.code == 2
