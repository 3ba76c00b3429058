"""Puts right what a case was opened with: the day of receipt, the address it came to, its rights and laws.

Nothing is changed silently: each change is a fact with its reason, and gives every date before and after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dsar.case.case import Case, Claim
from dsar.case.clocks import answer_clock, calendar_of, rule_of
from dsar.case.facts import (
    ClockMoved,
    DesignationCorrected,
    Fact,
    NoteAdded,
    OutcomeReached,
    ReceivedCorrected,
    ResidenceNoted,
    RuleCorrected,
)
from dsar.case.next import short
from dsar.case.rights import Right, right_named
from dsar.case.stages import Outcome
from dsar.case.stamp import Stamp
from dsar.errors import InputWrong, Refused
from dsar.law.clocks import Clock
from dsar.law.days import said
from dsar.law.model import Rule
from dsar.law.waits import FactKind
from dsar.workflow.openings import Held, Opening, claimed, hold
from dsar.workflow.waiting import day_of
from dsar.workspace import Workspace

FIELDS = ("received", "designated", "forwarded", "again", "dated", "appealed", "residence")
_MOVES = {
    "forwarded": FactKind.FORWARDED,
    "again": FactKind.RECEIVED,
    "dated": FactKind.DATED,
    "appealed": FactKind.APPEAL_RECEIVED,
}
DOES_NOT_APPLY = "does_not_apply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One right's answer clock before and after; None where the right was not, or is no longer, there."""

    claim: str
    before: Clock | None
    after: Clock | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """The case afterwards, every date before and after, and what to look at next; ``already`` when all was so."""

    case: Case
    changes: tuple[Change, ...]
    advice: tuple[str, ...] = ()
    already: bool = False


def put_right(ws: Workspace, number: str, values: Mapping[str, date | bool | str], reason: str, by: Stamp) -> Amended:
    """Record what was wrong or became known; what a date was reckoned from is changed only with a reason.

    ``values`` are of ``FIELDS``: days for received, forwarded, again, dated and appealed, a bool for designated.
    """
    ws.require(by, "editor")
    case = ws.ledger.case(number)
    _refuse_closed(case)
    if {"received", "designated"} & set(values) and not reason.strip():
        raise InputWrong(
            "Not done: this changes what every date is reckoned from, so it needs a reason. Nothing was changed.",
            hint='Add: --reason "the letter lay in the post room since the 2nd"',
        )
    with ws.ledger.writing():
        facts = [fact for name, value in values.items() for fact in _facts(ws, case, name, value, reason, by)]
        after = ws.ledger.record(number, *facts, by=by) if facts else case
    advice = residence_advice(ws, after, str(values["residence"])) if "residence" in values else ()
    return Amended(case=after, changes=_changes(ws, case, after), advice=advice, already=not facts)


def _facts(ws: Workspace, case: Case, name: str, value: date | bool | str, reason: str, by: Stamp) -> Iterable[Fact]:
    if name == "received" and isinstance(value, date):
        return _received(ws, case, value, reason, by)
    if name == "designated" and isinstance(value, bool):
        return _designated(ws, case, value, reason, by)
    if name == "residence":
        return _residence(ws, case, str(value), by)
    assert isinstance(value, date)
    return _moved(case, name, value, by)


def _received(ws: Workspace, case: Case, day: date, reason: str, by: Stamp) -> list[Fact]:
    if day > by.on:
        raise InputWrong(f"Not done: {said(day)} is still to come. Nothing was changed.")
    if day == case.received_on:
        return []
    item = ws.ledger.keep(case.number, "reason", reason, at=by.recorded_at)
    facts: list[Fact] = [ReceivedCorrected(received_on=day, item=item)]
    for claim in _open(case):
        rule, calendar = rule_of(claim, ws.ledger.pinned), calendar_of(claim, ws.ledger.pinned)
        # what a case pinned stays, unless it cannot be reckoned with from that day
        covered = calendar is None or calendar.first_year <= day.year <= calendar.last_year - 2
        if not (rule.in_force.on(day) and covered):
            found = rule if rule.in_force.on(day) else _rule_on(ws, case, claim, day, case.designated)
            facts.append(_held_to(ws, claim, found, day))
    return facts


