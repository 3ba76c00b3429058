"""Records what was asked of the person and when it came, for the rights whose law lets a date wait for it.

What the wait does to a date is the law's business; the letters that ask are composed in ``letters``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dsar.case.case import Case, Claim, told
from dsar.case.clocks import answer_clock, claim_clocks, rule_of
from dsar.case.facts import ClockMoved, Fact
from dsar.case.next import short
from dsar.case.rights import right_named
from dsar.case.stamp import Stamp
from dsar.case.waiting import (
    ANSWERED,
    ASKED,
    MOVES,
    Does,
    Stop,
    Why,
    lapses_on,
    last_answer,
    may_charge,
    open_since,
    stop_of,
    trigger_of,
)
from dsar.errors import InputWrong, Refused
from dsar.law.clocks import Clock, Obligation
from dsar.law.days import said
from dsar.law.model import Rule
from dsar.law.words import Trigger
from dsar.workflow.waiting_words import ASKED_FOR, effect_said, fee_said, refusal
from dsar.workspace import Workspace

_MONEY = re.compile(r"([A-Z]{3})\s*(\d{1,6}(?:[.,]\d{1,2})?)|(\d{1,6}(?:[.,]\d{1,2})?)\s*([A-Z]{3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a command did to the clock of one right: the answer's clock before and after, and why."""

    claim: str
    does: Does
    says: str
    recorded: bool
    before: Clock
    after: Clock
    since: date | None = None
    lapses_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The case afterwards, with every right that was looked at; ``already`` when nothing had to be recorded."""

    case: Case
    on: date
    effects: tuple[Effect, ...]
    already: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One right with what asking does to it."""

    claim: Claim
    rule: Rule
    stop: Stop
    before: Clock


def why_named(word: str) -> Why:
    """What a typed word says is waited for; InputWrong lists the words."""
    folded = word.strip().casefold()
    for why in Why:
        if folded and (why.value.startswith(folded) or folded in _ALSO[why]):
            return why
    raise InputWrong(
        f'Not done: "{word}" is nothing that a clock can wait for. Nothing was changed.'
        if folded
        else "Not done: say what you wait for. Nothing was changed.",
        hint=f"Add: --why {', '.join(Why)}",
    )


_ALSO = {
    Why.IDENTITY: ("id", "proof"),
    Why.CLARIFICATION: ("question", "clarify"),
    Why.FEE: ("cost", "payment"),
}


def pause(ws: Workspace, number: str, why: Why, by: Stamp, *, on: date | None = None, right: str = "") -> Done:
    """Record that something was asked by telephone, post or in person, for the rights whose clock that moves.

    Raises Refused with the law's own reason where it moves none of them, or may not be asked at all.
    """
    ws.require(by, "editor", "approver")
    case = ws.ledger.case(number)
    day = day_of(case, by, on)
    rows = [_asked(ws, case, claim, why, day) for claim in open_claims(case, right)]
    _refuse_pause(ws, case, why, rows)
    return _record_asked(ws, case, why, rows, day, by, those=MOVES)


def charge(ws: Workspace, number: str, amount: str, by: Stamp, *, on: date | None = None, right: str = "") -> Done:
    """Record that a fee was announced to the person, where the law lets one be charged; its amount is a vault row."""
    ws.require(by, "editor", "approver")
    case = ws.ledger.case(number)
    day = day_of(case, by, on)
    rows = [_asked(ws, case, claim, Why.FEE, day) for claim in open_claims(case, right)]
    allowed = [row for row in rows if may_charge(row.rule.fee)]
    if not allowed:
        first = rows[0]
        raise Refused(refusal(ws, first.rule, Why.FEE, _free(first.rule), first.before.due_on))
    _refuse_amount(amount, [row.rule for row in allowed])
    with ws.ledger.writing():
        done = _record_asked(ws, case, Why.FEE, rows, day, by, those=frozenset(Does) - {Does.MAY_NOT_ASK})
        if not done.already:
            ws.ledger.keep(number, "fee", amount.strip(), at=by.recorded_at)
    return done


def _free(rule: Rule) -> Stop:
    return Stop(does=Does.MAY_NOT_ASK, basis=rule.fee.basis if rule.fee else "")


def _refuse_amount(amount: str, rules: Iterable[Rule]) -> None:
    read = _money(amount)
    if read is None:
        raise InputWrong(
            f'Not done: "{amount}" is no amount that I can read. Nothing was recorded.', hint='Write: --charge "EUR 20"'
        )
    for rule in rules:
        cap = _money(rule.fee.cap) if rule.fee else None
        if cap and cap[0] == read[0] and read[1] > cap[1]:
            raise Refused(
                f"Not done: {amount.strip()} is more than the law allows: at most {rule.fee.cap if rule.fee else ''} "
                f"({rule.cite}). Nothing was recorded."
            )


