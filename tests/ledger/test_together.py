"""Several processes at one store: nothing is lost, nobody waits in the dark, and a crash leaves it whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from dsar.case import facts as f
from dsar.errors import Busy
from dsar.ledger import Ledger
from tests.case import story as s
from tests.ledger import desk

ROOT = Path(__file__).parents[2]
PROCESSES, ROUNDS = 3, 12

HAMMERS = f"""
import sys
import tempfile
from pathlib import Path
from dsar.case.facts import NoteAdded
from tests.case import story as s
from tests.ledger import desk
with desk.open_(Path(sys.argv[1]), wait=60.0) as ledger:
    for turn in range({ROUNDS}):
        print(desk.a_case(ledger))
        ledger.record("DSAR-2026-0001", NoteAdded(item=f"V-{{sys.argv[2]}}-{{turn}}"), by=desk.stamp("p" + sys.argv[2]))
"""

STOPS = """
import sys
import tempfile
from pathlib import Path
from tests.case import story as s
from tests.ledger import desk
with desk.open_(Path(sys.argv[1])) as ledger, ledger.writing(desk.stamp("marta"), "apply 43"):
    number = desk.a_case(ledger, *s.WHOLE)
    # more than the page cache holds: the file itself is changed before the commit
    for _ in range(200):
        ledger.keep(number, "request", b"Q" * 200_000, at=desk.MORNING)
    print("half-way", flush=True)
    sys.stdin.read()
"""


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=ROOT,
    )


def test_processes_that_write_at_once_lose_nothing_and_fork_nothing(path: Path, ledger: Ledger) -> None:
    first = desk.a_case(ledger)
    running = [start(HAMMERS, str(path), str(place)) for place in range(PROCESSES)]
    numbers = [number for process in running for number in process.communicate()[0].split()]
    assert [process.returncode for process in running] == [0] * PROCESSES
    assert sorted(numbers) == [f"DSAR-2026-{serial:04d}" for serial in range(2, PROCESSES * ROUNDS + 2)]
    notes = [entry.fact for entry in ledger.history(first) if isinstance(entry.fact, f.NoteAdded)]
    assert len(notes) == len(set(notes)) == PROCESSES * ROUNDS
    assert ledger.entries_count() == 2 * PROCESSES * ROUNDS + 1
    assert ledger.audit() == []


def test_a_process_killed_in_the_middle_leaves_a_good_store(path: Path, ledger: Ledger) -> None:
    desk.a_case(ledger)
    before = (ledger.entries_count(), ledger.head(), ledger.rows(open_only=False))
    ledger.close()
    size = path.stat().st_size
    process = start(STOPS, str(path))
    assert process.stdout is not None
    assert process.stdout.readline() == "half-way\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert path.stat().st_size > size
    assert path.with_name("dsar.db-journal").exists()
    # even somebody who only looks finds it undone
    with desk.open_(path, readonly=True) as looking:
        assert (looking.entries_count(), looking.head(), looking.rows(open_only=False)) == before
        assert looking.audit() == []
    with desk.open_(path) as again:
        assert desk.a_case(again) == "DSAR-2026-0002"
        assert again.audit() == []
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["dsar.db"]


LOOKS = """
import os, sys
from pathlib import Path
from dsar.errors import Refused
from dsar.ledger import Ledger
os.setuid(65534)
try:
    Ledger.open(Path(sys.argv[1]), readonly=True).rows()
except Refused as no:
    print(no)
