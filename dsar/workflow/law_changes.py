"""What a changed rule or calendar would do to open cases, and the decision that lets it.

A case keeps the rule and the working days it was opened with; nothing here moves a date without a person's word.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dsar.case.case import Case, Claim, told
from dsar.case.clocks import calendar_of, clock_facts, rule_of
from dsar.case.facts import RuleAdopted
from dsar.case.next import short
from dsar.case.stamp import Stamp
from dsar.errors import InputWrong, Refused
from dsar.law.calendars import Calendar
from dsar.law.clocks import Clock, clocks
from dsar.law.model import Rule
from dsar.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One date of one right: as it stands, and as today's rule and calendar would have it."""

    obligation: str
    now_on: date | None
    would_be_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A right of an open case whose rule or calendar reads differently today; ``shifts`` is empty where no date moves.

    ``gone`` says that the law files no longer hold the rule at all.
    """

    case: str
    claim: str
    rule: bool
    calendar: bool
    gone: bool
    shifts: tuple[Shift, ...]

    @property
    def why(self) -> str:
        """What changed, in a few words."""
        if self.gone:
            return "the rule is gone"
        parts = [word for word, changed in (("rule", self.rule), ("calendar", self.calendar)) if changed]
        return f"{' and '.join(parts)} changed"


def changed(ws: Workspace) -> tuple[Changed, ...]:
    """Every right of every open case that was opened under a rule or calendar that reads differently today."""
    if not _anything_stale(ws):
        return ()
    found = []
    for row in ws.ledger.rows(open_only=True):
        found += list(_of_case(ws, ws.ledger.case(row.case)))
    return tuple(found)


def _anything_stale(ws: Workspace) -> bool:
    """Whether any text that was ever pinned is not today's; the few texts are read before any case is."""
    today: dict[str, str] = {}
    for version, body in ws.ledger.pins("rule"):
        pinned = json.loads(body)
        law = str(pinned.get("law", ""))
        if law not in today:
            today |= {law: ""} | {rule.version: law for rule in _rules(ws, law)}
        if version not in today:
            return True
    return any(_calendar_is_stale(ws, json.loads(body), version) for version, body in ws.ledger.pins("calendar"))


def _calendar_is_stale(ws: Workspace, kept: dict[str, object], version: str) -> bool:
    from dsar.law.calendars import calendar, knows_region

    years = kept["years"]
    assert isinstance(years, list)
    region, calendar_id, data = ws.config.organisation.region, str(kept["id"]), ws.rules.calendars
    try:
        place = region if region and knows_region(calendar_id, region, data=data) else None
        today = calendar(calendar_id, place, first_year=int(years[0]), last_year=int(years[1]), data=data)
    except InputWrong:
        return True
    return today.version != version


def _rules(ws: Workspace, law: str) -> tuple[Rule, ...]:
    try:
        return ws.rules.rules(law)
    except InputWrong:
        return ()


def _of_case(ws: Workspace, case: Case) -> Iterator[Changed]:
    for claim in case.claims.values():
        if claim.outcome is None or not told(case, claim):
            one = _of_claim(ws, case, claim)
            if one is not None:
                yield one


def _of_claim(ws: Workspace, case: Case, claim: Claim) -> Changed | None:
    kept_rule, kept_days = rule_of(claim, ws.ledger.pinned), calendar_of(claim, ws.ledger.pinned)
    rule = next((rule for rule in _rules(ws, claim.law) if rule.id == claim.rule), None)
    if rule is None:
        return Changed(case=case.number, claim=claim.name, rule=True, calendar=False, gone=True, shifts=())
    days = ws.calendar(rule, case.received_on)
    rule_moved = rule.version != kept_rule.version
    days_moved = (days.version if days else "") != (kept_days.version if kept_days else "")
    if not (rule_moved or days_moved):
        return None
    was, now = _dates(case, claim, kept_rule, kept_days), _dates(case, claim, rule, days)
    shifts = tuple(
        Shift(obligation=name, now_on=was.get(name), would_be_on=now.get(name))
        for name in dict.fromkeys((*was, *now))
        if was.get(name) != now.get(name)
    )
    return Changed(case=case.number, claim=claim.name, rule=rule_moved, calendar=days_moved, gone=False, shifts=shifts)


def _dates(case: Case, claim: Claim, rule: Rule, days: Calendar | None) -> dict[str, date | None]:
    found: tuple[Clock, ...] = clocks(rule, case.received_on, clock_facts(case, claim), calendar=days)
    return {clock.obligation.value: clock.due_on for clock in found}


def adopt(ws: Workspace, number: str, reason: str, by: Stamp, *, claim: str = "") -> tuple[Changed, ...]:
    """Reckon a case by today's rules and calendar from now on, with the reason; gives what changed.

    Raises Refused where nothing reads differently or the rule is gone.
    """
    ws.require(by, "editor", "approver")
    if not reason.strip():
        raise InputWrong(
            "Not done: taking over a changed rule needs a reason. No date was moved.",
            hint=f'dsar law adopt {short(number)} --why "..."',
        )
    case = ws.ledger.case(number)
    found = [one for one in _of_case(ws, case) if claim in ("", one.claim)]
    if not found:
        raise Refused(
            f"Not done: no rule or calendar of {number} reads differently today. No date was moved.",
            hint=f"dsar why {short(number)}",
        )
    gone = [one.claim for one in found if one.gone]
    if gone:
        raise Refused(
            f"Not done: the law files no longer hold the rule of {gone[0]}. The case keeps its own; no date was moved.",
            hint="dsar law list LAW",
        )
    with ws.ledger.writing():
        item = ws.ledger.keep(number, "reason", reason, at=by.recorded_at)
        facts = [_adopted(ws, case, case.claims[one.claim], item) for one in found]
        ws.ledger.record(number, *facts, by=by)
    return tuple(found)


def _adopted(ws: Workspace, case: Case, claim: Claim, item: str) -> RuleAdopted:
    rule = next(rule for rule in ws.rules.rules(claim.law) if rule.id == claim.rule)
    days = ws.calendar(rule, case.received_on)
    ws.ledger.pin("rule", rule.version, rule.content)
    if days is not None:
        ws.ledger.pin("calendar", days.version, json.dumps(days.pin(), sort_keys=True))
    return RuleAdopted(
        claim=claim.name,
        rule_version=rule.version,
        calendar_version=days.version if days else "",
        item=item,
    )
