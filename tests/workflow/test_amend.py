"""What a case was opened with is put right with a reason, and every date is given before and after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from dsar.case.clocks import rule_of
from dsar.case.rights import Right
from dsar.case.stages import Chosen, Outcome
from dsar.case.waiting import Why
from dsar.errors import InputWrong, Refused
from dsar.workflow import ending, openings, overview, verify
from dsar.workflow.amend import Amended, classify, put_right
from dsar.workflow.waiting import pause
from dsar.workspace import Workspace
from tests.workflow.office import RIVERA, by, facts_count, opening, somebody

TODAY = date(2026, 6, 20)
RECEIVED = date(2026, 6, 1)


def opened(ws: Workspace, *laws: str, rights: tuple[Right, ...] = (Right.ACCESS,), designated: bool = True) -> str:
    request = somebody(
        "Ann Lee", "ann@lee.example", laws=laws, rights=rights, received_on=RECEIVED, designated=designated
    )
    return openings.typed(ws, request, by(on=TODAY))


def dates(done: Amended) -> dict[str, tuple[date | None, date | None]]:
    return {
        change.claim: (change.before.due_on if change.before else None, change.after.due_on if change.after else None)
        for change in done.changes
    }


class TestReceived:
    def test_every_date_moves_with_it(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr", "us-ca-ccpa")
        done = put_right(desk, number, {"received": date(2026, 5, 28)}, "it lay in the post room", by(on=TODAY))
        assert dates(done) == {
            # 28 June is a Sunday, and the CCPA moves no day
            "access/uk-gdpr": (date(2026, 7, 1), date(2026, 6, 29)),
            "access/us-ca-ccpa": (date(2026, 7, 16), date(2026, 7, 12)),
        }
        assert [kept.value for kept in desk.ledger.kept(number, "reason")] == [b"it lay in the post room"]
        assert overview.corrections(desk, number) == (
            "Day of receipt put right by priya on Sat 20 Jun 2026: it was Mon 1 Jun 2026.",
        )

    def test_not_without_a_reason(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        facts = facts_count(desk)
        with pytest.raises(InputWrong, match="needs a reason"):
            put_right(desk, number, {"received": date(2026, 5, 28)}, " ", by(on=TODAY))
        assert facts_count(desk) == facts

    def test_the_same_day_is_no_change(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        facts = facts_count(desk)
        assert put_right(desk, number, {"received": RECEIVED}, "sure", by(on=TODAY)).already
        assert facts_count(desk) == facts

    def test_not_in_the_future(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        with pytest.raises(InputWrong, match="still to come"):
            put_right(desk, number, {"received": date(2026, 6, 21)}, "x", by(on=TODAY))

    def test_not_after_something_that_happened_to_it(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        pause(desk, number, Why.IDENTITY, by(on=TODAY), on=date(2026, 6, 3))
        items = len(desk.ledger.kept(number))
        with pytest.raises(Refused, match="asked or came before that day"):
            put_right(desk, number, {"received": date(2026, 6, 4)}, "x", by(on=TODAY))
        assert len(desk.ledger.kept(number)) == items

    def test_before_the_law_was_in_force_it_says_so(self, desk: Workspace) -> None:
        number = opened(desk, "us-ca-ccpa")
        with pytest.raises(Refused, match="was not in force on Thu 1 Jan 2015") as refused:
            put_right(desk, number, {"received": date(2015, 1, 1)}, "x", by(on=TODAY))
        assert "--drop access/us-ca-ccpa" in refused.value.hint

    def test_a_year_its_calendar_does_not_reach_gets_another_calendar(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        pinned = desk.ledger.case(number).claims["access/uk-gdpr"]
        done = put_right(desk, number, {"received": date(2025, 11, 25)}, "found behind a shelf", by(on=TODAY))
        # ICO's way: 25 December and 26 December 2025 are holidays, 27 a Saturday
        assert dates(done)["access/uk-gdpr"][1] == date(2025, 12, 29)
        claim = done.case.claims["access/uk-gdpr"]
        assert (claim.rule, claim.rule_version) == (pinned.rule, pinned.rule_version)
        assert claim.calendar_version != pinned.calendar_version


class TestDesignated:
    CLAIM = "notice_1798_83/us-ca-stl"

    def test_the_other_address_has_the_other_rule(self, desk: Workspace) -> None:
        number = opened(desk, rights=(Right.NOTICE_1798_83,))
        done = put_right(desk, number, {"designated": False}, "it came to the support desk", by(on=TODAY))
        assert dates(done) == {self.CLAIM: (date(2026, 7, 1), date(2026, 10, 29))}
        assert not done.case.designated
        assert rule_of(done.case.claims[self.CLAIM], desk.ledger.pinned).designated is False
        back = put_right(desk, number, {"designated": True}, "no, to privacy@", by(on=TODAY))
        assert dates(back) == {self.CLAIM: (date(2026, 10, 29), date(2026, 7, 1))}
        assert len(overview.corrections(desk, number)) == 2

    def test_where_nothing_depends_on_it(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        with pytest.raises(InputWrong, match="no open right of DSAR-2026-0001 depends"):
            put_right(desk, number, {"designated": False}, "x", by(on=TODAY))


class TestWhatBecameKnown:
    def test_forwarding_and_a_second_copy_start_nothing_anew(self, desk: Workspace) -> None:
        number = opened(desk, rights=(Right.NOTICE_1798_83,))
        done = put_right(desk, number, {"forwarded": date(2026, 6, 3), "again": date(2026, 6, 5)}, "", by(on=TODAY))
        assert {before == after for before, after in dates(done).values()} == {True}
        (one,) = overview.why(desk, number, TODAY)[1]
        steps = " ".join(step.says for step in one.clocks[0].steps)
        assert "Forwarded on Wed 3 Jun 2026: passing a request on inside starts nothing anew." in steps
        assert "came again on Fri 5 Jun 2026: the first day of receipt stays day 0" in steps
        facts = facts_count(desk)
        assert put_right(desk, number, {"forwarded": date(2026, 6, 3)}, "", by(on=TODAY)).already
        assert facts_count(desk) == facts

    @pytest.mark.parametrize(
        ("field", "day"),
        [("forwarded", date(2026, 5, 31)), ("again", date(2026, 6, 21)), ("dated", date(2026, 6, 2))],
    )
    def test_no_day_that_cannot_be(self, desk: Workspace, field: str, day: date) -> None:
        number = opened(desk, "uk-gdpr")
        facts = facts_count(desk)
        with pytest.raises(InputWrong):
            put_right(desk, number, {field: day}, "", by(on=TODAY))
        assert facts_count(desk) == facts

    def test_an_appeal_needs_an_appeal(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        with pytest.raises(InputWrong, match="holds no appeal"):
            put_right(desk, number, {"appealed": date(2026, 6, 5)}, "", by(on=TODAY))

    def test_where_the_person_lives_is_kept_apart_and_only_advises(self, desk: Workspace) -> None:
        number = opened(desk)
        (claim,) = desk.ledger.case(number).claims.values()
        assert (claim.chosen, claim.law) == (Chosen.STRICTEST, "eu-gdpr")
        done = put_right(desk, number, {"residence": "US-CA"}, "", by(on=TODAY))
        assert done.advice == (
            "dsar classify 1 --add access/us-ca-ccpa",
            'dsar classify 1 --drop access/eu-gdpr --reason "lives in US-CA"',
        )
        assert [kept.value for kept in desk.ledger.kept(number, "residence")] == [b"US-CA"]
        assert all("US-CA" not in repr(entry.fact) for entry in desk.ledger.history(number))
        assert set(done.case.claims) == {"access/eu-gdpr"}
        assert put_right(desk, number, {"residence": "US-CA"}, "", by(on=TODAY)).already


class TestClassify:
    def test_the_law_of_where_the_person_lives_takes_the_place_of_the_strictest(self, desk: Workspace) -> None:
        number = opened(desk)
        done = classify(desk, number, ["access/ccpa"], ["access/eu-gdpr"], "lives in California", by(on=TODAY))
        # from the first day of receipt, not from today
        assert dates(done) == {
            "access/eu-gdpr": (date(2026, 7, 1), None),
            "access/us-ca-ccpa": (None, date(2026, 7, 16)),
        }
        dropped = done.case.claims["access/eu-gdpr"]
        assert (dropped.outcome, dropped.ground) == (Outcome.OPENED_IN_ERROR, "does_not_apply")
        assert [kept.value for kept in desk.ledger.kept(number, "note")] == [b"lives in California"]
        page = overview.page(desk, number)
        assert [claim.due != () for claim in page.claims] == [False, True]

    def test_a_right_that_was_missed_comes_under_the_laws_of_the_case(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr", "us-ca-ccpa")
        done = classify(desk, number, ["delete"], [], "", by(on=TODAY))
        assert set(done.case.claims) == {
            f"{r}/{law}" for r in ("access", "delete") for law in ("uk-gdpr", "us-ca-ccpa")
        }
        facts = facts_count(desk)
        assert classify(desk, number, ["delete"], [], "", by(on=TODAY)).already
        assert facts_count(desk) == facts

    def test_what_was_dropped_can_come_back(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr", "us-ca-ccpa")
        classify(desk, number, [], ["access/us-ca-ccpa"], "lives in Wales", by(on=TODAY))
        assert classify(desk, number, [], ["access/us-ca-ccpa"], "again", by(on=TODAY)).already
        back = classify(desk, number, ["access/ccpa"], [], "", by(on=TODAY))
        assert back.case.claims["access/us-ca-ccpa"].outcome is None

    def test_the_last_right_is_not_dropped(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        facts = facts_count(desk)
        with pytest.raises(Refused, match="the last right") as refused:
            classify(desk, number, [], ["access"], "not asked", by(on=TODAY))
        assert "--opened-in-error" in refused.value.hint
        assert facts_count(desk) == facts

    def test_dropping_needs_a_reason_adding_needs_none(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr", rights=(Right.ACCESS, Right.DELETE))
        with pytest.raises(InputWrong, match="needs a reason"):
            classify(desk, number, [], ["delete"], "", by(on=TODAY))

    @pytest.mark.parametrize(
        ("add", "drop", "says"),
        [
            (["notice/gdpr"], [], "knows no right"),
            (["access/us-tx"], [], "not among this workspace's laws"),
            (["flying"], [], "not a kind of request"),
            ([], ["edit"], 'no right "edit"'),
            ([], ["access"], 'several rights "access"'),
        ],
    )
    def test_what_cannot_be(self, desk: Workspace, add: list[str], drop: list[str], says: str) -> None:
        number = opened(desk, "uk-gdpr", "us-ca-ccpa")
        facts = facts_count(desk)
        with pytest.raises(InputWrong, match=says):
            classify(desk, number, add, drop, "x", by(on=TODAY))
        assert facts_count(desk) == facts

    def test_a_right_that_ended_is_not_dropped(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr", rights=(Right.ACCESS, Right.DELETE))
        ending.refuse(desk, number, "excessive", by(on=TODAY), outcome=Outcome.REFUSED, claim="delete")
        with pytest.raises(Refused, match=r"has ended already \(refused\)"):
            classify(desk, number, [], ["delete"], "x", by(on=TODAY))

    def test_what_is_added_waits_for_no_proof_asked_of_another_right(self, desk: Workspace) -> None:
        """Proof asked for the access restarts the month of the access only; the earlier date is the safe one."""
        number = opened(desk, "uk-gdpr")
        pause(desk, number, Why.IDENTITY, by(on=date(2026, 6, 2)))
        verify.confirm(desk, number, verify.Shown(method=verify.method_named("account-login")), by(on=date(2026, 6, 8)))
        done = classify(desk, number, ["delete"], [], "", by(on=TODAY))
        assert dates(done)["access/uk-gdpr"][1] == date(2026, 7, 8)
        assert dates(done)["delete/uk-gdpr"] == (None, date(2026, 7, 1))


def test_a_closed_case_stays_as_it_is(at: Callable[[str], Workspace]) -> None:
    ws = at("answered")
    ending.close(ws, RIVERA, by())
    for act in (
        lambda: put_right(ws, RIVERA, {"received": date(2026, 11, 9)}, "x", by()),
        lambda: classify(ws, RIVERA, ["delete"], [], "", by()),
    ):
        with pytest.raises(Refused, match="is closed"):
            act()


def test_only_an_editor_puts_right(rivera: Workspace) -> None:
    for act in (
        lambda: put_right(rivera, RIVERA, {"received": date(2026, 11, 9)}, "x", by("luis")),
        lambda: classify(rivera, RIVERA, ["delete"], [], "", by("luis")),
    ):
        with pytest.raises(Refused, match="needs the role"):
            act()


def test_how_a_law_was_found_is_kept_with_the_case(desk: Workspace) -> None:
    named = openings.typed(desk, opening(), by())
    guessed = openings.typed(desk, somebody("Bo Lee", "bo@lee.example", laws=()), by())
    lives = somebody("Cy Lee", "cy@lee.example", laws=(), text="I am a California resident. Send me my data.")
    told = openings.open_case(desk, lives, openings.hold(desk, lives), by()).number
    chosen = [next(iter(desk.ledger.case(number).claims.values())).chosen for number in (named, guessed, told)]
    assert chosen == [Chosen.NAMED, Chosen.STRICTEST, Chosen.RESIDENCE]
    assert "strictest" in overview.page(desk, guessed).claims[0].chosen
    assert "strictest" in overview.why(desk, guessed)[1][0].chosen
