"""The calendar file by the letter of RFC 5545, read again by two parsers that do not know each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import icalendar
import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from dsar.reports.calendar_file import ALARM_DAYS, calendar_bytes
from dsar.reports.deadlines import Deadline

XMAS = Deadline(
    uid="DSAR-2026-0001.access.us-ca-ccpa.answer@1554-9311.dsar",
    case="DSAR-2026-0001",
    right="access",
    law="us-ca-ccpa",
    obligation="respond",
    on=date(2026, 12, 25),
    plan_on=date(2026, 12, 24),
    summary="DSAR-2026-0001 access (CCPA): answer due",
    description="Next: gather. Type: dsar gather 1\nOwner: priya\nRule: Civ. Code 1798.100, 1798.110; 11 CCR 7024",
    category="CCPA",
    owner="priya",
    sequence=7,
    changed_at=datetime(2026, 11, 21, 20, 0, 1, 999, tzinfo=UTC),
)
# what a text may hold; control characters cannot be written in a calendar at all
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=200)


def lines(content: bytes) -> list[str]:
    """The content lines, unfolded by hand; fails on a line end or length that the standard forbids."""
    assert content.endswith(b"\r\n")
    raw = content.removesuffix(b"\r\n").split(b"\r\n")
    assert all(b"\r" not in line and b"\n" not in line for line in raw)
    assert max(map(len, raw)) <= 75
    text = [line.decode("utf-8") for line in raw]
    whole: list[str] = []
    for line in text:
        if line.startswith(" "):
            whole[-1] += line[1:]
        else:
            whole.append(line)
    return whole


def events(content: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


class TestStandard:
    def test_the_head_says_what_a_subscription_needs(self) -> None:
        head = lines(calendar_bytes([], name="Larkspur, Inc.: due"))
        assert head == [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//dsar//due dates//EN",
            "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH",
            "NAME:Larkspur\\, Inc.: due",
            "X-WR-CALNAME:Larkspur\\, Inc.: due",
            "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
            "X-PUBLISHED-TTL:PT1H",
            "END:VCALENDAR",
        ]

    def test_an_entry_is_a_whole_day_that_takes_nobodys_time(self) -> None:
        found = lines(calendar_bytes([XMAS], name="x"))
        for line in (
            "DTSTART;VALUE=DATE:20261225",
            "DTEND;VALUE=DATE:20261226",
            "DTSTAMP:20261121T200001Z",
            "LAST-MODIFIED:20261121T200001Z",
            "SEQUENCE:7",
            "STATUS:CONFIRMED",
            "TRANSP:TRANSPARENT",
            "CATEGORIES:CCPA",
            f"UID:{XMAS.uid}",
        ):
            assert found.count(line) == 1, line
        assert not any(line.startswith(("ORGANIZER", "ATTENDEE", "DTSTART;TZID")) for line in found)

    def test_alarms_ring_at_nine_before_the_day_by_which_it_must_be_done(self) -> None:
        (event,) = events(calendar_bytes([XMAS], name="x"))
        rings = [datetime.combine(XMAS.on, time()) + alarm.decoded("TRIGGER") for alarm in event.walk("VALARM")]
        assert rings == [datetime.combine(date(2026, 12, 24 - days), time(9)) for days in ALARM_DAYS]
        assert all(alarm["ACTION"] == "DISPLAY" and alarm["DESCRIPTION"] for alarm in event.walk("VALARM"))

    def test_what_is_cancelled_says_so_and_rings_no_more(self) -> None:
        (event,) = events(calendar_bytes([replace(XMAS, cancelled=True)], name="x"))
        assert event["STATUS"] == "CANCELLED"
        assert event.walk("VALARM") == []

    @given(
        st.builds(
            lambda text, words, law, on: replace(
                XMAS, summary=text, description=words, category=law, on=on, plan_on=on
            ),
            TEXTS,
            TEXTS,
            TEXTS.filter(bool),
            st.dates(date(2000, 1, 1), date(2100, 1, 1)),
        )
    )
    def test_any_text_survives_and_stays_inside_its_line(self, one: Deadline) -> None:
        content = calendar_bytes([one], name=one.summary)
        names = [line.partition(":")[0].partition(";")[0] for line in lines(content)]
        assert (names.count("BEGIN"), names.count("UID"), names.count("STATUS")) == (4, 1, 1)
        (event,) = events(content)
        assert str(event["DESCRIPTION"]) == one.description
        assert [str(law) for law in event["CATEGORIES"].cats] == [one.category]
        assert event.decoded("DTSTART") == one.on
        assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(days=1)

    def test_the_same_entries_in_any_order_give_the_same_bytes(self) -> None:
        other = replace(XMAS, uid="b", on=date(2026, 11, 30))
        assert calendar_bytes([XMAS, other], name="x") == calendar_bytes([other, XMAS], name="x")


class TestSecondParser:
    def test_it_reads_the_same(self) -> None:
        german = replace(XMAS, uid="b", summary="DSAR-2026-0002 Löschung; „sofort“, 50 % (DSGVO): fällig " * 3)
        calendar = vobject.readOne(calendar_bytes([XMAS, german], name="Büro").decode("utf-8"), validate=True)
        first, second = sorted(calendar.vevent_list, key=lambda event: str(event.uid.value))
        assert first.uid.value == XMAS.uid
        assert first.summary.value == XMAS.summary
        assert first.description.value == XMAS.description
        assert (first.dtstart.value, first.dtend.value) == (XMAS.on, XMAS.on + timedelta(days=1))
        assert first.sequence.value == "7"
        assert [alarm.trigger.value for alarm in first.valarm_list] == [
            timedelta(days=-days - 1, hours=9) for days in ALARM_DAYS
        ]
        assert second.summary.value == german.summary
        assert calendar.method.value == "PUBLISH"

    def test_it_refuses_what_the_standard_forbids(self) -> None:
        broken = calendar_bytes([XMAS], name="x").replace(f"UID:{XMAS.uid}\r\n".encode(), b"")
        with pytest.raises(vobject.base.ValidateError):
            vobject.readOne(broken.decode("utf-8"), validate=True)
