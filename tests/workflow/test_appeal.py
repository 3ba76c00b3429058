"""Appeals, complaints and reviews: who may bring them, who decides, what is open again, and what the letters say."""

from __future__ import annotations

import re
from datetime import date

import pytest

from dsar.case.clocks import answer_clock, claim_clocks
from dsar.case.rights import Right
from dsar.case.stages import Outcome, Stage
from dsar.errors import InputWrong, Refused
from dsar.law.calendar_files import DATA
from dsar.law.clocks import Obligation
from dsar.letters.letter import Verdict
from dsar.workflow import appeal as work
from dsar.workflow import ending, openings, outbox, verify
from dsar.workflow.appeal import appeal, decide
from dsar.workflow.drafts import draft
from dsar.workflow.extension import offer_of
from dsar.workflow.letters import Details
from dsar.workspace import Workspace
from tests.workflow.office import RIVERA, by, facts_count, opening

MAY, JUNE, LATE_JUNE = date(2026, 5, 4), date(2026, 6, 20), date(2026, 6, 25)
WHY = "You had not asked before; we had the wrong account before us."


@pytest.fixture
def court(desk: Workspace) -> Workspace:
    """The sample desk under every law there is."""
    settings = desk.home / "dsar.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r"(?m)^laws = .*$", "laws = []", text), encoding="utf-8")
    return Workspace(desk.home)


def refused(
    ws: Workspace, *, law: str = "us-va", rights: tuple[Right, ...] = (Right.ACCESS,), close: bool = True
) -> str:
    """A request that Priya refused, told and closed in May."""
    asked = opening(rights=rights, laws=(law,), received_on=date(2026, 5, 1))
    number = openings.typed(ws, asked, by(on=MAY))
    ending.refuse(ws, number, "excessive", by(on=MAY), outcome=Outcome.REFUSED)
    outbox.send(ws, number, "refusal", by(on=MAY))
    if close:
        ending.close(ws, number, by(on=MAY))
    return number


def text_of(ws: Workspace, number: str, kind: str = "decision", on: date = LATE_JUNE) -> str:
    made = draft(ws, number, kind, by(on=on))
    assert made.problems == (), made.problems
    return " ".join(made.composed.text.split())


class TestComingIn:
    def test_its_clock_starts_the_day_it_came_and_the_case_is_open_again(self, court: Workspace) -> None:
        number = refused(court)
        taken = appeal(court, number, by(on=LATE_JUNE), received=JUNE)
        assert not taken.case.closed
        ((claim, clock),) = taken.clocks
        # Virginia: 60 days from the receipt of the appeal
        assert (claim.name, clock.due_on) == ("appeal/us-va", date(2026, 8, 19))
        assert taken.against == ("access/us-va",)
        assert taken.case.claims["access/us-va"].outcome is Outcome.REFUSED

    def test_again_it_says_so(self, court: Workspace) -> None:
        number = refused(court)
        appeal(court, number, by(on=LATE_JUNE), received=JUNE)
        facts = facts_count(court)
        assert appeal(court, number, by(on=LATE_JUNE)).already
        assert facts_count(court) == facts

    def test_a_law_without_an_appeal_says_where_to_turn(self, court: Workspace) -> None:
        number = refused(court, law="us-ca-ccpa")
        facts = facts_count(court)
        with pytest.raises(Refused, match=r"no appeal to us: complaints go to .*cppa\.ca\.gov") as no:
            appeal(court, number, by(on=LATE_JUNE))
        assert "dsar attach" in no.value.hint
        assert facts_count(court) == facts

    def test_quebec_names_its_commission_and_the_time(self, court: Workspace) -> None:
        number = refused(court, law="ca-qc-p39.1")
        with pytest.raises(Refused, match=r"Commission d'accès à l'information, 30 days after the decision"):
            appeal(court, number, by(on=LATE_JUNE))

    def test_in_the_united_kingdom_it_is_a_complaint(self, court: Workspace) -> None:
        number = refused(court, law="uk-gdpr")
        with pytest.raises(Refused) as no:
            appeal(court, number, by(on=LATE_JUNE))
        assert "dsar new --type complaint --law s164a --about" in no.value.hint

    @pytest.mark.parametrize("outcome", [Outcome.WITHDRAWN, None])
    def test_nothing_decided_nothing_contested(self, court: Workspace, outcome: Outcome | None) -> None:
        number = openings.typed(court, opening(laws=("us-va",)), by())
        if outcome:
            ending.refuse(court, number, "", by(), outcome=outcome)
        with pytest.raises(Refused, match="nothing to appeal against"):
            appeal(court, number, by())

    def test_whoever_was_not_verified_may_appeal(self, court: Workspace) -> None:
        number = openings.typed(court, opening(laws=("us-va",)), by())
        ending.refuse(court, number, "", by(), outcome=Outcome.NOT_VERIFIED)
        assert appeal(court, number, by()).against == ("access/us-va",)

    def test_not_before_the_request(self, court: Workspace) -> None:
        with pytest.raises(InputWrong, match="before the request"):
            appeal(court, refused(court), by(), received=date(2026, 4, 1))

    @pytest.mark.parametrize(("came", "late"), [(date(2026, 6, 3), False), (date(2026, 6, 4), True)])
    def test_after_the_laws_own_window_it_is_said_and_taken_in(self, court: Workspace, came: date, late: bool) -> None:
        own = court.home / "laws"
        own.mkdir()
        text = (DATA / "us-va.toml").read_text(encoding="utf-8")
        window = text.replace("a reasonable period after the decision", "30 days after the decision")
        (own / "us-va.toml").write_text(window, encoding="utf-8")
        ws = Workspace(court.home)
        number = refused(ws)
        taken = appeal(ws, number, by(on=LATE_JUNE), received=came)
        # told on 4 May
        assert bool(taken.late) is late
        assert not late or "ended on 2026-06-03" in taken.late
        assert taken.clocks

    def test_the_letter_is_kept_in_the_file(self, court: Workspace) -> None:
        number = refused(court)
        letter = court.home / "appeal.txt"
        letter.write_text("I appeal.", encoding="utf-8")
        appeal(court, number, by(on=LATE_JUNE), received=JUNE, file=letter)
        assert [kept.value for kept in court.ledger.kept(number, "paper")] == [b"I appeal."]

    def test_one_right_of_two(self, court: Workspace) -> None:
        number = refused(court, rights=(Right.ACCESS, Right.DELETE))
        assert appeal(court, number, by(on=LATE_JUNE), right="delete").against == ("delete/us-va",)