def _money(text: str) -> tuple[str, float] | None:
    found = _MONEY.fullmatch(text.strip())
    if found is None:
        return None
    return found[1] or found[4], float((found[2] or found[3]).replace(",", "."))


def _asked(ws: Workspace, case: Case, claim: Claim, why: Why, day: date) -> _Asked:
    rule = rule_of(claim, ws.ledger.pinned)
    before = answer_clock(case, claim, ws.ledger.pinned)
    stop = stop_of(rule, why, case.received_on)
    if stop.does in MOVES and stop.does is not Does.REFLECTS and before.due_on and day > before.due_on:
        stop = Stop(does=Does.RUNS_ON, basis=f"the period had ended on {said(before.due_on)}")
    return _Asked(claim=claim, rule=rule, stop=stop, before=before)


def _refuse_pause(ws: Workspace, case: Case, why: Why, rows: Sequence[_Asked]) -> None:
    if any(row.stop.does in MOVES for row in rows):
        return
    first = min(rows, key=lambda row: (row.stop.does is Does.MAY_NOT_ASK, row.before.due_on or date.max))
    hint = f'You may extend once: dsar extend {short(case.number)} --why "..."' if _may_extend(ws, case, first) else ""
    raise Refused(refusal(ws, first.rule, why, first.stop, first.before.due_on), hint=hint)


def _may_extend(ws: Workspace, case: Case, row: _Asked) -> bool:
    duties = {clock.obligation for clock in claim_clocks(case, row.claim, ws.ledger.pinned)}
    return Obligation.EXTENDED in duties and row.before.obligation is not Obligation.EXTENDED


def _record_asked(
    ws: Workspace, case: Case, why: Why, rows: Sequence[_Asked], day: date, by: Stamp, *, those: frozenset[Does]
) -> Done:
    facts: list[Fact] = []
    for row in rows:
        if row.stop.does in those and open_since(case, row.claim, trigger_of(row.rule, why)) is None:
            facts.append(ClockMoved(kind=ASKED[why], on=day, claim=row.claim.name))
    after = ws.ledger.record(case.number, *facts, by=by) if facts else case
    recorded = {fact.claim for fact in facts if isinstance(fact, ClockMoved)}
    effects = tuple(_after(ws, after, why, row, recorded=row.claim.name in recorded) for row in rows)
    return Done(case=after, on=day, effects=effects, already=not facts)


def _after(ws: Workspace, case: Case, why: Why, row: _Asked, *, recorded: bool) -> Effect:
    says = effect_said(row.rule, why, row.stop)
    if why is Why.FEE and recorded and fee_said(row.rule):
        says = f"{says}. A fee is allowed {fee_said(row.rule)}"
    return Effect(
        claim=row.claim.name,
        does=row.stop.does,
        says=says,
        recorded=recorded,
        before=row.before,
        after=answer_clock(case, case.claims[row.claim.name], ws.ledger.pinned),
        since=open_since(case, row.claim, trigger_of(row.rule, why)),
        lapses_on=lapses_on(case, row.claim, row.rule) if why is Why.FEE else None,
    )


def resume(
    ws: Workspace, number: str, by: Stamp, *, why: Why | None = None, on: date | None = None, right: str = ""
) -> Done:
    """Record that what was asked has come, on a day; the clocks that waited for it go on from there.

    Raises InputWrong where two things are waited for and nobody says which came, or the day is before the asking.
    """
    ws.require(by, "editor", "approver")
    return _came(ws, number, by, why=why, on=on, right=right, triggers=frozenset(Trigger))


def agreed(ws: Workspace, number: str, by: Stamp, *, paid: bool, on: date | None = None) -> Done:
    """Record that the person paid the fee or, not ``paid``, agreed to share the cost; who pays agrees as well."""
    ws.require(by, "editor", "approver")
    triggers = frozenset(Trigger) if paid else frozenset({Trigger.COST_SHARE})
    return _came(ws, number, by, why=Why.FEE, on=on, right="", triggers=triggers)


