"""The queue: the same lines for screen, pipe and program, our own dates beside the law's, and no name too many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from dsar.case.facts import CaseAssigned
from dsar.case.identifiers import identifier
from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.ledger import Lists
from dsar.workflow import openings, queue
from dsar.workspace import Workspace
from tests.workflow.office import TODAY, by, opening

LARGE = {"case_row", "fact", "vault", "person", "outbox_row"}


@pytest.fixture
def full(desk: Workspace) -> Workspace:
    """Three requests: an adult's under two laws, a child's, and one of somebody else."""
    mail = identifier("email", "kim@example.com")
    assert mail is not None
    wishes = [
        opening(rights=(Right.ACCESS, Right.DELETE)),
        opening(rights=(Right.CHILD_DELETE,), laws=(), role=Role.PARENT, name="Kim Example", identifiers=(mail,)),
        opening(laws=("eu-gdpr",), received_on=TODAY - timedelta(days=29), name="Ann Other", identifiers=()),
    ]
    for wish in wishes:
        openings.open_case(desk, wish, openings.hold(desk, wish), by())
    return desk


@pytest.mark.parametrize("within", [None, 0, 14, 400])
@pytest.mark.parametrize("leading", [True, False])
def test_a_pipe_is_told_what_a_screen_shows(full: Workspace, within: int | None, leading: bool) -> None:
    shown = queue.queue(full, TODAY, within=within)
    plain = queue.plain_rows(full, TODAY, within=within, leading=leading)
    assert plain == [
        (
            line.due_on.isoformat() if line.due_on else "",
            "" if line.days_left is None else str(line.days_left),
            line.case,
            line.right,
            line.law,
            line.obligation,
            line.stage,
            line.owner,
            line.next_command,
        )
        for line in (shown.leading if leading else shown.lines)
    ]
    assert all(len(row) == len(queue.PLAIN) for row in plain)
    assert (within is None) <= (len(plain) >= 3)


def test_only_the_lines_of_one_owner(full: Workspace) -> None:
    full.ledger.record("DSAR-2026-0001", CaseAssigned(owner="sam"), by=by())
    assert {line.case for line in queue.queue(full, TODAY, owner="sam").lines} == {"DSAR-2026-0001"}
    assert {row[2] for row in queue.plain_rows(full, TODAY, owner="sam")} == {"DSAR-2026-0001"}
    assert queue.plain_rows(full, TODAY, owner="priya") == []


def test_our_aim_is_so_many_days_before_the_date_and_never_in_its_place(full: Workspace) -> None:
    before = timedelta(days=full.config.desk.internal_days)
    lines = queue.queue(full, TODAY).lines
    assert before
    assert any(line.due_on for line in lines)
    for line in lines:
        assert line.aim_on == (line.due_on - before if line.due_on else None)
        assert line.days_left == ((line.due_on - TODAY).days if line.due_on else None)


def test_names_are_shortened_and_a_child_has_none_unless_asked_for(full: Workspace) -> None:
    who = {line.case: line.who for line in queue.queue(full, TODAY).lines}
    assert who == {"DSAR-2026-0001": "M. Rivera", "DSAR-2026-0002": queue.HIDDEN, "DSAR-2026-0003": "A. Other"}
    whole = {line.case: line.who for line in queue.queue(full, TODAY, names=True).lines}
    assert whole["DSAR-2026-0002"] == "Kim Example"
    assert {line.who for line in queue.queue(full, TODAY, who=False).lines} == {""}


def test_the_first_name_of_a_case_is_the_one_shown(full: Workspace) -> None:
    full.ledger.keep("DSAR-2026-0003", "name", "Somebody Else", at=by().recorded_at)
    assert {line.who for line in queue.queue(full, TODAY).lines if line.case.endswith("3")} == {"A. Other"}
    assert full.lists.first_names(open_only=False)["DSAR-2026-0003"] == "Ann Other"


@pytest.mark.parametrize(
    "ask",
    [
        lambda ws: queue.queue(ws, TODAY),
        lambda ws: queue.queue(ws, TODAY, within=14, names=True),
        lambda ws: queue.plain_rows(ws, TODAY),
        lambda ws: queue.plain_rows(ws, TODAY, within=14, leading=True),
        lambda ws: queue.listed(ws, queue.Filter(words=("rivera",))),
    ],
)
def test_no_daily_screen_reads_all_of_a_large_table(full: Workspace, ask: Callable[[Workspace], object]) -> None:
    connection = full.lists._store._connection
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    ask(full)
    connection.set_trace_callback(None)
    plans = [row[3] for sql in asked for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert plans
    read = [line.split(" ")[1] for line in plans if line.startswith("SCAN") and "_open" not in line]
    assert LARGE & set(read) == set()


def test_a_pipe_reads_no_name(full: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> dict[str, str]:
        raise AssertionError("a name was read")

    monkeypatch.setattr(Lists, "first_names", never)
    assert queue.plain_rows(full, TODAY)
    assert queue.queue(full, TODAY, who=False).lines