"""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root, to become nobody")
def test_who_may_not_undo_what_a_crash_left_is_told() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        path = folder / "dsar.db"
        with desk.create(path, mode=0o644) as ledger:
            desk.a_case(ledger)
        process = start(STOPS, str(path))
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
        process.communicate()
        said, _ = start(LOOKS, str(path)).communicate()
        assert said.startswith("The last one to write was stopped in the middle")
        with desk.open_(path) as again:
            assert again.entries_count() == 1


def test_who_waits_is_told_for_whom(path: Path, ledger: Ledger) -> None:
    number = desk.a_case(ledger)
    with desk.open_(path, wait=0.05) as waits, ledger.writing(desk.stamp("marta"), "apply 43"):
        assert waits.case(number).facts == 1
        with pytest.raises(Busy) as caught:
            waits.record(number, s.CLAIMED, by=desk.stamp(after=12))
        assert caught.value.message == (
            'Busy: marta\'s "apply 43" has been writing for 12 seconds. Nothing of yours is lost.'
        )
        assert caught.value.hint == "Wait a minute and press up-arrow, Enter."
        with pytest.raises(Busy, match='Busy: marta\'s "apply 43" is writing'):
            waits.new_number(2026)
    with (
        desk.open_(path, wait=0.05) as waits,
        ledger.writing(desk.stamp("marta")),
        pytest.raises(Busy, match="Busy: marta has been writing for 2 minutes"),
    ):
        waits.record(number, s.CLAIMED, by=desk.stamp(after=150))
    with desk.open_(path, wait=0.05) as waits, ledger.writing(), pytest.raises(Busy, match="somebody else is writing"):
        waits.record(number, s.CLAIMED, by=desk.stamp())
    assert ledger.case(number).facts == 1


@pytest.mark.parametrize("note", [b"", b"{}", b"[1]", b"\xff", b'{"actor": 1, "what": 2, "since": 3}', b"[" * 1_999])
def test_a_note_that_is_none_is_not_believed(path: Path, ledger: Ledger, note: bytes) -> None:
    with desk.open_(path, wait=0.01) as waits, ledger.writing():
        path.with_name("dsar.db-writer").write_bytes(note)
        with pytest.raises(Busy, match="somebody else is writing"):
            waits.new_number(2026)


def test_a_note_cannot_speak_to_the_terminal(path: Path, ledger: Ledger) -> None:
    with desk.open_(path, wait=0.01) as waits, ledger.writing(desk.stamp("\x1b[2Jmarta"), "x" * 500):
        with pytest.raises(Busy) as caught:
            waits.new_number(2026)
        assert "\x1b" not in str(caught.value)
        assert len(str(caught.value)) < 250


def test_a_note_that_cannot_be_written_stops_nobody(path: Path, ledger: Ledger) -> None:
    path.with_name("dsar.db-writer").mkdir()
    with ledger.writing(desk.stamp("marta"), "apply 43"):
        number = desk.a_case(ledger)
    assert ledger.case(number).facts == 1


def test_a_stale_note_is_taken_away_by_the_next_writer(path: Path, ledger: Ledger) -> None:
    path.with_name("dsar.db-writer").write_text('{"actor": "ghost", "what": "", "since": "2026-11-21T09:00:00+00:00"}')
    with ledger.writing():
        assert not path.with_name("dsar.db-writer").exists()


def test_a_reader_in_the_middle_of_reading_keeps_a_commit_waiting_and_that_is_told(path: Path, ledger: Ledger) -> None:
    ledger.close()
    with desk.open_(path, wait=0.01) as writer, desk.raw(path) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM fact").fetchall()
        with pytest.raises(Busy):
            desk.a_case(writer)
        reader.execute("ROLLBACK")
        assert writer.entries_count() == 0
        assert desk.a_case(writer) == "DSAR-2026-0001"


def test_two_processes_may_make_the_same_store_and_one_is_told(tmp_path: Path) -> None:
    path = tmp_path / "dsar.db"
    code = (
        "import sys; from pathlib import Path; from tests.ledger import desk\n"
        "from dsar.errors import InputWrong\n"
        "sys.stdin.read(1)\n"
        "try:\n    desk.create(Path(sys.argv[1])).close(); print('made')\n"
        "except InputWrong: print('there')\n"
    )
    running = [start(code, str(path)) for _ in range(2)]
    said = sorted(process.communicate("x")[0].strip() for process in running)
    # The second may also find the first one's empty file and wait for it to be finished.
    assert said in (["made", "there"], ["made", "made"])
    with desk.open_(path) as ledger:
        assert ledger.audit() == []


WAITS = """
import sys
from pathlib import Path
from tests.case import story as s
from tests.ledger import desk
with desk.open_(Path(sys.argv[1])) as ledger, ledger.writing(desk.stamp("marta"), "new --file"):
    for nth in range(50):
        with ledger.writing():
            number = desk.a_case(ledger, s.OPENED, s.CLAIMED)
            ledger.know_person(number, [f"email:{nth}@example.com"])
        if nth == 30:
            # a question: what waited before it is in the file now, the rest is not
            assert len(ledger.rows()) == 32
    print("half-way", flush=True)
    sys.stdin.read()
"""


def test_a_batch_that_is_killed_leaves_nothing_of_itself(path: Path, ledger: Ledger) -> None:
    desk.a_case(ledger)
    before = (ledger.entries_count(), ledger.head(), ledger.rows(open_only=False))
    ledger.close()
    process = start(WAITS, str(path))
    assert process.stdout is not None
    assert process.stdout.readline() == "half-way\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with desk.open_(path) as again:
        assert (again.entries_count(), again.head(), again.rows(open_only=False)) == before
        assert again.cases_of_person(["email:0@example.com"]) == []
        assert again.audit() == []
        assert desk.a_case(again) == "DSAR-2026-0002"
