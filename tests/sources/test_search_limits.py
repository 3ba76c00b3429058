"""A hop may need somebody's yes, and a field may lead to few values only: told with its reason, never silent."""

from __future__ import annotations

import pytest

from dsar.errors import InputWrong
from dsar.sources.following import ASKED
from dsar.sources.search import search
from tests.sources.office import Office, field, kind_of, record_set, source_file, who

ROWS = [{"id": str(n), "home": "+14155550100", "email": f"p{n}@x.example"} for n in range(5)]


def family(office: Office, home: str, email: str) -> None:
    """Five people with one telephone."""
    office.database("crm.sqlite", {"people": ROWS})
    fields = field("home", *kind_of("phone", home)), field("email", *kind_of("email", email))
    office.describe("crm", source_file(record_set("people", *fields)))


def test_a_hop_that_asks_is_not_followed_and_told(office: Office) -> None:
    family(office, 'emits = "ask"', "emits = true")
    result = search(office.sources(), [who("email", "p1@x.example")])
    assert [record.key for record in result.answers[0].records] == ["1"]
    assert [(one.value, one.found_in, why) for one, why in result.not_followed] == [
        ("+14155550100", "crm/people", ASKED.format("crm people"))
    ]


def test_with_a_yes_it_leads_on(office: Office) -> None:
    family(office, 'emits = "ask"', "emits = true")
    result = search(office.sources(), [who("email", "p1@x.example"), who("phone", "+14155550100")])
    assert {record.key for record in result.answers[0].records} == set("01234")
    assert result.not_followed == ()


def test_a_field_leads_to_no_more_than_it_may(office: Office) -> None:
    family(office, "emits = true", "emits = true\nfan_out = 2")
    result = search(office.sources(), [who("email", "p1@x.example")])
    assert result.answers[0].found == 5
    assert {one.value for one in result.followed} == {"+14155550100"}
    assert {(one.value, why) for one, why in result.not_followed} == {
        (f"p{n}@x.example", "it is one of more than 2 that crm people email leads to, which are not one person's")
        for n in (0, 2, 3, 4)
    }
    assert result.answers[0].why == "fan_out"


def test_what_is_found_on_the_way_tells_by_which_record_and_by_what(office: Office) -> None:
    family(office, "emits = true", "emits = true")
    found = {
        one.value: (one.found_in, one.found_by)
        for one in search(office.sources(), [who("email", "p1@x.example")]).followed
    }
    assert found["+14155550100"] == ("crm/people", "1, found by email p1@x.example")
    assert found["p4@x.example"] == ("crm/people", "4, found by phone +14155550100")


def test_within_the_limit_all_are_followed(office: Office) -> None:
    family(office, "emits = true", "emits = true\nfan_out = 5")
    assert len(search(office.sources(), [who("email", "p1@x.example")]).followed) == 5


@pytest.mark.parametrize("wrong", ['emits = "maybe"', "fan_out = 2", "emits = true\nfan_out = 0"])
def test_other_words_are_refused(office: Office, wrong: str) -> None:
    family(office, wrong, "emits = true")
    with pytest.raises(InputWrong, match=r"crm\.toml.*home"):
        office.sources()
