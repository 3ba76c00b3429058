"""Writes the mails to staff: plain text, one screen, no names and no addresses of requesters.

Which duties stand in whose mail is decided in ``remind_plan``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from zoneinfo import ZoneInfo

from dsar.case.case import LetterState
from dsar.config import Staff
from dsar.formats.plain import printable
from dsar.ledger.notices import NoticeState, StaffMail
from dsar.letters.address import mail_address
from dsar.letters.mail import message_id
from dsar.workflow.remind_duties import Duty
from dsar.workspace import Workspace

MOST_LINES = 60
WEEK = 7
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WAITS = {"approval": "APPROVE", "requester": "REPLY", "letter": "LETTER", "due": "NO DATE"}


def day_words(on: date, today: date) -> str:
    """A day as people read it: "Fri 27 Nov", with the year where it is not this one."""
    year = f" {on.year}" if on.year != today.year else ""
    return f"{_DAYS[on.weekday()]} {on.day} {_MONTHS[on.month - 1]}{year}"


def subject(lines: Sequence[Duty], today: date) -> str:
    """What the mail is about, in counts: "[dsar] 1 late, 1 due this week (Mon 23 Nov)"."""
    days = [(line.due_on - today).days for line in lines if line.due_on]
    counts = {
        "late": sum(1 for left in days if left < 0),
        "due today": sum(1 for left in days if left == 0),
        "due this week": sum(1 for left in days if 0 < left <= WEEK),
        "coming up": sum(1 for left in days if left > WEEK),
        "waiting for you": sum(1 for line in lines if line.due_on is None and line.kind != "due"),
    }
    told = [f"{count} {words}" for words, count in counts.items() if count]
    return f"[dsar] {', '.join(told) or 'nothing due'} ({day_words(today, today)})"


def text(ws: Workspace, person: str, lines: Sequence[Duty], today: date, now: datetime) -> str:
    """The body of a mail: the lines by date, what to do first, and how the desk is."""
    ordered = sorted(lines, key=lambda line: (line.due_on or date.max, line.case, line.about))
    body = [_line(ws, person, line, today) for line in ordered[:MOST_LINES]]
    if len(ordered) > MOST_LINES:
        body.append(f"and {len(ordered) - MOST_LINES} more: dsar due")
    if not ordered:
        body.append("Nothing is due within two weeks, and nothing waits for you.")
    first = next((line for line in ordered if line.owner == person), ordered[0] if ordered else None)
    if first is not None:
        body.append(f"Do first: {first.command}")
    return "\n".join([*body, footer(ws, now), ""])


def _line(ws: Workspace, person: str, line: Duty, today: date) -> str:
    law = ws.rules.law(line.law).short_name if line.law else ""
    who = "you" if line.owner == person else _name(ws, line.owner)
    says = f"{who}: {line.says}" if who else line.says
    if line.plan_on and line.due_on and line.due_on >= today:
        says += f" (we are shut then: by {day_words(line.plan_on, today)})"
    row = f"{_when(line, today):<8} {line.case:<14}  {line.title:<15} {law:<7} {_date(line, today):<11} {says}"
    return printable(row).rstrip()


def _when(line: Duty, today: date) -> str:
    if line.due_on is None:
        return _WAITS[line.kind]
    left = (line.due_on - today).days
    if left < 0:
        return "LATE"
    return "TODAY" if left == 0 else f"{left} DAY{'S' if left > 1 else ''}"


def _date(line: Duty, today: date) -> str:
    if line.due_on is None:
        return ""
    return f"{(today - line.due_on).days} d late" if line.due_on < today else day_words(line.due_on, today)


def _name(ws: Workspace, staff_id: str) -> str:
    member = ws.config.member(staff_id)
    return (member.name.split(" ")[0] if member and member.name else staff_id) or ""


def footer(ws: Workspace, now: datetime) -> str:
    """How the desk is: the mail queue, the newest backup, the end of the chain, which so lies in many mailboxes."""
    letters = [row.state for row in ws.ledger.outbox()]
    mails = ws.ledger.notices.mail_counts()
    queued = letters.count(LetterState.QUEUED) + mails.get(NoticeState.QUEUED, 0)
    failed = letters.count(LetterState.FAILED) + mails.get(NoticeState.FAILED, 0)
    unsure = letters.count(LetterState.SENDING)
    doubt = f", {unsure} unsure" if unsure else ""
    return (
        f"Mail: {queued} queued, {failed} failed{doubt}. {_backup(ws, now)} "
        f"Audit: {ws.ledger.entries_count():,} entries, head {ws.ledger.head()}."
    )


def _backup(ws: Workspace, now: datetime) -> str:
    times = [path.stat().st_mtime for path in (ws.home / "backups").glob("*.db")]
    if not times:
        return "Backup: none yet."
    at = datetime.fromtimestamp(max(times), tz=ZoneInfo(ws.config.organisation.zone))
    age = now - at
    if age < timedelta(days=1):
        return f"Backup {at:%H:%M} ok."
    return f"Backup {age.days} d old."


def to_bytes(ws: Workspace, mail: StaffMail, member: Staff) -> bytes:
    """The mail as it leaves; its Message-ID is made from the key, so that a second copy is known as one."""
    sender = mail_address(ws.sender, ws.config.organisation.name)
    to = mail_address(member.email, member.name)
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((sender.name, sender.email))
    message["To"] = formataddr((to.name, to.email))
    message["Subject"] = printable(mail.subject)
    message["Date"] = format_datetime(mail.made_at)
    message["Message-ID"] = message_id(mail.key, sender)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, cte="quoted-printable")
    return message.as_bytes()
