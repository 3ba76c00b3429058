"""Normal forms: the same address or number compares equal however it was written, and no two people melt into one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.case.identifiers import (
    Identifier,
    folded_name,
    identifier,
    normal,
    normal_email,
    normal_phone,
    short_name,
)


@pytest.mark.parametrize(
    "raw",
    [
        "ada@example.com",
        " Ada@Example.COM ",
        "<ada@example.com>",
        "mailto:ada@example.com",
        "Ada Lovelace <ada@example.com>",
        "ada @ example.com",
        "ada@example.com.",
        "\uff41da@example.com",  # full-width a
    ],
)
def test_one_mail_address_in_many_hands(raw: str) -> None:
    assert normal_email(raw) == "ada@example.com"


def test_international_domains_are_one_and_the_same() -> None:
    assert normal_email("ada@bücher.example") == "ada@xn--bcher-kva.example"
    assert normal_email("ada@BÜCHER.example") == normal_email("ada@xn--bcher-kva.example")
    # what no domain can hold stays as it is instead of failing
    assert normal_email(f"ada@{'ü' * 80}.example").startswith("ada@ü")


@pytest.mark.parametrize("raw", ["", "   ", "ada", "@", "ada@", "@example.com", "a b c"])
def test_no_mail_address_is_none(raw: str) -> None:
    assert normal_email(raw) == ""
    assert identifier("email", raw) is None


def test_different_addresses_stay_different() -> None:
    assert normal_email("ada@example.com") != normal_email("ada+news@example.com")
    assert normal_email("ada@example.com eve@example.com") == "ada@example.com"


@pytest.mark.parametrize(
    ("raw", "country"),
    [
        ("+1 415 555 0100", ""),
        ("001 415 555 0100", ""),
        ("001415 5550100", "DE"),
        ("(415) 555-0100", "US"),
        ("1-415-555-0100", "us"),
        ("415.555.0100", "US"),
        ("+1 (415) 555-0100 ext. 7", ""),
        ("\uff0b1 415 555 0100", ""),  # full-width plus
    ],
)
def test_one_number_in_many_hands(raw: str, country: str) -> None:
    assert normal_phone(raw, country=country) == "+14155550100"


@pytest.mark.parametrize(
    ("raw", "country", "form"),
    [
        ("020 7946 0018", "GB", "+442079460018"),
        ("+44 (0)20 7946 0018", "", "+442079460018"),
        ("030 901820", "DE", "+4930901820"),
    ],
)
def test_a_number_is_read_in_its_country(raw: str, country: str, form: str) -> None:
    assert normal_phone(raw, country=country) == form


@pytest.mark.parametrize("raw", ["", "  ", "12", "415 555 0100", "no number", "+999 1234567", "1" * 40, "+1 415 55501"])
def test_no_number_is_none(raw: str) -> None:
    assert normal_phone(raw) == ""
    assert identifier("phone", raw) is None


@given(st.sampled_from(["email", "phone", "name", "child", "address", "customer_no"]), st.text(max_size=60))
def test_a_normal_form_is_its_own_normal_form(kind: str, raw: str) -> None:
    form = normal(kind, raw, country="US")
    assert normal(kind, form, country="US") == form


@given(st.from_regex(r"[A-Za-z0-9._+-]{1,20}@[A-Za-z0-9-]{1,12}\.[a-z]{2,5}", fullmatch=True))
def test_case_and_blanks_never_part_a_mail_address(raw: str) -> None:
    assert normal_email(f"  {raw.upper()} ") == normal_email(raw.lower()) != ""


@given(st.integers(2_000_000_000, 9_999_999_999))
def test_the_ways_of_writing_a_number_agree(digits: int) -> None:
    text = str(digits)
    ways = {
        normal_phone(f"+1{text}"),
        normal_phone(f"001 {text}", country="DE"),
        normal_phone(f"({text[:3]}) {text[3:6]}-{text[6:]}", country="US"),
        normal_phone(f"1-{text[:3]}-{text[3:6]}-{text[6:]}", country="US"),
    }
    assert ways == {f"+1{text}"}


def test_other_kinds_are_folded_gently() -> None:
    assert normal("address", " 1 Main St,\n Springfield ") == "1 main st springfield"
    assert normal("address", " , 1 Main St, ") == "1 main st"
    assert normal("customer_no", " A-17 ") == "A-17"
    assert folded_name("  José  ÁLVAREZ ") == "jose alvarez"
    assert short_name("Maria de la Rivera") == "M. Rivera"
    assert short_name(" Prince ") == "Prince"
    assert short_name("") == ""


def test_an_identifier_keeps_what_was_typed_and_knows_its_days() -> None:
    found = identifier("email", " Ada@Example.com", since=date(2024, 1, 1), until=date(2024, 12, 31))
    assert found is not None
    assert (found.key, found.raw) == (("email", "ada@example.com"), " Ada@Example.com")
    assert [found.covers(day) for day in (date(2023, 12, 31), date(2024, 1, 1), date(2024, 12, 31))] == [
        False,
        True,
        True,
    ]
    assert not found.covers(date(2025, 1, 1))
    assert found.covers(None)
    assert Identifier(kind="email", value="x").covers(date(2025, 1, 1))
