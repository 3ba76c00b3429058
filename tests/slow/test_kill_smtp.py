"""Killed while it speaks to a mail server, a letter is never sent twice, and what is unsure waits for a person."""

from __future__ import annotations

import asyncio
import random
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from dsar.case.case import LetterState
from dsar.ledger import Ledger
from dsar.letters.address import mail_address
from dsar.letters.mail import message_id
from tests.slow.desk import SIGKILLED, Desk, after

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

AT_THE_SERVER = ("EHLO", "MAIL", "RCPT", "DATA", "accepted")
ANYWHERE = 7
OK = "250 OK"
SENDER = mail_address("privacy@larkspurconnect.example")


class Postbox:
    """What the mail server does: keeps every letter it accepts, and kills whoever talks to it when told to.

    ``fatal`` names the moment; "accepted" is after the whole letter is here and before the sender hears of it.
    """

    def __init__(self) -> None:
        self.accepted: list[str] = []
        self.fatal = ""
        self._sender: subprocess.Popen[str] | None = None
        self._known = Lock()

    def send(self, desk: Desk, *words: str) -> tuple[int, str]:
        """Run one command that may come to speak with this server; its exit code and what it said."""
        with self._known:
            self._sender = desk.start(*words)
        says, _ = self._sender.communicate()
        return self._sender.returncode, says

    def _perhaps_kill(self, moment: str) -> None:
        if moment == self.fatal:
            with self._known:
                assert self._sender is not None
                self._sender.kill()

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self._perhaps_kill("EHLO")
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        envelope.mail_from = address
        self._perhaps_kill("MAIL")
        return OK

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        envelope.rcpt_tos.append(address)
        self._perhaps_kill("RCPT")
        return OK

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.fatal == "DATA":
            # dies before the server has made up its mind, and the server then does not take the letter
            self._perhaps_kill("DATA")
            return "451 try again"
        assert isinstance(envelope.content, bytes)
        self.accepted.append(str(message_from_bytes(envelope.content)["Message-ID"]))
        self._perhaps_kill("accepted")
        if self.fatal == "hang up":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return OK


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, int]]:
    """A real mail server on this machine, and its port."""
    box = Postbox()
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, port
    finally:
        controller.stop()


@pytest.fixture
def desk(tmp_path: Path, postbox: tuple[Postbox, int]) -> Desk:
    """A desk that sends its letters through that server."""
    desk = Desk.sample(tmp_path / "desk")
    settings = desk.home / "dsar.toml"
    text = settings.read_text(encoding="utf-8")
    over = f'transport = "smtp"\nhost = "127.0.0.1"\nport = {postbox[1]}\nsecurity = "none"'
    assert text.count('transport = "folder"') == 1
    settings.write_text(text.replace('transport = "folder"', over), encoding="utf-8")
    return desk


def open_one(desk: Desk, nth: int) -> str:
    """Open the case of one more invented person; its number as people type it."""
    done = desk.type(
        *("new", "--type", "access", "--law", "ccpa", "--name", f"Person {nth}"),
        *("--email", f"person{nth}@example.com", "--received", "2026-11-20", "--channel", "email"),
    )
    assert done.code == 0, done.says
    return str(nth)


def settle(desk: Desk, box: Postbox, case: str) -> int:
    """What a person does after the crash: type it again, and where it is unsure, look in the sent mail and say so.

    Gives the exit code of the second try.
    """
    again = desk.type("letter", "send", case, "acknowledgement")
    if again.code == 0:
        return 0
    assert again.code == 4, again.says
    assert "I will not send it twice" in again.says
    (unsure,) = desk.json("outbox", "list")["letters"]
    assert unsure["state"] == "sending"
    assert unsure["key"] in again.says
    accepted = list(box.accepted)
    assert desk.type("outbox", "retry").code == 4
    assert box.accepted == accepted
    word = "--sent" if message_id(unsure["key"], SENDER) in accepted else "--resend"
    resolved = desk.type("outbox", "resolve", unsure["key"], word)
    assert resolved.code == 0, resolved.says
    return 4


def all_sent_once(desk: Desk, box: Postbox, letters: int) -> None:
    """Every letter is at the server once, is told as sent, and nothing waits."""
    with Ledger.open(desk.home / "dsar.db", readonly=True) as ledger:
        rows = ledger.outbox()
    assert [row.state for row in rows] == [LetterState.SENT] * letters
    assert Counter(box.accepted) == {message_id(row.key, SENDER): 1 for row in rows}
    assert desk.json("outbox", "list")["letters"] == []
    assert desk.type("audit", "check").code == 0


def test_killed_at_each_word_to_the_server_a_letter_is_there_once(desk: Desk, postbox: tuple[Postbox, int]) -> None:
    box = postbox[0]
    for nth, moment in enumerate(AT_THE_SERVER, start=1):
        case = open_one(desk, nth)
        box.fatal = moment
        code, says = box.send(desk, "letter", "send", case, "acknowledgement")
        box.fatal = ""
        assert code == SIGKILLED, says
        assert len(box.accepted) == (nth if moment == "accepted" else nth - 1)
        assert settle(desk, box, case) == 4
        assert len(box.accepted) == nth
    all_sent_once(desk, box, len(AT_THE_SERVER))


def test_killed_anywhere_a_letter_is_there_once(desk: Desk, postbox: tuple[Postbox, int]) -> None:
    box = postbox[0]
    chance = random.Random(7)
    first = open_one(desk, 1)
    whole = desk.type("letter", "send", first, "acknowledgement").seconds
    killed = 0
    for nth in range(2, ANYWHERE + 2):
        case = open_one(desk, nth)
        ended = desk.run(("letter", "send", case, "acknowledgement"), watch=after(chance.uniform(0.6, 0.95) * whole))
        killed += ended.killed
        settle(desk, box, case)
        assert max(Counter(box.accepted).values()) == 1
    assert killed >= ANYWHERE // 2
    all_sent_once(desk, box, ANYWHERE + 1)


def test_a_line_that_breaks_after_the_letter_is_unsure_and_never_sent_by_itself(
    desk: Desk, postbox: tuple[Postbox, int]
) -> None:
    box = postbox[0]
    case = open_one(desk, 1)
    box.fatal = "hang up"
    code, says = box.send(desk, "letter", "send", case, "acknowledgement")
    box.fatal = ""
    assert code == 4, says
    assert settle(desk, box, case) == 4
    all_sent_once(desk, box, 1)


def test_killed_while_asking_a_colleague_the_question_is_not_told_as_asked(
    desk: Desk, postbox: tuple[Postbox, int]
) -> None:
    box = postbox[0]
    case = open_one(desk, 1)
    assert desk.type("verify", case, "--method", "account-login").code == 0
    box.fatal = "RCPT"
    code, says = box.send(desk, "ask", case, "facilities")
    box.fatal = ""
    assert code == SIGKILLED, says

    again = desk.type("ask", case, "facilities")
    assert again.code == 4, again.says
    assert "I will not send it twice" in again.says
    (unsure,) = desk.json("outbox", "list")["letters"]
    assert desk.type("outbox", "resolve", unsure["key"], "--resend").code == 0
    assert desk.type("ask", case, "facilities").code == 0
    all_sent_once(desk, box, 1)
