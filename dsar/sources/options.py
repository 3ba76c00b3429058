"""Reads a kind's own settings, each checked where it is used, every fault a sentence with the setting's name.

Which settings there are is for each kind; that they are text is seen to by ``schema``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dsar.errors import did_you_mean
from dsar.formats.plain import printable, shorten
from dsar.sources.interface import SourceFailed, Why


@dataclass(frozen=True, slots=True)
class Options:
    """The settings of a source, those of a record set before those of the whole source."""

    source: str
    values: Mapping[str, str]

    def known(self, names: Collection[str]) -> None:
        """Refuse a setting that the kind does not have: a slip of the pen must not be a setting left out."""
        for name in self.values:
            if name not in names:
                says = f'there is no option "{shorten(printable(name), 60)}".{did_you_mean(name, sorted(names))}'
                raise self.wrong(says)

    def text(self, name: str, default: str = "") -> str:
        """A setting as it is written."""
        return self.values.get(name, default)

    def word(self, name: str, *allowed: str) -> str:
        """One word of a closed list, by default the first."""
        found = self.values.get(name, allowed[0])
        if found not in allowed:
            raise self.wrong(f'"{name}" is one of {", ".join(word for word in allowed if word)}.')
        return found

    def yes(self, name: str) -> bool:
        """Whether a setting is true."""
        return self.word(name, "false", "true") == "true"

    def number(self, name: str, default: float, least: float, most: float) -> float:
        """A number within bounds."""
        try:
            found = float(self.values.get(name, default))
        except ValueError:
            found = -1.0
        if not least <= found <= most:
            raise self.wrong(f'"{name}" must be a number from {least:g} to {most:g}.')
        return found

    def wrong(self, says: str) -> SourceFailed:
        """The failure that a wrong setting is."""
        return SourceFailed(Why.BROKEN, f"{self.source}: {says} Correct sources/{self.source}.toml.")
