"""A stored number is read by its digits, however they are parted."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, example_number, format_number

from dsar.case.identifiers import normal_phone
from dsar.sources.phones import Phones

COUNTRIES = ("US", "DE", "GB", "FR", "IT", "AR", "BR", "MX", "KR", "IN", "SM", "CI")
FORMS = (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL)


@st.composite
def dialled(draw: st.DrawFn) -> tuple[str, str, str]:
    """A number of some country as somebody writes it, where it is kept, and its normal form."""
    number = example_number(draw(st.sampled_from(COUNTRIES)))
    assert number is not None
    written = str(format_number(number, draw(st.sampled_from(FORMS))))
    if draw(st.booleans()):
        written = "00" + written.removeprefix("+")
    for at, sign in draw(st.lists(st.tuples(st.integers(0, 20), st.sampled_from(" -.()0")), max_size=5)):
        written = written[:at] + sign + written[at:]
    return written, draw(st.sampled_from((*COUNTRIES, ""))), str(format_number(number, PhoneNumberFormat.E164))


@settings(max_examples=400)
@given(stored=dialled())
def test_a_number_is_the_same_however_its_digits_are_parted(stored: tuple[str, str, str]) -> None:
    raw, country, value = stored
    phones = Phones({value, normal_phone(raw, country=country) or value}, country)
    assert set(phones.same(raw)) == set(phones._compared(raw))


def test_a_trunk_digit_in_brackets_is_left_out() -> None:
    phones = Phones(["+442071838750"], "GB")
    assert phones.same("+44 (0)20 7183 8750") == ("+442071838750",)
    assert phones.same("0044 (0) 20 7183 8750") == ("+442071838750",)
    assert phones.same("44 (0)20 7183 8750") == phones._compared("44 (0)20 7183 8750")


def test_numbers_with_an_extension_are_told_from_longer_ones() -> None:
    phones = Phones(["+12025550100"], "US")
    assert phones.same("(202) 555-0100 x7") == ("+12025550100",)
    assert phones.same("(202) 555-01007") == ()
