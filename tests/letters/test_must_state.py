"""Every refusal under every law states what that law asks for, in both languages; what is taken out is missed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from dsar.case.rights import DECIDED, Right
from dsar.law.model import Rule
from dsar.law.rules import load
from dsar.letters.compose import compose
from dsar.letters.kinds import Kind
from dsar.letters.letter import Authority, LawCited, Letter, RightAsked, Verdict
from dsar.letters.lint import lint
from tests.letters.samples import letter


@cache
def refusing() -> dict[str, Rule]:
    """The rules that say what a refusal must state, one for each law and list of words."""
    book = load()
    found: dict[tuple[str, tuple[str, ...], bool], Rule] = {}
    for law in book.laws():
        for rule in book.rules(law.id):
            if rule.refusal and rule.refusal.must_state:
                found.setdefault((law.id, rule.refusal.must_state, rule.right is Right.APPEAL), rule)
    return {rule.id: rule for rule in found.values()}


def cited(rule: Rule) -> LawCited:
    """The law as a letter about this rule cites it."""
    law = load().law(rule.law)
    first = law.authorities[0] if law.authorities else None
    assert rule.refusal is not None
    return LawCited(
        id=law.id,
        name=law.name,
        citations=(rule.cite,),
        authority=Authority(name=first.name, contact=first.site) if first else None,
        appeal=rule.appeal.window if rule.appeal and rule.appeal.available else "",
        appeal_answer=str(rule.appeal.respond) if rule.appeal and rule.appeal.respond else "",
        must_state=rule.refusal.must_state,
    )


def refusal(rule: Rule, language: str) -> tuple[Kind, Letter]:
    """The letter that says no to what this rule is about."""
    base = letter(Kind.REFUSAL, "us-ca-ccpa", language)
    base = replace(base, rights=(RightAsked(right=rule.right, due_on=base.due_on),), laws=(cited(rule),))
    if rule.right in DECIDED:
        return Kind.DECISION, replace(base, verdict=Verdict.DENIED)
    return Kind.REFUSAL, base


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", sorted(refusing()))
def test_a_refusal_states_what_its_law_asks_for(name: str, language: str, folders: tuple[Path, ...]) -> None:
    kind, value = refusal(refusing()[name], language)
    assert lint(kind, value, compose(kind, value, folders=folders)) == []


TAKEN_OUT = [
    ("us-va.access", "en", "You may appeal this decision. To do so", "how to appeal"),
    ("us-va.access", "de", "Einspruch einlegen. Antworten Sie dazu", "how to appeal"),
    ("us-va.appeal", "en", "Attorney General of Virginia", "name Attorney General of Virginia"),
    ("ca-qc-p39.1.access", "en", "help you to understand", "help to understand"),
    ("ca-qc-p39.1.access", "en", "The time for that: 30 days after the decision", "time limit"),
    ("us-ca-ccpa.correct", "en", "note with the information that you do not agree", "contested accuracy"),
    ("us-ca-ccpa.correct", "de", "Erklärung von bis zu 250 Wörtern", "health"),
    ("uk-gdpr.access", "en", "complain to us", "complaint can be made to us"),
    ("eu-gdpr.access", "de", "vor Gericht", "court"),
]


@pytest.mark.parametrize(("name", "language", "phrase", "says"), TAKEN_OUT)
def test_what_is_taken_out_is_missed(
    name: str, language: str, phrase: str, says: str, folders: tuple[Path, ...]
) -> None:
    rule = next(rule for rule in load().rules(name.rpartition(".")[0]) if rule.id == name)
    kind, value = refusal(rule, language)
    made = compose(kind, value, folders=folders)
    text = " ".join(made.text.split())
    assert phrase in text
    problems = lint(kind, value, replace(made, text=text.replace(phrase, "")))
    assert [problem for problem in problems if says in problem], problems


def test_an_authority_nobody_can_reach_is_missed(folders: tuple[Path, ...]) -> None:
    kind, value = refusal(refusing()["us-va.appeal"], "en")
    (law,) = value.laws
    value = replace(value, laws=(replace(law, authority=Authority(name="Attorney General of Virginia")),))
    problems = lint(kind, value, compose(kind, value, folders=folders))
    assert [problem for problem in problems if "how to reach Attorney General of Virginia" in problem]


def test_a_word_of_the_law_that_nobody_put_into_words_is_said(folders: tuple[Path, ...]) -> None:
    kind, value = refusal(refusing()["us-va.access"], "en")
    (law,) = value.laws
    value = replace(value, laws=(replace(law, must_state=("something_new",)),))
    problems = lint(kind, value, compose(kind, value, folders=folders))
    assert [problem for problem in problems if '"something_new"' in problem]


def test_an_upheld_appeal_need_not_say_where_to_go_next(folders: tuple[Path, ...]) -> None:
    kind, value = refusal(refusing()["us-va.appeal"], "en")
    (law,) = value.laws
    value = replace(value, verdict=Verdict.UPHELD, laws=(replace(law, authority=None),))
    assert lint(kind, value, compose(kind, value, folders=folders)) == []
