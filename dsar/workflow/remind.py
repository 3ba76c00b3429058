"""One run of the reminders: letters that wait, mails to staff, the heartbeat. Any number of runs tell once.

What is due is found in ``remind_duties``, what goes into which mail is decided in ``remind_plan``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from dsar.case.stamp import Stamp
from dsar.errors import InputWrong, OutsideDown, PartlyDone, Refused
from dsar.ledger.notices import Notice, NoticeState, StaffMail
from dsar.letters.address import mail_address
from dsar.letters.transport import AddressRefused, FolderTransport, SendingUnsure
from dsar.workflow.copies import forget_before_images
from dsar.workflow.heartbeat import LAST
from dsar.workflow.remind_digest import to_bytes
from dsar.workflow.remind_ladder import Moment, reach
from dsar.workflow.remind_letters import Letters, deliver_waiting, remind_requesters
from dsar.workflow.remind_lock import only_run
from dsar.workflow.remind_plan import Counts, Watch, people, take, take_again
from dsar.workspace import Workspace

LOCK = ".remind.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """What one run did. Counts are notices; ``letters`` are case letters that left, ``mails`` those to staff.

    ``failed``, ``unsure`` and ``problems`` are sentences for a person; ``down`` says that the mail server is.
    """

    sent: int
    already: int
    superseded: int
    cancelled: int
    letters: int
    failed: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    down: str = ""
    mails: tuple[StaffMail, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 well, 4 something needs a person, 5 the mail server is down and all of it waits."""
        if self.down:
            return OutsideDown.exit_code
        return PartlyDone.exit_code if self.failed or self.unsure or self.problems else 0


@dataclass(slots=True)
class _Run:
    """One run as it goes on."""

    ws: Workspace
    by: Stamp
    watch: Watch
    counts: Counts = field(default_factory=Counts)
    letters: Letters = field(default_factory=Letters)
    mails: list[StaffMail] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def told(self, problems: tuple[str, ...], unsure: tuple[str, ...]) -> Reminded:
        counts = self.counts
        return Reminded(
            sent=counts.sent,
            already=counts.already,
            superseded=counts.superseded,
            cancelled=counts.cancelled,
            letters=self.letters.sent,
            failed=(*self.letters.failed, *self.failed),
            unsure=unsure,
            problems=problems,
            down=self.letters.down,
            mails=tuple(self.mails),
        )


def remind(ws: Workspace, by: Stamp, now: datetime) -> Reminded:
    """Send what is due to be told and was not told yet; hourly, by hand, or twice at once makes no difference.

    ``now`` decides the office's day and hour. Busy if another run holds the lock; Refused on a moved date.
    """
    ws.refuse_moved(by)
    with only_run(ws.home / LOCK, "dsar remind"):
        run = _begin(ws, by, now)
        run.letters = deliver_waiting(ws, by)
        if not run.letters.down:
            run.letters.sent += remind_requesters(ws, run.watch.duties(), by)
        forget_before_images(ws, by)
        unsure = _new_unsure(run)
        obstacle = _obstacle(run)
        problems = _once_a_day(run, obstacle)
        if not obstacle:
            _tell_staff(run)
        if not (obstacle or run.letters.down):
            ws.ledger.set_meta(LAST, by.recorded_at.isoformat())
    return run.told(problems, unsure)


def rehearse(ws: Workspace, by: Stamp, now: datetime) -> Reminded:
    """What ``remind`` would tell staff now; nothing is kept and nothing leaves."""
    run = _begin(ws, by, now)
    with _undone(ws, by):
        obstacle = _obstacle(run)
        for person in people(ws, run.watch.duties()) if not obstacle else ():
            mail = take(run.watch, person, by, run.counts)
            if mail is not None:
                run.mails.append(mail)
                run.counts.sent += len(ws.ledger.notices.of_mail(mail.key))
    return run.told((obstacle,) if obstacle else (), ())


def _begin(ws: Workspace, by: Stamp, now: datetime) -> _Run:
    at = Moment.of(now, ws.config.organisation.zone)
    return _Run(ws, by, Watch(ws=ws, at=at, now=now))


class _Undo(Exception):
    """Leaves a writing block so that nothing of it is kept."""


@contextmanager
def _undone(ws: Workspace, by: Stamp) -> Iterator[None]:
    try:
        with ws.ledger.writing(by, "remind --dry-run"):
            yield
            raise _Undo
    except _Undo:
        return


