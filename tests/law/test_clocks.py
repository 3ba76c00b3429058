"""What clocks say beside their dates, and what they refuse."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dsar.errors import InputWrong
from dsar.law.calendars import calendar
from dsar.law.clocks import Clock, ClockFact, Obligation, binding, clocks
from dsar.law.model import Period, Rule
from dsar.law.rules import load
from dsar.law.words import Unit


def fact(kind: str, on: str) -> ClockFact:
    return ClockFact(kind=kind, on=date.fromisoformat(on))


def rule_of(law: str, right: str, on: str = "2026-06-01") -> Rule:
    return load().find(law, right, on=date.fromisoformat(on))


def clock(
    law: str, right: str, received: str, *facts: ClockFact, duty: str = "respond", target_days: int | None = None
) -> Clock:
    rule = rule_of(law, right, received)
    return {c.obligation: c for c in clocks(rule, date.fromisoformat(received), facts, target_days=target_days)}[
        Obligation(duty)
    ]


def says(found: Clock) -> str:
    return "\n".join(step.says for step in found.steps)


def test_the_steps_name_every_day_passed_over_and_the_place() -> None:
    england = calendar("uk-nation", "GB-ENG", first_year=2026, last_year=2028)
    found = clocks(rule_of("uk-gdpr", "access"), date(2026, 11, 25), calendar=england)[0]
    told = says(found)
    assert found.due_on == date(2026, 12, 29)
    for words in ("Received on Wed 25 Nov 2026", "Christmas Day", "Boxing Day (observed)", "GB-ENG", england.version):
        assert words in told
    assert "uk-gdpr.access" in told
    assert found.cite in told


def test_a_default_place_is_named_and_explained() -> None:
    assert "No member state was named" in says(clock("eu-gdpr", "access", "2026-06-01"))
    assert "GB-ENG" in says(clock("uk-gdpr", "access", "2026-06-01"))


def test_a_statute_without_a_number_gets_its_words_and_only_our_own_target() -> None:
    bare = clock("us-coppa", "child_delete", "2026-03-02")
    assert (bare.due_on, bare.target_on, bare.standard) == (None, None, "no number of days; act promptly")
    aimed = clock("us-coppa", "child_delete", "2026-03-02", target_days=5)
    assert (aimed.due_on, aimed.target_on) == (None, date(2026, 3, 7))
    assert "Our own target, not the law's" in says(aimed)


def test_a_target_is_never_later_than_the_law() -> None:
    found = clock("kr-pipa", "edit", "2026-06-01", target_days=200)
    assert found.target_on == found.due_on == date(2026, 6, 11)


def test_a_law_not_yet_in_force_gives_no_date_and_says_since_when() -> None:
    for found in clocks(rule_of("us-ca-ccpa", "adm_access"), date(2026, 12, 31)):
        assert not found.in_force
        assert (found.due_on, found.in_force_since) == (None, date(2027, 1, 1))
        assert "begins on Fri 1 Jan 2027" in says(found)


def test_a_law_that_ended_gives_no_date() -> None:
    rule = rule_of("us-va", "access")
    ended = replace(rule, in_force=replace(rule.in_force, until=date(2026, 5, 31)))
    found = clocks(ended, date(2026, 6, 1))[0]
    assert (found.due_on, found.in_force) == (None, False)
    assert "ended on Sun 31 May 2026" in says(found)
    assert clocks(ended, date(2026, 5, 31))[0].due_on == date(2026, 7, 15)


def test_waiting_for_identity_leaves_a_provisional_date() -> None:
    found = clock("uk-gdpr", "access", "2026-06-01", fact("id_requested", "2026-06-02"))
    assert (found.due_on, found.provisional) == (date(2026, 7, 1), True)
    assert "provisional" in says(found)
    came = clock(
        "uk-gdpr", "access", "2026-06-01", fact("id_requested", "2026-06-02"), fact("id_received", "2026-06-08")
    )
    assert (came.due_on, came.provisional) == (date(2026, 7, 8), False)


def test_waiting_for_an_answer_leaves_a_provisional_date_for_access_alone() -> None:
    asked = fact("clarification_asked", "2026-06-02")
    access = clock("uk-gdpr", "access", "2026-06-01", asked)
    assert (access.due_on, access.provisional) == (date(2026, 7, 1), True)
    assert "will be left out" in says(access)
    erasure = clock("uk-gdpr", "erasure", "2026-06-01", asked)
    assert not erasure.provisional
    assert "nothing in this rule lets that move the date" in says(erasure)


def test_days_before_the_period_began_are_not_left_out_again() -> None:
    found = clock(
        "uk-gdpr",
        "access",
        "2026-06-01",
        fact("clarification_asked", "2026-06-02"),
        fact("clarification_answered", "2026-06-10"),
        fact("id_requested", "2026-06-02"),
        fact("id_received", "2026-06-08"),
    )
    # From 8 June, only the 9th and 10th lie in the period: 8 July and 2 days.
    assert found.due_on == date(2026, 7, 10)


def test_a_question_on_the_day_of_receipt_leaves_nothing_out_because_that_day_is_not_counted() -> None:
    asked, answered = fact("clarification_asked", "2026-06-01"), fact("clarification_answered", "2026-06-01")
    found = clock("uk-gdpr", "access", "2026-06-01", asked, answered)
    assert found.due_on == date(2026, 7, 1)
    assert "not counted" not in says(found)


def test_a_question_after_the_period_changes_nothing() -> None:
    found = clock(
        "uk-gdpr",
        "access",
        "2026-06-01",
        fact("clarification_asked", "2026-07-06"),
        fact("clarification_answered", "2026-07-20"),
    )
    assert found.due_on == date(2026, 7, 1)
    assert "the period had ended: nothing is left out" in says(found)


def test_an_answer_on_the_day_of_asking_suspends_nothing_in_the_eu() -> None:
    found = clock(
        "eu-gdpr", "access", "2026-06-01", fact("id_requested", "2026-06-03"), fact("id_received", "2026-06-03")
    )
    assert (found.due_on, found.suspended_on) == (date(2026, 7, 1), None)


def test_a_proof_asked_for_after_the_period_revives_nothing() -> None:
    late = [fact("id_requested", "2026-07-02"), fact("id_received", "2026-07-06")]
    rule = rule_of("uk-gdpr", "access")
    answer, _, extended = clocks(rule, date(2026, 6, 1), late)
    assert answer.due_on == date(2026, 7, 1)
    assert "nothing starts anew" in says(answer)
    # The three months of an extension were still running.
    assert extended.due_on == date(2026, 10, 6)


def test_days_of_two_waits_at_once_are_left_out_once() -> None:
    found = clock(
        "eu-gdpr",
        "access",
        "2026-06-01",
        fact("id_requested", "2026-06-02"),
        fact("id_received", "2026-06-10"),
        fact("clarification_asked", "2026-06-04"),
        fact("clarification_answered", "2026-06-12"),
        fact("fee_charged", "2026-06-12"),
    )
    # 3 to 12 June: ten days.
    assert (found.due_on, found.suspended_on) == (date(2026, 7, 1), date(2026, 7, 13))


def test_two_questions_leave_out_the_days_of_both() -> None:
    found = clock(
        "uk-gdpr",
        "access",
        "2026-06-01",
        fact("clarification_asked", "2026-06-03"),
        fact("clarification_answered", "2026-06-04"),
        fact("clarification_asked", "2026-06-10"),
        fact("clarification_answered", "2026-06-12"),
    )
    assert found.due_on == date(2026, 7, 6)


def test_facts_said_twice_and_a_second_answer_change_nothing() -> None:
    once = [fact("id_requested", "2026-06-02"), fact("id_received", "2026-06-08")]
    more = [*once[::-1], *once, fact("id_requested", "2026-06-05"), fact("id_received", "2026-06-20")]
    rule = rule_of("uk-gdpr", "access")
    assert clocks(rule, date(2026, 6, 1), once) == clocks(rule, date(2026, 6, 1), more)


def test_asking_again_after_an_answer_is_a_new_wait() -> None:
    found = clock(
        "uk-gdpr",
        "access",
        "2026-06-01",
        fact("id_requested", "2026-06-02"),
        fact("id_received", "2026-06-08"),
        fact("id_requested", "2026-06-09"),
        fact("id_received", "2026-06-15"),
    )
    assert found.due_on == date(2026, 7, 15)


def test_a_reminder_does_not_shorten_the_wait() -> None:
    asked, again = fact("clarification_asked", "2026-06-03"), fact("clarification_asked", "2026-06-05")
    answered = fact("clarification_answered", "2026-06-09")
    found = clock("uk-gdpr", "access", "2026-06-01", asked, again, answered)
    # 3 to 9 June: seven days after 1 July.
    assert found.due_on == date(2026, 7, 8)


def test_confirming_receipt_waits_for_nothing() -> None:
    complaint = rule_of("uk-dpa2018-s164A", "complaint", "2026-07-01")
    waiting = replace(complaint, pauses=rule_of("uk-gdpr", "access").pauses)
    facts = [fact("id_requested", "2026-07-02"), fact("id_received", "2026-07-20")]
    assert clocks(waiting, date(2026, 7, 1), facts)[0].due_on == date(2026, 7, 31)


def test_before_the_amendment_an_open_wait_is_guidance() -> None:
    found = clock("uk-gdpr", "access", "2025-06-02", fact("id_requested", "2025-06-03"))
    assert (found.due_on, found.provisional) == (date(2025, 7, 2), False)
    assert "is guidance" in says(found)


def test_the_swiss_reflection_period() -> None:
    announced = fact("fee_charged", "2026-03-04")
    silent = clock("ch-fadp", "access", "2026-03-02", announced)
    assert silent.due_on == date(2026, 4, 13)
    assert "counts as withdrawn" in says(silent)
    late = clock("ch-fadp", "access", "2026-03-02", announced, fact("fee_confirmed", "2026-03-16"))
    assert "came on Mon 16 Mar 2026, after Sat 14 Mar 2026" in says(late)
    for day in ("2026-03-06", "2026-03-14"):
        in_time = clock("ch-fadp", "access", "2026-03-02", announced, fact("fee_confirmed", day))
        assert "withdrawn" not in says(in_time)
    extended = clock("ch-fadp", "access", "2026-03-02", duty="extended")
    assert extended.due_on is None
    assert "the date the notice names" in extended.standard


def test_a_fee_that_is_not_agreed_frees_from_the_duty_in_singapore() -> None:
    open_fee = clock("sg-pdpa", "access", "2026-03-02", fact("fee_charged", "2026-03-04"))
    assert "no answer is owed" in says(open_fee)
    agreed = clock(
        "sg-pdpa", "access", "2026-03-02", fact("fee_charged", "2026-03-04"), fact("fee_confirmed", "2026-03-06")
    )
    assert "no answer is owed" not in says(agreed)
    assert agreed.due_on == open_fee.due_on == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("law", "words"), [("us-ca-ccpa", "does not move the date (11 CCR 7021(b))"), ("us-va", "need not comply")]
)
def test_verification_in_america_moves_nothing_and_says_so(law: str, words: str) -> None:
    plain = clock(law, "delete", "2026-03-02")
    asked = clock(law, "delete", "2026-03-02", fact("id_requested", "2026-03-03"))
    assert asked.due_on == plain.due_on
    assert not asked.provisional
    assert words in says(asked)


def test_forwarding_and_copies_start_nothing_anew() -> None:
    found = clock("us-ca-stl", "notice", "2026-03-02", fact("forwarded", "2026-03-20"), fact("received", "2026-03-25"))
    assert found.due_on == date(2026, 4, 1)
    assert "passing a request on inside" in says(found)
    assert "came again on Wed 25 Mar 2026" in says(found)


def test_guidance_on_the_number_of_days_is_called_guidance() -> None:
    assert "This number is guidance" in says(clock("au-app", "access", "2026-03-02"))


def test_the_safe_reading_is_named_where_a_date_rolled() -> None:
    assert "plan for Sun 5 Apr 2026" in says(clock("ch-fadp", "access", "2026-03-06"))
    assert "safe reading" not in says(clock("ch-fadp", "access", "2026-03-02"))


def test_the_note_on_an_acknowledgement() -> None:
    assert "day 29 is the safe target" in says(clock("uk-dpa2018-s164A", "complaint", "2026-07-01", duty="acknowledge"))


def test_the_notice_of_an_extension() -> None:
    sent = [fact("extended", "2026-06-30")]
    rule = rule_of("uk-gdpr", "access")
    found = clocks(rule, date(2026, 6, 1), sent)
    assert "in time" in says(found[1])
    assert binding(found, sent).obligation is Obligation.EXTENDED
    last_day = [fact("extended", "2026-07-01")]
    assert "in time" in says(clocks(rule, date(2026, 6, 1), last_day)[1])
    assert binding(clocks(rule, date(2026, 6, 1), last_day), last_day).obligation is Obligation.EXTENDED
    late = [fact("extended", "2026-07-02")]
    found = clocks(rule, date(2026, 6, 1), late)
    assert "the extension does not hold" in says(found[1])
    assert binding(found, late).obligation is Obligation.RESPOND
    assert binding(found).obligation is Obligation.RESPOND


def test_no_extension_no_extended_clock() -> None:
    sent = [fact("extended", "2026-03-10")]
    found = clocks(rule_of("us-ca-ccpa", "opt_out_sale"), date(2026, 3, 2), sent)
    assert [clock.obligation for clock in found] == [Obligation.RESPOND]
    assert binding(found, sent).due_on == date(2026, 3, 23)


def test_canadas_notice_counts_from_the_date_of_the_request() -> None:
    unknown = clock("ca-pipeda", "access", "2026-03-02", duty="extension_notice")
    assert "No such date was given" in says(unknown)
    known = clock("ca-pipeda", "access", "2026-03-02", fact("dated", "2026-02-25"), duty="extension_notice")
    assert known.due_on == date(2026, 3, 27)
    assert "The request is dated Wed 25 Feb 2026" in says(known)


@pytest.mark.parametrize(
    "facts",
    [
        [fact("id_received", "2026-06-02")],
        [fact("id_received", "2026-06-02"), fact("id_requested", "2026-06-05")],
        [fact("clarification_answered", "2026-06-02"), fact("clarification_asked", "2026-06-05")],
        [fact("fee_paid", "2026-06-02")],
        [fact("fee_confirmed", "2026-06-02")],
        [fact("id_requested", "2026-05-31")],
        [fact("received", "2026-05-31")],
        [fact("forwarded", "2026-05-01")],
        [fact("extended", "2026-05-31")],
        [fact("dated", "2026-06-02")],
        [fact("id_requested", "0001-01-01")],
        [fact("posted", "2026-06-02")],
    ],
    ids=lambda facts: "-".join(f"{f.kind}@{f.on}" for f in facts),
)
def test_facts_out_of_order_are_refused(facts: list[ClockFact]) -> None:
    with pytest.raises(InputWrong) as refused:
        clocks(rule_of("uk-gdpr", "access"), date(2026, 6, 1), facts)
    assert refused.value.hint


def test_a_misspelt_fact_is_put_right() -> None:
    with pytest.raises(InputWrong, match='Did you mean "id_received"'):
        clocks(rule_of("uk-gdpr", "access"), date(2026, 6, 1), [fact("id_recieved", "2026-06-02")])


def test_a_year_that_cannot_be_meant_is_refused() -> None:
    for received in (date(1026, 6, 1), date(9999, 12, 31)):
        with pytest.raises(InputWrong, match="outside 1990 to 2099"):
            clocks(rule_of("us-va", "access"), received)


def test_the_last_year_of_all_still_gives_dates() -> None:
    found = clocks(rule_of("uk-gdpr", "access"), date(2099, 12, 31))
    assert found[-1].due_on == date(2100, 3, 31)


def test_another_laws_calendar_is_refused() -> None:
    other = calendar("us-ca-business", first_year=2026, last_year=2027)
    with pytest.raises(InputWrong, match="counts by the calendar uk-nation"):
        clocks(rule_of("uk-gdpr", "access"), date(2026, 6, 1), calendar=other)


def test_a_calendar_too_short_is_refused() -> None:
    short = calendar("uk-nation", first_year=2026, last_year=2026)
    with pytest.raises(InputWrong, match="covers 2026 to 2026, not 2027"):
        clocks(rule_of("uk-gdpr", "access"), date(2026, 12, 15), calendar=short)


def test_periods_are_said_and_read_alike() -> None:
    for text in ("1 month", "2 months", "10 business days", "1 day", "0 days"):
        period = Period.parse(text)
        assert period is not None
        assert str(period) == text
    assert Period.parse("ten days") is None
    assert Period.parse("10 business days") == Period(n=10, unit=Unit.BUSINESS_DAY)
