"""Reads YAML that others wrote as plain text, lists and mappings, within limits; no tag or type in it has any effect.

Every scalar stays the text it is. What the words mean is for whoever reads them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dsar.errors import InputWrong

MAX_DEPTH = 40
# An alias counts as many times as what it repeats: a file of a few lines can stand for billions of values.
MAX_VALUES = 200_000

Value = str | list["Value"] | dict[str, "Value"]


def read_yaml(text: str) -> Value:
    """The one document of a text; InputWrong where it is none, is too large or too deep, or needs a part.

    Raises InputWrong too for a key that is no text, or that stands twice.
    """
    try:
        import yaml
    except ImportError:
        raise InputWrong(
            "Reading YAML needs a part that is not installed. Nothing was read.",
            hint='Install it: pipx install --force "dsar-cli[fides]"',
        ) from None
    try:
        events = yaml.parse(text, Loader=yaml.SafeLoader)
        return _Builder(yaml, iter(events)).document()
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # the parser also lets numbers of no character through to Python
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark else ""
        raise InputWrong(f"This is not YAML{where}. Nothing was read.") from error


class _Builder:
    """Makes values of events, counting them."""

    def __init__(self, yaml: Any, events: Iterator[Any]) -> None:
        self._yaml = yaml
        self._events = events
        self._count = 0
        # what an anchor stands for, and how many values that is
        self._anchors: dict[str, tuple[Value, int]] = {}

    def document(self) -> Value:
        """The first document; a second one is refused."""
        found: Value = ""
        begun = False
        for event in self._events:
            if isinstance(event, self._yaml.DocumentStartEvent):
                if begun:
                    raise InputWrong("The file holds several YAML documents. Nothing was read.")
                begun = True
                found = self._value(next(self._events), 0)
        return found

    def _value(self, event: Any, depth: int) -> Value:
        if depth > MAX_DEPTH:
            raise InputWrong(f"The YAML lies deeper than {MAX_DEPTH} levels. Nothing was read.")
        if isinstance(event, self._yaml.AliasEvent):
            # an anchor is known once its value is whole, so none can hold itself
            if event.anchor not in self._anchors:
                raise InputWrong("The YAML refers to itself. Nothing was read.")
            value, size = self._anchors[event.anchor]
            self._add(size)
            return value
        before = self._count
        self._add(1)
        value = self._made(event, depth)
        if event.anchor:
            self._anchors[event.anchor] = (value, self._count - before)
        return value

    def _made(self, event: Any, depth: int) -> Value:
        if isinstance(event, self._yaml.SequenceStartEvent):
            values: list[Value] = []
            while not isinstance(one := next(self._events), self._yaml.SequenceEndEvent):
                values.append(self._value(one, depth + 1))
            return values
        if isinstance(event, self._yaml.MappingStartEvent):
            return self._mapping(depth)
        # an empty place and the words for it are no text
        return "" if not event.style and event.value in ("~", "null", "Null", "NULL") else str(event.value)

    def _mapping(self, depth: int) -> Value:
        found: dict[str, Value] = {}
        while not isinstance(one := next(self._events), self._yaml.MappingEndEvent):
            key = self._value(one, depth + 1)
            if not isinstance(key, str):
                raise InputWrong(f"A key in the YAML is no text (line {one.start_mark.line + 1}). Nothing was read.")
            if key in found:
                raise InputWrong(f"A key stands twice in the YAML (line {one.start_mark.line + 1}). Nothing was read.")
            found[key] = self._value(next(self._events), depth + 1)
        return found

    def _add(self, size: int) -> None:
        self._count += size
        if self._count > MAX_VALUES:
            raise InputWrong(f"The YAML stands for more than {MAX_VALUES:,} values. Nothing was read.")
