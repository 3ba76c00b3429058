"""Carrying a plan out: every refusal leaves the sources alone, and a crash repeats nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dsar.case.changes import PlanKind, Result, Step
from dsar.case.facts import LetterBounced
from dsar.case.rights import Right
from dsar.case.stages import Outcome
from dsar.errors import Refused
from dsar.ledger import Ledger
from dsar.sources.writing_files import FileWriter
from dsar.sources.writing_sqlite import SqliteWriter
from dsar.workflow import apply as work
from dsar.workflow import change, ending, gather, openings, outbox
from dsar.workflow.look_again import done_rights
from dsar.workflow.subject import reply_address
from dsar.workspace import Workspace
from tests.workflow import changing
from tests.workflow.changing import (
    NUMBER,
    TAN,
    agreed,
    crm,
    erased,
    facts_of,
    later,
    marked,
    of_tan,
    opt_out,
    sources,
    subscribers,
    tan,
)
from tests.workflow.office import by, facts_count, somebody


class Killed(BaseException):
    """The computer stops here."""


def refused(ws: Workspace, says: str, stamp: Any = None) -> None:
    """Apply is refused with these words, and neither a source nor the store has changed."""
    before, facts = sources(ws), facts_count(ws)
    with pytest.raises(Refused, match=says):
        work.apply(ws, NUMBER, stamp or by())
    assert sources(ws) == before
    assert facts_count(ws) == facts


def planned(ws: Workspace) -> change.Planned:
    """Wesley's erasure, approved."""
    return agreed(ws, change.plan_erasure(ws, tan(ws), by()))


class TestRefusals:
    def test_without_a_plan(self, desk: Workspace) -> None:
        tan(desk)
        refused(desk, "has no plan")

    def test_without_approval(self, desk: Workspace) -> None:
        change.plan_erasure(desk, tan(desk), by())
        refused(desk, "No second person has approved this plan")

    def test_without_proof(self, desk: Workspace) -> None:
        # no plan can be made without it: here the gate is asked alone
        planned(desk)
        case = desk.ledger.case(NUMBER)
        line = case.plans["P-1-1"]
        weaker = replace(case, proof_level=0)
        with pytest.raises(Refused, match="Identity is not proven"):
            work._ask_gate(desk, weaker, line, work.saved_plan(desk, NUMBER, line.id), by())

    def test_under_a_hold(self, desk: Workspace) -> None:
        planned(desk)
        change.place_hold(desk, NUMBER, "court", by("marta"), secret=False)
        refused(desk, "legal hold")
        change.lift_hold(desk, NUMBER, "H-1", by("marta"))
        assert work.apply(desk, NUMBER, by()).left == 0

    def test_with_a_copy_still_owed(self, desk: Workspace) -> None:
        changing.typed(desk, of_tan(rights=(Right.ACCESS, Right.DELETE)))
        agreed(desk, change.plan_erasure(desk, NUMBER, by()))
        refused(desk, "copy the person asked for has not been delivered")

    def test_with_a_copy_owed_in_the_same_persons_other_case(self, desk: Workspace) -> None:
        planned(desk)
        other = openings.typed(desk, of_tan(rights=(Right.ACCESS,)), by())
        assert desk.ledger.case(NUMBER).linked == (other,)
        refused(desk, "copy the person asked for has not been delivered")
        ending.refuse(desk, other, "excessive", by(), outcome=Outcome.REFUSED)
        assert work.apply(desk, NUMBER, by()).left == 0

    def test_with_a_copy_that_came_back(self, at: Callable[[str], Workspace]) -> None:
        ws = at("answered")
        wish = somebody("Maria Rivera", changing_email(ws), rights=(Right.DELETE,))
        number = changing.typed(ws, wish)
        agreed(ws, change.plan_erasure(ws, number, by()))
        ws.ledger.record(NUMBER, LetterBounced(key=f"{NUMBER}:answer"), by=by())
        before = sources(ws)
        with pytest.raises(Refused, match="has not been delivered"):
            work.apply(ws, number, by())
        assert sources(ws) == before

    def test_on_a_moved_date_of_a_live_desk(self, desk: Workspace) -> None:
        planned(desk)
        settings = desk.home / "dsar.toml"
        settings.write_text(settings.read_text().replace("rehearsal = true", "rehearsal = false"))
        live = Workspace(desk.home)
        refused(live, "the date was moved", by(moved=True))
        live.ledger.close()

    def test_after_72_hours(self, desk: Workspace) -> None:
        planned(desk)
        refused(desk, "expired", later(72.01))
        assert work.apply(desk, NUMBER, later(72)).left == 0

    def test_when_a_search_since_found_other_records(self, desk: Workspace) -> None:
        planned(desk)
        crm(desk, "UPDATE seats SET full_name = 'Wes Tan' WHERE seat_id = 'S-2008'")
        gather.gather(desk, NUMBER, by())
        refused(desk, "the records changed since")

    @pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.WITHDRAWN, Outcome.NOT_VERIFIED])
    def test_when_the_right_has_ended(self, desk: Workspace, outcome: Outcome) -> None:
        planned(desk)
        ending.refuse(desk, NUMBER, "excessive", by(), outcome=outcome)
        refused(desk, f"has ended .delete/us-ca-ccpa: {outcome.replace('_', ' ')}")

    def test_to_whoever_may_not_edit(self, desk: Workspace) -> None:
        planned(desk)
        refused(desk, "needs the role editor", by("marta"))


