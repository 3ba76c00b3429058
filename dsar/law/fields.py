"""Reads the fields of one TOML table, noting every fault instead of stopping at the first.

What the fields mean is left to ``parse``; this only knows texts, days, periods, choices and nested tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from dsar.errors import did_you_mean
from dsar.law.model import Period

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong in a law file: where (file and rule) and what."""

    where: str
    says: str

    def __str__(self) -> str:
        return f"{self.where}: {self.says}"


def told(faults: Sequence[Fault]) -> str:
    """All faults in one text, their number first."""
    count = "one fault" if len(faults) == 1 else f"{len(faults)} faults"
    return f"The law data have {count}. {' '.join(map(str, faults))}"


class Fields:
    """One table under reading: take each field once, then ``finish`` to report what nobody took."""

    def __init__(self, raw: Mapping[str, object], where: str, faults: list[Fault]) -> None:
        self._raw = raw
        self._where = where
        self._faults = faults
        self._taken: set[str] = set()

    def fault(self, says: str) -> None:
        """Note a fault of this table."""
        self._faults.append(Fault(where=self._where, says=says))

    def has(self, key: str) -> bool:
        """Whether the table holds this key."""
        return key in self._raw

    def _take(self, key: str, required: bool) -> object:
        self._taken.add(key)
        value = self._raw.get(key)
        if value is None and required:
            self.fault(f'"{key}" is missing.')
        return value

    def text(self, key: str, *, required: bool = False) -> str:
        """A string, ``""`` when absent; an empty string in the file is a fault."""
        value = self._take(key, required)
        if value is None:
            return ""
        if not isinstance(value, str) or not value.strip():
            self.fault(f'"{key}" must be words.')
            return ""
        return value

    def texts(self, key: str, *, allowed: Sequence[str] | None = None, required: bool = False) -> tuple[str, ...]:
        """A list of strings without repeats, each from ``allowed`` where that is given."""
        value = self._take(key, required)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.fault(f'"{key}" must be a list of words.')
            return ()
        if len(set(value)) != len(value):
            self.fault(f'"{key}" names something twice.')
        if allowed is not None:
            for item in value:
                if item not in allowed:
                    self.fault(f'"{key}" does not know "{item}".{did_you_mean(item, allowed)}')
        return tuple(value)

    def flag(self, key: str, *, default: bool = False, required: bool = False) -> bool:
        """true or false."""
        value = self._take(key, required)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.fault(f'"{key}" must be true or false.')
            return default
        return value

    def count(self, key: str, *, most: int, required: bool = False) -> int | None:
        """A whole number from 0 to ``most``."""
        value = self._take(key, required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            self.fault(f'"{key}" must be a whole number from 0 to {most}.')
            return None
        return value

    def day(self, key: str, *, required: bool = False) -> date | None:
        """A date; also in ISO text, as the canonical content keeps it."""
        value = self._take(key, required)
        if value is None:
            return None
        if type(value) is date:
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fault(f'"{key}" must be a date such as 2026-11-21.')
            return None

    def period(self, key: str, *, required: bool = False) -> Period | None:
        """A period in words, such as ``1 month`` or ``10 business days``."""
        value = self._take(key, required)
        if value is None:
            return None
        period = Period.parse(value) if isinstance(value, str) else None
        if period is None:
            self.fault(f'"{key}" must be a period such as "1 month", "45 days" or "10 business days".')
        return period

    def choice(self, key: str, kind: type[Choice], default: Choice | None = None) -> Choice | None:
        """One word of a closed list; a missing word without default is a fault."""
        value = self._take(key, default is None)
        if value is None:
            return default
        words = [word.value for word in kind]
        if not isinstance(value, str) or value not in words:
            self.fault(f'"{key}" must be one of {", ".join(words)}.{did_you_mean(str(value), words)}')
            return default
        return kind(value)

    def choices(self, key: str, kind: type[Choice]) -> tuple[Choice, ...]:
        """Several words of a closed list."""
        words = [word.value for word in kind]
        return tuple(kind(word) for word in self.texts(key, allowed=words) if word in words)

    def table(self, key: str, *, required: bool = False) -> Fields | None:
        """A nested table, or None when absent."""
        value = self._take(key, required)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.fault(f'"{key}" must be a table.')
            return None
        return Fields(value, f"{self._where} [{key}]", self._faults)

    def tables(self, key: str) -> tuple[Fields, ...]:
        """A list of nested tables."""
        value = self._take(key, False)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            self.fault(f'"{key}" must be a list of tables.')
            return ()
        return tuple(Fields(item, f"{self._where} [{key} {n}]", self._faults) for n, item in enumerate(value, 1))

    def words(self, key: str, *, allowed: Sequence[str]) -> dict[str, str]:
        """A table of word to sentence, the words from ``allowed``."""
        inner = self.table(key)
        if inner is None:
            return {}
        known = {word: inner.text(word) for word in allowed if inner.has(word)}
        inner.finish()
        return known

    def all_texts(self) -> dict[str, str]:
        """Every key of this table as a string."""
        return {key: self.text(key) for key in self._raw}

    def finish(self) -> None:
        """Report every key that nobody took."""
        for key in self._raw:
            if key not in self._taken:
                self.fault(f'"{key}" is not a word of this table.{did_you_mean(key, sorted(self._taken))}')
