"""The desk the reminders are tried at: four colleagues in Los Angeles, cases of two laws, a post that may fail."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from pathlib import Path
from zoneinfo import ZoneInfo

from dsar.case.identifiers import identifier
from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.case.stamp import Stamp
from dsar.ledger.notices import NoticeState
from dsar.workflow import openings, remind
from dsar.workflow.openings import Opening
from dsar.workflow.setup import Wishes, make
from dsar.workspace import Workspace

ZONE = ZoneInfo("America/Los_Angeles")
# A Tuesday, ten business days before 3 November: the first rung of the acknowledgement has passed at once.
DAY = date(2026, 10, 20)
DUE = DAY + timedelta(days=45)
STAFF = """
[[staff]]
id = "olga"
name = "Olga Owner"
email = "olga@office.example"
roles = ["editor"]
deputy = "dee"

[[staff]]
id = "dee"
name = "Dee Deputy"
email = "dee@office.example"
roles = ["editor", "approver"]

[[staff]]
id = "mick"
name = "Mick Manager"
email = "mick@office.example"
roles = ["manager", "approver"]

[[staff]]
id = "dora"
name = "Dora Dpo"
email = "dora@office.example"
roles = ["dpo", "approver"]

[[staff]]
id = "carl"
name = "Carl Colleague"
email = "carl@office.example"
roles = ["reader"]
"""
PEOPLE = {"olga@office.example": "olga", "dee@office.example": "dee", "mick@office.example": "mick"} | {
    "dora@office.example": "dora",
    "carl@office.example": "carl",
}


class Crash(BaseException):
    """The computer stops here."""


class Box:
    """Where mails arrive. ``before`` and ``after`` are called around each hand-over and may raise."""

    def __init__(self) -> None:
        self.arrived: list[bytes] = []
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None

    def send(self, eml: bytes, *, sender: str, recipients: Sequence[str]) -> str:
        self.before()
        self.arrived.append(eml)
        self.after()
        return "250 ok"

    @property
    def mails(self) -> list[EmailMessage]:
        return [read(eml) for eml in self.arrived]


def read(eml: bytes) -> EmailMessage:
    message = message_from_bytes(eml, policy=modern)
    assert isinstance(message, EmailMessage)
    return message


def body(mail: EmailMessage) -> str:
    content = mail.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def to(mail: EmailMessage) -> str:
    """The staff id a mail went to."""
    return PEOPLE[mail["To"].addresses[0].addr_spec]


def make_desk(home: Path, *, more: str = "") -> None:
    """A live workspace without sources; letters and mails leave by whatever transport a test hands in."""
    make(home, Wishes(name="Office", email="privacy@office.example", zone="America/Los_Angeles", login="x"))
    path = home / "dsar.toml"
    text = re.sub(r"\n\[\[staff\]\].*", STAFF, path.read_text(encoding="utf-8"), flags=re.DOTALL)
    path.write_text(text + more, encoding="utf-8")


def open_desk(home: Path, box: Box | None = None) -> Workspace:
    """The workspace as a new process opens it."""
    ws = Workspace(home)
    if box is not None:
        vars(ws)["transport"] = box
    return ws


def local(day: date, hour: int, minute: int = 5) -> datetime:
    """An instant by the office's clock."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE).astimezone(UTC)


def by(now: datetime, actor: str = "olga") -> Stamp:
    return Stamp(actor=actor, on=now.astimezone(ZONE).date(), recorded_at=now.astimezone(UTC), place="desk")


def opened(ws: Workspace, now: datetime, name: str, *, owner: str = "olga", law: str = "us-ca-ccpa") -> str:
    """A new access request, received and opened now, given to a member of staff."""
    from dsar.case.facts import CaseAssigned

    mail = identifier("email", f"{name}@person.example")
    assert mail is not None
    number = openings.typed(
        ws,
        Opening(
            received_on=now.astimezone(ZONE).date(),
            channel="email",
            role=Role.SELF,
            language="en",
            rights=(Right.ACCESS,),
            laws=(law,),
            name=f"{name.title()} Person",
            identifiers=(mail,),
            reply_to=f"{name}@person.example",
        ),
        by(now),
    )
    if owner:
        ws.ledger.record(number, CaseAssigned(owner=owner), by=by(now))
    return number


def run(ws: Workspace, day: date, hour: int = 6, **more: int) -> remind.Reminded:
    """One run at this hour of the office's clock."""
    now = local(day, hour, **more)
    return remind.remind(ws, by(now), now)


def states(ws: Workspace, kind: str = "due") -> dict[tuple[str, str], NoticeState]:
    """The notices of a kind, by rung and person."""
    return {(one.rung, one.person): one.state for one in ws.ledger.notices.all() if one.kind == kind}


def raises(error: BaseException, *, once: bool = False) -> Callable[[], None]:
    """Something that stops a hand-over with this error, every time or once."""
    used: list[int] = []

    def stop() -> None:
        if not (once and used):
            used.append(1)
            raise error

    return stop
