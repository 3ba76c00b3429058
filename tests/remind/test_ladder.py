"""Who is told of a date, and on which days: rungs, catching up, digests, and dates of our own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from dsar.case.facts import (
    Approved,
    Approves,
    CaseAssigned,
    ClockMoved,
    ColleagueAsked,
    Decision,
    FindingsDecided,
    IdentityProven,
    OutcomeReached,
    RecordSetScoped,
    RecordSetSearched,
    ReviewFinished,
)
from dsar.case.stages import Outcome
from dsar.config import parse_config
from dsar.ledger.notices import NoticeState
from dsar.workflow import outbox, remind
from dsar.workspace import Workspace
from tests.remind import desk
from tests.remind.desk import DAY, DUE, Box, by, local, opened, run, states


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

    def test_a_review_that_waits_for_its_second_person(self, ws: Workspace, case: str, box: Box) -> None:
        facts = (
            IdentityProven(level=2, method="account_login"),
            RecordSetScoped(source="door", record_set="log", role="controller"),
            RecordSetSearched(source="door", record_set="log", found=1, identifiers=1),
            FindingsDecided(decisions=(("F-0001", Decision.DISCLOSE, ""),)),
            ReviewFinished(digest="ab" * 32, findings=1),
        )
        ws.ledger.record(case, *facts, by=by(local(DAY, 12), "dee"))
        told = {}
        for hours in range(0, 80, 2):
            box.arrived.clear()
            now = local(DAY, 12, 30) + timedelta(hours=hours)
            remind.remind(ws, by(now), now)
            waits = sorted(desk.to(mail) for mail in box.mails if "APPROVE" in desk.body(mail))
            if waits:
                told[hours] = waits
        # a day later the other approvers, then the owner too, then the DPO again; never who made it
        assert told == {24: ["dora", "mick"], 48: ["dora", "mick", "olga"], 72: ["dora", "mick", "olga"]}
        assert "dsar approve 1" in next(iter(ws.ledger.notices.mails())).text

    def test_approved_in_time_nobody_is_told(self, ws: Workspace, case: str, box: Box) -> None:
        facts = (
            IdentityProven(level=2, method="account_login"),
            RecordSetScoped(source="door", record_set="log", role="controller"),
            RecordSetSearched(source="door", record_set="log", found=1, identifiers=1),
            FindingsDecided(decisions=(("F-0001", Decision.DISCLOSE, ""),)),
            ReviewFinished(digest="ab" * 32, findings=1),
        )
        ws.ledger.record(case, *facts, by=by(local(DAY, 12), "dee"))
        yes = Approved(what=Approves.REVIEW, digest="ab" * 32)
        ws.ledger.record(case, yes, by=by(local(DAY, 13), "mick"))
        run(ws, DAY + timedelta(days=2))
        assert box.arrived == []

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


class TestSettings:
    def test_another_ladder(self, home: Path, box: Box, reopen: Callable[[], Workspace]) -> None:
        path = home / "dsar.toml"
        path.write_text(path.read_text("utf-8") + '\n[reminders]\nladder = ["20 manager", "late owner"]\n', "utf-8")
        ws = reopen()
        number = opened(ws, local(DAY, 10), "ann")
        run(ws, DAY, 11)
        assert [desk.to(mail) for mail in box.mails if number in desk.body(mail)] == ["mick"]

    @pytest.mark.parametrize("rung", ["7 boss", "soon owner", "owner", "7", "-1 owner", "0 owner"])
    def test_a_rung_that_is_none_is_told_with_its_line(self, rung: str) -> None:
        (fault,) = parse_config(f'laws = []\n[reminders]\nladder = ["14 owner", "{rung}"]\n')[1]
        assert (fault.line, rung in fault.says) == (3, True)
