"""Guesses which columns hold the keys of other tables, where a source declares no links: files, and many databases.

A guess rests on names, and on values written alike. What becomes of it is ``scan_proposing``; a person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from dsar.sources.scan_looks import words_of
from dsar.sources.scan_tables import Column, Link, ScannedTable

_NUMBERS = frozenset({"id", "no", "nr", "num", "number", "key", "code", "uuid"})
# A key that says of what it is the number.
_OF_ITS_OWN = re.compile(r".{3,}[\W_](no|nr|num|number|key|code|uuid)|.{3,}id", re.IGNORECASE)
_RUN = re.compile(r"[^\W\d_]+|\d+")


def with_guessed_links(tables: Sequence[ScannedTable]) -> list[ScannedTable]:
    """The same tables with a link for each column that is called like the key of another and holds values like it."""
    found = []
    for table in tables:
        guessed = [
            Link(column=column.name, table=other.place, to=other.key[0], guessed=True)
            for column, other in called_like_keys(table, tables)
            if _written_alike(column, other.column(other.key[0]))
        ]
        found.append(replace(table, links=(*table.links, *guessed)))
    return found


def called_like_keys(table: ScannedTable, tables: Sequence[ScannedTable]) -> Iterator[tuple[Column, ScannedTable]]:
    """Columns without a link that are called like the key of another table, and that table where it is but one."""
    for column in table.columns:
        others = [other for other in tables if other is not table and len(other.key) == 1 and _fits(column, other)]
        alone = table.key != (column.name,)
        if len(others) == 1 and alone and not table.link(column.name):
            yield column, others[0]


def _fits(column: Column, other: ScannedTable) -> bool:
    words, key = words_of(column.name), other.key[0]
    if column.name == key and _OF_ITS_OWN.fullmatch(key):
        return True
    if len(words) < 2 or words[-1] not in _NUMBERS:
        return False
    stem, called = "".join(words[:-1]), "".join(words_of(other.place))
    return words_of(key) in (words, [words[-1]]) and called in (stem, f"{stem}s", f"{stem}es")


def _written_alike(column: Column, key: Column | None) -> bool:
    """Whether some values of both are written in the same way: so many digits, or so many letters and digits."""
    here, there = (
        {_RUN.sub(_shape, value) for value in (one.samples if one else ()) if value.strip()} for one in (column, key)
    )
    return bool(here & there)


def _shape(run: re.Match[str]) -> str:
    return "9" if run[0].isdecimal() else "a" * len(run[0])
