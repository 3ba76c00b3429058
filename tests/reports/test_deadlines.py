"""What an entry says where the law's own date is not the whole story."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dsar.case.case import Case
from dsar.case.evolve import fold
from dsar.case.facts import CaseOpened, RightClaimed
from dsar.case.rights import TITLES, Right
from dsar.case.stages import Role
from dsar.law.clocks import Clock, Obligation
from dsar.law.office_days import office_days
from dsar.reports.deadlines import Deadline, Desk, aim, deadline, name_of

DESK = Desk(office=office_days("", ()), internal_days=3, mark="0000-0000.dsar")


def case(right: Right = Right.ACCESS) -> Case:
    opened = CaseOpened(
        received_on=date(2026, 11, 2),
        zone="UTC",
        channel="email",
        role=Role.SELF,
        language="en",
        message="ab",
    )
    claimed = RightClaimed(
        right=right,
        law="eu-gdpr",
        rule="r",
        rule_version="v",
        calendar_version="",
        proof_level=0,
        must_acknowledge=False,
    )
    return fold("DSAR-2026-0036", [(opened, "priya"), (claimed, "priya")])


def clock(**changes: object) -> Clock:
    values: dict[str, object] = {
        "obligation": Obligation.RESPOND,
        "due_on": date(2026, 12, 2),
        "standard": "within one month",
        "steps": (),
        "cite": "Art. 12(3)",
        "confirmed": "yes",
        "rule": "r",
    }
    return Clock(**{**values, **changes})  # type: ignore[arg-type]


def entry(found: Clock, *, desk: Desk = DESK, right: Right = Right.ACCESS) -> Deadline:
    of = case(right)
    (claim,) = of.claims.values()
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    return deadline(of, claim, found, law="GDPR", desk=desk, changed_at=at)


def test_a_law_without_a_number_shows_our_target_and_its_own_words() -> None:
    found = entry(clock(due_on=None, target_on=date(2026, 11, 17), standard="without undue delay"))
    assert found.on == date(2026, 11, 17)
    assert found.summary == "DSAR-2026-0036 access (GDPR): answer: our own target, not the law's"
    assert 'The law sets no number of days. Its words: "without undue delay".' in found.description


def test_a_pause_of_guidance_alone_is_told_and_the_safe_date_kept() -> None:
    found = entry(clock(suspended_on=date(2026, 12, 9)))
    assert found.on == date(2026, 12, 2)
    assert (
        "With the pause that only guidance gives: Wed 9 Dec 2026. Keep to the date of this entry." in found.description
    )


@pytest.mark.parametrize(
    ("confirmed", "words"),
    [
        ("yes", "Rule: Art. 12(3)"),
        ("no", "Rule: Art. 12(3). This rule is not confirmed yet."),
        ("partly", "Rule: Art. 12(3). This rule is confirmed in part only."),
    ],
)
def test_a_rule_nobody_confirmed_says_so(confirmed: str, words: str) -> None:
    assert words in entry(clock(confirmed=confirmed)).description.splitlines()


def test_what_may_still_move_the_date_is_told() -> None:
    assert "We still wait for something that may move this date." in entry(clock(provisional=True)).description
    assert "We still wait" not in entry(clock()).description


@pytest.mark.parametrize("right", list(Right))
def test_every_right_has_a_title_and_words_no_calendar_must_escape(right: Right) -> None:
    found = entry(clock(), right=right)
    assert found.summary == f"DSAR-2026-0036 {TITLES[right]} (GDPR): answer due"
    assert "@" not in found.summary
    assert found.uid == f"DSAR-2026-0036.{right}.eu-gdpr.answer@0000-0000.dsar"
    assert not set(found.uid) & set(" ,;:\\")


def test_the_answer_and_its_extension_are_one_thing() -> None:
    (claim,) = case().claims.values()
    first, extended = clock(), clock(obligation=Obligation.EXTENDED)
    assert name_of(claim, first) == name_of(claim, extended)
    assert name_of(claim, clock(obligation=Obligation.ACKNOWLEDGE)) != name_of(claim, first)


@pytest.mark.parametrize(
    ("due_on", "target_on", "days", "aimed_on"),
    [
        (date(2026, 12, 2), None, 3, date(2026, 11, 29)),
        (date(2026, 12, 2), date(2026, 11, 20), 3, date(2026, 11, 20)),
        (date(2026, 12, 2), date(2026, 12, 1), 3, date(2026, 11, 29)),
        (None, date(2026, 12, 1), 3, date(2026, 12, 1)),
        (date(2026, 12, 2), None, 0, None),
        (None, None, 3, None),
    ],
)
def test_the_day_we_aim_at(due_on: date | None, target_on: date | None, days: int, aimed_on: date | None) -> None:
    assert aim(due_on, target_on, days) == aimed_on
