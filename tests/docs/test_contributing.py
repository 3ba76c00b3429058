"""CONTRIBUTING's law is added as it says: two files in a folder, no Python, and the dates a lawyer expects."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"
DSAR = Path(sys.executable).with_name("dsar")


def block(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", CONTRIBUTING.read_text(encoding="utf-8"), re.DOTALL)
    assert len(found) == 1, f"one block of {language}"
    return str(found[0])


def typed(where: Path, line: str) -> subprocess.CompletedProcess[str]:
    """What the installed program answers to a command line, typed in a folder, by somebody without a checkout."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(where), "LC_ALL": "C.UTF-8", "DSAR_TODAY": "2026-11-21"}
    words = shlex.split(line)
    return subprocess.run(
        [str(DSAR), *words[1:]], cwd=where, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "laws").mkdir()
    (tmp_path / "laws" / "xx-fpa.toml").write_text(block("toml"), encoding="utf-8")
    (tmp_path / "laws" / "xx-fpa.csv").write_text(block("csv"), encoding="utf-8")
    return tmp_path


def test_the_commands_of_the_page_run_and_agree(place: Path) -> None:
    checking, summing = [line.removeprefix("$ ") for line in block("console").splitlines()]
    checked = typed(place, checking)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "3 of 3 as expected" in checked.stdout
    summed = json.loads(typed(place, f"{summing} --json").stdout)
    due = {clock["obligation"]: clock["due_on"] for clock in summed["clocks"]}
    assert due == {"respond": "2026-04-07", "extension_notice": "2026-04-07", "extended": "2026-04-24"}
    said = " ".join(step["says"] for step in summed["clocks"][0]["steps"])
    assert "Good Friday" in said
    assert "Easter Monday" in said
    assert "FPA s. 12" in said


def test_a_date_that_comes_out_differently_is_named(place: Path) -> None:
    table = place / "laws" / "xx-fpa.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("2026-04-07", "2026-04-03"), encoding="utf-8")
    checked = typed(place, "dsar law check laws --json")
    assert checked.returncode == 6
    faults = json.loads(checked.stdout)["faults"]
    assert [fault["where"] for fault in faults] == ["xx-fpa.csv line 3"]
    assert "respond should be 2026-04-03 and is 2026-04-07" in faults[0]["says"]


def test_a_fault_of_the_file_is_named_before_any_date(place: Path) -> None:
    law = place / "laws" / "xx-fpa.toml"
    law.write_text(law.read_text(encoding="utf-8").replace('right = "delete"', 'right = "delte"'), encoding="utf-8")
    checked = typed(place, "dsar law check laws")
    assert checked.returncode == 6
    assert 'Did you mean "delete"?' in checked.stdout
    assert "as expected" not in checked.stdout


def test_a_case_is_opened_under_it_and_a_changed_rule_moves_nothing_by_itself(place: Path) -> None:
    assert typed(place, "dsar init . --org Fabled --no-input").returncode == 0
    settings = place / "dsar.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8") + "\n[desk]\nrehearsal = true\n"
        '[[staff]]\nid = "rufus"\nroles = ["editor", "approver"]\n',
        encoding="utf-8",
    )
    who = "--as rufus"
    opened = typed(place, f"dsar new --type access --law freedonia --name X --received 2026-11-20 {who} --json")
    assert opened.returncode == 0, opened.stdout + opened.stderr
    assert json.loads(typed(place, "dsar due --json").stdout)["cases"][0]["due_on"] == "2026-12-11"
    assert typed(place, "dsar law changes").returncode == 0

    law = place / "laws" / "xx-fpa.toml"
    law.write_text(law.read_text(encoding="utf-8").replace('"3 weeks", standard', '"30 days", standard'))
    moving = typed(place, "dsar law changes --json")
    assert moving.returncode == 6
    (change,) = json.loads(moving.stdout)["changes"]
    assert change["why"] == "rule changed"
    assert {"obligation": "respond", "now_on": "2026-12-11", "would_be_on": "2026-12-21"} in change["dates"]
    assert json.loads(typed(place, "dsar due --json").stdout)["cases"][0]["due_on"] == "2026-12-11"

    assert typed(place, f"dsar law adopt 1 {who}").returncode == 2
    adopted = typed(place, f'dsar law adopt 1 --why "the Act was amended for pending requests" {who}')
    assert adopted.returncode == 0, adopted.stderr
    assert json.loads(typed(place, "dsar due --json").stdout)["cases"][0]["due_on"] == "2026-12-21"
    assert typed(place, "dsar law changes").returncode == 0
    assert typed(place, f'dsar law adopt 1 --why "again" {who}').returncode == 3


def test_a_holiday_put_right_lists_the_cases_it_would_move(place: Path) -> None:
    assert typed(place, "dsar init . --org Fabled --region DE --no-input").returncode == 0
    settings = place / "dsar.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8")
        + '\n[desk]\nrehearsal = true\n[[staff]]\nid = "rufus"\nroles = ["editor"]\n',
        encoding="utf-8",
    )
    assert typed(place, "dsar new --type access --law gdpr --name X --received 2026-11-14 --as rufus").returncode == 0
    (place / "laws" / "calendars.toml").write_text(
        '[[eu-member-state.change]]\nplace = "DE"\nadd = 2026-12-14\nname = "Day of mourning"\nwhy = "decreed"\n',
        encoding="utf-8",
    )
    moving = typed(place, "dsar law changes --json")
    assert moving.returncode == 6, moving.stdout + moving.stderr
    (change,) = json.loads(moving.stdout)["changes"]
    assert change["why"] == "calendar changed"
    assert {"obligation": "respond", "now_on": "2026-12-14", "would_be_on": "2026-12-15"} in change["dates"]
    doctor = typed(place, "dsar doctor")
    assert "dsar law changes" in doctor.stdout
