"""Decides which notices leave in which mail: by keys that are never used twice, never by the clock.

Handing mails over is left to ``remind``; what is due comes from ``remind_duties``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from dsar.case.stamp import Stamp
from dsar.ledger import DueRow
from dsar.ledger.notices import Notice, NoticeState, StaffMail
from dsar.workflow.purge import current_plan
from dsar.workflow.remind_checks import checks
from dsar.workflow.remind_digest import subject, text
from dsar.workflow.remind_duties import Duty, duties
from dsar.workflow.remind_ladder import Moment, Rung, reach
from dsar.workspace import Workspace

_MONDAY = 0
_ON_MONDAYS = {"editor", "approver", "manager", "dpo"}


@dataclass(slots=True, kw_only=True)
class Counts:
    """What became of notices in one run."""

    sent: int = 0
    already: int = 0
    superseded: int = 0
    cancelled: int = 0


@dataclass(slots=True, kw_only=True)
class Watch:
    """What is due at one moment; a case is only looked at again when facts were added to it."""

    ws: Workspace
    at: Moment
    now: datetime
    _cases: dict[str, tuple[int, tuple[Duty, ...]]] = field(default_factory=dict)
    _checks: tuple[int, tuple[Duty, ...]] = (-1, ())

    def duties(self) -> list[Duty]:
        """Every duty of every open case, as the store is now."""
        ledger = self.ws.ledger
        facts = {row.case: row.facts for row in ledger.rows()}
        changed = [number for number, count in facts.items() if self._cases.get(number, (-1,))[0] != count]
        rows: dict[str, list[DueRow]] = {}
        for row in ledger.clock_rows() if changed else ():
            rows.setdefault(row.case, []).append(row)
        for number in changed:
            self._cases[number] = (facts[number], duties(self.ws, number, rows.get(number, ()), self.at, self.now))
        return [
            *_monday(self.ws, self.at),
            *_purge(self.ws, self.at, self.now),
            *self._looking(),
            *(duty for number in facts for duty in self._cases[number][1]),
        ]

    def _looking(self) -> tuple[Duty, ...]:
        """The days to look again, found anew only when facts were added."""
        entries = self.ws.ledger.entries_count()
        if self._checks[0] != entries:
            self._checks = (entries, tuple(checks(self.ws, self.at)))
        return self._checks[1]


def _monday(ws: Workspace, at: Moment) -> list[Duty]:
    """Monday's digest comes even when it is empty: silence must never look like good news."""
    if at.day.weekday() != _MONDAY:
        return []
    people = tuple(member.id for member in reach(ws.config) if _ON_MONDAYS & set(member.roles))
    return [
        Duty(
            about=f"monday:{at.day}",
            kind="monday",
            case="",
            title="",
            law="",
            due_on=None,
            rungs=((Rung(name="monday", day=at.day, roles=()), people),),
            owner="",
            says="",
            command="",
        )
    ]


