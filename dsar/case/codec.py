"""Facts to and from plain JSON values, by their declared types.

The canonical text made here is what the ledger hashes; it must never change for a fact already kept.
"""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from enum import StrEnum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from dsar.case.facts import FACTS, Fact
from dsar.errors import StoreDamaged


def to_text(fact: Fact) -> str:
    """The fact's fields as canonical JSON: sorted keys, no blanks, UTF-8, defaults included."""
    body = {field.name: _plain(getattr(fact, field.name)) for field in fields(fact)}
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


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
