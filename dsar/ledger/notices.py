"""Keeps which reminder was made for whom, and the mails to staff that carry them: one row per key, for ever.

Who is reminded of what, and when, is the workflow's decision. No personal data of requesters is ever in a row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from dsar.ledger import failures
from dsar.ledger.chain import instant_text
from dsar.ledger.store import Store


class NoticeState(StrEnum):
    """Where a notice or its mail is; "sending" was committed before the hand-over, so it may have left."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


WAITING = (NoticeState.QUEUED, NoticeState.SENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One rung for one person. ``about`` names what is due, ``mail`` the key of the mail that carries it."""

    key: str
    about: str
    kind: str
    case: str
    person: str
    rung: str
    due_on: date | None
    state: NoticeState
    day: date
    mail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMail:
    """One plain-text mail to a member of staff; the address is looked up when it leaves."""

    key: str
    person: str
    day: date
    state: NoticeState
    subject: str
    text: str
    made_at: datetime
    tries: int = 0


_NOTICE = "SELECT key, about, kind, case_number, person, rung, due_on, state, day, mail FROM notice"
_MAIL = "SELECT key, person, day, state, subject, body, made_at, tries FROM staff_mail"
_ADD = (
    "INSERT OR IGNORE INTO notice (key, about, kind, case_number, person, rung, due_on, state, day, mail, changed_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_PUT_MAIL = (
    "INSERT INTO staff_mail (key, person, day, state, subject, body, made_at, tries, changed_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
    "state = excluded.state, subject = excluded.subject, body = excluded.body, tries = excluded.tries, "
    "changed_at = excluded.changed_at"
)


class Notices:
    """The reminders of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def take(self, notice: Notice, *, at: datetime) -> bool:
        """Make this notice unless its key was ever used; says whether it is new."""
        row = (
            notice.key,
            notice.about,
            notice.kind,
            notice.case,
            notice.person,
            notice.rung,
            notice.due_on.isoformat() if notice.due_on else None,
            str(notice.state),
            notice.day.isoformat(),
            notice.mail,
            instant_text(at),
        )
        with self._store.writing():
            return self._store.execute(_ADD, row) == 1

    def move(self, keys: Iterable[str], state: NoticeState, *, at: datetime, mail: str | None = None) -> None:
        """Put notices into a state, and into a mail where one is named."""
        with self._store.writing():
            for key in keys:
                self._store.execute(
                    "UPDATE notice SET state = ?, mail = coalesce(?, mail), changed_at = ? WHERE key = ?",
                    (str(state), mail, instant_text(at), key),
                )

    def waiting(self) -> list[Notice]:
        """The notices that are queued or half-sent, the oldest first."""
        return self._read(f"{_NOTICE} WHERE state IN ('queued', 'sending') ORDER BY day, key")

    def of_mail(self, mail: str) -> list[Notice]:
        """The notices that a mail carries."""
        return self._read(f"{_NOTICE} WHERE mail = ? ORDER BY key", (mail,))

    def all(self, case: str | None = None) -> list[Notice]:
        """Every notice ever made, of one case or of all, the oldest first."""
        where = "WHERE case_number = ? " if case is not None else ""
        return self._read(f"{_NOTICE} {where}ORDER BY day, key", (case,) if case is not None else ())

    def used(self, keys: Iterable[str]) -> set[str]:
        """Which of these keys were ever used."""
        sql = "SELECT key FROM notice WHERE key IN (SELECT value FROM json_each(?))"
        return {key for (key,) in self._store.rows(sql, (json.dumps(list(keys)),))}

    def put_mail(self, mail: StaffMail, *, at: datetime) -> None:
        """Keep a mail as it is to leave, or as it now is; its key, person, day and first instant never change."""
        row = (
            mail.key,
            mail.person,
            mail.day.isoformat(),
            str(mail.state),
            mail.subject,
            mail.text,
            instant_text(mail.made_at),
            mail.tries,
            instant_text(at),
        )
        with self._store.writing():
            self._store.execute(_PUT_MAIL, row)

    def mails(self, state: NoticeState | None = None) -> list[StaffMail]:
        """The mails to staff in one state or in any, the oldest first."""
        where, values = ("WHERE state = ? ", (str(state),)) if state else ("", ())
        return [_mail(row) for row in self._store.rows(f"{_MAIL} {where}ORDER BY made_at, key", values)]

    def mail_counts(self) -> dict[NoticeState, int]:
        """How many mails to staff there are in each state."""
        found = self._store.rows("SELECT state, count(*) FROM staff_mail GROUP BY state")
        with failures.understood():
            return {NoticeState(state): count for state, count in found}

    def mails_of(self, person: str, day: date) -> list[StaffMail]:
        """What was made for one person on one local day."""
        found = self._store.rows(f"{_MAIL} WHERE person = ? AND day = ? ORDER BY key", (person, day.isoformat()))
        return [_mail(row) for row in found]

    def _read(self, sql: str, values: tuple[Any, ...] = ()) -> list[Notice]:
        return [_notice(row) for row in self._store.rows(sql, values)]


def _notice(row: Any) -> Notice:
    with failures.understood():
        return Notice(
            key=row[0],
            about=row[1],
            kind=row[2],
            case=row[3],
            person=row[4],
            rung=row[5],
            due_on=date.fromisoformat(row[6]) if row[6] else None,
            state=NoticeState(row[7]),
            day=date.fromisoformat(row[8]),
            mail=row[9],
        )


def _mail(row: Any) -> StaffMail:
    with failures.understood():
        return StaffMail(
            key=row[0],
            person=row[1],
            day=date.fromisoformat(row[2]),
            state=NoticeState(row[3]),
            subject=row[4],
            text=row[5],
            made_at=datetime.fromisoformat(row[6]),
            tries=row[7],
        )
