"""Two people with their own logins share one workspace; a third, outside their group, gets nowhere."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dsar.ledger import Ledger

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CHECKOUT = Path(__file__).parents[2]
GROUP, ANN, BEN, EVE = "dsart-desk", "dsart-ann", "dsart-ben", "dsart-eve"
NOTES = 40
PRIVATE_BITS = 0o007
SHARED_FILE, SHARED_FOLDER = 0o660, 0o2770
TOOLS = ("useradd", "userdel", "groupadd", "groupdel", "runuser")
# Busy is "try again"; anything else ends the loop with its own code
LOOP = """
for n in $(seq "$NOTES"); do
  until "$@" note 1 "$WHO wrote note $n"; do
    code=$?
    [ "$code" = 75 ] || exit "$code"
  done
done
"""


@dataclass(frozen=True, slots=True)
class Computer:
    """This computer with three more logins, and the folder they work in."""

    folder: Path
    program: tuple[str, ...]

    @property
    def home(self) -> Path:
        """The workspace."""
        return self.folder / "desk"

    def start(self, who: str, *command: str, **more: str) -> subprocess.Popen[str]:
        """Start a command as this login."""
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": os.pathsep.join([str(CHECKOUT), sysconfig.get_path("purelib")]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "DSAR_HOME": str(self.home),
            "LOGNAME": who,
            "USER": who,
            **more,
        }
        return subprocess.Popen(
            ["runuser", "-u", who, "--", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=self.folder,
            text=True,
        )

    def dsar(self, who: str, *words: str) -> tuple[int, str]:
        """Run one dsar command as this login; its exit code and what it said."""
        process = self.start(who, *self.program, *words, "--no-input")
        says, _ = process.communicate()
        return process.returncode, says


def _must(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"


@pytest.fixture(scope="module")
def logins() -> Iterator[None]:
    """Three logins, two of them in one group; gone again afterwards."""
    absent = [tool for tool in TOOLS if not shutil.which(tool)]
    if os.name != "posix" or os.geteuid() != 0 or absent:
        pytest.skip(f"making logins needs root and {', '.join(TOOLS)}")
    try:
        _must("groupadd", GROUP)
        for name in (ANN, BEN):
            _must("useradd", "--no-create-home", "--no-user-group", "--gid", GROUP, name)
        _must("useradd", "--no-create-home", "--user-group", EVE)
        yield
    finally:
        for name in (ANN, BEN, EVE):
            subprocess.run(["userdel", name], capture_output=True, check=False)
        for group in (GROUP, EVE):
            subprocess.run(["groupdel", group], capture_output=True, check=False)


@pytest.fixture
def computer(logins: None) -> Iterator[Computer]:
    """A folder that all three may enter, in which the first may make a workspace."""
    folder = Path(tempfile.mkdtemp(prefix="dsar-logins-"))
    try:
        folder.chmod(0o755)
        shared = folder / "desk"
        shared.mkdir(mode=0o700)
        shutil.chown(shared, ANN, GROUP)
        yield Computer(folder, _program())
    finally:
        shutil.rmtree(folder)


def _program() -> tuple[str, ...]:
    """dsar as another login can run it: by this Python, or by the system's own of the same version."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/local/bin/{version}", f"/usr/bin/{version}"):
        program = (python, "-P", "-m", "dsar")
        if Path(python).exists() and _runs(program):
            return program
    pytest.skip("another login cannot run this checkout's Python, nor is there another Python of its version")


def _runs(program: tuple[str, ...]) -> bool:
    return Computer(Path("/"), program).dsar(EVE, "--version")[0] == 0


@pytest.fixture
def shared_desk(computer: Computer) -> Computer:
    """A workspace that the first login made for the group, with both in its staff list and one open case."""
    for words in (
        ("init", str(computer.home), "--group", GROUP, "--email", "privacy@example.org"),
        ("staff", "add", BEN, "--name", "Ben", "--role", "editor"),
        ("new", "--type", "access", "--law", "gdpr", "--name", "Ada Example", "--email", "ada@example.com"),
    ):
        code, says = computer.dsar(ANN, *words)
        assert code == 0, says
    return computer


def test_two_logins_write_at_the_same_time_and_the_chain_holds_every_note(shared_desk: Computer) -> None:
    loops = [
        shared_desk.start(who, "sh", "-c", LOOP, "loop", *shared_desk.program, NOTES=str(NOTES), WHO=who)
        for who in (ANN, BEN)
    ]
    for loop in loops:
        says, _ = loop.communicate()
        assert loop.returncode == 0, says

    for who in (ANN, BEN):
        code, says = shared_desk.dsar(who, "audit", "check")
        assert code == 0, says
    with Ledger.open(shared_desk.home / "dsar.db", readonly=True) as ledger:
        notes = [entry.actor for entry in ledger.history() if entry.kind == "NoteAdded"]
        texts = {kept.value.decode() for kept in ledger.kept("DSAR-2026-0001", "note")}
    assert {who: notes.count(who) for who in (ANN, BEN)} == {ANN: NOTES, BEN: NOTES}
    assert texts == {f"{who} wrote note {n}" for who in (ANN, BEN) for n in range(1, NOTES + 1)}


def test_what_one_makes_the_other_may_read_and_change_and_nobody_else_may(shared_desk: Computer) -> None:
    code, says = shared_desk.dsar(ANN, "letter", "send", "1", "acknowledgement", "--by", "post")
    assert code == 0, says
    code, says = shared_desk.dsar(BEN, "letter", "send", "1", "acknowledgement", "--by", "post", "--again", "lost")
    assert code == 0, says

    wrong = {}
    for path in (shared_desk.home, *shared_desk.home.rglob("*")):
        status = path.lstat()
        mode = stat.S_IMODE(status.st_mode)
        wanted = SHARED_FOLDER if path.is_dir() else SHARED_FILE
        if mode & PRIVATE_BITS or mode & wanted != wanted or path.group() != GROUP:
            wrong[str(path.relative_to(shared_desk.home))] = f"{mode:o} {path.group()}"
    assert wrong == {}


def test_letters_of_both_leave_through_one_outbox(shared_desk: Computer) -> None:
    code, says = shared_desk.dsar(ANN, "letter", "send", "1", "acknowledgement")
    assert code == 0, says
    code, says = shared_desk.dsar(BEN, "letter", "send", "1", "acknowledgement", "--again", "the first was lost")
    assert code == 0, says
    letters = list((shared_desk.home / "outbox").glob("*.eml"))
    assert len(letters) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in letters} == {SHARED_FILE}


def test_somebody_outside_the_group_may_not_even_look(shared_desk: Computer) -> None:
    for words in (("due",), ("note", "1", "hello"), ("show", "1")):
        code, says = shared_desk.dsar(EVE, *words)
        assert code in (2, 3), says
        assert "Traceback" not in says
        assert "Ada" not in says


def test_a_login_of_the_group_that_is_not_in_the_staff_list_may_look_but_not_change(shared_desk: Computer) -> None:
    code, says = shared_desk.dsar(ANN, "staff", "off", BEN)
    assert code == 0, says
    assert shared_desk.dsar(BEN, "due")[0] == 0
    code, says = shared_desk.dsar(BEN, "note", "1", "hello")
    assert code == 3, says
    assert f'your account "{BEN}" is not in the staff list' in says
