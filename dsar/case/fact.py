"""What every fact is; which facts there are stands in ``facts`` and ``change_facts``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened to a case; subclasses say what."""
