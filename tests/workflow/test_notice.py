"""The 1798.83 notice from request to letter: year, time limit, and every kind of answer."""

from __future__ import annotations

from datetime import date

import pytest

from dsar.case.stages import Outcome
from dsar.errors import CheckFailed, InputWrong, Refused
from dsar.workflow import outbox
from dsar.workflow.drafts import draft
from dsar.workflow.letters import Details
from dsar.workflow.notice import Variant, verdict
from dsar.workspace import Workspace
from tests.workflow.notice_desk import (
    CHOICE,
    NOBODY,
    ONE,
    ask,
    clean,
    codes,
    register,
    settle,
    text_of,
)
from tests.workflow.office import SAMPLE, by, facts_count

OURS = (
    "2025", "Marigold Audience, LLC", "77 Placeholder Avenue, Oakland, CA 94699, USA", "Name and address",
    "Electronic mail address", "home internet and office furniture", "Petal & Stem Expo, Inc.", "trade fair tickets",
    "5 Made-up Plaza, Sacramento, CA 95899, USA", "Copperline Headsets Company", "headsets and desk phones",
    "1200 Fictional Road, Reno, NV 89599, USA", "Kind of product purchased, leased, or rented",
)  # fmt: skip


class TestYearAndTimeLimit:
    @pytest.mark.parametrize(
        ("received", "year"),
        [(date(2026, 1, 1), 2025), (date(2025, 12, 31), 2024), (date(2026, 11, 6), 2025)],
    )
    def test_the_calendar_year_before_the_request(self, desk: Workspace, received: date, year: int) -> None:
        assert verdict(desk, ask(desk, received_on=received)).year == year

    @pytest.mark.parametrize(
        ("designated", "due_on", "words"),
        [(True, date(2026, 12, 6), "30 days"), (False, date(2027, 4, 5), "150 days")],
    )
    def test_both_clocks(self, desk: Workspace, designated: bool, due_on: date, words: str) -> None:
        found = verdict(desk, ask(desk, designated=designated))
        assert (found.designated, found.due_on) == (designated, due_on)
        assert words in found.standard

    def test_the_long_limit_is_remarked_on(self, desk: Workspace) -> None:
        assert codes(desk, ask(desk, designated=False)) == {"not_designated": False}

    def test_a_letter_to_the_general_counsel_held_to_the_long_limit_needs_a_look(self, desk: Workspace) -> None:
        letter = (SAMPLE / "inbox" / "07-notice-ikeda-post.txt").read_text(encoding="utf-8")
        number = ask(desk, "Harold Ikeda", "h@ikeda.example", designated=False, channel="post", text=letter)
        assert codes(desk, number) == {"designated_after_all": True}

    def test_only_a_case_that_asks_for_it(self, rivera: Workspace) -> None:
        with pytest.raises(InputWrong, match="does not ask"):
            verdict(rivera, "DSAR-2026-0001")


class TestDisclosed:
    def test_names_addresses_categories_and_year(self, desk: Workspace) -> None:
        number = ask(desk)
        found = verdict(desk, number)
        assert (found.variant, found.needs_person, found.remarks) == (Variant.DISCLOSED, False, ())
        text = text_of(clean(desk, number))
        for words in OURS:
            assert words in text
        # others' years, and who only works for us
        for words in ("Goldfinch", "Larkspur Cloud Numbers", "Posthorn", "Harbor Hosting"):
            assert words not in text

    def test_it_names_nobody_who_asked_before_and_asks_for_no_proof(self, desk: Workspace) -> None:
        made = clean(desk, ask(desk))
        assert made.composed.content == "neutral"
        assert "proof" not in text_of(made).casefold()

    def test_it_leaves_and_grants(self, desk: Workspace) -> None:
        number = ask(desk)
        (claim,) = outbox.send(desk, number, "notice", by()).case.claims.values()
        assert claim.outcome is Outcome.GRANTED

    def test_an_affiliate_is_a_third_party(self, desk: Workspace) -> None:
        number = ask(desk, received_on=date(2025, 11, 6))
        assert "Larkspur Cloud Numbers, Inc. (affiliate)" in [one.name for one in verdict(desk, number).recipients]

    def test_in_german_with_a_derived_list(self, desk: Workspace) -> None:
        register(desk, ONE.replace("2,", "derived from 18,", 1))
        text = text_of(clean(desk, ask(desk, language="de")))
        assert "Maple Lists, Inc." in text
        assert "Kind of product purchased, leased, or rented (eine daraus gemachte Liste)" in text

    def test_a_period_that_ends_on_the_first_day_of_the_year_counts(self, desk: Workspace) -> None:
        register(desk, ONE.replace("2025-12-31,,", "2020-01-01,2025-01-01,"))
        assert verdict(desk, ask(desk)).variant is Variant.DISCLOSED
        register(desk, ONE.replace("2025-12-31,,", "2020-01-01,2024-12-31,"))
        assert verdict(desk, ask(desk, "Ada", "ada@mail.example")).variant is Variant.NONE

    def test_hostile_names_are_shown_not_obeyed(self, desk: Workspace) -> None:
        register(desk, '2,,,"{{7*7}} <b>Evil</b> [x](http://e.example)","=1+1 Road",2025-01-01,,yes,,')
        made = clean(desk, ask(desk))
        assert "{{7*7}} <b>Evil</b> [x](http://e.example)" in text_of(made)
        assert "<b>Evil" not in made.composed.html


