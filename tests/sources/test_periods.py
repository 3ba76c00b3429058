"""The day a stored time falls on, and spans of days."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.case.records import DataRole, RecordSet, RolePeriod
from dsar.sources.periods import Span, day_of


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-21", date(2026, 11, 21)),
        (" 2026-11-21T23:59:59-08:00", date(2026, 11, 21)),
        ("2026-11-21 10:00", date(2026, 11, 21)),
        ("20261121", date(2026, 11, 21)),
        ("2026/11/21", date(2026, 11, 21)),
        ("21.11.2026", date(2026, 11, 21)),
        ("1795219200", date(2026, 11, 21)),
        ("1795219200000", date(2026, 11, 21)),
        ("1795219200.5", date(2026, 11, 21)),
        ("Sat, 21 Nov 2026 09:00:00 +0000", date(2026, 11, 21)),
        ("03/04/2026", None),
        ("2026-13-45", None),
        ("2026-11-211", None),
        ("31.02.2026", None),
        ("soon", None),
        ("", None),
    ],
)
def test_days(text: str, day: date | None) -> None:
    assert day_of(text) == day


@given(st.text(max_size=40))
def test_any_text_is_a_day_or_none(text: str) -> None:
    found = day_of(text)
    assert found is None or isinstance(found, date)


_DAYS = st.one_of(st.none(), st.dates(min_value=date(2020, 1, 1), max_value=date(2020, 1, 9)))
_SPANS = st.builds(lambda a, b: Span(since=a, until=b), _DAYS, _DAYS).filter(
    lambda span: not (span.since and span.until and span.until < span.since)
)


def _days(span: Span) -> set[int]:
    """The days of a span, in January 2020 and a little around."""
    first = span.since.day if span.since else -9
    last = span.until.day if span.until else 19
    return set(range(first, last + 1))


@given(_SPANS, _SPANS)
def test_spans_compare_as_their_days_do(one: Span, other: Span) -> None:
    assert one.overlaps(other) == other.overlaps(one) == bool(_days(one) & _days(other))
    assert one.holds(other) == (_days(other) <= _days(one))


def test_a_day_in_no_period_gets_the_most_careful_role() -> None:
    controller = RolePeriod(role=DataRole.CONTROLLER, purpose="billing", until=date(2023, 12, 31))
    processor = RolePeriod(role=DataRole.PROCESSOR, purpose="traffic", since=date(2025, 1, 1))
    one = RecordSet(
        source="s", name="n", title="t", place="p", key=("id",), fields=(), roles=(controller, processor)
    )  # fmt: skip
    assert [one.role_on(day) for day in (date(2023, 1, 1), date(2024, 6, 1), date(2025, 6, 1), None)] == [
        controller,
        processor,
        processor,
        processor,
    ]
