"""The words for what is left out exist in every language and law they are promised for."""

from __future__ import annotations

import pytest

from dsar.disclosure.grounds import ground, grounds
from dsar.errors import InputWrong


def test_every_ground_has_words_for_staff_and_for_the_person_unless_it_is_silent() -> None:
    for one in grounds().values():
        assert one.screen
        assert one.whose
        for language in ("en", "de"):
            assert bool(one.words(language)) is not one.silent, (one.code, language)
            assert bool(one.interest(language)) is not one.silent, (one.code, language)


def test_only_helplines_and_legal_process_are_silent() -> None:
    assert [one.code for one in grounds().values() if one.silent] == ["helpline", "legal_process"]


@pytest.mark.parametrize(
    ("law", "cite"),
    [
        ("eu-gdpr", "Art. 15(4) GDPR"),
        ("uk-gdpr", "Art. 15(4) UK GDPR; DPA 2018, Sch. 2, para. 16"),
        ("us-ca-ccpa", "Cal. Civ. Code 1798.145(k)"),
        ("us-ca-stl", "Cal. Civ. Code 1798.145(k)"),
        ("us-co", ""),
        ("", ""),
    ],
)
def test_the_article_follows_the_law_family(law: str, cite: str) -> None:
    assert ground("third_party").cite(law) == cite


def test_an_unknown_language_gets_english_words() -> None:
    assert ground("duplicate").words("fi") == ground("duplicate").words("en")


def test_an_unknown_ground_is_refused_with_the_list() -> None:
    with pytest.raises(InputWrong, match="third_party, security"):
        ground("because")
