"""The grounds for leaving something out, in words for staff and for letters, with the article per law family.

The words are data (data/grounds.toml); who decides on a ground is the review's business.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from dsar.errors import InputWrong

THIRD_PARTY = "third_party"
SECURITY = "security"
PRIVILEGED = "privileged"
HELPLINE = "helpline"
NEVER_DISCLOSED = "never_disclosed"
UNDESCRIBED = "undescribed"
PROCESSOR = "processor"
LEGAL_PROCESS = "legal_process"
DUPLICATE = "duplicate"

_FALLBACK = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One reason; ``silent`` ones are neither counted nor named outside, so that a copy tells nothing by its gaps."""

    code: str
    screen: str
    whose: str
    silent: bool
    letters: Mapping[str, str]
    interests: Mapping[str, str]
    cites: Mapping[str, str]

    def words(self, language: str = _FALLBACK) -> str:
        """The sentence for the data subject (English where the language has none)."""
        return self.letters.get(language, self.letters[_FALLBACK])

    def interest(self, language: str = _FALLBACK) -> str:
        """Whose interest it protects, for the data subject."""
        return self.interests.get(language, self.interests[_FALLBACK])

    def cite(self, law: str) -> str:
        """The article under a law (by its id), or "" where the law names none."""
        return self.cites.get(_family(law, self.cites), "")


def _family(law: str, known: Mapping[str, str]) -> str:
    parts = law.split("-")
    ahead = ("-".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((name for name in ahead if name in known), "")


@cache
def grounds() -> Mapping[str, Ground]:
    """Every ground by its code, in the order of the data file."""
    text = files("dsar.disclosure").joinpath("data", "grounds.toml").read_text(encoding="utf-8")
    return {code: _ground(code, body) for code, body in tomllib.loads(text).items()}


def _ground(code: str, body: dict[str, Any]) -> Ground:
    return Ground(
        code=code,
        screen=body["screen"],
        whose=body["whose"],
        silent=body.get("silent", False),
        letters=body["letter"],
        interests=body["whose_letter"],
        cites=body.get("cite", {}),
    )


def ground(code: str) -> Ground:
    """The ground of this code; InputWrong names those there are."""
    known = grounds()
    if code not in known:
        raise InputWrong(
            f"There is no such ground. Nothing was decided. The grounds are: {', '.join(known)}.",
            hint="Type one of them after --ground",
        )
    return known[code]
