"""Since when a right waits, when it last came, and when an announced share of the cost lapses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dsar.case import facts as f
from dsar.case.waiting import lapses_on, last_answer, open_since
from dsar.law.rules import load
from dsar.law.words import Trigger
from tests.case import story as s

SWISS = load().find("ch-fadp", "access", on=date(2026, 11, 2))
GERMAN = load().find("eu-gdpr", "access", on=date(2026, 11, 2))
CHARGED = f.ClockMoved(kind="fee_charged", on=date(2026, 11, 4), claim=s.CLAIM)
AGREED = f.ClockMoved(kind="fee_confirmed", on=date(2026, 11, 6), claim=s.CLAIM)


def test_a_share_of_the_cost_lapses_ten_days_after_it_was_announced() -> None:
    case = s.told(s.OPENED, s.CLAIMED, CHARGED)
    claim = case.claims[s.CLAIM]
    assert open_since(case, claim, Trigger.COST_SHARE) == date(2026, 11, 4)
    assert lapses_on(case, claim, SWISS) == date(2026, 11, 14)
    assert lapses_on(case, claim, GERMAN) is None
    assert last_answer(case, claim, Trigger.COST_SHARE) is None


def test_a_yes_ends_the_wait() -> None:
    case = s.told(s.OPENED, s.CLAIMED, CHARGED, AGREED)
    claim = case.claims[s.CLAIM]
    assert open_since(case, claim, Trigger.COST_SHARE) is None
    assert lapses_on(case, claim, SWISS) is None
    assert last_answer(case, claim, Trigger.COST_SHARE) == date(2026, 11, 6)


def test_another_rights_wait_is_not_this_ones() -> None:
    case = s.told(s.OPENED, s.CLAIMED, replace(CHARGED, claim="delete/eu-gdpr"))
    assert lapses_on(case, case.claims[s.CLAIM], SWISS) is None
