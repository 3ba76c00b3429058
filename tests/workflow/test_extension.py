"""More time: only where a law allows it, only once, and only if the person was told in time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dsar.case.clocks import answer_clock
from dsar.case.rights import Right
from dsar.case.waiting import Why
from dsar.errors import InputWrong, Refused
from dsar.letters.address import mail_address
from dsar.letters.mail import message_id
from dsar.workflow import openings, outbox
from dsar.workflow.drafts import draft
from dsar.workflow.extension import extension
from dsar.workflow.letters import Details
from dsar.workflow.queue import queue
from dsar.workflow.waiting import pause, resume
from dsar.workspace import Workspace
from tests.workflow.office import RIVERA, by, facts_count, opening
from tests.workflow.test_waiting import with_law


class TestOneRight:
    def test_the_dates_are_the_laws(self, rivera: Workspace) -> None:
        (one,) = extension(rivera, RIVERA, by()).possible
        # California: 45 calendar days, 90 in all, notice within the first 45
        received = date(2026, 11, 10)
        assert one.now_on == received + timedelta(days=45)
        assert one.until == received + timedelta(days=90)
        assert one.notice_by == received + timedelta(days=45)

    def test_the_new_date_counts_once_the_notice_is_sent(self, rivera: Workspace) -> None:
        due = [line.due_on for line in queue(rivera, by().on).lines if line.obligation == "respond"]
        extension(rivera, RIVERA, by())
        assert [line.due_on for line in queue(rivera, by().on).lines if line.obligation == "respond"] == due
        outbox.send(rivera, RIVERA, "extension", by(), Details(reason="your records are in six systems"))
        after = [line.due_on for line in queue(rivera, by().on).lines]
        assert date(2027, 2, 8) in after
        assert not set(after) & set(due)

    def test_only_once(self, rivera: Workspace) -> None:
        outbox.send(rivera, RIVERA, "extension", by(), Details(reason="your records are in six systems"))
        offer = extension(rivera, RIVERA, by())
        assert offer.possible == ()
        assert [one.until for one in offer.already] == [date(2027, 2, 8)]

    def test_not_after_the_day_the_notice_had_to_leave(self, rivera: Workspace) -> None:
        with pytest.raises(Refused, match=r"had to leave by Fri 25 Dec 2026; that day has passed") as refused:
            extension(rivera, RIVERA, by(on=date(2026, 12, 26)))
        assert "answer" in refused.value.hint
        assert extension(rivera, RIVERA, by(on=date(2026, 12, 25))).possible

    def test_not_where_the_law_knows_none(self, desk: Workspace) -> None:
        number = openings.typed(desk, opening(rights=(Right.OPT_OUT_SALE,)), by())
        with pytest.raises(Refused, match="allows an extension"):
            extension(desk, number, by())

    def test_the_notice_needs_a_reason(self, rivera: Workspace) -> None:
        facts = facts_count(rivera)
        with pytest.raises((Refused, InputWrong)):
            outbox.send(rivera, RIVERA, "extension", by())
        assert facts_count(rivera) == facts

    def test_no_date_beyond_the_laws_limit(self, rivera: Workspace) -> None:
        facts = facts_count(rivera)
        late = Details(reason="your records are in six systems", until=date(2027, 6, 1))
        with pytest.raises((Refused, InputWrong)):
            outbox.send(rivera, RIVERA, "extension", by(), late)
        assert facts_count(rivera) == facts


MORE = Details(reason="your records are in six systems")


def due(ws: Workspace, number: str, claim: str) -> date | None:
    case = ws.ledger.case(number)
    return answer_clock(case, case.claims[claim], ws.ledger.pinned).due_on


class TestSeveralRights:
    @pytest.fixture
    def two(self, desk: Workspace) -> str:
        """An access whose month ends on 1 July, a California one whose 45 days end on 16 July, and an opt-out."""
        rights = (Right.ACCESS, Right.OPT_OUT_SALE)
        request = opening(laws=("uk-gdpr", "us-ca-ccpa"), rights=rights, received_on=date(2026, 6, 1))
        return openings.typed(desk, request, by(on=date(2026, 6, 1)))

    def test_those_that_can_be_are_and_the_others_are_named(self, desk: Workspace, two: str) -> None:
        offer = extension(desk, two, by(on=date(2026, 7, 2)))
        assert [one.claim for one in offer.possible] == ["access/us-ca-ccpa"]
        assert [one.claim for one in offer.late] == ["access/uk-gdpr"]
        assert offer.never == ("opt_out_sale/us-ca-ccpa",)

    def test_the_letter_is_about_no_other_right(self, desk: Workspace, two: str) -> None:
        outbox.send(desk, two, "extension", by(on=date(2026, 7, 2)), MORE)
        case = desk.ledger.case(two)
        assert [line.claims for line in case.letters.values()] == [("access/us-ca-ccpa",)]
        assert due(desk, two, "access/us-ca-ccpa") == date(2026, 8, 30)
        assert due(desk, two, "access/uk-gdpr") == date(2026, 7, 1)
        assert {move.claim for move in case.moves} == {"access/us-ca-ccpa"}

    def test_the_date_the_notice_names_binds_every_right_it_is_about(self, desk: Workspace, two: str) -> None:
        until = date(2026, 8, 3)
        outbox.send(desk, two, "extension", by(on=date(2026, 6, 20)), Details(reason="six systems", until=until))
        assert due(desk, two, "access/us-ca-ccpa") == until
        assert due(desk, two, "access/uk-gdpr") == until


class TestTheWindow:
    def test_it_stops_with_the_british_clock(self, desk: Workspace) -> None:
        """UK GDPR Art. 12A(5): the days of waiting for an answer are left out of the notice's month as well."""
        number = openings.typed(desk, opening(laws=("uk-gdpr",), received_on=date(2026, 6, 1)), by(on=date(2026, 6, 1)))
        with pytest.raises(Refused, match="had to leave by Wed 1 Jul 2026"):
            extension(desk, number, by(on=date(2026, 7, 2)))
        pause(desk, number, Why.CLARIFICATION, by(on=date(2026, 6, 10)))
        resume(desk, number, by(on=date(2026, 6, 12)))
        (one,) = extension(desk, number, by(on=date(2026, 7, 2))).possible
        # three days left out: 4 July, a Saturday, so Monday
        assert one.notice_by == date(2026, 7, 6)
        outbox.send(desk, number, "extension", by(on=date(2026, 7, 6)), MORE)
        assert due(desk, number, "access/uk-gdpr") == date(2026, 9, 4)

    def test_it_does_not_stop_where_only_guidance_stops_the_clock(self, desk: Workspace) -> None:
        number = openings.typed(desk, opening(laws=("eu-gdpr",), received_on=date(2026, 6, 1)), by(on=date(2026, 6, 1)))
        pause(desk, number, Why.IDENTITY, by(on=date(2026, 6, 10)))
        resume(desk, number, by(on=date(2026, 6, 20)))
        with pytest.raises(Refused, match="had to leave by Wed 1 Jul 2026"):
            extension(desk, number, by(on=date(2026, 7, 2)))


