"""However a system writes an e-mail address or a telephone number, it is the person's or it is not."""

from __future__ import annotations

import csv

import pytest

from dsar.errors import InputWrong
from dsar.sources.search import search
from tests.sources.office import Office, field, kind_of, record_set, source_file, who

ANA, NUMBER = who("email", "Ana@Example.com"), who("phone", "+1 415 555 0100")
EMAILS = [
    "ana@example.com", " ANA@EXAMPLE.COM\t", "Ana Ruiz <ana@example.com>", "mailto:ana@example.com",
    "ana@example.com; old@example.com", "ana @example.com", "\uff21na@example.com", "ana@example.com.",
]  # fmt: skip
NUMBERS = [
    "+14155550100", "(415) 555-0100", "0014155550100", "001 415 555 0100", "1-415-555-0100", "14155550100",
    "+1.415.555.0100", "415.555.0100", "4155550100", "+1 (415) 555-0100", "415 555 0100 ext. 12", "011 1 415 555 0100",
    "+1\u00a0415\u2011555\u20110100", "\uff0b1 415 555 0100", "415-555-0100 / 415-555-0199",
]  # fmt: skip
OTHERS = ["415 555 0101", "+44 415 555 0100", "5550100", "14155550100999", "ana+1@example.com", "a.na@example.com"]


def office_with(
    office: Office, values: list[str], kind: str, engine: str, *, country: str = "US", more: str = ""
) -> None:
    """One table with the values, in a database or a file."""
    rows = [{"id": str(number), "value": value} for number, value in enumerate(values)]
    described = field("value", *kind_of(kind), more) if kind else field("value", "text = true")
    if engine == "csv":
        with (office.home / "data" / "t.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, ["id", "value"])
            writer.writeheader()
            writer.writerows(rows)
        toml = source_file(record_set("t", described), kind="csv", path="data/t.csv")
    else:
        office.database("crm.sqlite", {"t": rows})
        toml = source_file(record_set("t", described))
    office.describe("crm", toml.replace('country = "US"', f'country = "{country}"'))


def found(office: Office, *identifiers: object) -> list[int]:
    (answer,) = search(office.sources(), identifiers).answers  # type: ignore[arg-type]
    return [int(record.key) for record in answer.records]


@pytest.mark.parametrize("engine", ["csv", "sqlite"])
@pytest.mark.parametrize(("kind", "values", "wanted"), [("email", EMAILS, ANA), ("phone", NUMBERS, NUMBER)])
def test_every_way_to_write_it_is_found_and_no_other(
    office: Office, engine: str, kind: str, values: list[str], wanted: object
) -> None:
    office_with(office, [*values, *OTHERS], kind, engine)
    assert found(office, wanted) == list(range(len(values)))


@pytest.mark.parametrize("engine", ["csv", "sqlite"])
def test_a_national_number_is_read_in_the_country_of_its_source(office: Office, engine: str) -> None:
    values = ["020 7946 0018", "+44 20 7946 0018", "0044 20 7946 0018", "44 (0)20 7946 0018", "+44 (0) 20 7946 0018"]
    office_with(office, [*values, "020 7946 0019"], "phone", engine, country="GB")
    assert found(office, who("phone", "+442079460018")) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("engine", ["csv", "sqlite"])
def test_a_domain_in_its_own_letters_is_the_same_as_in_ascii(office: Office, engine: str) -> None:
    values = [
        "jana@b\u00fccher.example",
        "Jana@xn--bcher-kva.example",
        "JANA@B\u00dcCHER.example",
        "jana@bucher.example",
    ]
    office_with(office, values, "email", engine)
    assert found(office, who("email", "jana@b\u00fccher.example")) == [0, 1, 2]


@pytest.mark.parametrize("engine", ["csv", "sqlite"])
def test_in_prose_too(office: Office, engine: str) -> None:
    mentions = [
        "Please write to ANA@Example.com.", "from <ana@example.com>", "Ring (415) 555-0100 after six",
        "tel:0014155550100", "call 1-415-555-0100, please", "her number is +1.415.555.0100",
        "Ana asked", "ring 415 555 0101", "banana@example.com wrote", "order 94155550100123",
    ]  # fmt: skip
    office_with(office, mentions, "", engine)
    assert found(office, ANA, NUMBER) == [0, 1, 2, 3, 4, 5]


ALIASES = ["ana.ruiz@example.com", "ana.ruiz+news@example.com", "anaruiz@example.com", "a.na.ruiz+x@Example.com",
           "anaruiz@other.example", "ana.ruizz@example.com", "+news@example.com"]  # fmt: skip


@pytest.mark.parametrize("engine", ["csv", "sqlite"])
@pytest.mark.parametrize(
    ("ignores", "expected"),
    [("[]", [0]), ('["plus"]', [0, 1]), ('["dots"]', [0, 2]), ('["plus", "dots"]', [0, 1, 2, 3])],
)
def test_tags_and_dots_make_no_difference_only_where_it_is_said(
    office: Office, engine: str, ignores: str, expected: list[int]
) -> None:
    office_with(office, ALIASES, "email", engine, more=f"ignores = {ignores}")
    assert found(office, who("email", "Ana.Ruiz@example.com")) == expected


def test_a_person_known_by_a_tag_is_found_without_it(office: Office) -> None:
    office_with(office, ALIASES, "email", "sqlite", more='ignores = ["plus", "dots"]')
    assert found(office, who("email", "anaruiz+shop@example.com")) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("kind", "more"),
    [("phone", 'ignores = ["dots"]'), ("email", 'ignores = ["case"]'), ("email", 'ignores = ["dots"]\nnormal = true')],
)
def test_it_is_said_of_e_mail_addresses_only(office: Office, kind: str, more: str) -> None:
    office_with(office, ["x"], kind, "sqlite", more=more)
    with pytest.raises(InputWrong, match="ignores"):
        office.sources()
