"""The list of recipients: everybody the register names by that day, once, with what they received."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dsar.disclosure.register import Register
from dsar.disclosure.register_categories import categories
from dsar.disclosure.register_rows import Entry
from dsar.workflow.recipients import received

TODAY = date(2026, 11, 21)
CARRIER = Entry(
    line=2,
    categories=(),
    recipient="Pacific Carrier, Inc.",
    address="1 Pier",
    direct_marketing=False,
    what="numbers",
    since=date(2023, 1, 1),
)


def test_one_recipient_is_one_entry_with_all_it_received() -> None:
    more = replace(CARRIER, recipient="PACIFIC CARRIER INC", what="names", direct_marketing=True, products="phones")
    (party,) = received(Register(entries=(CARRIER, more)), TODAY)
    assert (party.name, party.categories, party.examples) == ("Pacific Carrier, Inc.", ("numbers", "names"), "phones")


def test_who_received_once_has_received() -> None:
    ended = replace(CARRIER, until=date(2024, 1, 1))
    assert [party.name for party in received(Register(entries=(ended,)), TODAY)] == ["Pacific Carrier, Inc."]


def test_who_will_receive_has_not() -> None:
    coming = replace(CARRIER, since=date(2026, 11, 22))
    assert received(Register(entries=(coming,)), TODAY) == ()


def test_where_the_row_does_not_say_what_the_law_words_do() -> None:
    first = next(iter(categories()))
    (party,) = received(Register(entries=(replace(CARRIER, what="", categories=(first,)),)), TODAY)
    assert party.categories == (first.words,)
