"""Appeals, complaints and reviews of computers' decisions: taken in, decided by a person, and told with the reasons.

The words stand in the templates; sending them is the outbox's business.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from dsar.case.case import Case, Claim, proven
from dsar.case.clocks import answer_clock, rule_of
from dsar.case.facts import AppealMade, ClockMoved, Fact, OutcomeReached, RightRevived
from dsar.case.next import short
from dsar.case.rights import DECIDED, TITLES, Right, right_named
from dsar.case.stages import DECISIONS, Outcome
from dsar.case.stamp import Stamp
from dsar.errors import InputWrong, Refused
from dsar.law.clocks import Clock
from dsar.law.model import Period, Rule
from dsar.law.trail import ends
from dsar.law.waits import FactKind
from dsar.letters import letter as le
from dsar.workflow import keeping
from dsar.workflow.answer import reason_words
from dsar.workflow.openings import Held, claimed
from dsar.workspace import Workspace

# What a person can contest: an end that gave less than was asked for.
CONTESTABLE = frozenset({Outcome.REFUSED, Outcome.GRANTED_IN_PART, Outcome.NOT_VERIFIED, Outcome.NOTHING_HELD})
REASONS = "decision"
LONGEST = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Appealed:
    """An appeal in a case: its rights with their clocks, what it is against, and whether it came late.

    ``late`` says that the law's own window had passed; what to do then is somebody's judgement. ``elsewhere`` tells,
    for the decisions it is not against, where those go instead.
    """

    case: Case
    clocks: tuple[tuple[Claim, Clock], ...]
    against: tuple[str, ...]
    late: str = ""
    elsewhere: tuple[str, ...] = ()
    already: bool = False


def appeal(
    ws: Workspace, number: str, by: Stamp, *, received: date | None = None, right: str = "", file: Path | None = None
) -> Appealed:
    """Take in an appeal against how rights of a case ended; the clock starts on the day it came, a closed case opens.

    Raises Refused where the law gives no appeal to us, naming where a complaint goes.
    """
    ws.require(by, "editor", "approver")
    on = received or by.on
    case = ws.ledger.case(number)
    contested = _contested(ws, case, right)
    _in_time_order(case, contested, on)
    by_law, elsewhere = _by_law(ws, case, contested, on)
    if not by_law:
        raise Refused(f"Not done: {' '.join(elsewhere)} Nothing was changed.", hint=_instead(case, contested))
    open_ = {name for name in map(_appeal_under, by_law) if name in case.claims and case.claims[name].outcome is None}
    fresh = {law: held for law, held in by_law.items() if _appeal_under(law) not in open_}
    with ws.ledger.writing():
        if file is not None:
            keeping.attach(ws, number, file, by)
        for law, (rule, claims) in fresh.items():
            facts: list[Fact] = [
                AppealMade(claim=_appeal_under(law), against=tuple(claim.name for claim in claims)),
                claimed(ws, Held(right=Right.APPEAL, rule=rule), on),
                ClockMoved(kind=FactKind.APPEAL_RECEIVED, on=on, claim=_appeal_under(law)),
            ]
            ws.ledger.record(number, *facts, by=by)
    case = ws.ledger.case(number)
    appeals = [case.claims[_appeal_under(law)] for law in by_law]
    return Appealed(
        case=case,
        clocks=tuple((claim, answer_clock(case, claim, ws.ledger.pinned)) for claim in appeals),
        against=tuple(dict.fromkeys(name for claim in appeals for name in case.appeals[claim.name])),
        late=_late(ws, case, contested, on),
        elsewhere=elsewhere,
        already=not fresh,
    )


def _appeal_under(law: str) -> str:
    return f"{Right.APPEAL}/{law}"


def _contested(ws: Workspace, case: Case, right: str) -> list[Claim]:
    """The decisions an appeal may be against; InputWrong or Refused where there is none."""
    if ws.ledger.is_purged(case.number):
        raise Refused(
            f"Not done: the personal data of {case.number} is gone, so nobody could look at it again. "
            "Nothing was changed.",
            hint="Open the appeal as a case of its own: dsar new --type appeal --law LAW --name ... --email ...",
        )
    asked = right_named(right) if right else None
    claims = [one for one in case.claims.values() if one.right is not Right.APPEAL and asked in (None, one.right)]
    found = [one for one in claims if one.outcome in CONTESTABLE]
    fresh = [one for one in found if not _heard(case, one)]
    if fresh:
        return fresh
    if found:
        raise Refused(
            f"Not done: the appeal against {found[0].name} was decided already; the law gives one. "
            "Nothing was changed.",
            hint=f"Its decision names the authority: dsar letter list {short(case.number)}",
        )
    what = f" on {TITLES[asked]}" if asked else ""
    ended = [one for one in claims if one.outcome is not None]
    says = "was decided against the person" if ended else "has been decided yet"
    raise Refused(
        f"Not done: nothing{what} in {case.number} {says}, so there is nothing to appeal against. Nothing was changed.",
        hint=f"Look: dsar show {short(case.number)}",
    )


def _in_time_order(case: Case, contested: Sequence[Claim], on: date) -> None:
    if on < case.received_on:
        raise InputWrong(
            f"Not done: the appeal is dated {on}, before the request it is about ({case.received_on}). "
            "Nothing was changed.",
            hint=f"dsar appeal {short(case.number)} --received DATE",
        )


def _by_law(
    ws: Workspace, case: Case, contested: Sequence[Claim], on: date
) -> tuple[dict[str, tuple[Rule, list[Claim]]], tuple[str, ...]]:
    """The appeal's rule per law with the decisions it covers, and a sentence for each law that gives none to us."""
    found: dict[str, tuple[Rule, list[Claim]]] = {}
    elsewhere: dict[str, None] = {}
    for claim in contested:
        rule = _appeal_rule(ws, claim.law, on)
        if rule is None:
            elsewhere[_goes_to(ws, claim)] = None
        else:
            found.setdefault(claim.law, (rule, []))[1].append(claim)
    return found, tuple(elsewhere)


