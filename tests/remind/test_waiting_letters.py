"""Letters to requesters: reminders where the office wants them, what waits, and what nobody may send twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from dsar.case.facts import (
    LetterHandedOver,
)
from dsar.errors import OutsideDown
from dsar.workflow import heartbeat, outbox
from dsar.workflow.drafts import draft
from dsar.workspace import Workspace, packaged
from tests.remind import desk
from tests.remind.desk import DAY, Box, by, local, opened, raises, run


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
        box.before = raises(OutsideDown("The mail server cannot be reached."))
        done = run(ws, DAY, 12)
        assert (done.exit_code, done.sent, done.letters) == (5, 0, 0)
        assert heartbeat.last_run(ws) is None
        box.before = lambda: None
        done = run(ws, DAY, 13)
        assert (done.exit_code, done.letters) == (0, 1)
        assert heartbeat.last_run(ws) == local(DAY, 13)
