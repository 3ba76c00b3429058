"""The words of the package in the reader's language, from templates/package/words/<language>.toml.

What they are put around is for the page and the files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dsar.errors import InputWrong
from dsar.formats.files import contained, read_limited, safe_name

_FALLBACK = "en"
_LARGEST = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The page's words by key; ``language`` is the one they are in, which may be English for want of another."""

    language: str
    text: Mapping[str, str]
    months: tuple[str, ...]

    def day(self, day: date) -> str:
        """A date as a letter writes it: "20 November 2026"."""
        return self.text["date"] % {"day": day.day, "month": self.months[day.month - 1], "year": day.year}

    def count(self, key: str, number: int) -> str:
        """A counted thing: "1 record", "12 records"."""
        return self.text[f"{key}_one" if number == 1 else f"{key}_many"] % {"n": number}


def load_words(language: str, folders: Sequence[Path]) -> Words:
    """The words of a language, the office's own before ours, English where there are none.

    A key that the office's file lacks is taken from ours; InputWrong names a file that cannot be read.
    """
    short = safe_name(language.split("-")[0].casefold())
    for code in dict.fromkeys((short, _FALLBACK)):
        found = [path for folder in folders if (path := contained(folder, f"package/words/{code}.toml")).is_file()]
        if found:
            merged: dict[str, object] = {}
            for path in reversed(found):
                merged.update(_read(path))
            return _words(code, merged)
    raise InputWrong("The words of the package were not found in the template folders. Nothing was made.")


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(read_limited(path, _LARGEST).decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputWrong(f"{path.name} (words of the package) is not sound TOML: {error}. Nothing was made.") from error


def _words(code: str, merged: dict[str, object]) -> Words:
    months = merged.pop("months", None)
    if not isinstance(months, list) or len(months) != 12:
        raise InputWrong(f"{code}.toml (words of the package) needs the names of twelve months. Nothing was made.")
    return Words(
        language=code,
        text={key: str(value) for key, value in merged.items()},
        months=tuple(str(month) for month in months),
    )
