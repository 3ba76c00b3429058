"""Whatever is done to the facts behind the program's back is found, or honestly said not to be."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import pytest

from dsar.case import facts as f
from dsar.errors import InputWrong, StoreDamaged
from dsar.ledger import Fault, Ledger, audit
from dsar.ledger.chain import link
from dsar.ledger.schema import TRIGGERS
from tests.case import story as s
from tests.ledger import desk

BODY = '{"respond":"P1M"}'
VERSION = hashlib.sha256(BODY.encode()).hexdigest()[:12]


@pytest.fixture
def told(path: Path, ledger: Ledger) -> Path:
    """A store of two cases and a pinned rule, closed again."""
    with ledger.writing():
        ledger.pin("rule", VERSION, BODY)
        desk.a_case(ledger, *s.WHOLE)
        desk.a_case(ledger, s.OPENED, s.CLAIMED)
    ledger.close()
    return path


def faults(path: Path) -> list[Fault]:
    with desk.open_(path, readonly=True) as ledger:
        return ledger.audit()


def codes(path: Path) -> list[tuple[str, int | None]]:
    return [(fault.code, fault.seq) for fault in faults(path) if not fault.code.startswith("guard")]


def tamper(path: Path, *statements: str) -> None:
    with desk.raw(path, without_guards=True) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_good_store_has_no_faults(told: Path) -> None:
    assert faults(told) == []
    assert desk.Ledger.check_file(told, clocks=desk.thirty_days).faults == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fact SET actor = 'eve' WHERE seq = 3",
        "UPDATE fact SET seq = 99 WHERE seq = 16",
        "DELETE FROM fact WHERE seq = 16",
        "DELETE FROM fact",
        "INSERT OR REPLACE INTO fact SELECT * FROM fact WHERE seq = 3",
        "REPLACE INTO fact SELECT 3, case_number, kind, body, on_day, recorded_at, 'eve', '', hash FROM fact LIMIT 1",
        "INSERT INTO fact SELECT 18, case_number, kind, body, on_day, recorded_at, actor, '', hash FROM fact LIMIT 1",
        "UPDATE pin SET body = 'x'",
        "DELETE FROM pin",
        "REPLACE INTO pin SELECT kind, version, 'x' FROM pin",
    ],
)
def test_the_guards_hold_against_any_connection(told: Path, statement: str) -> None:
    before = told.read_bytes()
    with desk.raw(told) as connection, pytest.raises(sqlite3.IntegrityError, match=r"a (fact|pinned text) "):
        connection.execute(statement)
    assert told.read_bytes() == before


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("case_number", "DSAR-2026-0002"),
        ("kind", "LetterBounced"),
        ("body", '{"level":2}'),
        ("on_day", "2026-11-20"),
        ("recorded_at", "2026-11-20T09:00:00.000000+00:00"),
        ("actor", "eve"),
        ("place", "elsewhere"),
        ("hash", "0" * 64),
    ],
)
def test_an_altered_column_is_found_and_the_entry_named(told: Path, column: str, value: str) -> None:
    tamper(told, f"UPDATE fact SET {column} = '{value}' WHERE seq = 3")  # noqa: S608
    found = codes(told)
    assert ("altered", 3) in found
    # with another hash, the entry after it does not fit any more either
    assert {seq for code, seq in found if code == "altered"} == ({3, 4} if column == "hash" else {3})


def test_missing_entries_are_counted(told: Path) -> None:
    tamper(told, "DELETE FROM fact WHERE seq IN (3, 4)")
    assert [fault.says for fault in faults(told) if fault.code == "missing"] == ["Entries 3 to 4 are missing."]
    tamper(told, "DELETE FROM fact WHERE seq = 1")
    assert ("missing", 1) in codes(told)


def test_exchanged_entries_are_found(told: Path) -> None:
    tamper(
        told,
        "UPDATE fact SET seq = 99 WHERE seq = 4",
        "UPDATE fact SET seq = 4 WHERE seq = 5",
        "UPDATE fact SET seq = 5 WHERE seq = 99",
    )
    assert {seq for code, seq in codes(told) if code == "altered"} == {4, 5, 6}


def test_an_entry_put_in_is_found(told: Path) -> None:
    tamper(
        told,
        "INSERT INTO fact SELECT 17, case_number, kind, body, on_day, recorded_at, actor, place, hash "
        "FROM fact WHERE seq = 16",
    )
    assert {code for code, _ in codes(told)} >= {"altered", "cut"}


def test_an_end_cut_off_is_found(told: Path) -> None:
    tamper(told, "DELETE FROM fact WHERE seq > 14")
    assert ("cut", 14) in codes(told)


def test_a_new_end_is_found(told: Path) -> None:
    with desk.raw(told, without_guards=True) as connection:
        (*row, _) = connection.execute("SELECT * FROM fact WHERE seq = 16").fetchone()
        (previous,) = connection.execute("SELECT hash FROM fact WHERE seq = 15").fetchone()
        row[6] = "eve"
        connection.execute("UPDATE fact SET actor = 'eve', hash = ? WHERE seq = 16", (link(previous, *row),))
    assert ("head", 16) in codes(told)


def test_a_whole_new_chain_is_only_shown_by_a_head_noted_elsewhere(told: Path) -> None:
    with desk.open_(told, readonly=True) as ledger:
        noted = ledger.head()
    with desk.raw(told, without_guards=True) as connection:
        connection.execute("UPDATE fact SET actor = 'eve' WHERE seq = 1")
        previous = "0" * 64
        for *row, _ in connection.execute("SELECT * FROM fact ORDER BY seq").fetchall():
            previous = link(previous, *row)
            connection.execute("UPDATE fact SET hash = ? WHERE seq = ?", (previous, row[0]))
        connection.execute("UPDATE meta SET value = ? WHERE key = 'chain.head'", (previous,))
        for sql in TRIGGERS.values():
            connection.execute(sql)
    with desk.open_(told, readonly=True) as ledger:
        assert ledger.audit() == []
        assert ledger.head_after(16) != noted


def test_a_fact_nobody_can_read_is_named(told: Path) -> None:
    tamper(
        told,
        "UPDATE fact SET kind = 'MoonLanded' WHERE seq = 16",
        "UPDATE fact SET on_day = '2026-99-99' WHERE seq = 2",
    )
    found = faults(told)
    assert {(fault.code, fault.seq) for fault in found} >= {("unreadable", 16), ("unreadable", 2), ("altered", 16)}
    assert {fault.case for fault in found if fault.says.endswith("computed from its entries.")} == {
        "DSAR-2026-0001",
        "DSAR-2026-0002",
    }
    with desk.open_(told) as ledger, pytest.raises(StoreDamaged, match="does not know"):
        ledger.case("DSAR-2026-0002")


def test_missing_and_altered_guards_are_found_and_put_back(told: Path) -> None:
    with desk.raw(told) as connection:
        connection.execute("DROP TRIGGER fact_never_leaves")
        connection.execute("DROP TRIGGER fact_never_changes")
        connection.execute("CREATE TRIGGER fact_never_changes BEFORE UPDATE ON fact BEGIN SELECT 1; END")
        connection.execute("CREATE TRIGGER mine AFTER INSERT ON fact BEGIN DELETE FROM pin; END")
    assert sorted(fault.code for fault in faults(told)) == ["guard_altered", "guard_altered", "guard_missing"]
    with desk.open_(told) as ledger:
        ledger.rebuild()
        assert [fault.code for fault in ledger.audit()] == ["guard_altered"]


def test_an_altered_rule_is_found(told: Path) -> None:
    tamper(told, "UPDATE pin SET body = replace(body, '1', '9')")
    (fault,) = [fault for fault in faults(told) if fault.code == "pin"]
    assert VERSION in fault.says


def test_a_missing_rule_is_damage(told: Path) -> None:
    with desk.open_(told) as ledger, pytest.raises(StoreDamaged):
        ledger.pinned("rule", "0" * 12)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_row SET stage = 'closed' WHERE number = 'DSAR-2026-0002'",
        "UPDATE case_row SET received_on = 'never' WHERE number = 'DSAR-2026-0002'",
        "DELETE FROM case_row WHERE number = 'DSAR-2026-0002'",
        "UPDATE clock_row SET due_on = '2030-01-01'",
        "DELETE FROM clock_row",
        "DELETE FROM outbox_row",
        "UPDATE outbox_row SET state = 'queued'",
    ],
)
def test_lists_that_differ_from_the_facts_are_found_and_made_again(told: Path, statement: str) -> None:
    with desk.raw(told) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(statement)
    assert [code for code, _ in codes(told)] == ["projection"]
    with desk.open_(told) as ledger:
        ledger.rebuild()
        assert ledger.audit() == []


def test_a_list_row_without_a_case_is_found_and_dropped(told: Path) -> None:
    with desk.raw(told) as connection:
        row = list(connection.execute("SELECT * FROM case_row LIMIT 1").fetchone())
        row[0] = "DSAR-2026-0099"
        connection.execute(f"INSERT INTO case_row VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
    assert [fault.says for fault in faults(told)] == ["The lists show DSAR-2026-0099, which has no entries."]
    with desk.open_(told) as ledger:
        ledger.rebuild()
        assert ledger.audit() == []


def test_a_flipped_letter_in_the_file_is_found(told: Path) -> None:
    content = told.read_bytes()
    at = content.index(b"account-login")
    told.write_bytes(content[:at] + b"b" + content[at + 1 :])
    assert ("altered", 3) in codes(told)


def test_very_many_faults_end_somewhere(path: Path, ledger: Ledger) -> None:
    with ledger.writing():
        number = desk.a_case(ledger)
        ledger.record(number, *[f.NoteAdded(item="V-1")] * 1_100, by=desk.stamp())
    ledger.close()
    tamper(path, "UPDATE fact SET actor = 'eve'")
    assert len(faults(path)) == 1_000


def test_what_is_written_during_an_audit_is_not_judged(path: Path, ledger: Ledger) -> None:
    with ledger.writing():
        number = desk.a_case(ledger)
        ledger.record(number, *[f.NoteAdded(item="V-1")] * 600, by=desk.stamp())
    ledger.close()
    tamper(path, "UPDATE fact SET actor = 'eve' WHERE seq = 2")
    with desk.open_(path) as looks, desk.open_(path) as writes:
        links = audit._links(looks._store, looks._chain)
        assert next(links).code == "altered"
        writes.record(number, s.CLAIMED, by=desk.stamp())
        assert list(links) == []


def test_a_backup_is_whole_private_and_audited(told: Path) -> None:
    target = told.with_name("copy.db")
    with desk.open_(told) as ledger:
        checked = ledger.backup(target)
        assert (checked.path, checked.entries, checked.head, checked.faults) == (target, 16, ledger.head(), ())
        with pytest.raises(InputWrong, match="already a file"):
            ledger.backup(target)
    assert target.stat().st_mode & 0o777 == 0o600
    with desk.open_(target) as copy:
        assert copy.rows(open_only=False)


def test_a_backup_of_a_tampered_store_is_made_but_says_so(told: Path) -> None:
    tamper(told, "UPDATE fact SET actor = 'eve' WHERE seq = 3")
    with desk.open_(told) as ledger:
        checked = ledger.backup(told.with_name("copy.db"))
    assert ("altered", 3) in {(fault.code, fault.seq) for fault in checked.faults}


def test_a_backup_that_cannot_be_made_leaves_no_file(told: Path) -> None:
    content = told.read_bytes()
    told.write_bytes(content[: len(content) // 2])
    target = told.with_name("copy.db")
    with pytest.raises(StoreDamaged), desk.open_(told) as ledger:
        ledger.backup(target)
    assert not target.exists()


def test_a_copy_that_breaks_off_leaves_nothing_behind(told: Path) -> None:
    target = told.with_name("copy.db")
    with desk.open_(told) as ledger:
        target.with_name(".copy.db.part").mkdir()
        with pytest.raises(InputWrong, match="already a file"):
            ledger.backup(target)
        assert not target.exists()
        target.with_name(".copy.db.part").rmdir()
        # and what an earlier one left behind is in nobody's way
        target.with_name(".copy.db.part").write_bytes(b"half")
        assert ledger.backup(target).faults == ()
    assert sorted(entry.name for entry in told.parent.iterdir()) == ["copy.db", "dsar.db"]


def test_a_restore_is_never_over_a_store(told: Path) -> None:
    copy, again = told.with_name("copy.db"), told.with_name("again.db")
    with desk.open_(told) as ledger:
        ledger.backup(copy)
    with pytest.raises(InputWrong, match="already a file"):
        Ledger.restore(copy, told)
    checked = Ledger.restore(copy, again, mode=0o660, clocks=desk.thirty_days)
    assert (checked.path, checked.entries, checked.faults) == (again, 16, ())
    assert again.stat().st_mode & 0o777 == 0o660
    with desk.open_(again) as ledger:
        desk.a_case(ledger)
        assert ledger.audit() == []


def test_broken_links_inside_the_file_are_found(told: Path) -> None:
    with desk.raw(told) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("INSERT INTO letter_item VALUES ('DSAR-2026-0001', 'L-1', 'V-gone')")
    checked = Ledger.check_file(told, clocks=desk.thirty_days)
    assert [fault.says for fault in checked.faults] == ["a row of letter_item points at nothing"]
