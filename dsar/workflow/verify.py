"""Proves who the person is, and that whoever writes for them may: with the least that is enough, and no more.

What is enough, and the most that may be asked, is each rule's own statement in the law data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dsar.case.case import Case, Claim, needs_authority, proven
from dsar.case.clocks import rule_of
from dsar.case.facts import AuthorityProven, ClockMoved, Fact, IdentityFailed, IdentityProven, RecipientChecked
from dsar.case.next import short
from dsar.case.stages import Role
from dsar.case.stamp import Stamp
from dsar.case.waiting import open_since
from dsar.errors import InputWrong, Refused
from dsar.formats.files import read_limited
from dsar.law.days import said
from dsar.law.model import Proof, Rule
from dsar.law.vocabulary import in_words
from dsar.law.waits import FactKind
from dsar.law.words import Method, Trigger
from dsar.workflow.subject import reply_address
from dsar.workflow.waiting import day_of
from dsar.workspace import Workspace

LARGEST_EVIDENCE = 20 * 1024 * 1024

# What a person must hold to have acted for somebody else; the law data says for whom which is enough.
AUTHORITY = {
    Method.AGENT_AUTHORITY: Role.AGENT,
    Method.POWER_OF_ATTORNEY: Role.AGENT,
    **{method: Role.PARENT for method in Method if method.startswith("parent_")},
}


# A declaration goes with matching points, and a permission shows who may act, not who the data subject is.
_NOT_ALONE = frozenset({Method.SIGNED_DECLARATION, Method.AGENT_AUTHORITY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What one right under one law asks before personal data moves."""

    claim: str
    law: str
    level: int
    held: int
    enough: tuple[str, ...]
    never: tuple[str, ...]
    cite: str
    note: str
    proven: bool


def needs(ws: Workspace, number: str) -> tuple[Case, tuple[Need, ...]]:
    """The least proof and its ceiling for every open right of a case."""
    case = ws.ledger.case(number)
    return case, tuple(_need(ws, case, claim) for claim in case.claims.values() if claim.outcome is None)


def _need(ws: Workspace, case: Case, claim: Claim) -> Need:
    rule = rule_of(claim, ws.ledger.pinned)
    proof = rule.proof
    return Need(
        claim=claim.name,
        law=rule.law,
        level=proof.level,
        held=case.proof_level,
        enough=tuple(_words(method, proof) for method in proof.accepted if method not in _NOT_ALONE)
        if proof.level
        else (),
        never=proof.never,
        cite=proof.cite,
        note=proof.note,
        proven=proven(case, claim),
    )


