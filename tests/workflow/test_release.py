"""Whether a letter may leave: every reason of the gate, met one by one on the way of the real case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from dsar.case.facts import Decision
from dsar.case.gates import Content, Recipient
from dsar.case.stages import Role
from dsar.errors import Refused
from dsar.workflow import gather, openings, outbox, review, verify
from dsar.workflow.answer import package_path
from dsar.workflow.drafts import draft
from dsar.workflow.release import recipient_state
from dsar.workspace import Workspace
from tests.workflow import office
from tests.workflow.office import EMAIL, RIVERA, by, facts_count, opening


def codes(ws: Workspace, kind: str = "answer", number: str = RIVERA, **when: object) -> set[str]:
    made = draft(ws, number, kind, by(**when))  # type: ignore[arg-type]
    return {reason.code for reason in made.verdict.reasons if reason.code != "lint"}


class TestOnTheWay:
    @pytest.mark.parametrize("step", ["opened", "proven", "gathered"])
    def test_before_the_review_no_answer_can_even_be_written(self, at: Callable[[str], Workspace], step: str) -> None:
        ws = at(step)
        facts = facts_count(ws)
        with pytest.raises(Refused, match="Not sent"):
            outbox.send(ws, RIVERA, "answer", by())
        assert facts_count(ws) == facts

    @pytest.mark.parametrize(
        ("step", "left"),
        [
            ("reviewed", {"second_person", "package"}),
            ("approved", {"package"}),
            ("packaged", set()),
        ],
    )
    def test_each_step_takes_its_reason_away(self, at: Callable[[str], Workspace], step: str, left: set[str]) -> None:
        assert codes(at(step)) == left

    def test_an_unexplained_record_set_shuts_it(self, at: Callable[[str], Workspace]) -> None:
        ws = at("proven")
        gather.gather(ws, RIVERA, by())
        assert "coverage" in codes(ws, "nothing")
        gather.waive(ws, RIVERA, "facilities", "", "kept 30 days only", by())
        assert "coverage" not in codes(ws, "nothing")


class TestRecipient:
    def at_address(self, ws: Workspace, address: str) -> str:
        openings.typed(ws, opening(reply_to=address), by())
        verify.confirm(ws, RIVERA, verify.Shown(method=verify.method_named("account-login")), by())
        office.gathered(ws)
        office.reviewed(ws)
        office.approved(ws)
        office.packaged(ws)
        return RIVERA

    def test_an_address_nobody_has_on_file_gets_nothing(self, desk: Workspace) -> None:
        self.at_address(desk, "maria.rivera@elsewhere.example")
        assert codes(desk) == {"recipient"}
        facts = facts_count(desk)
        with pytest.raises(Refused, match="not a channel we have on file"):
            outbox.send(desk, RIVERA, "answer", by())
        assert facts_count(desk) == facts

    def test_an_address_changed_lately_gets_nothing_yet(self, at: Callable[[str], Workspace]) -> None:
        ws = at("packaged")
        changed = date(2026, 11, 1)
        verify.check_recipient(ws, RIVERA, EMAIL, on_file=True, changed_on=changed, by=by())
        case = ws.ledger.case(RIVERA)
        assert recipient_state(ws, case, by()) is Recipient.CHANGED_LATELY
        assert recipient_state(ws, case, by(on=date(2026, 11, 30))) is Recipient.CHANGED_LATELY
        assert recipient_state(ws, case, by(on=date(2026, 12, 1))) is Recipient.ON_FILE
        assert codes(ws) == {"recipient_changed"}

    def test_a_request_by_phone_without_an_address_has_no_recipient(self, desk: Workspace) -> None:
        number = openings.typed(desk, opening(channel="phone", reply_to=""), by())
        assert recipient_state(desk, desk.ledger.case(number), by()) is Recipient.UNKNOWN


class TestAuthority:
    def test_an_agent_needs_it_shown(self, desk: Workspace) -> None:
        openings.typed(desk, opening(role=Role.AGENT), by())
        gather.gather(desk, RIVERA, by(), count_only=True)
        assert "authority" in codes(desk, "nothing")
        verify.confirm(desk, RIVERA, verify.Shown(method=verify.method_named("agent-authority")), by())
        assert "authority" not in codes(desk, "nothing")


class TestNeutral:
    @pytest.mark.parametrize("kind", ["acknowledgement", "identity"])
    def test_a_receipt_or_a_question_waits_for_nothing(self, rivera: Workspace, kind: str) -> None:
        made = draft(rivera, RIVERA, kind, by())
        assert made.composed.content is Content.NEUTRAL
        assert made.verdict.allowed
        assert made.problems == ()

    def test_nothing_found_waits_for_proof_like_a_copy(self, rivera: Workspace) -> None:
        gather.gather(rivera, RIVERA, by(), count_only=True)
        made = draft(rivera, RIVERA, "nothing", by())
        assert made.composed.content is Content.CONFIRMS
        assert "identity" in {reason.code for reason in made.verdict.reasons}


class TestLate:
    def test_a_moved_date_sends_nothing_from_a_live_desk(self, at: Callable[[str], Workspace]) -> None:
        ws = at("packaged")
        settings = ws.home / "dsar.toml"
        settings.write_text(
            settings.read_text(encoding="utf-8").replace("rehearsal = true", "rehearsal = false"), encoding="utf-8"
        )
        live = Workspace(ws.home)
        assert codes(live, moved=True) == {"clock_moved"}
        facts = facts_count(live)
        with pytest.raises(Refused, match="live workspace"):
            outbox.send(live, RIVERA, "answer", by(moved=True))
        assert facts_count(live) == facts
        live.ledger.close()


class TestStale:
    def test_a_decision_after_the_package_shuts_it_again(self, at: Callable[[str], Workspace]) -> None:
        ws = at("packaged")
        found = review.load(ws, RIVERA)
        item = next(item for item in found.items if item.decided and item.decided[0] is Decision.DISCLOSE)
        review.decide(ws, found, [(item.finding.id, Decision.WITHHOLD, "third_party")], by())
        assert codes(ws) >= {"review"}

    def test_a_package_changed_on_disk_shuts_it_again(self, at: Callable[[str], Workspace]) -> None:
        import zipfile

        ws = at("packaged")
        with zipfile.ZipFile(package_path(ws, RIVERA), "a") as opened:
            opened.writestr("note.txt", "added by hand")
        assert codes(ws) == {"package"}
        with pytest.raises(Refused, match="has not passed its check"):
            outbox.send(ws, RIVERA, "answer", by())

    @pytest.mark.parametrize("change", ["another text", "another ticket"])
    def test_records_that_moved_after_the_approval_shut_it_again(
        self, at: Callable[[str], Workspace], change: str
    ) -> None:
        ws = at("packaged")
        path = ws.home / "data" / "tickets.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines()
        mine = next(line for line in lines if "T-4001" in line)
        if change == "another text":
            moved = [line.replace("shows twice", "shows thrice") for line in lines]
            assert moved != lines
        else:
            moved = [*lines, mine.replace("T-4001", "T-4999")]
        path.write_text("\n".join(moved), encoding="utf-8")
        gather.gather(ws, RIVERA, by())
        facts = facts_count(ws)
        with pytest.raises(Refused) as refused:
            outbox.send(ws, RIVERA, "answer", by())
        assert "Not sent" in refused.value.message
        assert "review" in str(refused.value)
        assert facts_count(ws) == facts
