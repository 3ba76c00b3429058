"""Opens a case: which law's rule each right is held to, and the facts and vault rows that begin a file.

Reading messages into rights and people is left to the inbox; finding them is left to ``intake``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from dsar.case.case import Case
from dsar.case.facts import CaseLinked, CaseOpened, Fact, RightClaimed
from dsar.case.identifiers import SEARCHABLE, Holder, Identifier, identifier
from dsar.case.rights import Right
from dsar.case.stages import Chosen, Role
from dsar.case.stamp import Stamp
from dsar.config import Config
from dsar.errors import InputWrong, Refused
from dsar.law.clocks import clocks
from dsar.law.model import Rule
from dsar.law.rules import RuleBook
from dsar.workflow.policies import target_days
from dsar.workflow.residence import lives_in_california
from dsar.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Everything a new case begins with."""

    received_on: date
    channel: str
    role: Role
    language: str
    rights: tuple[Right, ...]
    laws: tuple[str, ...] = ()
    name: str = ""
    identifiers: tuple[Identifier, ...] = ()
    reply_to: str = ""
    subject: str = ""
    text: str = ""
    raw: bytes = b""
    message_id: str = ""
    references: tuple[str, ...] = ()
    sha256: str = ""
    designated: bool = True
    evidence: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A right with the rule it is held to, and why that law, where nobody named it."""

    right: Right
    rule: Rule
    why: str = ""
    chosen: Chosen = Chosen.NAMED


T = TypeVar("T")
_WORKED_OUT: WeakKeyDictionary[Workspace, tuple[Config, RuleBook, dict[Hashable, Any]]] = WeakKeyDictionary()
_SORTED = json.JSONEncoder(ensure_ascii=False, sort_keys=True)

LIVES_THERE = "no law named; the person says to live in California"

# These rights are one law's own, whatever other law a letter names.
_NEEDS_LAW = {Right.NOTICE_1798_83: "us-ca-stl", Right.CHILD_DELETE: "us-coppa", Right.CHILD_ACCESS: "us-coppa"}


def hold(ws: Workspace, opening: Opening) -> tuple[Held, ...]:
    """The rule for every (right, law) of a request; an unknown residence gets the strictest plausible law.

    Raises InputWrong where no configured law knows a right.
    """
    pointed = opening.laws or _of_residence(ws, opening)
    told = (opening.rights, opening.laws, pointed, opening.received_on, opening.designated, opening.role)
    return once(ws, ("hold", *told), lambda: _held(ws, opening, pointed))


def _held(ws: Workspace, opening: Opening, pointed: tuple[str, ...]) -> tuple[Held, ...]:
    held: list[Held] = []
    why = "" if opening.laws or not pointed else LIVES_THERE
    for right in opening.rights:
        named = [rule for law in _wanted(ws, right, pointed) if (rule := _rule(ws, law, right, opening))]
        if named:
            held += [_pointed(right, rule, why if rule.law in pointed else "") for rule in named]
        else:
            held.append(_strictest(ws, right, opening))
    return (*held, *_second_clocks(ws, opening))


def _pointed(right: Right, rule: Rule, why: str) -> Held:
    return Held(right=_path(right, rule), rule=rule, why=why, chosen=Chosen.RESIDENCE if why else Chosen.NAMED)


def _path(right: Right, rule: Rule) -> Right:
    """The right whose path the case takes: who got somebody's data is part of access where the law says no more."""
    return rule.right if right is Right.THIRD_PARTIES else right


def _of_residence(ws: Workspace, opening: Opening) -> tuple[str, ...]:
    """The law of where the person says to live, for a letter that names none."""
    addresses = [one.raw for one in opening.identifiers if one.kind == "address"]
    ours = (ws.config.organisation.address, *ws.config.organisation.designated)
    if "us-ca-ccpa" in ws.laws and lives_in_california([opening.text, *addresses], ours=ours):
        return ("us-ca-ccpa",)
    return ()


def _second_clocks(ws: Workspace, opening: Opening) -> list[Held]:
    """A parent's demand to delete a child's data is also a deletion request under the laws of where the child lives."""
    if Right.CHILD_DELETE not in opening.rights or opening.role is not Role.PARENT:
        return []
    laws = [law for law in _wanted(ws, Right.DELETE, opening.laws) if Right.DELETE not in opening.rights]
    rules = [rule for law in laws if (rule := _rule(ws, law, Right.DELETE, opening))]
    why = "the child's own law counts beside COPPA"
    return [Held(right=Right.DELETE, rule=rule, why=why, chosen=Chosen.BESIDE) for rule in rules]


