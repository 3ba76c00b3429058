"""A shop in eleven tables, described by a scan and by a Fides file: both find the same rows, and nobody else's."""

from __future__ import annotations

import re
import sqlite3
import stat
import tomllib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from dsar.case.identifiers import Holder, Identifier
from dsar.errors import InputWrong, Refused
from dsar.sources.interface import Source, SourceFailed
from dsar.sources.matching import SHARED
from dsar.sources.registry import open_source
from dsar.sources.search import search
from dsar.sources.settings import load_sources
from dsar.workflow import source_scan
from dsar.workflow.source_scan import Wish
from dsar.workspace import Workspace
from tests.sources import eleven
from tests.sources.office import who

SHOP = "data/shop.sqlite"


@pytest.fixture
def shop(desk: Workspace) -> Workspace:
    """The sample desk with the shop beside its own sources."""
    eleven.write_sqlite(desk.home / SHOP)
    return desk


def opened(ws: Workspace, name: str, text: str = "") -> Source:
    """The source as the program opens it, perhaps with another text."""
    path = ws.home / "sources" / f"{name}.toml"
    if text:
        path.write_text(text, encoding="utf-8")
    return open_source({one.name: one for one in load_sources(path.parent)}[name], ws.home)


def scanned(ws: Workspace) -> Source:
    made = source_scan.scan(ws, SHOP, Wish(country="US"), out="sources/shop.toml")
    return opened(ws, "shop", eleven.edited(made.text))


def imported(ws: Workspace) -> Source:
    (made,) = source_scan.import_fides(ws, eleven.YAML, Wish(kind="sqlite", path=SHOP, country="US", owner="sam"))
    return opened(ws, "shop_db", eleven.edited(made.text))


@pytest.mark.parametrize(("asked", "rows"), eleven.WHOSE)
def test_both_descriptions_find_the_same_rows(shop: Workspace, asked: list[Identifier], rows: str) -> None:
    assert eleven.found(scanned(shop), asked) == rows
    assert eleven.found(imported(shop), asked) == rows


@pytest.mark.parametrize("describe", [scanned, imported])
class TestOneAddressOfTwoPeople:
    def test_the_address_is_flagged_as_several_peoples(
        self, shop: Workspace, describe: Callable[[Workspace], Source]
    ) -> None:
        source = describe(shop)
        addresses = source.settings.record_set("addresses")
        assert addresses
        assert addresses.holder is Holder.SHARED
        assert [one.name for one in source.settings.record_sets if one.holder is not Holder.PERSON] == ["addresses"]

    def test_said_to_be_shared_it_is_not_followed_and_that_is_told(
        self, shop: Workspace, describe: Callable[[Workspace], Source]
    ) -> None:
        source = describe(shop)
        path = shop.home / "sources" / f"{source.settings.name}.toml"
        text = path.read_text(encoding="utf-8")
        # even where somebody lets everyone be found by where they live
        text = re.sub(r'(identifies = "record_id\.\w+-addresses"\n(?:origin.*\n)?)((?:match|emits).*\n)',
                      r'\1match = true\nemits = true\nholder = "shared"\n', text)  # fmt: skip
        text = text.replace('holder = "shared"\nholder = "person"\n', 'holder = "shared"\n')
        result = search([opened(shop, source.settings.name, text)], [who("email", "ben@shop.example.com")])
        assert eleven.rows(result) == "employees 1, reports 4"
        assert {(one.value, why) for one, why in result.not_followed} == {("1", SHARED)}


