"""Writes deadlines as an iCalendar file (RFC 5545) that calendars subscribe to or import.

The file is always whole: it takes the place of the one before, and what ended lately stands in it as cancelled, for
programs that only add. METHOD is PUBLISH without an organiser, as public calendars have it, so that no program takes
an entry for an invitation and no address is in the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from dsar.reports.deadlines import Deadline

if TYPE_CHECKING:
    import icalendar

PRODUCT = "-//dsar//due dates//EN"
# People are told at this hour, so many days before the day by which it must be done.
ALARM_HOUR = time(9)
ALARM_DAYS = (7, 1)
REFRESH = timedelta(hours=1)


def calendar_bytes(deadlines: Iterable[Deadline], *, name: str) -> bytes:
    """The file: UTF-8, CRLF, lines of at most 75 octets; entries by day, the same values always the same bytes."""
    # 80 ms: only this file needs the library
    import icalendar

    whole = icalendar.Calendar()
    whole.add("prodid", PRODUCT)
    whole.add("version", "2.0")
    whole.add("calscale", "GREGORIAN")
    whole.add("method", "PUBLISH")
    whole.add("name", icalendar.vText(name))
    whole.add("x-wr-calname", icalendar.vText(name))
    whole.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    whole.add("x-published-ttl", icalendar.vDuration(REFRESH))
    for one in sorted(deadlines, key=lambda one: (one.on, one.uid)):
        whole.add_component(_event(one))
    return bytes(whole.to_ical())


def _event(one: Deadline) -> icalendar.Event:
    import icalendar

    event = icalendar.Event()
    changed = one.changed_at.replace(microsecond=0)
    event.add("uid", one.uid)
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", one.sequence)
    event.add("dtstart", one.on)
    event.add("dtend", one.on + timedelta(days=1))
    event.add("summary", one.summary)
    event.add("description", one.description)
    event.add("categories", [one.category])
    event.add("status", "CANCELLED" if one.cancelled else "CONFIRMED")
    # a due date takes nobody's time
    event.add("transp", "TRANSPARENT")
    for days in () if one.cancelled else ALARM_DAYS:
        event.add_component(_alarm(one, days))
    return event


def _alarm(one: Deadline, days: int) -> icalendar.Alarm:
    """A reminder before the working day by which it must be done, told from the entry's own midnight."""
    import icalendar

    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", one.summary)
    alarm.add("trigger", _at(one.plan_on - timedelta(days=days)) - datetime.combine(one.on, time()))
    return alarm


def _at(day: date) -> datetime:
    return datetime.combine(day, ALARM_HOUR)
