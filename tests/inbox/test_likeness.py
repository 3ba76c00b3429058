"""Letters that say the same in other people's names are one campaign; others never are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dsar.inbox.likeness import LEAST_WORDS, Letter, near_identical

BODY = (
    "Dear Sir or Madam, our association has told us that you use the data of its members for advertising. I object to "
    "that, and ask you to confirm within a month that it has ended. Yours faithfully {name}, {street}, number {number}"
)
KIND = ("objection", "en", "self")


def _letter(name: str, number: int, kind: tuple[str, ...] = KIND, body: str = BODY) -> Letter:
    return Letter(text=body.format(name=name, street="3 Hill Road", number=number), own=(name, ""), kind=kind)


def test_names_numbers_and_a_line_more_make_no_difference() -> None:
    letters = [_letter("Ann Poe", 1), _letter("Tom Ashby", 772), _letter("Li Wei", 3, body=BODY + " Thank you.")]
    assert near_identical(letters) == [[0, 1, 2]]


def test_a_letter_read_as_something_else_is_not_of_the_group() -> None:
    assert near_identical([_letter("Ann Poe", 1), _letter("Tom Ashby", 2, ("access", "en", "self"))]) == [[0], [1]]


def test_short_messages_are_alike_by_chance() -> None:
    short = Letter(text="Please delete my account.", own=("A", ""), kind=KIND)
    assert len(short.text.split()) < LEAST_WORDS
    assert near_identical([short, short]) == [[0], [1]]


def test_a_campaign_in_a_script_without_blanks() -> None:
    text = "本会の会員として、貴社が保有する私の個人データの利用停止と、その結果の通知を求めます。{}"
    letters = [Letter(text=text.format(name), own=(name, ""), kind=KIND) for name in ("佐藤", "鈴木")]
    assert near_identical(letters) == [[0, 1]]


@given(st.lists(st.tuples(st.text(max_size=60), st.sampled_from(["a", "b"])), max_size=12))
def test_every_letter_is_in_exactly_one_group(found: list[tuple[str, str]]) -> None:
    letters = [Letter(text=BODY + text, own=(), kind=(kind,)) for text, kind in found]
    groups = near_identical(letters)
    assert sorted(place for group in groups for place in group) == list(range(len(letters)))
    assert all(len({letters[place].kind for place in group}) == 1 for group in groups)
