"""What a figure is and how the table of them is drawn; measuring is left to ``timing`` and ``office``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing measured several times, in seconds (or in the ``unit`` of its row)."""

    name: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle run, in seconds."""
        return median(self.seconds)

    @property
    def least(self) -> float:
        """The quickest run, in seconds: the one the rest of the machine disturbed least."""
        return min(self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A figure beside its floor; ``at_most`` is the target ratio of medians, None for information only.

    ``per`` is how many things one run does: then the table shows things per second instead of milliseconds.
    A ``unit`` without ``per`` is what was measured instead of seconds, as memory is in MB.
    """

    figure: Figure
    floor: Figure
    at_most: float | None = None
    per: int = 0
    unit: str = ""

    @property
    def ratio(self) -> float:
        """How many times the floor's median."""
        return self.figure.median / self.floor.median

    @property
    def least_ratio(self) -> float:
        """How many times the floor's quickest run."""
        return self.figure.least / self.floor.least

    @property
    def met(self) -> bool:
        """Whether the target is met, as the table shows it; a row without target has none to miss."""
        return self.at_most is None or round(self.ratio, 2) <= self.at_most

    @property
    def verdict(self) -> str:
        """The last cell: the target and whether it is met."""
        if self.at_most is None:
            return "-"
        return f"≤ {self.at_most:g} {'met' if self.met else 'missed'}"


HEAD = ("what", "median", "min", "floor", "floor median", "ratio", "ratio of min", "target")


def cells(row: Row) -> tuple[str, ...]:
    """A row as the table shows it."""
    return (
        row.figure.name,
        _amount(row, row.figure.median),
        _amount(row, row.figure.least),
        row.floor.name,
        _amount(row, row.floor.median),
        f"{row.ratio:.2f} x",
        f"{row.least_ratio:.2f} x",
        row.verdict,
    )


def _amount(row: Row, seconds: float) -> str:
    if row.per:
        return f"{row.per / seconds:,.0f} {row.unit}/s"
    if row.unit:
        return f"{seconds:,.0f} {row.unit}"
    return f"{seconds * 1000:,.0f} ms"


def markdown(rows: Sequence[Row]) -> str:
    """The table as Markdown, its columns lined up so that it also reads in a terminal."""
    lines = [HEAD, *(cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    drawn = [_line(line, widths) for line in lines]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([drawn[0], rule, *drawn[1:]]) + "\n"


def _line(line: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"


def page(rows: Sequence[Row], *, about: Sequence[str]) -> str:
    """RESULTS.md: where and when this was measured, then the table. Without a heading: the README takes it in."""
    return "\n".join(["<!-- Written by make bench. -->", *(f"- {line}" for line in about), "", markdown(rows)])
