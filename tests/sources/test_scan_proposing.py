"""What is proposed of tables: which links are followed and which never are; and that any of it is a file that loads."""

from __future__ import annotations

import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.case.identifiers import SEARCHABLE
from dsar.errors import InputWrong
from dsar.sources.interface import SourceSettings
from dsar.sources.scan_databases import scan_database, scan_sqlite
from dsar.sources.scan_proposing import Proposal, ProposedField, propose, slug
from dsar.sources.scan_tables import Column, Link, ScannedTable
from dsar.sources.scan_writing import Head, source_text
from dsar.sources.settings import load_sources
from tests.sources.eleven import write_sqlite


def table(place: str, *columns: str, links: tuple[Link, ...] = (), key: tuple[str, ...] = ("id",)) -> ScannedTable:
    return ScannedTable(
        place=place, columns=tuple(Column(name=name) for name in ("id", *columns)), key=key, links=links
    )


def link(column: str, place: str, direction: str = "", source: str = "") -> Link:
    return Link(column=column, table=place, to="id", direction=direction, source=source)


PEOPLE = table("people", "email")


def field_of(proposal: Proposal, place: str, name: str) -> ProposedField:
    one = next(one for one in proposal.sets if one.place == place)
    return next(described for described in one.fields if described.name == name)


def does(proposal: Proposal, place: str, name: str) -> str:
    found = field_of(proposal, place, name)
    return " ".join(word for word, on in (("match", found.match), ("emits", found.emits)) if on)


