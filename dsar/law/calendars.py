"""Working days and holidays of the place whose law counts them, as values that a case can pin.

Holidays come from the ``holidays`` library or from ``data/calendars.toml``; moving dates is left to ``clocks``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from dsar.errors import InputWrong, did_you_mean
from dsar.law.calendar_files import DATA, CalendarSpec, read_calendars
from dsar.law.days import FIRST_YEAR, LAST_YEAR, WEEKDAYS, yearly


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The days that are not working days at one place, for a span of whole years.

    ``days`` are the holidays in order, with their names; ``weekend`` holds weekday numbers (Monday 0).
    ``chosen`` says why this place, where nobody named one.
    """

    id: str
    region: str
    name: str
    weekend: frozenset[int]
    first_year: int
    last_year: int
    days: Mapping[date, str]
    chosen: str = ""

    def is_working(self, day: date) -> bool:
        """Whether this day is neither weekend nor holiday here."""
        self._must_cover(day)
        return day.weekday() not in self.weekend and day not in self.days

    def name_of(self, day: date) -> str:
        """Why the day is not a working day: the holiday's name, else the weekday; empty for a working day."""
        self._must_cover(day)
        return self.days.get(day) or (WEEKDAYS[day.weekday()] if day.weekday() in self.weekend else "")

    def _must_cover(self, day: date) -> None:
        if not self.first_year <= day.year <= self.last_year:
            raise InputWrong(
                f"The calendar {self.id} ({self.region}) covers {self.first_year} to {self.last_year}, not {day.year}.",
                hint="Check the year of the dates you gave.",
            )

    @property
    def version(self) -> str:
        """A short hash of what is pinned: two calendars with one version give the same dates."""
        return hashlib.sha256(json.dumps(self.pin(), sort_keys=True).encode()).hexdigest()[:12]

    def pin(self) -> dict[str, object]:
        """What a case keeps so that its dates never move: plain values for JSON."""
        return {
            "id": self.id,
            "region": self.region,
            "name": self.name,
            "weekend": sorted(self.weekend),
            "years": [self.first_year, self.last_year],
            "days": {day.isoformat(): name for day, name in self.days.items()},
            "chosen": self.chosen,
        }


def pinned(kept: Mapping[str, object]) -> Calendar:
    """The calendar that ``Calendar.pin`` put away."""
    try:
        weekend, years, days = kept["weekend"], kept["years"], kept["days"]
        if not (isinstance(weekend, list) and isinstance(years, list) and isinstance(days, dict)):
            raise TypeError("not a pinned calendar")
        return Calendar(
            id=str(kept["id"]),
            region=str(kept["region"]),
            name=str(kept["name"]),
            weekend=frozenset(int(day) for day in weekend),
            first_year=int(years[0]),
            last_year=int(years[1]),
            days={date.fromisoformat(day): str(name) for day, name in days.items()},
            chosen=str(kept.get("chosen", "")),
        )
    except (KeyError, ValueError, IndexError, TypeError) as bad:
        raise InputWrong("The calendar kept with the case cannot be read, so no date is computed.") from bad


def calendar(
    calendar_id: str, region: str | None = None, *, first_year: int, last_year: int, data: Path = DATA
) -> Calendar:
    """The calendar of that id at a place, for whole years; without a region its default, which says so."""
    spec = _spec(calendar_id, data)
    place = _place(spec, region)
    first, last = max(first_year, FIRST_YEAR), min(last_year, LAST_YEAR + 1)
    chosen = spec.default_says if region is None else ""
    return _built(spec, place, first, last, chosen)


def calendar_for(calendar_id: str, days: Iterable[date], region: str | None = None, *, data: Path = DATA) -> Calendar:
    """The calendar wide enough to reckon with these days: the year of the first to two years after the last."""
    years = [day.year for day in days]
    return calendar(calendar_id, region, first_year=min(years), last_year=max(years) + 2, data=data)


def regions(calendar_id: str, *, data: Path = DATA) -> tuple[str, ...]:
    """The places a calendar can be asked for, but for the library's subdivisions of a country."""
    spec = _spec(calendar_id, data)
    return tuple(dict.fromkeys((spec.default, *spec.from_library, *(day.place for day in spec.holidays))))


