"""Writes the SELECT that searches one table of PostgreSQL; which conditions there are is ``sql``.

No value is ever part of it: the lists of what is wanted are settings of the transaction, which it reads by their
number. Unlike a temporary table, these may be read by the server's parallel workers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dsar.sources.batches import BETWEEN
from dsar.sources.dialects import PostgresDialect
from dsar.sources.matching import Matcher
from dsar.sources.sql import Conditions, conditions, quoted
from dsar.sources.table import Table, parted

_TEXT = re.compile(r"(text|citext|name|character|bpchar)\b(?!.*\[)")
# These are compared as they are; with the others their index would go by something else.
_SAME = re.compile(r"(text|character varying)\b(?!.*\[)")
_WHOLE = re.compile(r"(smallint|integer|bigint)$")
# What may be a bigint, before it is known that it is not too large for one.
_DIGITS, _LOWEST, _HIGHEST = "^-?[0-9]{1,19}$", -(1 << 63), (1 << 63) - 1
# A list of unknown length is taken to be short, so that every row might be compared with all of it.
_BY_LISTS = {"enable_seqscan": "off"}
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_QUOTES = str.maketrans({"\\": "\\\\", '"': '\\"'})
# The server takes a hundred arguments, and the first is what stands between the others.
_MOST_ARGUMENTS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """One search of one table: its columns in order, the statement, and the lists it reads by their number.

    ``again`` are the columns, by their place, that a joined row has once more behind it; ``settings`` the server's own
    that hold until the search is over.
    """

    columns: tuple[str, ...]
    text: str
    lists: Mapping[int, Sequence[str]]
    again: tuple[int, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)


def select(table: Table, matcher: Matcher, *, joined: bool = False) -> Select:
    """The search of a table, by its indexes where they serve every compared field.

    ``joined``, each row is one text with ``BETWEEN`` between its cells, and behind it the cells that are looked at.
    """
    dialect = PostgresDialect(table.columns)
    found = conditions(matcher, dialect)
    # nothing held is an empty text, and cheaper to write here than to look for in every row
    chosen = [f"coalesce({shown(name, kind)}, '')" for name, kind in table.columns.items()]
    # whether the first cell is empty is seen without it
    looked = [matcher.looked_at if at else matcher.looked_into for at, _ in enumerate(table.columns)]
    again = tuple(at for at, name in enumerate(table.columns) if name in looked[at]) if joined else ()
    given = [_joined(chosen), *map(chosen.__getitem__, again)] if joined else chosen
    head = f"SELECT {', '.join(given)} FROM {name_of(table.place)} AS t"
    settings: Mapping[str, str] = {}
    if found.plain and all(_probed(one.name, table) for one, _, _ in found.plain):
        text, settings = f"{head} WHERE {_by_lists(table, found, dialect)}", _BY_LISTS
    elif found.plain and all(_indexed(one.name, table) for one, _, _ in found.plain):
        text = _by_index(head, table, found, dialect)
    else:
        text = f"{head} WHERE {found.where}"
    # an index is asked for other lists than a scan is
    lists = {number: one for number, one in enumerate(found.lists) if dialect.listed(number) in text}
    return Select(columns=tuple(table.columns), text=text, lists=lists, again=again, settings=settings)


def _joined(chosen: Sequence[str]) -> str:
    """All columns as one text."""
    sign = f"E'\\x{ord(BETWEEN):02x}'"
    parts = [chosen[at : at + _MOST_ARGUMENTS] for at in range(0, len(chosen), _MOST_ARGUMENTS)]
    # no table has more columns than these can be joined from again
    texts = [f"concat_ws({sign}, {', '.join(part)})" for part in parts]
    return texts[0] if len(texts) == 1 else f"concat_ws({sign}, {', '.join(texts)})"


def _by_lists(table: Table, found: Conditions, dialect: PostgresDialect) -> str:
    """Each index is asked for its whole list at once, and the table read in its order: half the work of a join."""
    arms = []
    for one, kind, number in found.plain:
        column = _compared(one.name, kind, table)
        arms.append(f"{column} = ANY (ARRAY({_listed(one.name, table, dialect.listed(number))}))")
    return " OR ".join(arms)


def _by_index(head: str, table: Table, found: Conditions, dialect: PostgresDialect) -> str:
    """One join per field, so that each can use its own index; a row that an earlier one gave is left out."""
    parts: list[str] = []
    earlier: list[str] = []
    for one, kind, number in found.plain:
        column = _compared(one.name, kind, table)
        listed = _listed(one.name, table, dialect.listed(number))
        skipped = "".join(f" AND {condition} IS NOT TRUE" for condition in earlier)
        parts.append(f"{head} JOIN ({listed}) AS w ON {column} = w.value WHERE true{skipped}")
        earlier.append(f"({column} IN ({listed}))")
    return " UNION ALL ".join(parts)


def _listed(name: str, table: Table, listed: str) -> str:
    """A list as what stands in a column: a number can only be asked for a number."""
    if _WHOLE.match(table.columns[name]):
        number = f"CASE WHEN value ~ '{_DIGITS}' THEN value::numeric END"
        return (
            f"SELECT DISTINCT ({number})::bigint AS value FROM {listed} WHERE {number} BETWEEN {_LOWEST} AND {_HIGHEST}"
        )
    return f"SELECT DISTINCT value FROM {listed}"


def _probed(name: str, table: Table) -> bool:
    """Whether the index of a column is sure to be asked, and not every row compared with a list of thousands."""
    kind = table.columns[name]
    return name in table.probed and bool(_WHOLE.match(kind) or _SAME.match(kind))


def _indexed(name: str, table: Table) -> bool:
    """Whether an index begins with this column, as it is or in lower case."""
    folded = rf'(lower\()?\(?"?{re.escape(name)}"?\)?(::text)?\)?'
    return any(re.fullmatch(folded, one) for one in table.indexes)


def _compared(name: str, kind: str, table: Table) -> str:
    """The column as an index has it: an e-mail in lower case unless the column itself has the index."""
    column = f"t.{quoted(name)}"
    if _WHOLE.match(table.columns[name]):
        return column
    if not _TEXT.match(table.columns[name]):
        return f"concat({column})"
    own = any(one.strip('"') == name for one in table.indexes)
    return f"lower({column}::text)" if kind == "email" and not own else f"{column}::text"


def shown(name: str, kind: str) -> str:
    """A column as text, nothing about it changed; what is no text is told by its size."""
    column = f"t.{quoted(name)}"
    if kind == "bytea":
        return f"'(binary, ' || octet_length({column}) || ' bytes)'"
    return f"{column}::text" if kind == "boolean" or _TEXT.match(kind) else f"concat({column})"


def name_of(place: str) -> str:
    """A table with its schema as SQL writes it."""
    return ".".join(quoted(part) for part in parted(place) if part)


def escaped(value: str) -> str:
    """A value as COPY reads it."""
    return value.translate(_ESCAPES) if any(map(value.__contains__, "\\\t\n\r")) else value


def array_of(values: Iterable[str]) -> str:
    """A list as PostgreSQL writes an array; without those that no text of a database can be."""
    # of very many the whole is looked at, and nearly never each
    told = [value for value in values if "\0" not in value]
    whole = "".join(told)
    if "\\" in whole or '"' in whole:
        told = [value.translate(_QUOTES) for value in told]
    return '{"' + '","'.join(told) + '"}' if told else "{}"
