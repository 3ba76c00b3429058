"""Plans an erasure: for each record found, what its record set's rule makes of it.

A record that is others' too is never deleted: only what is the person's own in it goes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from dsar.case.changes import Action, Plan, PlanKind, Step
from dsar.case.identifiers import Holder, Identifier
from dsar.case.records import Disclose, Field, Finding, OnDelete, RecordSet
from dsar.changes.steps import SHARED, RecordSets, held_back, made, records_of, step
from dsar.changes.whose import Record

ERASED = "[erased]"
UNNAMED = "nothing in it says who it was about"
NOT_EDITED = "its records can only be deleted whole"
_ERASED_EMAIL = "erased@erased.invalid"
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,10})?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ].*)?")
_NO_DAY = "1900-01-01"


def erasing(
    findings: Sequence[Finding],
    record_sets: RecordSets,
    own: Sequence[Identifier],
    *,
    plan_id: str,
    case: str,
    now: datetime,
    instructed: frozenset[str] = frozenset(),
    whole_only: Collection[str] = (),
) -> Plan:
    """The plan to erase what was found of one person; every finding has a step, kept ones with their ground.

    ``own`` are the person's identifiers and names with their periods. ``instructed`` names the customers (or
    ``source/record_set``) who told us to erase what we hold for them. ``whole_only`` names the sources whose
    records cannot be edited, such as mail: what is shared there stays. Raises InputWrong for a finding of a
    record set that is no longer described.
    """
    records = records_of(findings, record_sets, own)
    gone = frozenset(
        item for record in records if not held_back(record, instructed) and _goes(record) for item in record.key.items()
    )
    steps = [held_back(record, instructed) or _erased(record, whole_only, gone) for record in records]
    return made(PlanKind.ERASE, steps, plan_id=plan_id, case=case, now=now)


def _goes(record: Record) -> bool:
    return record.record_set.on_delete is OnDelete.ROW and not record.shared


def _erased(record: Record, whole_only: Collection[str], gone: frozenset[tuple[str, str]]) -> Step:
    """The step of one record; ``gone`` are key columns with their values in the records that are deleted."""
    record_set = record.record_set
    if _goes(record):
        return step(record, Action.DELETE)
    shared = record.shared
    after = dict(_own_parts(record, gone) if shared else _parts(record))
    if record_set.on_delete is OnDelete.KEEP:
        ground, until = record_set.keep_ground, record_set.keep_until
    else:
        ground, until = (SHARED if shared else record_set.keep_ground or UNNAMED), record_set.keep_until
    if after and record_set.source in whole_only:
        why = f"{ground}; {NOT_EDITED}" if shared or record_set.on_delete is OnDelete.KEEP else NOT_EDITED
        return step(record, Action.KEEP, ground=why, until=until)
    if not after:
        return step(record, Action.KEEP, ground=ground, until=until)
    if _still_found(record, after):
        # the search after the change finds it again, and this is why
        return step(record, Action.CHANGE, after=after, ground=ground, until=until)
    return step(record, Action.CHANGE, after=after)


def _still_found(record: Record, after: dict[str, str | None]) -> bool:
    return any(match.field not in after for match in record.finding.record.matched)


def _own_parts(record: Record, gone: frozenset[tuple[str, str]]) -> Iterator[tuple[str, str | None]]:
    """What goes of a record of several people: fields that are wholly the person's, and mentions in texts.

    The number of a record that is deleted, such as their own contract's, would still tie this one to them.
    """
    for field in record.record_set.fields:
        rule = field.on_delete or record.record_set.on_delete
        if rule is OnDelete.KEEP or not record.values.get(field.name, "").strip():
            continue
        names_gone = field.name not in record.record_set.key and (field.name, record.values[field.name]) in gone
        if record.is_own(field) or names_gone:
            yield field.name, masked(field, record.values[field.name]) if rule is OnDelete.MASK else None
        elif _may_mention(record, field):
            yield from _without(record, field)


def _parts(record: Record) -> Iterator[tuple[str, str | None]]:
    """What goes of a record that is the person's and stays as a row, field by field."""
    record_set = record.record_set
    for field in record_set.fields:
        value = record.values.get(field.name, "")
        rule = field.on_delete or record_set.on_delete
        if rule is OnDelete.KEEP or not value.strip() or not (field.on_delete or _is_personal(record, field)):
            continue
        if rule is OnDelete.MASK:
            yield from ((field.name, new) for new in (masked(field, value),) if new != value)
        elif rule is OnDelete.CUT:
            if record.is_own(field):
                yield field.name, None
            else:
                yield from _without(record, field)
        else:
            yield field.name, None


def _without(record: Record, field: Field) -> Iterator[tuple[str, str | None]]:
    rest = record.cut(field.name)
    if rest != record.values[field.name]:
        yield field.name, rest


def _may_mention(record: Record, field: Field) -> bool:
    """Prose, a list of several people, or another field the person was found in."""
    return field.text or bool(field.identifies) or any(m.field == field.name for m in record.finding.record.matched)


def _is_personal(record: Record, field: Field) -> bool:
    """Whether a field without a rule of its own goes with the record's: all but what keeps the row a row.

    That is a key that identifies nobody, the record's time, the organisation's, and other people's.
    """
    record_set: RecordSet = record.record_set
    if field.name in record_set.key and not field.identifies:
        return False
    if field.name == record_set.time_field:
        return False
    if field.holder is not Holder.PERSON:
        return False
    return field.disclose is not Disclose.OTHER_PERSON or field.text or record.is_own(field)


def masked(field: Field, value: str) -> str:
    """What stands where a value was, of the same form, so that a typed column takes it."""
    if field.identifies in ("email", "child_email"):
        return _ERASED_EMAIL
    if _DAY.fullmatch(value.strip()):
        return _NO_DAY
    if not field.identifies and _NUMBER.fullmatch(value.strip()):
        return "0"
    return ERASED
