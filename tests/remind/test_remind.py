"""One run: mails to staff through crashes, refusals and a second run; dry runs and the heartbeat."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dsar.case.facts import (
    OutcomeReached,
)
from dsar.case.stages import Outcome
from dsar.errors import Busy, OutsideDown, Refused
from dsar.ledger.notices import NoticeState
from dsar.letters.transport import AddressRefused, FolderTransport, SendingUnsure
from dsar.workflow import heartbeat, remind
from dsar.workspace import Workspace
from tests.remind import desk
from tests.remind.desk import DAY, DUE, Box, by, local, opened, raises, run, states


class TestFailing:
    def test_refused_for_good_is_not_tried_again(self, ws: Workspace, case: str, box: Box) -> None:
        box.before = raises(AddressRefused("550"))
        done = run(ws, DUE - timedelta(days=14))
        assert (done.exit_code, len(done.failed)) == (4, 1)
        assert "olga@office.example" not in done.failed[0]
        box.before = lambda: None
        assert run(ws, DUE - timedelta(days=14), 7).sent == 0
        assert states(ws)[("14d", "olga")] is NoticeState.FAILED

    def test_for_now_is_tried_in_the_next_hour(self, ws: Workspace, case: str, box: Box) -> None:
        box.before = raises(OutsideDown("later"))
        assert run(ws, DUE - timedelta(days=14)).exit_code == 5
        assert [mail.state for mail in ws.ledger.notices.mails()] == [NoticeState.QUEUED]
        box.before = lambda: None
        assert run(ws, DUE - timedelta(days=14), 7).sent == 1
        assert len(box.arrived) == 1

    def test_down_for_days_then_one_mail_with_the_highest(self, ws: Workspace, case: str, box: Box) -> None:
        box.before = raises(OutsideDown("down"))
        for back in (14, 12, 7):
            run(ws, DUE - timedelta(days=back))
        box.before = lambda: None
        run(ws, DUE - timedelta(days=5))
        mine = [mail for mail in box.mails if desk.to(mail) == "olga"]
        assert len(mine) == 1
        assert states(ws)[("14d", "olga")] is NoticeState.SUPERSEDED
        assert states(ws)[("7d", "olga")] is NoticeState.SENT
        # the mails of the days before are given up, not left waiting for ever
        assert {mail.state for mail in ws.ledger.notices.mails() if mail.day < DUE - timedelta(days=5)} == {
            NoticeState.CANCELLED
        }

    def test_an_unsure_mail_to_staff_is_sent_again_as_the_same(self, ws: Workspace, case: str, box: Box) -> None:
        box.after = raises(SendingUnsure("line broke"), once=True)
        assert run(ws, DUE - timedelta(days=14)).exit_code == 5
        assert run(ws, DUE - timedelta(days=14), 7).sent == 1
        assert len(box.arrived) == 2
        assert box.arrived[0] == box.arrived[1]

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_a_crash_around_the_hand_over(
        self, ws: Workspace, case: str, box: Box, when: str, reopen: Callable[[], Workspace]
    ) -> None:
        setattr(box, when, raises(desk.Crash(), once=True))
        with pytest.raises(desk.Crash):
            run(ws, DUE - timedelta(days=14))
        again = reopen()
        assert run(again, DUE - timedelta(days=14), 7).sent == 1
        assert len({mail["Message-ID"] for mail in box.mails}) == 1
        assert run(again, DUE - timedelta(days=14), 8).sent == 0

    def test_half_sent_and_closed_meanwhile_is_not_sent_again(
        self, ws: Workspace, case: str, box: Box, reopen: Callable[[], Workspace]
    ) -> None:
        box.before = raises(desk.Crash(), once=True)
        with pytest.raises(desk.Crash):
            run(ws, DUE - timedelta(days=14))
        again = reopen()
        (claim,) = again.ledger.case(case).claims
        now = local(DUE - timedelta(days=14), 6, 30)
        again.ledger.record(case, OutcomeReached(claim=claim, outcome=Outcome.OPENED_IN_ERROR), by=by(now))
        done = run(again, DUE - timedelta(days=14), 7)
        assert (done.sent, done.cancelled) == (0, 1)
        assert box.arrived == []

    def test_into_a_folder_the_same_mail_is_one_file(self, home: Path, reopen: Callable[[], Workspace]) -> None:
        ws = reopen()
        opened(ws, local(DAY, 10), "ann")
        folder = FolderTransport(folder=home / "outbox")
        box = desk.Box()
        box.after = raises(desk.Crash(), once=True)

        class Through(desk.Box):
            def send(self, eml: bytes, *, sender: str, recipients: object) -> str:
                folder.send(eml, sender=sender, recipients=())
                return box.send(eml, sender=sender, recipients=())

        vars(ws)["transport"] = Through()
        with pytest.raises(desk.Crash):
            run(ws, DAY, 12)
        ws = reopen()
        vars(ws)["transport"] = folder
        assert run(ws, DAY, 13).sent == 1
        assert len(list((home / "outbox").glob("*.eml"))) == 1


class TestOneAtATime:
    def test_a_second_run_meanwhile_is_busy(self, ws: Workspace, case: str, box: Box, home: Path) -> None:
        told: list[int] = []

        def meanwhile() -> None:
            other = desk.open_desk(home, desk.Box())
            with pytest.raises(Busy) as busy:
                run(other, DUE - timedelta(days=14))
            told.append(busy.value.exit_code)
            assert busy.value.hint == ""

        box.before = meanwhile
        run(ws, DUE - timedelta(days=14))
        assert told == [75]

    def test_many_threads_tell_once(self, ws: Workspace, case: str, home: Path) -> None:
        ws.ledger.close()
        boxes = [desk.Box() for _ in range(6)]
        gate = threading.Barrier(6)

        def one(box: Box) -> None:
            mine = desk.open_desk(home, box)
            gate.wait()
            try:
                run(mine, DUE - timedelta(days=14))
            except Busy:
                pass
            finally:
                if "ledger" in vars(mine):
                    mine.ledger.close()

        threads = [threading.Thread(target=one, args=(box,)) for box in boxes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(len(box.arrived) for box in boxes) == 1

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, to kill a run in the middle")
    def test_a_killed_run_leaves_no_lock(self, ws: Workspace, case: str, box: Box, home: Path) -> None:
        ws.ledger.close()
        process = multiprocessing.get_context("fork").Process(target=_die, args=(home,))
        process.start()
        process.join()
        assert process.exitcode == 9
        assert (home / remind.LOCK).exists()
        again = desk.open_desk(home, box)
        assert run(again, DUE - timedelta(days=14), 7).sent == 1
        again.ledger.close()


def _die(home: Path) -> None:
    box = desk.Box()
    box.before = lambda: os._exit(9)
    run(desk.open_desk(home, box), DUE - timedelta(days=14))


class TestAround:
    def test_a_dry_run_tells_the_same_and_keeps_nothing(self, ws: Workspace, case: str, box: Box) -> None:
        now = local(DUE - timedelta(days=3), 6)
        first, second = (remind.rehearse(ws, by(now), now) for _ in range(2))
        assert [mail.text for mail in first.mails] == [mail.text for mail in second.mails]
        assert ws.ledger.notices.all() == []
        assert box.arrived == []
        done = run(ws, DUE - timedelta(days=3))
        assert (done.sent, [mail.subject for mail in done.mails]) == (first.sent, [m.subject for m in first.mails])
        assert remind.rehearse(ws, by(now), now).sent == 0

    def test_a_moved_date_sends_nothing_on_a_live_desk(self, ws: Workspace, case: str) -> None:
        now = local(DUE, 12)
        with pytest.raises(Refused, match="date was moved"):
            remind.remind(ws, replace(by(now), moved=True), now)

    def test_without_any_address_it_says_so_once_a_day(self, home: Path, reopen: Callable[[], Workspace]) -> None:
        path = home / "dsar.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text("\n".join(line for line in text.splitlines() if "@office.example" not in line), "utf-8")
        ws = reopen()
        opened(ws, local(DAY, 10), "ann")
        first = run(ws, DAY, 12)
        assert first.exit_code == 4
        assert "no member of staff has an e-mail address" in first.problems[0]
        assert run(ws, DAY, 13).exit_code == 0
        assert run(ws, DAY + timedelta(days=1), 13).exit_code == 4
        # a run that reaches nobody is no good run
        assert heartbeat.last_run(ws) is None

    def test_the_heartbeat(self, ws: Workspace, case: str) -> None:
        def warning(when: datetime) -> str:
            return heartbeat.heartbeat_warning(ws, when, busy=True)

        now = local(DAY, 12)
        assert "never run" in warning(now)
        assert heartbeat.check(ws, now)[0] is False
        run(ws, DAY, 12)
        assert warning(now + timedelta(hours=26)) == ""
        assert heartbeat.check(ws, now + timedelta(hours=26)) == (True, "The last good run of reminders was 1 day ago.")
        assert "1 day ago" in warning(now + timedelta(hours=27))
        assert heartbeat.check(ws, now + timedelta(hours=27))[0] is False

    def test_a_desk_without_cases_is_not_nagged(self, ws: Workspace) -> None:
        assert heartbeat.heartbeat_warning(ws, local(DAY, 12), busy=False) == ""
