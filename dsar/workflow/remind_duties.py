"""What wants attention in a case: open obligations, last days for an extension, answers and approvals that wait.

Each duty comes with the rungs that have passed and who stands on them; what is sent is decided in ``remind_plan``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dsar.case.case import Case, LetterLine, LetterState, Look, proven, told
from dsar.case.clocks import claim_clocks, rule_of
from dsar.case.evolve import fold
from dsar.case.facts import (
    Approves,
    ColleagueAsked,
    LetterFailed,
    LetterHandedOver,
    LetterQueued,
    PlanMade,
    ReviewFinished,
)
from dsar.case.next import short
from dsar.case.rights import TITLES, Right
from dsar.case.waiting import lapses_on
from dsar.law.clocks import Obligation
from dsar.ledger import DueRow, Entry
from dsar.workflow.office import office_of
from dsar.workflow.remind_ladder import DEPUTY, DPO, MANAGER, OWNER, Moment, Rung, passed, standing
from dsar.workspace import Workspace

# a letter handed over a moment ago is most likely being sent by somebody just now
LIVE = timedelta(minutes=10)
MOST_REMINDERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One thing a person should do. ``about`` names it for ever; a new due date makes another one.

    ``rungs`` are those that have passed, the lowest first, each with the staff ids on it. ``plan_on`` is the last
    working day up to ``due_on``, where the office is shut on that day.
    """

    about: str
    kind: str
    case: str
    title: str
    law: str
    due_on: date | None
    rungs: tuple[tuple[Rung, tuple[str, ...]], ...]
    owner: str
    says: str
    command: str
    plan_on: date | None = None

    def seen_by(self, person: str) -> bool:
        """Whether this person's digest lists it: they stand on a rung that has passed, or own it without a date."""
        if self.due_on is None and self.kind == "due":
            return person == self.owner
        return any(person in people for _, people in self.rungs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One open case as it stood at one moment; ``at`` is the office's day and hour then."""

    ws: Workspace
    case: Case
    entries: Sequence[Entry]
    rows: Sequence[DueRow]
    at: Moment
    now: datetime

    @property
    def owner(self) -> str:
        """Who has the case."""
        return self.case.owner

    def on(self, rungs: Sequence[Rung]) -> tuple[tuple[Rung, tuple[str, ...]], ...]:
        """These rungs with the staff on each."""
        return tuple((rung, tuple(standing(self.ws.config, rung.roles, self.owner))) for rung in rungs)


def duties(ws: Workspace, number: str, rows: Sequence[DueRow], at: Moment, now: datetime) -> tuple[Duty, ...]:
    """Everything that wants attention in one open case; ``rows`` are its open obligations."""
    entries = tuple(ws.ledger.history(number))
    case = fold(number, ((entry.fact, entry.actor) for entry in entries))
    if case.closed:
        return ()
    seen = Seen(ws=ws, case=case, entries=entries, rows=rows, at=at, now=now)
    found = [*_obligations(seen), *_extensions(seen), *_lapses(seen), *_asked(seen), *_approvals(seen)]
    return (*found, *_requesters(seen), *_letters(seen))


def _obligations(seen: Seen) -> Iterator[Duty]:
    ladder, office = seen.ws.config.reminders.ladder, office_of(seen.ws)
    for row in seen.rows:
        due_on = row.by_on
        plan_on = office.plan_on(due_on) if due_on else None
        yield Duty(
            about=f"due:{row.case}:{row.claim}:{row.obligation}:{due_on}",
            kind="due",
            case=row.case,
            title=TITLES[Right(row.right)],
            law=row.law,
            due_on=due_on,
            rungs=seen.on(passed(seen.ws.config, ladder, due_on, seen.at, office)) if due_on else (),
            owner=row.owner,
            says=row.next_says,
            command=row.next_command,
            plan_on=plan_on if plan_on != due_on else None,
        )


def _extensions(seen: Seen) -> Iterator[Duty]:
    """The last day on which the notice of an extension may leave, for rights that were not extended yet."""
    case, number = seen.case, seen.case.number
    for claim in case.claims.values():
        extended = any(move.kind == "extended" for move in case.moves if move.claim in ("", claim.name))
        if extended or claim.outcome is not None or told(case, claim):
            continue
        by_duty = {clock.obligation: clock for clock in claim_clocks(case, claim, seen.ws.ledger.pinned)}
        notice = by_duty.get(Obligation.EXTENSION_NOTICE)
        if notice is None or notice.due_on is None or notice.due_on < seen.at.day:
            continue
        office, ladder = office_of(seen.ws), seen.ws.config.reminders.extension_ladder
        plan_on = office.plan_on(notice.due_on)
        rungs = passed(seen.ws.config, ladder, notice.due_on, seen.at, office)
        yield Duty(
            about=f"extension:{number}:{claim.name}:{notice.due_on}",
            kind="extension",
            case=number,
            title="extension",
            law=claim.law,
            due_on=notice.due_on,
            rungs=seen.on(rungs),
            owner=seen.owner,
            says="extend, or answer",
            command=f'dsar extend {short(number)} --why "..."',
            plan_on=plan_on if plan_on != notice.due_on else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A colleague who was asked to look into a source and has not answered yet."""

    source: str
    who: str
    asked_on: date
    due_on: date


def waiting_for(case: Case, entries: Sequence[Entry]) -> Iterator[Waiting]:
    """Whom a case waits for, one line a source; ``entries`` are the case's own."""
    waiting = {line.source: line for line in case.coverage.values() if line.state is Look.ASKED}
    for source, line in waiting.items():
        on = [e.on for e in entries if isinstance(e.fact, ColleagueAsked) and e.fact.source == source]
        if on and line.asked_due_on is not None:
            yield Waiting(source=source, who=line.asked, asked_on=on[-1], due_on=line.asked_due_on)


# (rung, per cent of the colleague's time, who of the colleague's side, who of the case's): those who are told.
_ASKED_STEPS = (
    ("50%", 50, (OWNER,), ()),
    ("90%", 90, (OWNER,), (OWNER,)),
    ("100%", 100, (OWNER, DEPUTY), (OWNER, DEPUTY)),
    ("150%", 150, (OWNER, DEPUTY), (OWNER, DEPUTY, MANAGER)),
    ("200%", 200, (OWNER, DEPUTY), (OWNER, DEPUTY, MANAGER, DPO)),
)


def _lapses(seen: Seen) -> Iterator[Duty]:
    """The day by which an announced share of the cost must be agreed to; without a yes the request is withdrawn."""
    case, number, config = seen.case, seen.case.number, seen.ws.config
    for claim in case.claims.values():
        rule = rule_of(claim, seen.ws.ledger.pinned)
        day = lapses_on(case, claim, rule) if claim.outcome is None else None
        if day is None:
            continue
        over = day < seen.at.day
        yield Duty(
            about=f"lapse:{number}:{claim.name}:{day}",
            kind="lapse",
            case=number,
            title="cost share",
            law=claim.law,
            due_on=day,
            rungs=seen.on(passed(config, config.reminders.extension_ladder, day, seen.at, office_of(seen.ws))),
            owner=seen.owner,
            says="no yes to the cost: withdrawn" if over else "wait: yes to the cost",
            command=f"dsar refuse {short(number)} --withdrawn" if over else f"dsar fee {short(number)} --confirmed",
        )


def _asked(seen: Seen) -> Iterator[Duty]:
    """Colleagues who were asked and have not answered: chased in their time, told higher up when it is over."""
    number = seen.case.number
    for one in waiting_for(seen.case, seen.entries):
        yield Duty(
            about=f"asked:{number}:{one.source}:{one.due_on}",
            kind="asked",
            case=number,
            title=one.source,
            law="",
            due_on=one.due_on,
            rungs=tuple(_asked_rungs(seen, one)),
            owner=one.who,
            says="answer the mail of this case",
            command=f"dsar gather {short(number)} --from {one.source} --file FILE",
        )


def _asked_rungs(seen: Seen, one: Waiting) -> Iterator[tuple[Rung, tuple[str, ...]]]:
    config = seen.ws.config
    for name, percent, theirs, ours in _ASKED_STEPS:
        # whole days, never the day of the asking itself
        days = max(1, (one.due_on - one.asked_on).days * percent // 100)
        day = one.asked_on + timedelta(days=days)
        if day <= seen.at.day:
            people = (*standing(config, theirs, one.who), *(standing(config, ours, seen.owner) if ours else ()))
            yield Rung(name=name, day=day, roles=ours), tuple(dict.fromkeys(people))


def _approvals(seen: Seen) -> Iterator[Duty]:
    """Reviews and plans that wait for a second person for longer than the settings allow."""
    number, config = seen.case.number, seen.ws.config
    hours = timedelta(hours=config.reminders.approval_hours)
    for what, digest, maker, since in _unapproved(seen):
        approvers = tuple(member.id for member in seen.ws.able(("approver",), but=maker) if member.email)
        above = tuple(standing(config, ("owner", "manager"), seen.owner))
        top = tuple(standing(config, ("dpo",), seen.owner))
        groups = (approvers or above, (*approvers, *above), (*approvers, *above, *top))
        rungs = []
        for nth, people in enumerate(groups, start=1):
            if since + nth * hours <= seen.now:
                day = Moment.of(since + nth * hours, config.organisation.zone).day
                rungs.append((Rung(name=f"wait {nth}", day=day, roles=()), tuple(dict.fromkeys(people))))
        if rungs:
            yield Duty(
                about=f"approval:{number}:{what}:{digest[:16]}",
                kind="approval",
                case=number,
                title=what,
                law="",
                due_on=None,
                rungs=tuple(rungs),
                owner=approvers[0] if len(approvers) == 1 else "",
                says="approve, or say no",
                command=f"dsar approve {short(number)}",
            )


def _unapproved(seen: Seen) -> Iterator[tuple[str, str, str, datetime]]:
    """(what, digest, maker, since) of everything that waits for a second person."""
    case = seen.case
    if not any(claim.outcome is None for claim in case.claims.values()):
        return
    plans = {
        plan.digest
        for plan in case.plans.values()
        if plan.needs_approval
        and not plan.started
        and datetime.fromisoformat(plan.expires_at) > seen.now
        and not case.approved(Approves.PLAN, plan.digest)
    }
    latest: dict[str, tuple[str, str, str, datetime]] = {}
    for entry in seen.entries:
        match entry.fact:
            case ReviewFinished(digest=digest):
                if digest == seen.case.reviewed and not seen.case.approved(Approves.REVIEW, digest):
                    latest[digest] = ("review", digest, entry.actor, entry.recorded_at)
            case PlanMade(digest=digest):
                if digest in plans:
                    latest[digest] = ("plan", digest, entry.actor, entry.recorded_at)
    yield from latest.values()


def _requesters(seen: Seen) -> Iterator[Duty]:
    """Requesters who were asked something and have not replied; never where the letter could reach a child."""
    case, number, settings = seen.case, seen.case.number, seen.ws.config.reminders
    asked = unanswered(case)
    if asked is None or asked.sent_on is None or case.about_a_child:
        return
    sent = reminders_of(case, asked)
    days = ((1, settings.first_days), (MOST_REMINDERS, settings.second_days))
    rungs = [
        Rung(name=f"reminder {nth}", day=asked.sent_on + timedelta(days=after), roles=("owner",))
        for nth, after in days
        if sent < nth and asked.sent_on + timedelta(days=after) <= seen.at.day
    ]
    if rungs:
        again = ' --again "second reminder"' if sent else ""
        yield Duty(
            about=f"requester:{number}:{asked.key}:{asked.sent_on}",
            kind="requester",
            case=number,
            title="no reply",
            law="",
            due_on=None,
            rungs=seen.on(rungs),
            owner=seen.owner,
            says=f"remind the requester ({sent} of {MOST_REMINDERS} sent)",
            command=f"dsar letter send {short(number)} reminder{again}",
        )


def unanswered(case: Case) -> LetterLine | None:
    """The last letter that asked the requester something which is still open; None if there is none."""
    found: LetterLine | None = None
    for line in case.letters.values():
        if line.state is not LetterState.SENT or line.sent_on is None:
            continue
        claims = [case.claims[name] for name in line.claims if name in case.claims]
        waiting = [claim for claim in claims if claim.outcome is None]
        replies = {move.kind for move in case.moves if move.on >= line.sent_on}
        no_proof = line.kind == "identity" and "id_received" not in replies
        no_answer = line.kind == "clarification" and "clarification_answered" not in replies
        if (no_proof and any(not proven(case, claim) for claim in waiting)) or (no_answer and waiting):
            found = line
    return found


def reminders_of(case: Case, asked: LetterLine) -> int:
    """How many reminders were made since that letter and did not fail."""
    keys = list(case.letters)
    after = keys[keys.index(asked.key) + 1 :]
    gone = (LetterState.FAILED, LetterState.BOUNCED)
    return sum(1 for key in after if case.letters[key].kind == "reminder" and case.letters[key].state not in gone)


def _letters(seen: Seen) -> Iterator[Duty]:
    """Letters that a person must decide on: unsure, waiting too long, refused, or come back."""
    case, number = seen.case, seen.case.number
    unseen = timedelta(days=seen.ws.config.reminders.unseen_days)
    moved = {entry.fact.key: entry for entry in seen.entries if isinstance(entry.fact, LetterHandedOver | LetterFailed)}
    queued = {entry.fact.key: entry for entry in seen.entries if isinstance(entry.fact, LetterQueued)}
    replaced = {line.kind: key for key, line in case.letters.items()}
    for key, line in case.letters.items():
        last = moved.get(key)
        says, command = "", ""
        if line.state is LetterState.SENDING and last and seen.now - last.recorded_at > LIVE:
            says, command = "unsure: was it sent?", f"dsar outbox resolve {key} --sent (or --resend)"
        elif line.state is LetterState.QUEUED and seen.now - queued[key].recorded_at > unseen:
            says, command = f"has waited over {unseen.days} days", "dsar outbox retry"
        elif line.state in (LetterState.FAILED, LetterState.BOUNCED) and replaced[line.kind] == key:
            if last and isinstance(last.fact, LetterFailed) and last.fact.why == "cancelled":
                continue
            says, command = "did not arrive", f"dsar letter send {short(number)} {line.kind} --by post"
        if says:
            rung = Rung(name=says.split(":")[0], day=seen.at.day, roles=("owner",), urgent=True)
            yield Duty(
                about=f"letter:{key}:{line.state}",
                kind="letter",
                case=number,
                title=line.kind,
                law="",
                due_on=None,
                rungs=seen.on([rung]),
                owner=seen.owner,
                says=says,
                command=command,
            )
