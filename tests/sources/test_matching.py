"""What counts as the same e-mail, number or name, and what only looks like it."""

from __future__ import annotations

from datetime import date

import pytest

from dsar.case.identifiers import Holder, Identifier
from dsar.case.records import DataRole, Field, RecordSet, RolePeriod
from dsar.sources.matching import Matcher, emails_in, only_value
from dsar.sources.phones import Phones


def matcher(field: Field, *identifiers: Identifier, country: str = "US") -> Matcher:
    roles = (RolePeriod(role=DataRole.CONTROLLER, purpose="p"),)
    one = RecordSet(
        source="s", name="r", title="r", place="r", key=("id",), fields=(field,), roles=roles, country=country,
        time_field="at",
    )  # fmt: skip
    return Matcher(one, identifiers)


EMAIL = Field(name="v", meaning="m", identifies="email", match=True)
PHONE = Field(name="v", meaning="m", identifies="phone", match=True)
NOTE = Field(name="v", meaning="m", text=True)
ANA = Identifier(kind="email", value="ana@example.com", raw="Ana@Example.com")
NUMBER = Identifier(kind="phone", value="+14155550100")
LONDON = Identifier(kind="phone", value="+442079460018")


@pytest.mark.parametrize(
    ("raw", "how"),
    [
        ("ana@example.com", "exact"),
        ("Ana@Example.com", "exact"),
        ("ANA@EXAMPLE.COM ", "normal"),
        ("Ana Ruiz <ana@example.com>", "normal"),
        ("mailto:ana@example.com", "normal"),
        ("ana@example.com.", "normal"),
        ("b@x.example; ana@example.com", "normal"),
        ("\uff21na@example.com", "normal"),
        ("ana @ example.com", "normal"),
        ("banana@example.com", None),
        ("ana@example.com.evil.example", None),
        ("ana@example.co", None),
        ("ana.example.com", None),
        ("", None),
        ("(binary, 3 bytes)", None),
    ],
)
def test_emails(raw: str, how: str | None) -> None:
    assert [match.how for match in matcher(EMAIL, ANA).match({"v": raw})] == ([how] if how else [])


@pytest.mark.parametrize(
    "raw",
    ["+14155550100", "(415) 555-0100", "415 555 0100", "415.555.0100", "1-415-555-0100", "001 415 555 0100",
     "14155550100", "+1 (415) 555\u20110100", "\uff0b1 415 555 0100", "415-555-0100 ext. 12",
     "415-555-0100, +1 212 555 0199", "tel:+1-415-555-0100"],
)  # fmt: skip
def test_spellings_of_one_number(raw: str) -> None:
    assert [match.value for match in matcher(PHONE, NUMBER).match({"v": raw})] == ["+14155550100"]


@pytest.mark.parametrize(
    "raw", ["+1 415 555 0101", "555 0100", "+44 415 555 0100", "0100", "anonymous", "4155550100 99"]
)
def test_numbers_that_are_not_it(raw: str) -> None:
    assert matcher(PHONE, NUMBER).match({"v": raw}) == ()


@pytest.mark.parametrize("raw", ["020 7946 0018", "+44 (0)20 7946 0018", "0044 20 7946 0018", "442079460018"])
def test_the_country_of_the_source_reads_national_numbers(raw: str) -> None:
    assert matcher(PHONE, LONDON, country="GB").match({"v": raw})
    assert bool(matcher(PHONE, LONDON, country="").match({"v": raw})) == (not raw.startswith("020"))


