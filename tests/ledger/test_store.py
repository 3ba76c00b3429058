"""The file of the store: who may read it, what it is made of, and what is said when it is not well."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from dsar.errors import InputWrong, PartlyDone, Refused, StoreDamaged
from dsar.ledger import Ledger, drive, schema
from dsar.ledger.store import Store
from tests.case import story as s
from tests.ledger import desk

GOLDEN = Path(__file__).parent / "golden" / "schema.sql"
NEXT_STEP = schema.Step(name="m004_more", statements=("CREATE TABLE more (one TEXT) STRICT",))


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_schema_is_the_golden_one(path: Path, ledger: Ledger) -> None:
    with desk.raw(path) as connection:
        found = connection.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '%sqlite%' ORDER BY type, name"
        ).fetchall()
    text = ";\n\n".join(sql for (sql,) in found) + ";\n"
    assert text == GOLDEN.read_text(encoding="utf-8"), "the tables changed: write a new step, then the golden file"


@pytest.mark.parametrize("mode", [0o600, 0o660])
@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_the_file_has_its_mode_whatever_the_umask(path: Path, mode: int, umask: int) -> None:
    before = os.umask(umask)
    try:
        with desk.create(path, mode=mode) as ledger, ledger.writing(desk.stamp(), "a look"):
            desk.a_case(ledger)
            # the journal and the note of the writer lie beside it meanwhile
            modes = {entry.name: mode_of(entry) for entry in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert set(modes) == {"dsar.db", "dsar.db-journal", "dsar.db-writer"}
    assert set(modes.values()) == {mode}
    assert [entry.name for entry in path.parent.iterdir()] == ["dsar.db"]


def test_nothing_is_ever_made_over_a_file(path: Path, ledger: Ledger) -> None:
    with pytest.raises(InputWrong, match="already a file"):
        desk.create(path)
    link = path.with_name("link.db")
    link.symlink_to(path.with_name("elsewhere.db"))
    with pytest.raises(InputWrong, match="already a file"):
        desk.create(link)
    with pytest.raises(InputWrong, match="could not be made"):
        desk.create(path / "below.db")


def test_a_creation_that_was_cut_short_is_finished(path: Path) -> None:
    path.touch(mode=0o644)
    with desk.create(path) as ledger:
        assert ledger.audit() == []
    assert mode_of(path) == 0o600


def test_no_store_at_all(path: Path) -> None:
    with pytest.raises(InputWrong, match=r"no case store dsar\.db here") as caught:
        desk.open_(path)
    assert caught.value.hint == "Make a workspace: dsar init"


@pytest.mark.parametrize(
    "content", [b"", b"not a database, but long enough to look at" * 40, b"SQLite format 3\0" * 90]
)
def test_a_file_that_is_something_else(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(StoreDamaged) as caught:
        desk.open_(path)
    assert caught.value.exit_code == 7
    assert path.read_bytes() == content


def test_another_programs_database(path: Path) -> None:
    with desk.raw(path) as connection:
        connection.execute("CREATE TABLE thing (one TEXT)")
    with pytest.raises(StoreDamaged, match=r"dsar\.db is not a case store of dsar"):
        desk.open_(path)


def test_bytes_overwritten_in_the_middle_are_told_without_a_traceback(path: Path, ledger: Ledger) -> None:
    for _ in range(30):
        desk.a_case(ledger, s.OPENED, s.CLAIMED)
    ledger.close()
    good = path.read_bytes()
    told = 0
    for page in range(1, len(good) // 4096):
        path.write_bytes(good[: page * 4096] + b"\xff" * 4096 + good[(page + 1) * 4096 :])
        told += _complains(path)
    assert told == len(good) // 4096 - 1


@pytest.mark.parametrize("keep", [50, 512, 4096, 0.5, 0.9])
def test_a_file_cut_short_is_told_without_a_traceback(path: Path, ledger: Ledger, keep: float) -> None:
    for _ in range(10):
        desk.a_case(ledger, s.OPENED, s.CLAIMED)
    ledger.close()
    good = path.read_bytes()
    path.write_bytes(good[: int(keep if keep > 1 else len(good) * keep)])
    assert _complains(path)


def _complains(path: Path) -> bool:
    """Whether the check finds faults or refuses as damaged; any other error fails the test."""
    try:
        with desk.open_(path) as ledger:
            list(ledger.rows())
            for number in ["DSAR-2026-0001", "DSAR-2026-0009"]:
                ledger.case(number)
        return bool(desk.Ledger.check_file(path, clocks=desk.thirty_days).faults)
    except (StoreDamaged, InputWrong):
        return True


def test_a_damaged_store_says_what_to_do(path: Path, ledger: Ledger) -> None:
    ledger.close()
    path.write_bytes(path.read_bytes()[:1024] + b"\0" * 9000)
    with pytest.raises(StoreDamaged) as caught:
        desk.open_(path).rows()
    assert caught.value.message == (
        "The case store is damaged, so I stopped before making it worse; the file is untouched."
    )
    assert caught.value.hint == "Put the newest good backup beside it: dsar restore BACKUP, then dsar doctor"


def test_a_store_of_a_newer_dsar_is_left_alone(path: Path, ledger: Ledger) -> None:
    ledger.set_meta("program", "9.6.0")
    ledger.close()
    with desk.raw(path) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('dsar', 'm999_future', '')"
        )
    before = path.read_bytes()
    with pytest.raises(StoreDamaged, match=r"last used by dsar 9\.6\.0; this is .*could lose data") as caught:
        desk.open_(path)
    assert caught.value.hint == "Ask IT to update dsar on this computer."
    assert path.read_bytes() == before


def test_an_older_store_is_copied_and_then_brought_up_to_date(path: Path, ledger: Ledger) -> None:
    desk.a_case(ledger)
    ledger.close()
    steps = (*schema.STEPS, NEXT_STEP)
    with pytest.raises(Refused, match="older dsar"):
        Store.open(path, readonly=True, steps=steps)
    for _ in range(2):
        store = Store.open(path, steps=steps)
        assert store.rows("SELECT * FROM more") == []
        store.close()
    aside = path.with_name("dsar.db.before-step-4")
    assert mode_of(aside) == 0o600
    with desk.open_(aside) as old:
        assert old.entries_count() == 1


def test_a_step_that_fails_leaves_the_store_as_it_was(path: Path, ledger: Ledger) -> None:
    ledger.close()
    broken = schema.Step(name="m005_broken", statements=("CREATE TABLE half (one TEXT) STRICT", "CREATE NONSENSE"))
    with pytest.raises(sqlite3.OperationalError):
        Store.open(path, steps=(*schema.STEPS, NEXT_STEP, broken))
    with desk.open_(path) as again:
        assert again.audit() == []


def test_a_readonly_store_may_be_looked_at_but_not_changed(path: Path, ledger: Ledger) -> None:
    number = desk.a_case(ledger)
    ledger.close()
    with desk.open_(path, readonly=True) as looking:
        assert looking.case(number).exists
        with pytest.raises(Refused, match="You may look but not change") as caught:
            looking.record(number, s.CLAIMED, by=desk.stamp())
    assert "dsar staff set" in caught.value.hint


AS_NOBODY = """
import os, sys
from datetime import UTC, date, datetime
from pathlib import Path
from dsar.case.facts import NoteAdded
from dsar.case.stamp import Stamp
from dsar.errors import Refused
from dsar.ledger import Ledger
os.setuid(65534)
with Ledger.open(Path(sys.argv[1]), clocks=lambda case, pinned: ()) as ledger:
    print(ledger.rows()[0].case)
    by = Stamp(actor="temp1", on=date(2026, 11, 21), recorded_at=datetime(2026, 11, 21, tzinfo=UTC))
    try:
        ledger.record("DSAR-2026-0001", NoteAdded(item="V-1"), by=by)
    except Refused as no:
        print(no.message)