class TestTheFile:
    def test_it_loads_as_it_is_and_asks_what_it_could_not_tell(self, shop: Workspace) -> None:
        made = source_scan.scan(shop, SHOP, Wish(), out="sources/shop.toml")
        described = {one.name: one for one in load_sources(shop.home / "sources")}["shop"]
        assert [one.name for one in described.record_sets] == [one.name for one in made.proposal.sets]
        assert described.country == "US", "the office's own"
        assert made.proposal.left_out == (("products", "nothing in it looks like a person's, and no link leads there"),)
        assert "# ? products: nothing in it" in made.text
        assert made.questions > 20
        assert made.written == "sources/shop.toml"
        path = shop.home / made.written
        assert path.read_text(encoding="utf-8") == made.text
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_no_value_of_the_source_is_in_it(self, shop: Workspace) -> None:
        text = source_scan.scan(shop, SHOP, Wish()).text.casefold()
        with closing(sqlite3.connect(shop.home / SHOP)) as connection:
            values = {
                str(value).casefold()
                for one in tomllib.loads(text)["record_set"]
                for row in connection.execute(f'SELECT * FROM "{one["place"]}"')  # noqa: S608
                for value in row
                if isinstance(value, str)
            }
        assert len(values) > 40
        assert [value for value in values if value.strip() in text and value not in ("visits", "calls")] == []
        assert "a***@e***.com" in text
        assert "+1 415 ***" in text

    def test_secrets_and_card_numbers_never_leave_and_prose_is_searched(self, shop: Workspace) -> None:
        source = scanned(shop)
        never = [f.name for one in source.settings.record_sets for f in one.fields if f.disclose == "never"]
        prose = [f.name for one in source.settings.record_sets for f in one.fields if f.text]
        assert never == ["card_number", "password_hash"]
        assert prose == ["message"]

    def test_nothing_is_overwritten(self, shop: Workspace) -> None:
        before = (shop.home / "sources/crm.toml").read_bytes()
        with pytest.raises(Refused, match="nothing is overwritten"):
            source_scan.scan(shop, SHOP, Wish(), out="sources/crm.toml")
        with pytest.raises(Refused):
            source_scan.add(shop, Wish(name="crm", kind="sqlite", path="x"))
        assert (shop.home / "sources/crm.toml").read_bytes() == before

    @pytest.mark.parametrize("out", ["x.toml", "sources/../x.toml", "sources/X.toml", "/tmp/x.toml", "sources/x.txt"])
    def test_it_goes_nowhere_else(self, shop: Workspace, out: str) -> None:
        with pytest.raises(InputWrong):
            source_scan.scan(shop, SHOP, Wish(), out=out)
        assert not list(shop.home.rglob("x.*"))


class TestWithoutEdits:
    """What is written loads, and finds once its open words are said; only what a person has to say is not followed."""

    @pytest.mark.parametrize("how", ["scan", "import"])
    def test_a_second_address_is_found_and_not_followed(self, shop: Workspace, how: str) -> None:
        if how == "scan":
            made = source_scan.scan(shop, SHOP, Wish(), out="sources/shop.toml")
        else:
            (made,) = source_scan.import_fides(shop, eleven.YAML, Wish(kind="sqlite", path=SHOP))
        source = opened(shop, made.name, eleven.finished(made.text))
        asked = [who("email", "ana.ruiz@example.com")]
        assert eleven.found(source, asked) == eleven.ANA.replace("reports 1, ", "")


class TestWhatIsScanned:
    def test_a_source_already_described(self, shop: Workspace) -> None:
        made = source_scan.scan(shop, "crm", Wish())
        places = [one.place for one in made.proposal.sets]
        assert "seats" in places
        assert 'path = "data/crm.sqlite"' in made.text

    def test_the_database_is_only_read(self, shop: Workspace) -> None:
        before = (shop.home / SHOP).read_bytes()
        source_scan.scan(shop, SHOP, Wish())
        assert (shop.home / SHOP).read_bytes() == before

    @pytest.mark.parametrize("target", ["data/newsletter.csv", "data/tickets.jsonl", "data/calls/2026-*.csv"])
    def test_files_give_one_record_set_that_finds_what_it_should(self, shop: Workspace, target: str) -> None:
        made = source_scan.scan(shop, target, Wish(), out="sources/found.toml")
        assert len(made.proposal.sets) == 1
        source = opened(shop, "found")
        assert source.test().rows[made.proposal.sets[0].name] > 0
        assert any(one.match for one in source.settings.record_sets[0].fields)

    @pytest.mark.parametrize("target", ["data/nothing.csv", "data/nothing-*.csv"])
    def test_a_file_that_is_not_there_is_a_failure(self, shop: Workspace, target: str) -> None:
        with pytest.raises(SourceFailed, match="no file"):
            source_scan.scan(shop, target, Wish())

    @pytest.mark.parametrize("target", ["nothing", "data/nothing.sqlite", "facilities", "feedback"])
    def test_what_cannot_be_looked_at_is_said(self, shop: Workspace, target: str) -> None:
        with pytest.raises(InputWrong, match="Nothing was written"):
            source_scan.scan(shop, target, Wish())

    def test_a_damaged_database_is_a_failure(self, shop: Workspace) -> None:
        (shop.home / SHOP).write_bytes(b"SQLite format 3\x00" + b"x" * 4000)
        with pytest.raises(SourceFailed, match="cannot be read as a SQLite database"):
            source_scan.scan(shop, SHOP, Wish())

    def test_a_table_of_things_alone_is_no_source(self, shop: Workspace) -> None:
        with closing(sqlite3.connect(shop.home / "data/things.sqlite")) as connection:
            connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, colour TEXT)")
        with pytest.raises(InputWrong, match="none of the 1 tables"):
            source_scan.scan(shop, "data/things.sqlite", Wish(), out="sources/things.toml")
        assert not (shop.home / "sources/things.toml").exists()

    @pytest.mark.parametrize("describe", [
        lambda ws, address: source_scan.scan(ws, address, Wish()),
        lambda ws, address: source_scan.add(ws, Wish(name="shop", kind="sql", path=address)),
        lambda ws, address: source_scan.import_fides(ws, eleven.YAML, Wish(path=address)),
    ])  # fmt: skip
    @pytest.mark.parametrize("address", [
        "postgresql://reader:hunter2@db.example.com/shop", "mysql://reader@db.example.com/shop?ssl=1&password=hunter2",
    ])  # fmt: skip
    def test_a_password_in_an_address_is_refused_and_not_repeated(
        self, shop: Workspace, describe: Callable[[Workspace, str], object], address: str
    ) -> None:
        with pytest.raises(InputWrong) as refused:
            describe(shop, address)
        assert "hunter2" not in str(refused.value)