def _new_unsure(run: _Run) -> tuple[str, ...]:
    """The unsure and held letters that nobody was told of yet; afterwards the owner's digest lists them."""
    if not (run.letters.unsure or run.letters.held):
        return ()
    known = {notice.about for notice in run.ws.ledger.notices.all()}
    unsure = [key for key in run.letters.unsure if f"letter:{key}:sending" not in known]
    held = [key for key in run.letters.held if f"letter:{key}:queued" not in known]
    return (
        *(f"{key}: may have left already, so it is not sent again. dsar outbox resolve {key} --sent" for key in unsure),
        *(f"{key}: has waited so long that a person should look first. dsar outbox retry" for key in held),
    )


def _obstacle(run: _Run) -> str:
    """What keeps every reminder from leaving, as a sentence; "" where nothing does, or there is nothing to tell."""
    ws = run.ws
    if not any(duty.rungs for duty in run.watch.duties()):
        return ""
    if not reach(ws.config):
        return "Nobody can be reminded: no member of staff has an e-mail address. dsar staff set ID --email ADDRESS"
    if not ws.sender:
        return 'Nothing can be sent: this workspace has no sender address. Set email = "..." under [organisation].'
    return ""


def _once_a_day(run: _Run, says: str) -> tuple[str, ...]:
    """The sentence the first time on a local day; cron would mail it every hour."""
    key = f"unreachable:{run.watch.at.day}"
    once = Notice(
        key=key,
        about=key,
        kind="problem",
        case="",
        person="",
        rung="",
        due_on=None,
        state=NoticeState.FAILED,
        day=run.watch.at.day,
    )
    return (says,) if says and run.ws.ledger.notices.take(once, at=run.by.recorded_at) else ()


def _tell_staff(run: _Run) -> None:
    """Every person's mails, the half-sent ones first; after a mail server that is down, the rest waits."""
    for mail in run.ws.ledger.notices.mails(NoticeState.SENDING):
        if run.letters.down:
            return
        again = take_again(run.watch, mail, run.by, run.counts)
        if again is not None:
            _hand_over(run, again)
    for person in people(run.ws, run.watch.duties()):
        if run.letters.down:
            return
        made = take(run.watch, person, run.by, run.counts)
        if made is not None:
            _hand_over(run, made)


def _hand_over(run: _Run, mail: StaffMail) -> None:
    """The effect and its receipt; the intent was committed before."""
    ws = run.ws
    member = ws.config.member(mail.person)
    try:
        if member is None or member.off:
            raise InputWrong(f"{mail.person} is not in the staff list any more.")
        to = mail_address(member.email, member.name)
    except InputWrong as fault:
        run.failed.append(f"{mail.key}: {fault.message}")
        return _settle(run, mail, NoticeState.FAILED)
    try:
        ws.transport.send(to_bytes(ws, mail, member), sender=ws.sender, recipients=[to.email])
    except AddressRefused:
        says = f"the mail server refuses the address of {mail.person}. dsar staff set {mail.person} --email ADDRESS"
        run.failed.append(f"{mail.key}: {says}")
        return _settle(run, mail, NoticeState.FAILED)
    except SendingUnsure:
        # stays "sending"
        run.letters.down = "The line to the mail server broke over a reminder. Staff get it again in the next run."
        return None
    except (OutsideDown, PartlyDone, InputWrong) as down:
        run.letters.down = down.message
        return _settle(run, mail, NoticeState.QUEUED)
    except Refused as refused:
        if not isinstance(ws.transport, FolderTransport):
            run.letters.down = refused.message
            return _settle(run, mail, NoticeState.QUEUED)
        # a file of this key is in the folder already: it left before the crash, in its first wording
    run.mails.append(mail)
    _settle(run, mail, NoticeState.SENT)


def _settle(run: _Run, mail: StaffMail, state: NoticeState) -> None:
    notices, at = run.ws.ledger.notices, run.by.recorded_at
    with run.ws.ledger.writing(run.by, "remind"):
        carried = [one.key for one in notices.of_mail(mail.key) if one.state is NoticeState.SENDING]
        notices.put_mail(replace(mail, state=state), at=at)
        notices.move(carried, state, at=at)
    if state is NoticeState.SENT:
        run.counts.sent += len(carried)
