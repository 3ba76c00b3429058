"""Which columns are taken for the keys of other tables, where the source itself says nothing of it."""

from __future__ import annotations

import pytest

from dsar.sources.scan_links import called_like_keys, with_guessed_links
from dsar.sources.scan_tables import Column, Link, ScannedTable


def table(place: str, key: str, **columns: str) -> ScannedTable:
    made = tuple(Column(name=name, samples=tuple(values.split())) for name, values in columns.items())
    return ScannedTable(place=place, columns=made, key=tuple(key.split()))


CUSTOMERS = table("customers", "id", id="1 2 3", email="a b c")


def guessed(*tables: ScannedTable) -> list[tuple[str, str, str, str]]:
    return [(one.place, link.column, link.table, link.to) for one in with_guessed_links(tables) for link in one.links]


@pytest.mark.parametrize("column", ["customer_id", "CustomerID", "customersId", "customer_no"])
def test_a_column_called_like_the_table_and_its_key(column: str) -> None:
    key = "no" if column.endswith("no") else "id"
    customers = table("customers", key, **{key: "1 2"})
    orders = table("orders", "number", number="8 9", **{column: "2 2"})
    assert guessed(customers, orders) == [("orders", column, "customers", key)]


@pytest.mark.parametrize(
    ("place", "key", "column"),
    [
        ("Customer", "CustomerId", "CustomerId"),
        ("kunden", "kunden_nr", "kunden_nr"),
        ("employees", "emp_no", "emp_no"),
        ("Customer", "customer_id", "CustomerId"),
        ("clients", "customerid", "customerid"),
    ],
)
def test_a_column_called_as_the_key_itself(place: str, key: str, column: str) -> None:
    found = guessed(table(place, key, **{key: "7"}), table("visits", "day", day="x", **{column: "9"}))
    assert found == [("visits", column, place, key)]


def test_a_part_of_a_key_may_be_the_key_of_another_table_and_a_whole_key_is_not() -> None:
    items = table("items", "customer_id line", customer_id="1", line="1")
    assert guessed(CUSTOMERS, items) == [("items", "customer_id", "customers", "id")]
    assert guessed(CUSTOMERS, table("details", "customer_id", customer_id="1")) == []


@pytest.mark.parametrize(
    "column", ["id", "customer", "code", "guid", "customer_name", "other_id", "customerid", "id_customer"]
)
def test_what_is_called_otherwise_is_not_guessed(column: str) -> None:
    assert guessed(CUSTOMERS, table("orders", "number", number="8", **{column: "1"})) == []


@pytest.mark.parametrize(
    ("here", "there", "alike"),
    [
        ("12", "7", True),
        ("A-17", "B-9", True),
        ("A-17", "17", False),
        ("AB17", "A17", False),
        ("", "17", False),
        ("17", "", False),
        ("x 17", "17", True),
        ("0b5c6a9e", "1", False),
    ],
)
def test_values_that_are_written_otherwise_speak_against_it_and_none_for_it(here: str, there: str, alike: bool) -> None:
    tables = [table("customers", "id", id=there), table("orders", "number", number="8", customer_id=here)]
    assert bool(guessed(*tables)) is alike
    # in any case it is asked about
    assert [(column.name, other.place) for column, other in called_like_keys(tables[1], tables)] == [
        ("customer_id", "customers")
    ]


def test_of_two_tables_that_it_could_be_neither_is_taken() -> None:
    orders = table("orders", "number", number="8", customer_id="1")
    assert guessed(CUSTOMERS, table("customer", "id", id="1"), orders) == []


def test_a_link_of_the_source_itself_is_kept_alone() -> None:
    link = Link(column="customer_id", table="people", to="id")
    orders = ScannedTable(place="orders", columns=(Column(name="customer_id", samples=("1",)),), links=(link,))
    assert with_guessed_links([CUSTOMERS, orders])[1].links == (link,)
