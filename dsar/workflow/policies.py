"""The published privacy policy's versions, and which one governs a day."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dsar.errors import CheckFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """One version of the published policy; ``words`` are the sentences our letters quote from it."""

    title: str
    in_force_from: date
    url: str = ""


def policy_on(folder: Path, day: date) -> PolicyVersion | None:
    """The version in force on a day; None where the workspace keeps no policy, or it began later."""
    versions = [version for version in read_policies(folder) if version.in_force_from <= day]
    return max(versions, key=lambda version: version.in_force_from, default=None)


def read_policies(folder: Path) -> list[PolicyVersion]:
    """Every version in policies/*.toml, oldest first; CheckFailed names the file and what it lacks."""
    versions = []
    for path in sorted(folder.glob("*.toml")):
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            body = data.get("policy", data)
            began = body["in_force_from"]
            if not isinstance(began, date):
                raise TypeError
            versions.append(PolicyVersion(title=str(body["title"]), in_force_from=began, url=str(body.get("url", ""))))
        except (tomllib.TOMLDecodeError, KeyError, TypeError, UnicodeDecodeError):
            raise CheckFailed(
                f"policies/{path.name} cannot be read: it needs a title and in_force_from = a date. Nothing ran.",
                hint="An example: dsar demo --keep DIR, then DIR/policies",
            ) from None
    return sorted(versions, key=lambda version: version.in_force_from)