def _rule_on(ws: Workspace, case: Case, claim: Claim, day: date, designated: bool) -> Rule:
    rule = ws.rules.find(claim.law, claim.right, on=day, designated=designated)
    if not rule.in_force.on(day):
        raise Refused(
            f"Not done: {rule.cite} was not in force on {said(day)}. Nothing was changed.",
            hint=f'Without that right: dsar classify {short(case.number)} --drop {claim.name} --reason "..."',
        )
    return rule


def _held_to(ws: Workspace, claim: Claim, rule: Rule, day: date) -> RuleCorrected:
    made = claimed(ws, Held(right=claim.right, rule=rule), day)
    return RuleCorrected(
        claim=claim.name,
        rule=made.rule,
        rule_version=made.rule_version,
        calendar_version=made.calendar_version,
        proof_level=made.proof_level,
        must_acknowledge=made.must_acknowledge,
    )


def _designated(ws: Workspace, case: Case, designated: bool, reason: str, by: Stamp) -> list[Fact]:
    concerned = [claim for claim in _open(case) if rule_of(claim, ws.ledger.pinned).designated is not None]
    if not concerned:
        raise InputWrong(
            f"Not done: no open right of {case.number} depends on the address it came to. Nothing was changed."
        )
    if designated == case.designated:
        return []
    item = ws.ledger.keep(case.number, "reason", reason, at=by.recorded_at)
    rules = [(claim, _rule_on(ws, case, claim, case.received_on, designated)) for claim in concerned]
    held = [_held_to(ws, claim, rule, case.received_on) for claim, rule in rules]
    return [DesignationCorrected(designated=designated, item=item), *held]


def _moved(case: Case, name: str, day: date, by: Stamp) -> list[Fact]:
    if name == "dated":
        if day > case.received_on:
            raise InputWrong(
                f"Not done: the request came on {said(case.received_on)}, so it cannot be dated {said(day)}. "
                "Nothing was changed."
            )
    else:
        day_of(case, by, day)
    claims = [claim.name for claim in _open(case) if claim.right is Right.APPEAL] if name == "appealed" else [""]
    if not claims:
        raise InputWrong(
            f"Not done: {case.number} holds no appeal. Nothing was changed.",
            hint=f"dsar classify {short(case.number)} --add appeal/LAW",
        )
    known = {(move.kind, move.on, move.claim) for move in case.moves}
    kind = _MOVES[name]
    return [ClockMoved(kind=kind, on=day, claim=claim) for claim in claims if (kind, day, claim) not in known]


def _residence(ws: Workspace, case: Case, place: str, by: Stamp) -> list[Fact]:
    kept = ws.ledger.kept(case.number, "residence")
    if kept and kept[-1].value.decode("utf-8") == place:
        return []
    return [ResidenceNoted(item=ws.ledger.keep(case.number, "residence", place, at=by.recorded_at))]


def residence_advice(ws: Workspace, case: Case, place: str) -> tuple[str, ...]:
    """The commands that would hold the case to the laws of where the person lives; nothing is done by itself."""
    number = short(case.number)
    there = [law for law in ws.laws if _covers(ws, law, place)]
    rights = list(dict.fromkeys(claim.right for claim in _open(case)))
    add = [
        f"dsar classify {number} --add {right}/{law}"
        for law in there
        for right in rights
        if f"{right}/{law}" not in case.claims and _knows(ws, case, right, law)
    ]
    drop = [
        f'dsar classify {number} --drop {claim.name} --reason "lives in {place}"'
        for claim in _open(case)
        if claim.law not in there
    ]
    return (*add, *drop)


def _covers(ws: Workspace, law: str, place: str) -> bool:
    country = place.partition("-")[0]
    return bool({place, country} & set(ws.rules.law(law).jurisdictions))


def _knows(ws: Workspace, case: Case, right: Right, law: str) -> bool:
    try:
        return any(one.rule.law == law and one.right is right for one in _held(ws, case, right, (law,)))
    except InputWrong:
        return False


