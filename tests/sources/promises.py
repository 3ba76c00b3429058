"""What every searchable kind of source promises, as checks that any suite can run over any kind.

The people and how a kind holds them are in ``people``; server kinds run these from the slow tests.
"""

from __future__ import annotations

from dsar.case.identifiers import Identifier
from dsar.case.records import Record
from dsar.sources.interface import Source
from tests.sources.office import who
from tests.sources.people import PEOPLE

SPELLINGS = ["+14155550100", "(415) 555-0100", "415 555 0100", "0014155550100"]
# Numbers of a column that promises E.164, of which some break the promise.
AS_E164 = [
    "+14155550100",
    "14155550100",
    "0014155550100",
    "+1 415 555 0100",
    "415",
    "",
    None,
    "++14155550100",
    "+1415+",
]
BROKEN_E164 = 6
HOSTILE = ["' OR '1'='1", '"; DROP TABLE people; --', "%", "*", "_", "[a-z]", "\\", "\x00", "a" * 5000]


def found(source: Source, *identifiers: Identifier) -> dict[str, Record]:
    records = source.find(source.settings.record_sets[0], identifiers)
    return {record.key.removesuffix("@desk"): record for record in records}


def email_in_any_case_and_in_prose(source: Source, *, mail: bool = False) -> None:
    records = found(source, who("email", "ana@example.com"))
    assert {key: [match.how for match in record.matched] for key, record in records.items()} == {
        "1": ["exact"],
        "2": ["normal" if not mail else records["2"].matched[0].how],
        "10": ["text"],
    }
    assert records["10"].matched[0].value == "ana@example.com"


def number_in_every_spelling(source: Source, spelling: str, *, mail: bool = False) -> None:
    records = found(source, who("phone", spelling))
    plain = {"1", "3", "4", "5", "6", "10"}
    # a run of digits in a signature is not told from an order number without its plus
    assert plain - records.keys() <= ({"5", "6"} if mail else set())
    assert records.keys() <= plain
    assert {match.value for record in records.values() for match in record.matched} == {"+14155550100"}


def several_at_once(source: Source) -> None:
    records = found(source, who("email", "ben@example.com"), who("phone", "+1 915 555 0100"))
    assert records.keys() == {"7", "8"}


def nothing_held_is_an_empty_answer(source: Source) -> None:
    assert found(source, who("email", "zoe@example.com"), who("phone", "+44 20 7946 0018")) == {}
    assert source.problems == []


def name_alone_finds_nothing(source: Source) -> None:
    assert found(source, who("name", "Ana"), who("username", "ana")) == {}


def hostile_identifier_finds_no_one(source: Source, raw: str) -> None:
    hostile = [Identifier(kind=word, value=raw, raw=raw) for word in ("email", "phone", "username", "account_id")]
    assert found(source, *hostile) == {}


def hostile_content_comes_back(source: Source, field: str = "note") -> None:
    record = found(source, who("email", "eve@example.com"))["9"]
    assert record.values[field] == PEOPLE[8][3] or "<script>x</script>" in record.values[field]


def trial_counts_rows(source: Source) -> None:
    tested = source.test()
    assert (tested.rows, tested.problems) == ({"people": len(PEOPLE)}, ())


def numbers_kept_as_e164(source: Source) -> None:
    """Over the rows ``AS_E164``, numbered from 0: the number itself is found, and the others are told by the trial."""
    assert found(source, who("phone", "(415) 555-0100"), who("phone", "+44 20 7946 0018")).keys() == {"0"}
    (problem,) = source.test().problems
    assert problem.says.startswith(f'{BROKEN_E164} values of the field "phone" are not in their normal form')
