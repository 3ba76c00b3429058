"""Looking again after a change: what stays is explained, or the right is not carried out and no letter says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.case.changes import Action, Step
from dsar.case.rights import Right
from dsar.case.stages import Outcome
from dsar.errors import Refused
from dsar.workflow import apply as work
from dsar.workflow import change, ending, gather, outbox, remind
from dsar.workflow.look_again import _explains, done_rights, look_again
from dsar.workflow.remind_checks import checks
from dsar.workflow.remind_ladder import Moment
from dsar.workspace import Workspace
from tests.workflow import changing
from tests.workflow.changing import (
    NEW,
    NUMBER,
    OLD,
    TAN,
    agreed,
    corrected,
    crm,
    erased,
    facts_of,
    later,
    of_tan,
    okafor,
    tan,
)
from tests.workflow.office import by, facts_count


class TestLookingAgain:
    def test_before_anything_was_done(self, desk: Workspace) -> None:
        agreed(desk, change.plan_erasure(desk, tan(desk), by()))
        with pytest.raises(Refused, match="nothing to look at again"):
            look_again(desk, NUMBER, by())

    def test_what_stays_is_explained(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        found = look_again(desk, NUMBER, by())
        assert sorted(step.key["payment_id"] for step in found.explained) == ["P-7006", "P-7007"]
        assert (found.unexplained, found.failed) == ((), ())
        assert done_rights(found.case) == ("delete/us-ca-ccpa",)

    def test_twice_a_day_is_one_fact_and_another_day_another(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        for hours in (0, 1, 7 * 24, 7 * 24 + 1):
            look_again(desk, NUMBER, later(hours))
        assert facts_of(desk, NUMBER, "Rechecked") == ["Rechecked"] * 2

    def test_a_record_that_came_back_is_unexplained(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        with (desk.home / "data" / "newsletter.csv").open("a", encoding="utf-8") as file:
            file.write(f"{TAN},Wesley Tan,,2026-11-22,restored,subscribed,0\n")
        found = look_again(desk, NUMBER, by())
        assert found.unexplained == (("newsletter", "subscribers", TAN),)
        assert done_rights(found.case) == ()
        with pytest.raises(Refused, match="no look since has found that it is so"):
            outbox.send(desk, NUMBER, "done", by())

    def test_a_source_that_is_down_makes_no_result(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        (desk.home / "data" / "newsletter.csv").unlink()
        facts = facts_count(desk)
        found = look_again(desk, NUMBER, by())
        assert [place for place, _ in found.failed] == ["newsletter/subscribers"]
        assert facts_count(desk) == facts
        assert done_rights(found.case) == ()

    def test_a_source_that_is_no_longer_described_makes_no_result(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        (desk.home / "sources" / "newsletter.toml").unlink()
        fresh = Workspace(desk.home)
        assert [place for place, _ in look_again(fresh, NUMBER, by()).failed] == ["newsletter/subscribers"]
        assert facts_of(fresh, NUMBER, "Rechecked") == []
        fresh.ledger.close()

    def test_a_correction_leaves_the_other_records(self, desk: Workspace) -> None:
        done = corrected(desk, okafor(desk))
        assert done.left == 0
        assert crm(desk, "SELECT direct_phone FROM seats WHERE seat_id = 'S-2007'") == [(NEW,)]
        found = look_again(desk, NUMBER, by())
        assert [step.record_set for step in found.explained] == ["seats"]
        assert found.unexplained == ()
        assert not desk.ledger.is_suppressed(f"email:{changing.OKAFOR}")

    def test_a_correction_that_was_overwritten_is_unexplained(self, desk: Workspace) -> None:
        corrected(desk, okafor(desk))
        crm(desk, "UPDATE seats SET direct_phone = ? WHERE seat_id = 'S-2007'", OLD)
        assert [place[1] for place in look_again(desk, NUMBER, by()).unexplained] == ["seats"]

    def test_a_correction_after_an_erasure_hides_no_record_that_came_back(self, desk: Workspace) -> None:
        changing.typed(desk, of_tan(rights=(Right.EDIT, Right.DELETE)))
        erased(desk, NUMBER)
        agreed(desk, change.plan_correction(desk, NUMBER, "crm/private_accounts.country", "CA", by()))
        work.apply(desk, NUMBER, by())
        with (desk.home / "data" / "newsletter.csv").open("a", encoding="utf-8") as file:
            file.write(f"{TAN},Wesley Tan,,2026-11-22,restored,subscribed,0\n")
        found = look_again(desk, NUMBER, by())
        assert found.unexplained == (("newsletter", "subscribers", TAN),)
        assert done_rights(found.case) == ("edit/us-ca-ccpa",)

    def test_both_plans_of_a_case_are_looked_at(self, desk: Workspace) -> None:
        changing.typed(desk, of_tan(rights=(Right.EDIT, Right.DELETE)))
        agreed(desk, change.plan_correction(desk, NUMBER, "name", "Wesley B. Tan", by(), old="Wesley Tan"))
        assert work.apply(desk, NUMBER, by()).left == 0
        gather.gather(desk, NUMBER, by())
        erased(desk, NUMBER)
        found = look_again(desk, NUMBER, by())
        assert found.unexplained == ()
        assert set(done_rights(found.case)) == {"edit/us-ca-ccpa", "delete/us-ca-ccpa"}


class TestDone:
    def test_the_letter_waits_for_the_second_look(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        with pytest.raises(Refused, match="no look since has found that it is so"):
            outbox.send(desk, NUMBER, "done", by())
        assert list((desk.home / "outbox").glob("*.eml")) == []

    def test_in_part_where_records_were_kept(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        look_again(desk, NUMBER, by())
        sent = outbox.send(desk, NUMBER, "done", by())
        assert [claim.outcome for claim in sent.case.claims.values()] == [Outcome.GRANTED_IN_PART]

    def test_whole_where_nothing_was(self, desk: Workspace) -> None:
        field = "crm/seats.direct_phone"
        agreed(desk, change.plan_correction(desk, okafor(desk), field, NEW, by(), old=OLD))
        work.apply(desk, NUMBER, by())
        look_again(desk, NUMBER, by())
        sent = outbox.send(desk, NUMBER, "done", by())
        assert [claim.outcome for claim in sent.case.claims.values()] == [Outcome.GRANTED]
        text = desk.ledger.kept(NUMBER, "letter")[-1].value.decode("utf-8")
        assert NEW not in text
        assert OLD not in text


VALUES = st.dictionaries(st.sampled_from("abc"), st.text(max_size=3), max_size=3)


def step_of(action: Action, after: Mapping[str, str | None]) -> Step:
    return Step(
        id="S-1",
        finding="F-1",
        source="s",
        record_set="r",
        place="r",
        key={"k": "1"},
        action=action,
        before={},
        after=after,
    )


@given(VALUES, VALUES, VALUES)
def test_a_record_is_explained_only_as_it_was_planned(
    now: dict[str, str], after: dict[str, str], newer: dict[str, str]
) -> None:
    assert _explains(step_of(Action.KEEP, {}), [], now)
    assert not _explains(step_of(Action.DELETE, {}), [], now)
    changed = step_of(Action.CHANGE, after)
    assert _explains(changed, [], {**now, **after})
    # a later plan answers for the fields that it changed again, and for no other
    both = {name: newer.get(name, value) for name, value in after.items()}
    assert _explains(changed, [step_of(Action.CHANGE, newer)], {**now, **both})
    wrong = {**now, **both, **{name: value + "!" for name, value in both.items()}}
    assert _explains(changed, [step_of(Action.CHANGE, newer)], wrong) == (not after)


class TestTheDaysThatWerePromised:
    def about(self, ws: Workspace, days: int) -> list[str]:
        on = Moment(day=by().on + timedelta(days=days), hour=12)
        return [duty.about for duty in checks(ws, on)]

    def test_each_day_is_a_duty_until_somebody_looked(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        look_again(desk, NUMBER, by())
        assert self.about(desk, 6) == []
        (first,) = self.about(desk, 7)
        assert self.about(desk, 12) == [first]
        look_again(desk, NUMBER, later(8 * 24))
        assert self.about(desk, 12) == []
        (second,) = self.about(desk, 31)
        assert second != first

    def test_a_closed_case_is_looked_at_too(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        look_again(desk, NUMBER, by())
        outbox.send(desk, NUMBER, "done", by())
        assert ending.close(desk, NUMBER, by()).case.closed
        assert len(self.about(desk, 7)) == 1
        assert look_again(desk, NUMBER, later(7 * 24)).unexplained == ()
        assert self.about(desk, 7) == []

    def test_staff_are_told_by_mail(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        look_again(desk, NUMBER, by())
        now = later(7 * 24).recorded_at
        told = [mail.text for mail in remind.rehearse(desk, later(7 * 24), now).mails]
        assert any("look again" in text for text in told)
        assert not any("Tan" in text for text in told)
