"""The README's walk, typed one command after the other as a reader would, on the installed program."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default as modern
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"
DSAR = Path(sys.executable).with_name("dsar")


@dataclass(frozen=True)
class Typed:
    """One line of the walk and the exit code it is said to end with."""

    words: tuple[str, ...]
    code: int


def walk() -> list[Typed]:
    """The commands between the walks' marks."""
    blocks = re.findall(r"<!-- walk -->\n```console\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 2, "the README has lost a walk"
    lines = []
    for line in "".join(blocks).splitlines():
        command, _, remark = line.removeprefix("$ ").partition("  #")
        told = re.search(r"exit (\d+)", remark)
        lines.append(Typed(tuple(shlex.split(command)), int(told[1]) if told else 0))
    return lines


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The workspace after the walk, and what every command printed."""
    folder = tmp_path_factory.mktemp("reader")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    environment |= {"DSAR_TODAY": "2026-11-21", "DSAR_AS": "priya"}
    said: dict[str, str] = {}
    fingerprint = ""
    for typed in walk():
        words = [word.replace("FINGERPRINT", fingerprint) for word in typed.words]
        if words[0] == "cd":
            folder = folder / words[1]
            continue
        done = subprocess.run(
            [str(DSAR), *words[1:]], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == typed.code, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
        said[" ".join(words[1:])] = said.get(" ".join(words[1:]), "") + done.stdout + done.stderr
        if found := re.search(r"fingerprint ([0-9a-f]{4}-[0-9a-f]{4})", done.stdout):
            fingerprint = found[1]
        if words[1:2] == ["plan"]:
            # in a pipe a plan is rows; its fingerprint stands on the screen and in the JSON, and it is the same plan
            again = subprocess.run(
                [str(DSAR), *words[1:], "--json"], cwd=folder, env=environment, capture_output=True, check=True
            )
            fingerprint = json.loads(again.stdout)["fingerprint"]
    return folder, said


def test_the_walk_ends_in_one_answer_with_its_package(walked: tuple[Path, dict[str, str]]) -> None:
    home, said = walked
    letters = [path for path in (home / "outbox").glob("*.eml") if b"Our answer to your request" in path.read_bytes()]
    assert len(letters) == 1
    assert zipfile.is_zipfile(home / "cases" / "DSAR-2026-0001" / "DSAR-2026-0001.zip")
    assert "unbroken" in said["audit check"]


def test_the_second_sending_says_that_it_was_sent(walked: tuple[Path, dict[str, str]]) -> None:
    _, said = walked
    assert "sent already" in said["letter send 1 answer --confirm DSAR-2026-0001"]


def test_the_maker_of_the_review_could_not_approve_it(walked: tuple[Path, dict[str, str]]) -> None:
    _, said = walked
    refused = next(text for words, text in said.items() if words.startswith("approve") and "--as" not in words)
    assert "somebody else must approve it" in refused


SUBJECTS = (
    "Our answer to your request, DSAR-2026-0001",
    "What we did about your request, DSAR-2026-0002",
    "What we did about your request, DSAR-2026-0003",
    "Our answer under Civil Code section 1798.83, DSAR-2026-0004",
    "We have received your message, DSAR-2026-0005",
    "What we did about your request, DSAR-2026-0006",
)


def test_each_of_the_five_types_ends_in_a_letter(walked: tuple[Path, dict[str, str]]) -> None:
    home, _ = walked
    letters = [message_from_bytes(path.read_bytes(), policy=modern) for path in (home / "outbox").glob("*.eml")]
    subjects = [str(letter["Subject"]) for letter in letters]
    for subject in SUBJECTS:
        assert subjects.count(subject) == 1, subject
    assert sum("DSAR-2026-0005" in subject for subject in subjects) == 1, "a reporter gets one letter"


def test_nobody_erases_alone(walked: tuple[Path, dict[str, str]]) -> None:
    assert "No second person" in walked[1]["apply 3 --confirm DSAR-2026-0003"]
