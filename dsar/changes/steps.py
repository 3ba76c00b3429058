"""Puts single decisions together to a plan: numbered steps in a steady order, and how long the plan holds.

What is decided for a record is for the plans of each kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from dsar.case.changes import Action, Plan, PlanKind, Step
from dsar.case.identifiers import Identifier
from dsar.case.records import Finding, RecordSet
from dsar.changes.whose import Record
from dsar.errors import InputWrong
from dsar.formats.plain import printable, shorten

HOLDS_FOR = timedelta(hours=72)
SHARED = "shared with other people"
FOR_CUSTOMER = "held for a customer"
CONFIDENTIAL = "kept for a reason that stays inside the office"
ALREADY_SO = "already so"

RecordSets = Mapping[tuple[str, str], RecordSet]


def records_of(findings: Sequence[Finding], record_sets: RecordSets, own: Sequence[Identifier]) -> list[Record]:
    """The findings beside their record sets; InputWrong where one is no longer described."""
    records = []
    for finding in findings:
        record_set = record_sets.get((finding.source, finding.record_set))
        if record_set is None:
            where = shorten(printable(f"{finding.source}/{finding.record_set}"), 120)
            raise InputWrong(
                f"Records were found in {where}, and the source files no longer describe it. No plan was made.",
                hint="Put it back into the source file, or gather again.",
            )
        records.append(Record(finding, record_set, own))
    return records


def step(
    record: Record,
    action: Action,
    *,
    after: Mapping[str, str | None] | None = None,
    ground: str = "",
    until: str = "",
) -> Step:
    """What becomes of one record; its number comes when the plan is made."""
    return Step(
        id="",
        finding=record.finding.id,
        source=record.finding.source,
        record_set=record.finding.record_set,
        place=record.record_set.place,
        key=record.key,
        action=action,
        before=dict(record.values),
        after=dict(after or {}),
        ground=ground,
        until=until,
    )


def held_back(record: Record, instructed: frozenset[str]) -> Step | None:
    """The step for a record that no plan touches: secret, or held for a customer who gave no instruction.

    ``instructed`` names customers as the records do, or whole record sets as ``source/record_set``.
    """
    record_set = record.record_set
    if record_set.secret:
        ground = record_set.keep_ground or CONFIDENTIAL
        return step(record, Action.KEEP, ground=ground, until=record_set.keep_until)
    customer = record.customer
    if customer is not None and not {customer, f"{record_set.source}/{record_set.name}"} & (instructed - {""}):
        return step(record, Action.KEEP, ground=FOR_CUSTOMER, until=record_set.keep_until)
    return None


def made(kind: PlanKind, steps: Iterable[Step], *, plan_id: str, case: str, now: datetime) -> Plan:
    """The plan of these steps, ordered by source, record set and key, good for 72 hours from ``now``."""
    ordered = sorted(steps, key=lambda one: (one.source, one.record_set, _natural(one), one.finding))
    numbered = tuple(replace(one, id=f"S-{number:04d}") for number, one in enumerate(ordered, start=1))
    return Plan(id=plan_id, case=case, kind=kind, made_at=now, expires_at=now + HOLDS_FOR, steps=numbered)


def _natural(one: Step) -> list[tuple[int, int, str]]:
    """Keys in the order people count them: 2 before 10."""
    parts = re.findall(r"[0-9]+|[^0-9]+", "\n".join(one.key.values()))
    return [(0, int(part), "") if part.isascii() and part.isdigit() else (1, 0, part) for part in parts]
