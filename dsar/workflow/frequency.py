"""Notices that one person asks more often than a law obliges to answer; what to make of it, a person decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dsar.case.case import Case
from dsar.case.clocks import rule_of
from dsar.case.identifiers import SEARCHABLE, Identifier, normal_email
from dsar.case.next import short
from dsar.case.rights import Right
from dsar.case.stages import Outcome, Role
from dsar.law.days import add_months
from dsar.law.model import Period, Rule
from dsar.law.words import Unit
from dsar.workflow.subject import reply_address, subject_of
from dsar.workspace import Workspace

YEAR = "calendar year"
_ORDINALS = {2: "second", 3: "third", 4: "fourth", 5: "fifth"}
# Nothing was asked, or nothing was answered: such a request uses up no answer.
_UNCOUNTED = frozenset({Outcome.OPENED_IN_ERROR, Outcome.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A request beyond the number a law obliges to answer; ``earlier`` are the cases counted with it."""

    claim: str
    nth: int
    per: str
    earlier: tuple[str, ...]
    says: str


def flags(ws: Workspace, case: Case) -> tuple[Flag, ...]:
    """Each open right of a case that the same person exercised too often, counted by the day of receipt."""
    open_ = [claim for claim in case.claims.values() if claim.outcome is None]
    held = [(claim.right, rule_of(claim, ws.ledger.pinned)) for claim in open_]
    theirs = own_identifiers(subject_of(ws, case), case.role, reply_address(ws, case.number))
    return repeats(ws, theirs, held, case.received_on, number=case.number)


def own_identifiers(identifiers: Iterable[Identifier], role: Role, address: str) -> tuple[Identifier, ...]:
    """What names the data subject: an agent's own address is on the requests of many people."""
    writes_for_another = role is not Role.SELF and bool(address)
    return tuple(one for one in identifiers if not (writes_for_another and one.value == normal_email(address)))


def repeats(
    ws: Workspace,
    identifiers: Iterable[Identifier],
    held: Sequence[tuple[Right, Rule]],
    received_on: date,
    *,
    number: str = "",
) -> tuple[Flag, ...]:
    """The same for a request with these identifiers, which may not have a case yet."""
    counted = [(right, rule) for right, rule in held if rule.frequency and rule.frequency.times]
    if not counted:
        return ()
    marks = [f"{one.kind}:{one.value}" for one in identifiers if one.kind in SEARCHABLE]
    others = [ws.ledger.case(other) for other in ws.ledger.cases_of_person(marks, closed=True) if other != number]
    before = [one for one in others if not number or (one.received_on, one.number) < (received_on, number)]
    found = (_flag(right, rule, before, received_on, number) for right, rule in counted)
    return tuple(flag for flag in found if flag)


def _flag(right: Right, rule: Rule, others: Sequence[Case], received_on: date, number: str) -> Flag | None:
    often = rule.frequency
    if often is None or often.times is None:
        return None
    name = f"{right}/{rule.law}"
    earlier = [case for case in others if _asked(case, name) and _within(case.received_on, received_on, often.per)]
    nth = len(earlier) + 1
    if nth <= often.times:
        return None
    return Flag(
        claim=name,
        nth=nth,
        per=often.per,
        earlier=tuple(case.number for case in earlier),
        says=_said(name, rule, nth, tuple(case.number for case in earlier), number),
    )


def _asked(case: Case, name: str) -> bool:
    claim = case.claims.get(name)
    return claim is not None and claim.outcome not in _UNCOUNTED


def _within(earlier: date, received_on: date, per: str) -> bool:
    """Whether an earlier request falls into the same period as one received on a day."""
    if earlier > received_on:
        return False
    if per == YEAR:
        return earlier.year == received_on.year
    period = Period.parse(per)
    if period is None or period.unit is not Unit.MONTH:
        return False
    return earlier > add_months(received_on, -period.n)


def _said(name: str, rule: Rule, nth: int, earlier: tuple[str, ...], number: str) -> str:
    often, fee = rule.frequency, rule.fee
    assert often is not None
    which = _ORDINALS.get(nth, f"{nth}th")
    per = f"{'one' if often.per == YEAR else 'the last'} {often.per}"
    case = short(number) if number else "CASE"
    says = f"{name}: the {which} of this person in {per} (after {', '.join(earlier)}). {often.says}"
    if fee and fee.free_count:
        says += f' The free count is passed: a reasonable fee may be charged (dsar fee {case} --charge "...").'
    ground = "excessive" if fee and "excessive" in fee.chargeable_if else "already_answered"
    return f"{says} Refusing it is a person's decision: dsar refuse {case} --ground {ground}"