class TestLinks:
    def test_from_a_person_to_what_hangs_on_them_and_on_that(self) -> None:
        found = propose("s", [
            PEOPLE, table("orders", "person_id", links=(link("person_id", "people"),)),
            table("items", "order_id", links=(link("order_id", "orders"),)),
        ])  # fmt: skip
        assert does(found, "people", "id") == "emits"
        assert does(found, "orders", "person_id") == "match"
        assert does(found, "orders", "id") == "emits"
        assert does(found, "items", "order_id") == "match"
        assert field_of(found, "orders", "person_id").identifies == "record_id.s-people"

    def test_from_a_person_to_where_they_live_and_never_back(self) -> None:
        found = propose(
            "s", [table("people", "email", "home", links=(link("home", "places"),)), table("places", "street")]
        )
        assert does(found, "people", "home") == "emits"
        assert does(found, "places", "id") == "match"

    def test_a_thing_is_not_followed_and_left_out(self) -> None:
        found = propose(
            "s", [table("people", "email", "seat", links=(link("seat", "seats"),)), table("seats", "colour")]
        )
        assert does(found, "people", "seat") == ""
        assert [place for place, _ in found.left_out] == ["seats"]

    @pytest.mark.parametrize("column", ["handled_by", "agent_id", "employeeId"])
    def test_what_a_colleague_handled_is_not_theirs(self, column: str) -> None:
        found = propose("s", [PEOPLE, table("tickets", "email", column, links=(link(column, "people"),))])
        assert does(found, "tickets", column) == ""
        assert any("colleague" in one for one in field_of(found, "tickets", column).asks)
        assert does(found, "tickets", "email") == "match", "whoever else is named on it is not followed"

    def test_a_colleague_without_an_address_of_their_own_is_not_led_to(self) -> None:
        staff = table("employees", "last_name")
        found = propose("s", [PEOPLE, staff, table("orders", "person_id", "employee_id", links=(
            link("person_id", "people"), link("employee_id", "employees"),
        ))])  # fmt: skip
        assert does(found, "orders", "employee_id") == ""
        assert any("colleague" in one for one in field_of(found, "orders", "employee_id").asks)
        assert [place for place, _ in found.left_out] == ["employees"]

    @pytest.mark.parametrize(("columns", "leads"), [
        (("phone", "city"), "emits"), (("phone", "company_name"), "emits"), (("phone",), "match"),
        (("phone", "city", "last_name"), "match"), (("phone", "city", "email"), "match"),
    ])  # fmt: skip
    def test_who_is_at_an_office_is_not_found_by_its_telephone(self, columns: tuple[str, ...], leads: str) -> None:
        places = table("places", *columns)
        found = propose("s", [table("people", "email", "place", links=(link("place", "places"),)), places])
        assert does(found, "people", "place") == leads
        asked = any("not found through its telephone" in one for one in field_of(found, "places", "id").asks)
        assert asked is (leads == "emits")

    def test_a_telephone_and_a_fax_are_one_persons(self) -> None:
        found = propose("s", [table("people", "phone", "fax", "email")])
        assert [does(found, "people", name) for name in ("phone", "fax", "email")] == ["match emits"] * 3

    def test_who_called_and_who_was_called_are_two_people(self) -> None:
        found = propose("s", [table("calls", "caller_phone", "called_phone", "email")])
        assert [does(found, "calls", name) for name in ("caller_phone", "called_phone", "email")] == ["match"] * 3
        assert any("emits = true" in one for one in field_of(found, "calls", "caller_phone").asks)

    def test_a_table_that_points_to_itself_is_not_followed(self) -> None:
        found = propose("s", [table("people", "email", "invited_from", links=(link("invited_from", "people"),))])
        assert does(found, "people", "invited_from") == ""
        assert any("another person" in one for one in field_of(found, "people", "invited_from").asks)

    @pytest.mark.parametrize("direction", ["", "from", "to"])
    def test_a_link_to_nowhere_is_told(self, direction: str) -> None:
        found = propose("s", [table("people", "email", "team", links=(link("team", "teams", direction),))])
        assert does(found, "people", "team") == ""
        assert any("was not found" in one for one in field_of(found, "people", "team").asks)

    def test_a_direction_that_is_said_is_kept(self) -> None:
        found = propose("s", [PEOPLE, table("tickets", "employee", links=(link("employee", "people", "from"),))])
        assert does(found, "tickets", "employee") == "match"

    def test_a_link_into_another_source_says_what_to_do_there(self) -> None:
        found = propose("s", [table("visits", "person", links=(link("person", "people", "from", "crm"),))])
        assert field_of(found, "visits", "person").identifies == "record_id.crm-people"
        assert any("crm people" in one and "emits = true" in one for one in field_of(found, "visits", "person").asks)

    def test_the_same_number_in_two_tables_is_two_kinds(self) -> None:
        found = propose("s", [
            PEOPLE, table("a", "person_id", links=(link("person_id", "people"),)),
            table("b", "a_id", links=(link("a_id", "a"),)),
        ])  # fmt: skip
        assert field_of(found, "people", "id").identifies != field_of(found, "a", "id").identifies

    @pytest.mark.parametrize("column", ["person_id", "peopleId", "people_id"])
    def test_a_name_like_another_tables_key_is_asked_about_and_not_followed(self, column: str) -> None:
        found = propose("s", [PEOPLE, table("persons", "email"), table("visits", column, "email")])
        asked = [one for one in field_of(found, "visits", column).asks if "To follow it" in one]
        assert len(asked) == 1
        assert does(found, "visits", column) == ""

    def test_two_links_of_one_column_follow_one_and_tell(self) -> None:
        both = (link("ref", "people"), link("ref", "others"))
        found = propose("s", [PEOPLE, table("others", "email"), table("a", "ref", links=both)])
        assert field_of(found, "a", "ref").identifies == "record_id.s-people"
        assert any("not followed" in one for one in field_of(found, "a", "ref").asks)

    def test_two_tables_that_point_to_each_other_end(self) -> None:
        found = propose("s", [
            table("a", "b_id", "email", links=(link("b_id", "b"),)), table("b", "a_id", links=(link("a_id", "a"),)),
        ])  # fmt: skip
        assert {one.place for one in found.sets} == {"a", "b"}


