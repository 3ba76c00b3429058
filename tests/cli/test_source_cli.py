"""source scan, add, import-fides, as typed: files for a person to finish, lines for a pipe, JSON."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.typing import Terminal
from tests.sources import eleven


@pytest.fixture
def desk(typed: Callable[..., Terminal]) -> Terminal:
    """A desk with the shop beside its own sources."""
    terminal = typed("opened")
    eleven.write_sqlite(terminal.home / "data/shop.sqlite")
    return terminal


def test_without_out_the_file_itself_is_shown_and_nothing_is_written(desk: Terminal) -> None:
    before = sorted((desk.home / "sources").iterdir())
    ran = desk("source", "scan", "data/shop.sqlite", width=80)
    assert ran.code == 0, ran.says
    assert 'kind = "sqlite"' in ran.out
    assert "# ?" in ran.out
    assert sorted((desk.home / "sources").iterdir()) == before


def test_written_it_says_where_and_what_is_still_asked(desk: Terminal) -> None:
    ran = desk("source", "scan", "data/shop.sqlite", "--out", "sources/shop.toml", width=80)
    assert ran.code == 0
    assert ran.out.startswith("Wrote sources/shop.toml: 10 record sets, 46 fields.")
    assert "left out: products" in ran.says
    assert "dsar source test shop" in ran.says
    assert max(map(len, ran.out.splitlines())) <= 80
    again = desk("source", "scan", "data/shop.sqlite", "--out", "sources/shop.toml")
    assert again.code == 3
    assert "nothing is overwritten" in again.err
    tested = desk("source", "test", "shop", width=80)
    assert tested.code == 6
    assert "customers 3" in tested.says
    assert "shop: still to be decided: title, owner, purpose of addresses, purpose of customers" in tested.says
    assert "decided" not in desk("source", "test", "crm", width=80).says


def test_json_lists_the_proposals(desk: Terminal) -> None:
    (found,) = desk("source", "scan", "data/shop.sqlite", "--json").json["sources"]
    sets = {one["name"]: one for one in found["record_sets"]}
    assert sets["order_items"]["key"] == ["order_id", "product_id"]
    assert sets["addresses"]["shared"]
    fields = {one["name"]: one for one in sets["customers"]["fields"]}
    assert (fields["email"]["identifies"], fields["email"]["match"], fields["email"]["emits"]) == ("email", True, True)
    assert found["left_out"][0]["place"] == "products"


def test_a_pipe_gets_a_line_for_every_field(desk: Terminal) -> None:
    lines = desk("source", "scan", "data/shop.sqlite").out.splitlines()
    assert "shop\tcustomers\temail\temail\tmatch emits\t" in lines
    assert {line.count("\t") for line in lines} == {5}


def test_an_import_tells_what_it_could_not_map(desk: Terminal) -> None:
    words = ("source", "import-fides", str(eleven.YAML), "--kind", "sqlite", "--path", "data/shop.sqlite")
    ran = desk(*words, width=80)
    assert ran.code == 0
    assert "reports.month: the category user.mood has none here" in ran.says
    assert "customers 3" in desk("source", "test", "shop_db").out


def test_a_typed_password_is_refused(desk: Terminal) -> None:
    ran = desk("source", "scan", "postgresql://reader@db.example.com/shop", "--password", "hunter2")
    assert ran.code == 2
    assert "hunter2" not in ran.says


def test_add_needs_a_name_and_a_kind(desk: Terminal) -> None:
    assert desk("source", "add").code == 2
    assert desk("source", "add", "desk", "--kind", "abacus").code == 2
    assert desk("source", "add", "door", "--kind", "person", "--owner", "luis").code == 0
    assert 'ask = "luis"' in (desk.home / "sources/door.toml").read_text(encoding="utf-8")


def test_a_setting_of_the_kind_is_used_and_written(desk: Terminal) -> None:
    (desk.home / "data/p.json").write_text('{"data": {"people": [{"id": 1, "user": {"mail": "a@example.com"}}]}}')
    words = ("source", "scan", "data/p.json", "--option", "rows=data.people", "--out", "sources/p.toml")
    assert desk(*words).code == 0
    written = (desk.home / "sources/p.toml").read_text(encoding="utf-8")
    assert 'name = "user.mail"' in written
    assert '"rows" = "data.people"' in written
    assert "p 1" in desk("source", "test", "p").out


@pytest.mark.parametrize("option", ["rows", "=x", "api_token=hunter2"])
def test_an_option_that_is_none_or_a_secret_is_refused(desk: Terminal, option: str) -> None:
    ran = desk("source", "add", "desk", "--kind", "http", "--path", "https://desk.example.com", "--option", option)
    assert ran.code == 2
    assert "hunter2" not in ran.says
    assert not (desk.home / "sources/desk.toml").exists()
