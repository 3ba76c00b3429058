"""What the dataset files that are published for Fides hold beside the plain: each construct, in words of our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsar.errors import InputWrong
from dsar.sources.scan_fides import read_datasets
from dsar.sources.scan_proposing import ProposedField, propose
from dsar.workflow import source_scan
from dsar.workflow.setup import Wishes, make
from dsar.workflow.source_scan import Wish
from dsar.workspace import Workspace

# As for an analysis: categories alone, no identity, no key, and settings that are for Fides only.
UNKEYED = """
dataset:
- fides_key: visitors
  organization_fides_key: default_organization
  meta: null
  data_categories: []
  collections:
  - name: guests
    data_categories: []
    fields:
    - {name: seen_at, data_categories: [system.operations]}
    - {name: mail, data_categories: [user.contact.email]}
    - {name: ring, data_categories: [user.contact.phone_number]}
    - {name: uuid, data_categories: [user.unique_id]}
"""
NESTED = """
dataset:
- fides_key: shop
  collections:
  - name: people
    fields:
    - {name: id, fides_meta: {primary_key: True}}
    - {name: email, fides_meta: {identity: email}}
    - name: profile
      fides_meta: {data_type: object}
      fields:
      - {name: nick, data_categories: [user.name]}
      - name: friends
        fields:
        - {name: mail, data_categories: [user.contact.email]}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Workspace:
    make(tmp_path / "desk", Wishes(country="US"))
    return Workspace(tmp_path / "desk")


def fields(text: str, *, columns: bool = False) -> dict[str, ProposedField]:
    (found,) = read_datasets(text, columns=columns)
    (one,) = propose("x", found.tables).sets
    return {field.name: field for field in one.fields}


def test_where_nothing_is_an_identity_the_categories_say_what_to_search_by_and_a_person_is_asked() -> None:
    found = fields(UNKEYED)
    assert {name: one.identifies for name, one in found.items() if one.match} == {"mail": "email", "ring": "phone"}
    assert "is this an e-mail address?" in found["mail"].asks
    (dataset,) = read_datasets(UNKEYED)
    assert dataset.tables[0].key == ("uuid",), "an id is a better key than whatever a person is found by"


def test_where_one_field_is_an_identity_no_other_is_made_one() -> None:
    text = UNKEYED.replace("name: ring, ", "name: ring, fides_meta: {identity: phone_number}, ")
    assert {name for name, one in fields(text).items() if one.match} == {"ring"}


def test_an_identity_deep_inside_counts() -> None:
    inner = "    - {name: more, fields: [{name: card, fides_meta: {identity: email}}]}\n"
    assert {name for name, one in fields(UNKEYED + inner).items() if one.match} == {"more.card"}


def test_inner_fields_of_a_database_lie_in_one_column_which_is_searched_as_prose() -> None:
    found = fields(NESTED, columns=True)
    assert set(found) == {"id", "email", "profile"}
    assert found["profile"].text
    assert set(fields(NESTED)) == {"id", "email", "profile.nick", "profile.friends.mail"}


def test_for_a_database_such_a_file_finds_them(desk: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "shop.yml"
    file.write_text(NESTED)
    (made,) = source_scan.import_fides(desk, file, Wish(kind="sqlite", path="data/shop.sqlite"))
    assert 'name = "profile"' in made.text
    assert "profile.nick" not in made.text
    assert any("searched as prose" in said for said in made.told)


def test_a_dataset_that_names_nobody_does_not_keep_the_others_out(desk: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "both.yml"
    nobody = "- fides_key: stock\n  collections:\n  - name: goods\n    fields:\n    - {name: price}\n"
    file.write_text(UNKEYED + nobody)
    (made,) = source_scan.import_fides(desk, file, Wish())
    assert (made.name, made.told[-1]) == ("visitors", "left out, as they name nobody to search for: stock")
    file.write_text("dataset:\n" + nobody)
    with pytest.raises(InputWrong, match="stock names nobody to search for"):
        source_scan.import_fides(desk, file, Wish())


def test_a_path_that_is_not_said_stays_a_question_in_every_kind(desk: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "shop.yml"
    file.write_text(NESTED)
    (made,) = source_scan.import_fides(desk, file, Wish(kind="jsonl"))
    assert 'path = "?"' in made.text
    assert 'name = "profile.nick"' in made.text
