"""What identifies people inside prose is found, and figures that are nobody's number are not."""

from __future__ import annotations

import pytest

from dsar.disclosure.signs import names_a_secret, privileged, secrets_in
from dsar.disclosure.traces import Own, emails, name_spans, names_beside, phones
from tests.disclosure import scene

OWN = Own(scene.OWN)


@pytest.mark.parametrize(
    "text",
    [
        "write to Ben.Ode@Elsewhere.example.",
        "<ben.ode@elsewhere.example>",
        "mailto:ben.ode@elsewhere.example",
        "ben.ode(at)elsewhere.example",
        "ben.ode [at] elsewhere.example",
        "ben.ode%40elsewhere.example",
        "ben.ode\uff20elsewhere.example",
        "“ben.ode@elsewhere.example”",
    ],
)
def test_addresses_are_found_however_they_are_spelt(text: str) -> None:
    assert [trace.value for trace in emails(text)] == ["ben.ode@elsewhere.example"]


@pytest.mark.parametrize("text", ["me @ home", "3 @ 4.50", "@handle", "look at (at noon)"])
def test_what_only_looks_like_an_address_is_not_one(text: str) -> None:
    assert not list(emails(text))


@pytest.mark.parametrize(
    ("text", "country", "value"),
    [
        ("call +49 30 901820 now", "", "+4930901820"),
        ("call (415) 555-0199", "US", "+14155550199"),
        ("call 415.555.0199", "US", "+14155550199"),
        ("call 4155550199", "US", "+14155550199"),
        ("call 030 901820", "DE", "+4930901820"),
        ("call 020 7946 0018", "GB", "+442079460018"),
    ],
)
def test_numbers_are_read_as_in_their_country(text: str, country: str, value: str) -> None:
    assert value in [trace.value for trace in phones(text, (country,))]


@pytest.mark.parametrize(
    "text",
    [
        "on 2024-01-05 at 12:30:11",
        "on 05.01.2024",
        "from 192.168.10.12",
        "for 1,234.50 EUR",
        "order 12345678",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    ],
)
def test_dates_amounts_and_machines_are_nobodys_number(text: str) -> None:
    assert not list(phones(text, ("US", "DE")))


def test_names_are_taken_from_beside_other_peoples_addresses_only() -> None:
    text = 'From: Maria Rivera <maria.rivera@example.com>\nTo: Ben Ode <ben@x.example>, "Li, Wei" <wei@x.example>'
    assert {"Ben Ode", "Li, Wei"} <= names_beside(text, OWN)
    assert "Maria Rivera" not in names_beside(text, OWN)


def test_parts_of_a_name_are_found_but_not_the_persons_own_nor_small_words() -> None:
    text = "Maria Ode wrote: Ode will come, Ode's mode"
    found = [text[t.start : t.end] for t in name_spans(text, {"Maria Ode", "Will Ode"}, OWN)]
    assert found == ["Maria Ode", "Ode", "Ode"]


@pytest.mark.parametrize(
    "column", ["password", "user_password", "passwordHash", "SIP-Password", "api_key", "auth_token", "webhookSecret"]
)
def test_columns_that_open_doors_are_known_by_name(column: str) -> None:
    assert names_a_secret(column)


@pytest.mark.parametrize("column", ["password_changed_at", "token_count", "secretary", "shipping", "name"])
def test_columns_beside_them_are_not(column: str) -> None:
    assert not names_a_secret(column)


@pytest.mark.parametrize(
    "value",
    [
        scene.HASH,
        "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub",
        "pbkdf2_sha256$260000$abcdefgh$klmnop",
        "{SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3",
        "-----BEGIN RSA PRIVATE KEY-----",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc",
    ],
)
def test_stored_passwords_and_keys_are_known_by_their_look(value: str) -> None:
    assert secrets_in(f"it says {value} there")


def test_words_of_lawyers_are_seen_whatever_their_case_or_accents() -> None:
    assert privileged("PRIVILEGED and confidential")
    assert privileged("Secret professionnel")
    assert not privileged("we advise you to restart")


def test_the_figures_of_a_case_number_are_nobodys_number() -> None:
    assert not list(phones("about DSAR-2026-0036 and INV-20241234", ("DE",)))
    assert [one.value for one in phones("tel +49 30 2026 0036", ("DE",))] == ["+493020260036"]
