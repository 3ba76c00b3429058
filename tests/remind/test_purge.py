"""Forgetting our own cases: two people, once, nothing personal left, and a restored backup forgets again."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from dsar.case.facts import OutcomeReached
from dsar.case.stages import Outcome
from dsar.errors import DsarError, InputWrong, Refused
from dsar.ledger import Ledger
from dsar.letters.transport import FolderTransport
from dsar.workflow import ending, keeping, outbox, purge, remind, upkeep
from dsar.workspace import Workspace
from tests.remind import desk
from tests.remind.desk import by, local, opened

DAY = date(2026, 11, 24)
RIPE = date(2028, 11, 27)
NAME, EMAIL, PHONE = "Ann Person", "ann@person.example", "+14155550123"


def closed(ws: Workspace, name: str, day: date = DAY) -> str:
    """A case with everything in its file, acknowledged by mail and by post, and closed."""
    number = opened(ws, local(day, 9), name)
    stamp = by(local(day, 10))
    keeping.add_identifier(ws, number, f"phone={PHONE}", stamp)
    keeping.note(ws, number, f"{name} called from {PHONE}", stamp)
    outbox.send(ws, number, "acknowledgement", stamp)
    outbox.send(ws, number, "identity", stamp, by_post=True)
    now = local(day, 11)
    remind.remind(ws, by(now), now)
    (claim,) = ws.ledger.case(number).claims
    ws.ledger.record(number, OutcomeReached(claim=claim, outcome=Outcome.WITHDRAWN), by=stamp)
    ending.close(ws, number, stamp)
    return number


@pytest.fixture
def office(home: Path, reopen: Callable[[], Workspace]) -> Workspace:
    ws = reopen()
    vars(ws)["transport"] = FolderTransport(folder=home / "outbox")
    return ws


def planned(ws: Workspace, day: date = RIPE) -> purge.Plan:
    plan = purge.make_plan(ws, by(local(day, 9), "olga"))
    return purge.approve(ws, plan.fingerprint, by(local(day, 10), "mick"))


def traces(home: Path) -> list[str]:
    """Where anything that names Ann is left: in the bytes of any file, in any spelling or guessable hash."""
    plain = (NAME, "Ann", EMAIL, EMAIL.partition("@")[0] + "@", PHONE, PHONE[1:], "4155550123", "(415) 555-0123")
    needles = {text.encode() for text in plain} | {text.upper().encode() for text in plain}
    for text in (EMAIL, PHONE, PHONE[1:], PHONE[2:], NAME, f"email:{EMAIL}", f"phone:{PHONE}", f"person:email:{EMAIL}"):
        for kind in ("md5", "sha1", "sha256"):
            digest = hashlib.new(kind, text.encode())
            needles |= {digest.digest(), digest.hexdigest().encode(), digest.hexdigest().upper().encode()}
    found = []
    for path in sorted(path for path in home.rglob("*") if path.is_file()):
        content = path.read_bytes()
        found += [f"{path.relative_to(home)}: {needle!r}" for needle in sorted(needles) if needle in content]
    return found


def dump(home: Path) -> str:
    connection = sqlite3.connect(home / "dsar.db")
    try:
        return "\n".join(connection.iterdump())
    finally:
        connection.close()


class TestForgetting:
    def test_nothing_personal_is_left_anywhere(self, office: Workspace, home: Path) -> None:
        number = closed(office, "ann")
        assert len({line.partition(":")[0] for line in traces(home)}) >= 3
        planned(office)
        done = purge.carry_out(office, 1, by(local(RIPE, 11)))
        assert done.cases == (number,)
        assert done.files >= 2
        office.ledger.close()
        assert traces(home) == []
        text = dump(home)
        assert "Ann" not in text
        assert "person.example" not in text
        assert "4155550123" not in text

    def test_the_facts_stay_and_check(self, office: Workspace) -> None:
        number = closed(office, "ann")
        before = office.ledger.entries_count()
        planned(office)
        purge.carry_out(office, 1, by(local(RIPE, 11)))
        assert office.ledger.entries_count() == before
        assert office.ledger.audit() == []
        assert office.ledger.case(number).closed
        assert purge.ripe(office, RIPE) == ()

    def test_other_cases_are_untouched(self, office: Workspace, home: Path) -> None:
        ann = closed(office, "ann")
        bob = opened(office, local(DAY, 12), "bob")
        outbox.send(office, bob, "acknowledgement", by(local(DAY, 12)))
        kept = [(one.kind, one.value) for one in office.ledger.kept(bob)]
        planned(office)
        purge.carry_out(office, 1, by(local(RIPE, 11)))
        assert [(one.kind, one.value) for one in office.ledger.kept(bob)] == kept
        files = [path.read_bytes() for path in (home / "outbox").glob("*.eml")]
        assert sum(b"bob@person.example" in eml for eml in files) == 1
        assert not any(EMAIL.encode() in eml for eml in files)
        assert not (home / "cases" / ann).exists()

    def test_only_what_is_due(self, office: Workspace) -> None:
        closed(office, "ann")
        assert purge.ripe(office, RIPE - timedelta(days=30)) == ()
        assert len(purge.ripe(office, RIPE)) == 1
        assert purge.ripe(office, RIPE, months=25) == ()
        with pytest.raises(InputWrong, match="Nothing to purge"):
            purge.make_plan(office, by(local(DAY, 12)))


class TestTwoPeople:
    def test_without_a_yes_nothing_goes(self, office: Workspace) -> None:
        number = closed(office, "ann")
        plan = purge.make_plan(office, by(local(RIPE, 9)))
        with pytest.raises(Refused, match="nobody has approved") as refused:
            purge.carry_out(office, 1, by(local(RIPE, 10)))
        assert plan.fingerprint in refused.value.hint
        assert office.ledger.kept(number)

    def test_not_the_one_who_made_it(self, office: Workspace) -> None:
        closed(office, "ann")
        plan = purge.make_plan(office, by(local(RIPE, 9), "mick"))
        with pytest.raises(Refused, match="somebody else must approve") as refused:
            purge.approve(office, plan.fingerprint, by(local(RIPE, 10), "mick"))
        assert "Dee Deputy" in refused.value.hint

    def test_exactly_this_list(self, office: Workspace) -> None:
        closed(office, "ann")
        purge.make_plan(office, by(local(RIPE, 9)))
        with pytest.raises(Refused, match="not that one"):
            purge.approve(office, "0" * 10, by(local(RIPE, 10), "mick"))

    def test_seventy_two_hours(self, office: Workspace) -> None:
        closed(office, "ann")
        planned(office)
        with pytest.raises(Refused, match="older than 72 hours"):
            purge.carry_out(office, 1, by(local(RIPE + timedelta(days=4), 9)))

    def test_the_number_is_typed_on_purpose(self, office: Workspace) -> None:
        number = closed(office, "ann")
        planned(office)
        with pytest.raises(Refused, match="you confirmed 2"):
            purge.carry_out(office, 2, by(local(RIPE, 11)))
        assert office.ledger.kept(number)

    def test_single_use(self, office: Workspace) -> None:
        closed(office, "ann")
        planned(office)
        purge.carry_out(office, 1, by(local(RIPE, 11)))
        assert purge.carry_out(office, 1, by(local(RIPE, 12))).already
        with pytest.raises(InputWrong, match="no purge plan"):
            purge.approve(office, "1" * 10, by(local(RIPE, 12), "mick"))

    def test_reopened_since_the_plan(self, office: Workspace) -> None:
        number = closed(office, "ann")
        planned(office)
        ending.reopen(office, number, "she wrote again", by(local(RIPE, 10)))
        with pytest.raises(Refused, match="open again"):
            purge.carry_out(office, 1, by(local(RIPE, 11)))
        assert office.ledger.kept(number)

    def test_approvers_are_told_of_a_plan_that_waits(self, office: Workspace, box: desk.Box) -> None:
        closed(office, "ann")
        purge.make_plan(office, by(local(RIPE, 9), "dee"))
        vars(office)["transport"] = box
        tuesday = RIPE + timedelta(days=1)
        remind.remind(office, by(local(tuesday, 10)), local(tuesday, 10))
        assert sorted(desk.to(mail) for mail in box.mails) == ["dora", "mick"]
        assert "dsar purge --approve" in desk.body(box.mails[0])


class TestCutShort:
    def test_a_purge_that_stopped_is_finished_by_the_same_command(self, office: Workspace, home: Path) -> None:
        first, second = closed(office, "ann"), closed(office, "bea")
        planned(office)
        # something in the way of the second case: the first one's files are gone, its rows are not
        folder = home / "cases" / second
        moved = home / "cases" / "elsewhere"
        folder.rename(moved)
        folder.symlink_to(moved)
        with pytest.raises(Refused, match="is a link"):
            purge.carry_out(office, 2, by(local(RIPE, 11)))
        assert not (home / "cases" / first).exists()
        assert office.ledger.kept(first)
        with pytest.raises(Refused, match="begun and not finished"):
            purge.make_plan(office, by(local(RIPE, 12)))
        folder.unlink()
        moved.rename(folder)
        # what was begun may be finished later than 72 hours
        done = purge.carry_out(office, 2, by(local(RIPE + timedelta(days=5), 9)))
        assert done.cases == (first, second)
        assert traces(home) == []


class TestRestoring:
    def test_an_older_backup_forgets_again(self, office: Workspace, home: Path) -> None:
        number = closed(office, "ann")
        backup = upkeep.backup(office, None, by(local(DAY, 20)))
        planned(office)
        done = purge.carry_out(office, 1, by(local(RIPE, 11)))
        assert done.copies == (f"backups/{backup.path.name}",)
        back = upkeep.restore(office, backup.path, by(local(RIPE, 12)))
        assert (back.forgotten, back.checked.faults) == ((number,), ())
        with Ledger.open(back.target) as restored:
            assert restored.kept(number) == []
            assert restored.is_purged(number)
            assert restored.audit() == []
        backup.path.unlink()
        office.ledger.close()
        assert traces(home) == []

    def test_so_does_one_from_before_the_case_was_closed(self, office: Workspace) -> None:
        number = opened(office, local(DAY, 9), "ann")
        backup = upkeep.backup(office, None, by(local(DAY, 9)))
        (claim,) = office.ledger.case(number).claims
        stamp = by(local(DAY, 10))
        office.ledger.record(number, OutcomeReached(claim=claim, outcome=Outcome.WITHDRAWN), by=stamp)
        ending.close(office, number, stamp)
        planned(office)
        purge.carry_out(office, 1, by(local(RIPE, 11)))
        target = office.home / "again.db"
        Ledger.restore(backup.path, target)
        assert purge.replay(office, target) == (number,)
        assert purge.replay(office, target) == ()
        with Ledger.open(target) as restored:
            assert not restored.case(number).closed
            assert restored.kept(number) == []
            assert restored.audit() == []

    def test_a_number_given_to_somebody_else_is_left_alone(self, office: Workspace, tmp_path: Path) -> None:
        closed(office, "ann")
        planned(office)
        purge.carry_out(office, 1, by(local(RIPE, 11)))
        desk.make_desk(tmp_path / "other")
        other = desk.open_desk(tmp_path / "other", desk.Box())
        number = opened(other, local(DAY, 9, 6), "bob")
        other.ledger.close()
        assert purge.replay(office, tmp_path / "other" / "dsar.db") == ()
        with Ledger.open(tmp_path / "other" / "dsar.db") as store:
            assert store.kept(number)

    def test_a_list_that_cannot_be_read_is_told(self, office: Workspace, home: Path) -> None:
        closed(office, "ann")
        (home / "backups" / purge.LOG).write_text("what\n", encoding="utf-8")
        with pytest.raises(InputWrong, match="cannot be read"):
            purge.replay(office, home / "dsar.db")

    def test_the_list_holds_nothing_personal_and_is_private(self, office: Workspace, home: Path) -> None:
        number = closed(office, "ann")
        planned(office)
        purge.carry_out(office, 1, by(local(RIPE, 11)))
        path = home / "backups" / purge.LOG
        (line,) = purge.read_log(path)
        assert (line[0], line[2]) == (number, RIPE.isoformat())
        assert path.stat().st_mode & 0o777 == 0o600


def test_errors_name_no_person(office: Workspace) -> None:
    closed(office, "ann")
    with pytest.raises(DsarError) as refused:
        purge.carry_out(office, 1, by(local(RIPE, 11)))
    assert "Ann" not in str(refused.value)
