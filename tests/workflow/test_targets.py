"""What a published policy promises becomes a target of ours: shown beside the law's date, never in its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dsar.case.clocks import claim_clocks
from dsar.case.rights import Right
from dsar.errors import CheckFailed
from dsar.workflow.openings import hold, open_case
from dsar.workflow.policies import policy_on
from dsar.workspace import Workspace
from tests.workflow.office import by, opening

FRIDAY = date(2026, 11, 13)


def promise(ws: Workspace, *rows: str) -> None:
    """A policy of January with these targets."""
    text = '[policy]\ntitle = "Our policy"\nin_force_from = 2026-01-01\n'
    (ws.home / "policies" / "zz.toml").write_text(text + "".join(f"[[target]]\n{row}\n" for row in rows))


def opened(ws: Workspace, right: Right, law: str) -> dict[str, tuple[date | None, date | None]]:
    """The due date and our target of each obligation of a request received on Friday the 13th."""
    asked = opening(rights=(right,), laws=(law,), received_on=FRIDAY, sha256="cd" * 32)
    case = open_case(ws, asked, hold(ws, asked), by())
    (claim,) = [one for one in case.claims.values() if one.law == law]
    found = claim_clocks(case, claim, ws.ledger.pinned)
    return {clock.obligation.value: (clock.due_on, clock.target_on) for clock in found}


@pytest.mark.parametrize(
    ("within", "target"),
    [
        ("3 days", date(2026, 11, 16)),
        ("3 business days", date(2026, 11, 18)),
        ("2 weeks", date(2026, 11, 27)),
        ("1 month", date(2026, 12, 13)),
        # a promise later than the law allows is no target: the law's date is
        ("90 days", date(2026, 12, 14)),
    ],
)
def test_a_promised_period_is_a_target_beside_the_law(desk: Workspace, within: str, target: date) -> None:
    promise(desk, f'right = "access"\nsays = "soon"\nwithin = "{within}"')
    found = opened(desk, Right.ACCESS, "eu-gdpr")
    assert found["respond"] == (date(2026, 12, 14), target)
    assert found["extended"][1] is None


def test_a_law_without_a_number_keeps_none_and_the_target_orders_the_list(desk: Workspace) -> None:
    promise(desk, 'right = "child_delete"\nsays = "as quickly as possible"\nwithin = "5 business days"')
    due, target = opened(desk, Right.CHILD_DELETE, "us-coppa")["respond"]
    assert due is None
    assert target == date(2026, 11, 20)
    (row,) = [row for row in desk.ledger.clock_rows() if row.law == "us-coppa"]
    assert (row.due_on, row.target_on, row.by_on) == (None, target, target)


def test_words_without_a_period_set_no_date(desk: Workspace) -> None:
    promise(desk, 'right = "access"\nsays = "as quickly as possible"')
    assert opened(desk, Right.ACCESS, "eu-gdpr")["respond"][1] is None
    policy = policy_on(desk.home / "policies", FRIDAY)
    assert policy is not None
    told = policy.target(Right.ACCESS)
    assert told is not None
    assert told.says == "as quickly as possible"


def test_the_policy_of_the_day_of_receipt_counts_and_a_later_one_moves_nothing(desk: Workspace) -> None:
    promise(desk, 'right = "access"\nsays = "soon"\nwithin = "3 days"')
    before = opened(desk, Right.ACCESS, "eu-gdpr")
    promise(desk, 'right = "access"\nsays = "soon"\nwithin = "9 days"')
    (row,) = [row for row in desk.ledger.clock_rows() if row.obligation == "respond"]
    assert row.target_on == before["respond"][1] == date(2026, 11, 16)
    later = (desk.home / "policies" / "zz.toml").read_text().replace("2026-01-01", "2026-11-14")
    (desk.home / "policies" / "zz.toml").write_text(later)
    policy = policy_on(desk.home / "policies", FRIDAY)
    assert policy is None or policy.target(Right.ACCESS) is None


@pytest.mark.parametrize(
    "row",
    ['right = "acess"\nsays = "soon"', 'right = "access"\nsays = " "', 'right = "access"\nsays = "x"\nwithin = "soon"'],
)
def test_a_target_that_cannot_be_read_is_named(desk: Workspace, row: str) -> None:
    promise(desk, row)
    with pytest.raises(CheckFailed, match=r"policies/zz\.toml: a \[\[target\]\] needs"):
        policy_on(Path(desk.home) / "policies", FRIDAY)