def knows_region(calendar_id: str, region: str, *, data: Path = DATA) -> bool:
    """Whether this calendar has such a place, so that an office's region is only used where it fits."""
    try:
        _place(_spec(calendar_id, data), region)
    except InputWrong:
        return False
    return True


def _spec(calendar_id: str, data: Path) -> CalendarSpec:
    known = read_calendars(data)
    if calendar_id not in known:
        raise InputWrong(
            f"There is no such calendar.{did_you_mean(calendar_id[:60], sorted(known))}",
            hint=f"Known: {', '.join(sorted(known))}.",
        )
    return known[calendar_id]


def _place(spec: CalendarSpec, region: str | None) -> str:
    if region is None:
        return spec.default
    typed = region.strip().upper().replace("_", "-")
    place = spec.aliases.get(typed, typed)
    listed = {spec.default, *spec.from_library, *(day.place for day in spec.holidays)}
    if place in listed:
        return place
    country, _, part = place.partition("-")
    if part and country in listed:
        parts_of = _subdivisions(country) if country in spec.from_library else ()
        # Where no part of the country has days of its own, the country's days are those of each part.
        if part in parts_of or (not parts_of and part.isalnum()):
            return place if part in parts_of else country
    if len(spec.from_library) == 1 and place in _subdivisions(spec.default):
        return f"{spec.default}-{place}"
    parts = [f"{one}-{part}" for one in spec.from_library if one == country for part in _subdivisions(one)]
    known = sorted({*listed, *parts})
    raise InputWrong(
        f"The calendar {spec.id} has no such region.{did_you_mean(typed[:60], known)}",
        hint=f"Known: {', '.join(known[:40])}.",
    )


def _subdivisions(country: str) -> tuple[str, ...]:
    # 90 ms: only a calendar that is really built pays for the library.
    import holidays

    known = holidays.list_supported_countries(include_aliases=False).get(country, [])
    return tuple(part.upper() for part in known)


@lru_cache(maxsize=64)
def _built(spec: CalendarSpec, place: str, first: int, last: int, chosen: str) -> Calendar:
    own = [day for day in spec.holidays if day.place == place]
    found = _own_days(spec, place, first, last) if own else _library_days(place, first, last)
    for change in spec.changes:
        if change.place not in (place, place.partition("-")[0]) or not first <= change.on.year <= last:
            continue
        if change.adds:
            found[change.on] = change.name
        else:
            found.pop(change.on, None)
    return Calendar(
        id=spec.id,
        region=place,
        name=spec.name,
        weekend=spec.weekend,
        first_year=first,
        last_year=last,
        days={day: found[day] for day in sorted(found)},
        chosen=chosen,
    )


def _own_days(spec: CalendarSpec, place: str, first: int, last: int) -> dict[date, str]:
    found: dict[date, str] = {}
    # One year more: New Year's Day may be kept on the last day of the year before.
    for year in range(first, last + 2):
        for holiday in spec.holidays:
            day = yearly(holiday.day, year) if holiday.place == place else None
            if day is None:
                continue
            found.setdefault(day, holiday.name)
            moves = {5: holiday.saturday_moves_to, 6: holiday.sunday_moves_to or spec.sunday_moves_to}
            to = moves.get(day.weekday(), "")
            if to:
                step = -1 if to == "Friday" else 1
                found.setdefault(day + timedelta(days=step), f"{holiday.name} (observed)")
    return {day: name for day, name in found.items() if first <= day.year <= last}


def _library_days(place: str, first: int, last: int) -> dict[date, str]:
    import holidays

    country, _, part = place.partition("-")
    kind = holidays.country_holidays(country)
    spoken = "en_US" if "en_US" in kind.supported_languages else None
    subdivision = next((known for known in kind.subdivisions if known.upper() == part), None)
    days = holidays.country_holidays(country, subdiv=subdivision, years=range(first, last + 1), language=spoken)
    return {day: name for day, name in days.items() if first <= day.year <= last}
