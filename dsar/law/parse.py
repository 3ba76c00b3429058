"""Turns the tables of a law file into ``Law`` and ``Rule`` values, noting every fault on the way.

Opening files and finding rules are left to ``rules``; single fields are read by ``fields``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date

from dsar.law.fields import Fault, Fields
from dsar.law.model import Authority, Law, Rule
from dsar.law.parse_answer import appeal, fee, frequency, lookback, proof, records, refusal
from dsar.law.parse_clock import acknowledge, extension, in_force, pause, respond, rollover
from dsar.law.vocabulary import Vocabulary
from dsar.law.words import ClockStart, Confirmed, Effect, Right, Unit


def law_of(fields: Fields, words: Vocabulary) -> Law:
    """The [law] table of a file."""
    law = Law(
        id=fields.text("id", required=True),
        name=fields.text("name", required=True),
        short_name=fields.text("short_name", required=True),
        aliases=fields.texts("aliases"),
        jurisdictions=fields.texts("jurisdictions", required=True),
        only_for=fields.choices("only_for", Right),
        authorities=tuple(_authority(inner) for inner in fields.tables("authority")),
        never_disclose=fields.texts("never_disclose", allowed=list(words.never_disclose)),
        never_disclose_cite=fields.text("never_disclose_cite"),
        categories=fields.texts("categories"),
        notes=fields.texts("notes"),
    )
    fields.finish()
    return law


def _authority(fields: Fields) -> Authority:
    found = Authority(name=fields.text("name", required=True), site=fields.text("site"))
    fields.finish()
    return found


def merged(
    defaults: Mapping[str, object], own: Mapping[str, object], where: str, faults: list[Fault]
) -> dict[str, object]:
    """A rule's own words over those its law shares: a whole table replaces a whole table, ``without`` drops one.

    Pauses that are not for this right (``only_for``, ``not_for``) are left out.
    """
    without = own.get("without", [])
    dropped = without if isinstance(without, list) else []
    for word in dropped:
        if word not in defaults:
            faults.append(Fault(where=where, says=f'"without" names "{word}", which [defaults] does not have.'))
    raw = {key: value for key, value in {**defaults, **own}.items() if key not in dropped and key != "without"}
    pauses = raw.get("pause")
    if isinstance(pauses, list) and all(isinstance(pause, Mapping) for pause in pauses):
        right = str(own.get("right", ""))
        kept = [_bare(pause) for pause in pauses if _is_for(pause, right)]
        raw = {**raw, "pause": kept} if kept else {key: value for key, value in raw.items() if key != "pause"}
    return raw


def _is_for(pause: Mapping[str, object], right: str) -> bool:
    only, never = pause.get("only_for", [right]), pause.get("not_for", [])
    return right in (only if isinstance(only, list) else []) and right not in (never if isinstance(never, list) else [])


def _bare(pause: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in pause.items() if key not in ("only_for", "not_for")}


def canonical(raw: Mapping[str, object]) -> str:
    """The one spelling of a rule's content: sorted JSON, days as ISO text."""
    return json.dumps(raw, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_iso)


def _iso(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def rule_of(raw: Mapping[str, object], where: str, faults: list[Fault], words: Vocabulary) -> Rule:
    """One rule, its law's id in ``raw["law"]``; what is faulty stands empty and is noted."""
    fields = Fields(raw, where, faults)
    law, term = fields.text("law", required=True), fields.text("term", required=True)
    variant = fields.text("variant")
    content = canonical(raw)
    rule = Rule(
        id=".".join(part for part in (law, term, variant) if part),
        law=law,
        term=term,
        right=fields.choice("right", Right) or Right.ACCESS,
        also=fields.choices("also", Right),
        words=fields.texts("words"),
        fallback=fields.flag("fallback"),
        only_named=fields.flag("only_named"),
        designated=fields.flag("designated") if "designated" in raw else None,
        name=fields.text("name", required=True),
        cite=fields.text("cite", required=True),
        in_force=in_force(fields.table("in_force", required=True)),
        clock_start=fields.choice("clock_start", ClockStart, ClockStart.RECEIPT) or ClockStart.RECEIPT,
        calendar=fields.text("calendar") or None,
        acknowledge=acknowledge(fields.table("acknowledge"), words),
        respond=respond(fields.table("respond", required=True)),
        pauses=tuple(pause(inner) for inner in fields.tables("pause")),
        extension=extension(fields.table("extension"), words),
        rollover=rollover(fields.table("rollover")),
        appeal=appeal(fields.table("appeal")),
        refusal=refusal(fields.table("refusal"), words),
        verification=fields.text("verification"),
        proof=proof(fields.table("proof", required=True), words),
        agents=fields.text("agents"),
        fee=fee(fields.table("fee")),
        lookback=lookback(fields.table("lookback")),
        frequency=frequency(fields.table("frequency")),
        response_contents=fields.texts("response_contents", allowed=list(words.contents)),
        downstream=fields.text("downstream"),
        records=records(fields.table("records")),
        confirmed=fields.choice("confirmed", Confirmed) or Confirmed.NO,
        source=fields.text("source", required=True),
        notes=fields.text("notes"),
        version=hashlib.sha256(content.encode()).hexdigest()[:12],
        content=content,
    )
    fields.finish()
    _check_together(rule, fields, words)
    return rule


def _check_together(rule: Rule, fields: Fields, words: Vocabulary) -> None:
    """Faults that only show when two fields are read together."""
    if rule.calendar is not None and rule.calendar not in words.calendars:
        fields.fault(f'"calendar" must be one of {", ".join(words.calendars)}.')
    if rule.needs_calendar and rule.calendar is None:
        fields.fault("A roll-over or a period in business days needs a calendar.")
    if rule.right in rule.also:
        fields.fault('"also" repeats the right.')
    restarts = any(pause.effect is Effect.RESTART for pause in rule.pauses)
    if restarts != (rule.clock_start is ClockStart.LATEST_OF_RECEIPT_ID_FEE):
        fields.fault('"clock_start" and the pauses disagree on whether the period starts anew.')
    stops = any(pause.effect is Effect.STOP_CLOCK for pause in rule.pauses)
    if stops and any(period.unit is Unit.BUSINESS_DAY for period in rule.periods):
        fields.fault("A clock that stops is counted in days or months.")
    force = rule.in_force
    if force.until is not None and force.until < force.since:
        fields.fault("It ends before it begins.")
    more, within = rule.extension, rule.respond.within
    if more is None or within is None:
        return
    if more.total is None and more.by is not None:
        fields.fault('An extension "by" a period must also say its "total" from the start.')
    total = more.total
    if total is not None and (total.unit is not within.unit or total.n < within.n):
        fields.fault("The extended period must be counted like the first one and may not be shorter.")
