"""What a record set says of itself: its fields, purposes, and our role for a day."""

from __future__ import annotations

from datetime import date

import pytest

from dsar.case.records import DataRole, Field, RecordSet, RolePeriod


def a_set(*roles: RolePeriod) -> RecordSet:
    return RecordSet(
        source="crm",
        name="seats",
        title="Your user account",
        place="seats",
        key=("seat_id",),
        fields=(Field(name="email", meaning="Your e-mail address"),),
        roles=roles,
    )


OURS = RolePeriod(role=DataRole.CONTROLLER, purpose="billing", since=date(2024, 1, 1))
THEIRS = RolePeriod(role=DataRole.PROCESSOR, purpose="hosting", until=date(2023, 12, 31))


@pytest.mark.parametrize(
    ("day", "role"),
    [
        (date(2023, 12, 31), DataRole.PROCESSOR),
        (date(2024, 1, 1), DataRole.CONTROLLER),
        (None, DataRole.PROCESSOR),
    ],
)
def test_our_role_depends_on_the_day(day: date | None, role: DataRole) -> None:
    assert a_set(OURS, THEIRS).role_on(day).role is role


def test_a_day_in_no_period_gets_the_most_careful_role() -> None:
    early = RolePeriod(role=DataRole.PROCESSOR, purpose="hosting", until=date(2022, 12, 31))
    assert a_set(OURS, early).role_on(date(2023, 6, 1)).role is DataRole.PROCESSOR
    assert a_set(OURS).role_on(date(2023, 6, 1)) is OURS


def test_fields_are_found_by_name_and_purposes_told_once() -> None:
    record_set = a_set(OURS, OURS, THEIRS)
    assert record_set.field("email") is record_set.fields[0]
    assert record_set.field("phone") is None
    assert record_set.purposes == ("billing", "hosting")
