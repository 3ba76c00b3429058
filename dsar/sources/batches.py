"""Candidate rows as text, many at once: the quick way out of a source that holds a table.

Whose they are is ``judging``'s; a source without batches is asked record by record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Protocol, runtime_checkable

from dsar.case.records import RecordSet
from dsar.sources.matching import Matcher

# Parts the cells of a row that is kept in one line.
BETWEEN = "\x1f"
# So many rows of a database are looked at for their size, and so many rows or signs are one batch.
_CHUNK, _MOST_ROWS, _MOST_SIGNS = 50, 500, 200_000


class Rows(Protocol):
    """Batch under the same columns, an empty text where nothing is held.

    ``name`` is the file or table as a person is told of it; ``lines`` are the rows' line numbers in a file, none for
    a table, whose rows are told by their key.
    """

    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def name(self) -> str: ...
    @property
    def lines(self) -> Sequence[int]: ...

    def column(self, at: int, nths: Sequence[int] | None = None) -> Sequence[str]:
        """What all rows hold in one column, or some of them."""
        ...

    def likely(self, at: int) -> Sequence[int] | None:
        """In which rows a column may hold an identifier, in their order; None where that is not known."""
        ...

    def filled(self, at: int, nths: Sequence[int]) -> bool:
        """Whether each of some rows holds something in one column."""
        ...

    def cells(self, nth: int) -> Sequence[str]:
        """What one row holds."""
        ...

    def kept(self, nths: Sequence[int]) -> Sequence[str]:
        """Some rows as plain ASCII in one line each, cells parted by ``BETWEEN``; "" for what cannot be kept so."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch of rows that are taken apart already, each as long as the columns.

    ``odd`` where bytes in each of them were no text and are shown as ``\\x..``.
    """

    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]] = field(repr=False)
    name: str
    lines: Sequence[int] = ()
    odd: bool = False

    def column(self, at: int, nths: Sequence[int] | None = None) -> Sequence[str]:
        """What all rows hold in one column, or some of them."""
        return [row[at] for row in self.rows] if nths is None else [self.rows[nth][at] for nth in nths]

    def likely(self, at: int) -> Sequence[int] | None:
        """Not known."""
        return None

    def filled(self, at: int, nths: Sequence[int]) -> bool:
        """Whether each of some rows holds something in one column."""
        return all(self.rows[nth][at] for nth in nths)

    def cells(self, nth: int) -> Sequence[str]:
        """What one row holds."""
        return self.rows[nth]

    def kept(self, nths: Sequence[int]) -> Sequence[str]:
        """Some rows in one line each."""
        between = len(self.columns) - 1
        joined = [BETWEEN.join(self.rows[nth]) for nth in nths]
        return [row if row.isascii() and "\n" not in row and row.count(BETWEEN) == between else "" for row in joined]


def batched(
    rows: Iterable[Sequence[str]], columns: tuple[str, ...], name: str, *, odd: bool = False
) -> Iterator[Batch]:
    """Rows of a table as they come, so many at once as take little memory."""
    coming = iter(rows)
    held: list[Sequence[str]] = []
    signs = 0
    while some := list(islice(coming, _CHUNK)):
        held += some
        signs += sum(map(len, chain.from_iterable(some)))
        if len(held) >= _MOST_ROWS or signs >= _MOST_SIGNS:
            yield Batch(columns=columns, rows=held, name=name, odd=odd)
            held, signs = [], 0
    if held:
        yield Batch(columns=columns, rows=held, name=name, odd=odd)


class Aside:
    """What is no batch: work for another process, or what it came to; its kinds are in ``beside``."""


@runtime_checkable
class GivesBatches(Protocol):
    """Offered by a source that can hand over its candidate rows without making a record of each."""

    def batches(self, record_set: RecordSet, matcher: Matcher) -> Iterator[Rows | Aside] | None:
        """Every row that could match, and few others, as they are read; None where only ``find`` will do.

        What is aside may come among them: rows that another process can read meanwhile, and later what they came to.
        Faults as in ``find``.
        """
        ...
