"""A table's rows as they are told: cleaned, with the blocks in the reader's language, in the record set's order.

Which of them there are was decided before; how they are laid out is for the files and the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dsar.case.records import Field, Mark, Proposal
from dsar.disclosure.content import Table
from dsar.disclosure.cutting import NEVER, REMOVED, TOO_LONG
from dsar.disclosure.words import Words
from dsar.formats.plain import printable

PORTABLE = frozenset({"provided", "observed"})
_GONE = (Mark.NEVER, Mark.OTHER_PERSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A table ready to be written; ``stem`` is its path without folder and ending ("crm/seats")."""

    table: Table
    stem: str
    columns: tuple[Field, ...]
    blocks: Mapping[str, str]

    @property
    def names(self) -> list[str]:
        """The columns' names as they stand in the files."""
        return [printable(field.name) for field in self.columns]

    def rows(self) -> Iterator[list[str]]:
        """Every row, a value per column."""
        for proposal in self.table.rows:
            yield [self._value(proposal, field) for field in self.columns]

    def portable(self) -> Iterator[dict[str, str]]:
        """Every row with only what the person gave us or we observed, and nothing that stands for something else."""
        for proposal in self.table.rows:
            yield {
                printable(field.name): self._value(proposal, field)
                for field in self.portable_columns
                if field.name in proposal.shown and proposal.marks.get(field.name) not in _GONE
            }

    @property
    def portable_columns(self) -> list[Field]:
        """The columns that a person may carry elsewhere."""
        return [field for field in self.columns if field.origin in PORTABLE]

    def _value(self, proposal: Proposal, field: Field) -> str:
        text = printable(proposal.shown.get(field.name, ""), keep_newlines=True)
        if proposal.marks.get(field.name, Mark.SHOW) is not Mark.SHOW:
            for ours, theirs in self.blocks.items():
                text = text.replace(ours, theirs)
        return text


def told(table: Table, stem: str, words: Words) -> Told:
    """The table with the columns that any of its rows has."""
    present = {name for row in table.rows for name in row.shown}
    return Told(
        table=table,
        stem=stem,
        columns=tuple(field for field in table.record_set.fields if field.name in present),
        blocks={
            NEVER: words.text["block_never"],
            REMOVED: words.text["block_removed"],
            TOO_LONG: words.text["block_long"],
        },
    )
