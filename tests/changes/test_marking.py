"""Marks are set where the source files say how, and told to be done by hand where they do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dsar.case.changes import Action, Plan, PlanKind
from dsar.case.identifiers import Holder
from dsar.case.records import Finding, RecordSet, RolePeriod
from dsar.changes.marking import MISSING, NO_SETTING, marking
from dsar.changes.steps import ALREADY_SO, SHARED
from dsar.errors import InputWrong
from dsar.sources.settings import load_sources
from tests.changes.scene import CONTROLLER, OWN, PLAN, PROCESSOR, column, described, finding

EMAIL = column("email", "email")
MARKETING = RolePeriod(role=CONTROLLER.role, purpose="Direct marketing")
MARKS: dict[str, Any] = {
    "suppress": {"sold": "no"},
    "restrict": {"frozen": "1"},
    "stops": (("Direct marketing", {"news": "no"}), ("direct marketing by phone", {"calls": "no"})),
}
ROW = {"email": "ana@example.com", "sold": "yes", "frozen": "", "news": "yes", "calls": "yes"}


def marked(kind: PlanKind, *sets: RecordSet, found: list[Finding], **more: Any) -> Plan:
    return marking(kind, found, {("crm", one.name): one for one in sets}, OWN, **PLAN, **more)[0]


@pytest.mark.parametrize(
    ("kind", "purpose", "after"),
    [
        (PlanKind.SUPPRESS, "", {"sold": "no"}),
        (PlanKind.RESTRICT, "", {"frozen": "1"}),
        (PlanKind.STOP_PURPOSE, "direct  MARKETING", {"news": "no"}),
    ],
)
def test_the_columns_of_the_mark_are_set(kind: PlanKind, purpose: str, after: dict[str, str]) -> None:
    plan = marked(kind, described(EMAIL, **MARKS), found=[finding(ROW, "email")], purpose=purpose)
    assert [(step.action, dict(step.after)) for step in plan.steps] == [(Action.CHANGE, after)]
    assert plan.kind == kind


def test_what_is_so_already_is_told_so() -> None:
    plan = marked(PlanKind.SUPPRESS, described(EMAIL, **MARKS), found=[finding({**ROW, "sold": "no"}, "email")])
    assert [(step.action, step.ground) for step in plan.steps] == [(Action.KEEP, ALREADY_SO)]


@pytest.mark.parametrize(
    ("settings", "values", "why"),
    [
        ({}, ROW, NO_SETTING),
        ({**MARKS, "holder": Holder.ORGANISATION}, ROW, SHARED),
        (MARKS, {"email": "ana@example.com"}, MISSING),
    ],
)
def test_what_no_program_can_mark_is_done_by_hand(settings: dict[str, Any], values: dict[str, str], why: str) -> None:
    found = [finding(values, "email", number=number) for number in (1, 2)]
    plan = marked(PlanKind.SUPPRESS, described(EMAIL, **settings), found=found)
    (step,) = plan.steps
    assert (step.action, step.source, step.record_set) == (Action.HAND, "crm", "rows")
    assert (step.finding, step.key, step.before, step.after) == ("", {}, {}, {})
    assert step.ground == why


def test_a_record_set_that_is_marked_in_part_is_done_by_hand_for_the_rest() -> None:
    found = [finding(ROW, "email", number=1), finding({"email": "ana@example.com"}, "email", number=2)]
    plan = marked(PlanKind.SUPPRESS, described(EMAIL, **MARKS), found=found)
    assert [(step.action, step.ground) for step in plan.steps] == [
        (Action.HAND, MISSING),
        (Action.CHANGE, ""),
    ]


@pytest.mark.parametrize("settings", [{"secret": True}, {"roles": (PROCESSOR,)}])
def test_secret_records_and_a_customers_are_in_neither(settings: dict[str, Any]) -> None:
    plan = marked(PlanKind.SUPPRESS, described(EMAIL, **{**MARKS, **settings}), found=[finding(ROW, "email")])
    assert plan.steps == ()


def test_only_what_serves_the_purpose_is_in_scope() -> None:
    serves = described(EMAIL, roles=(MARKETING,), name="serves")
    other = described(EMAIL, name="other")
    found = [
        finding(ROW, "email", number=1, record_set="serves"),
        finding(ROW, "email", number=2, record_set="other"),
    ]
    plan = marked(PlanKind.STOP_PURPOSE, serves, other, found=found, purpose="direct marketing")
    assert [(step.action, step.record_set) for step in plan.steps] == [(Action.HAND, "serves")]


@pytest.mark.parametrize("kind", [PlanKind.SUPPRESS, PlanKind.RESTRICT, PlanKind.STOP_PURPOSE])
def test_an_opt_out_marked_somewhere_leaves_no_step_where_no_column_is_set(kind: PlanKind) -> None:
    marks = described(EMAIL, **MARKS, name="preferences", roles=(MARKETING,))
    orders, partly = (described(EMAIL, name=name, roles=(MARKETING,)) for name in ("orders", "tickets"))
    found = [finding(ROW, "email", number=nth, record_set=one.name) for nth, one in enumerate((marks, orders, partly))]
    sets = {("crm", one.name): one for one in (marks, orders, partly)}
    plan, unmarked = marking(kind, found, sets, OWN, **PLAN, purpose="direct marketing")
    told = [(step.record_set, step.action) for step in plan.steps]
    by_hand = [("orders", Action.HAND), ("tickets", Action.HAND)]
    if kind is PlanKind.SUPPRESS:
        assert (told, unmarked) == ([("preferences", Action.CHANGE)], ("crm/orders", "crm/tickets"))
    else:
        assert (sorted(told), unmarked) == (sorted([*by_hand, ("preferences", Action.CHANGE)]), ())


@pytest.mark.parametrize("purpose", ["", "direct marketting"])
def test_a_purpose_nobody_serves_is_told(purpose: str) -> None:
    with pytest.raises(InputWrong, match="No record set serves") as failed:
        marked(PlanKind.STOP_PURPOSE, described(EMAIL, **MARKS), found=[], purpose=purpose)
    assert "Direct marketing" in failed.value.hint


@pytest.mark.parametrize("kind", [PlanKind.ERASE, PlanKind.CORRECT])
def test_what_destroys_is_no_mark(kind: PlanKind) -> None:
    with pytest.raises(ValueError, match="no mark"):
        marked(kind, described(EMAIL), found=[])


TOML = """
[source]
kind = "csv"
title = "List"
owner = "luis"
path = "list.csv"
read_only = true
[[record_set]]
name = "rows"
title = "Rows"
key = ["email"]
[[record_set.role]]
role = "controller"
purpose = "marketing"
[[record_set.field]]
name = "email"
meaning = "e-mail"
identifies = "email"
match = true
[[record_set.field]]
name = "sold"
meaning = "sold"
[record_set.suppress]
set = {{ {column} = false }}
[record_set.restrict]
set = {{ sold = 0 }}
[[record_set.stop]]
purpose = "marketing"
set = {{ sold = "no" }}
"""


def test_the_source_file_says_how(tmp_path: Path) -> None:
    (tmp_path / "list.toml").write_text(TOML.format(column="sold"), encoding="utf-8")
    (settings,) = load_sources(tmp_path)
    (record_set,) = settings.record_sets
    assert (record_set.suppress, record_set.restrict) == ({"sold": "false"}, {"sold": "0"})
    assert record_set.stops == (("marketing", {"sold": "no"}),)
    assert settings.options["read_only"] == "true"


@pytest.mark.parametrize("column", ["solt", "email"])
def test_a_mark_on_a_column_nobody_describes_or_the_key_is_a_fault(tmp_path: Path, column: str) -> None:
    (tmp_path / "list.toml").write_text(TOML.format(column=column), encoding="utf-8")
    with pytest.raises(InputWrong, match=f'"set" names "{column}"'):
        load_sources(tmp_path)
