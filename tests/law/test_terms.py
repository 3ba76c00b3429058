"""The laws' own words for what people ask, in ours."""

from __future__ import annotations

import pytest

from dsar.law.rules import load
from dsar.law.terms import rights_called
from dsar.law.words import Right


@pytest.mark.parametrize(
    ("word", "rights"),
    [
        ("rectification", (Right.EDIT,)),
        ("Know Specific", (Right.ACCESS, Right.PORTABILITY)),
        ("shine-the-light", (Right.NOTICE_1798_83,)),
        ("parental_delete", (Right.CHILD_DELETE,)),
        ("deindex", (Right.DELETE,)),
        ("grievance", (Right.COMPLAINT,)),
        ("correct_erase", (Right.EDIT, Right.DELETE)),
        ("opt_out", (Right.OPT_OUT_SALE, Right.OPT_OUT_MARKETING)),
        ("stop", (Right.OPT_OUT_MARKETING,)),
        ("business_day", ()),
        ("yes", ()),
        ("", ()),
        ('"', ()),
        ("../words", ()),
    ],
)
def test_a_term_leads_to_every_right_it_means(word: str, rights: tuple[Right, ...]) -> None:
    assert rights_called(word) == rights


def test_every_term_and_word_of_every_law_is_known() -> None:
    for law in load().laws():
        for rule in load().rules(law.id):
            for word in (rule.term, *rule.words):
                assert set(rights_called(word)) >= {rule.right, *rule.also}, word
