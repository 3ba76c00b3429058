"""Reads datasets written for Fides into what a scan knows of tables, and tells whatever has no place here.

Fides is a privacy platform whose dataset files name collections, fields, identities, references and categories.
What is proposed of them is ``scan_proposing``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dsar.errors import InputWrong
from dsar.formats.plain import printable, shorten
from dsar.sources.scan_looks import words_of
from dsar.sources.scan_tables import Column, Link, Look, ScannedTable
from dsar.sources.scan_yaml import Value, read_yaml

_IDENTITIES = {
    "email": "email", "phone_number": "phone", "phone": "phone", "external_id": "customer_no",
    "fides_user_device_id": "device_id", "ga_client_id": "cookie", "ljt_readerID": "cookie",
}  # fmt: skip
# Any other identity is a number that an office made for its people.
_OWN_NUMBER = "customer_no"
# Where no field of a dataset is an identity, the categories that show what a person could be found by.
_HINTS = {"user.contact.email": "email", "user.contact.phone_number": "phone"}
# By category, the longest that fits: what the field is, its category here, and whether it never leaves.
_CATEGORIES: dict[str, Look] = {
    "user.contact.email": Look(category="contact"),
    "user.contact.phone_number": Look(category="contact"),
    "user.contact.address": Look(category="location"),
    "user.contact.address.street": Look(kind="address", category="contact"),
    "user.contact": Look(category="contact"),
    "user.name": Look(kind="name", category="contact"),
    "user.demographic.date_of_birth": Look(kind="birth_date", category="age"),
    "user.demographic": Look(category="demographic"),
    "user.device.ip_address": Look(kind="ip", category="network", sure=False),
    "user.device": Look(category="device"),
    "user.account.username": Look(kind="username", category="identifier"),
    "user.account": Look(category="account"),
    "user.unique_id": Look(category="identifier"),
    "user.behavior": Look(category="behaviour"),
    "user.content": Look(kind="text", category="content"),
    "user.location": Look(category="location"),
    "user.user_sensor": Look(category="sensor"),
    "user.sensor": Look(category="sensor"),
    "user.payment": Look(category="payment"),
    "user.financial": Look(category="payment"),
    "user.financial.account_number": Look(kind="secret", category="payment", never=True),
    "user.financial.credit_card": Look(kind="secret", category="payment", never=True),
    "user.authorization": Look(kind="secret", category="security", never=True),
    "user.account.settings": Look(category="preferences"),
    "user.government_id": Look(kind="secret", category="identifier", never=True),
    "user.biometric": Look(kind="secret", category="biometric", never=True),
    "user.health_and_medical": Look(category="health"),
    "user.workplace": Look(category="employment"),
    "system": Look(),
}
_MASKS = {
    "null_rewrite": "null",
    "string_rewrite": "mask",
    "hash": "mask",
    "hmac": "mask",
    "random_string_rewrite": "mask",
}
_PROSE = "user.content"
# What Fides calls fides_meta, and called fidesops_meta before; the newer counts.
_METAS = ("fidesops_meta", "fides_meta")
_TOP = {"fides_key", "name", "description", "collections"}
_COLLECTION = {"name", "description", "fields"}
_FIELD = {"name", "description", "data_categories", "fides_meta", "fidesops_meta", "fields"}
_META = {"primary_key", "identity", "references", "data_type", "length", "masking_strategy_override"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One dataset: its tables, and line by line what could not be carried over."""

    key: str
    title: str
    note: str
    tables: tuple[ScannedTable, ...]
    not_mapped: tuple[str, ...]


def read_datasets(text: str, *, columns: bool = False) -> list[Dataset]:
    """Every dataset of a Fides file; InputWrong where it is none.

    ``columns`` says that the records are rows of a database, where fields inside a field lie in its one column.
    """
    whole = read_yaml(text)
    found = whole.get("dataset") if isinstance(whole, dict) else None
    if not isinstance(found, list) or not found or not all(isinstance(one, dict) for one in found):
        raise InputWrong('This is no dataset file of Fides: it holds no list called "dataset". Nothing was read.')
    keys = [_text(one, "fides_key") for one in found if isinstance(one, dict)]
    if not all(keys) or len(set(keys)) < len(keys):
        raise InputWrong('Every dataset needs a "fides_key" of its own. Nothing was read.')
    whole_ones = [one for one in found if isinstance(one, dict)]
    return [_Reading(key, one, columns).dataset() for key, one in zip(keys, whole_ones, strict=True)]


