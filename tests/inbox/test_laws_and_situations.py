"""Laws cited wrongly are known for what they are; what a letter is about besides a right is told."""

from __future__ import annotations

import pytest

from dsar.case.rights import Right
from dsar.inbox.laws import given_by
from dsar.inbox.lexicon import table
from dsar.inbox.reader import read
from dsar.inbox.reading import is_sure


@pytest.mark.parametrize(
    ("text", "laws"),
    [
        ("Under the Data Protection Act 1998 I request a copy of my data.", {"uk-gdpr"}),
        ("Under the Digital Personal Data Protection Act please erase my personal data.", {"dpdp"}),
        ("根据GDPR第17条，请删除我的数据。", {"gdpr"}),
        ("Ich verlange Auskunft nach Art. 15.", {"gdpr"}),
        ("I live in California. Delete my data, the GDPR says so.", {"gdpr", "ccpa"}),
        ("I am a resident of California. Please delete my data.", {"ccpa"}),
        ("Nach dem CCPA verlange ich Auskunft.\n\nHorst Emmer\nAm Markt 2\n28195 Bremen", {"ccpa", "gdpr"}),
        ("Com base no art. 18 da LGPD solicito o acesso aos meus dados.", {"lgpd"}),
        ("Please send me a copy of my data.", set()),
    ],
)
def test_the_laws_a_letter_points_to(text: str, laws: set[str]) -> None:
    assert set(read(text).laws) == laws


def test_an_article_of_another_law_is_not_the_gdprs() -> None:
    reading = read("Com base no art. 18 da LGPD solicito o acesso aos meus dados.")
    assert [right.right for right in reading.rights] == [Right.ACCESS]


def test_a_wrong_law_is_told_and_does_not_stop_the_case() -> None:
    reading = read("Under the Data Protection Act 1998 please send me a copy of all the data you hold about me.")
    assert any("has taken its place" in told for told in reading.warnings)
    assert is_sure(reading)


@pytest.mark.parametrize(
    ("law", "right"),
    [
        ("Under the CAN-SPAM Act, stop sending me marketing emails.", "opt_out_marketing"),
        ("Stop sending me marketing emails.", "objection"),
        (
            "Under the Oregon Consumer Privacy Act I want a list of the specific third parties you told.",
            "third_parties",
        ),
    ],
)
def test_a_right_that_only_some_laws_give(law: str, right: str) -> None:
    assert read(law).primary_type == right


def test_every_right_that_laws_give_alone_is_one_of_ours() -> None:
    given = {right for entry in table("laws").values() for right in entry.get("gives", ())}
    assert given == {"opt_out_marketing", "third_parties"}
    assert all(given_by(Right(right)) for right in given)
    assert given_by(Right.ACCESS) == frozenset()


@pytest.mark.parametrize(
    ("situation", "text", "opens"),
    [
        ("custody", "My ex-husband and I are in a custody dispute. Send me the data of our son's account.", False),
        ("executor", "I am the executor of my late father's estate. Please delete his account.", False),
        ("authority_request", "This is the police. We are investigating a crime: send us the subscriber data.", False),
        ("staff", "I am a former employee. Please send me a copy of my personnel file and all my data.", True),
        ("breach_question", "You had a data breach. Please send me a copy of all the data you hold about me.", True),
        ("joint_account", "It is a joint account. Please send me a copy of all the data you hold about me.", True),
        ("format_wish", "I am blind. Please send me a copy of all the data you hold about me in braille.", True),
        ("non_user", "I never had an account. Please send me a copy of all the data you hold about me.", True),
    ],
)
def test_a_situation_brings_its_advice(situation: str, text: str, opens: bool) -> None:
    reading = read(text)
    entry = table("situations")[situation]
    assert entry["advice"] in reading.warnings
    assert any(each.says == f"situation: {situation.replace('_', ' ')}" for each in reading.evidence)
    assert (entry["advice"] in reading.doubts) is bool(entry["person"])
    assert is_sure(reading) is opens


@pytest.mark.parametrize(
    "text",
    [
        "My date of birth is wrong, it should be 4 May 1990. If you cannot correct it, delete my profile.",
        "Meine Telefonnummer ist falsch, bitte korrigieren. Falls Sie das nicht können, löschen Sie den Eintrag.",
        "Please correct my name, otherwise delete my account.",
    ],
)
def test_a_deletion_on_condition_is_not_asked_for(text: str) -> None:
    reading = read(text)
    assert reading.primary_type == "edit"
    assert {right.right for right in reading.rights} == {Right.EDIT}


def test_a_copy_first_keeps_its_place_before_the_deletion() -> None:
    for text in (
        "After that delete my account, but first send me a copy of all my personal data.",
        "Please provide my data in JSON so I can move to another service. After that delete my account.",
    ):
        rights = [right.right for right in read(text).rights]
        assert rights.index(Right.DELETE) == len(rights) - 1 > 0


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("my card is 4111 1111 1111 1111", True),
        ("my SSN is 078-05-1120", True),
        ("IBAN DE89 3704 0044 0532 0130 00", True),
        ("my customer number is 4111 1111 1111 1112", False),
        ("call +44 20 7946 0123", False),
        ("my reference is 2026-11-0034", False),
    ],
)
def test_numbers_nobody_asked_for_are_told(number: str, told: bool) -> None:
    reading = read(f"Please send me a copy of all the data you hold about me; {number}.")
    assert ("sensitive" in reading.urgency) is told
    assert any("keep only what is needed" in warning for warning in reading.warnings) is told