def _purge(ws: Workspace, at: Moment, now: datetime) -> list[Duty]:
    """A purge plan that waits for its second person longer than the settings allow."""
    plan = current_plan(ws)
    if plan is None or plan.approver or plan.used or plan.expired(now):
        return []
    since = datetime.fromisoformat(plan.made_at) + timedelta(hours=ws.config.reminders.approval_hours)
    approvers = tuple(member.id for member in ws.able(("approver", "dpo"), but=plan.maker) if member.email)
    if now < since:
        return []
    return [
        Duty(
            about=f"purge:{plan.fingerprint}",
            kind="approval",
            case="",
            title="purge plan",
            law="",
            due_on=None,
            rungs=((Rung(name="wait 1", day=at.day, roles=()), approvers),),
            owner=approvers[0] if len(approvers) == 1 else "",
            says=f"approve, or say no ({len(plan.cases)} cases)",
            command=f"dsar purge --approve {plan.fingerprint}",
        )
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One duty for one person: the rungs they stand on that have passed, the lowest first."""

    duty: Duty
    person: str
    rungs: tuple[Rung, ...]

    @property
    def top(self) -> Rung:
        """The highest: the only one that goes out."""
        return self.rungs[-1]

    def key(self, rung: Rung) -> str:
        """What makes a notice one notice."""
        return f"{self.duty.about}|{rung.name}|{self.person}"

    def notice(self, rung: Rung, state: NoticeState, day: date, mail: str = "") -> Notice:
        """The row for one rung."""
        return Notice(
            key=self.key(rung),
            about=self.duty.about,
            kind=self.duty.kind,
            case=self.duty.case,
            person=self.person,
            rung=rung.name,
            due_on=self.duty.due_on,
            state=state,
            day=day,
            mail=mail,
        )


def wanted(found: Iterable[Duty], person: str) -> dict[str, Wanted]:
    """What one person stands on now, by what it is about."""
    mine: dict[str, Wanted] = {}
    for duty in found:
        rungs = tuple(rung for rung, people in duty.rungs if person in people)
        if rungs:
            mine[duty.about] = Wanted(duty=duty, person=person, rungs=rungs)
    return mine


def people(ws: Workspace, found: Iterable[Duty]) -> list[str]:
    """Everybody who stands on a rung or has a notice or mail that waits."""
    on_rungs = {person for duty in found for _, group in duty.rungs for person in group}
    waiting = {notice.person for notice in ws.ledger.notices.waiting()}
    begun = {mail.person for state in (NoticeState.SENDING, NoticeState.QUEUED) for mail in _mails(ws, state)}
    return sorted(on_rungs | waiting | begun)


def _mails(ws: Workspace, state: NoticeState) -> list[StaffMail]:
    return ws.ledger.notices.mails(state)


def take_again(watch: Watch, mail: StaffMail, by: Stamp, counts: Counts) -> StaffMail | None:
    """A mail found half-sent: staff get it again under the same Message-ID, without what no longer holds.

    None if nothing in it holds any more. A rung that was overtaken meanwhile is superseded: the next mail tells more.
    """
    notices, at = watch.ws.ledger.notices, by.recorded_at
    with watch.ws.ledger.writing(by, "remind"):
        found = watch.duties()
        mine = wanted(found, mail.person)
        carried = notices.of_mail(mail.key)
        holds = [one for one in carried if one.about in mine and mine[one.about].key(mine[one.about].top) == one.key]
        gone = [one for one in carried if one not in holds]
        _let_go(watch, gone, mine, at, counts)
        if not holds:
            notices.put_mail(_with(mail, state=NoticeState.CANCELLED), at=at)
            return None
        if gone:
            lines = [duty for duty in found if duty.about in {one.about for one in holds} and duty.kind != "monday"]
            mail = _composed(watch, mail, lines)
        mail = _with(mail, state=NoticeState.SENDING, tries=mail.tries + 1)
        notices.put_mail(mail, at=at)
        return mail


def take(watch: Watch, person: str, by: Stamp, counts: Counts) -> StaffMail | None:
    """The mail this person gets now, committed as "sending"; None if there is nothing (more) to tell today.

    Everything is looked at again inside the transaction: what was answered, closed or extended sends nothing.
    """
    notices, at, today = watch.ws.ledger.notices, by.recorded_at, watch.at.day
    if _all_told(watch, person, counts):
        return None
    with watch.ws.ledger.writing(by, "remind"):
        found = watch.duties()
        mine = wanted(found, person)
        waiting = _own_waiting(watch, person, today, at)
        known = _known(watch, mine)
        news = [one for one in mine.values() if one.key(one.top) not in known or one.key(one.top) in waiting]
        counts.already += len(mine) - len(news)
        _let_go(watch, [waiting[key] for key in waiting if not _still(waiting[key], mine)], mine, at, counts)
        for one in mine.values():
            for rung in (rung for rung in one.rungs[:-1] if one.key(rung) not in known):
                counts.superseded += notices.take(one.notice(rung, NoticeState.SUPERSEDED, today), at=at)
        key, whole = _mail_key(watch, person)
        going = [one for one in news if whole or one.top.urgent]
        for one in news:
            notices.take(one.notice(one.top, NoticeState.QUEUED, today), at=at)
        if not going:
            return None
        lines = [duty for duty in found if duty.seen_by(person)] if whole else [one.duty for one in going]
        mail = StaffMail(
            key=key, person=person, day=today, state=NoticeState.SENDING, subject="", text="", made_at=at, tries=1
        )
        mail = _composed(watch, mail, [duty for duty in lines if duty.kind != "monday"])
        notices.put_mail(mail, at=at)
        notices.move([one.key(one.top) for one in going], NoticeState.SENDING, at=at, mail=key)
        return mail


def _known(watch: Watch, mine: dict[str, Wanted]) -> set[str]:
    return watch.ws.ledger.notices.used(one.key(rung) for one in mine.values() for rung in one.rungs)


def _all_told(watch: Watch, person: str, counts: Counts) -> bool:
    """Whether there is plainly nothing to do for a person, so that most runs write nothing at all."""
    notices = watch.ws.ledger.notices
    mine = wanted(watch.duties(), person)
    waiting = {one.person for one in notices.waiting()} | {mail.person for mail in notices.mails(NoticeState.QUEUED)}
    if person in waiting or len(_known(watch, mine)) < sum(len(one.rungs) for one in mine.values()):
        return False
    counts.already += len(mine)
    return True


def _own_waiting(watch: Watch, person: str, today: date, at: datetime) -> dict[str, Notice]:
    """The queued notices of a person; mails of earlier days that surely did not leave are given up for today's."""
    notices = watch.ws.ledger.notices
    for mail in notices.mails(NoticeState.QUEUED):
        if mail.person == person and mail.day != today:
            notices.put_mail(_with(mail, state=NoticeState.CANCELLED), at=at)
    return {one.key: one for one in notices.waiting() if one.person == person and one.state is NoticeState.QUEUED}


def _still(notice: Notice, mine: dict[str, Wanted]) -> bool:
    one = mine.get(notice.about)
    return one is not None and one.key(one.top) == notice.key


def _let_go(watch: Watch, gone: Sequence[Notice], mine: dict[str, Wanted], at: datetime, counts: Counts) -> None:
    """Notices that will not leave: overtaken by a higher rung, or about something that is no longer due."""
    overtaken = [one.key for one in gone if one.about in mine]
    ended = [one.key for one in gone if one.about not in mine]
    watch.ws.ledger.notices.move(overtaken, NoticeState.SUPERSEDED, at=at)
    watch.ws.ledger.notices.move(ended, NoticeState.CANCELLED, at=at)
    counts.superseded += len(overtaken)
    counts.cancelled += len(ended)


def _mail_key(watch: Watch, person: str) -> tuple[str, bool]:
    """The key of the mail to make now, and whether it is the day's digest.

    One digest a person and local day; after it, further mails carry only what cannot wait until tomorrow.
    """
    key = f"digest:{person}:{watch.at.day}"
    made = watch.ws.ledger.notices.mails_of(person, watch.at.day)
    open_ = {mail.key for mail in made if mail.state is NoticeState.QUEUED}
    used = {mail.key for mail in made} - open_
    if key not in used:
        return key, True
    nth = 2
    while f"{key}:{nth}" in used:
        nth += 1
    return f"{key}:{nth}", False


def _composed(watch: Watch, mail: StaffMail, lines: Sequence[Duty]) -> StaffMail:
    today = watch.at.day
    return _with(mail, subject=subject(lines, today), text=text(watch.ws, mail.person, lines, today, watch.now))


def _with(mail: StaffMail, **changes: object) -> StaffMail:
    return replace(mail, **changes)  # type: ignore[arg-type]
