"""clarify, pause, resume, fee, set, classify, extend and why, as they are typed on a desk of several laws."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.typing import Terminal, refused

TODAY = "2026-06-20"


@pytest.fixture
def june(typed: Callable[..., Terminal]) -> Terminal:
    """A desk on 20 June 2026 with three requests of 1 June: UK, EU and California in one, and a 1798.83 notice."""
    terminal = typed("empty")
    for words in (
        "--type access --law uk-gdpr --name Ann --email ann@lee.example",
        "--type access --law gdpr --law ccpa --name Bo --email bo@lee.example",
        "--type notice --name Cy --email cy@lee.example",
        "--type opt_out_sale --law ccpa --name Di --email di@lee.example",
    ):
        ran = terminal("new", *words.split(), "--received", "2026-06-01", "--channel", "email", today=TODAY)
        assert ran.code == 0, ran.says
    return terminal


def dues(terminal: Terminal, case: str, today: str = TODAY) -> dict[str, str]:
    """The binding date of each right of a case."""
    found = terminal("why", case, "--json", today=today).json["claims"]
    return {one["claim"]: next(c["due_on"] for c in one["clocks"] if c["binds"]) for one in found}


class TestUnitedKingdom:
    def test_the_worked_example(self, june: Terminal) -> None:
        """Asked 2 June, came 8 June; question 10 to 12 June: 11 July is a Saturday, so Monday 13 July."""
        for words in (
            "pause 1 --why identity --on 2026-06-02",
            "resume 1 --on 2026-06-08",
            "pause 1 --why clarification --on 2026-06-10",
            "clarify 1 --answered 2026-06-12",
        ):
            assert june(*words.split(), today=TODAY).code == 0
        assert dues(june, "1") == {"access/uk-gdpr": "2026-07-13"}
        page = june("why", "1", today=TODAY, width=80).out
        for says in ("Sat 11 Jul 2026 cannot be the last day: Saturday (GB-ENG).", "Art. 12A(5)", "23 days left"):
            assert says in page

    def test_before_and_after_are_shown(self, june: Terminal) -> None:
        june("pause", "1", "--why", "id", "--on", "2 June 2026", today=TODAY)
        ran = june("resume", "1", "--on", "2026-06-08", today=TODAY, width=80)
        assert "access/uk-gdpr: Wed 1 Jul 2026 -> Wed 8 Jul 2026" in ran.says

    def test_again_it_says_already(self, june: Terminal) -> None:
        june("pause", "1", "--why", "id", today=TODAY)
        before = june.facts()
        assert june("pause", "1", "--why", "id", "--json", today=TODAY).json["already"] is True
        assert june.facts() == before


class TestRefusals:
    def test_under_the_ccpa_the_days_run(self, june: Terminal) -> None:
        refused(
            june, "pause", "4", "--why", "identity", code=3, says="needs no proof of identity, so none may be asked",
            today=TODAY,
        )  # fmt: skip
        refused(
            june, "pause", "3", "--why", "identity", code=3, says="under Shine the Light the 30 days run", today=TODAY
        )

    def test_no_fee_where_the_answer_is_free(self, june: Terminal) -> None:
        refused(june, "fee", "3", "--charge", "USD 5", code=3, says="the answer is free", today=TODAY)

    @pytest.mark.parametrize(
        ("words", "code", "says"),
        [
            ("resume 1", 3, "waits for nothing"),
            ("pause 1", 2, "say what you wait for"),
            ("pause 1 --why weather", 2, "nothing that a clock can wait for"),
            ("pause 1 --why id --on 2026-06-21", 2, "still to come"),
            ("pause 1 --why id --on 03/04/2026", 2, "can be"),
            ("pause 1 --why id --right delete", 3, "no open right like that"),
            ("pause 1 --why id --undo --reason oops", 3, "nothing on file"),
            ("fee 1", 2, "one thing about the fee"),
            ("fee 1 --paid --confirmed", 2, "one thing about the fee"),
            ("fee 1 --paid", 3, "nobody recorded that it was asked"),
            ("clarify 1", 2, "no question"),
            ("set 1 colour=red", 2, "nothing that can be set"),
            ("set 1 designated=perhaps", 2, '"yes" or "no"'),
            ("set 1 residence=Paris", 2, "no place that I know"),
            ("set 1 received=2026-05-30", 2, "needs a reason"),
            ("classify 1", 2, "what to add or to drop"),
            ("classify 1 --drop access --reason x", 3, "the last right"),
            ("extend 1", 2, "needs a reason"),
            ("extend 3 --why x", 3, "allows an extension"),
        ],
    )
    def test_in_words_and_nothing_changed(self, june: Terminal, words: str, code: int, says: str) -> None:
        refused(june, *words.split(), code=code, says=says, today=TODAY)


class TestGuidance:
    def test_both_dates_are_told(self, june: Terminal) -> None:
        june("pause", "2", "--why", "identity", "--on", "2026-06-04", today=TODAY)
        ran = june("resume", "2", "--on", "2026-06-10", today=TODAY, width=80)
        assert "With the pause of the guidance: Tue 7 Jul 2026." in ran.out
        page = june("why", "2", today=TODAY, width=80).says
        assert "respond: Wed 1 Jul 2026 (Tue 7 Jul 2026 with the pause of the guidance)" in page
        assert dues(june, "2") == {"access/eu-gdpr": "2026-07-01", "access/us-ca-ccpa": "2026-07-16"}

    def test_the_law_that_runs_on_is_named(self, june: Terminal) -> None:
        ran = june("pause", "2", "--why", "identity", today=TODAY, width=80)
        assert "the 45 days run on while you check identity (11 CCR 7021(b))" in ran.says


class TestClarify:
    def test_a_dry_run_shows_the_letter_and_sends_nothing(self, june: Terminal) -> None:
        before = june.facts()
        ran = june("clarify", "1", "--ask", "From which year?", "--dry-run", today=TODAY, width=80)
        assert "- From which year?" in ran.out
        assert "nothing was sent" in ran.out
        assert june.facts() == before

    def test_sent_once(self, june: Terminal) -> None:
        assert june("clarify", "1", "--ask", "From which year?", "--json", today=TODAY).json["sent"] is True
        again = june("clarify", "1", "--ask", "From which year?", "--json", today=TODAY).json
        assert (again["sent"], again["already"]) == (False, True)
        assert june("clarify", "1", "--answered", today=TODAY).code == 0
        assert dues(june, "1") == {"access/uk-gdpr": "2026-07-02"}


class TestPutRight:
    def test_old_and_new_dates(self, june: Terminal) -> None:
        ran = june("set", "3", "designated=no", "--reason", "to the help desk", today=TODAY, width=80)
        assert "Wed 1 Jul 2026 -> Thu 29 Oct 2026" in ran.says
        assert "it came to no designated address" in june("why", "3", today=TODAY, width=80).says

    def test_another_law(self, june: Terminal) -> None:
        words = ("--add", "access/gdpr", "--drop", "access/uk-gdpr", "--reason", "lives in Ireland")
        found = june("classify", "1", *words, "--json", today=TODAY).json["claims"]
        assert {one["claim"]: (one["added"], one["dropped"]) for one in found} == {
            "access/uk-gdpr": (False, True),
            "access/eu-gdpr": (True, False),
        }
        assert "ended: opened in error" in june("why", "1", today=TODAY, width=80).out


class TestExtend:
    def test_what_can_be_is_extended_and_the_rest_is_named(self, june: Terminal) -> None:
        ran = june("extend", "2", "--why", "six systems", today="2026-07-02", width=80)
        assert ran.code == 0
        assert "access/us-ca-ccpa: Thu 16 Jul 2026 -> Sun 30 Aug 2026" in ran.says
        assert "access/eu-gdpr: not extended, the notice had to leave by Wed 1 Jul 2026." in ran.says
        again = june("extend", "2", "--why", "six systems", "--json", today="2026-07-02")
        assert (again.code, again.json["already"], again.json["late"]) == (0, True, ["access/eu-gdpr"])

    def test_a_dry_run_shows_the_date_and_sends_nothing(self, june: Terminal) -> None:
        before = june.facts()
        ran = june("extend", "1", "--why", "six systems", "--dry-run", "--json", today=TODAY).json
        assert (ran["sent"], ran["claims"][0]["until"]) == (False, "2026-09-01")
        assert june.facts() == before


class TestWhy:
    def test_the_clock_that_leads_is_named_first(self, june: Terminal) -> None:
        lines = june("why", "2", today=TODAY, width=80).out.splitlines()
        assert lines[1] == "Leading: access/us-ca-ccpa, acknowledge by Mon 15 Jun 2026  5 d LATE"

    def test_an_extension_is_an_if(self, june: Terminal) -> None:
        assert "extended: Tue 1 Sep 2026; if the notice leaves by Wed 1 Jul 2026" in (
            june("why", "1", today=TODAY, width=80).out
        )

    def test_a_case_that_was_answered_says_when(self, typed: Callable[..., Terminal]) -> None:
        page = typed("answered")("why", "1", width=80).says
        assert "No clock runs any more." in page
        assert "answered Sat 21 Nov 2026, 34 days early" in page

    @pytest.mark.parametrize("case", ["1", "2", "3", "4"])
    def test_no_line_is_wider_than_the_terminal(self, june: Terminal, case: str) -> None:
        june("pause", case, "--why", "identity", today=TODAY)
        assert max(map(len, june("why", case, today=TODAY, width=80).out.splitlines())) <= 80

    def test_a_law_nobody_named_is_told(self, june: Terminal) -> None:
        made = june("new", "--type", "access", "--name", "Ed", "--email", "ed@lee.example", "--json", today=TODAY).json
        assert made["results"][0]["warnings"] == [
            "access/eu-gdpr: no law was named and residence is unknown: the strictest that is plausible"
        ]
        for command in ("why", "show"):
            assert "the strictest that is plausible" in june(command, "5", today=TODAY, width=80).says


class TestTooOften:
    def test_a_second_notice_in_a_year_is_flagged_where_it_is_opened_and_shown(self, june: Terminal) -> None:
        letter = june.home / "again.eml"
        letter.write_text(
            "From: Cy <cy@lee.example>\nTo: privacy@larkspurconnect.example\nSubject: California Civil Code 1798.83\n"
            "Date: Wed, 10 Jun 2026 10:00:00 -0700\nMessage-ID: <again@lee.example>\n\n"
            "I live in California. Under California Civil Code section 1798.83 please tell me which personal "
            "information you disclosed to third parties for their direct marketing purposes.\n",
            encoding="utf-8",
        )
        (would,) = june("new", "--file", str(letter), "--dry-run", "--json", today=TODAY).json["results"]
        (made,) = june("new", "--file", str(letter), "--json", today=TODAY).json["results"]
        assert (would["state"], made["state"]) == ("would-open", "opened")
        (warning,) = [one for one in made["warnings"] if "second" in one]
        assert warning.startswith("notice_1798_83/us-ca-stl: the second of this person in one calendar year")
        assert "after DSAR-2026-0003" in warning
        assert any("dsar refuse CASE" in one for one in would["warnings"])
        assert "dsar refuse 5 --ground already_answered" in warning
        flags = june("show", "5", "--json", today=TODAY).json["flags"]
        assert [(flag["nth"], flag["per"]) for flag in flags] == [(2, "calendar year")]
        assert "the second of this person in one calendar year" in june("why", "5", today=TODAY, width=80).says
