"""One run of the reminders: who is told what, once, through crashes, refusals and a second run."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from dsar.case.facts import (
    CaseAssigned,
    ClockMoved,
    ColleagueAsked,
    IdentityProven,
    LetterHandedOver,
    OutcomeReached,
    RecordSetScoped,
)
from dsar.case.stages import Outcome
from dsar.errors import Busy, OutsideDown, Refused
from dsar.ledger.notices import NoticeState
from dsar.letters.transport import AddressRefused, FolderTransport, SendingUnsure
from dsar.workflow import outbox, remind
from dsar.workflow.drafts import draft
from dsar.workspace import Workspace, packaged
from tests.remind import desk
from tests.remind.desk import Box, by, local, opened

# A Tuesday, ten business days before 3 November: the first rung of the acknowledgement has passed at once.
DAY = date(2026, 10, 20)
DUE = DAY + timedelta(days=45)


def run(ws: Workspace, day: date, hour: int = 6, **more: int) -> remind.Reminded:
    now = local(day, hour, **more)
    return remind.remind(ws, by(now), now)


def acknowledged(ws: Workspace, number: str, day: date) -> None:
    """The acknowledgement has left, so that only the answer is due."""
    now = local(day, 12)
    outbox.send(ws, number, "acknowledgement", by(now))


def states(ws: Workspace, kind: str = "due") -> dict[tuple[str, str], NoticeState]:
    return {(one.rung, one.person): one.state for one in ws.ledger.notices.all() if one.kind == kind}


@pytest.fixture
def case(ws: Workspace, box: Box) -> str:
    number = opened(ws, local(DAY, 10), "ann")
    acknowledged(ws, number, DAY)
    box.arrived.clear()
    return number


class TestLadder:
    def test_nothing_before_the_first_rung(self, ws: Workspace, case: str, box: Box) -> None:
        assert run(ws, DUE - timedelta(days=15)).sent == 0
        assert box.arrived == []

    def test_each_rung_once_to_those_on_it(self, ws: Workspace, case: str, box: Box) -> None:
        for back, people in ((14, "olga"), (7, "dee olga"), (3, "dee mick olga"), (1, "dee dora mick olga")):
            box.arrived.clear()
            run(ws, DUE - timedelta(days=back))
            told = sorted(desk.to(mail) for mail in box.mails if case in desk.body(mail))
            assert told == people.split(), back
            run(ws, DUE - timedelta(days=back), 7)
            assert len(box.arrived) == len({mail["Message-ID"] for mail in box.mails})

    def test_the_due_day_waits_for_nine(self, ws: Workspace, case: str, box: Box) -> None:
        run(ws, DUE - timedelta(days=1))
        assert run(ws, DUE, 8).sent == 0
        run(ws, DUE, 9)
        assert sorted(person for rung, person in states(ws) if rung == "due") == ["dee", "dora", "mick", "olga"]

    def test_late_daily_for_three_days_then_mondays(self, ws: Workspace, case: str, box: Box) -> None:
        run(ws, DUE, 9)
        days = []
        for nth in range(1, 20):
            run(ws, DUE + timedelta(days=nth))
            if ("late " + (DUE + timedelta(days=nth)).isoformat(), "mick") in states(ws):
                days.append(DUE + timedelta(days=nth))
        assert days[:3] == [DUE + timedelta(days=nth) for nth in (1, 2, 3)]
        assert days[3:]
        assert {day.weekday() for day in days[3:]} == {0}
        assert ("late " + days[0].isoformat(), "olga") not in states(ws)

    def test_after_downtime_only_the_highest_goes(self, ws: Workspace, case: str, box: Box) -> None:
        run(ws, DUE - timedelta(days=2))
        assert states(ws)[("14d", "olga")] is NoticeState.SUPERSEDED
        assert states(ws)[("7d", "olga")] is NoticeState.SUPERSEDED
        assert [one for one, state in states(ws).items() if state is NoticeState.SENT] == [
            ("3d", person) for person in ("dee", "mick", "olga")
        ]
        assert len(box.arrived) == 3

    def test_without_an_owner_the_next_above_is_told(self, ws: Workspace, box: Box) -> None:
        number = opened(ws, local(DAY, 10), "noone", owner="")
        run(ws, DAY + timedelta(days=1))
        assert {desk.to(mail) for mail in box.mails if number in desk.body(mail)} == {"mick"}

    def test_a_new_owner_is_told_where_things_stand(self, ws: Workspace, case: str, box: Box) -> None:
        run(ws, DUE - timedelta(days=10))
        box.arrived.clear()
        ws.ledger.record(case, CaseAssigned(owner="dee"), by=by(local(DUE - timedelta(days=9), 12)))
        run(ws, DUE - timedelta(days=9), 13)
        assert [desk.to(mail) for mail in box.mails] == ["dee"]

    def test_an_extension_arms_the_ladder_again(self, ws: Workspace, case: str, box: Box) -> None:
        run(ws, DUE - timedelta(days=3))
        now = local(DUE - timedelta(days=2), 12)
        (claim,) = ws.ledger.case(case).claims
        ws.ledger.record(case, ClockMoved(kind="extended", on=now.date(), claim=claim), by=by(now))
        box.arrived.clear()
        assert run(ws, DUE).sent == 0
        run(ws, DUE + timedelta(days=31))
        again = [one for one in ws.ledger.notices.all(case) if one.due_on == DUE + timedelta(days=45)]
        assert [(one.rung, one.person, one.state) for one in again] == [("14d", "olga", NoticeState.SENT)]

    def test_what_was_closed_before_the_digest_sends_nothing(self, ws: Workspace, case: str, box: Box) -> None:
        opened(ws, local(DAY, 10), "zoe")
        assert run(ws, DAY, 11).sent == 1
        # the day's digest is out, so what is opened now waits until tomorrow
        other = opened(ws, local(DAY, 12), "bob")
        assert run(ws, DAY, 13).sent == 0
        (waiting,) = ws.ledger.notices.waiting()
        assert (waiting.case, waiting.state) == (other, NoticeState.QUEUED)
        (claim,) = ws.ledger.case(other).claims
        ended = OutcomeReached(claim=claim, outcome=Outcome.OPENED_IN_ERROR)
        ws.ledger.record(other, ended, by=by(local(DAY, 14)))
        box.arrived.clear()
        assert run(ws, DAY + timedelta(days=1)).cancelled == 1
        assert box.arrived == []


class TestDigest:
    def test_one_mail_a_person_and_day_whatever_there_is(self, ws: Workspace, box: Box) -> None:
        numbers = [opened(ws, local(DAY, 10), name) for name in ("ann", "bob", "cyd")]
        for hour in range(11, 19):
            run(ws, DAY, hour)
        assert len(box.arrived) == 1
        assert all(number in desk.body(box.mails[0]) for number in numbers)

    def test_what_cannot_wait_leaves_on_its_own(self, ws: Workspace, case: str, box: Box) -> None:
        opened(ws, local(DUE - timedelta(days=1), 5), "bob")
        run(ws, DUE, 6)
        box.arrived.clear()
        run(ws, DUE, 9)
        mine = [mail for mail in box.mails if desk.to(mail) == "olga"]
        assert len(mine) == 1
        assert mine[0]["Subject"].startswith("[dsar] 2 due today")
        assert "DSAR-2026-0002" not in desk.body(mine[0])

    def test_the_text(self, ws: Workspace, case: str, box: Box) -> None:
        run(ws, DUE - timedelta(days=7))
        (mail,) = [mail for mail in box.mails if desk.to(mail) == "dee"]
        lines = desk.body(mail).splitlines()
        assert mail["Subject"] == "[dsar] 1 due this week (Fri 27 Nov)"
        assert lines[0].split() == ["7", "DAYS", case, "access", "CCPA", "Fri", "4", "Dec", "Olga:", "verify"]
        assert lines[1] == "Do first: dsar verify 1"
        assert lines[2].startswith("Mail: 0 queued, 0 failed. Backup: none yet. Audit: ")
        assert lines[2].endswith(f"head {ws.ledger.head()}.")
        assert mail["Auto-Submitted"] == "auto-generated"

    def test_no_name_or_address_of_a_requester(self, ws: Workspace, case: str, box: Box) -> None:
        run(ws, DUE - timedelta(days=1))
        whole = b"".join(box.arrived).decode()
        assert "Ann" not in whole
        assert "person.example" not in whole
        (kept,) = {mail.text for mail in ws.ledger.notices.mails() if mail.person == "olga"}
        assert "Ann" not in kept

    def test_mondays_comes_even_when_it_is_empty(self, ws: Workspace, box: Box) -> None:
        monday = date(2026, 11, 23)
        run(ws, monday - timedelta(days=1))
        assert box.arrived == []
        run(ws, monday)
        run(ws, monday, 10)
        assert sorted(desk.to(mail) for mail in box.mails) == ["dee", "dora", "mick", "olga"]
        assert {mail["Subject"] for mail in box.mails} == {"[dsar] nothing due (Mon 23 Nov)"}


class TestInternalDates:
    def test_the_colleague_who_was_asked(self, ws: Workspace, case: str, box: Box) -> None:
        now = local(DAY, 12)
        facts = (
            IdentityProven(level=2, method="account_login"),
            RecordSetScoped(source="door", record_set="log", role="controller", asks=True),
            ColleagueAsked(source="door", record_set="log", who="carl", due_on=DAY + timedelta(days=10)),
        )
        ws.ledger.record(case, *facts, by=by(now))
        told = {}
        for nth in range(1, 12):
            box.arrived.clear()
            run(ws, DAY + timedelta(days=nth))
            people = sorted(desk.to(mail) for mail in box.mails if "door" in desk.body(mail))
            if people:
                told[nth] = people
        # on the Monday in between, those who stand on a rung see it in the digest
        assert told[5] == ["carl"]
        assert "carl" in told[9]
        assert "olga" in told[9]
        assert "dee" in told[10]
        assert [nth for nth in told if "carl" in told[nth]] == [5, 9, 10]

    def test_the_last_day_for_an_extension(self, ws: Workspace, case: str, box: Box) -> None:
        run(ws, DUE - timedelta(days=3))
        (mail,) = [mail for mail in box.mails if desk.to(mail) == "olga"]
        assert desk.to(mail) == "olga"
        assert "you: extend, or answer" in desk.body(mail)
        assert states(ws, "extension") == {("3d", "olga"): NoticeState.SENT}

    def test_a_requester_who_does_not_reply_is_the_owners_to_remind(self, ws: Workspace, case: str, box: Box) -> None:
        now = local(DAY, 13)
        outbox.send(ws, case, "identity", by(now))
        box.arrived.clear()
        run(ws, DAY + timedelta(days=5))
        assert box.arrived == []
        run(ws, DAY + timedelta(days=7))
        (mail,) = box.mails
        assert "dsar letter send 1 reminder" in desk.body(mail)
        box.arrived.clear()
        run(ws, DAY + timedelta(days=14))
        assert [desk.to(mail) for mail in box.mails] == ["olga"]
        assert all(line.kind != "reminder" for line in ws.ledger.case(case).letters.values())


class TestSendingRemindersToRequesters:
    @pytest.fixture
    def sending(self, home: Path, box: Box, reopen: Callable[[], Workspace]) -> Workspace:
        path = home / "dsar.toml"
        path.write_text(path.read_text(encoding="utf-8") + '\n[reminders]\nrequesters = "send"\n', encoding="utf-8")
        # the office's own wording, which repeats why proof is asked for
        ours = (packaged("templates") / "en" / "reminder.md").read_text(encoding="utf-8")
        own = home / "templates" / "en" / "reminder.md"
        own.parent.mkdir()
        why = "{% block body %}\n{% for reason in reasons %}\n{{ reason }}\n\n{% endfor %}"
        own.write_text(ours.replace("{% block body %}", why), encoding="utf-8")
        return reopen()

    def test_two_at_most_and_each_once(self, sending: Workspace, box: Box) -> None:
        number = opened(sending, local(DAY, 10), "ann")
        outbox.send(sending, number, "identity", by(local(DAY, 11)))
        for nth in range(1, 40):
            for hour in (6, 12):
                run(sending, DAY + timedelta(days=nth), hour)
        to_her = [mail for mail in box.mails if "ann@person.example" in mail["To"]]
        subjects = [mail["Subject"] for mail in to_her]
        assert subjects[1:] == [f"We still need one thing from you, {number}"] * 2
        sent = [line.sent_on for line in sending.ledger.case(number).letters.values() if line.kind == "reminder"]
        assert sent == [DAY + timedelta(days=7), DAY + timedelta(days=14)]

    def test_what_was_missed_for_long_is_left_to_a_person(self, sending: Workspace, box: Box) -> None:
        number = opened(sending, local(DAY, 10), "ann")
        outbox.send(sending, number, "identity", by(local(DAY, 11)))
        run(sending, DAY + timedelta(days=30))
        assert all(line.kind != "reminder" for line in sending.ledger.case(number).letters.values())


class TestLetters:
    KEY = "DSAR-2026-0001:acknowledgement"

    @pytest.fixture
    def queued(self, ws: Workspace) -> str:
        number = opened(ws, local(DAY, 10), "ann")
        now = local(DAY, 11)
        outbox.queue(ws, number, self.KEY, draft(ws, number, "acknowledgement", by(now)), by(now), by_post=False)
        return number

    def test_a_waiting_letter_leaves_once(self, ws: Workspace, queued: str, box: Box) -> None:
        assert run(ws, DAY, 12).letters == 1
        assert run(ws, DAY, 13).letters == 0
        assert sum("ann@person.example" in mail["To"] for mail in box.mails) == 1

    def test_one_that_waited_too_long_waits_for_a_person(self, ws: Workspace, queued: str, box: Box) -> None:
        done = run(ws, DAY + timedelta(days=4))
        assert done.letters == 0
        assert done.exit_code == 4
        assert done.unsure[0].startswith(self.KEY)
        assert any("dsar outbox retry" in desk.body(mail) or "has waited" in desk.body(mail) for mail in box.mails)
        assert run(ws, DAY + timedelta(days=4), 8).unsure == ()

    def test_an_unsure_one_is_only_shown(self, ws: Workspace, queued: str, box: Box) -> None:
        ws.ledger.record(queued, LetterHandedOver(key=self.KEY), by=by(local(DAY, 11)))
        done = run(ws, DAY, 12)
        assert done.unsure == (
            f"{self.KEY}: may have left already, so it is not sent again. dsar outbox resolve {self.KEY} --sent",
        )
        assert all("ann@person.example" not in mail["To"] for mail in box.mails)
        assert "unsure: was it sent?" in desk.body(box.mails[0])
        again = run(ws, DAY, 13)
        assert (again.unsure, again.exit_code) == ((), 0)

    def test_one_that_is_being_sent_just_now_is_left_alone(self, ws: Workspace, queued: str, box: Box) -> None:
        ws.ledger.record(queued, LetterHandedOver(key=self.KEY), by=by(local(DAY, 12)))
        assert run(ws, DAY, 12).unsure == ()

    def test_a_server_that_is_down_keeps_everything(self, ws: Workspace, queued: str, box: Box) -> None:
        box.before = _raises(OutsideDown("The mail server cannot be reached."))
        done = run(ws, DAY, 12)
        assert (done.exit_code, done.sent, done.letters) == (5, 0, 0)
        assert remind.last_run(ws) is None
        box.before = lambda: None
        done = run(ws, DAY, 13)
        assert (done.exit_code, done.letters) == (0, 1)
        assert remind.last_run(ws) == local(DAY, 13)


def _raises(error: BaseException, *, once: bool = False) -> Callable[[], None]:
    used: list[int] = []

    def stop() -> None:
        if not (once and used):
            used.append(1)
            raise error

    return stop


class TestFailing:
    def test_refused_for_good_is_not_tried_again(self, ws: Workspace, case: str, box: Box) -> None:
        box.before = _raises(AddressRefused("550"))
        done = run(ws, DUE - timedelta(days=14))
        assert (done.exit_code, len(done.failed)) == (4, 1)
        assert "olga@office.example" not in done.failed[0]
        box.before = lambda: None
        assert run(ws, DUE - timedelta(days=14), 7).sent == 0
        assert states(ws)[("14d", "olga")] is NoticeState.FAILED

    def test_for_now_is_tried_in_the_next_hour(self, ws: Workspace, case: str, box: Box) -> None:
        box.before = _raises(OutsideDown("later"))
        assert run(ws, DUE - timedelta(days=14)).exit_code == 5
        assert [mail.state for mail in ws.ledger.notices.mails()] == [NoticeState.QUEUED]
        box.before = lambda: None
        assert run(ws, DUE - timedelta(days=14), 7).sent == 1
        assert len(box.arrived) == 1

    def test_down_for_days_then_one_mail_with_the_highest(self, ws: Workspace, case: str, box: Box) -> None:
        box.before = _raises(OutsideDown("down"))
        for back in (14, 12, 7):
            run(ws, DUE - timedelta(days=back))
        box.before = lambda: None
        run(ws, DUE - timedelta(days=5))
        mine = [mail for mail in box.mails if desk.to(mail) == "olga"]
        assert len(mine) == 1
        assert states(ws)[("14d", "olga")] is NoticeState.SUPERSEDED
        assert states(ws)[("7d", "olga")] is NoticeState.SENT

    def test_an_unsure_mail_to_staff_is_sent_again_as_the_same(self, ws: Workspace, case: str, box: Box) -> None:
        box.after = _raises(SendingUnsure("line broke"), once=True)
        assert run(ws, DUE - timedelta(days=14)).exit_code == 5
        assert run(ws, DUE - timedelta(days=14), 7).sent == 1
        assert len(box.arrived) == 2
        assert box.arrived[0] == box.arrived[1]

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_a_crash_around_the_hand_over(
        self, ws: Workspace, case: str, box: Box, when: str, reopen: Callable[[], Workspace]
    ) -> None:
        setattr(box, when, _raises(desk.Crash(), once=True))
        with pytest.raises(desk.Crash):
            run(ws, DUE - timedelta(days=14))
        again = reopen()
        assert run(again, DUE - timedelta(days=14), 7).sent == 1
        assert len({mail["Message-ID"] for mail in box.mails}) == 1
        assert run(again, DUE - timedelta(days=14), 8).sent == 0

    def test_half_sent_and_closed_meanwhile_is_not_sent_again(
        self, ws: Workspace, case: str, box: Box, reopen: Callable[[], Workspace]
    ) -> None:
        box.before = _raises(desk.Crash(), once=True)
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
        box.after = _raises(desk.Crash(), once=True)

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
        from dataclasses import replace

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

    def test_the_heartbeat(self, ws: Workspace, case: str) -> None:
        now = local(DAY, 12)
        assert "never run" in remind.heartbeat_warning(ws, now)
        assert remind.check(ws, now)[0] is False
        run(ws, DAY, 12)
        assert remind.heartbeat_warning(ws, now + timedelta(hours=26)) == ""
        assert remind.check(ws, now + timedelta(hours=26)) == (True, "The last good run of reminders was 1 day ago.")
        assert "1 day ago" in remind.heartbeat_warning(ws, now + timedelta(hours=27))
        assert remind.check(ws, now + timedelta(hours=27))[0] is False

    def test_a_desk_without_cases_is_not_nagged(self, ws: Workspace) -> None:
        assert remind.heartbeat_warning(ws, local(DAY, 12)) == ""
