"""The few words a letter needs beside its template: months, names of rights, ways of proof, languages.

They stand in data/words.toml, one table per language; sentences stand in the templates.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

FALLBACK = "en"
_PERIOD = re.compile(r"(\d{1,4}) (business days?|days?|months?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one language in which letters can be written."""

    language: str
    date_form: str
    months: tuple[str, ...]
    data: str
    data_us: str
    rights: Mapping[str, str]
    rights_of_another: Mapping[str, str]
    methods: Mapping[str, str]
    identifiers: Mapping[str, str]
    kinds: Mapping[str, str]
    laws: Mapping[str, str]
    statute: Mapping[str, str]

    def of_the_law(self, text: str) -> str:
        """A statute's own words on time in this language where we have them, else as the law file has them."""
        if text in self.statute:
            return self.statute[text]
        found = _PERIOD.fullmatch(text)
        unit = self.statute.get(found[2].removesuffix("s")) if found else None
        one, _, many = (unit or "").partition("|")
        return f"{found[1]} {one if found[1] == '1' else many}" if found and unit else text

    def right(self, code: str, *, of_another: bool) -> str:
        """What was asked for, in words; ``of_another`` where somebody writes for the data subject."""
        return self.rights_of_another.get(code, self.rights[code]) if of_another else self.rights[code]

    def day(self, day: date) -> str:
        """A date in words, which no reader can take for another: "20 November 2026"."""
        return self.date_form.format(day=day.day, month=self.months[day.month - 1], year=day.year)


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, object]]:
    return tomllib.loads(files("dsar.letters").joinpath("data", "words.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=8)
def words(language: str) -> Words:
    """The words of a language; KeyError if letters cannot be written in it."""
    return Words(language=language, **_table()["language"][language])  # type: ignore[arg-type]


def written_languages() -> frozenset[str]:
    """The languages for which we have words."""
    return frozenset(_table()["language"])


def language_note(asked: str) -> str:
    """Why the letter is in English, said in the language that was asked for (in English if we cannot)."""
    notes = _table()["note"]
    return str(notes.get(asked, notes[FALLBACK]))
