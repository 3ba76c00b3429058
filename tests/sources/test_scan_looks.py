"""What a column looks like, by its name and a few values; and that values are shown only masked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.sources.scan_looks import look_of, masked, party_of, words_of
from dsar.sources.scan_tables import Column, Look

HASH = "$2b$12$abcdefghijklmnopqrstuv"


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("email", [], "email"),
        ("billingEmail", ["a@example.com"], "email"),
        ("kontakt", ["a@example.com", "b@example.org", ""], "email"),
        ("email_verified", ["1", "0"], ""),
        ("email_count", ["3"], ""),
        ("Telefon", ["030 1234567"], "phone"),
        ("mobile", ["(415) 555-0100"], "phone"),
        ("phone", ["desk", "none", "left"], ""),
        ("phone_verified", ["1", "0"], ""),
        ("Phone", ["030-0074321", "(5) 555-4729", "0621-08460"], "phone"),
        ("c1", ["+1 415 555 0100", "+44 20 7946 0018"], "phone"),
        ("c1", ["2026-01-01", "2026-02-01"], ""),
        ("c1", ["4155550100"], ""),
        ("client_ip", ["203.0.113.7"], "ip"),
        ("addr", ["2001:db8::1"], "ip"),
        ("password_hash", [], "secret"),
        ("x", [HASH, HASH], "secret"),
        ("api_key", [], "secret"),
        ("cvv", [], "secret"),
        ("number", ["4111 1111 1111 1111"], "secret"),
        ("number", ["4111 1111 1111 1112"], ""),
        ("iban", [], "secret"),
        ("ssn", [], "secret"),
        ("first_name", [], "name"),
        ("Nachname", [], "name"),
        ("product_name", [], ""),
        ("street", [], "address"),
        ("address_id", ["1", "2"], ""),
        ("phone_id", ["1"], ""),
        ("zip", [], "place"),
        ("DateOfBirth", [], "birth_date"),
        ("dob", [], "birth_date"),
        ("user_name", [], "username"),
        ("login", [], "username"),
        ("last_login_at", [], "time"),
        ("cookie_id", [], "cookie"),
        ("device_id", [], "device_id"),
        ("customer_no", [], "customer_no"),
        ("account_id", [], "account_id"),
        ("notes", [], "text"),
        ("x", ["He called and asked us to send it to the other house."], "text"),
        ("created_at", [], "time"),
        ("id", ["1"], ""),
        ("quantity", ["3"], ""),
        ("_", ["3"], ""),
    ],
)
def test_what_a_column_looks_like(name: str, values: list[str], kind: str) -> None:
    country = "DE" if name == "Telefon" else "US"
    assert look_of(Column(name=name, samples=tuple(values)), country=country, people=False).kind == kind


def test_numbers_that_the_country_does_not_explain_are_asked_about_and_shown_without_one() -> None:
    column = Column(name="Phone", samples=("030-0074321", "(5) 555-4729"))
    look = look_of(column, country="", people=False)
    assert (look.kind, look.sure) == ("phone", False)
    assert look.why == "its name, but many are no whole numbers of US"
    assert masked(look, column.samples) == "030***"
    assert look_of(Column(name="Phone", samples=("(503) 555-9831",)), country="", people=False).sure


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Phone", "Fax", True),
        ("home_phone", "mobile", True),
        ("email", "email2", True),
        ("emailAddress", "work_email", True),
        ("caller_phone", "called_phone", False),
        ("phone", "emergency_phone", False),
        ("from_number", "to_number", False),
    ],
)
def test_whose_two_columns_of_a_kind_are(one: str, other: str, same: bool) -> None:
    assert (party_of(one) == party_of(other)) is same


def test_a_name_beside_an_email_is_a_persons() -> None:
    column = Column(name="name")
    assert look_of(column, country="", people=True).kind == "name"
    assert look_of(column, country="", people=False).kind == ""


@pytest.mark.parametrize("name", ["password", "card_number", "totp_secret", "passport"])
def test_secrets_never_leave(name: str) -> None:
    assert look_of(Column(name=name), country="", people=True).never


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("email", "Ana.Ruiz@Example.com", "a***@e***.com"),
        ("email", "root@localhost", "r***@l***"),
        ("email", "no address", ""),
        ("phone", "(415) 555-0100", "+1 415 ***"),
        ("phone", "nothing", ""),
        ("ip", "203.0.113.7", "203.***"),
        ("name", "Ana Ruiz", ""),
        ("secret", HASH, ""),
        ("text", "Ana called.", ""),
        ("birth_date", "1988-04-02", ""),
    ],
)
def test_a_value_is_shown_masked_or_not_at_all(kind: str, value: str, shown: str) -> None:
    assert masked(Look(kind=kind), ["", value], country="US") == shown


@given(st.from_regex(r"[a-z]{4,12}\.[a-z]{4,12}@[a-z]{4,12}\.[a-z]{4,8}", fullmatch=True))
def test_no_word_of_an_address_shows(address: str) -> None:
    shown = masked(Look(kind="email"), [address])
    assert len(shown.replace("***", "")) <= 7
    local, _, domain = address.partition("@")
    assert local not in shown
    assert domain not in shown


def test_the_words_of_a_name() -> None:
    assert words_of("billingAddress_2") == ["billing", "address", "2"]
    assert words_of("HTTPUserName") == ["http", "user", "name"]
    assert words_of("straße-größe") == ["straße", "größe"]