def changing_email(ws: Workspace) -> str:
    return reply_address(ws, NUMBER)


class TestErasure:
    def test_what_is_his_goes_and_what_must_stay_stays(self, desk: Workspace) -> None:
        others = set(crm(desk, "SELECT * FROM seats WHERE seat_id <> 'S-2008'"))
        done = erased(desk, tan(desk))
        assert done.left == 0
        assert set(crm(desk, "SELECT * FROM seats")) == others
        assert crm(desk, "SELECT payment_id FROM payments WHERE payment_id IN ('P-7006', 'P-7007')") == [
            ("P-7006",),
            ("P-7007",),
        ]
        assert TAN not in subscribers(desk)
        assert len(subscribers(desk)) == 16
        for file in ("tickets.jsonl", "feedback.mbox", "newsletter.csv"):
            assert TAN not in (desk.home / "data" / file).read_text(encoding="utf-8").casefold()

    def test_every_step_has_a_receipt_and_days_to_look_again_are_set(self, desk: Workspace) -> None:
        done = erased(desk, tan(desk))
        assert set(done.line.results) == {step.id for step in done.plan.steps}
        assert done.results["crm"] == {Result.DONE: 7, Result.KEPT: 2}
        assert [(day - by().on).days for day in done.case.checks_on] == [7, 30, 90]
        assert desk.ledger.is_suppressed(f"email:{TAN}")

    def test_again_it_says_so_and_does_nothing(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        before, facts = sources(desk), facts_count(desk)
        again = work.apply(desk, NUMBER, by())
        assert again.line.finished
        assert (sources(desk), facts_count(desk)) == (before, facts)

    def test_a_record_that_moved_is_left_alone_and_a_new_plan_takes_it(self, desk: Workspace) -> None:
        planned(desk)
        crm(desk, "UPDATE posts SET body = body || ' PS' WHERE post_id = 'F-303'")
        done = work.apply(desk, NUMBER, by())
        assert (done.left, done.results["crm"][Result.MOVED]) == (1, 1)
        assert crm(desk, "SELECT count(*) FROM posts WHERE post_id = 'F-303'") == [(1,)]
        assert not done.line.finished
        gather.gather(desk, NUMBER, by())
        second = erased(desk, NUMBER)
        assert second.left == 0
        assert crm(desk, "SELECT count(*) FROM posts WHERE post_id = 'F-303'") == [(0,)]
        facts = facts_count(desk)
        assert work.apply(desk, NUMBER, by()).line.id == second.line.id
        assert facts_count(desk) == facts

    def test_a_source_that_is_down_leaves_the_others_done(self, desk: Workspace) -> None:
        planned(desk)
        path = desk.home / "data" / "newsletter.csv"
        shutil.move(path, path.with_suffix(".away"))
        done = work.apply(desk, NUMBER, by())
        assert (done.left, len(done.failed)) == (1, 1)
        assert crm(desk, "SELECT count(*) FROM seats WHERE seat_id = 'S-2008'") == [(0,)]
        assert facts_of(desk, NUMBER, "PlanFinished") == []
        shutil.move(path.with_suffix(".away"), path)
        assert work.apply(desk, NUMBER, by()).left == 0
        assert TAN not in subscribers(desk)

    def test_a_step_the_database_refuses_says_why(self, desk: Workspace) -> None:
        planned(desk)
        crm(
            desk,
            "CREATE TRIGGER no BEFORE DELETE ON posts WHEN old.post_id = 'F-303' BEGIN SELECT RAISE(ABORT, 'no'); END",
        )
        done = work.apply(desk, NUMBER, by())
        assert done.results["crm"][Result.FAILED] == 1
        assert done.failed == (("crm", "The database refuses it (a trigger)."),)
        crm(desk, "DROP TRIGGER no")
        assert work.apply(desk, NUMBER, by()).left == 0

    def test_a_source_that_is_no_longer_described_is_named(self, desk: Workspace) -> None:
        planned(desk)
        (desk.home / "sources" / "newsletter.toml").unlink()
        fresh = Workspace(desk.home)
        done = work.apply(fresh, NUMBER, by())
        assert done.failed == (("newsletter", "The source newsletter is no longer described."),)
        assert TAN in subscribers(desk)
        fresh.ledger.close()


class TestKilled:
    """Whatever line it stops at, the next run does the rest, and what was done is not done twice."""

    @pytest.mark.parametrize("writer", [SqliteWriter, FileWriter])
    @pytest.mark.parametrize("when", ["before", "told", "after"])
    def test_in_a_writer(self, desk: Workspace, monkeypatch: pytest.MonkeyPatch, writer: Any, when: str) -> None:
        planned(desk)
        others = set(crm(desk, "SELECT * FROM seats WHERE seat_id <> 'S-2008'"))
        real = writer.apply

        def dies(self: Any, steps: Any, *, done: Any) -> None:
            if when == "before":
                raise Killed
            real(self, steps, done=killing if when == "told" else done)
            raise Killed

        def killing(step: Step, result: Result) -> None:
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(writer, "apply", dies)
            with pytest.raises(Killed):
                work.apply(desk, NUMBER, by())
        self.goes_on(desk, others)

    @pytest.mark.parametrize("nth", range(1, 8))
    def test_between_the_facts(self, desk: Workspace, monkeypatch: pytest.MonkeyPatch, nth: int) -> None:
        planned(desk)
        others = set(crm(desk, "SELECT * FROM seats WHERE seat_id <> 'S-2008'"))
        real, calls = Ledger.record, []

        def dies(self: Ledger, *args: Any, **more: Any) -> Any:
            calls.append(1)
            if len(calls) == nth:
                raise Killed
            return real(self, *args, **more)

        with monkeypatch.context() as patch:
            patch.setattr(Ledger, "record", dies)
            with pytest.raises(Killed):
                work.apply(desk, NUMBER, by())
        self.goes_on(desk, others)

    def goes_on(self, desk: Workspace, others: set[tuple[object, ...]]) -> None:
        again = Workspace(desk.home)
        # what was started goes on after the 72 hours, too
        done = work.apply(again, NUMBER, later(100) if again.ledger.case(NUMBER).plans["P-1-1"].started else by())
        assert (done.left, done.failed) == (0, ())
        assert set(crm(desk, "SELECT * FROM seats")) == others
        assert TAN not in subscribers(desk)
        for once in ("PlanStarted", "PlanFinished", "ChecksSet", "Suppressed"):
            assert facts_of(again, NUMBER, once) == [once]
        assert again.ledger.audit() == []
        again.ledger.close()

    def test_a_hold_stops_the_rest(self, desk: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        planned(desk)

        def dies(self: Any, steps: Any, *, done: Any) -> None:
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(SqliteWriter, "apply", dies)
            with pytest.raises(Killed):
                work.apply(desk, NUMBER, by())
        change.place_hold(desk, NUMBER, "court", by("marta"), secret=False)
        refused(desk, "legal hold")


class TestMarks:
    def test_an_opt_out_needs_no_proof(self, desk: Workspace) -> None:
        before = subscribers(desk)
        done = marked(desk, opt_out(desk), PlanKind.SUPPRESS)
        assert (done.left, done.case.proof_level) == (0, 0)
        carmen = "carmen.delacroix@coastmail.example"
        assert subscribers(desk) == {**before, carmen: "unsubscribed"}
        row = crm(desk, "SELECT sale_or_sharing, direct_marketing FROM preferences WHERE seat_id = 'S-2015'")
        assert row == [("no", "no")]
        assert done_rights(done.case) == ("opt_out_sale/us-ca-ccpa",)

    def test_the_letter_goes_at_once(self, desk: Workspace) -> None:
        marked(desk, opt_out(desk), PlanKind.SUPPRESS)
        sent = outbox.send(desk, NUMBER, "done", by())
        assert [claim.outcome for claim in sent.case.claims.values()] == [Outcome.GRANTED]

    def test_an_opt_out_is_no_matter_of_legal_holds(self, desk: Workspace) -> None:
        change.place_hold(desk, opt_out(desk), "court", by("marta"), secret=False)
        assert marked(desk, NUMBER, PlanKind.SUPPRESS).left == 0

    def test_restrict(self, desk: Workspace) -> None:
        wish = of_tan(rights=(Right.RESTRICTION,), laws=("eu-gdpr",))
        openings.typed(desk, wish, by())
        with pytest.raises(Refused, match="Identity is not proven"):
            change.plan_marking(desk, NUMBER, PlanKind.RESTRICT, by())
        changing.shown(desk, NUMBER, "account-login")
        done = marked(desk, NUMBER, PlanKind.RESTRICT)
        assert done.left == len(done.line.by_hand) > 0
        assert subscribers(desk)[TAN] == "restricted"
        assert crm(desk, "SELECT count(*) FROM seats WHERE seat_id = 'S-2008'") == [(1,)]
