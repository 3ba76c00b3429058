"""Writes new values into the text of one CSV row or one JSON object, leaving the rest of it as it was.

Which rows, and whether they may be changed at all, is for ``writing_files``.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence

from dsar.sources.writing_checks import Unwritable

_SPACE = re.compile(r"[ \t\r\n]*")
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_DECODER = json.JSONDecoder()
_SHORT = "The row has fewer columns than the heading, so the value has no place"
_UNSURE = "The row could not be rewritten for certain"


def csv_changed(text: str, after: Mapping[str, str | None], columns: Sequence[str], delimiter: str) -> str:
    """A CSV row with new values, its other columns and its line end byte for byte as they were."""
    spans = list(_fields(text, delimiter))
    cells = _cells(text, delimiter)
    for name, value in after.items():
        place = columns.index(name) if name in columns else len(spans)
        if place >= len(spans):
            raise Unwritable(_SHORT)
        cells[place] = value or ""
    made = text
    for place, (start, end) in reversed(list(enumerate(spans))):
        if columns[place : place + 1] and columns[place] in after:
            quoted = text[start:end].startswith('"') or len(spans) == 1
            made = made[:start] + _quoted(cells[place], delimiter, always=quoted) + made[end:]
    if _cells(made, delimiter) != cells:
        raise Unwritable(_UNSURE)
    return made


def _cells(text: str, delimiter: str) -> list[str]:
    # only \n parts the lines of a row; other signs that end lines elsewhere are part of a cell
    return next(csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter, strict=True))


def _fields(text: str, delimiter: str) -> Iterator[tuple[int, int]]:
    """Where each cell stands, quotation marks included."""
    at = 0
    while True:
        start = at
        if text[at : at + 1] == '"':
            at += 1
            while text[at : at + 1] != '"' or text[at + 1 : at + 2] == '"':
                if at >= len(text):
                    raise Unwritable(_UNSURE)
                at += 2 if text[at] == '"' else 1
            at += 1
        while at < len(text) and text[at] not in (delimiter, "\r", "\n"):
            at += 1
        yield start, at
        if text[at : at + 1] != delimiter:
            return
        at += 1


def _quoted(value: str, delimiter: str, *, always: bool) -> str:
    if always or any(sign in value for sign in (delimiter, '"', "\r", "\n")):
        return '"' + value.replace('"', '""') + '"'
    return value


def json_changed(text: str, after: Mapping[str, str | None]) -> str:
    """A JSON object with new values, everything else in it as it was written.

    A name with dots leads into objects inside. A value keeps its JSON type where the new one allows it; what is
    emptied becomes null.
    """
    try:
        for name, value in after.items():
            text = _set(text, name, value)
        json.loads(text)
    except (ValueError, IndexError, RecursionError) as error:
        raise Unwritable(_UNSURE) from error
    return text


def _set(text: str, name: str, value: str | None) -> str:
    opens = text.index("{")
    path = (name,) if name in json.loads(text) else tuple(name.split("."))
    spans = list(_values(text, opens, path))
    if not spans:
        if value is None:
            return text
        if len(path) > 1:
            raise Unwritable("The object the value belongs in is not there")
        closes = text.rindex("}")
        comma = ", " if text[opens + 1 : closes].strip() else ""
        new = f"{json.dumps(name, ensure_ascii=text.isascii())}: {json.dumps(value, ensure_ascii=text.isascii())}"
        body = text[:closes].rstrip()
        return body + comma + new + text[len(body) :]
    # an object that names the same key twice is changed in both places
    for start, end in reversed(spans):
        text = text[:start] + _typed(text[start:end], value, ascii_only=text.isascii()) + text[end:]
    return text


def _values(text: str, opens: int, path: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where the values of a key stand in the object that opens there."""
    at = _after_space(text, opens + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        start = _after_space(text, _after_space(text, at) + 1)
        _, end = _DECODER.raw_decode(text, start)
        if key == path[0]:
            if len(path) == 1:
                yield start, end
            elif text[start] == "{":
                yield from _values(text, start, path[1:])
        at = _after_space(text, end)
        if text[at] == ",":
            at = _after_space(text, at + 1)


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _typed(was: str, value: str | None, *, ascii_only: bool) -> str:
    if value is None:
        return "null"
    if was in ("true", "false") and value in ("true", "false"):
        return value
    if _JSON_NUMBER.fullmatch(was) and _JSON_NUMBER.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=ascii_only)
