"""What a plan says of itself, and when it no longer fits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dsar.case.changes import Action, Plan, PlanKind, from_text, to_text
from dsar.case.records import Finding, OnDelete
from dsar.changes.plan import correcting, erasing, marking, stale
from tests.changes.scene import OWN, PLAN, column, described, finding

EMAIL = column("email", "email", correctable=True)
SETS = {
    ("crm", "rows"): described(EMAIL, column("n"), suppress={"n": "1"}),
    ("crm", "taxes"): described(EMAIL, name="taxes", on_delete=OnDelete.KEEP, keep_ground="tax law", keep_until="2033"),
}
FOUND = [
    finding({"email": "ana@example.com", "n": "0"}, "email", number=1),
    finding({"email": "ana@example.com", "n": "1"}, "email", number=2),
    finding({"email": "ana@example.com", "n": "1"}, "email", number=3, record_set="taxes"),
]
CHANGED = replace(FOUND[0], record=replace(FOUND[0].record, values={**FOUND[0].record.values, "n": "5"}))
NEW = finding({"email": "ana@example.com", "n": "0"}, "email", number=9)
ELSEWHERE = finding({"email": "ana@example.com"}, "email", number=8, record_set="taxes")


def plan_of(kind: PlanKind) -> Plan:
    if kind is PlanKind.ERASE:
        return erasing(FOUND, SETS, OWN, **PLAN)
    if kind is PlanKind.CORRECT:
        return correcting(FOUND[:1], SETS, OWN, kind_or_field="email", new="new@example.com", **PLAN)[0]
    return marking(kind, FOUND[:2], SETS, OWN, **PLAN)[0]


def test_a_plan_comes_back_from_the_vault_as_it_was() -> None:
    plan = plan_of(PlanKind.ERASE)
    assert from_text(to_text(plan)) == plan
    assert from_text(to_text(plan)).digest == plan.digest


@pytest.mark.parametrize(
    "other",
    [
        {"id": "S-0009"}, {"finding": "F-0009"}, {"source": "x"}, {"record_set": "x"}, {"place": "x"},
        {"key": {"id": "9"}}, {"action": Action.KEEP}, {"before": {}}, {"after": {"n": None}}, {"ground": "x"},
        {"until": "x"},
    ],
    ids=lambda other: next(iter(other)),
)  # fmt: skip
def test_the_digest_changes_with_everything_a_step_does(other: dict[str, Any]) -> None:
    plan = plan_of(PlanKind.ERASE)
    altered = replace(plan, steps=(replace(plan.steps[0], **other), *plan.steps[1:]))
    assert altered.digest != plan.digest
    assert replace(plan, steps=plan.steps[1:]).digest != plan.digest


@pytest.mark.parametrize(
    ("kind", "fresh", "told"),
    [
        (PlanKind.ERASE, FOUND, ()),
        (PlanKind.ERASE, list(reversed(FOUND)), ()),
        (PlanKind.ERASE, [CHANGED, *FOUND[1:]], ("F-0001",)),
        (PlanKind.ERASE, FOUND[1:], ("F-0001",)),
        (PlanKind.ERASE, [*FOUND, NEW], ("F-0009",)),
        (PlanKind.ERASE, [*FOUND, ELSEWHERE], ("F-0008",)),
        (PlanKind.ERASE, [], ("F-0001", "F-0002", "F-0003")),
        (PlanKind.SUPPRESS, [*FOUND, ELSEWHERE], ()),
        (PlanKind.SUPPRESS, [*FOUND, NEW], ("F-0009",)),
        (PlanKind.CORRECT, [*FOUND, NEW, ELSEWHERE], ()),
        (PlanKind.CORRECT, [CHANGED], ("F-0001",)),
    ],
)
def test_a_plan_is_stale_when_its_records_are(kind: PlanKind, fresh: list[Finding], told: tuple[str, ...]) -> None:
    assert stale(plan_of(kind), fresh) == told
