"""Reads ``data/calendars.toml``: which places each calendar has and where their holidays come from.

Building the days themselves is left to ``calendars``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from dsar.errors import InputWrong
from dsar.law.days import WEEKDAYS, yearly
from dsar.law.fields import Fault, Fields, told

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """A yearly day of one place, in words, and where it moves from a weekend."""

    place: str
    name: str
    day: str
    saturday_moves_to: str = ""
    sunday_moves_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One day put right against the library: added with its name, or removed."""

    place: str
    on: date
    adds: bool
    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CalendarSpec:
    """What calendars.toml says about one calendar; compared by identity, since it is read once."""

    id: str
    name: str
    weekend: frozenset[int]
    from_library: tuple[str, ...]
    aliases: Mapping[str, str]
    default: str
    default_says: str
    sunday_moves_to: str
    holidays: tuple[Holiday, ...]
    changes: tuple[Change, ...]


@lru_cache(maxsize=8)
def read_calendars(data: Path = DATA) -> Mapping[str, CalendarSpec]:
    """Every calendar of the file by id; all faults of the file in one error.

    An office's own folder adds calendars to ours; a table with nothing but ``change`` puts days of one of ours right.
    """
    path = data / "calendars.toml"
    faults: list[Fault] = []
    known = dict(read_calendars(DATA)) if data != DATA else {}
    try:
        raw = {} if known and not path.exists() else tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as bad:
        raise InputWrong(f"{path.name} cannot be read as TOML: {bad}. No date is computed.") from bad
    for calendar_id, table in raw.items():
        if isinstance(table, Mapping):
            fields = Fields(table, f"{path.name} [{calendar_id}]", faults)
            if calendar_id in known and set(table) == {"change"}:
                changes = tuple(_change(inner) for inner in fields.tables("change"))
                spec = known[calendar_id]
                known[calendar_id] = replace(spec, changes=(*spec.changes, *changes))
            else:
                known[calendar_id] = _spec(calendar_id, fields)
        else:
            faults.append(Fault(where=path.name, says=f'"{calendar_id}" must be a table.'))
    if faults:
        raise InputWrong(
            f"{told(faults)} No date is computed.",
            hint="Put them right and run the command again.",
        )
    return known


def _spec(calendar_id: str, fields: Fields) -> CalendarSpec:
    weekend = fields.texts("weekend", allowed=WEEKDAYS, required=True)
    aliases = fields.table("aliases")
    spec = CalendarSpec(
        id=calendar_id,
        name=fields.text("name", required=True),
        weekend=frozenset(WEEKDAYS.index(day) for day in weekend if day in WEEKDAYS),
        from_library=fields.texts("from_library"),
        aliases=aliases.all_texts() if aliases else {},
        default=fields.text("default", required=True),
        default_says=fields.text("default_says"),
        sunday_moves_to=fields.text("sunday_moves_to"),
        holidays=tuple(_holiday(inner) for inner in fields.tables("holiday")),
        changes=tuple(_change(inner) for inner in fields.tables("change")),
    )
    fields.finish()
    if spec.default not in (*spec.from_library, *(day.place for day in spec.holidays)):
        fields.fault('"default" is a place without days.')
    return spec


def _holiday(fields: Fields) -> Holiday:
    found = Holiday(
        place=fields.text("place", required=True),
        name=fields.text("name", required=True),
        day=fields.text("day", required=True),
        saturday_moves_to=fields.text("saturday_moves_to"),
        sunday_moves_to=fields.text("sunday_moves_to"),
    )
    fields.finish()
    if found.day and yearly(found.day, 2028) is None:
        fields.fault(f'"day" says "{found.day}", which is not a yearly day such as "third Monday of January".')
    if {found.saturday_moves_to, found.sunday_moves_to} - {"", "Friday", "Monday"}:
        fields.fault("A holiday moves to Friday or Monday.")
    return found


def _change(fields: Fields) -> Change:
    added, removed = fields.day("add"), fields.day("remove")
    if (added is None) == (removed is None):
        fields.fault('A change has either "add" or "remove".')
    change = Change(
        place=fields.text("place", required=True),
        on=added or removed or date.max,
        adds=added is not None,
        name=fields.text("name", required=added is not None),
        why=fields.text("why", required=True),
    )
    fields.finish()
    return change
