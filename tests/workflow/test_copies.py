"""A case does not keep what the person had erased: copies go at close, identifiers after the last look."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.policy import default as modern

import pytest

from dsar.case.stages import Outcome
from dsar.errors import Refused
from dsar.workflow import ending, outbox, remind
from dsar.workflow.copies import forget_before_images
from dsar.workflow.look_again import look_again
from dsar.workflow.plans import saved_plan
from dsar.workspace import Workspace
from tests.workflow.changing import NEW, NUMBER, OLD, corrected, erased, later, okafor, tan
from tests.workflow.office import by


def told_and_closed(ws: Workspace) -> None:
    look_again(ws, NUMBER, by())
    outbox.send(ws, NUMBER, "done", by())
    assert ending.close(ws, NUMBER, by()).case.closed


def kept_text(ws: Workspace) -> str:
    """Everything the case keeps, but for the letters to and from the person."""
    kept = [one for one in ws.ledger.kept(NUMBER) if not one.kind.startswith("letter")]
    return "\n".join(one.value.decode("utf-8", "replace") for one in kept)


class TestErased:
    @pytest.fixture
    def only_in_records(self, desk: Workspace) -> set[str]:
        """Long values that stood in records of Tan's and nowhere else in the case."""
        erased(desk, tan(desk))
        plan = saved_plan(desk, NUMBER, "P-1-1")
        told = "\n".join(
            one.value.decode("utf-8", "replace") for one in desk.ledger.kept(NUMBER) if one.kind not in ("plan",)
        )
        values = {value for step in plan.steps for value in step.before.values() if len(value) >= 12}
        return {
            value for value in values if value not in told and value not in "".join(step.ground for step in plan.steps)
        }

    def test_the_copies_go_when_the_case_is_closed(self, desk: Workspace, only_in_records: set[str]) -> None:
        assert len(only_in_records) >= 10
        told_and_closed(desk)
        assert list(desk.ledger.findings(NUMBER)) == []
        keys = {key for step in saved_plan(desk, NUMBER, "P-1-1").steps for key in step.key.values()}
        still = {value for value in only_in_records - keys if value in kept_text(desk)}
        assert still == set()
        assert desk.ledger.audit() == []

    def test_the_later_looks_still_know_what_they_look_for(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        told_and_closed(desk)
        found = look_again(desk, NUMBER, later(7 * 24))
        assert found.unexplained == ()
        assert sorted(step.key["payment_id"] for step in found.explained) == ["P-7006", "P-7007"]

    def test_after_the_last_look_nobody_knows_what_he_was_known_by(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        told_and_closed(desk)
        look_again(desk, NUMBER, later(89 * 24))
        assert desk.ledger.kept(NUMBER, "identifier")
        look_again(desk, NUMBER, later(90 * 24))
        assert desk.ledger.kept(NUMBER, "identifier") == []
        with pytest.raises(Refused, match="last look"):
            look_again(desk, NUMBER, later(91 * 24))


class TestCorrected:
    def test_the_values_before_go_when_their_months_are_over(self, desk: Workspace) -> None:
        corrected(desk, okafor(desk))
        assert OLD[-4:] in kept_plans(desk)
        day = timedelta(days=1)
        months = desk.config.retention.before_months
        assert forget_before_images(desk, later(24 * 28 * months)) == 0
        assert forget_before_images(desk, later(24 * 32 * months)) == 1
        assert OLD[-4:] not in kept_plans(desk)
        assert NEW in kept_plans(desk)
        assert forget_before_images(desk, later(24 * (32 * months + day.days))) == 0

    def test_the_reminders_see_to_it(self, desk: Workspace) -> None:
        corrected(desk, okafor(desk))
        look_again(desk, NUMBER, by())
        outbox.send(desk, NUMBER, "done", by())
        stamp = later(24 * 32 * desk.config.retention.before_months)
        remind.remind(desk, stamp, stamp.recorded_at)
        assert OLD[-4:] not in kept_plans(desk)


def kept_plans(ws: Workspace) -> str:
    return "".join(one.value.decode("utf-8") for one in ws.ledger.kept(NUMBER, "plan"))


def test_a_field_that_may_only_be_seen_is_in_the_letter_with_the_reason(desk: Workspace) -> None:
    corrected(desk, okafor(desk))
    look_again(desk, NUMBER, by())
    sent = outbox.send(desk, NUMBER, "done", by())
    (path,) = (desk.home / "outbox").glob("*.eml")
    body = message_from_bytes(path.read_bytes(), policy=modern).get_body(("plain",))
    assert body is not None
    text = " ".join(body.get_content().split())
    assert "Telephone numbers you have had: The telephone number. Why: It is part of a record" in text
    assert OLD[-4:] not in text
    assert [claim.outcome for claim in sent.case.claims.values()] == [Outcome.GRANTED_IN_PART]
