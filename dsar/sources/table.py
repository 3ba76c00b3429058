"""What every database tells of its tables, and the rows it gives, whatever made them.

Reading them is for each kind of database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from dsar.case.records import RecordSet
from dsar.sources.batches import Aside, Rows
from dsar.sources.interface import Problem, SourceFailed
from dsar.sources.matching import Matcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table or view: its columns with their types in the database's words, and what its indexes begin with.

    ``probed`` are the columns with an index that may be asked for thousands of values at once, ``compared`` as what a
    list is compared with columns that have one, "" where that cannot be, ``rows`` about how many rows there are.
    ``barred`` is why it may not be read, from a database that already says so when it is asked for the columns.
    """

    place: str
    columns: dict[str, str] = field(default_factory=dict)
    indexes: frozenset[str] = frozenset()
    probed: frozenset[str] = frozenset()
    compared: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    barred: SourceFailed | None = None


@dataclass(frozen=True, slots=True)
class Values:
    """One row, every value as text; ``odd`` where bytes in it were no text and are shown as ``\\x..``."""

    values: Mapping[str, str] = field(repr=False)
    odd: bool = False


class Reader(Protocol):
    """One database opened for reading; its faults are SourceFailed."""

    def close(self) -> None:
        """Leave the database."""
        ...

    def tables(self, places: Iterable[str]) -> dict[str, Table]:
        """The tables and views of these names, those that are there, by place."""
        ...

    def names(self) -> list[str]:
        """The names there are, to guess what was meant."""
        ...

    def count(self, table: Table, record_set: RecordSet) -> tuple[int, list[Problem]]:
        """How many rows there are, and where values are not in the normal form that the settings promise."""
        ...

    def rows(self, table: Table, matcher: Matcher) -> Iterator[Values]:
        """Every row that could match, and few others, as they are read."""
        ...


@runtime_checkable
class BatchReader(Protocol):
    """A reader that can hand over the same rows many at once."""

    def batches(self, table: Table, matcher: Matcher) -> Iterator[Rows | Aside] | None:
        """Every row that could match, and few others, as they are read; None where only ``rows`` will do."""
        ...


def parted(place: str) -> tuple[str, str]:
    """Schema ("" for the usual one) and name of a table: ``billing.invoices``."""
    schema, _, name = place.rpartition(".")
    return schema, name
