"""Takes apart lines that hold JSON objects written alike: names in one order, perhaps not all, and plain values.

It says of such a line what ``json_rows`` says, in less time; of every other it says nothing, and that has to be asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from operator import itemgetter

_BLANKS = r"[ \t\r\n]*"
_PLAIN_NAME = re.compile(r"[ !#-\[\]-~]*")
# Texts without escapes, and numbers in the digits in which they are told.
_TEXT = r'"([^"\\\x00-\x1f]*)"'
_NUMBER = r"((?:0|-?[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?)"
_TRUTH = "(true|false)"


class Alike:
    """Objects with these names, each with one kind of value or null; ``columns`` are the same in the order of a row."""

    def __init__(self, values: Mapping[str, str], columns: Sequence[str]) -> None:
        told = [f'"{re.escape(name)}"{_BLANKS}:{_BLANKS}(?:{kind}|null){_BLANKS}' for name, kind in values.items()]
        follows = rf',{_BLANKS}(?=")|(?=\}})'
        # what is there is never tried as if it were not: that could take long
        some = "".join(f"(?:{one}(?:{follows}))?+" for one in told)
        self._patterns = [_object(f",{_BLANKS}".join(told)), _object(some)]
        order = list(values)
        self._sorted = itemgetter(*map(order.index, columns)) if order != list(columns) else None

    def cells(self, line: str) -> tuple[str, ...] | None:
        """What the object of a line in ASCII holds, one text for each column; None where it is not written so."""
        for pattern in self._patterns:
            if found := pattern.fullmatch(line):
                cells = found.groups("")
                return self._sorted(cells) if self._sorted else cells
        return None


def alike_to(columns: Sequence[str], objects: Sequence[Mapping[str, object]]) -> Alike | None:
    """What takes objects apart that are like these; None where their names or values are not plain."""
    kinds: dict[str, str] = {}
    for found in objects:
        for name, value in found.items():
            if value is not None and name not in kinds:
                kinds[name] = _kind_of(value)
    # the object with the most names tells in which order they stand
    order = dict.fromkeys([*max(objects, key=len, default={}), *columns])
    plain = all(kinds.values()) and all(map(_PLAIN_NAME.fullmatch, order))
    return Alike({name: kinds.get(name, _TEXT) for name in order}, columns) if plain else None


def _object(inside: str) -> re.Pattern[str]:
    return re.compile(rf"{_BLANKS}\{{{_BLANKS}{inside}\}}{_BLANKS}")


def _kind_of(value: object) -> str:
    match value:
        case str():
            return _TEXT
        case bool():
            return _TRUTH
        case int() | float():
            return _NUMBER
        case _:
            return ""