try:
    Ledger.open(Path(sys.argv[2]))
except Refused as no:
    print(no.message)
try:
    Ledger.create(Path(sys.argv[1]).with_name("new.db"))
except Refused as no:
    print(no.message)
"""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root, to become nobody")
def test_an_account_without_the_right_to_write_looks_and_is_told() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        with desk.create(folder / "dsar.db") as ledger:
            desk.a_case(ledger)
            ledger.backup(folder / "private.db")
        (folder / "dsar.db").chmod(0o644)
        files = [str(folder / "dsar.db"), str(folder / "private.db")]
        done = subprocess.run([sys.executable, "-c", AS_NOBODY, *files], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    number, *refusals = done.stdout.splitlines()
    assert number == "DSAR-2026-0001"
    assert [refusal.partition(":")[0].partition(".")[0] for refusal in refusals] == [
        "You may look but not change",
        "Your account may not read the case store",
        "You may look but not change",
    ]


def test_a_full_disk_is_told_and_nothing_is_half_written(path: Path, ledger: Ledger) -> None:
    number = desk.a_case(ledger)
    ledger._store.execute("PRAGMA max_page_count = 1")
    with pytest.raises(PartlyDone, match="nothing of this step was saved"), ledger.writing():  # noqa: PT012
        ledger.record(number, s.CLAIMED, by=desk.stamp())
        with pytest.raises(PartlyDone, match="No room left"):
            ledger.keep(number, "request", b"x" * 200_000, at=desk.MORNING)
        # SQLite has undone everything by itself: going on must not save the rest alone
        ledger.record(number, s.CLAIMED, by=desk.stamp())
    ledger._store.execute("PRAGMA max_page_count = 1000000")
    assert ledger.case(number).facts == 1
    assert ledger.kept(number) == []
    assert ledger.audit() == []


def test_a_creation_that_fails_can_be_repeated(path: Path) -> None:
    broken = schema.Step(name="m001_broken", statements=("CREATE TABLE half (one TEXT) STRICT", "CREATE NONSENSE"))
    with pytest.raises(sqlite3.OperationalError):
        Store.create(path, steps=(broken,))
    with desk.create(path) as ledger:
        assert ledger.audit() == []


def test_more_than_sqlite_takes_is_refused(ledger: Ledger) -> None:
    ledger._store._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 5_000)
    number = desk.a_case(ledger)
    with pytest.raises(InputWrong, match="larger than the case store takes"):
        ledger.keep(number, "request", bytes(6_000), at=desk.MORNING)


def test_our_own_mistakes_stay_bugs(ledger: Ledger) -> None:
    with pytest.raises(sqlite3.OperationalError, match="syntax"):
        ledger._store.rows("SELEKT")


MOUNTS = """/dev/sda1 / ext4 rw 0 0
tmpfs /tmp tmpfs rw 0 0
filer:/legal /mnt/legal nfs4 rw 0 0
//nas/share /mnt/our\\040share cifs rw 0 0
/dev/sdb1 /mnt/legal/local ext4 rw 0 0
broken line
"""


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/home/desk/dsar.db", "ext4"),
        ("/mnt/legal/dsar.db", "nfs4"),
        ("/mnt/legality/dsar.db", "ext4"),
        ("/mnt/legal/local/dsar.db", "ext4"),
        ("/mnt/our share/dsar.db", "cifs"),
        ("\\\\nas\\legal\\dsar.db", "smb"),
    ],
)
def test_a_network_drive_is_seen(tmp_path: Path, place: str, kind: str) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS, encoding="utf-8")
    assert drive.filesystem_of(Path(place), mounts) == kind
    if kind == "ext4":
        drive.refuse_network(Path(place), mounts)
        return
    with pytest.raises(Refused, match="the store is on a network drive") as caught:
        drive.refuse_network(Path(place), mounts)
    assert caught.value.hint == "How: dsar help shared"


def test_a_machine_that_does_not_tell_its_drives_is_trusted(tmp_path: Path) -> None:
    drive.refuse_network(tmp_path / "dsar.db", tmp_path / "no-such-file")


READS = """
import sys
from pathlib import Path
from dsar.ledger import Ledger
with Ledger.open(Path(sys.argv[1]), readonly=len(sys.argv) > 2) as ledger:
    ledger.rows(), ledger.clock_rows(), ledger.outbox(), ledger.case("DSAR-2026-0001"), ledger.resolve("1")
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.mark.parametrize("more", [(), ("readonly",)])
def test_looking_loads_no_heavy_library(path: Path, ledger: Ledger, more: tuple[str, ...]) -> None:
    desk.a_case(ledger, s.OPENED, s.CLAIMED)
    done = subprocess.run([sys.executable, "-c", READS, str(path), *more], capture_output=True, text=True, check=True)
    assert "sqlite3" in done.stdout.split()
    assert {"sqlite_utils", "pydantic", "rich", "typer", "jinja2", "phonenumbers", "holidays"}.isdisjoint(
        done.stdout.split()
    )


def test_making_a_store_loads_no_pandas_even_where_it_is_installed(tmp_path: Path) -> None:
    for heavy in ("pandas", "numpy"):
        (tmp_path / f"{heavy}.py").write_text("raise SystemExit('loaded')", encoding="utf-8")
    code = (
        "import sys; from dsar.ledger import sqlite_utils_light as light; light.load();"
        "print({'pandas', 'numpy'} & set(sys.modules))"
    )
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{Path(__file__).parents[2]}"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert (done.stdout.strip(), done.stderr) == ("set()", "")
