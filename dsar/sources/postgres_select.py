"""Writes the SELECT that searches one table of PostgreSQL; which conditions there are is ``sql``.

No value is ever part of it: the lists of what is wanted are settings of the transaction, which it reads by their
number. Unlike a temporary table, these may be read by the server's parallel workers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dsar.sources.batches import BETWEEN
from dsar.sources.dialects import PostgresDialect
from dsar.sources.matching import Matcher
from dsar.sources.sql import Conditions, conditions, quoted
from dsar.sources.table import Table, parted

_TEXT = re.compile(r"(text|citext|name|character|bpchar)\b(?!.*\[)")
_WHOLE = re.compile(r"(smallint|integer|bigint)$")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_QUOTES = str.maketrans({"\\": "\\\\", '"': '\\"'})
# The server takes a hundred arguments, and the first is what stands between the others.
_MOST_ARGUMENTS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """One search of one table: its columns in order, the statement, and the lists it reads by their number.

    ``again`` are the columns, by their place, that a joined row has once more behind it.
    """

    columns: tuple[str, ...]
    text: str
    lists: Mapping[int, Sequence[str]]
    again: tuple[int, ...] = ()


def select(table: Table, matcher: Matcher, *, joined: bool = False) -> Select:
    """The search of a table, by its indexes where they serve every compared field.

    ``joined``, each row is one text with ``BETWEEN`` between its cells, and behind it the cells that are looked at.
    """
    dialect = PostgresDialect(table.columns)
    found = conditions(matcher, dialect)
    # nothing held is an empty text, and cheaper to write here than to look for in every row
    chosen = [f"coalesce({shown(name, kind)}, '')" for name, kind in table.columns.items()]
    again = tuple(at for at, name in enumerate(table.columns) if name in matcher.looked_at) if joined else ()
    given = [_joined(chosen), *map(chosen.__getitem__, again)] if joined else chosen
    head = f"SELECT {', '.join(given)} FROM {name_of(table.place)} AS t"
    indexed = found.plain and all(_indexed(field.name, table) for field, _, _ in found.plain)
    text = _by_index(head, table, found, dialect) if indexed else f"{head} WHERE {found.where}"
    # an index is asked for other lists than a scan is
    lists = {number: one for number, one in enumerate(found.lists) if dialect.listed(number) in text}
    return Select(columns=tuple(table.columns), text=text, lists=lists, again=again)


def _joined(chosen: Sequence[str]) -> str:
    """All columns as one text."""
    sign = f"E'\\x{ord(BETWEEN):02x}'"
    parts = [chosen[at : at + _MOST_ARGUMENTS] for at in range(0, len(chosen), _MOST_ARGUMENTS)]
    # no table has more columns than these can be joined from again
    texts = [f"concat_ws({sign}, {', '.join(part)})" for part in parts]
    return texts[0] if len(texts) == 1 else f"concat_ws({sign}, {', '.join(texts)})"


def _by_index(head: str, table: Table, found: Conditions, dialect: PostgresDialect) -> str:
    """One join per field, so that each can use its own index; a row that an earlier one gave is left out."""
    parts: list[str] = []
    earlier: list[str] = []
    for field, kind, number in found.plain:
        column = _compared(field.name, kind, table)
        whole = _WHOLE.match(table.columns[field.name])
        # a number can only be asked for a number
        value = "value::numeric::bigint" if whole else "value"
        only = " WHERE value ~ '^[0-9]{1,18}$'" if whole else ""
        listed = f"SELECT DISTINCT {value} AS value FROM {dialect.listed(number)}{only}"
        skipped = "".join(f" AND {one} IS NOT TRUE" for one in earlier)
        parts.append(f"{head} JOIN ({listed}) AS w ON {column} = w.value WHERE true{skipped}")
        earlier.append(f"({column} IN ({listed}))")
    return " UNION ALL ".join(parts)


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