def _came(
    ws: Workspace,
    number: str,
    by: Stamp,
    *,
    why: Why | None,
    on: date | None,
    right: str,
    triggers: frozenset[Trigger],
) -> Done:
    case = ws.ledger.case(number)
    day = day_of(case, by, on)
    claims = open_claims(case, right)
    open_: dict[Why, list[tuple[Claim, Trigger, date]]] = {}
    for claim in claims:
        for one in Why if why is None else (why,):
            trigger = trigger_of(rule_of(claim, ws.ledger.pinned), one)
            since = open_since(case, claim, trigger) if trigger in triggers else None
            if since is not None:
                open_.setdefault(one, []).append((claim, trigger, since))
    if not open_:
        return _nothing_open(ws, case, claims, why, on, triggers)
    if len(open_) > 1:
        asked = " and ".join(ASKED_FOR[one] for one in open_)
        raise InputWrong(
            f"Not done: {number} waits for {asked}. Nothing was changed.",
            hint=f"Say which came: dsar resume {short(number)} --why {next(iter(open_))}",
        )
    ((came, rows),) = open_.items()
    latest = max(since for _, _, since in rows)
    if day < latest:
        raise InputWrong(
            f"Not done: {ASKED_FOR[came]} was asked for on {said(latest)}, so it cannot have come on {said(day)}. "
            "Nothing was changed.",
            hint=f"What was asked and when: dsar why {short(number)}",
        )
    facts = [ClockMoved(kind=ANSWERED[trigger], on=day, claim=claim.name) for claim, trigger, _ in rows]
    after = ws.ledger.record(number, *facts, by=by)
    effects = [_resumed(ws, case, after, claim, trigger, day) for claim, trigger, _ in rows]
    return Done(case=after, on=day, effects=tuple(effects))


def _resumed(ws: Workspace, case: Case, after: Case, claim: Claim, trigger: Trigger, day: date) -> Effect:
    why = Why.FEE if trigger in (Trigger.FEE, Trigger.COST_SHARE) else Why(trigger.value)
    rule = rule_of(claim, ws.ledger.pinned)
    stop = stop_of(rule, why, case.received_on)
    lapsed = lapses_on(case, claim, rule) if trigger is Trigger.COST_SHARE else None
    return Effect(
        claim=claim.name,
        does=stop.does,
        says=effect_said(rule, why, stop),
        recorded=True,
        before=answer_clock(case, claim, ws.ledger.pinned),
        after=answer_clock(after, claim, ws.ledger.pinned),
        lapses_on=lapsed if lapsed and day > lapsed else None,
    )


def _nothing_open(
    ws: Workspace, case: Case, claims: Sequence[Claim], why: Why | None, on: date | None, triggers: frozenset[Trigger]
) -> Done:
    came: dict[str, date] = {}
    for claim in claims:
        rule = rule_of(claim, ws.ledger.pinned)
        for one in Why if why is None else (why,):
            trigger = trigger_of(rule, one)
            if trigger in triggers and (day := last_answer(case, claim, trigger)):
                came[claim.name] = max(day, came.get(claim.name, day))
    last = max(came.values(), default=None)
    what = f"no {ASKED_FOR[why].removeprefix('an ').removeprefix('the ')}" if why else "nothing"
    if last is None:
        raise Refused(
            f"Not done: {case.number} waits for {what}: nobody recorded that it was asked. Nothing was changed.",
            hint=_hint_to_ask(case, why),
        )
    if on is not None and on != last:
        undo = f'dsar resume {short(case.number)} --why {why or Why.IDENTITY} --undo --reason "..."'
        raise Refused(
            f"Not done: by the file it came on {said(last)}. Nothing was changed.",
            hint=f"Was that a mistake? {undo}",
        )
    return Done(case=case, on=last, effects=(), already=True)


def _hint_to_ask(case: Case, why: Why | None) -> str:
    number = short(case.number)
    if why is Why.FEE:
        return f'Announce it first: dsar fee {number} --charge "EUR 20"'
    return f"Was it asked by telephone or post? dsar pause {number} --why {why or Why.IDENTITY} --on DATE"


def open_claims(case: Case, right: str = "") -> list[Claim]:
    """The rights that still wait for an answer, or the one of that name; Refused where there is none."""
    if case.closed:
        raise Refused(
            f"Not done: {case.number} is closed. Nothing was changed.",
            hint=f'Bring it back first: dsar reopen {short(case.number)} --why "..."',
        )
    wanted = right.strip().casefold()
    named = "" if not wanted or wanted in case.claims else right_named(wanted)
    owed = [claim for claim in case.claims.values() if claim.outcome is None and not told(case, claim)]
    fits = [claim for claim in owed if not wanted or wanted == claim.name or named == claim.right]
    if not fits:
        raise Refused(
            f"Not done: {case.number} has no open right like that. Nothing was changed.",
            hint=f"dsar show {short(case.number)}",
        )
    return fits


def day_of(case: Case, by: Stamp, on: date | None) -> date:
    """The day something happened: today unless named, never in the future or before the request came."""
    day = on or by.on
    if day > by.on:
        raise InputWrong(f"Not done: {said(day)} is still to come. Nothing was changed.", hint="Leave --on out = today")
    if day < case.received_on:
        raise InputWrong(
            f"Not done: {said(day)} is before {said(case.received_on)}, when the request came. Nothing was changed.",
            hint=f"dsar why {short(case.number)}",
        )
    return day
