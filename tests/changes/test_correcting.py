"""A correction changes the person's wrong value where it may, and says where it may not."""

from __future__ import annotations

from typing import Any

import pytest

from dsar.case.changes import Action, Plan, PlanKind
from dsar.case.identifiers import Holder
from dsar.case.records import Finding, RecordSet
from dsar.changes.correcting import NOT_CORRECTABLE, NOT_EDITED, ViewOnly, correcting
from dsar.changes.steps import FOR_CUSTOMER, SHARED
from dsar.errors import InputWrong
from tests.changes.scene import OWN, PLAN, PROCESSOR, column, described, finding

EMAIL = column("email", "email", correctable=True)
SECOND = column("second", "email", correctable=True, emits=True)
PHONE = column("phone", "phone", correctable=True)
NAME = column("name", correctable=True)
ROW = {"email": "Ana@Example.com", "second": "ana@home.example", "phone": "(415) 555-0142", "name": "Ana Bell"}


def corrected(
    record_set: RecordSet, *findings: Finding, what: str = "email", new: str = "new@example.com", **more: Any
) -> tuple[Plan, tuple[ViewOnly, ...]]:
    sets = {("crm", record_set.name): record_set}
    return correcting(findings, sets, OWN, kind_or_field=what, new=new, **PLAN, **more)


def after(record_set: RecordSet, *findings: Finding, **more: Any) -> dict[str, str | None]:
    plan, view = corrected(record_set, *findings, **more)
    assert (plan.kind, view) == (PlanKind.CORRECT, ())
    return {name: value for step in plan.steps for name, value in step.after.items()}


def test_the_old_value_is_found_however_it_is_written() -> None:
    record_set = described(EMAIL, SECOND, PHONE, NAME)
    found = finding(ROW, "email")
    assert after(record_set, found, old="ANA@example.com") == {"email": "new@example.com"}
    assert after(record_set, found, what="phone", old="+1 415 555 0142", new="(510) 555-0117") == {
        "phone": "+15105550117"
    }
    assert after(record_set, found, what="name", old="ana  BELL", new=" Ana   Bell-Ode ") == {"name": "Ana Bell-Ode"}
    assert after(record_set, found, old="somebody@else.example") == {}


def test_without_the_old_value_the_persons_own_field_of_the_kind_is_meant() -> None:
    plan, _ = corrected(described(EMAIL, NAME), finding(ROW, "email"))
    (step,) = plan.steps
    assert (step.action, dict(step.after), step.before["email"]) == (
        Action.CHANGE, {"email": "new@example.com"}, "Ana@Example.com"
    )  # fmt: skip


def test_two_different_values_are_asked_about_without_saying_them() -> None:
    with pytest.raises(InputWrong, match=r"crm/rows\.email, crm/rows\.second") as failed:
        corrected(described(EMAIL, SECOND), finding(ROW, "email"))
    assert "@" not in str(failed.value)


def test_one_field_may_be_named_and_may_be_empty_so_far() -> None:
    record_set = described(EMAIL, SECOND, PHONE)
    assert after(record_set, finding(ROW, "email"), what="crm/rows.second") == {"second": "new@example.com"}
    assert after(record_set, finding({**ROW, "second": ""}, "email"), what="crm/rows.second") == {
        "second": "new@example.com"
    }


def test_a_value_that_is_right_already_is_no_step() -> None:
    assert after(described(EMAIL), finding({"email": "new@example.com"}, "email")) == {}


def test_several_records_of_one_person_are_all_corrected() -> None:
    two = [finding(ROW, "email", number=number) for number in (1, 2)]
    plan, _ = corrected(described(EMAIL), *two)
    assert [step.finding for step in plan.steps] == ["F-0001", "F-0002"]


@pytest.mark.parametrize(
    ("settings", "more", "why"),
    [
        ({"fields": (column("email", "email"),)}, {}, NOT_CORRECTABLE),
        ({"roles": (PROCESSOR,)}, {}, FOR_CUSTOMER),
        ({}, {"whole_only": {"crm"}}, NOT_EDITED),
    ],
)
def test_a_field_that_stays_is_told_with_why(settings: dict[str, Any], more: dict[str, Any], why: str) -> None:
    fields = settings.pop("fields", (EMAIL,))
    plan, view = corrected(described(*fields, **settings), finding(ROW, "email"), **more)
    assert (plan.steps, view) == ((), (ViewOnly(source="crm", record_set="rows", field="email", why=why),))


