"""Plans marks that stop a use and destroy nothing: suppress, restrict, or stop one purpose.

Which columns say so is set in each record set; where that is not set, a step of the plan is to do it by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from dsar.case.changes import UNDOABLE, Action, Plan, PlanKind, Step
from dsar.case.identifiers import Identifier
from dsar.case.records import Finding, RecordSet
from dsar.changes.steps import ALREADY_SO, SHARED, RecordSets, held_back, made, records_of, step
from dsar.changes.whose import Record
from dsar.errors import InputWrong, did_you_mean
from dsar.formats.plain import printable, shorten

NO_SETTING = "no column is set for this"
MISSING = "a column to set is missing there"


def marking(
    kind: PlanKind,
    findings: Sequence[Finding],
    record_sets: RecordSets,
    own: Sequence[Identifier] = (),
    *,
    purpose: str = "",
    plan_id: str,
    case: str,
    now: datetime,
    instructed: frozenset[str] = frozenset(),
) -> tuple[Plan, tuple[str, ...]]:
    """The plan to set the marks of this kind in the person's own records, or to do it by hand where no program can.

    An opt-out that is marked somewhere holds for what is used from there: record sets ("source/record_set") without
    a column for it are then told beside the plan, and no step of it. ``purpose`` is needed to stop one, as the source
    files name it; in scope are then the record sets that serve it. Secret records and those held for a customer stay
    out of it, unless the customer instructed us.
    """
    if kind not in UNDOABLE:
        raise ValueError(f"{kind} is no mark")
    wanted = _purpose(kind, purpose, record_sets)
    steps: list[Step] = []
    hand: dict[tuple[str, str], set[str]] = {}
    for record in records_of(findings, record_sets, own):
        if not _in_scope(record.record_set, kind, wanted) or held_back(record, instructed):
            continue
        columns = _columns(record.record_set, kind, wanted)
        if columns and not record.shared and columns.keys() <= record.values.keys():
            steps.append(_marked(record, columns))
        else:
            why = NO_SETTING if not columns else SHARED if record.shared else MISSING
            hand.setdefault((record.record_set.source, record.record_set.name), set()).add(why)
    unmarked = [place for place, whys in hand.items() if whys == {NO_SETTING}]
    if kind is not PlanKind.SUPPRESS or not steps:
        unmarked = []
    steps += [_by_hand(record_sets[place], whys) for place, whys in hand.items() if place not in unmarked]
    plan = made(kind, steps, plan_id=plan_id, case=case, now=now)
    return plan, tuple(sorted("/".join(place) for place in unmarked))


def _by_hand(record_set: RecordSet, whys: set[str]) -> Step:
    """What somebody must do in a record set that no program can mark, and why."""
    return Step(
        id="", finding="", source=record_set.source, record_set=record_set.name, place=record_set.place, key={},
        action=Action.HAND, before={}, after={}, ground="; ".join(sorted(whys)),
    )  # fmt: skip


def _marked(record: Record, columns: Mapping[str, str]) -> Step:
    after: dict[str, str | None] = {
        name: value for name, value in columns.items() if record.values.get(name, "") != value
    }
    return step(record, Action.CHANGE, after=after) if after else step(record, Action.KEEP, ground=ALREADY_SO)


def _columns(record_set: RecordSet, kind: PlanKind, purpose: str) -> Mapping[str, str]:
    if kind is PlanKind.SUPPRESS:
        return record_set.suppress
    if kind is PlanKind.RESTRICT:
        return record_set.restrict
    return {
        name: value for stopped, columns in record_set.stops for name, value in columns.items() if stopped == purpose
    }


def _in_scope(record_set: RecordSet, kind: PlanKind, purpose: str) -> bool:
    return kind is not PlanKind.STOP_PURPOSE or purpose in _purposes(record_set)


def _purposes(record_set: RecordSet) -> Iterator[str]:
    yield from record_set.purposes
    yield from (purpose for purpose, _ in record_set.stops)


def _purpose(kind: PlanKind, purpose: str, record_sets: RecordSets) -> str:
    """The purpose as the source files write it."""
    if kind is not PlanKind.STOP_PURPOSE:
        return ""
    known = list(dict.fromkeys(one for record_set in record_sets.values() for one in _purposes(record_set)))
    typed = " ".join(purpose.split()).casefold()
    for one in known:
        if one.casefold() == typed:
            return one
    raise InputWrong(
        f'No record set serves the purpose "{shorten(printable(purpose), 80)}".{did_you_mean(purpose, known)} '
        "No plan was made.",
        hint=f"Purposes in the source files: {'; '.join(known[:20])}",
    )
