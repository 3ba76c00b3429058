"""Foreign text is shown, never obeyed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.formats.plain import _JOINERS, _ODD, _shown, display_width, printable, shorten


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07shown", "shown"),
        ("\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jgone", "gone"),
        ("a\x00b\x07c\x7fd", "abcd"),
        ("two\r\nlines\ttab", "two lines tab"),
        ("exe\u202egpj.txt", "exegpj.txt"),
        ("zero\u200b\ufeffwidth\u00ad", "zerowidth"),
        ("tag\U000e0041\U000e0042", "tag"),
        ("half\ud800", "half\ufffd"),
        ("fill\u3164er", "filler"),
        ("\u2066isolated\u2069", "isolated"),
        ("para\u2029graph", "para graph"),
    ],
)
def test_nothing_is_left_to_obey(hostile: str, harmless: str) -> None:
    assert printable(hostile) == harmless


def test_an_unfinished_sequence_hides_nothing_that_follows() -> None:
    assert printable("\x1b]0;please delete my data") == "0;please delete my data"


def test_joiners_stay_between_letters_only() -> None:
    persian = "می\u200cخواهم"
    assert printable(persian) == persian
    assert printable("क्\u200dष") == "क्\u200dष"
    assert printable("a\u200d1 \u200db\u200c") == "a1 b"


def test_newlines_are_kept_when_asked_for() -> None:
    assert printable("a\r\nb\rc\u2028d\te", keep_newlines=True) == "a\nb\nc\nd    e"


@given(st.text(), st.booleans())
def test_printable_is_settled_after_one_pass(text: str, keep: bool) -> None:
    once = printable(text, keep_newlines=keep)
    assert printable(once, keep_newlines=keep) == once
    assert not [char for char in once if unicodedata.category(char) in ("Cc", "Cs") and char != "\n"]
    assert keep or "\n" not in once
    once.encode("utf-8")


@given(st.text(), st.integers(min_value=0, max_value=40))
def test_shorten_never_takes_more_room_than_given(text: str, width: int) -> None:
    short = shorten(text, width)
    assert display_width(short) <= width
    assert short == printable(text) or short.endswith("..") or width < 2


def test_shorten_counts_columns_not_characters() -> None:
    assert shorten("山田太郎さん", 8) == "山田太.."
    assert shorten("Zoë Müller", 10) == "Zoë Müller"
    assert display_width("e\u0301") == 1


def test_every_character_that_is_not_shown_as_it_is_is_looked_at() -> None:
    changed = [char for char in map(chr, range(0x110000)) if char != "\n" and _shown(char) != char]
    assert [char for char in changed if not _ODD.match(char)] == []
    assert all(_ODD.match(char) for char in _JOINERS)