class TestDeciding:
    def appealed(self, ws: Workspace, *rights: Right) -> str:
        number = refused(ws, rights=rights or (Right.ACCESS,))
        appeal(ws, number, by(on=LATE_JUNE), received=JUNE)
        return number

    def test_whoever_refused_does_not_decide(self, court: Workspace) -> None:
        number = self.appealed(court)
        facts = facts_count(court)
        with pytest.raises(Refused, match="somebody else must decide") as no:
            decide(court, number, Verdict.DENIED, WHY, by("priya", on=LATE_JUNE))
        assert "Sam Whitaker" in no.value.hint
        assert facts_count(court) == facts

    def test_it_is_told_why(self, court: Workspace) -> None:
        number = self.appealed(court)
        with pytest.raises(InputWrong, match="with its reasons"):
            decide(court, number, Verdict.DENIED, "  ", by("sam", on=LATE_JUNE))

    def test_denied_the_letter_names_the_authority(self, court: Workspace) -> None:
        number = self.appealed(court)
        done = decide(court, number, Verdict.DENIED, WHY, by("sam", on=LATE_JUNE))
        assert done.again == ()
        text = text_of(court, number)
        for word in ("20 June 2026", "1 May 2026", "The decision stays as it was", WHY, "Attorney General of Virginia"):
            assert word in text
        assert "You may appeal" not in text
        outbox.send(court, number, "decision", by(on=LATE_JUNE))
        assert ending.close(court, number, by(on=LATE_JUNE)).case.closed

    def test_upheld_the_right_is_open_again_until_the_appeal_is_due(self, court: Workspace) -> None:
        number = self.appealed(court)
        done = decide(court, number, Verdict.UPHELD, WHY, by("sam", on=LATE_JUNE))
        ((claim, clock),) = done.again
        assert (claim.name, claim.outcome, clock.due_on) == ("access/us-va", None, date(2026, 8, 19))
        assert "the appeal was upheld" in clock.steps[-1].says.lower()
        assert "by 19 August 2026 at the latest" in text_of(court, number)
        outbox.send(court, number, "decision", by(on=LATE_JUNE))
        with pytest.raises(Refused, match="no outcome yet"):
            ending.close(court, number, by(on=LATE_JUNE))

    def test_again_it_says_so(self, court: Workspace) -> None:
        number = self.appealed(court)
        decide(court, number, Verdict.DENIED, WHY, by("sam", on=LATE_JUNE))
        facts = facts_count(court)
        assert decide(court, number, Verdict.DENIED, WHY, by("sam", on=LATE_JUNE)).already
        assert facts_count(court) == facts

    def test_a_part_of_it_names_which(self, court: Workspace) -> None:
        number = self.appealed(court, Right.ACCESS, Right.DELETE)
        with pytest.raises(InputWrong, match="say which is changed") as which:
            decide(court, number, Verdict.PARTLY, WHY, by("sam", on=LATE_JUNE))
        assert "--right access" in which.value.hint
        done = decide(court, number, Verdict.PARTLY, WHY, by("sam", on=LATE_JUNE), rights=("access",))
        assert [claim.name for claim, _ in done.again] == ["access/us-va"]
        assert done.case.claims["delete/us-va"].outcome is Outcome.REFUSED

    def test_a_denied_appeal_is_not_heard_twice_and_one_refused_anew_is(self, court: Workspace) -> None:
        number = self.appealed(court, Right.ACCESS, Right.DELETE)
        decide(court, number, Verdict.PARTLY, WHY, by("sam", on=LATE_JUNE), rights=("access",))
        outbox.send(court, number, "decision", by(on=LATE_JUNE))
        with pytest.raises(Refused, match="decided already"):
            appeal(court, number, by(on=LATE_JUNE))
        ending.refuse(court, number, "not_covered", by("sam", on=LATE_JUNE), outcome=Outcome.REFUSED, claim="access")
        outbox.send(court, number, "refusal", by("sam", on=LATE_JUNE))
        again = appeal(court, number, by(on=LATE_JUNE), received=LATE_JUNE)
        assert again.against == ("access/us-va",)
        ((_, clock),) = again.clocks
        assert clock.due_on == date(2026, 8, 24)
        decide(court, number, Verdict.DENIED, WHY, by("marta", on=LATE_JUNE))
        assert not outbox.send(court, number, "decision", by(on=LATE_JUNE)).already, "a second decision is sent as well"

    def test_colorado_gives_more_time_for_an_appeal(self, court: Workspace) -> None:
        number = refused(court, law="us-co")
        taken = appeal(court, number, by(on=LATE_JUNE), received=JUNE)
        ((claim, clock),) = taken.clocks
        assert clock.due_on == date(2026, 8, 4)
        assert [one.claim for one in offer_of(court, taken.case, LATE_JUNE).possible] == ["appeal/us-co"]
        more = Details(reason="Two archives must be read.")
        text = " ".join(draft(court, number, "extension", by(on=LATE_JUNE), more).composed.text.split())
        assert "counted from 20 June 2026, the day your appeal reached us" in text
        outbox.send(court, number, "extension", by(on=LATE_JUNE), more)
        case = court.ledger.case(number)
        # 45 days and 60 more, counted from the appeal
        assert answer_clock(case, case.claims[claim.name], court.ledger.pinned).due_on == date(2026, 10, 3)


