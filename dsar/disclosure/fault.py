"""One fault of a package, as the check tells it.

How faults are found is for the checks; what is done about them for the gates.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFault:
    """``code`` for scripts, ``says`` a sentence without personal data, ``file`` and place inside the package."""

    code: str
    says: str
    file: str
