"""A statute's own words on time, in the language of the letter."""

from __future__ import annotations

import pytest

from dsar.law.rules import load
from dsar.letters.words import words


@pytest.mark.parametrize(
    ("text", "german"),
    [
        ("60 days", "60 Tage"),
        ("1 month", "1 Monat"),
        ("15 business days", "15 Werktage"),
        ("a reasonable period after the decision", "eine angemessene Zeit nach der Entscheidung"),
        ("whatever nobody has translated", "whatever nobody has translated"),
    ],
)
def test_in_german_where_we_have_them(text: str, german: str) -> None:
    assert words("de").of_the_law(text) == german
    assert words("en").of_the_law(text) == text


def test_every_time_for_an_appeal_is_german_in_a_german_letter() -> None:
    book = load()
    appeals = [rule.appeal for law in book.laws() for rule in book.rules(law.id) if rule.appeal]
    said = {text for one in appeals for text in (one.window, str(one.respond or "")) if text}
    assert {text for text in said if words("de").of_the_law(text) == text} == set()