class TestComplaint:
    def complaint(self, ws: Workspace, language: str = "en") -> str:
        asked = opening(rights=(Right.COMPLAINT,), laws=("uk-dpa2018-s164A",), language=language)
        return openings.typed(ws, asked, by())

    def test_it_is_acknowledged_within_thirty_days(self, court: Workspace) -> None:
        number = self.complaint(court)
        case = court.ledger.case(number)
        (claim,) = case.claims.values()
        due = {clock.obligation: clock.due_on for clock in claim_clocks(case, claim, court.ledger.pinned)}
        assert due[Obligation.ACKNOWLEDGE] == date(2026, 12, 10)
        assert due[Obligation.RESPOND] is None
        text = text_of(court, number, "acknowledgement", by().on)
        assert "Thank you for your complaint" in text

    @pytest.mark.parametrize("verdict", list(Verdict))
    def test_its_decision_names_commissioner_and_court(self, court: Workspace, verdict: Verdict) -> None:
        number = self.complaint(court)
        # nobody decided anything before, so whoever looked into it decides
        decide(court, number, verdict, "We were nine days late.", by())
        text = text_of(court, number, on=by().on)
        for word in ("Information Commissioner's Office", "ico.org.uk", "go to court", "We were nine days late."):
            assert word in text

    def test_in_german_the_same(self, court: Workspace) -> None:
        number = self.complaint(court, "de")
        decide(court, number, Verdict.DENIED, "Wir haben pünktlich geantwortet.", by())
        assert "Sie können auch vor Gericht gehen" in text_of(court, number, on=by().on)


class TestComputersDecision:
    def test_it_waits_for_proof_and_tells_how_to_contest(self, court: Workspace) -> None:
        number = openings.typed(court, opening(rights=(Right.AUTOMATED_DECISION,), laws=("eu-gdpr",)), by())
        with pytest.raises(Refused, match="identity is not proven"):
            decide(court, number, Verdict.DENIED, WHY, by())
        verify.confirm(court, number, verify.Shown(method=verify.method_named("email-control")), by())
        decide(court, number, Verdict.DENIED, WHY, by())
        text = text_of(court, number, on=by().on)
        for word in ("A person who may change that decision", "You can contest this decision", WHY):
            assert word in text
        case = outbox.send(court, number, "decision", by()).case
        assert court.ledger.rows()[0].stage == Stage.CLOSE
        assert next(iter(case.claims.values())).outcome is Outcome.REFUSED


def test_two_matters_are_decided_one_at_a_time(court: Workspace) -> None:
    asked = opening(rights=(Right.COMPLAINT, Right.AUTOMATED_DECISION), laws=("uk-dpa2018-s164A", "uk-gdpr"))
    number = openings.typed(court, asked, by())
    with pytest.raises(InputWrong, match="several things to decide") as several:
        decide(court, number, Verdict.UPHELD, WHY, by())
    assert "--only complaint" in several.value.hint
    done = decide(court, number, Verdict.UPHELD, WHY, by(), only="complaint")
    assert [claim.right for claim in done.claims] == [Right.COMPLAINT]
    assert [claim.right for claim in work.waiting(done.case)] == [Right.AUTOMATED_DECISION]


def test_where_nothing_waits_it_says_what_to_type(rivera: Workspace) -> None:
    with pytest.raises(InputWrong, match="waits for a decision") as no:
        decide(rivera, RIVERA, Verdict.UPHELD, WHY, by())
    assert no.value.hint.endswith("dsar appeal 1")
