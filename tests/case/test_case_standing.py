"""Where each clock of a right stands, and what a letter that never arrived takes with it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.case import facts as f
from dsar.case.case import Case, Moved
from dsar.case.clocks import claim_clocks
from dsar.case.evolve import evolve
from dsar.case.moves import without
from dsar.case.stages import Outcome
from dsar.case.standing import Standing, stands
from dsar.case.waiting import MOVES, Does, Why, may_charge, stop_of
from dsar.law.calendars import calendar_for
from dsar.law.clocks import ClockFact, Obligation, clocks
from dsar.law.model import Fee
from dsar.law.rules import load
from tests.case import story as s

RULE = load().find("us-ca-ccpa", "access", on=date(2026, 11, 2))
assert RULE.calendar is not None
CALENDAR = calendar_for(RULE.calendar, [date(2026, 11, 2)])
PINS = {("rule", RULE.version): RULE.content, ("calendar", CALENDAR.version): json.dumps(CALENDAR.pin())}
NAME = "access/us-ca-ccpa"
CLAIMED = replace(
    s.CLAIMED,
    law=RULE.law,
    rule=RULE.id,
    rule_version=RULE.version,
    calendar_version=CALENDAR.version,
    must_acknowledge=True,
)
OPEN = s.told(s.OPENED, CLAIMED)
# 2 November 2026 and 45 days, 90 days; ten business days with Veterans Day between
RESPOND, EXTENDED, ACKNOWLEDGE = date(2026, 12, 17), date(2027, 1, 31), date(2026, 11, 17)


def pinned(kind: str, version: str) -> str:
    return PINS[kind, version]


def letter(case: Case, kind: str, on: date, key: str = "L-9") -> Case:
    queued = f.LetterQueued(key=key, kind=kind, digest="d", personal=False, claims=(NAME,))
    return evolve(
        evolve(evolve(case, queued), f.LetterHandedOver(key=key)), f.LetterSent(key=key, on=on, transport="t")
    )


def standing(case: Case, today: date) -> dict[str, tuple[Standing, date | None]]:
    claim = case.claims[NAME]
    rows = stands(case, claim, claim_clocks(case, claim, pinned), today)
    return {row.clock.obligation: (row.standing, row.on) for row in rows}


class TestStanding:
    def test_open_until_its_last_day_and_late_after_it(self) -> None:
        assert standing(OPEN, RESPOND)["respond"] == (Standing.OPEN, None)
        assert standing(OPEN, RESPOND + timedelta(days=1))["respond"] == (Standing.LATE, None)

    @pytest.mark.parametrize(("days", "what"), [(-1, Standing.MET), (0, Standing.MET), (1, Standing.MISSED)])
    def test_met_or_missed_by_the_day_it_left(self, days: int, what: Standing) -> None:
        on = RESPOND + timedelta(days=days)
        assert standing(letter(OPEN, "answer", on), date(2027, 3, 1))["respond"] == (what, on)

    def test_any_letter_acknowledges_and_none_but_an_answer_answers(self) -> None:
        case = letter(OPEN, "acknowledgement", ACKNOWLEDGE)
        found = standing(case, ACKNOWLEDGE)
        assert found["acknowledge"] == (Standing.MET, ACKNOWLEDGE)
        assert found["respond"] == (Standing.OPEN, None)

    def test_an_answer_that_came_back_is_none(self) -> None:
        case = evolve(letter(OPEN, "answer", RESPOND), f.LetterBounced(key="L-9"))
        assert standing(case, RESPOND)["respond"] == (Standing.OPEN, None)

    def test_the_extended_clock_takes_the_place_of_the_first(self) -> None:
        case = evolve(letter(OPEN, "extension", RESPOND), f.ClockMoved(kind="extended", on=RESPOND, claim=NAME))
        found = standing(case, EXTENDED)
        assert found["extended"] == (Standing.OPEN, None)
        assert found["respond"] == (Standing.REPLACED, None)
        assert found["extension_notice"] == (Standing.MET, RESPOND)

    def test_a_notice_too_late_holds_nothing(self) -> None:
        late = RESPOND + timedelta(days=1)
        found = standing(evolve(OPEN, f.ClockMoved(kind="extended", on=late, claim=NAME)), late)
        assert found["extended"] == (Standing.VOID, late)
        assert found["extension_notice"] == (Standing.MISSED, late)
        assert found["respond"] == (Standing.LATE, None)

    def test_an_extension_is_possible_until_the_day_of_its_notice(self) -> None:
        assert standing(OPEN, RESPOND)["extended"] == (Standing.POSSIBLE, None)
        assert standing(OPEN, RESPOND + timedelta(days=1))["extended"] == (Standing.PASSED, None)

    def test_what_was_withdrawn_is_owed_no_more(self) -> None:
        case = evolve(OPEN, f.OutcomeReached(claim=NAME, outcome=Outcome.WITHDRAWN))
        assert {what for what, _ in standing(case, date(2027, 3, 1)).values()} == {Standing.ENDED, Standing.PASSED}

    def test_the_clock_that_leads_is_first(self) -> None:
        claim = OPEN.claims[NAME]
        rows = stands(OPEN, claim, claim_clocks(OPEN, claim, pinned), date(2026, 11, 3))
        assert [row.clock.obligation for row in rows[:2]] == [Obligation.ACKNOWLEDGE, Obligation.RESPOND]
        assert [row.binds for row in rows] == [False, True, False, False]


class TestALetterThatNeverArrived:
    ASKED = f.ClockMoved(kind="id_requested", on=date(2026, 11, 5), claim=NAME)

    def test_its_question_was_never_asked(self) -> None:
        case = evolve(letter(OPEN, "identity", date(2026, 11, 5)), self.ASKED)
        assert evolve(case, f.LetterBounced(key="L-9")).moves == ()

    def test_but_what_was_answered_did_arrive(self) -> None:
        case = evolve(letter(OPEN, "identity", date(2026, 11, 5)), self.ASKED)
        case = evolve(case, f.ClockMoved(kind="id_received", on=date(2026, 11, 6), claim=NAME))
        assert len(evolve(case, f.LetterBounced(key="L-9")).moves) == 2

    def test_questions_of_other_days_and_rights_stay(self) -> None:
        case = evolve(letter(OPEN, "identity", date(2026, 11, 5)), self.ASKED)
        for other in (replace(self.ASKED, claim="delete/us-ca-ccpa"), replace(self.ASKED, on=date(2026, 11, 9))):
            case = evolve(case, other)
        left = evolve(case, f.LetterBounced(key="L-9")).moves
        assert left == (
            Moved(kind="id_requested", on=date(2026, 11, 5), claim="delete/us-ca-ccpa"),
            Moved(kind="id_requested", on=date(2026, 11, 9), claim=NAME),
        )

    def test_an_answer_moves_no_clock_when_it_comes_back(self) -> None:
        case = evolve(letter(OPEN, "answer", date(2026, 11, 5)), self.ASKED)
        assert without(case, case.letters["L-9"]) == case.moves


class TestTheDateTheNoticeNames:
    SENT = ClockFact(kind="extended", on=date(2026, 12, 1))

    @given(st.dates(date(2026, 12, 2), date(2028, 1, 1)))
    def test_it_binds_but_never_beyond_the_law(self, named: date) -> None:
        facts = [self.SENT, ClockFact(kind="extended_to", on=named)]
        found = {c.obligation: c for c in clocks(RULE, date(2026, 11, 2), facts, calendar=CALENDAR)}
        assert found[Obligation.EXTENDED].due_on == min(named, EXTENDED)
        assert found[Obligation.RESPOND].due_on == RESPOND
        steps = [step for step in found[Obligation.EXTENDED].steps if step.on]
        assert steps[0].on is not None
        assert steps[0].on + timedelta(days=sum(step.days for step in steps)) == found[Obligation.EXTENDED].due_on

    def test_where_the_law_gives_none_it_is_the_date(self) -> None:
        rule = load().find("ch-fadp", "access", on=date(2026, 11, 2))
        facts = [self.SENT, ClockFact(kind="extended_to", on=date(2027, 2, 1))]
        found = {c.obligation: c for c in clocks(rule, date(2026, 11, 2), facts)}
        assert found[Obligation.EXTENDED].due_on == date(2027, 2, 1)
        bare = {c.obligation: c for c in clocks(rule, date(2026, 11, 2), facts[:1])}
        assert bare[Obligation.EXTENDED].due_on is None


# law.md: what asking does, right by right
@pytest.mark.parametrize(
    ("law", "right", "why", "does"),
    [
        ("uk-gdpr", "access", Why.IDENTITY, Does.RESTARTS),
        ("uk-gdpr", "access", Why.CLARIFICATION, Does.STOPS),
        ("uk-gdpr", "delete", Why.CLARIFICATION, Does.RUNS_ON),
        ("uk-gdpr", "delete", Why.FEE, Does.RESTARTS),
        ("eu-gdpr", "access", Why.IDENTITY, Does.GUIDANCE),
        ("eu-gdpr", "access", Why.FEE, Does.RUNS_ON),
        ("eu-gdpr", "objection", Why.IDENTITY, Does.MAY_NOT_ASK),
        ("us-ca-ccpa", "access", Why.IDENTITY, Does.RUNS_ON),
        ("us-ca-ccpa", "opt_out_sale", Why.IDENTITY, Does.MAY_NOT_ASK),
        ("us-va", "access", Why.IDENTITY, Does.RUNS_ON),
        ("us-ca-stl", "notice_1798_83", Why.FEE, Does.MAY_NOT_ASK),
        ("ch-fadp", "access", Why.FEE, Does.REFLECTS),
        ("sg-pdpa", "access", Why.FEE, Does.NOTHING_OWED),
        ("us-coppa", "child_delete", Why.FEE, Does.MAY_NOT_ASK),
    ],
)
def test_what_asking_does(law: str, right: str, why: Why, does: Does) -> None:
    rule = load().find(law, right, on=date(2026, 6, 1))
    assert stop_of(rule, why, date(2026, 6, 1)).does is does


def test_before_the_british_act_a_pause_was_guidance() -> None:
    rule = load().find("uk-gdpr", "access", on=date(2026, 2, 4))
    assert stop_of(rule, Why.IDENTITY, date(2026, 2, 4)).does is Does.GUIDANCE
    assert stop_of(rule, Why.IDENTITY, date(2026, 2, 5)).does is Does.RESTARTS


def test_every_rule_can_be_asked() -> None:
    for law in load().laws():
        for rule in load().rules(law.id):
            for why in Why:
                stop = stop_of(rule, why, date(2026, 6, 1))
                assert stop.does in MOVES | {Does.RUNS_ON, Does.MAY_NOT_ASK}
                assert stop.basis or stop.does is Does.MAY_NOT_ASK


@pytest.mark.parametrize(
    ("fee", "may"),
    [
        (None, False),
        (Fee(default="free"), False),
        (Fee(default="free", chargeable_if=("excessive",)), True),
        (Fee(default="a reasonable fee is allowed"), True),
    ],
)
def test_whether_a_fee_may_be_charged(fee: Fee | None, may: bool) -> None:
    assert may_charge(fee) is may
