"""What a person must look at before a 1798.83 notice leaves: repeats, exemptions, residence."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

from dsar.case.rights import Right
from dsar.case.stages import Outcome
from dsar.workflow import ending, notice, outbox
from dsar.workflow.notice import Variant, verdict
from dsar.workflow.residence import addressed_to, lives_in_california
from dsar.workspace import Workspace
from tests.workflow.notice_desk import (
    LUCILLE,
    ask,
    clean,
    codes,
    settle,
    text_of,
)
from tests.workflow.office import by


class TestOnceInACalendarYear:
    def answered(self, ws: Workspace, received: date = date(2026, 11, 6), **changes: Any) -> str:
        """A request that was answered five days after it arrived, and closed."""
        number = ask(ws, received_on=received, **changes)
        then = by(on=received + timedelta(days=5))
        outbox.send(ws, number, "notice", then)
        ending.close(ws, number, then)
        return number

    def test_a_second_request_is_flagged_and_may_be_answered_again(self, desk: Workspace) -> None:
        first = self.answered(desk, received=date(2026, 3, 2))
        number = ask(desk)
        found = verdict(desk, number)
        assert (found.variant, found.answer) == (Variant.ALREADY_ANSWERED, Variant.DISCLOSED)
        assert [(one.case, one.sent_on) for one in found.earlier] == [(first, date(2026, 3, 7))]
        assert found.needs_person
        (remark,) = found.remarks
        # what we promised is in front of whoever decides
        assert "once a calendar year" in remark.says
        assert "Marigold Audience, LLC" in text_of(clean(desk, number))

    def test_or_refused_with_where_the_answer_is_and_from_when_on(self, desk: Workspace) -> None:
        first = self.answered(desk, received=date(2026, 3, 2))
        number = ask(desk)
        ending.refuse(desk, number, "already_answered", by(), outcome=Outcome.REFUSED)
        text = text_of(clean(desk, number, "refusal"))
        for words in (first, "calendar year 2025", "1 January 2027", "free of charge"):
            assert words in text

    def test_the_reason_is_there_in_german_and_only_for_a_repeat(self, desk: Workspace) -> None:
        first = ask(desk)
        assert notice.repeat_reason(desk, desk.ledger.case(first), "de") == ()
        outbox.send(desk, first, "notice", by())
        (reason,) = notice.repeat_reason(desk, desk.ledger.case(ask(desk)), "de")
        assert first in reason
        assert "1. Januar 2027" in reason

    @pytest.mark.parametrize(
        ("email", "received", "again"),
        [
            (LUCILLE, date(2026, 1, 1), True),
            (LUCILLE.upper(), date(2026, 12, 31), True),
            (LUCILLE, date(2025, 12, 31), False),
            ("ada@mail.example", date(2026, 3, 2), False),
        ],
    )
    def test_only_the_same_person_in_the_same_calendar_year(
        self, desk: Workspace, email: str, received: date, again: bool
    ) -> None:
        self.answered(desk, name="Ada", email=email, received=received)
        assert (verdict(desk, ask(desk)).variant is Variant.ALREADY_ANSWERED) is again

    def test_an_unanswered_one_is_to_be_settled_together(self, desk: Workspace) -> None:
        ask(desk, received_on=date(2026, 3, 2))
        number = ask(desk)
        assert verdict(desk, number).variant is Variant.DISCLOSED
        assert codes(desk, number) == {"also_open": True}

    def test_an_answer_that_came_back_is_no_answer(self, desk: Workspace) -> None:
        from dsar.case.facts import LetterBounced

        first = ask(desk)
        key = outbox.send(desk, first, "notice", by()).key
        desk.ledger.record(first, LetterBounced(key=key), by=by())
        assert verdict(desk, ask(desk)).variant is Variant.DISCLOSED

    def test_an_access_answer_is_no_notice(self, desk: Workspace) -> None:
        ask(desk, rights=(Right.ACCESS,), laws=("us-ca-ccpa",))
        assert codes(desk, ask(desk)) == {}

    def test_a_namesake_is_for_a_person_to_judge(self, desk: Workspace) -> None:
        self.answered(desk, email="other@mail.example")
        number = ask(desk)
        assert verdict(desk, number).variant is Variant.DISCLOSED
        assert codes(desk, number) == {"same_name": True}

    def test_a_purged_case_cannot_be_compared_and_that_is_said(self, desk: Workspace) -> None:
        desk.ledger.purge_case(self.answered(desk))
        assert codes(desk, ask(desk)) == {"purged": False}


class TestExemptions:
    def test_few_employees_are_told_and_the_promise_outweighs_them(self, desk: Workspace) -> None:
        ws = settle(desk, employees="19")
        number = ask(ws)
        assert codes(ws, number) == {"few_employees": False}
        assert "Marigold Audience, LLC" in text_of(clean(ws, number))

    def test_without_a_promise_somebody_decides(self, desk: Workspace) -> None:
        ws = settle(desk, policy=False, employees="19")
        number = ask(ws)
        assert codes(ws, number) == {"few_employees": True}
        assert verdict(ws, number).variant is Variant.DISCLOSED

    @pytest.mark.parametrize("employees", ["0", "20", "500"])
    def test_others_are_bound(self, desk: Workspace, employees: str) -> None:
        ws = settle(desk, employees=employees)
        assert codes(ws, ask(ws)) == {}

    @pytest.mark.parametrize(("policy", "person"), [(True, False), (False, True)])
    def test_a_business_account_is_told_and_never_refused(self, desk: Workspace, policy: bool, person: bool) -> None:
        from dsar.case.identifiers import Holder
        from dsar.case.records import Record

        ws = settle(desk, policy=policy)
        number = ask(ws)
        held = [
            (source.settings.name, one)
            for source in ws.sources
            for one in source.settings.record_sets
            if one.holder is Holder.ORGANISATION
        ]
        source, record_set = held[0]
        record = Record(key="A-1", values={"name": "Golden Gate Florists"}, matched=())
        ws.ledger.put_findings(number, source, record_set.name, [record])
        assert codes(ws, number) == {"business_account": person}
        assert verdict(ws, number).variant is Variant.DISCLOSED

    def test_residence_that_is_not_said_needs_a_look(self, desk: Workspace) -> None:
        number = ask(desk, text="Under California Civil Code 1798.83 send me the list.")
        assert codes(desk, number) == {"residence_not_said": True}


class TestSigns:
    @pytest.mark.parametrize(
        ("text", "lives"),
        [
            ("I am a resident of California.", True),
            ("I live in Fresno, California.", True),
            ("I am a California resident.", True),
            ("as a Californian I ask", True),
            ("318 Makebelieve Court\nSacramento, CA 95899", True),
            ("Under California Civil Code Section 1798.83 tell me", False),
            ("Your California Privacy Rights", False),
            ("To: 400 Invented Street, San Francisco, CA 94199", False),
            ("I live in Reno, Nevada", False),
            ("Reno, NV 89599", False),
            ("", False),
        ],
    )
    def test_residence(self, text: str, lives: bool) -> None:
        assert lives_in_california([text], ours=["400 Invented Street, San Francisco, CA 94199, USA"]) is lives

    @pytest.mark.parametrize(
        ("text", "ours"),
        [
            ("General Counsel\nLarkspur\n400 Invented Street\nSan Francisco, CA 94199", True),
            ("400 Invented Street, please", False),
            ("privacy@larkspur.example", False),
            ("", False),
        ],
    )
    def test_address(self, text: str, ours: bool) -> None:
        named = (
            "privacy@larkspur.example",
            "General Counsel, Larkspur, 400 Invented Street, San Francisco, CA 94199, USA",
        )
        assert addressed_to(text, named) is ours

    def test_a_long_hostile_text_is_read_in_no_time(self) -> None:
        text = "resident of " * 100_000 + "customer x " * 100_000
        assert not lives_in_california([text])


def test_no_remark_holds_a_name_or_address_of_a_person(desk: Workspace) -> None:
    outbox.send(desk, ask(desk), "notice", by())
    number = ask(desk, text="Hello from Lucille Ferrante, 318 Makebelieve Court", designated=False)
    told = " ".join(remark.says for remark in verdict(desk, number).remarks)
    assert "answered the same person" in told
    assert not re.search("Lucille|Ferrante|Makebelieve|sunmail", told)
