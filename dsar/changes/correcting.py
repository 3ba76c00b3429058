"""Plans a correction: where the wrong value stands, and where it may only be looked at.

Whether the requester is right is the workflow's question, and who approves; here a value must only be possible.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from dsar.case.changes import Action, Plan, PlanKind, Step
from dsar.case.identifiers import Identifier, normal
from dsar.case.records import Field, Finding, RecordSet
from dsar.changes.steps import FOR_CUSTOMER, SHARED, RecordSets, held_back, made, records_of, step
from dsar.changes.values import KINDS, checked, kind_named
from dsar.changes.whose import Record
from dsar.errors import InputWrong, did_you_mean
from dsar.formats.plain import printable, shorten
from dsar.sources.matching import family

NOT_CORRECTABLE = "the settings allow this field to be seen, not changed"
NOT_EDITED = "records of this source are not edited"


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewOnly:
    """A field that holds what is to be corrected and stays as it is, with why."""

    source: str
    record_set: str
    field: str
    why: str


def correcting(
    findings: Sequence[Finding],
    record_sets: RecordSets,
    own: Sequence[Identifier],
    *,
    kind_or_field: str,
    new: str,
    old: str = "",
    plan_id: str,
    case: str,
    now: datetime,
    instructed: frozenset[str] = frozenset(),
    whole_only: Collection[str] = (),
) -> tuple[Plan, tuple[ViewOnly, ...]]:
    """The plan to write ``new`` where the person's wrong value stands, and the fields that stay as they are.

    ``kind_or_field`` is a kind (email, phone, name, ...) or one field as ``source/record_set.field``. With
    ``old``, only fields that hold it are changed; without, those of the kind in the person's own records.
    Raises InputWrong for an unknown kind or field, for a value its kind does not allow, and where ``old`` is
    needed because different values stand on file. Secret record sets are in neither answer.
    """
    target = _target(kind_or_field, record_sets)
    places: list[tuple[Record, Field]] = []
    view: dict[ViewOnly, None] = {}
    checked(target.kind, new)
    for record in records_of(findings, record_sets, own):
        if record.record_set.secret:
            continue
        for field in target.fields(record, old):
            why = _why_not(record, field, instructed, whole_only)
            if why := why or (SHARED if target.is_others(record, field) else ""):
                place = record.record_set
                view[ViewOnly(source=place.source, record_set=place.name, field=field.name, why=why)] = None
            else:
                places.append((record, field))
    _one_value(places, old)
    steps = list(_steps(places, new, target.kind))
    return made(PlanKind.CORRECT, steps, plan_id=plan_id, case=case, now=now), tuple(view)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """What is to be corrected: a kind of value everywhere, or one field."""

    kind: str
    place: tuple[str, str, str] | None = None

    def fields(self, record: Record, old: str) -> Iterator[Field]:
        """The fields of a record that hold what is to be corrected."""
        for field in record.record_set.fields:
            value = record.values.get(field.name, "")
            meant = self._names(record.record_set, field)
            if field.text or not (meant or (not self.place and _says_nothing(field))):
                continue
            if old:
                # a field that says of nothing what it holds is meant only where it holds the very same
                if value.strip() and _alike(self.kind or field.identifies, value, old, record.record_set.country):
                    yield field
            elif meant and (self.place or value.strip()) and not self.is_others(record, field):
                yield field

    def is_others(self, record: Record, field: Field) -> bool:
        """Whether a field stands in a record of several people and is not the person's own part of it.

        What is to be corrected may hold anything, even somebody else's number: it does not make a record shared.
        """
        names = {one.name for one in record.record_set.fields if self._names(record.record_set, one)} | {field.name}
        return record.shared_but_for(names) and not record.is_own(field)

    def _names(self, record_set: RecordSet, field: Field) -> bool:
        if self.place:
            return self.place == (record_set.source, record_set.name, field.name)
        return bool(field.identifies) and family(field.identifies) == family(self.kind)


def _says_nothing(field: Field) -> bool:
    """Whether the settings leave open what kind of value the field holds."""
    return not field.identifies and not field.codes


def _alike(kind: str, value: str, old: str, country: str) -> bool:
    mine, other = (normal(kind, text, country=country) or " ".join(text.casefold().split()) for text in (value, old))
    return mine == other


def _target(typed: str, record_sets: RecordSets) -> _Target:
    if kind := kind_named(typed):
        return _Target(kind=kind)
    source, slash, rest = typed.strip().partition("/")
    name, dot, column = rest.partition(".")
    record_set = record_sets.get((source, name))
    field = record_set.field(column) if record_set else None
    if slash and dot and record_set and field and not record_set.secret:
        if field.text:
            raise InputWrong(f"{_place(record_set, field)} is free text, which a program does not correct.")
        return _Target(kind=field.identifies, place=(source, name, column))
    known = [
        *KINDS,
        *(
            _place(record_set, field)
            for record_set in record_sets.values()
            for field in record_set.fields
            if field.correctable and not record_set.secret
        ),
    ]
    raise InputWrong(
        f'I know neither a kind nor a field "{shorten(printable(typed), 100)}".{did_you_mean(typed, known)} '
        "No plan was made.",
        hint=f"Write one of {', '.join(KINDS)}, or a field as source/record_set.field.",
    )


def _place(record_set: RecordSet, field: Field) -> str:
    return f"{record_set.source}/{record_set.name}.{field.name}"


def _why_not(record: Record, field: Field, instructed: frozenset[str], whole_only: Collection[str]) -> str:
    if held_back(record, instructed):
        return FOR_CUSTOMER
    if record.record_set.source in whole_only:
        return NOT_EDITED
    return "" if field.correctable else NOT_CORRECTABLE


def _one_value(places: Sequence[tuple[Record, Field]], old: str) -> None:
    """Without the old value, two different ones would both be overwritten: that is asked first."""
    if old:
        return
    values: dict[str, dict[str, None]] = {}
    for record, field in places:
        value = record.values.get(field.name, "")
        form = normal(field.identifies, value, country=record.record_set.country) or value.strip()
        values.setdefault(form, {})[_place(record.record_set, field)] = None
    if len(values) > 1:
        where = ", ".join(dict.fromkeys(place for several in values.values() for place in several))
        raise InputWrong(
            f"Different values stand on file ({where}), and the request says not which is wrong. No plan was made.",
            hint="Give the wrong value as well, or name the field as source/record_set.field.",
        )


def _steps(places: Sequence[tuple[Record, Field]], new: str, kind: str) -> Iterator[Step]:
    by_record: dict[str, tuple[Record, dict[str, str | None]]] = {}
    for record, field in places:
        value = checked(field.identifies or kind, new, country=record.record_set.country, codes=field.codes)
        if record.values.get(field.name, "") != value:
            by_record.setdefault(record.finding.id, (record, {}))[1][field.name] = value
    for record, after in by_record.values():
        yield step(record, Action.CHANGE, after=after)
