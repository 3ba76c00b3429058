"""Writes the SELECT that searches one table of MariaDB or MySQL; which conditions there are is ``sql``.

No value is ever part of it: the lists of what is wanted are bound, packed so that none can be read in a log.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Iterable, Sequence

from dsar.sources.dialects import MysqlDialect, backticked
from dsar.sources.matching import Matcher
from dsar.sources.sql import Conditions, conditions
from dsar.sources.table import Table, parted

BINARY = re.compile(r"(tiny|medium|long)?blob|(var)?binary|bit|geometry|point|polygon|linestring|vector")
_WHOLE = re.compile(r"(tiny|small|medium|big)?int(\(\d+\))?( unsigned)?( zerofill)?")
_WORD = re.compile(r"[a-z0-9_]+", re.IGNORECASE)
_LONGEST = 250
# Beyond this share of the rows, reading them all is quicker than asking an index for each.
_FEW = 0.05
# What a list of whole numbers is unpacked as, and the largest and smallest that it may hold.
_NUMBERS = {"BIGINT": (-(1 << 63), (1 << 63) - 1), "BIGINT UNSIGNED": (0, (1 << 64) - 1)}
# DISTINCT keeps the list from being unpacked again for every row. It is looked up by a hash only where its values are
# compared as the columns are (``MysqlDialect.text``), and stays in memory only where they are no longer than need be.
_LIST = (
    "w{0} AS (SELECT DISTINCT v FROM JSON_TABLE(CONVERT(UNCOMPRESS(%s) USING utf8mb4), '$[*]' "
    "COLUMNS (v {1} PATH '$')) AS packed)"
)
_AS_COLUMNS = "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"


def select(table: Table, matcher: Matcher) -> tuple[str, list[bytes]]:
    """The one SELECT over a table, and its lists as they are bound."""
    found = conditions(matcher, MysqlDialect())
    if found.plain and _worth_probing(table, found):
        return _by_index(table, found)
    return _by_scan(table, found)


def _by_scan(table: Table, found: Conditions) -> tuple[str, list[bytes]]:
    chosen = ", ".join(shown(name, kind) for name, kind in table.columns.items())
    arms = [found.where]
    # a list the server could not unpack would find nothing: then every row is looked at
    arms += [_empty(number) for number, _ in enumerate(found.lists)]
    if not _short(found.lists):
        arms.append("TRUE")
    told = [[value for value in values if len(value) <= _LONGEST] or [""] for values in found.lists]
    head = _lists(_text_of(values, _AS_COLUMNS) for values in told)
    return f"{head}SELECT {chosen} FROM {name_of(table.place)} WHERE {' OR '.join(arms)}", list(map(_packed, told))


def _by_index(table: Table, found: Conditions) -> tuple[str, list[bytes]]:
    """One join per field, so that each can use its own index; a row that an earlier one gave is left out."""
    chosen = ", ".join(shown(name, kind, of="t.") for name, kind in table.columns.items())
    kinds: list[str] = []
    told: list[Sequence[str | int]] = []
    parts: list[str] = []
    earlier = ""
    for nth, (one, _, number) in enumerate(found.plain):
        kind, column = table.compared[one.name], f"t.{backticked(one.name)}"
        values = found.lists[number] or [""]
        numbers = _numbers(values, kind) if kind in _NUMBERS else None
        told.append(values if numbers is None else numbers)
        kinds.append(_text_of(values, kind) if numbers is None else kind)
        join = f"FROM w{nth} AS w STRAIGHT_JOIN {name_of(table.place)} AS t ON {column} = w.v"
        parts.append(f"SELECT {chosen} {join} WHERE TRUE{earlier}")
        earlier += f" AND NOT COALESCE({column} IN (SELECT v FROM w{nth}), FALSE)"
    empty = " OR ".join(_empty(nth) for nth, _ in enumerate(parts))
    parts.append(f"SELECT {chosen} FROM {name_of(table.place)} AS t WHERE {empty}")
    return _lists(kinds) + " UNION ALL ".join(parts), list(map(_packed, told))


def _worth_probing(table: Table, found: Conditions) -> bool:
    """Whether every column has an index that can be asked, and what is looked for is little beside what is there."""
    lists = [found.lists[number] for _, _, number in found.plain]
    few = sum(map(len, lists)) <= _FEW * table.rows
    return few and _short(lists) and all(table.compared.get(one.name) for one, _, _ in found.plain)


def as_compared(kind: str, charset: str, collation: str) -> str:
    """What the values of a list must be so that an index finds them in a column of this kind; "" where none will do."""
    if _WHOLE.fullmatch(kind):
        return "BIGINT UNSIGNED" if "unsigned" in kind else "BIGINT"
    text = kind.startswith(("char", "varchar", "text", "tinytext", "mediumtext", "longtext"))
    if not text or not _WORD.fullmatch(charset) or not _WORD.fullmatch(collation):
        return ""
    return f"CHARACTER SET {charset} COLLATE {collation}"


def _short(lists: Iterable[Sequence[str]]) -> bool:
    return all(len(value) <= _LONGEST for values in lists for value in values)


def _text_of(values: Sequence[str], how: str) -> str:
    return f"VARCHAR({max(1, *map(len, values))}) {how}"


def _numbers(values: Sequence[str], kind: str) -> list[int]:
    """Those that are whole numbers a column can hold; one that finds too much where none is."""
    least, most = _NUMBERS[kind]
    numbers = [int(value) for value in values if value.removeprefix("-").isdecimal() and len(value) < _LONGEST]
    return [number for number in numbers if least <= number <= most] or [0]


def _lists(kinds: Iterable[str]) -> str:
    lists = ", ".join(_LIST.format(nth, kind) for nth, kind in enumerate(kinds))
    return f"WITH {lists} " if lists else ""


def _empty(number: int) -> str:
    return f"NOT EXISTS (SELECT 1 FROM w{number})"


def name_of(place: str) -> str:
    """A table's name with its schema, as a statement with bound values writes it."""
    return ".".join(backticked(part) for part in parted(place) if part)


def shown(name: str, kind: str, *, of: str = "") -> str:
    """A column as it is, ``of`` the table of this name; what is no text is told by its size."""
    column = f"{of}{backticked(name)}"
    return f"CONCAT('(binary, ', LENGTH({column}), ' bytes)')" if BINARY.fullmatch(kind) else column


def _packed(values: Sequence[str | int]) -> bytes:
    """A list as UNCOMPRESS() reads it: its length, then zlib."""
    raw = json.dumps(values, ensure_ascii=False).encode("utf-8", "replace")
    return struct.pack("<I", len(raw)) + zlib.compress(raw)
