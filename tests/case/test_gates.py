"""The two gates, over every combination of their inputs, against a table written from the design alone."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from dsar.case.gates import (
    ChangeQuestion,
    Content,
    Recipient,
    ReleaseQuestion,
    Verdict,
    may_change,
    may_release,
)

YES_NO = (False, True)
# What must hold, by what the letter gives away: each line holds for its content and for everything graver.
GRAVITY = {Content.NEUTRAL: 0, Content.CONFIRMS: 1, Content.PERSONAL: 2}
RELEASE: dict[str, tuple[int, Callable[[ReleaseQuestion], bool]]] = {
    "clock_moved": (0, lambda q: q.clock_moved_on_live),
    "lint": (0, lambda q: not q.lint_clean),
    "identity": (1, lambda q: not q.identity_proven),
    "authority": (1, lambda q: not q.authority_shown),
    "coverage": (1, lambda q: not q.coverage_explained),
    "recipient": (1, lambda q: q.recipient == "unknown"),
    "recipient_changed": (1, lambda q: q.recipient == "changed_lately"),
    "review": (2, lambda q: not q.review_finished),
    "second_person": (2, lambda q: not q.second_person),
    "package": (2, lambda q: not q.package_clean),
}
CHANGE: dict[str, Callable[[ChangeQuestion], bool]] = {
    "clock_moved": lambda q: q.clock_moved_on_live,
    "withdrawn": lambda q: q.withdrawn,
    "identity": lambda q: not q.identity_proven,
    "authority": lambda q: not q.authority_shown,
    "processor": lambda q: q.processor_uninstructed,
    "hold": lambda q: q.legal_hold,
    "restriction": lambda q: q.restriction,
    "access_first": lambda q: q.access_still_open,
    "joint_holder": lambda q: q.joint_holder,
    "second_person": lambda q: not q.second_person,
    "plan": lambda q: not q.plan_current,
}


def codes(verdict: Verdict) -> list[str]:
    return sorted(reason.code for reason in verdict.reasons)


@pytest.mark.parametrize("content", Content)
@pytest.mark.parametrize("recipient", Recipient)
def test_release_over_all_inputs(content: Content, recipient: Recipient) -> None:
    for answers in product(YES_NO, repeat=8):
        question = ReleaseQuestion(
            content=content,
            recipient=recipient,
            identity_proven=answers[0],
            authority_shown=answers[1],
            coverage_explained=answers[2],
            review_finished=answers[3],
            second_person=answers[4],
            package_clean=answers[5],
            lint_clean=answers[6],
            clock_moved_on_live=answers[7],
        )
        expected = sorted(c for c, (least, shut) in RELEASE.items() if GRAVITY[content] >= least and shut(question))
        verdict = may_release(question)
        assert codes(verdict) == expected, question
        assert verdict.allowed == (expected == [])


def test_change_over_all_inputs() -> None:
    names = ChangeQuestion.__slots__
    assert len(names) == len(CHANGE)
    for answers in product(YES_NO, repeat=len(names)):
        question = ChangeQuestion(**dict(zip(names, answers, strict=True)))
        expected = sorted(code for code, shut in CHANGE.items() if shut(question))
        verdict = may_change(question)
        assert codes(verdict) == expected, question
        assert verdict.allowed == (expected == [])


def test_exactly_one_set_of_answers_lets_a_copy_go() -> None:
    allowed = [
        answers
        for answers in product(YES_NO, repeat=8)
        for recipient in Recipient
        if may_release(
            ReleaseQuestion(
                content=Content.PERSONAL,
                recipient=recipient,
                **dict(
                    zip(
                        [n for n in ReleaseQuestion.__slots__ if n not in ("content", "recipient")],
                        answers,
                        strict=True,
                    )
                ),
            )
        ).allowed
    ]
    assert allowed == [(True,) * 7 + (False,)]


def test_every_reason_is_a_sentence_with_something_to_do() -> None:
    shut = may_release(
        ReleaseQuestion(
            content=Content.PERSONAL,
            recipient=Recipient.UNKNOWN,
            identity_proven=False,
            authority_shown=False,
            coverage_explained=False,
            review_finished=False,
            second_person=False,
            package_clean=False,
            lint_clean=False,
            clock_moved_on_live=True,
        )
    )
    assert all(reason.says.endswith(".") and reason.hint for reason in shut.reasons)