def classify(ws: Workspace, number: str, add: Sequence[str], drop: Sequence[str], reason: str, by: Stamp) -> Amended:
    """Add a right, or a right under a law, that was missed; end one that was never asked or whose law does not apply.

    What is added counts from the first day of receipt. What is dropped keeps its history, and needs a reason.
    """
    ws.require(by, "editor")
    case = ws.ledger.case(number)
    _refuse_closed(case)
    if drop and not reason.strip():
        raise InputWrong(
            "Not done: dropping a right needs a reason. Nothing was changed.",
            hint='Add: --reason "lives in Texas, not in California"',
        )
    facts: list[Fact] = []
    with ws.ledger.writing():
        for word in add:
            facts += _added(ws, case, word)
        gone = [claim for word in drop if (claim := _dropped(case, word))]
        facts += [OutcomeReached(claim=name, outcome=Outcome.OPENED_IN_ERROR, ground=DOES_NOT_APPLY) for name in gone]
        if facts and reason.strip():
            facts.append(NoteAdded(item=ws.ledger.keep(number, "note", reason, at=by.recorded_at)))
        after = ws.ledger.record(number, *facts, by=by) if facts else case
        if all(claim.outcome is Outcome.OPENED_IN_ERROR for claim in after.claims.values()):
            raise Refused(
                f"Not done: that was the last right of {number}. Nothing was changed.",
                hint=f"Add the right one first (--add), or it was no request: dsar refuse {short(number)} "
                "--opened-in-error",
            )
    return Amended(case=after, changes=_changes(ws, case, after), already=not facts)


def _added(ws: Workspace, case: Case, word: str) -> list[Fact]:
    typed, _, law_word = word.partition("/")
    right = right_named(typed)
    law = ws.rules.law(law_word).id if law_word else ""
    if law and law not in ws.laws:
        raise InputWrong(
            f"Not done: {law} is not among this workspace's laws. Nothing was changed.",
            hint=f'Add "{law}" to laws in dsar.toml',
        )
    laws = (law,) if law else tuple(dict.fromkeys(claim.law for claim in _open(case)))
    held = [one for one in _held(ws, case, right, laws) if not law or one.rule.law == law]
    if not held:
        raise InputWrong(
            f'Not done: {law} knows no right "{right}" on {said(case.received_on)}. Nothing was changed.',
            hint=f"What it knows: dsar law show {law}",
        )
    new = [one for one in held if _is_new(case, f"{one.right}/{one.rule.law}")]
    return [claimed(ws, one, case.received_on) for one in new]


def _held(ws: Workspace, case: Case, right: Right, laws: tuple[str, ...]) -> tuple[Held, ...]:
    opening = Opening(
        received_on=case.received_on,
        channel=case.channel,
        role=case.role,
        language=case.language,
        rights=(right,),
        laws=laws,
        designated=case.designated,
    )
    return hold(ws, opening)


def _is_new(case: Case, name: str) -> bool:
    claim = case.claims.get(name)
    return claim is None or claim.outcome is Outcome.OPENED_IN_ERROR


def _dropped(case: Case, word: str) -> str:
    """The claim a typed word names; "" where it was dropped before."""
    wanted = word.strip().casefold()
    named = [claim for claim in case.claims.values() if claim.name == wanted]
    if not named:
        right = right_named(wanted.partition("/")[0])
        named = [claim for claim in case.claims.values() if claim.right == right and "/" not in wanted]
    if len(named) != 1:
        known = ", ".join(case.claims)
        raise InputWrong(
            f'Not done: {case.number} has {"several rights" if named else "no right"} "{word}". Nothing was changed.',
            hint=f"Its rights: {known}",
        )
    (claim,) = named
    if claim.outcome is not None and claim.outcome is not Outcome.OPENED_IN_ERROR:
        raise Refused(
            f"Not done: {claim.name} has ended already ({claim.outcome.replace('_', ' ')}). Nothing was changed.",
            hint=f"dsar show {short(case.number)}",
        )
    return "" if claim.outcome else claim.name


def _open(case: Case) -> list[Claim]:
    return [claim for claim in case.claims.values() if claim.outcome is None]


def _refuse_closed(case: Case) -> None:
    if case.closed:
        raise Refused(
            f"Not done: {case.number} is closed. Nothing was changed.",
            hint=f'Bring it back first: dsar reopen {short(case.number)} --why "..."',
        )


def _changes(ws: Workspace, before: Case, after: Case) -> tuple[Change, ...]:
    names = dict.fromkeys((*(claim.name for claim in _open(before)), *(claim.name for claim in _open(after))))
    return tuple(Change(claim=name, before=_clock(ws, before, name), after=_clock(ws, after, name)) for name in names)


def _clock(ws: Workspace, case: Case, name: str) -> Clock | None:
    claim = case.claims.get(name)
    return answer_clock(case, claim, ws.ledger.pinned) if claim is not None and claim.outcome is None else None
