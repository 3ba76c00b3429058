"""Reads rows from JSON: one object per line, or one list of objects.

What the keys mean is for the record set that names them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from dsar.errors import InputWrong
from dsar.formats.charsets import decode
from dsar.formats.files import size_words
from dsar.formats.plain import printable, shorten
from dsar.formats.rows import MAX_COLUMNS, Problems, Row
from dsar.formats.streams import open_bytes

MAX_JSON = 200_000_000
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_LOOK_AHEAD = 100
_MAX_NESTING = 100
# So deep in a file lists are looked for, and so many of them.
_LEVELS, _MOST_LISTS = 4, 200


class _AsWritten(float):
    """A number that remembers its digits: 1.10 stays 1.10."""

    digits: str

    def __new__(cls, digits: str) -> _AsWritten:
        number = super().__new__(cls, digits)
        number.digits = digits
        return number


class _Repeated(ValueError):
    """An object names the same key twice."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Repeated
    return made


_DECODER = json.JSONDecoder(parse_float=_AsWritten, parse_constant=str, object_pairs_hook=_object)
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_LAST_KEY_WINS = json.JSONDecoder(parse_float=_AsWritten, parse_constant=str)


def read_json_lines(lines: Iterable[tuple[int, str]], problems: Problems) -> tuple[tuple[str, ...], Iterator[Row]]:
    """Columns and rows of a file with one JSON object per line.

    The columns are the keys of the first hundred objects; a key that comes later is in its row all the same.
    """
    return _with_columns(_line_objects(lines, problems), problems)


def tell_columns(lines: Iterable[bytes]) -> bool:
    """Whether these lines at the beginning of a file tell its columns, whatever follows them."""
    return sum(not line.isspace() for line in lines) >= _LOOK_AHEAD


def rows_in(lines: Iterable[tuple[int, str]], columns: Sequence[str], problems: Problems) -> Iterator[Row]:
    """The rows in some lines of a file whose columns are known; as in ``read_json_lines``."""
    return _rows(_line_objects(lines, problems), columns)


def _line_objects(lines: Iterable[tuple[int, str]], problems: Problems) -> Iterator[tuple[int, dict[str, object]]]:
    for number, text in lines:
        if text.strip():
            found = _parsed(text, number, problems)
            if found is not None:
                yield number, found


def read_json_list(
    path: Path, encoding: str | None, problems: Problems, *, inside: str = "", opened: BinaryIO | None = None
) -> tuple[tuple[str, ...], Iterator[Row]]:
    """Columns and rows of a file that is one JSON list of objects (or one object), at most 200 MB.

    ``inside`` is the dotted way to the list within the file, such as ``data.items``; ``Row.number`` is the place
    in the list. Raises InputWrong, with the line, if the file is not JSON.
    """
    text = _text(path, encoding, problems, opened)
    if not text.strip():
        problems.add(0, "The file is empty.")
        return (), iter(())
    return _with_columns(json_objects(text, inside, problems), problems)


def ways_to_lists(path: Path, encoding: str | None, problems: Problems, *, opened: BinaryIO | None = None) -> list[str]:
    """Where in a JSON file lists of objects lie: dotted ways as ``read_json_list`` takes them, "" for the file itself.

    Nothing where there is none. Raises InputWrong as ``read_json_list`` does.
    """
    found = _decoded(_text(path, encoding, problems, opened) or "null", problems)
    return [way for way, _ in zip(_ways("", found, _LEVELS), range(_MOST_LISTS), strict=False)]


def _ways(way: str, found: object, levels: int) -> Iterator[str]:
    if isinstance(found, list) and any(isinstance(item, dict) for item in found):
        yield way
    elif isinstance(found, dict) and levels:
        for key, inner in found.items():
            # a dot in a name would part it
            if key and "." not in key:
                yield from _ways(f"{way}.{key}" if way else key, inner, levels - 1)


def _text(path: Path, encoding: str | None, problems: Problems, opened: BinaryIO | None) -> str:
    with open_bytes(path, opened) as file:
        raw = file.read(MAX_JSON + 1)
    if len(raw) > MAX_JSON:
        raise InputWrong(f"{problems.file} is larger than {size_words(MAX_JSON)}. Nothing was read.")
    text, held = decode(raw.removeprefix(b"\xef\xbb\xbf"), encoding or ("utf-16" if raw[:2] in _WIDE_MARKS else ""))
    if not held:
        problems.add(0, "The file is not in the character set expected; it was read as well as possible.")
    return text


