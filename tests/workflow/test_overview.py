"""What the daily screens are made of: order, a row per right, whose name is shown, and how dates came about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.errors import InputWrong
from dsar.workflow import ending, keeping, openings, outbox, overview, queue
from dsar.workflow.queue import Filter
from dsar.workspace import Workspace
from tests.workflow.office import RIVERA, TODAY, by, opening, somebody


@pytest.fixture
def busy(desk: Workspace) -> Workspace:
    """Four cases: an old one that is late, Maria's with two rights, an opt-out, and a child's."""
    openings.typed(desk, opening(rights=(Right.ACCESS, Right.DELETE)), by())
    openings.typed(
        desk, somebody("Petra Ames", "p.ames@gone.example", received_on=date(2026, 10, 2), laws=("gdpr",)), by()
    )
    openings.typed(desk, somebody("Carmen Delacroix", "c@coastmail.example", rights=(Right.OPT_OUT_SALE,)), by())
    openings.typed(
        desk,
        somebody(
            "Caio Duarte", "renata@duarte.example", rights=(Right.CHILD_DELETE,), laws=("coppa",), role=Role.PARENT
        ),
        by(),
    )
    keeping.assign(desk, "DSAR-2026-0003", "sam", by())
    return desk


class TestQueue:
    def test_the_earliest_comes_first_and_what_has_no_date_last(self, busy: Workspace) -> None:
        lines = queue.queue(busy, TODAY).lines
        dates = [line.due_on or line.target_on or date.max for line in lines]
        assert dates == sorted(dates)
        assert lines[0].case == "DSAR-2026-0002"
        assert lines[0].days_left is not None
        assert lines[0].days_left < 0

    def test_each_right_has_its_own_row(self, busy: Workspace) -> None:
        rights = {line.right for line in queue.queue(busy, TODAY).lines if line.case == RIVERA}
        assert rights == {Right.ACCESS, Right.DELETE}

    def test_an_opt_out_never_waits_for_proof(self, busy: Workspace) -> None:
        (line,) = [line for line in queue.queue(busy, TODAY).leading if line.case == "DSAR-2026-0003"]
        assert line.stage not in ("verify", "gather", "review")

    def test_one_leading_line_per_case(self, busy: Workspace) -> None:
        leading = [line.case for line in queue.queue(busy, TODAY).leading]
        assert sorted(leading) == [f"DSAR-2026-000{n}" for n in range(1, 5)]

    def test_names_are_short_and_a_childs_is_hidden(self, busy: Workspace) -> None:
        who = {line.case: line.who for line in queue.queue(busy, TODAY).lines}
        assert who[RIVERA] == "M. Rivera"
        assert who["DSAR-2026-0004"] == overview.HIDDEN

    def test_unless_names_are_asked_for(self, busy: Workspace) -> None:
        who = {line.case: line.who for line in queue.queue(busy, TODAY, names=True).lines}
        assert (who[RIVERA], who["DSAR-2026-0004"]) == ("Maria Rivera", "Caio Duarte")

    def test_only_what_is_due_soon(self, busy: Workspace) -> None:
        soon = queue.queue(busy, TODAY, within=7).lines
        assert soon
        assert all((line.due_on or line.target_on or date.max) <= TODAY + timedelta(days=7) for line in soon)

    def test_only_what_one_person_owns(self, busy: Workspace) -> None:
        assert {line.case for line in queue.queue(busy, TODAY, owner="sam").lines} == {"DSAR-2026-0003"}

    def test_an_empty_desk(self, desk: Workspace) -> None:
        found = queue.queue(desk, TODAY)
        assert (found.lines, found.leading, found.drafts, found.unsure, found.queued) == ((), (), 0, 0, 0)

    def test_looking_changes_nothing(self, busy: Workspace) -> None:
        head = busy.ledger.head()
        queue.queue(busy, TODAY)
        queue.listed(busy, Filter())
        overview.page(busy, RIVERA)
        overview.why(busy, RIVERA)
        assert busy.ledger.head() == head

    def test_the_next_command_follows_the_case(self, at: Callable[[str], Workspace]) -> None:
        steps = ["opened", "gathered", "reviewed", "approved", "packaged"]
        said = []
        for step in steps:
            ws = at(step)
            if step != "opened":
                outbox.send(ws, RIVERA, "acknowledgement", by())
            said.append(queue.queue(ws, TODAY).lines[0].next_command)
        assert said == [
            "dsar letter send 1 acknowledgement",
            "dsar review 1",
            "dsar approve 1",
            "dsar package build 1",
            "dsar letter send 1 answer",
        ]


class TestListed:
    @pytest.mark.parametrize(
        ("wanted", "cases"),
        [
            (Filter(), {1, 2, 3, 4}),
            (Filter(words=("rivera",)), {1}),
            (Filter(words=("0003",)), {3}),
            (Filter(words=("delete",)), {1, 4}),
            (Filter(words=("delete", "riv")), {1}),
            (Filter(words=("caio",)), set()),
            (Filter(words=("caio",), names=True), {4}),
            (Filter(right="opt_out_sale"), {3}),
            (Filter(law="eu-gdpr"), {2}),
            (Filter(owner="sam"), {3}),
            (Filter(stage="verify"), {2}),
        ],
    )
    def test_by_any_filter(self, busy: Workspace, wanted: Filter, cases: set[int]) -> None:
        assert {int(line.case[-4:]) for line in queue.listed(busy, wanted)} == cases

    def test_closed_ones_only_when_asked_for(self, at: Callable[[str], Workspace]) -> None:
        ws = at("answered")
        ending.close(ws, RIVERA, by())
        assert queue.listed(ws, Filter()) == ()
        (line,) = queue.listed(ws, Filter(closed=True))
        assert line.closed_on == TODAY


class TestPage:
    def test_a_colleague_can_take_over(self, at: Callable[[str], Workspace]) -> None:
        page = overview.page(at("gathered"), RIVERA)
        assert page.who == "Maria Rivera"
        assert page.findings == 70
        assert ("email", "maria.rivera@goldengateflorists.example") in page.identifiers
        assert [note for _, note in page.notes] == ["kept 30 days only"]
        assert page.claims[0].next.command == "dsar letter send 1 acknowledgement"
        assert len(page.history) == page.case.facts

    def test_a_childs_page_says_nothing_that_tells_who(self, busy: Workspace) -> None:
        page = overview.page(busy, "DSAR-2026-0004")
        assert page.child
        assert "Caio" not in str((page.who, page.subject, page.identifiers, page.evidence))
        assert overview.page(busy, "DSAR-2026-0004", names=True).who == "Caio Duarte"

    def test_an_unknown_case(self, desk: Workspace) -> None:
        with pytest.raises(InputWrong):
            overview.page(desk, "DSAR-2026-0099")


class TestWhy:
    def test_every_date_comes_with_its_steps_and_source(self, rivera: Workspace) -> None:
        _, (one,) = overview.why(rivera, RIVERA)
        by_duty = {clock.obligation: clock for clock in one.clocks}
        assert {"acknowledge", "respond"} <= set(by_duty)
        assert by_duty["respond"].due_on == date(2026, 12, 25)
        assert all(clock.steps and clock.cite for clock in one.clocks)
        assert not one.newer_rule

    def test_a_rule_that_reads_differently_today_is_told_and_the_date_stays(
        self, rivera: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = overview.why(rivera, RIVERA)[1][0].clocks
        monkeypatch.setattr(overview, "_changed", lambda *a: True)
        (one,) = overview.why(rivera, RIVERA)[1]
        assert one.newer_rule
        assert one.clocks == before
