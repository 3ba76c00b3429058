"""A source whose file still holds a "?" is never searched, whichever word it is that nobody has said yet."""

from __future__ import annotations

import pytest

from dsar.errors import Refused
from dsar.sources.answers import State
from dsar.sources.person import answered
from dsar.sources.search import search
from dsar.sources.settings import load_sources
from tests.sources.office import ROLE, Office, field, kind_of, record_set, source_file, who

PEOPLE = record_set("people", field("email", *kind_of("email")), more='basis = "contract"')
ANA = who("email", "ana@example.com")


@pytest.fixture
def crm(office: Office) -> Office:
    office.database("crm.sqlite", {"people": [{"id": 1, "email": "ana@example.com"}]})
    return office


@pytest.mark.parametrize(
    ("word", "named"),
    [
        ('title = "CRM"', "title"),
        ('owner = "luis"', "owner"),
        ('title = "people"', "title of people"),
        ('purpose = "service"', "purpose of people"),
        ('basis = "contract"', "basis of people"),
        ('meaning = "email"', 'meaning of "email" of people'),
    ],
)
@pytest.mark.parametrize("mark", ["?", " ?? "])
def test_any_open_word_keeps_it_out_of_the_search(crm: Office, word: str, named: str, mark: str) -> None:
    text = source_file(PEOPLE)
    assert word in text
    crm.describe("crm", text.replace(word, f'{word.partition(" = ")[0]} = "{mark}"'))
    (answer,) = search(crm.sources(), [ANA]).answers
    assert (answer.state, answer.why, answer.records) == (State.FAILED, "unfinished", ())
    assert answer.says == f"sources/crm.toml is not finished: {named} still to be said. It was not searched."
    assert crm.source("crm").test().rows == {"people": 1}, "it can still be tried"


def test_a_finished_file_is_searched_and_a_question_mark_in_a_sentence_is_no_placeholder(crm: Office) -> None:
    crm.describe("crm", source_file(PEOPLE.replace('title = "people"', 'title = "Who called?"')))
    (answer,) = search(crm.sources(), [ANA]).answers
    assert (answer.state, answer.found) == (State.SEARCHED, 1)


def test_a_placeholder_for_an_address_is_open_too(office: Office) -> None:
    office.describe("crm", source_file(PEOPLE, kind="sql", path="postgresql://USER@HOST/DATABASE"))
    (settings,) = load_sources(office.home / "sources")
    assert settings.unfinished == ("path",)


def test_a_colleagues_answer_is_not_filed_by_an_unfinished_file(office: Office) -> None:
    sets = f'[[record_set]]\nname = "log"\ntitle = "Log"\n{ROLE.replace("service", "?")}' + field("who")
    office.describe("door", source_file(sets, kind="person", path="", more='ask = "luis"'))
    file = office.home / "data" / "answer.csv"
    file.write_text("who\nAna\n")
    settings = office.source("door").settings
    with pytest.raises(Refused, match=r"sources/door.toml is not finished: purpose of log .* Nothing was filed"):
        list(answered(settings, settings.record_sets[0], file))