def json_objects(text: str, inside: str, problems: Problems) -> Iterator[tuple[int, dict[str, object]]]:
    """The objects of a JSON text, each with its place; what is no object is told.

    They lie at ``inside``, a dotted way such as ``data.items`` ("" for the text itself), as a list or as one
    object. Raises InputWrong at once if the text is not JSON or has nothing there.
    """
    found = _decoded(text, problems)
    above, _, last = inside.rpartition(".")
    around = value_at(found, above)
    found = value_at(found, inside)
    if found is None and isinstance(around, dict) and last in around:
        # said to be empty, as some services write it
        return iter(())
    if found is None and inside:
        way = shorten(printable(inside), 80)
        raise InputWrong(f'{problems.file} has nothing at "{way}", where the records should be. Nothing was read.')
    items = found if isinstance(found, list) else [found]
    return _list_objects(items, problems, escapes="\\u" in text)


def _decoded(text: str, problems: Problems) -> object:
    try:
        return _LAST_KEY_WINS.decode(text)
    except json.JSONDecodeError as error:
        raise InputWrong(f"{problems.file} line {error.lineno} is not sound JSON. Nothing was read.") from None
    except (RecursionError, ValueError):
        raise InputWrong(f"{problems.file} is nested too deeply to be read. Nothing was read.") from None


def value_at(found: object, way: str) -> object:
    """What lies at a dotted way inside JSON; None if nothing does."""
    for step in way.split(".") if way else ():
        found = found.get(step) if isinstance(found, dict) else None
    return found


def row_of(number: int, found: dict[str, object]) -> Row:
    """An object as a row: every value as text, numbers with the digits they were written in."""
    return Row(number=number, values={key: _as_text(value) for key, value in found.items()}, data=found)


def read_object(text: str) -> dict[str, object] | None:
    """The one object that a text is; None if it is anything else."""
    problems = Problems("")
    return _parsed(text, 0, problems)


def _list_objects(items: list[object], problems: Problems, *, escapes: bool) -> Iterator[tuple[int, dict[str, object]]]:
    for place, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            problems.add(place, "This entry of the list is not an object with names and values; it was left out.")
            continue
        try:
            yield place, _sound(item, escapes=escapes)
        except ValueError:
            problems.add(place, "This entry of the list is nested too deeply; it was left out.")


def _parsed(text: str, number: int, problems: Problems) -> dict[str, object] | None:
    try:
        try:
            found = _DECODER.decode(text)
        except _Repeated:
            problems.add(number, "The line names the same key twice; the last value was taken.")
            found = _LAST_KEY_WINS.decode(text)
        if isinstance(found, dict):
            nested = text.count("{") + text.count("[") > _MAX_NESTING
            return _sound(found, escapes="\\u" in text, nested=nested)
    except (ValueError, RecursionError):
        problems.add(number, "The line is not JSON as it should be; it was left out.")
    else:
        problems.add(number, "The line is not an object with names and values; it was left out.")
    return None


def _sound(found: dict[str, object], *, escapes: bool, nested: bool = True) -> dict[str, object]:
    """The object without halves of characters, which no database takes; ValueError if it is nested too deeply.

    ``nested`` is whether it may be, and ``escapes`` whether a character may stand in halves.
    """
    if nested and _too_deep(found):
        raise ValueError
    if not escapes:
        return found
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        whole = json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")
        repaired: dict[str, object] = json.loads(whole)
        return repaired
    return found


def _too_deep(found: dict[str, object]) -> bool:
    level: list[object] = [found]
    for _ in range(_MAX_NESTING):
        insides = (
            value.values() if isinstance(value, dict) else value for value in level if isinstance(value, dict | list)
        )
        level = [child for inside in insides for child in inside if isinstance(child, dict | list)]
        if not level:
            return False
    return True


def _with_columns(
    objects: Iterator[tuple[int, dict[str, object]]], problems: Problems
) -> tuple[tuple[str, ...], Iterator[Row]]:
    ahead = list(islice(objects, _LOOK_AHEAD))
    columns = tuple(dict.fromkeys(key for _, found in ahead for key in found))
    if len(columns) > MAX_COLUMNS:
        raise InputWrong(f"{problems.file} has more than {MAX_COLUMNS:,} columns. Nothing was read from it.")
    return columns, _rows(chain(ahead, objects), columns)


def _rows(objects: Iterable[tuple[int, dict[str, object]]], columns: Sequence[str]) -> Iterator[Row]:
    empty = dict.fromkeys(columns, "")
    return (Row(number=number, values=empty | _texts(found), data=found) for number, found in objects)


def _texts(found: dict[str, object]) -> dict[str, str]:
    # nearly every value is text already
    return {key: value if isinstance(value, str) else _as_text(value) for key, value in found.items()}


def _as_text(value: object) -> str:
    match value:
        case str():
            return value
        case None:
            return ""
        case _AsWritten():
            return value.digits
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case _:
            return _COMPACT.encode(value)