def _appeal_rule(ws: Workspace, law: str, on: date) -> Rule | None:
    try:
        rule = ws.rules.find(law, Right.APPEAL, on=on)
    except InputWrong:
        return None
    return rule if rule.in_force.on(on) else None


def _goes_to(ws: Workspace, claim: Claim) -> str:
    """Where somebody turns who does not agree, under a law that gives no appeal to us."""
    law = ws.rules.law(claim.law)
    named = rule_of(claim, ws.ledger.pinned).appeal
    sites = [f"{one.name}{f' ({one.site})' if one.site else ''}" for one in law.authorities]
    to = named.to if named is not None and named.to else " or ".join(sites)
    window = f", {named.window}" if named is not None and named.to and named.window else ""
    goes = f"complaints go to {to}{window}" if to else "it names nobody to complain to"
    return f"{law.short_name} gives no appeal to us: {goes}."


def _instead(case: Case, contested: Sequence[Claim]) -> str:
    number = short(case.number)
    if any(claim.law == "uk-gdpr" for claim in contested):
        return f"A complaint to us is taken in with: dsar new --type complaint --law s164a --about {number}"
    more = f' To look at it again all the same: dsar reopen {number} --why "..."' if case.closed else ""
    return f"To keep what was written: dsar attach {number} FILE.{more}"


def _heard(case: Case, claim: Claim) -> bool:
    """Whether an appeal against this decision was decided already; one that was won back and refused anew was not."""
    name = _appeal_under(claim.law)
    known = case.claims.get(name)
    heard = claim.name in case.appeals.get(name, ()) and claim.revived_by != name
    return heard and known is not None and known.outcome in DECISIONS