def _words(method: Method, proof: Proof) -> str:
    if method is Method.MATCHING_POINTS and proof.points:
        declared = " and a signed declaration" if proof.declaration else ""
        return f"{method.replace('_', '-')} ({proof.points} points{declared})"
    return method.replace("_", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What somebody showed."""

    method: Method
    points: int = 0
    declaration: bool = False
    evidence: Path | None = None


def method_named(word: str) -> Method:
    """The way of proof a typed word means; InputWrong lists them."""
    try:
        return Method(word.strip().casefold().replace("-", "_"))
    except ValueError:
        listed = ", ".join(method.replace("_", "-") for method in Method)
        raise InputWrong(
            f'Not done: "{word}" is not a way of proof I know. Nothing was changed.', hint=f"The ways are: {listed}."
        ) from None


def confirm(ws: Workspace, number: str, shown: Shown, by: Stamp, *, came_on: date | None = None) -> Case:
    """Record that identity or authority was proven; over-asking is refused before anything is kept.

    ``came_on`` is the day the proof came, where that was before today: a clock that waited for it goes on from there.
    Raises Refused where no right of the case may ask for this, or where it is not enough for any.
    """
    ws.require(by, "editor", "approver")
    ledger = ws.ledger
    case = ledger.case(number)
    rules = [rule_of(claim, ledger.pinned) for claim in case.claims.values() if claim.outcome is None]
    if shown.method in AUTHORITY and AUTHORITY[shown.method] is not Role.AGENT:
        role = Role.PARENT
    else:
        role = case.role if shown.method in AUTHORITY else Role.SELF
    _refuse_over_asking(case, rules, shown.method)
    level = max((_level(rule.proof, shown) for rule in rules), default=0)
    if level == 0 and role is Role.SELF:
        raise Refused(
            "Not done: that is not enough for any right of this case. Nothing was changed.",
            hint=f"Least proof: dsar verify {number}",
        )
    with ledger.writing():
        seal = _seal(ws, number, shown.evidence, by)
        facts = _shown_facts(case, shown, level, role, seal)
        facts += _came(case, by, came_on)
        case = ledger.record(number, *facts, by=by)
        address = reply_address(ws, number) if shown.method is Method.EMAIL_CONTROL else ""
        if address and not any(ledger.findings(number)):
            # no record says otherwise: the address that was answered from is the channel on file
            case = check_recipient(ws, number, address, on_file=True, changed_on=None, by=by)
        return case


def _came(case: Case, by: Stamp, came_on: date | None) -> list[Fact]:
    """That the proof came, for each right that waits for it."""
    waits = [
        (claim.name, since)
        for claim in case.claims.values()
        if claim.outcome is None and (since := open_since(case, claim, Trigger.IDENTITY)) is not None
    ]
    day = day_of(case, by, came_on)
    if came_on is not None and any(day < since for _, since in waits):
        raise InputWrong(
            f"Not done: proof was asked for on {said(max(since for _, since in waits))}, so it cannot have come on "
            f"{said(day)}. Nothing was changed.",
            hint=f"What was asked and when: dsar why {short(case.number)}",
        )
    return [ClockMoved(kind=FactKind.ID_RECEIVED, on=day, claim=name) for name, _ in waits]


def _shown_facts(case: Case, shown: Shown, level: int, role: Role, seal: str) -> list[Fact]:
    facts: list[Fact] = []
    if role is not Role.SELF:
        acting = role if role in (Role.PARENT, Role.EXECUTOR) else Role.AGENT
        facts.append(AuthorityProven(role=acting, method=shown.method, evidence=seal))
    if level:
        facts.append(
            IdentityProven(
                level=level, method=shown.method, points=shown.points, declaration=shown.declaration, evidence=seal
            )
        )
    return facts


def _refuse_over_asking(case: Case, rules: list[Rule], method: Method) -> None:
    if rules and all(rule.proof.level == 0 for rule in rules) and not needs_authority(case):
        raise Refused(
            f"Not done: what {case.number} asks for needs no proof of identity, so none may be asked or kept. "
            "Nothing was changed."
        )
    allowed = {each for rule in rules for each in (*rule.proof.accepted, *rule.proof.ceiling)}
    if method in allowed or (method in AUTHORITY and needs_authority(case)):
        return
    names = ", ".join(sorted({rule.law for rule in rules}))
    raise Refused(
        f"Not done: {method.replace('_', '-')} is more than may be asked here ({names}). Nothing was kept.",
        hint=f"What is enough: dsar verify {case.number}",
    )


def _level(proof: Proof, shown: Shown) -> int:
    """The level that what was shown reaches under this rule."""
    if proof.level == 0 or shown.method in _NOT_ALONE or shown.method not in (*proof.accepted, *proof.ceiling):
        return 0
    if shown.method is not Method.MATCHING_POINTS:
        return proof.level
    if shown.points >= proof.points and (shown.declaration or not proof.declaration):
        return proof.level
    return 1 if shown.points >= 2 else 0


def _seal(ws: Workspace, number: str, evidence: Path | None, by: Stamp) -> str:
    """Keep evidence sealed until the case closes; gives its keyed hash."""
    if evidence is None:
        return ""
    content = read_limited(evidence, LARGEST_EVIDENCE)
    ws.ledger.keep(number, "evidence", content, at=by.recorded_at)
    return ws.ledger.digest(number, content)


def fail(ws: Workspace, number: str, method: Method, by: Stamp) -> Case:
    """Record that the proof offered did not hold."""
    ws.require(by, "editor", "approver")
    return ws.ledger.record(number, IdentityFailed(method=method), by=by)


def check_recipient(ws: Workspace, number: str, address: str, *, on_file: bool, changed_on: object, by: Stamp) -> Case:
    """Record whether an address is a channel on file, and since when."""
    day = changed_on if isinstance(changed_on, date) else None
    known = ws.ledger.case(number).recipients
    fact = RecipientChecked(recipient=ws.ledger.digest(number, address), on_file=on_file, changed_on=day)
    if known.get(fact.recipient) == fact:
        return ws.ledger.case(number)
    return ws.ledger.record(number, fact, by=by)


def points_in_words(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Law codes as words for a screen."""
    return tuple(in_words(code) for code in codes)
