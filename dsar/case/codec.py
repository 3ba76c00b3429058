"""Facts to and from plain JSON values, by their declared types.

The canonical text made here is what the ledger hashes; it must never change for a fact already kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from enum import StrEnum
from itertools import repeat
from json.encoder import encode_basestring as _quoted
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from dsar.case.facts import FACTS, Fact
from dsar.errors import StoreDamaged


def to_text(fact: Fact) -> str:
    """The fact's fields as canonical JSON: sorted keys, no blanks, UTF-8, defaults included."""
    body = {field.name: _plain(getattr(fact, field.name)) for field in fields(fact)}
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def written(fact: Fact) -> str:
    """The same text, for a fact that is to be kept; ValueError if it would be read as another one."""
    writer = _WRITERS.get(type(fact))
    try:
        if writer is not None:
            return writer(fact)
    except _Unlike:
        pass
    text = to_text(fact)
    try:
        again = from_text(type(fact).__name__, text)
    except StoreDamaged as fault:
        raise ValueError("a fact holds a value of another type than it says") from fault
    if again != fact:
        raise ValueError("a fact does not survive being written down")
    return text


def from_text(kind: str, text: str) -> Fact:
    """The fact of this kind; raises StoreDamaged for a kind or body this version does not know."""
    cls = FACTS.get(kind)
    if cls is None:
        raise StoreDamaged(
            f'The store holds a fact "{kind}" that this dsar does not know. Nothing was changed.',
            hint="Ask IT to update dsar on this computer.",
        )
    try:
        body = json.loads(text)
        if not isinstance(body, dict):
            raise TypeError("the body of a fact is an object")
        hints = _HINTS[kind]
        return cls(**{name: _typed(hints[name], value) for name, value in body.items()})
    except (KeyError, TypeError, ValueError, RecursionError) as fault:
        raise StoreDamaged(
            f'The store holds a fact "{kind}" that cannot be read, so I stopped; the file is untouched.',
            hint="Look: dsar audit check",
        ) from fault


_HINTS: dict[str, dict[str, Any]] = {name: get_type_hints(cls) for name, cls in FACTS.items()}


def _plain(value: Any) -> Any:
    match value:
        case StrEnum():
            return value.value
        case date():
            return value.isoformat()
        case tuple() | list():
            return [_plain(item) for item in value]
        case _:
            return value


class _Unlike(Exception):
    """A value is not exactly of the type its field declares, so only reading it again can tell whether it survives."""


def _writer(cls: type[Fact]) -> Callable[[Fact], str] | None:
    """Writes facts of one class whose values are exactly of their declared types: those are read as they were."""
    hints = _HINTS[cls.__name__]
    names = sorted(field.name for field in fields(cls))
    values = [_value_writer(hints[name]) for name in names]
    if not all(values):
        return None
    parts = [(f"{_quoted(name)}:", name, value) for name, value in zip(names, values, strict=True) if value]

    def write(fact: Fact) -> str:
        return "{" + ",".join([title + value(getattr(fact, name)) for title, name, value in parts]) + "}"

    return write


def _value_writer(hint: Any) -> Callable[[Any], str] | None:
    if get_origin(hint) in (Union, UnionType):
        arms = [arm for arm in get_args(hint) if arm is not type(None)]
        inner = _value_writer(arms[0]) if len(arms) == 1 else None
        return (lambda value: "null" if value is None else inner(value)) if inner else None
    if get_origin(hint) is tuple:
        return _tuple_writer(get_args(hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _exactly(hint, {member: _quoted(member.value) for member in hint}.__getitem__)
    return _exactly(hint, _SIMPLE[hint]) if hint in _SIMPLE else None


def _tuple_writer(arms: tuple[Any, ...]) -> Callable[[Any], str] | None:
    endless = len(arms) == 2 and arms[1] is Ellipsis
    inner = [_value_writer(arm) for arm in (arms[:1] if endless else arms)]
    writers = [writer for writer in inner if writer]
    if len(writers) < len(inner):
        return None

    def write(value: tuple[Any, ...]) -> str:
        if not endless and len(value) != len(writers):
            raise _Unlike
        each = repeat(writers[0]) if endless else writers
        return "[" + ",".join([writer(item) for writer, item in zip(each, value, strict=False)]) + "]"

    return _exactly(tuple, write)


def _exactly(kind: type, write: Callable[[Any], str]) -> Callable[[Any], str]:
    def checked(value: Any) -> str:
        if type(value) is not kind:
            raise _Unlike
        return write(value)

    return checked


_SIMPLE: dict[Any, Callable[[Any], str]] = {
    str: _quoted,
    int: repr,
    bool: lambda value: "true" if value else "false",
    date: lambda value: f'"{value.isoformat()}"',
}
_WRITERS = {cls: _writer(cls) for cls in FACTS.values()}


def _typed(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        if value is None:
            return None
        return _typed(next(arm for arm in get_args(hint) if arm is not type(None)), value)
    if origin is tuple:
        arms = get_args(hint)
        if len(arms) == 2 and arms[1] is Ellipsis:
            return tuple(_typed(arms[0], item) for item in value)
        return tuple(_typed(arm, item) for arm, item in zip(arms, value, strict=True))
    if hint is date:
        return date.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise TypeError(f"{value!r} is not {hint}")
    return value
