"""What an erasure makes of a record, rule by rule, and whom it never touches."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from dsar.case.changes import Action, Plan, Step
from dsar.case.identifiers import Holder, Identifier
from dsar.case.records import Disclose, Field, Finding, OnDelete, RecordSet, RolePeriod
from dsar.changes.erasing import NOT_EDITED, UNNAMED, erasing
from dsar.changes.steps import CONFIDENTIAL, FOR_CUSTOMER, SHARED
from dsar.errors import InputWrong
from tests.changes.scene import CONTROLLER, NOW, OWN, PLAN, PROCESSOR, column, described, finding

EMAIL = column("email", "email")
NAME = column("name", "name")
NOTE = column("note", text=True)
ROW = {
    "email": "Ana@Example.com", "name": "Bell, Ana", "note": "Ring Ana Bell on 415.555.0142, or Ben on 415 555 0199.",
    "born": "1984-03-09", "points": "17", "seen": "2026-01-02", "contract": "A-1001", "agent": "Ines Calder",
}  # fmt: skip
FIELDS = (
    EMAIL, NAME, NOTE, column("born"), column("points"), column("seen"),
    column("contract", "account_id", holder=Holder.ORGANISATION),
    Field(name="agent", meaning="agent", identifies="name", disclose=Disclose.OTHER_PERSON),
)  # fmt: skip
CUT_NOTE = "Ring [removed] on [removed], or Ben on 415 555 0199."


def planned(record_set: RecordSet, *findings: Finding, own: tuple[Identifier, ...] = OWN, **more: Any) -> Plan:
    sets = {("crm", record_set.name): record_set}
    return erasing(findings, sets, own, **PLAN, **more)


def one(record_set: RecordSet, found: Finding, **more: Any) -> Step:
    (step,) = planned(record_set, found, **more).steps
    return step


@pytest.mark.parametrize(
    ("rule", "action", "after"),
    [
        (OnDelete.ROW, Action.DELETE, {}),
        # the row stays as a row: its number, its day, the organisation's and the colleague's columns
        (OnDelete.NULL, Action.CHANGE, dict.fromkeys(("email", "name", "note", "born", "points"))),
        (
            OnDelete.MASK,
            Action.CHANGE,
            {
                "email": "erased@erased.invalid", "name": "[erased]", "note": "[erased]", "born": "1900-01-01",
                "points": "0",
            },
        ),
        (OnDelete.CUT, Action.CHANGE, {"email": None, "name": None, "note": CUT_NOTE}),
        (OnDelete.KEEP, Action.KEEP, {}),
    ],
)  # fmt: skip
def test_the_rule_of_the_record_set(rule: OnDelete, action: Action, after: dict[str, str | None]) -> None:
    record_set = described(*FIELDS, time_field="seen", on_delete=rule, keep_ground="tax law", keep_until="7 years")
    step = one(record_set, finding(ROW, "email"))
    assert (step.action, dict(step.after)) == (action, after)
    assert (step.ground, step.until) == (("tax law", "7 years") if action is Action.KEEP else ("", ""))
    assert (step.key, step.before["email"], step.place) == ({"id": "1"}, "Ana@Example.com", "rows")


@pytest.mark.parametrize(
    ("rule", "field_rule", "after"),
    [
        (OnDelete.NULL, OnDelete.KEEP, {"email": None}),
        (OnDelete.NULL, OnDelete.MASK, {"email": None, "points": "0"}),
        (OnDelete.KEEP, OnDelete.NULL, {"points": None}),
        (OnDelete.KEEP, OnDelete.MASK, {"points": "0"}),
        (OnDelete.MASK, OnDelete.NULL, {"email": "erased@erased.invalid", "points": None}),
    ],
)
def test_the_rule_of_a_field_goes_first(rule: OnDelete, field_rule: OnDelete, after: dict[str, str | None]) -> None:
    record_set = described(EMAIL, column("points", on_delete=field_rule), on_delete=rule, keep_ground="tax law")
    step = one(record_set, finding({"email": "ana@example.com", "points": "17"}, "email"))
    assert (step.action, dict(step.after)) == (Action.CHANGE, after)


def test_what_a_changed_record_is_still_found_by_carries_its_ground() -> None:
    kept = column("points", on_delete=OnDelete.NULL)
    step = one(
        described(EMAIL, kept, on_delete=OnDelete.KEEP, keep_ground="tax law", keep_until="2033"),
        finding({"email": "ana@example.com", "points": "17"}, "email"),
    )
    assert (step.ground, step.until) == ("tax law", "2033")


def test_an_erased_row_that_names_nobody_is_kept_as_such() -> None:
    step = one(described(EMAIL, on_delete=OnDelete.NULL), finding({"email": ""}))
    assert (step.action, step.ground) == (Action.KEEP, UNNAMED)


@pytest.mark.parametrize("holder", [Holder.ORGANISATION, Holder.SHARED])
@pytest.mark.parametrize("rule", [OnDelete.ROW, OnDelete.NULL, OnDelete.CUT])
def test_a_record_of_several_people_is_never_deleted(holder: Holder, rule: OnDelete) -> None:
    fields = (column("email", "email", holder=holder), NAME, NOTE, column("points"))
    values = {**ROW, "name": "Golden Gate Florists"}
    step = one(described(*fields, holder=holder, on_delete=rule), finding(values, "email"))
    assert (step.action, dict(step.after)) == (Action.CHANGE, {"email": None, "note": CUT_NOTE})


def test_a_shared_record_with_nothing_of_hers_to_take_out_is_kept() -> None:
    record_set = described(column("points"), holder=Holder.SHARED)
    step = one(record_set, finding({"points": "17"}))
    assert (step.action, step.ground) == (Action.KEEP, SHARED)


def test_a_shared_record_masks_where_the_rule_says_so() -> None:
    record_set = described(EMAIL, holder=Holder.SHARED, on_delete=OnDelete.MASK)
    assert dict(one(record_set, finding({"email": "ana@example.com"}, "email")).after) == {
        "email": "erased@erased.invalid"
    }


def test_a_ticket_that_mentions_her_is_cut_and_stays() -> None:
    values = {"email": "ben@example.com", "note": ROW["note"], "name": "Ben Ode"}
    step = one(described(EMAIL, NAME, NOTE), finding(values, "note", how="text"))
    assert (step.action, dict(step.after)) == (Action.CHANGE, {"note": CUT_NOTE})


def test_a_record_that_somebody_else_would_find_too_loses_only_her_part() -> None:
    fields = (column("from", "phone", disclose=Disclose.OTHER_PERSON), column("to", "phone"), column("seconds"))
    values = {"from": "0014155550142", "to": "+14155550199", "seconds": "12"}
    step = one(described(*fields), finding(values, "phone"))
    assert (step.action, dict(step.after)) == (Action.CHANGE, {"from": None})


def test_an_address_that_is_nobodys_makes_no_record_shared() -> None:
    box = column("to", "email", show_when=({"to": "help@desk.example"},))
    values = {"email": "ana@example.com", "to": "help@desk.example"}
    assert one(described(EMAIL, box), finding(values, "email")).action is Action.DELETE
    assert one(described(EMAIL, box), finding({**values, "to": "ben@example.com"}, "email")).action is Action.CHANGE


def test_a_list_of_several_people_loses_one() -> None:
    values = {"email": "Ben <ben@example.com>, ana@example.com, Eve <eve@example.com>"}
    step = one(described(EMAIL), finding(values, "email"))
    assert dict(step.after) == {"email": "Ben <ben@example.com>, [removed], Eve <eve@example.com>"}


def test_the_other_seats_of_a_contract_stay() -> None:
    seats = described(column("seat", "customer_no"), column("contract", "account_id", holder=Holder.ORGANISATION))
    account = described(
        column("contract", "account_id", holder=Holder.ORGANISATION), name="accounts", holder=Holder.ORGANISATION
    )
    others = [finding({"seat": f"S-200{n}", "contract": "A-1001"}, number=n) for n in range(2, 6)]
    hers = finding({"seat": "S-2001", "contract": "A-1001"}, "seat", number=1)
    contract = finding({"contract": "A-1001"}, number=9, record_set="accounts")
    sets = {("crm", "rows"): seats, ("crm", "accounts"): account}
    plan = erasing([hers, contract], sets, OWN, **PLAN)
    assert [(step.finding, step.action) for step in plan.steps] == [("F-0009", Action.KEEP), ("F-0001", Action.DELETE)]
    # even if a search brought the others' seats, each names somebody else
    wrong = [replace(one, record=replace(one.record, matched=hers.record.matched)) for one in others]
    assert {step.action for step in erasing(wrong, sets, OWN, **PLAN).steps} == {Action.KEEP}


def test_a_number_counts_only_for_its_days() -> None:
    phone = Identifier(kind="phone", value="+14155550167", since=date(2025, 2, 1), until=date(2026, 3, 31))
    record_set = described(NOTE, EMAIL, column("day"), time_field="day", holder=Holder.SHARED)
    values = {"note": "call 415-555-0167", "email": "ana@example.com"}
    inside = one(record_set, finding({**values, "day": "2026-03-31"}, "email"), own=(*OWN, phone))
    outside = one(record_set, finding({**values, "day": "2026-04-01"}, "email"), own=(*OWN, phone))
    assert inside.after.get("note") == "call [removed]"
    assert "note" not in outside.after


def test_a_record_a_colleague_picked_out_is_hers() -> None:
    record_set = described(column("day"), column("host", "name"))
    assert one(record_set, finding({"day": "2026-01-02", "host": "Luis"})).action is Action.DELETE


def test_what_is_held_for_a_customer_waits_for_their_word() -> None:
    periods = (replace(PROCESSOR, until=date(2025, 12, 31)), replace(CONTROLLER, since=date(2026, 1, 1)))
    record_set = described(EMAIL, column("day"), column("customer"), time_field="day", roles=periods)
    values = {"email": "ana@example.com", "customer": "QuickMeds"}
    old, new = finding({**values, "day": "2025-06-01"}, "email"), finding({**values, "day": "2026-06-01"}, "email")
    step = one(record_set, old)
    assert (step.action, step.ground) == (Action.KEEP, FOR_CUSTOMER)
    assert one(record_set, new).action is Action.DELETE
    assert one(record_set, old, instructed=frozenset({"QuickMeds"})).action is Action.DELETE
    assert one(record_set, old, instructed=frozenset({"Bayline"})).action is Action.KEEP
    assert one(record_set, old, instructed=frozenset({"crm/rows"})).action is Action.DELETE


def test_an_unnamed_customer_is_not_instructed_by_an_empty_word() -> None:
    record_set = described(EMAIL, roles=(RolePeriod(role=PROCESSOR.role, purpose="texts"),))
    found = finding({"email": "ana@example.com"}, "email")
    assert one(record_set, found, instructed=frozenset({""})).action is Action.KEEP


@pytest.mark.parametrize(("ground", "told"), [("preventing fraud", "preventing fraud"), ("", CONFIDENTIAL)])
def test_secret_records_are_kept(ground: str, told: str) -> None:
    step = one(described(EMAIL, secret=True, keep_ground=ground), finding({"email": "ana@example.com"}, "email"))
    assert (step.action, step.ground) == (Action.KEEP, told)


def test_where_records_go_only_whole_shared_ones_stay() -> None:
    values = {"email": "ana@example.com", "to": "ben@example.com"}
    mail = described(EMAIL, column("to", "email"))
    step = one(mail, finding(values, "email"), whole_only={"crm"})
    assert (step.action, step.ground) == (Action.KEEP, f"{SHARED}; {NOT_EDITED}")
    nulled = described(EMAIL, on_delete=OnDelete.NULL)
    assert one(nulled, finding({"email": "ana@example.com"}, "email"), whole_only={"crm"}).ground == NOT_EDITED


def test_a_text_too_long_to_look_through_leaves_whole() -> None:
    values = {"email": "ben@example.com", "note": "ana@example.com " + "x" * 200_000}
    assert one(described(EMAIL, NOTE), finding(values, "note", how="text")).after == {"note": "[removed]"}


def test_a_plan_is_numbered_in_a_steady_order_and_expires() -> None:
    record_set = described(EMAIL)
    found = [finding({"email": "ana@example.com"}, "email", number=number) for number in (10, 9, 2)]
    plan = planned(record_set, *found)
    assert [(step.id, step.finding) for step in plan.steps] == [
        ("S-0001", "F-0002"), ("S-0002", "F-0009"), ("S-0003", "F-0010")
    ]  # fmt: skip
    assert plan == planned(record_set, *reversed(found))
    assert plan.expires_at - NOW == timedelta(hours=72)


def test_a_record_set_nobody_describes_any_more_stops_the_plan() -> None:
    with pytest.raises(InputWrong, match="crm/gone") as failed:
        planned(described(EMAIL), finding({"email": "ana@example.com"}, record_set="gone"))
    assert "ana@" not in str(failed.value)


def test_the_number_of_a_contract_that_goes_ties_no_other_record_to_her() -> None:
    contracts = described(EMAIL, column("contract"), name="contracts", key=("contract",))
    calls = described(column("from", "phone"), column("to", "phone"), column("contract"), column("id2"))
    mine = finding({"email": "ana@example.com", "contract": "A-1"}, "email", record_set="contracts")
    call = {"from": "+14155550142", "to": "+14155550199", "id2": "A-1"}
    found = [
        mine,
        finding({**call, "contract": "A-1"}, "phone", number=2),
        finding({**call, "contract": "A-2"}, "phone", number=3),
    ]
    sets = {("crm", one.name): one for one in (contracts, calls)}
    after = {step.finding: dict(step.after) for step in erasing(found, sets, OWN, **PLAN).steps}
    assert after == {"F-0001": {}, "F-0002": {"from": None, "contract": None}, "F-0003": {"from": None}}
    # the contract stays where it is the organisation's: then its number does too
    kept = {**sets, ("crm", "contracts"): replace(contracts, holder=Holder.ORGANISATION)}
    after = {step.finding: dict(step.after) for step in erasing(found, kept, OWN, **PLAN).steps}
    assert after["F-0002"] == {"from": None}