def _late(ws: Workspace, case: Case, contested: Sequence[Claim], on: date) -> str:
    """The law's window for an appeal and its last day, where it is a number and has passed."""
    for claim in contested:
        rule = rule_of(claim, ws.ledger.pinned)
        found = re.match(r"\d+ (?:business day|day|month)s?", rule.appeal.window) if rule.appeal else None
        period = Period.parse(found[0]) if found else None
        told = [line.sent_on for line in case.letters.values() if claim.name in line.claims and line.sent_on]
        if period and told and (last := ends(max(told), period)) < on:
            return f"{claim.name}: the law's time for an appeal ({rule.appeal.window}) ended on {last}."  # type: ignore[union-attr]
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was decided, on which rights, and which are open again with their dates."""

    case: Case
    claims: tuple[Claim, ...]
    again: tuple[tuple[Claim, Clock], ...] = ()
    already: bool = False


_OUTCOMES = {
    le.Verdict.UPHELD: Outcome.GRANTED,
    le.Verdict.PARTLY: Outcome.GRANTED_IN_PART,
    le.Verdict.DENIED: Outcome.REFUSED,
}
_VERDICTS = {outcome: verdict for verdict, outcome in _OUTCOMES.items()}


def waiting(case: Case, right: str = "") -> list[Claim]:
    """The appeals, complaints and reviews of a case that somebody must decide; ``right`` keeps one kind."""
    asked = right_named(right) if right else None
    return [
        one
        for one in case.claims.values()
        if one.right in DECIDED and one.outcome is None and asked in (None, one.right)
    ]


def due(ws: Workspace, case: Case, claim: Claim) -> Clock:
    """The clock of the answer to one of them."""
    return answer_clock(case, claim, ws.ledger.pinned)


def decide(
    ws: Workspace,
    number: str,
    verdict: le.Verdict,
    why: str,
    by: Stamp,
    *,
    only: str = "",
    rights: Sequence[str] = (),
) -> Decided:
    """Decide an appeal, complaint or review: ``why`` is told in the letter, ``rights`` are what a part of it wins.

    An appeal is decided by somebody who did not make the decision it is against. What it wins is open again.
    """
    ws.require(by, "editor", "approver")
    case = ws.ledger.case(number)
    claims = waiting(case, only)
    if not claims:
        return _nothing_open(case, verdict, only)
    _one_matter(case, claims)
    _refuse_own(ws, case, claims, by)
    _refuse_unproven(case, claims)
    why = why.strip()
    if not why or len(why) > LONGEST:
        raise InputWrong(
            f"Not done: a decision is told with its reasons, in words the person understands (up to {LONGEST} "
            "characters). Nothing was changed.",
            hint=f'dsar decide {short(number)} --{_OPTION[verdict]} --why "..."',
        )
    won = _won(case, claims, verdict, rights)
    with ws.ledger.writing():
        item = ws.ledger.keep(number, REASONS, why, at=by.recorded_at)
        facts: list[Fact] = [OutcomeReached(claim=one.name, outcome=_OUTCOMES[verdict], ground=item) for one in claims]
        facts += [RightRevived(claim=name, appeal=of) for name, of in won.items()]
        case = ws.ledger.record(number, *facts, by=by)
    return Decided(
        case=case,
        claims=tuple(case.claims[one.name] for one in claims),
        again=tuple((case.claims[name], answer_clock(case, case.claims[name], ws.ledger.pinned)) for name in won),
    )


_OPTION = {le.Verdict.UPHELD: "uphold", le.Verdict.PARTLY: "partly", le.Verdict.DENIED: "deny"}


def _nothing_open(case: Case, verdict: le.Verdict, only: str) -> Decided:
    asked = right_named(only) if only else None
    ended = [
        one
        for one in case.claims.values()
        if one.right in DECIDED and asked in (None, one.right) and one.outcome is _OUTCOMES[verdict]
    ]
    if ended:
        return Decided(case=case, claims=tuple(ended), already=True)
    raise InputWrong(
        f"Not done: no appeal, complaint or computer's decision waits for a decision in {case.number}. "
        "Nothing was changed.",
        hint=f"An appeal that came is taken in with: dsar appeal {short(case.number)}",
    )


def _one_matter(case: Case, claims: Sequence[Claim]) -> None:
    kinds = list(dict.fromkeys(one.right for one in claims))
    if len(kinds) > 1:
        raise InputWrong(
            f"Not done: {case.number} has several things to decide ({', '.join(kinds)}), and each has its own reasons. "
            "Nothing was changed.",
            hint=f'One at a time: dsar decide {short(case.number)} --only {kinds[0]} --uphold --why "..."',
        )


def _refuse_own(ws: Workspace, case: Case, claims: Sequence[Claim], by: Stamp) -> None:
    for claim in claims:
        if by.actor in {case.makers.get(name) for name in case.appeals.get(claim.name, ())}:
            able = [one.name or one.id for one in ws.able(("editor", "approver"), but=by.actor)]
            raise Refused(
                "Not done: you made the decision that this appeal is against, so somebody else must decide it. "
                "Nothing was changed.",
                hint=f"{' or '.join(able) or 'Nobody else yet'} can: dsar decide {short(case.number)}",
            )


def _refuse_unproven(case: Case, claims: Sequence[Claim]) -> None:
    if not all(proven(case, claim) for claim in claims):
        raise Refused(
            f"Not done: identity is not proven in {case.number}, and the decision tells about the person. "
            "Nothing was changed.",
            hint=f"dsar verify {short(case.number)}",
        )


def _won(case: Case, claims: Sequence[Claim], verdict: le.Verdict, rights: Sequence[str]) -> dict[str, str]:
    """The rights that are open again, each with the appeal that won it."""
    if verdict is le.Verdict.DENIED:
        return {}
    contested = {name: one.name for one in claims for name in case.appeals.get(one.name, ())}
    contested = {name: of for name, of in contested.items() if case.claims[name].outcome is not None}
    if verdict is le.Verdict.UPHELD and not rights:
        return contested
    asked = {right_named(word) for word in rights}
    found = {name: of for name, of in contested.items() if case.claims[name].right in asked}
    if len(contested) == 1 and not rights:
        return contested
    if contested and not found:
        known = ", ".join(dict.fromkeys(case.claims[name].right for name in contested))
        raise InputWrong(
            f"Not done: the appeal is against several decisions ({known}); say which is changed. Nothing was changed.",
            hint=f'dsar decide {short(case.number)} --partly --right {known.partition(",")[0]} --why "..."',
        )
    return found


def appealed_on(case: Case, claim: Claim) -> date:
    """The day an appeal came; for any other right, the day of the request."""
    days = [move.on for move in case.moves if move.kind == FactKind.APPEAL_RECEIVED and move.claim == claim.name]
    return days[0] if days else case.received_on


def decision_values(ws: Workspace, case: Case, claims: Sequence[Claim]) -> dict[str, Any]:
    """The letter values of a decision: the verdict, its reasons, what it is about and what is open again."""
    outcome = claims[0].outcome
    contested = [case.claims[name] for one in claims for name in case.appeals.get(one.name, ())]
    names = {claim.name for claim in claims}
    return {
        "verdict": _VERDICTS.get(outcome) if outcome else None,
        "reasons": tuple(dict.fromkeys(reason_words(ws, one.ground, case.language) for one in claims if one.ground)),
        "appealed": _each_once(ws, case, contested),
        "again": _each_once(ws, case, [one for one in contested if one.revived_by in names]),
        "first_received_on": case.received_on if contested else None,
    }


def _each_once(ws: Workspace, case: Case, claims: Sequence[Claim]) -> tuple[le.RightAsked, ...]:
    found: dict[Right, le.RightAsked] = {}
    for claim in claims:
        clock = answer_clock(case, claim, ws.ledger.pinned)
        found.setdefault(claim.right, le.RightAsked(right=claim.right, due_on=clock.due_on, standard=clock.standard))
    return tuple(found.values())