def _wanted(ws: Workspace, right: Right, laws: Iterable[str]) -> list[str]:
    wanted = [ws.rules.law(law).id for law in laws]
    if right in _NEEDS_LAW and _NEEDS_LAW[right] in ws.laws:
        wanted.insert(0, _NEEDS_LAW[right])
    return [law for law in dict.fromkeys(wanted) if law in ws.laws and _is_for(ws, law, right)]


def _is_for(ws: Workspace, law: str, right: Right) -> bool:
    only = ws.rules.law(law).only_for
    return not only or right in only


def _rule(ws: Workspace, law: str, right: Right, opening: Opening) -> Rule | None:
    try:
        rule = ws.rules.find(law, right, on=opening.received_on, designated=opening.designated)
    except InputWrong:
        return None
    return rule if rule.in_force.on(opening.received_on) else None


def _strictest(ws: Workspace, right: Right, opening: Opening) -> Held:
    candidates: list[tuple[date, Rule]] = []
    for law in ws.laws:
        rule = _rule(ws, law, right, opening) if _is_for(ws, law, right) else None
        if rule is None or rule.only_named:
            continue
        made = clocks(rule, opening.received_on, (), calendar=ws.calendar(rule, opening.received_on))
        due = next((clock.due_on for clock in made if clock.obligation == "respond"), None)
        candidates.append((due or date.max, rule))
    if not candidates:
        raise InputWrong(
            f'Not done: none of this workspace\'s laws knows the right "{right}". Nothing was opened.',
            hint="Look: dsar law list. Laws are chosen in dsar.toml.",
        )
    _, rule = min(candidates, key=lambda pair: (pair[0], pair[1].law))
    why = "no law named and residence unknown: the strictest that is plausible"
    return Held(right=_path(right, rule), rule=rule, why=why, chosen=Chosen.STRICTEST)


def open_case(ws: Workspace, opening: Opening, held: Sequence[Held], by: Stamp) -> Case:
    """Open the case in one transaction: number, vault rows, facts, links to the same person's open cases."""
    ledger = ws.ledger
    with ledger.writing():
        twins = same_person(ws, opening.identifiers)
        number = ledger.new_number(by.on.year)
        for kind, value in _vault_rows(opening):
            ledger.keep(number, kind, value, at=by.recorded_at)
        if opening.message_id or opening.sha256:
            ledger.remember_message(number, opening.message_id, opening.sha256)
        ledger.know_person(number, _marks(opening.identifiers))
        links = [CaseLinked(other=other, kind="same_person") for other in twins]
        case = ledger.record(number, *_facts(ws, number, opening, held), *links, by=by)
        for other in twins:
            ledger.record(other, CaseLinked(other=number, kind="same_person"), by=by)
    return case


def _facts(ws: Workspace, number: str, opening: Opening, held: Sequence[Held]) -> list[Fact]:
    opened = CaseOpened(
        received_on=opening.received_on,
        zone=ws.config.organisation.zone,
        channel=opening.channel,
        role=opening.role,
        language=opening.language,
        message=ws.ledger.digest(number, opening.sha256) if opening.sha256 else "",
        designated=opening.designated,
    )
    return [opened, *(claimed(ws, one, opening.received_on) for one in held)]


def claimed(ws: Workspace, held: Held, received_on: date) -> RightClaimed:
    """The fact that a right is claimed, with its rule and calendar pinned in the store."""
    told = (held.right, held.rule.version, held.chosen, received_on)
    fact, pins = once(ws, ("claimed", *told), lambda: _claimed(ws, held, received_on))
    for kind, version, body in pins:
        ws.ledger.pin(kind, version, body)
    return fact


def _claimed(ws: Workspace, held: Held, received_on: date) -> tuple[RightClaimed, list[tuple[str, str, str]]]:
    rule = held.rule
    calendar = ws.calendar(rule, received_on)
    pins = [("rule", rule.version, rule.content)]
    if calendar is not None:
        pins.append(("calendar", calendar.version, json.dumps(calendar.pin(), sort_keys=True)))
    fact = RightClaimed(
        right=held.right,
        law=rule.law,
        rule=rule.id,
        rule_version=rule.version,
        calendar_version=calendar.version if calendar else "",
        proof_level=rule.proof.level,
        must_acknowledge=rule.acknowledge is not None,
        target_days=target_days(ws, held.right, received_on, calendar),
        chosen=held.chosen,
    )
    return fact, pins