class TestTheFile:
    @given(
        st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=6, unique=True),
        st.text(max_size=20), st.text(max_size=20), st.text(max_size=40),
    )  # fmt: skip
    @settings(max_examples=60, deadline=None)
    def test_whatever_names_there_are_it_loads(self, names: list[str], place: str, title: str, note: str) -> None:
        columns = tuple(Column(name=name) for name in (*names, "e mail", "email"))
        one = ScannedTable(
            place=place, columns=tuple({c.name: c for c in columns}.values()), key=(names[0],), note=note
        )
        text = source_text(Head(kind="csv", path="x.csv", title=title.strip()), propose("s", [one]), about=[note])
        with TemporaryDirectory() as folder:
            Path(folder, "s.toml").write_text(text, encoding="utf-8")
            (found,) = load_sources(Path(folder))
        assert [f.name for f in found.record_sets[0].fields] == [
            column.name.encode("utf-8", "replace").decode() for column in one.columns
        ]
        assert tomllib.loads(text)["source"]["title"] == (title.strip().encode("utf-8", "replace").decode() or "?")

    def test_a_name_that_no_setting_can_hold_is_left_out_and_told(self) -> None:
        one = ScannedTable(place="x", columns=tuple(Column(name=n) for n in ("email", "", "y" * 201)), key=("",))
        (found,) = propose("s", [one]).sets
        assert [described.name for described in found.fields] == ["email"]
        assert found.key == ("email",)
        assert found.note.startswith("2 columns with no name")

    def test_a_comment_stays_a_comment(self) -> None:
        one = ScannedTable(place="x", columns=(Column(name="email", declared='T\n[x]\nkind = "y"'),), key=("email",))
        text = source_text(Head(kind="csv", path="x"), propose("s", [one]), about=["a\r\nb = 1"])
        assert set(tomllib.loads(text)) == {"source", "record_set"}

    def test_names_that_become_the_same_are_told_apart(self) -> None:
        found = propose("s", [table("A b", "email"), table("a-b", "email"), table("A_B!", "email")])
        assert len({one.name for one in found.sets}) == 3

    @given(st.text(max_size=200))
    def test_a_slug_is_a_name_that_settings_allow(self, text: str) -> None:
        assert f"record_id.{slug(text)}" in SEARCHABLE


class TestKindsOfNumbers:
    @pytest.mark.parametrize("kind", ["record_id.", "record_id.X", "record_id.a b", "email.x", "record_ids", "name", 3])
    def test_what_is_none(self, kind: object) -> None:
        assert kind not in SEARCHABLE

    @pytest.mark.parametrize(("line", "sound"), [
        ('identifies = "record_id.crm-orders"', True), ('identifies = "record_id.Orders"', False),
        ('origin = "record_id.crm-orders"', False), ('origin = "email"', False),
    ])  # fmt: skip
    def test_a_source_file_may_name_them(self, tmp_path: Path, line: str, sound: bool) -> None:
        head = '[source]\nkind = "csv"\ntitle = "x"\nowner = "x"\npath = "x"\n[[record_set]]\nname = "x"\ntitle = "x"\n'
        role = 'key = ["id"]\n[[record_set.role]]\nrole = "controller"\npurpose = "x"\n'
        fields = '[[record_set.field]]\nname = "id"\nmeaning = "x"\ntext = true\n'
        (tmp_path / "x.toml").write_text(head + role + fields + line + "\n", encoding="utf-8")
        if sound:
            assert load_sources(tmp_path)[0].record_sets[0].fields[0].identifies == "record_id.crm-orders"
        else:
            with pytest.raises(InputWrong):
                load_sources(tmp_path)


def test_a_database_of_any_kind_tells_the_same_as_sqlite_itself(tmp_path: Path) -> None:
    write_sqlite(tmp_path / "shop.sqlite")
    direct = SourceSettings(name="s", kind="sqlite", title="", owner="", path="shop.sqlite", record_sets=())
    through = SourceSettings(name="s", kind="sql", title="", owner="", path="sqlite:///shop.sqlite", record_sets=())
    one, other = scan_sqlite(direct, tmp_path), scan_database(through, tmp_path)
    assert propose("s", sorted(one.tables, key=lambda t: t.place)).sets[0].place == "addresses"
    for mine, theirs in zip(sorted(one.tables, key=lambda t: t.place), other.tables, strict=True):
        assert (mine.place, mine.key, set(mine.links)) == (theirs.place, theirs.key, set(theirs.links))
        assert [(c.name, c.declared.replace(" ", "")) for c in mine.columns] == [
            (c.name, c.declared.replace(" ", "")) for c in theirs.columns
        ]