class _Reading:
    """One dataset while it is read."""

    def __init__(self, key: str, whole: Mapping[str, Value], columns: bool) -> None:
        self.key = key
        self.whole = whole
        self.columns = columns
        self.told: list[str] = []
        self.hinted = not _identified(whole.get("collections"))

    def dataset(self) -> Dataset:
        self._unknown(self.key, self.whole, _TOP)
        collections = self.whole.get("collections")
        if not isinstance(collections, list) or not collections:
            raise InputWrong(f"The dataset {_shown(self.key)} has no collections. Nothing was read.")
        tables = tuple(self._table(one) for one in collections if isinstance(one, dict) and _text(one, "name"))
        if len(tables) < len(collections):
            self._tell(self.key, f"{len(collections) - len(tables)} collections without a name are left out")
        title = _text(self.whole, "name") or self.key
        note = _text(self.whole, "description")
        return Dataset(key=self.key, title=title, note=note, tables=tables, not_mapped=tuple(self.told))

    def _table(self, one: Mapping[str, Value]) -> ScannedTable:
        name = _text(one, "name")
        self._unknown(name, one, _COLLECTION)
        columns: list[Column] = []
        links: list[Link] = []
        key: list[str] = []
        for path, described in self._fields(name, one.get("fields"), ""):
            where = f"{name}.{path}"
            meta = _meta(described)
            self._unknown(where, described, _FIELD)
            self._unknown(where, meta, _META)
            if _true(meta.get("primary_key")):
                key.append(path)
            column = self._column(where, path, described, meta)
            columns.append(column)
            links += self._links(where, path, meta)
        if not columns:
            self._tell(name, "the collection has no fields")
        guess = _guessed(columns, links)
        if not key:
            self._tell(name, f"no primary key is named; taken are {', '.join(map(_shown, guess[:20]))}")
        return ScannedTable(
            place=name, columns=tuple(columns), key=tuple(key or guess[:20]), links=tuple(links), key_guessed=not key,
            note=_text(one, "description"),
        )  # fmt: skip

    def _fields(self, table: str, fields: Value | None, above: str) -> Iterator[tuple[str, Mapping[str, Value]]]:
        for one in fields if isinstance(fields, list) else ():
            if not isinstance(one, dict) or not _text(one, "name"):
                self._tell(f"{table}.{above}".rstrip("."), "a field without a name is left out")
                continue
            path = f"{above}.{_text(one, 'name')}".lstrip(".")
            inner = one.get("fields")
            if inner and self.columns:
                self._tell(f"{table}.{path}", "its inner fields lie in one column, which is searched as prose")
                yield path, {**one, "fields": "", "data_categories": [_PROSE]}
            elif inner:
                self._tell(
                    f"{table}.{path}", "its inner fields are named with dots, which only JSON sources can follow"
                )
                yield from self._fields(table, inner, path)
            else:
                yield path, one

    def _column(self, where: str, path: str, described: Mapping[str, Value], meta: Mapping[str, Value]) -> Column:
        declared = _text(meta, "data_type")
        if declared.endswith("[]") or declared in ("object", "object_id"):
            self._tell(where, f"the type {_shown(declared)} is kept as text")
        if length := _text(meta, "length"):
            declared = f"{declared or 'string'}({length})"
        return Column(
            name=path,
            declared=declared,
            look=self._look(where, described, meta),
            meaning=_text(described, "description") or " ".join(words_of(path)).capitalize(),
            on_delete=self._masking(where, meta),
        )

    def _look(self, where: str, described: Mapping[str, Value], meta: Mapping[str, Value]) -> Look:
        categories = described.get("data_categories")
        listed = categories if isinstance(categories, list) else [categories or ""]
        named = [one for one in listed if isinstance(one, str) and one]
        looks = [self._category(where, one) for one in named]
        look = next((one for one in looks if one.never), next((one for one in looks if one.kind), None))
        look = look or next((one for one in looks if one.category), Look())
        why = f"its category {named[0]}" if named else ""
        if identity := _text(meta, "identity"):
            kind = _IDENTITIES.get(identity, "")
            if kind:
                category = look.category or ("contact" if kind in ("email", "phone") else "identifier")
                return Look(kind=kind, category=category, why=f"its identity {identity}")
            self._tell(
                where, f"the identity {_shown(identity)} has no kind of its own here: taken for a customer number"
            )
            return Look(kind=_OWN_NUMBER, category="identifier", why=f"its identity {_shown(identity)}", sure=False)
        if hint := next((one for one in named if self.hinted and one in _HINTS), ""):
            return Look(kind=_HINTS[hint], category="contact", why=f"its category {hint}", sure=False)
        return Look(
            kind=look.kind, category=look.category, why=why if look.kind else "", never=look.never, sure=look.sure
        )

    def _category(self, where: str, category: str) -> Look:
        parts = category.split(".")
        for length in range(len(parts), 0, -1):
            if (look := _CATEGORIES.get(".".join(parts[:length]))) is not None:
                return look
        if category != "user":
            self._tell(where, f"the category {_shown(category)} has none here")
        return Look()

    def _masking(self, where: str, meta: Mapping[str, Value]) -> str:
        override = meta.get("masking_strategy_override")
        if not override:
            return ""
        strategy = _text(override, "strategy") if isinstance(override, dict) else ""
        if strategy not in _MASKS:
            self._tell(where, f"the masking {_shown(strategy)} has no like here: say on_delete by hand")
        elif isinstance(override, dict) and override.get("configuration"):
            self._tell(where, f"how {strategy} is to mask is not carried over")
        return _MASKS.get(strategy, "")

    def _links(self, where: str, path: str, meta: Mapping[str, Value]) -> Iterator[Link]:
        references = meta.get("references")
        for one in references if isinstance(references, list) else ():
            table, _, column = _text(one, "field").partition(".") if isinstance(one, dict) else ("", "", "")
            if not isinstance(one, dict) or not column:
                self._tell(where, "a reference that names no field of a collection is left out")
                continue
            source = _text(one, "dataset")
            direction = _text(one, "direction")
            if direction not in ("", "from", "to"):
                self._tell(where, f"the direction {_shown(direction)} is not known")
                direction = ""
            self._unknown(where, one, {"dataset", "field", "direction"})
            yield Link(
                column=path, table=table, to=column, source="" if source == self.key else source, direction=direction
            )

    def _unknown(self, where: str, found: Mapping[str, Value], known: set[str]) -> None:
        for name in found:
            if name in _METAS and known is not _FIELD:
                for inner in _meta(found):
                    self._tell(where, f"{name}.{_shown(inner)} is not carried over")
                continue
            misshapen = name in _METAS and not isinstance(found[name], dict)
            if found[name] and (name not in known or misshapen):
                self._tell(where, f"{_shown(name)} is not carried over")

    def _tell(self, where: str, says: str) -> None:
        line = f"{_shown(where)}: {says}"
        if line not in self.told:
            self.told.append(line)


def _identified(found: Value | None) -> bool:
    """Whether any field, however deep, is said to be an identity."""
    if isinstance(found, list):
        return any(map(_identified, found))
    return isinstance(found, dict) and (bool(_text(_meta(found), "identity")) or _identified(found.get("fields")))


def _guessed(columns: Sequence[Column], links: Sequence[Link]) -> list[str]:
    """What tells records without a key apart: their id, else what they are found by and lead to, else everything."""
    if own := [one.name for one in columns if one.name.casefold() in ("id", "_id", "uuid")]:
        return own[:1]
    led = [link.column for link in links]
    found = [one.name for one in columns if one.name in led or (one.look and one.look.kind)]
    return found or [one.name for one in columns]


def _meta(found: Mapping[str, Value]) -> dict[str, Value]:
    """What is said for Fides itself."""
    metas = [found.get(name) for name in _METAS]
    return {name: value for meta in metas if isinstance(meta, dict) for name, value in meta.items()}


def _text(found: Mapping[str, Value], name: str) -> str:
    value = found.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _true(value: Value | None) -> bool:
    return isinstance(value, str) and value.casefold() in ("true", "yes", "on")


def _shown(text: str) -> str:
    return shorten(printable(text), 80)