class TestANoticeThatDidNotArrive:
    def test_one_that_came_back_extends_nothing(self, rivera: Workspace) -> None:
        key = outbox.send(rivera, RIVERA, "extension", by(), MORE).key
        assert due(rivera, RIVERA, "access/us-ca-ccpa") == date(2027, 2, 8)
        outbox.bounced(rivera, message_id(key, mail_address(rivera.sender)), by())
        assert due(rivera, RIVERA, "access/us-ca-ccpa") == date(2026, 12, 25)
        (one,) = extension(rivera, RIVERA, by()).possible
        assert one.until == date(2027, 2, 8)

    def test_it_can_be_sent_again_with_another_date(self, rivera: Workspace) -> None:
        first = Details(reason="six systems", until=date(2027, 1, 10))
        key = outbox.send(rivera, RIVERA, "extension", by(), first).key
        outbox.bounced(rivera, message_id(key, mail_address(rivera.sender)), by())
        second = Details(reason="six systems", until=date(2027, 1, 20))
        outbox.send(rivera, RIVERA, "extension", by(), second, by_post=True)
        assert due(rivera, RIVERA, "access/us-ca-ccpa") == date(2027, 1, 20)

    def test_one_that_waits_in_the_outbox_extends_nothing_yet(self, rivera: Workspace) -> None:
        made = draft(rivera, RIVERA, "extension", by(), MORE)
        key = f"{RIVERA}:extension"
        outbox.queue(rivera, RIVERA, key, made, by(), by_post=False)
        assert due(rivera, RIVERA, "access/us-ca-ccpa") == date(2026, 12, 25)
        outbox.cancel(rivera, key, by())
        assert rivera.ledger.case(RIVERA).moves == ()

    def test_one_that_left_too_late_does_not_hold(self, rivera: Workspace) -> None:
        made = draft(rivera, RIVERA, "extension", by(), MORE)
        key = f"{RIVERA}:extension"
        outbox.queue(rivera, RIVERA, key, made, by(), by_post=False)
        outbox.deliver(rivera, RIVERA, key, by(on=date(2026, 12, 26)))
        assert due(rivera, RIVERA, "access/us-ca-ccpa") == date(2026, 12, 25)


class TestWhereTheLawLeavesTheDateToUs:
    def test_the_date_named_is_the_date(self, desk: Workspace) -> None:
        bern = with_law(desk, "ch-fadp")
        request = opening(laws=("ch-fadp",), received_on=date(2026, 6, 1))
        number = openings.typed(bern, request, by(on=date(2026, 6, 1)))
        (one,) = extension(bern, number, by(on=date(2026, 6, 20))).possible
        assert (one.until, one.notice_by) == (None, date(2026, 7, 1))
        outbox.send(bern, number, "extension", by(on=date(2026, 6, 20)), Details(reason="x", until=date(2026, 9, 1)))
        assert due(bern, number, "access/ch-fadp") == date(2026, 9, 1)
        assert [line.due_on for line in queue(bern, date(2026, 6, 20)).lines] == [date(2026, 9, 1)]
