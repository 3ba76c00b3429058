"""The shape of a source file, as pydantic checks it: which settings there are and what each may hold.

Turning faults into sentences and files into settings is left to ``settings``.
"""

from __future__ import annotations

import os
from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator, model_validator

from dsar.case.identifiers import SEARCHABLE, Holder
from dsar.case.records import DataRole, Disclose, Normal, OnDelete

# Nobody else's package looks on while settings are read; nor is the whole machine searched for one.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

# What a field may identify; only the searchable kinds are ever searched by.
IDENTIFIES = frozenset({*SEARCHABLE, "name", "child", "address", "birth_date"})
# What of an e-mail address may make no difference, where the system behind it says so.
IGNORED = ("dots", "plus")
ORIGINS = ("provided", "observed", "inferred")


def _as_text(value: object) -> object:
    """A number or true/false in a condition is compared as the text a source would give."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


Text = Annotated[str, StringConstraints(max_length=2_000)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
Column = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Scalar = Annotated[str, BeforeValidator(_as_text)]
Country = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")]
Conditions = tuple[dict[Column, Scalar], ...]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @field_validator("*", mode="before")
    @classmethod
    def _toml(cls, value: object) -> object:
        """TOML has lists where the settings have tuples."""
        return tuple(value) if isinstance(value, list) else value


def _word(kind: type[Holder] | type[DataRole] | type[Disclose] | type[OnDelete]) -> BeforeValidator:
    """Reads one word of a closed list, strictly."""

    def read(value: object) -> object:
        if isinstance(value, str) and value in list(kind):
            return kind(value)
        raise ValueError(f"one of|{'|'.join(kind)}|{value if isinstance(value, str) else ''}")

    return BeforeValidator(read)


def _emits(value: object) -> object:
    """Whether what is found leads on: true, false, or only where a person says yes."""
    if isinstance(value, bool) or value == "ask":
        return value
    raise ValueError(f"one of|true|false|ask|{value if isinstance(value, str) else ''}")


def _normal(value: object) -> Normal:
    """What is promised of the form of a value: true, false, or that numbers are E.164 with their plus."""
    if isinstance(value, bool):
        return Normal.YES if value else Normal.NO
    if value == Normal.E164:
        return Normal.E164
    raise ValueError(f"one of|true|false|{Normal.E164}|{value if isinstance(value, str) else ''}")


class SourceTable(_Table):
    """``[source]``"""

    kind: Words
    title: Words
    owner: Words
    path: Text = ""
    country: Country = ""
    ask: Text = ""
    answer_days: Annotated[int, Field(ge=1, le=365)] | None = None
    encoding: Text = ""
    delimiter: Annotated[str, StringConstraints(max_length=1)] = ""
    timeout_seconds: Annotated[int, Field(ge=1, le=86_400)] | None = None
    read_only: bool = False
    options: dict[Words, Scalar] = {}


class RoleTable(_Table):
    """``[[record_set.role]]``"""

    role: Annotated[DataRole, _word(DataRole)]
    purpose: Words
    since: date | None = None
    until: date | None = None
    customer: Text = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError('"until" is before "since".')
        return self


class FieldTable(_Table):
    """``[[record_set.field]]``"""

    name: Column
    meaning: Words
    category: Text = ""
    origin: Text = "provided"
    identifies: Text = ""
    match: bool = False
    emits: Annotated[bool | str, BeforeValidator(_emits)] = False
    fan_out: Annotated[int, Field(ge=1, le=10_000)] | None = None
    holder: Annotated[Holder, _word(Holder)] | None = None
    since: Text = ""
    until: Text = ""
    text: bool = False
    ignores: tuple[str, ...] = ()
    normal: Annotated[Normal, BeforeValidator(_normal)] = Normal.NO
    disclose: Annotated[Disclose, _word(Disclose)] = Disclose.YES
    show_when: Conditions = ()
    hide_when: Conditions = ()
    correctable: bool = False
    codes: dict[str, Text] = {}
    on_delete: Annotated[OnDelete, _word(OnDelete)] | None = None

    @field_validator("identifies", "origin")
    @classmethod
    def _known(cls, value: str, info: object) -> str:
        origin = getattr(info, "field_name", "") == "origin"
        words = ORIGINS if origin else ("", *sorted(IDENTIFIES))
        if value not in words and (origin or value not in SEARCHABLE):
            raise ValueError(f"one of|{'|'.join(word for word in words if word)}|{value}")
        return value

    @field_validator("ignores")
    @classmethod
    def _parts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [part for part in value if part not in IGNORED]:
            raise ValueError(f"one of|{'|'.join(IGNORED)}|{wrong[0]}")
        return value

    @model_validator(mode="after")
    def _sound(self) -> Self:
        for word, on in (("match", self.match), ("emits", bool(self.emits)), ("normal", self.normal)):
            if on and not self.identifies:
                raise ValueError(f'"{word}" is true, but "identifies" does not say what kind of identifier this is.')
            if on and self.identifies not in SEARCHABLE:
                raise ValueError(f'"{word}" is true, but {self.identifies} alone is never enough to search by.')
        if self.normal is Normal.E164 and self.identifies != "phone":
            raise ValueError('"normal" is "e164", which is a form of telephone numbers; for other kinds: true.')
        if self.ignores and (not self.identifies.endswith("email") or self.normal):
            raise ValueError('"ignores" is for e-mail addresses that are not kept in their normal form ("normal").')
        if self.fan_out and not self.emits:
            raise ValueError('"fan_out" is set, but the field does not "emit" anything to follow.')
        if self.on_delete is OnDelete.ROW:
            raise ValueError('"on_delete" of a field is null, mask, cut or keep; "row" belongs to the record set.')
        return self


class MarkTable(_Table):
    """``[record_set.suppress]`` and ``[record_set.restrict]``: what is written where the mark is set."""

    set: Annotated[dict[Column, Scalar], Field(min_length=1, max_length=20)]


class StopTable(MarkTable):
    """``[[record_set.stop]]``"""

    purpose: Words


class RecordSetTable(_Table):
    """``[[record_set]]``"""

    name: Name
    title: Words
    place: Text = ""
    key: Annotated[tuple[Column, ...], Field(max_length=20)] = ()
    time: Text = ""
    holder: Annotated[Holder, _word(Holder)] = Holder.PERSON
    category: Text = ""
    basis: Text = ""
    retention: Text = ""
    recipients: tuple[Words, ...] = ()
    obtained_from: Text = ""
    automated_decisions: Text = ""
    transfers: Text = ""
    secret: bool = False
    omit_when: Conditions = ()
    on_delete: Annotated[OnDelete, _word(OnDelete)] = OnDelete.ROW
    keep_ground: Text = ""
    keep_until: Text = ""
    suppress: MarkTable | None = None
    restrict: MarkTable | None = None
    stop: tuple[StopTable, ...] = ()
    options: dict[Words, Scalar] = {}
    role: Annotated[tuple[RoleTable, ...], Field(min_length=1)]
    field: Annotated[tuple[FieldTable, ...], Field(min_length=1, max_length=2_000)]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        names = [field.name for field in self.field]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f'the field "{twice[0]}" is described twice.')
        for mark in (self.suppress, self.restrict, *self.stop):
            for column in mark.set if mark else ():
                if column not in names or column in self.key:
                    raise ValueError(f'"set" names "{column}", which is no field described here, or is the key.')
        if self.on_delete is OnDelete.KEEP and not self.keep_ground:
            raise ValueError('"on_delete" is keep, so "keep_ground" must say on what ground.')
        return self


class SourceFile(_Table):
    """A whole source file."""

    source: SourceTable
    record_set: Annotated[tuple[RecordSetTable, ...], Field(min_length=1, max_length=500)]