class TestNone:
    def test_the_letter_says_so_and_includes_affiliates(self, desk: Workspace) -> None:
        register(desk, NOBODY)
        number = ask(desk)
        assert (verdict(desk, number).variant, codes(desk, number)) == (Variant.NONE, {})
        text = text_of(clean(desk, number))
        assert "In 2025 we gave no personal information to other companies for their own direct marketing." in text
        assert "same group" in text
        assert "Host Cooperative" not in text

    def test_the_choice_is_told_as_well(self, desk: Workspace) -> None:
        ws = settle(desk, **CHOICE)
        register(ws, NOBODY)
        text = text_of(clean(ws, ask(ws)))
        assert "we gave no personal information" in text
        assert "Answer this letter with NO." in text

    def test_an_empty_register_never_becomes_such_a_letter(self, desk: Workspace) -> None:
        register(desk)
        number = ask(desk)
        assert codes(desk, number) == {"register_empty": True}
        with pytest.raises(CheckFailed, match="no row"):
            draft(desk, number, "notice", by())

    def test_nor_does_one_with_a_fault(self, desk: Workspace) -> None:
        register(desk, NOBODY, "99,,,Elm,1 Elm Street,2025-01-01,,yes,,")
        number = ask(desk)
        assert codes(desk, number) == {"register_faults": True}
        with pytest.raises(CheckFailed, match="line 3"):
            outbox.send(desk, number, "notice", by())

    def test_nor_a_missing_one(self, desk: Workspace) -> None:
        (desk.home / "recipients.csv").unlink()
        number = ask(desk)
        for look in (lambda: verdict(desk, number), lambda: draft(desk, number, "notice", by())):
            with pytest.raises(InputWrong, match=r"no recipients\.csv"):
                look()


class TestAlternative:
    @pytest.mark.parametrize(("policy_is", "says"), [("opt_in", "has said yes"), ("opt_out", "has said no")])
    @pytest.mark.parametrize("language", ["en", "de"])
    def test_the_choice_goes_out_instead_of_the_list(
        self, desk: Workspace, policy_is: str, says: str, language: str
    ) -> None:
        ws = settle(desk, policy=False, **{**CHOICE, "marketing_alternative": f'"{policy_is}"'})
        register(ws, ONE)
        number = ask(ws, language=language)
        found = verdict(ws, number)
        assert (found.variant, found.needs_person) == (Variant.ALTERNATIVE, True)
        text = text_of(clean(ws, number))
        assert "Answer this letter with NO." in text
        assert "1798.83(c)(2)" in text
        assert (says in text) is (language == "en")
        assert "Maple" not in text
        # it must not say what is not so
        assert "we gave no personal information" not in text
        assert "haben wir keine personenbezogenen Daten" not in text

    def test_an_offices_template_that_leaves_the_reason_out_cannot_leave(self, desk: Workspace) -> None:
        ws = settle(desk, policy=False, **CHOICE)
        register(ws, ONE)
        (ws.home / "templates" / "en").mkdir(parents=True)
        body = "free of charge {{ received_on }} {{ marketing_choice }}"
        (ws.home / "templates" / "en" / "notice.md").write_text(
            '{% extends "en/_parts/letter.md" %}{% block subject %}{{ case_number }}{% endblock %}'
            f"{{% block body %}}{body}{{% endblock %}}"
        )
        number = ask(ws)
        assert any("reason is on file" in problem for problem in draft(ws, number, "notice", by()).problems)
        with pytest.raises(Refused):
            outbox.send(ws, number, "notice", by())

    def test_what_the_policy_promises_beyond_the_statute_is_kept(self, desk: Workspace) -> None:
        ws = settle(desk, **CHOICE)
        number = ask(ws)
        found = verdict(ws, number)
        assert found.variant is Variant.DISCLOSED
        assert "affiliates included" in found.promise
        assert codes(ws, number) == {"promise_kept": False}
        text = text_of(clean(ws, number))
        assert "Marigold Audience, LLC" in text
        assert "Answer this letter with NO." in text

    def test_the_promise_of_the_day_of_the_request_counts(self, desk: Workspace) -> None:
        old = verdict(desk, ask(desk, received_on=date(2024, 6, 30))).promise
        new = verdict(desk, ask(desk, "Ada", "ada@mail.example", received_on=date(2024, 7, 1))).promise
        assert "once a calendar year" not in old
        assert "once a calendar year" in new

    def test_without_a_means_the_list_is_given(self, desk: Workspace) -> None:
        ws = settle(desk, policy=False, marketing_alternative='"opt_in"')
        register(ws, ONE)
        number = ask(ws)
        assert verdict(ws, number).variant is Variant.DISCLOSED
        assert codes(ws, number) == {"no_means": True}
        assert "Maple Lists, Inc." in text_of(clean(ws, number))


def test_looking_changes_nothing(desk: Workspace) -> None:
    number = ask(desk)
    facts = facts_count(desk)
    before = (desk.home / "recipients.csv").read_bytes()
    verdict(desk, number)
    draft(desk, number, "notice", by(), Details())
    assert facts_count(desk) == facts
    assert (desk.home / "recipients.csv").read_bytes() == before
