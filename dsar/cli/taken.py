"""What became of messages that were taken in, as results, a table and remarks; the messages themselves are let go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dsar.case.next import short
from dsar.case.rights import TITLES
from dsar.cli.emit import Cell, Column, Line, Table

if TYPE_CHECKING:
    from dsar.workflow.intake import Taken

_SAID = {
    "would-open": "would open",
    "opened": "opened",
    "known": "already here",
    "attached": "filed to",
    "draft": "unsure",
    "refused": "refused",
}
_ROWS = ("file", "state", "case", "primary_type", "language", "received_on")


@dataclass(slots=True, kw_only=True)
class Told:
    """The results so far, one per message, for programs and for people."""

    results: list[dict[str, Any]] = field(default_factory=list)
    _lines: list[tuple[str | Cell, ...]] = field(default_factory=list)
    _about: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, taken: Iterable[Taken]) -> Told:
        """All of these."""
        told = cls()
        for one in taken:
            told.add(one)
        return told

    def add(self, one: Taken) -> None:
        """One more message."""
        self.results.append(_result(one))
        reading, arrival = one.arrival.reading, one.arrival
        read_as = ", ".join(TITLES[read.right] for read in reading.rights) or reading.primary_type.replace("_", " ")
        self._lines.append(
            (
                arrival.file + (f" #{arrival.part}" if arrival.part else ""),
                Cell(_SAID[one.state], "yellow" if one.state == "draft" else ""),
                one.case,
                read_as,
                ", ".join(one.laws),
            )
        )
        for says in (*one.warnings, *arrival.problems):
            self._about.setdefault(says, []).append(arrival.file)

    def count(self, *states: str) -> int:
        """How many ended in one of these states."""
        return sum(result["state"] in states for result in self.results)

    @property
    def refused(self) -> int:
        """How many could not be used."""
        return self.count("refused")

    @property
    def table(self) -> Table:
        """For a terminal."""
        return Table(
            (
                Column(title="FILE", shrink=True),
                Column(title="STATE"),
                Column(title="CASE"),
                Column(title="READ AS", shrink=True),
                Column(title="LAWS", shrink=True, drop=1),
            ),
            self._lines,
        )

    @property
    def rows(self) -> Table:
        """For a pipe and for CSV."""
        return Table(
            tuple(Column(title=name) for name in _ROWS),
            [[str(result[name] or "") for name in _ROWS] for result in self.results],
        )

    @property
    def remarks(self) -> tuple[Line, ...]:
        """What is to be said about the messages, each sentence once with the files it is about."""
        lines: list[Line] = []
        for says, files in self._about.items():
            more = f" and {len(files) - 1} more" if len(files) > 1 else ""
            lines.append((Cell(f"{files[0]}{more}: {says}", "yellow"),))
        return tuple(lines)

    def hint(self, *, dry_run: bool) -> str:
        """What to type next."""
        opened = next((result["case"] for result in self.results if result["state"] == "opened"), "")
        hint = f"Next: dsar next {short(opened)}" if opened else ""
        if self.count("draft") and not dry_run:
            hint = f"{hint}     To decide: dsar triage" if hint else "Next: dsar triage"
        return hint


def _result(one: Taken) -> dict[str, Any]:
    reading, arrival = one.arrival.reading, one.arrival
    return {
        "file": arrival.file,
        "part": arrival.part,
        "state": one.state,
        "case": one.case or None,
        "channel": arrival.channel,
        "language": reading.language,
        "primary_type": reading.primary_type,
        "second_type": reading.second_type or None,
        "rights": [str(read.right) for read in reading.rights],
        "laws": list(one.laws or reading.laws),
        "requester_role": reading.requester_role,
        "received_on": arrival.received_on.isoformat() if arrival.received_on else None,
        "identifiers": [{"kind": known.kind, "value": known.value, "raw": known.raw} for known in reading.identifiers],
        "confidence": round(reading.confidence, 2),
        "evidence": [{"says": read.words, "why": read.why, "right": str(read.right)} for read in reading.rights]
        + [{"says": each.says, "why": each.why} for each in reading.evidence],
        "attachments": [{"name": known.name, "bytes": known.size} for known in arrival.attachments],
        "warnings": list(dict.fromkeys((*one.warnings, *reading.warnings, *arrival.problems))),
    }