class TestAdd:
    @pytest.mark.parametrize("kind", ["sqlite", "csv", "person", "http", "command", "mailbox", "lines"])
    def test_the_first_file_of_every_kind_loads(self, desk: Workspace, kind: str) -> None:
        made = source_scan.add(
            desk, Wish(name="New Desk", kind=kind, path="" if kind == "person" else "data/x", owner="sam")
        )
        assert made.written == "sources/new-desk.toml"
        described = {one.name: one for one in load_sources(desk.home / "sources")}["new-desk"]
        assert (described.kind, described.owner) == (kind, "sam")

    @pytest.mark.parametrize("kind", ["sql", "csv"])
    def test_without_a_place_it_asks_for_one(self, desk: Workspace, kind: str) -> None:
        made = source_scan.add(desk, Wish(name="x", kind=kind))
        assert "# ? where is it? Correct path" in made.text

    def test_a_kind_that_there_is_not(self, desk: Workspace) -> None:
        with pytest.raises(InputWrong, match="no kind of source"):
            source_scan.add(desk, Wish(name="x", kind="abacus"))


class TestImport:
    def test_what_has_no_place_here_is_told_line_by_line(self, shop: Workspace) -> None:
        (made,) = source_scan.import_fides(shop, eleven.YAML, Wish(kind="sqlite", path=SHOP))
        assert made.told == (
            "payment_cards: fides_meta.after is not carried over",
            "service_requests.message: read_only is not carried over",
            "reports.month: the category user.mood has none here",
        )
        assert all(f"# ? not carried over: {one}" in made.text for one in made.told)

    def test_without_an_address_it_loads_and_asks_for_one(self, shop: Workspace) -> None:
        (made,) = source_scan.import_fides(shop, eleven.YAML, Wish())
        assert "# ? where is it?" in made.text
        assert load_sources(shop.home / "sources")

    def test_two_datasets_that_refer_to_each_other_share_a_kind(self, desk: Workspace, tmp_path: Path) -> None:
        file = tmp_path / "two.yml"
        file.write_text(TWO, encoding="utf-8")
        first, second = source_scan.import_fides(desk, file, Wish(kind="sqlite", path="data/x.sqlite"))
        assert (first.written, second.written) == ("sources/one.toml", "sources/two.toml")
        assert 'identifies = "record_id.one-people"\norigin = "observed"\nmatch = true' in second.text
        assert 'identifies = "record_id.one-people" and emits = true' in second.text

    def test_if_one_of_two_is_there_already_neither_is_written(self, desk: Workspace, tmp_path: Path) -> None:
        file = tmp_path / "two.yml"
        file.write_text(TWO, encoding="utf-8")
        (desk.home / "sources/two.toml").write_bytes((desk.home / "sources/crm.toml").read_bytes())
        with pytest.raises(Refused):
            source_scan.import_fides(desk, file, Wish(kind="sqlite", path="data/x.sqlite"))
        assert not (desk.home / "sources/one.toml").exists()


TWO = """
dataset:
  - fides_key: one
    collections:
      - name: people
        fields:
          - {name: id, fides_meta: {primary_key: true}}
          - {name: email, fides_meta: {identity: email}}
  - fides_key: two
    collections:
      - name: visits
        fields:
          - {name: id, fides_meta: {primary_key: true}}
          - name: person
            fides_meta: {references: [{dataset: one, field: people.id, direction: from}]}
"""
