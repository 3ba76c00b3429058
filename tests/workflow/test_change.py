"""Plans: saved once, good for 72 hours, agreed to by somebody else and to the last step; nothing is touched yet."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.case.case import Case, PlanLine, current_plan
from dsar.case.changes import Action, PlanKind
from dsar.case.facts import Approves
from dsar.case.rights import Right
from dsar.errors import InputWrong, OutsideDown, Refused
from dsar.workflow import apply as work
from dsar.workflow import change, child, gather, openings
from dsar.workflow.plans import saved_plan
from dsar.workspace import Workspace
from tests.workflow import changing
from tests.workflow.changing import (
    NEW,
    NUMBER,
    OLD,
    crm,
    facts_of,
    later,
    of_tan,
    okafor,
    opt_out,
    sources,
    tan,
)
from tests.workflow.office import RIVERA, by, facts_count


class TestErasure:
    def test_every_finding_has_a_step_and_nothing_is_touched(self, desk: Workspace) -> None:
        before = sources(desk)
        planned = change.plan_erasure(desk, tan(desk), by())
        assert {step.finding for step in planned.plan.steps} == {one.id for one in desk.ledger.findings(NUMBER)}
        kept = [step for step in planned.plan.steps if step.action is Action.KEEP]
        assert [step.key["payment_id"] for step in kept] == ["P-7006", "P-7007"]
        assert all("bookkeeping" in step.ground for step in kept)
        assert sources(desk) == before

    def test_the_line_holds_counts_and_no_values(self, desk: Workspace) -> None:
        planned = change.plan_erasure(desk, tan(desk), by())
        assert (planned.line.steps, planned.line.changes) == (len(planned.plan.steps), len(planned.plan.steps) - 2)
        assert planned.line.needs_approval
        entry = next(one for one in desk.ledger.history(NUMBER) if one.kind == "PlanMade")
        assert "tan" not in repr(entry.fact).casefold()

    def test_the_same_plan_again_is_the_saved_one(self, desk: Workspace) -> None:
        first = change.plan_erasure(desk, tan(desk), by())
        facts = facts_count(desk)
        again = change.plan_erasure(desk, NUMBER, later(1))
        assert again.already
        assert not first.already
        assert (again.plan, again.fingerprint) == (first.plan, first.fingerprint)
        assert facts_count(desk) == facts
        assert len(desk.ledger.kept(NUMBER, "plan")) == 1

    def test_a_right_that_came_later_gets_a_plan_of_its_own(self, desk: Workspace) -> None:
        first = change.plan_erasure(desk, tan(desk), by())
        child.under_thirteen(desk, NUMBER, by())
        again = change.plan_erasure(desk, NUMBER, by())
        assert not again.already
        assert (first.line.claims, again.line.claims) == (
            ("delete/us-ca-ccpa",),
            ("delete/us-ca-ccpa", "child_delete/us-coppa"),
        )

    def test_a_plan_of_changed_records_takes_the_place_of_the_first_as_often_as_needed(self, desk: Workspace) -> None:
        names = [change.plan_erasure(desk, tan(desk), by()).plan.id]
        for name in ("Wes Tan", "W. Tan", "W. B. Tan"):
            crm(desk, "UPDATE seats SET full_name = ? WHERE seat_id = 'S-2008'", name)
            gather.gather(desk, NUMBER, by())
            names.append(change.plan_erasure(desk, NUMBER, by()).plan.id)
        assert len(set(names)) == 4
        assert list(desk.ledger.case(NUMBER).plans) == names[-1:]

    def test_an_expired_plan_is_made_anew(self, desk: Workspace) -> None:
        first = change.plan_erasure(desk, tan(desk), by())
        again = change.plan_erasure(desk, NUMBER, later(73))
        assert not again.already
        assert again.plan.id != first.plan.id
        assert again.fingerprint != first.fingerprint

    def test_refused_where_nobody_asked_for_it(self, desk: Workspace) -> None:
        number = okafor(desk)
        facts = facts_count(desk)
        with pytest.raises(Refused, match="nothing that DSAR-2026-0001 asks for"):
            change.plan_erasure(desk, number, by())
        assert facts_count(desk) == facts
        assert desk.ledger.kept(number, "plan") == []

    def test_refused_before_proof(self, desk: Workspace) -> None:
        number = changing.arrived(desk, "05-delete-tan")
        facts = facts_count(desk)
        with pytest.raises(Refused, match="Identity is not proven"):
            change.plan_erasure(desk, number, by())
        assert facts_count(desk) == facts
        assert desk.ledger.kept(number, "plan") == []

    def test_refused_while_a_source_is_not_accounted_for(self, desk: Workspace) -> None:
        number = changing.arrived(desk, "05-delete-tan")
        changing.shown(desk, number, "email-control")
        gather.gather(desk, number, by())
        with pytest.raises(Refused, match="A record set is not accounted for"):
            change.plan_erasure(desk, number, by())

    def test_refused_to_whoever_may_not_edit(self, desk: Workspace) -> None:
        number = tan(desk)
        with pytest.raises(Refused, match="needs the role editor"):
            change.plan_erasure(desk, number, by("marta"))


class TestCorrection:
    def test_it_changes_the_wrong_value_and_nothing_else(self, desk: Workspace) -> None:
        planned = change.plan_correction(desk, okafor(desk), "phone", NEW, by(), old=OLD)
        steps = [(step.record_set, dict(step.key), dict(step.after)) for step in planned.plan.steps]
        assert steps == [("seats", {"seat_id": "S-2007"}, {"direct_phone": NEW})]

    def test_fields_that_may_only_be_seen_are_told(self, desk: Workspace) -> None:
        planned = change.plan_correction(desk, okafor(desk), "phone", NEW, by(), old=OLD)
        places = {f"{one.source}/{one.record_set}.{one.field}" for one in planned.view_only}
        assert "crm/number_assignments.number" in places

    def test_the_same_again(self, desk: Workspace) -> None:
        number = okafor(desk)
        change.plan_correction(desk, number, "phone", NEW, by(), old=OLD)
        facts = facts_count(desk)
        assert change.plan_correction(desk, number, "phone", NEW, by("sam"), old=OLD).already
        assert facts_count(desk) == facts

    def test_another_value_is_another_plan(self, desk: Workspace) -> None:
        number = okafor(desk)
        first = change.plan_correction(desk, number, "phone", NEW, by(), old=OLD)
        second = change.plan_correction(desk, number, "phone", "+15105550177", by(), old=OLD)
        assert not second.already
        assert second.fingerprint != first.fingerprint

    def test_refused_where_nobody_asked_for_it(self, desk: Workspace) -> None:
        number = tan(desk)
        facts = facts_count(desk)
        with pytest.raises(Refused, match="carried out by a plan to correct"):
            change.plan_correction(desk, number, "phone", NEW, by())
        assert facts_count(desk) == facts


class TestMarking:
    def test_it_needs_neither_proof_nor_a_second_person(self, desk: Workspace) -> None:
        planned = change.plan_marking(desk, opt_out(desk), PlanKind.SUPPRESS, by())
        assert not planned.line.needs_approval
        assert {(step.source, step.record_set) for step in planned.plan.steps} == {
            ("crm", "preferences"),
            ("newsletter", "subscribers"),
        }

    def test_what_was_found_for_it_is_not_kept(self, desk: Workspace) -> None:
        change.plan_marking(desk, opt_out(desk), PlanKind.SUPPRESS, by())
        assert list(desk.ledger.findings(NUMBER)) == []

    def test_the_same_again(self, desk: Workspace) -> None:
        change.plan_marking(desk, opt_out(desk), PlanKind.SUPPRESS, by())
        facts = facts_count(desk)
        assert change.plan_marking(desk, NUMBER, PlanKind.SUPPRESS, by()).already
        assert facts_count(desk) == facts

    @pytest.mark.parametrize("kind", [PlanKind.ERASE, PlanKind.CORRECT])
    def test_an_erasure_is_no_mark(self, desk: Workspace, kind: PlanKind) -> None:
        number = opt_out(desk)
        with pytest.raises(InputWrong, match="is planned with"):
            change.plan_marking(desk, number, kind, by())

    def test_refused_where_nobody_asked_for_it(self, rivera: Workspace) -> None:
        facts = facts_count(rivera)
        with pytest.raises(Refused, match="plan to restrict"):
            change.plan_marking(rivera, RIVERA, PlanKind.RESTRICT, by())
        assert facts_count(rivera) == facts

    def test_a_source_that_is_down_is_no_opt_out(self, desk: Workspace) -> None:
        number = opt_out(desk)
        (desk.home / "data" / "newsletter.csv").unlink()
        facts = facts_count(desk)
        with pytest.raises(OutsideDown, match="newsletter/subscribers did not answer"):
            change.plan_marking(desk, number, PlanKind.SUPPRESS, by())
        assert facts_count(desk) == facts

    def test_a_name_alone_finds_nobody(self, desk: Workspace) -> None:
        wish = of_tan(identifiers=(), rights=(Right.OPT_OUT_SALE,))
        number = openings.typed(desk, wish, by())
        with pytest.raises(Refused, match="no e-mail, phone or account number"):
            change.plan_marking(desk, number, PlanKind.SUPPRESS, by())


class TestApproval:
    @pytest.fixture
    def planned(self, desk: Workspace) -> change.Planned:
        return change.plan_erasure(desk, tan(desk), by("sam"))

    def test_somebody_else_agrees(self, desk: Workspace, planned: change.Planned) -> None:
        case = change.approve_plan(desk, NUMBER, planned.line, by("marta"), typed=f" {planned.fingerprint.upper()} ")
        assert case.approved(Approves.PLAN, planned.line.digest)

    def test_twice_is_one_fact(self, desk: Workspace, planned: change.Planned) -> None:
        for _ in range(2):
            change.approve_plan(desk, NUMBER, planned.line, by("marta"), typed=planned.fingerprint)
        assert facts_of(desk, NUMBER, "Approved") == ["Approved"]

    def test_never_who_made_it(self, desk: Workspace, planned: change.Planned) -> None:
        facts = facts_count(desk)
        with pytest.raises(Refused, match="somebody else must approve") as refused:
            change.approve_plan(desk, NUMBER, planned.line, by("sam"), typed=planned.fingerprint)
        assert "Marta Kowalczyk" in refused.value.hint
        assert facts_count(desk) == facts

    def test_never_who_may_not(self, desk: Workspace, planned: change.Planned) -> None:
        with pytest.raises(Refused, match="needs the role approver"):
            change.approve_plan(desk, NUMBER, planned.line, by("priya"), typed=planned.fingerprint)

    def test_the_fingerprint_is_typed(self, desk: Workspace, planned: change.Planned) -> None:
        facts = facts_count(desk)
        with pytest.raises(InputWrong, match="not the fingerprint"):
            change.approve_plan(desk, NUMBER, planned.line, by("marta"), typed="0000-0000")
        assert facts_count(desk) == facts

    @pytest.mark.parametrize(("hours", "good"), [(72, True), (72.01, False)])
    def test_for_72_hours(self, desk: Workspace, planned: change.Planned, hours: float, good: bool) -> None:
        facts = facts_count(desk)
        if good:
            change.approve_plan(desk, NUMBER, planned.line, later(hours, "marta"), typed=planned.fingerprint)
        else:
            with pytest.raises(Refused, match="has expired"):
                change.approve_plan(desk, NUMBER, planned.line, later(hours, "marta"), typed=planned.fingerprint)
        assert facts_count(desk) == facts + good

    def test_a_moved_date_does_not_bring_it_back(self, desk: Workspace, planned: change.Planned) -> None:
        late = later(73, "marta")
        moved = type(late)(actor="marta", on=late.on - timedelta(days=3), recorded_at=late.recorded_at, moved=True)
        with pytest.raises(Refused, match="has expired"):
            change.approve_plan(desk, NUMBER, planned.line, moved, typed=planned.fingerprint)

    def test_it_is_of_this_plan_only(self, desk: Workspace, planned: change.Planned) -> None:
        change.approve_plan(desk, NUMBER, planned.line, by("marta"), typed=planned.fingerprint)
        crm(desk, "UPDATE seats SET full_name = 'Wes Tan' WHERE seat_id = 'S-2008'")
        gather.gather(desk, NUMBER, by())
        second = change.plan_erasure(desk, NUMBER, by())
        assert not desk.ledger.case(NUMBER).approved(Approves.PLAN, second.line.digest)
        before = sources(desk)
        with pytest.raises(Refused, match="No second person has approved"):
            work.apply(desk, NUMBER, by())
        assert sources(desk) == before

    def test_not_of_a_plan_that_was_replaced(self, desk: Workspace, planned: change.Planned) -> None:
        crm(desk, "UPDATE seats SET full_name = 'Wes Tan' WHERE seat_id = 'S-2008'")
        gather.gather(desk, NUMBER, by())
        change.plan_erasure(desk, NUMBER, by())
        with pytest.raises(Refused, match="no longer the current one"):
            change.approve_plan(desk, NUMBER, planned.line, by("marta"), typed=planned.fingerprint)


class TestHolds:
    def test_a_hold_needs_a_reason_and_a_dpo(self, desk: Workspace) -> None:
        number = tan(desk)
        facts = facts_count(desk)
        with pytest.raises(InputWrong, match="needs a reason"):
            change.place_hold(desk, number, " ", by("marta"), secret=False)
        with pytest.raises(Refused, match="role dpo or manager"):
            change.place_hold(desk, number, "court", by(), secret=False)
        assert facts_count(desk) == facts

    def test_the_reason_is_in_the_vault_only(self, desk: Workspace) -> None:
        change.place_hold(desk, tan(desk), "quarrel with Wesley", by("marta"), secret=True)
        assert [kept.value for kept in desk.ledger.kept(NUMBER, "hold")] == [b"quarrel with Wesley"]
        assert all("Wesley" not in repr(entry.fact) for entry in desk.ledger.history(NUMBER))

    def test_lifted(self, desk: Workspace) -> None:
        change.place_hold(desk, tan(desk), "court", by("marta"), secret=False)
        assert change.lift_hold(desk, NUMBER, "H-1", by("marta")).holds == {}

    def test_a_number_that_was_lifted_is_not_used_again(self, desk: Workspace) -> None:
        change.place_hold(desk, tan(desk), "court", by("marta"), secret=False)
        change.place_hold(desk, NUMBER, "audit", by("marta"), secret=False)
        change.lift_hold(desk, NUMBER, "H-1", by("marta"))
        assert set(change.place_hold(desk, NUMBER, "tax", by("marta"), secret=False).holds) == {"H-2", "H-3"}


def test_a_plan_that_is_gone_is_refused(desk: Workspace) -> None:
    number = tan(desk)
    with pytest.raises(Refused, match="the plan P-1-9 is gone"):
        saved_plan(desk, number, "P-1-9")


def _line(nth: int, kind: PlanKind) -> PlanLine:
    return PlanLine(
        id=f"P-1-{nth}", kind=kind, digest=str(nth), claims=(), steps=0, changes=0, expires_at="", needs_approval=False
    )


@given(st.sets(st.integers(1, 500), max_size=8), st.sampled_from(PlanKind))
def test_a_plan_never_gets_a_number_that_is_in_use(numbers: set[int], kind: PlanKind) -> None:
    case = Case(number=NUMBER, plans={f"P-1-{nth}": _line(nth, kind) for nth in numbers})
    made = change._next_id(case)
    assert made not in case.plans
    assert int(made.rpartition("-")[2]) > max(numbers, default=0)
    assert (current_plan(case) is None) == (not numbers)
