"""Says what is wrong in a source file, in sentences that name the file, the table and the setting.

What counts as wrong is decided in ``schema`` and ``settings``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dsar.errors import did_you_mean
from dsar.formats.plain import printable, shorten

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

_SAYS = {
    "missing": "is missing.",
    "string_type": 'must be words in quotation marks ("...").',
    "string_too_short": "must not be empty.",
    "string_too_long": "is too long.",
    "bool_type": "must be true or false, without quotation marks.",
    "int_type": "must be a whole number.",
    "greater_than_equal": "is too small.",
    "less_than_equal": "is too large.",
    "date_type": "must be a date without quotation marks, such as 2026-11-21.",
    "tuple_type": "must be a list ([...]).",
    "dict_type": "must be a table ({ ... }).",
    "model_type": "must be a table.",
    "too_short": "needs at least one entry.",
    "too_long": "has too many entries.",
}
_PATTERNS = {
    "country": 'must be two capital letters, such as "US" or "DE".',
    "name": "must be made of small letters, digits, - and _.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: the file, where in it, and a sentence."""

    file: str
    where: str
    says: str

    def __str__(self) -> str:
        return f"{self.file}{' ' if self.where else ''}{self.where}: {self.says}"


def told(faults: Sequence[Fault]) -> str:
    """All faults as one message, one a line."""
    files = len({fault.file for fault in faults})
    count = f"{len(faults)} fault{'s' * (len(faults) > 1)} in {files} source file{'s' * (files > 1)}"
    return "\n".join([f"{count}. Nothing was searched.", *(f"  {fault}" for fault in faults)])


def said(file: str, error: ValidationError, raw: Mapping[str, object], model: type[BaseModel]) -> Iterator[Fault]:
    """The faults pydantic found, in our words and without the values it found them in."""
    for one in error.errors(include_url=False, include_input=False):
        path = one["loc"]
        if one["type"] == "too_short" and _at(path, raw):
            # the entries are there; their own faults are told
            continue
        if one["type"] == "value_error" and not one["msg"].removeprefix("Value error, ").startswith("one of|"):
            says = one["msg"].removeprefix("Value error, ")
            yield Fault(file=file, where=_where(path, raw), says=says)
            continue
        # an index points into a list that is itself the setting; a key of an inner table follows its table
        place = len(path) - 1 if path and isinstance(path[-1], str) else max(0, len(path) - 2)
        key = str(path[place]) if path else ""
        says = _sentence(one["type"], one["msg"], key, path, model)
        yield Fault(file=file, where=_where(path[:place], raw), says=says)


def _at(path: Sequence[int | str], raw: object) -> object:
    """What stands in the file at a path; None if there is nothing."""
    for step in path:
        if isinstance(raw, Mapping):
            raw = raw.get(str(step))
        else:
            raw = raw[step] if isinstance(raw, list) and isinstance(step, int) and step < len(raw) else None
    return raw


def _sentence(kind: str, message: str, key: str, path: tuple[int | str, ...], model: type[BaseModel]) -> str:
    name = shorten(printable(key), 60)
    if kind == "extra_forbidden":
        return f'there is no setting "{name}".{did_you_mean(key, _settings_of(path, model))}'
    if kind == "value_error":
        _, *words = message.removeprefix("Value error, ").split("|")
        *known, typed = words
        return f'"{name}" must be one of {", ".join(known)}.{did_you_mean(typed, known)}'
    if kind == "string_pattern_mismatch":
        return f'"{name}" {_PATTERNS.get(key, "is not written as it should be.")}'
    return f'"{name}" {_SAYS.get(kind, "is not written as it should be.")}'


def _settings_of(path: tuple[int | str, ...], model: type[BaseModel]) -> list[str]:
    """The settings the table at the end of the path may have."""
    for step in path[:-1]:
        if isinstance(step, str) and step in model.model_fields:
            model = _inner(model.model_fields[step].annotation) or model
    return sorted(model.model_fields)


def _inner(annotation: object) -> type[BaseModel] | None:
    if hasattr(annotation, "model_fields"):
        return annotation  # type: ignore[return-value]
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _inner(part))), None)


def _where(path: Sequence[int | str], raw: Mapping[str, object]) -> str:
    """The place as a person would say it: ``record_set "seats", field "email"``."""
    parts: list[str] = []
    for depth, step in enumerate(path, start=1):
        if isinstance(step, str):
            parts.append(printable(step))
            continue
        entry = _at(path[:depth], raw)
        name = entry.get("name") if isinstance(entry, Mapping) else None
        label = f'"{shorten(printable(name), 60)}"' if isinstance(name, str) and name else f"number {step + 1}"
        parts[-1:] = [f"{parts[-1]} {label}"] if parts else [label]
    return ", ".join(parts)