def test_short_national_numbers_have_a_key_too() -> None:
    danish, iceland = Phones(["+4532123456"], "DK"), Phones(["+3544101000"], "IS")
    assert (danish.same("32 12 34 56"), iceland.same("410 1000")) == (("+4532123456",), ("+3544101000",))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Write to ANA@example.com, please.", "email"),
        ("(ana@example.com)", "email"),
        ("**ana@example.com**", "email"),
        ("call 415-555-0100 after six", "phone"),
        ("numbers: 212-555-0199 415.555.0100", "phone"),
        ("id 14155550100 in the log", "phone"),
        ("ask @Ana", "username"),
        ("user ana_r1 wrote", "username"),
    ],
)
def test_prose_is_searched(text: str, kind: str) -> None:
    names = (Identifier(kind="username", value="ana"), Identifier(kind="username", value="Ana_R1"))
    found = matcher(NOTE, ANA, NUMBER, *names).match({"v": text})
    assert [(match.kind, match.how) for match in found] == [(kind, "text")]


@pytest.mark.parametrize(
    "text", ["Ana Ruiz called.", "ana", "ana_r12", "x.ana@example.com.au", "415-555-01000", "banana@example.com", "@"]
)
def test_prose_that_names_somebody_else_or_only_a_name(text: str) -> None:
    names = (Identifier(kind="username", value="ana"), Identifier(kind="name", value="ana ruiz"))
    assert matcher(NOTE, ANA, NUMBER, *names).match({"v": text}) == ()


@pytest.mark.parametrize(
    ("since", "until", "hit"),
    [
        (None, None, True),
        (date(2026, 1, 1), None, False),
        (None, date(2025, 5, 5), True),
        (None, date(2025, 5, 4), False),
    ],
)
def test_an_identifier_counts_on_its_days(since: date | None, until: date | None, hit: bool) -> None:
    one = Identifier(kind="phone", value="+14155550100", since=since, until=until)
    for field in (PHONE, NOTE):
        assert bool(matcher(field, one).match({"v": "+14155550100", "at": "2025-05-05T23:59:59Z"})) is hit
    assert matcher(PHONE, one).match({"v": "+14155550100", "at": ""})


def test_a_childs_email_is_an_email() -> None:
    child = Identifier(kind="child_email", value="kim@example.com")
    assert [match.kind for match in matcher(EMAIL, child).match({"v": "Kim@example.com"})] == ["child_email"]


def test_what_is_not_the_persons_own_is_not_compared() -> None:
    office = Identifier(kind="email", value="info@example.com", holder=Holder.SHARED)
    assert not matcher(EMAIL, office).usable
    assert not matcher(Field(name="v", meaning="m", identifies="email", match=True, holder=Holder.SHARED), ANA).usable
    assert not matcher(Field(name="v", meaning="m", identifies="email"), ANA).usable


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("email", "Ana <ana@example.com>", "ana@example.com"),
        ("email", "a@x.example, b@x.example", None),
        ("phone", "415-555-0100", "+14155550100"),
        ("phone", "415-555-0100, 415-555-0101", None),
        ("phone", "unknown", None),
        ("account_id", " A1 ", "A1"),
        ("account_id", "x" * 500, None),
    ],
)
def test_a_field_with_several_peoples_values_emits_none(kind: str, raw: str, value: str | None) -> None:
    found = only_value(kind, raw, country="US")
    assert (found and found.value) == value


def test_long_hostile_prose_is_read_in_one_pass() -> None:
    text = "@" * 200_000 + "a" * 200_000 + " " * 200_000 + "1-" * 100_000 + " ana@example.com"
    assert [match.value for match in matcher(NOTE, ANA, NUMBER).match({"v": text})] == ["ana@example.com"]
    assert emails_in("a@" * 50_000) == ["a@a"]


def test_an_identifier_at_the_end_of_a_long_field_is_found() -> None:
    numbers = ", ".join(f"+1 212 555 {n:04}" for n in range(500))
    assert matcher(PHONE, NUMBER).match({"v": f"{numbers}, 415-555-0100"})
    assert matcher(EMAIL, ANA).match({"v": "b@x.example; " * 1_000 + "ana@example.com"})
    assert matcher(NOTE, NUMBER).match({"v": "1/2/3 " * 20_000 + "ring (415) 555-0100"})
