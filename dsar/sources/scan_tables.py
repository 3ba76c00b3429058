"""What a scan knows of a table before anything is proposed: columns, keys, links, and a few values it forgets again.

Reading them is ``scan_databases`` and ``scan_files``; what they mean is ``scan_looks``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# How many rows of each table are looked at, and how much of each value.
SAMPLE = 200
LONGEST_SAMPLE = 2_000
MAX_TABLES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a column looks like: a ``kind`` of identifier or of thing, its category, and how it shows (``why``).

    ``never`` keeps it from every package; ``sure`` is false where a person has to say.
    """

    kind: str = ""
    category: str = ""
    why: str = ""
    never: bool = False
    sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column with its type in the words of the source; ``look`` where somebody has said what it is."""

    name: str
    declared: str = ""
    samples: tuple[str, ...] = field(default=(), repr=False)
    look: Look | None = None
    meaning: str = ""
    on_delete: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A column that holds the key of another table (of another source, where ``source`` says so).

    ``direction`` is "from" where what stands in the other table leads here, "to" where this leads there, "" where
    nobody has said. It is ``guessed`` where the source itself says nothing of it.
    """

    column: str
    table: str
    to: str
    source: str = ""
    direction: str = ""
    guessed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedTable:
    """One table, view, file, sheet or list; ``key_guessed`` where the source itself names no key.

    ``where`` is what its record set says of its place: "" where the source says it all, the table's name where None.
    ``options`` are those of its record set.
    """

    place: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    key_guessed: bool = False
    view: bool = False
    note: str = ""
    where: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    def column(self, name: str) -> Column | None:
        """The column of this name."""
        return next((one for one in self.columns if one.name == name), None)

    def link(self, column: str) -> Link | None:
        """Where a column leads, if it does."""
        return next((one for one in self.links if one.column == column), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """All tables of a source, and in sentences what was not looked at."""

    tables: tuple[ScannedTable, ...]
    not_looked_at: tuple[str, ...] = ()


def guessed_key(columns: tuple[Column, ...]) -> tuple[str, ...]:
    """Columns that could tell one record from another: one that ends in id and never repeats, else the first twenty."""
    for one in columns:
        plain = one.name.casefold().replace("-", "_")
        told = [value for value in one.samples if value]
        if (
            (plain == "id" or plain.endswith(("_id", "_no", "number", "id")))
            and told
            and len(set(told)) == len(one.samples)
        ):
            return (one.name,)
    return tuple(one.name for one in columns[:20])
