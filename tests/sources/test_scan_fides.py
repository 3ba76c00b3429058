"""Datasets of Fides are read as tables; whatever has no place here is told, and nothing is guessed over it."""

from __future__ import annotations

import pytest

from dsar.errors import InputWrong
from dsar.sources.scan_fides import Dataset, read_datasets
from dsar.sources.scan_proposing import propose
from dsar.sources.scan_tables import Column, Link


def one(*fields: str, more: str = "", above: str = "") -> Dataset:
    lines = [
        "dataset:",
        "- fides_key: shop",
        *above.splitlines(),
        "  collections:",
        "  - name: people",
        *more.splitlines(),
        "    fields:",
        "    - {name: id, fides_meta: {primary_key: True}}",
        *(f"    - {field}" for field in fields),
    ]
    (found,) = read_datasets("\n".join(lines))
    return found


def column(dataset: Dataset, name: str) -> Column:
    found = dataset.tables[0].column(name)
    assert found
    return found


@pytest.mark.parametrize(
    ("identity", "kind"),
    [
        ("email", "email"),
        ("phone_number", "phone"),
        ("external_id", "customer_no"),
        ("fides_user_device_id", "device_id"),
    ],
)
def test_an_identity_is_what_a_field_identifies(identity: str, kind: str) -> None:
    found = one(f"{{name: x, fides_meta: {{identity: {identity}}}}}")
    look = column(found, "x").look
    assert look
    assert look.kind == kind
    assert found.not_mapped == ()
    assert propose("shop", found.tables).sets[0].fields[1].match


def test_an_identity_of_their_own_is_told() -> None:
    found = one("{name: x, fides_meta: {identity: loyalty_card}}")
    assert found.not_mapped == (
        "people.x: the identity loyalty_card has no kind of its own here: taken for a customer number",
    )
    field = propose("shop", found.tables).sets[0].fields[1]
    assert (field.identifies, field.match) == ("customer_no", True)
    assert "is this a customer number?" in field.asks


@pytest.mark.parametrize(
    ("category", "shows"),
    [
        ("user.name.first", ("name", "contact", False)),
        ("user.authorization.credentials", ("secret", "security", True)),
        ("user.financial.account_number", ("secret", "payment", True)),
        ("user.financial", ("", "payment", False)),
        ("user.content.private", ("text", "content", False)),
        ("user.biometric.fingerprint", ("secret", "biometric", True)),
        ("user.names", ("", "", False)),
        ("system.operations", ("", "", False)),
    ],
)
def test_a_category_is_matched_on_its_parts(category: str, shows: tuple[str, str, bool]) -> None:
    look = column(one(f"{{name: x, data_categories: [{category}]}}"), "x").look
    assert look
    assert (look.kind, look.category, look.never) == shows


def test_the_strictest_of_several_categories_counts() -> None:
    found = column(one("{name: x, data_categories: [user.name, user.authorization.password]}"), "x").look
    assert found
    assert found.never


def test_references_keep_their_direction_and_source() -> None:
    found = one(
        "{name: a, fides_meta: {references: [{dataset: shop, field: homes.id, direction: to}]}}",
        "{name: b, fidesops_meta: {references: [{dataset: crm, field: users.user.id, direction: from}]}}",
        "{name: c, fides_meta: {references: [{dataset: shop, field: homes.id}]}}",
    )
    assert found.tables[0].links == (
        Link(column="a", table="homes", to="id", direction="to"),
        Link(column="b", table="users", to="user.id", source="crm", direction="from"),
        Link(column="c", table="homes", to="id"),
    )


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("{name: x, fides_meta: {return_all_elements: true}}", "people.x: return_all_elements is not carried over"),
        ("{name: x, fides_meta: {data_type: 'string[]'}}", "people.x: the type string[] is kept as text"),
        ("{name: x, fides_meta: {references: [{field: homes}]}}", "people.x: a reference that names no field"),
        ("{name: x, fides_meta: {references: [{field: h.id, direction: up}]}}", "people.x: the direction up is not"),
        (
            "{name: x, fides_meta: {masking_strategy_override: {strategy: aes}}}",
            "people.x: the masking aes has no like",
        ),
        ("{name: x, data_categories: [user.mood]}", "people.x: the category user.mood has none here"),
        ("{name: x, colour: red}", "people.x: colour is not carried over"),
        ("{label: x}", "people: a field without a name is left out"),
        ("{name: x, fields: [{name: y}]}", "people.x: its inner fields are named with dots"),
    ],
)
def test_what_has_no_place_is_told(field: str, told: str) -> None:
    (line,) = one(field).not_mapped
    assert line.startswith(told)


def test_what_a_collection_or_dataset_says_beyond_is_told() -> None:
    found = one(more="    fides_meta: {after: [a.b], erase_after: [c.d]}", above="  fides_meta: {namespace: {x: y}}")
    assert found.not_mapped == (
        "shop: fides_meta.namespace is not carried over",
        "people: fides_meta.after is not carried over",
        "people: fides_meta.erase_after is not carried over",
    )


@pytest.mark.parametrize(
    ("strategy", "on_delete"), [("null_rewrite", "null"), ("hash", "mask"), ("string_rewrite", "mask")]
)
def test_masking_is_what_deletion_does(strategy: str, on_delete: str) -> None:
    found = one(f"{{name: x, fides_meta: {{masking_strategy_override: {{strategy: {strategy}}}}}}}")
    assert column(found, "x").on_delete == on_delete


def test_inner_fields_are_named_with_dots() -> None:
    found = one("{name: user, fields: [{name: contact, fields: [{name: mail, fides_meta: {identity: email}}]}]}")
    assert column(found, "user.contact.mail").look


def test_without_a_key_what_it_is_found_by_tells_records_apart() -> None:
    text = "dataset:\n- fides_key: s\n  collections:\n  - name: visit\n    fields:\n    - {name: n}\n"
    (found,) = read_datasets(text + "    - {name: email, fides_meta: {identity: email}}\n")
    assert found.tables[0].key == ("email",)
    assert found.tables[0].key_guessed
    assert found.not_mapped == ("visit: no primary key is named; taken are email",)


@pytest.mark.parametrize(
    "text",
    [
        "", "a: b", "[]", "dataset: x", "dataset: []", "dataset: [x]", "dataset: [{name: x}]",
        "dataset: [{fides_key: a, collections: []}]", "dataset: [{fides_key: a}, {fides_key: a}]",
    ],
)  # fmt: skip
def test_what_is_no_dataset_is_refused(text: str) -> None:
    with pytest.raises(InputWrong, match="Nothing was read"):
        read_datasets(text)


def test_odd_shapes_do_not_stop_it() -> None:
    fields = "[{name: x, fides_meta: [1], data_categories: user.name}]"
    (found,) = read_datasets(f"dataset: [{{fides_key: a, collections: [{{name: t, fields: {fields}}}, z]}}]")
    assert [one.place for one in found.tables] == ["t"]
    look = column(found, "x").look
    assert look
    assert look.kind == "name"
    assert "a: 1 collections without a name are left out" in found.not_mapped
    assert "t.x: fides_meta is not carried over" in found.not_mapped


def test_categories_of_a_whole_collection_are_told() -> None:
    assert one(more="    data_categories: [user.contact]").not_mapped == (
        "people: data_categories is not carried over",
    )