def test_a_secret_record_set_is_in_no_answer() -> None:
    assert corrected(described(EMAIL, secret=True), finding(ROW, "email"))[1] == ()
    with pytest.raises(InputWrong, match="neither a kind nor a field"):
        corrected(described(EMAIL, secret=True), finding(ROW, "email"), what="crm/rows.email")


def test_the_organisations_record_is_only_looked_at() -> None:
    record_set = described(NAME, column("email", "email", holder=Holder.ORGANISATION), holder=Holder.ORGANISATION)
    found = finding({"name": "Golden Gate", "email": "ana@example.com"}, "email")
    plan, view = corrected(record_set, found, what="name", new="Gate", old="golden gate")
    assert (plan.steps, [one.why for one in view]) == ((), [SHARED])
    assert corrected(record_set, found, what="crm/rows.name", new="Gate")[0].steps == ()


def test_a_mention_in_somebody_elses_record_changes_nothing() -> None:
    values = {"email": "ben@example.com", "name": "Ben", "phone": ""}
    found = finding(values, "name", how="text")
    assert corrected(described(EMAIL, NAME, PHONE), found)[0].steps == ()


@pytest.mark.parametrize(
    ("what", "good", "written", "bad"),
    [
        (
            "email",
            " New@Example.com ",
            "New@Example.com",
            ["", "neww", "new@x", "a@b.example, c@d.example", "a b@c.example"],
        ),
        ("telephone", "+49 30 23125 014", "+493023125014", ["12", "call me", "+1 2"]),
        ("phone", "510 555 0117", "+15105550117", ["5"]),
        ("name", "Ana Bell", "Ana Bell", ["  ", "123", "x" * 501, "An\u202ea"]),
        ("birthdate", "1984-03-09", "1984-03-09", ["09.03.1984", "1984-13-01", "soon"]),
        ("address", "1  Main\tSt", "1 Main St", [""]),
    ],
)
def test_only_a_value_that_can_be_is_taken(what: str, good: str, written: str, bad: list[str]) -> None:
    kind = {"telephone": "phone", "birthdate": "birth_date"}.get(what, what)
    record_set = described(column("field", kind, correctable=True))
    found = finding({"field": {"phone": "415 555 0142", "email": "ana@example.com"}.get(kind, "x")})
    assert after(record_set, found, what=what, new=good) == {"field": written}
    for wrong in bad:
        with pytest.raises(InputWrong) as failed:
            corrected(record_set, found, what=what, new=wrong)
        assert not wrong.strip() or wrong not in str(failed.value)


def test_a_national_number_is_read_in_the_country_of_its_source() -> None:
    british = described(PHONE, country="GB")
    found = finding({"phone": "020 7946 0321"}, "phone")
    assert after(british, found, what="phone", new="020 7946 0018") == {"phone": "+442079460018"}
    with pytest.raises(InputWrong, match="can exist"):
        corrected(british, found, what="phone", new="1234567890123456")


def test_a_coded_field_takes_its_codes_only() -> None:
    record_set = described(EMAIL, column("state", correctable=True, codes=(("A", "active"), ("C", "closed"))))
    found = finding({"email": "ana@example.com", "state": "A"}, "email")
    assert after(record_set, found, what="crm/rows.state", new="C") == {"state": "C"}
    with pytest.raises(InputWrong, match="A, C"):
        corrected(record_set, found, what="crm/rows.state", new="closed")


@pytest.mark.parametrize("typed", ["emial", "crm/rows.emial", "crm/gone.email", "crm/rows", "\x1b[31m"])
def test_what_nobody_knows_is_told_with_a_guess(typed: str) -> None:
    with pytest.raises(InputWrong, match="neither a kind nor a field") as failed:
        corrected(described(EMAIL), what=typed)
    assert "\x1b" not in str(failed.value)


def test_free_text_is_not_corrected_by_a_program() -> None:
    with pytest.raises(InputWrong, match="free text"):
        corrected(described(column("note", text=True, correctable=True)), what="crm/rows.note")


def test_a_wrong_value_may_be_somebody_elses_number() -> None:
    record_set = described(column("seat", "customer_no"), PHONE)
    found = finding({"seat": "S-2001", "phone": "+1 415 555 0199"}, "seat")
    for old in ("", "415 555 0199"):
        assert after(record_set, found, what="phone", new="+1 510 555 0117", old=old) == {"phone": "+15105550117"}
