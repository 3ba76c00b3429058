"""The 27 categories of Civil Code 1798.83(e)(6): every number, every word, and nothing by guessing."""

from __future__ import annotations

import pytest

from dsar.disclosure.register_categories import Category, categories, category_named

# From the statute, short and in its order; the law data must agree.
STATUTE = (
    "name and address", "electronic mail address", "age or date of birth", "names of children",
    "electronic mail or other addresses of children", "number of children", "age or gender of children", "height",
    "weight", "race", "religion", "occupation", "telephone number", "education", "political party affiliation",
    "medical condition", "drugs, therapies, or medical products or equipment used",
    "kind of product purchased, leased, or rented", "real property purchased, leased, or rented",
    "kind of service provided", "social security number", "bank account number", "credit card number",
    "debit card number", "bank or investment account, debit card, or credit card balance", "payment history",
    "creditworthiness, assets, income, or liabilities",
)  # fmt: skip


def test_there_are_27_in_the_statutes_order() -> None:
    assert [one.words.casefold() for one in categories()] == list(STATUTE)
    assert [one.number for one in categories()] == list(range(1, 28))


@pytest.mark.parametrize("number", range(1, 28))
def test_every_number_and_every_word(number: int) -> None:
    expected = categories()[number - 1]
    words = STATUTE[number - 1]
    for text in (
        str(number),
        f" {number} ",
        f"0{number}"[-2:],
        words,
        words.upper(),
        words.replace(",", ""),
        f" {words}  ",
    ):
        assert category_named(text) == expected, text


@pytest.mark.parametrize("number", range(1, 28))
def test_every_category_derived(number: int) -> None:
    expected = Category(number=number, words=categories()[number - 1].words, derived=True)
    for text in (
        f"derived from {number}",
        f"Derived  from {STATUTE[number - 1]}",
        f"{number} (derived)",
        f"{number}(DERIVED)",
    ):
        assert category_named(text) == expected, text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("E-mail address", 2),
        ("email", 2),
        ("name and postal address", 1),
        ("phone number", 13),
        ("SSN", 21),
        ("income", 27),
    ],
)
def test_usual_words(text: str, number: int) -> None:
    found = category_named(text)
    assert found is not None
    assert found.number == number


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "0", "00", "28", "-1", "1.5", "127", "001", "²", "١", "shoe size", "e", "number", "all", "1,2",
        "derived from 28", "derived from", "(derived)", "derived from derived from 1", "x" * 10_000, "9" * 10_000,
    ],
)  # fmt: skip
def test_nothing_is_guessed(text: str) -> None:
    assert category_named(text) is None
