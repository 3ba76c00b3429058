"""What was asked of the person, what that does to each right's date, and what is refused in the law's own words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.case.clocks import answer_clock
from dsar.case.rights import Right
from dsar.case.waiting import Does, Why
from dsar.errors import InputWrong, Refused
from dsar.workflow import openings, verify
from dsar.workflow.drafts import draft
from dsar.workflow.take_back import take_back
from dsar.workflow.waiting import Done, agreed, charge, pause, resume, why_named
from dsar.workflow.waiting_words import the_law
from dsar.workspace import Workspace
from tests.workflow.office import by, facts_count, somebody

JUNE = {day: date(2026, 6, day) for day in range(1, 31)}


def with_law(ws: Workspace, law: str) -> Workspace:
    """The same desk, answering under one more law."""
    settings = ws.home / "dsar.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('laws = ["eu-gdpr"', f'laws = ["{law}", "eu-gdpr"'), encoding="utf-8")
    return Workspace(ws.home)


def opened(ws: Workspace, *laws: str, rights: tuple[Right, ...] = (Right.ACCESS,), name: str = "Ann Lee") -> str:
    email = f"{name.split()[0].casefold()}@lee.example"
    request = somebody(name, email, laws=laws, rights=rights, received_on=JUNE[1])
    return openings.typed(ws, request, by(on=JUNE[1]))


def due(ws: Workspace, number: str, claim: str) -> date | None:
    case = ws.ledger.case(number)
    return answer_clock(case, case.claims[claim], ws.ledger.pinned).due_on


def dates(done: Done) -> dict[str, tuple[date | None, date | None]]:
    return {effect.claim: (effect.before.due_on, effect.after.due_on) for effect in done.effects}


class TestUnitedKingdom:
    CLAIM = "access/uk-gdpr"

    def test_proof_starts_the_month_anew_and_a_question_stops_it(self, desk: Workspace) -> None:
        """law.md: asked 2 June, came 8 June; question 10 to 12 June; 11 July is a Saturday."""
        number = opened(desk, "uk-gdpr")
        assert due(desk, number, self.CLAIM) == JUNE[1].replace(month=7)
        asked = pause(desk, number, Why.IDENTITY, by(on=JUNE[2]))
        assert asked.effects[0].after.provisional
        assert dates(asked)[self.CLAIM] == (date(2026, 7, 1), date(2026, 7, 1))
        came = resume(desk, number, by(on=JUNE[8]))
        assert dates(came)[self.CLAIM] == (date(2026, 7, 1), date(2026, 7, 8))
        pause(desk, number, Why.CLARIFICATION, by(on=JUNE[20]), on=JUNE[10])
        answered = resume(desk, number, by(on=JUNE[20]), why=Why.CLARIFICATION, on=JUNE[12])
        assert dates(answered)[self.CLAIM] == (date(2026, 7, 8), date(2026, 7, 13))
        assert not answered.effects[0].after.provisional

    def test_a_question_stops_the_clock_of_access_alone(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr", rights=(Right.ACCESS, Right.DELETE))
        done = pause(desk, number, Why.CLARIFICATION, by(on=JUNE[10]))
        assert {effect.claim: (effect.does, effect.recorded) for effect in done.effects} == {
            self.CLAIM: (Does.STOPS, True),
            "delete/uk-gdpr": (Does.RUNS_ON, False),
        }
        assert [(move.kind, move.claim) for move in done.case.moves] == [("clarification_asked", self.CLAIM)]
        resume(desk, number, by(on=JUNE[20]))
        assert due(desk, number, "delete/uk-gdpr") == date(2026, 7, 1)

    def test_only_one_right_where_only_one_was_asked_about(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr", rights=(Right.ACCESS, Right.DELETE))
        done = pause(desk, number, Why.IDENTITY, by(on=JUNE[2]), right="delete")
        assert {move.claim for move in done.case.moves} == {"delete/uk-gdpr"}

    def test_asked_after_the_period_had_ended_stops_nothing(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        facts = facts_count(desk)
        with pytest.raises(Refused, match=r"the period had ended on Wed 1 Jul 2026"):
            pause(desk, number, Why.IDENTITY, by(on=date(2026, 7, 2)))
        assert facts_count(desk) == facts

    def test_proof_counts_from_the_day_it_came_not_from_the_day_it_was_looked_at(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        pause(desk, number, Why.IDENTITY, by(on=JUNE[2]))
        shown = verify.Shown(method=verify.method_named("account-login"))
        with pytest.raises(InputWrong, match="cannot have come on Mon 1 Jun 2026"):
            verify.confirm(desk, number, shown, by(on=JUNE[20]), came_on=JUNE[1])
        verify.confirm(desk, number, shown, by(on=JUNE[20]), came_on=JUNE[8])
        assert due(desk, number, self.CLAIM) == date(2026, 7, 8)

    def test_asked_for_a_second_time_the_second_answer_counts(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        pause(desk, number, Why.IDENTITY, by(on=JUNE[2]))
        resume(desk, number, by(on=JUNE[5]))
        pause(desk, number, Why.IDENTITY, by(on=JUNE[8]))
        verify.confirm(desk, number, verify.Shown(method=verify.method_named("account-login")), by(on=JUNE[10]))
        assert due(desk, number, self.CLAIM) == date(2026, 7, 10)

    def test_a_fee_starts_the_month_anew_when_it_is_paid(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        charge(desk, number, "GBP 20", by(on=JUNE[3]))
        with pytest.raises(Refused, match="waits for no fee"):
            agreed(desk, number, by(on=JUNE[4]), paid=False)
        assert dates(agreed(desk, number, by(on=JUNE[9]), paid=True))[self.CLAIM][1] == date(2026, 7, 9)


class TestCalifornia:
    def test_the_days_run_while_identity_is_checked(self, desk: Workspace) -> None:
        number = opened(desk, "us-ca-ccpa")
        facts = facts_count(desk)
        with pytest.raises(Refused) as refused:
            pause(desk, number, Why.IDENTITY, by(on=JUNE[2]))
        assert refused.value.message == (
            "Not done: under the CCPA the 45 days run even while you check identity (11 CCR 7021(b)). "
            "The date stays Thu 16 Jul 2026."
        )
        assert refused.value.hint == 'You may extend once: dsar extend 1 --why "..."'
        assert facts_count(desk) == facts

    def test_no_extension_is_offered_where_there_is_none(self, desk: Workspace) -> None:
        number = opened(desk, "us-ca-stl", rights=(Right.NOTICE_1798_83,))
        with pytest.raises(Refused, match="under Shine the Light the 30 days run") as refused:
            pause(desk, number, Why.IDENTITY, by(on=JUNE[2]))
        assert refused.value.hint == ""

    def test_an_opt_out_may_not_be_asked_for_proof(self, desk: Workspace) -> None:
        number = opened(desk, "us-ca-ccpa", rights=(Right.OPT_OUT_SALE,))
        with pytest.raises(Refused, match="needs no proof of identity, so none may be asked"):
            pause(desk, number, Why.IDENTITY, by(on=JUNE[2]))

    def test_nor_does_the_letter_that_asks_for_proof_speak_of_it(self, desk: Workspace) -> None:
        number = opened(desk, "us-ca-ccpa", rights=(Right.ACCESS, Right.OPT_OUT_SALE))
        assert draft(desk, number, "identity", by(on=JUNE[2])).claims == ("access/us-ca-ccpa",)
        alone = opened(desk, "us-ca-ccpa", rights=(Right.OPT_OUT_SALE,), name="Bo Lee")
        with pytest.raises(InputWrong, match="no open right"):
            draft(desk, alone, "identity", by(on=JUNE[2]))

    def test_of_two_laws_the_one_that_waits_is_paused_and_the_other_named(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr", "us-ca-ccpa")
        done = pause(desk, number, Why.IDENTITY, by(on=JUNE[2]))
        says = {effect.claim: effect.says for effect in done.effects if not effect.recorded}
        assert says == {"access/us-ca-ccpa": "the 45 days run on while you check identity (11 CCR 7021(b))"}
        assert {move.claim for move in done.case.moves} == {"access/uk-gdpr"}


class TestGuidance:
    def test_the_binding_date_stays_and_the_suspended_one_stands_beside_it(self, desk: Workspace) -> None:
        number = opened(desk, "eu-gdpr")
        done = pause(desk, number, Why.IDENTITY, by(on=JUNE[4]))
        assert (done.effects[0].does, done.effects[0].recorded) == (Does.GUIDANCE, True)
        (effect,) = resume(desk, number, by(on=JUNE[10])).effects
        assert effect.after.due_on == date(2026, 7, 1)
        # the six days after that of asking are left out of a month that ends on 1 July
        assert effect.after.suspended_on == date(2026, 7, 7)


class TestSwitzerland:
    CLAIM = "access/ch-fadp"

    @pytest.fixture
    def bern(self, desk: Workspace) -> Workspace:
        return with_law(desk, "ch-fadp")

    def test_thirty_days_after_the_time_to_think_it_over(self, bern: Workspace) -> None:
        number = opened(bern, "ch-fadp")
        (effect,) = charge(bern, number, "CHF 200", by(on=JUNE[5])).effects
        assert effect.does is Does.REFLECTS
        assert effect.lapses_on == JUNE[15]
        assert effect.after.due_on == date(2026, 7, 15)
        agreed(bern, number, by(on=JUNE[12]), paid=False)
        assert due(bern, number, self.CLAIM) == date(2026, 7, 15)

    def test_agreed_to_too_late_is_told(self, bern: Workspace) -> None:
        number = opened(bern, "ch-fadp")
        charge(bern, number, "CHF 200", by(on=JUNE[5]))
        assert agreed(bern, number, by(on=JUNE[16]), paid=False).effects[0].lapses_on == JUNE[15]

    def test_never_more_than_the_law_allows(self, bern: Workspace) -> None:
        number = opened(bern, "ch-fadp")
        facts = facts_count(bern)
        with pytest.raises(Refused, match="at most CHF 300"):
            charge(bern, number, "CHF 300.05", by(on=JUNE[5]))
        assert facts_count(bern) == facts
        assert charge(bern, number, "CHF 300", by(on=JUNE[5])).effects[0].recorded


class TestFee:
    def test_none_where_the_law_lets_none_be_charged(self, desk: Workspace) -> None:
        number = opened(desk, "us-ca-stl", rights=(Right.NOTICE_1798_83,))
        with pytest.raises(Refused, match="the answer is free, and no fee may be charged"):
            charge(desk, number, "USD 5", by(on=JUNE[5]))
        with pytest.raises(Refused, match="no fee may be charged"):
            pause(desk, number, Why.FEE, by(on=JUNE[5]))
        assert desk.ledger.kept(number, "fee") == []

    def test_the_amount_is_kept_apart_from_the_fact(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        charge(desk, number, " GBP 20 ", by(on=JUNE[3]))
        assert [kept.value for kept in desk.ledger.kept(number, "fee")] == [b"GBP 20"]
        assert all("20" not in repr(entry.fact).replace("2026", "") for entry in desk.ledger.history(number)
                   if entry.kind == "ClockMoved")  # fmt: skip

    def test_not_paid_before_it_was_announced(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        with pytest.raises(Refused, match="nobody recorded that it was asked") as refused:
            agreed(desk, number, by(on=JUNE[5]), paid=True)
        assert refused.value.hint.startswith("Announce it first: dsar fee 1 --charge")

    def test_announced_twice_it_is_announced_once(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        charge(desk, number, "GBP 20", by(on=JUNE[3]))
        facts = facts_count(desk)
        assert charge(desk, number, "GBP 30", by(on=JUNE[4])).already
        assert facts_count(desk) == facts
        assert len(desk.ledger.kept(number, "fee")) == 1

    @pytest.mark.parametrize("amount", ["twenty", "", "20", "EUR", "EUR -1"])
    def test_an_amount_that_is_none(self, desk: Workspace, amount: str) -> None:
        number = opened(desk, "uk-gdpr")
        with pytest.raises(InputWrong, match="no amount"):
            charge(desk, number, amount, by(on=JUNE[3]))

    def test_where_no_clock_waits_it_is_noted_all_the_same(self, desk: Workspace) -> None:
        number = opened(desk, "us-ca-ccpa")
        done = charge(desk, number, "USD 20", by(on=JUNE[3]))
        assert dates(done) == {"access/us-ca-ccpa": (date(2026, 7, 16), date(2026, 7, 16))}
        assert "only if: manifestly unfounded, excessive" in done.effects[0].says


class TestDays:
    def test_repeating_changes_nothing(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        pause(desk, number, Why.IDENTITY, by(on=JUNE[2]))
        resume(desk, number, by(on=JUNE[8]))
        pause(desk, number, Why.CLARIFICATION, by(on=JUNE[10]))
        facts = facts_count(desk)
        assert pause(desk, number, Why.CLARIFICATION, by(on=JUNE[11])).already
        assert resume(desk, number, by(on=JUNE[12]), why=Why.IDENTITY).already
        assert resume(desk, number, by(on=JUNE[12]), why=Why.IDENTITY, on=JUNE[8]).already
        assert facts_count(desk) == facts

    def test_another_day_for_what_came_is_no_repetition(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        pause(desk, number, Why.IDENTITY, by(on=JUNE[2]))
        resume(desk, number, by(on=JUNE[8]))
        with pytest.raises(Refused, match="by the file it came on Mon 8 Jun 2026") as refused:
            resume(desk, number, by(on=JUNE[20]), on=JUNE[9])
        assert "--undo" in refused.value.hint

    @pytest.mark.parametrize(
        ("on", "says"),
        [(JUNE[21], "still to come"), (date(2026, 5, 31), "before Mon 1 Jun 2026, when the request came")],
    )
    def test_no_day_that_cannot_be(self, desk: Workspace, on: date, says: str) -> None:
        number = opened(desk, "uk-gdpr")
        facts = facts_count(desk)
        with pytest.raises(InputWrong, match=says):
            pause(desk, number, Why.IDENTITY, by(on=JUNE[20]), on=on)
        pause(desk, number, Why.IDENTITY, by(on=JUNE[20]), on=JUNE[10])
        with pytest.raises(InputWrong):
            resume(desk, number, by(on=JUNE[20]), on=on)
        with pytest.raises(InputWrong, match="so it cannot have come on Tue 9 Jun 2026"):
            resume(desk, number, by(on=JUNE[20]), on=JUNE[9])
        assert facts_count(desk) == facts + 1

    def test_two_things_waited_for_must_be_told_apart(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        pause(desk, number, Why.IDENTITY, by(on=JUNE[2]))
        pause(desk, number, Why.CLARIFICATION, by(on=JUNE[2]))
        with pytest.raises(InputWrong, match="waits for proof of identity and an answer") as refused:
            resume(desk, number, by(on=JUNE[8]))
        assert refused.value.hint == "Say which came: dsar resume 1 --why identity"

    def test_nothing_was_asked(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        with pytest.raises(Refused, match="waits for nothing"):
            resume(desk, number, by(on=JUNE[8]))

    def test_a_reader_records_nothing(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        for act in (
            lambda: pause(desk, number, Why.IDENTITY, by("luis", on=JUNE[8])),
            lambda: resume(desk, number, by("luis", on=JUNE[8])),
            lambda: charge(desk, number, "GBP 5", by("luis", on=JUNE[8])),
            lambda: agreed(desk, number, by("luis", on=JUNE[8]), paid=True),
            lambda: take_back(desk, number, Why.IDENTITY, "x", by("luis", on=JUNE[8]), answer=False),
        ):
            with pytest.raises(Refused, match="needs the role"):
                act()

    def test_an_answered_case_waits_for_nobody(self, at: Callable[[str], Workspace]) -> None:
        with pytest.raises(Refused, match="no open right"):
            pause(at("answered"), "DSAR-2026-0001", Why.IDENTITY, by())

    @pytest.mark.parametrize(("word", "why"), [("id", Why.IDENTITY), ("Clarification", Why.CLARIFICATION)])
    def test_words(self, word: str, why: Why) -> None:
        assert why_named(word) is why

    @given(st.text(max_size=20).filter(lambda word: not any(why.startswith(word.strip().casefold()) for why in Why)))
    def test_other_words_are_told_the_known_ones(self, word: str) -> None:
        if word.strip().casefold() in ("id", "proof", "question", "clarify", "cost", "payment"):
            return
        with pytest.raises(InputWrong) as refused:
            why_named(word)
        assert "identity, clarification, fee" in refused.value.hint


class TestTakenBack:
    def test_a_mistake_is_undone_with_its_reason_and_stays_on_file(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        pause(desk, number, Why.IDENTITY, by(on=JUNE[2]))
        resume(desk, number, by(on=JUNE[9]), on=JUNE[9])
        with pytest.raises(InputWrong, match="needs a reason"):
            take_back(desk, number, Why.IDENTITY, " ", by(on=JUNE[9]), answer=True)
        done = take_back(desk, number, Why.IDENTITY, "it was the 8th", by(on=JUNE[9]), answer=True)
        assert dates(done)["access/uk-gdpr"] == (date(2026, 7, 9), date(2026, 7, 1))
        resume(desk, number, by(on=JUNE[9]), on=JUNE[8])
        assert due(desk, number, "access/uk-gdpr") == date(2026, 7, 8)
        assert [kept.value for kept in desk.ledger.kept(number, "reason")] == [b"it was the 8th"]
        assert sum(entry.kind == "ClockMoved" for entry in desk.ledger.history(number)) == 3

    def test_a_question_that_was_answered_stays_until_its_answer_goes(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        pause(desk, number, Why.IDENTITY, by(on=JUNE[2]))
        resume(desk, number, by(on=JUNE[8]))
        items = len(desk.ledger.kept(number))
        with pytest.raises(Refused, match="answer must be taken back first"):
            take_back(desk, number, Why.IDENTITY, "oops", by(on=JUNE[9]), answer=False)
        assert len(desk.ledger.kept(number)) == items

    def test_nothing_to_take_back(self, desk: Workspace) -> None:
        number = opened(desk, "uk-gdpr")
        with pytest.raises(Refused, match="nothing on file says"):
            take_back(desk, number, Why.FEE, "oops", by(on=JUNE[9]), answer=True)


def test_laws_are_named_as_people_name_them(desk: Workspace) -> None:
    named = [the_law(desk, law) for law in ("us-ca-ccpa", "uk-gdpr", "us-ca-stl", "us-co", "ca-qc-p39.1", "us-ia")]
    assert named == ["the CCPA", "the UK GDPR", "Shine the Light", "the Colorado Privacy Act", "Quebec P-39.1",
                     "the Iowa CDPA"]  # fmt: skip