def once(ws: Workspace, key: Hashable, work: Callable[[], T]) -> T:
    """What was worked out before in this workspace, under the same settings and rules: most intakes share it."""
    known = _WORKED_OUT.get(ws)
    if known is None or known[0] is not ws.config or known[1] is not ws.rules:
        known = _WORKED_OUT[ws] = (ws.config, ws.rules, {})
    if key not in known[2]:
        known[2][key] = work()
    found: T = known[2][key]
    return found


def _vault_rows(opening: Opening) -> Iterable[tuple[str, str | bytes]]:
    simple = {
        "name": opening.name,
        "reply_to": opening.reply_to,
        "subject": opening.subject,
        "text": opening.text,
        "message_id": opening.message_id,
    }
    yield from ((kind, value) for kind, value in simple.items() if value)
    if opening.raw:
        yield "request", opening.raw
    named = identifier("name", opening.name) if opening.name else None
    for one in (*opening.identifiers, *((named,) if named else ())):
        yield "identifier", identifier_text(one)
    if opening.evidence:
        yield "reading", json.dumps(opening.evidence, ensure_ascii=False)


def identifier_text(one: Identifier) -> str:
    """An identifier as the vault keeps it."""
    body = {"kind": one.kind, "value": one.value, "raw": one.raw, "holder": one.holder, "found_in": one.found_in}
    body |= {name: day.isoformat() for name in ("since", "until") if (day := getattr(one, name))}
    body |= {"found_by": one.found_by} if one.found_by else {}
    return _SORTED.encode(body)


def identifier_from(text: str) -> Identifier:
    """The identifier that ``identifier_text`` put away."""
    body = json.loads(text)
    return Identifier(
        kind=body["kind"],
        value=body["value"],
        raw=body["raw"],
        holder=Holder(body["holder"]),
        since=_day(body.get("since")),
        until=_day(body.get("until")),
        found_in=body["found_in"],
        found_by=body.get("found_by", ""),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def identifiers_of(ws: Workspace, number: str) -> tuple[Identifier, ...]:
    """Every identifier the file holds, the request's own first."""
    kept = ws.ledger.kept(number, "identifier")
    return tuple(identifier_from(one.value.decode("utf-8")) for one in kept)


def same_person(ws: Workspace, identifiers: Iterable[Identifier]) -> list[str]:
    """The open cases whose request carried one of these searchable identifiers."""
    return ws.ledger.cases_of_person(_marks(identifiers))


def _marks(identifiers: Iterable[Identifier]) -> list[str]:
    return [f"{one.kind}:{one.value}" for one in identifiers if one.kind in SEARCHABLE]


def typed(ws: Workspace, opening: Opening, by: Stamp, *, not_same_as: str = "", reason: str = "") -> str:
    """Open a case that somebody typed; the same person's same wish is refused unless it is said to be a new one."""
    ws.require(by, "editor")
    if not any(one.kind in SEARCHABLE for one in opening.identifiers) and not opening.name:
        raise InputWrong(
            "Not done: the case needs a name, or an e-mail, phone or account number. Nothing was opened.",
            hint='dsar new --type access --name "..." --email ...',
        )
    chosen = ws.laws
    for law in opening.laws:
        if ws.rules.law(law).id not in chosen:
            raise InputWrong(
                f'Not done: the law "{law}" is not among those of this workspace. Nothing was opened.',
                hint="Add it to laws = [...]: dsar config edit",
            )
    for number in same_person(ws, opening.identifiers):
        case = ws.ledger.case(number)
        same = [claim for claim in case.claims.values() if claim.right in opening.rights]
        if same and not (not_same_as and ws.ledger.resolve(not_same_as) == number and reason.strip()):
            raise Refused(
                f"Not done: this person already has {number} ({same[0].right}, open). Nothing was opened.",
                hint=f'Same wish: dsar attach {number} FILE. A new one: add --not-same-as {number} --reason "..."',
            )
    return open_case(ws, opening, hold(ws, opening), by).number
