"""The person is cut out of others' prose in every written form, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.changes.cutting import REMOVED, Cutter

HELD = {
    "email": {"ana@example.com", "ana@xn--bcher-kva.example"},
    "phone": {"+14155550142"},
    "username": {"ana_b", "abellini", "ana"},
    "name": {"ana bell"},
    "customer_no": {"S-2001", "7"},
}
CUTTER = Cutter(HELD, "US")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Write to ana@example.com.", "Write to [removed]."),
        ("mailto:ANA@Example.COM?x", "mailto:[removed]?x"),
        ("<Ana@example.com>", "<[removed]>"),
        ("*ana@example.com*", "*[removed]*"),
        ("ana(at)example.com", "[removed]"),
        ("ana [at] example.com", "[removed]"),
        ("ana%40example.com", "[removed]"),
        ("ana＠example.com", "[removed]"),
        ("ana@bücher.example", "[removed]"),
        ("tel (415) 555-0142 now", "tel [removed] now"),
        ("0014155550142", "[removed]"),
        ("+1 415 555 0142 ext. 7", "[removed]"),
        ("٤١٥ ٥٥٥ ٠١٤٢", "[removed]"),
        ("I am ana_b, ANA_B and @ana", "I am [removed], [removed] and [removed]"),
        ("abellini wrote", "[removed] wrote"),
        ("customer S-2001.", "customer [removed]."),
        ("Ana Bell, BELL, Ana and ána  bell", "[removed], [removed] and [removed]"),
        ("Thanks, Ana", "Thanks, [removed]"),
        ("Hi Ana,", "Hi [removed],"),
        ("Ms Bell rang", "Ms [removed] rang"),
    ],
)
def test_the_person_is_cut(text: str, rest: str) -> None:
    assert CUTTER.cut(text) == rest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "banana@example.com, ana@example.org, ana@example.com.evil.example",
        "415 555 0143 and 14155550142000000",
        "Ana Lindqvist and Anna Bell",
        "the bell rang; ana is a word",
        "Abellini & Sons, banana_b, S-20011, XS-2001, 7 apples",
        "Ｆｕｌｌ ½ ﬁne text stays as it is",
    ],
)
def test_others_and_other_words_stay(text: str) -> None:
    assert CUTTER.cut(text) == text


def test_nobody_known_cuts_nothing() -> None:
    assert Cutter({}, "").cut("Ana, ana@example.com") == "Ana, ana@example.com"


@given(st.lists(st.sampled_from(["ana@example.com", "Ben ", "½", "\n", "é", "415-555-0142", ", ", "x@y.example", "İ"])))
def test_what_is_left_is_the_text_without_her(parts: list[str]) -> None:
    rest = CUTTER.cut(" ; ".join(parts))
    assert CUTTER.cut(rest) == rest
    hers = ("ana@example.com", "415-555-0142")
    assert rest == " ; ".join(REMOVED if part in hers else part for part in parts)
